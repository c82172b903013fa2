"""The text of an intrinsic function call, taken apart: `States.Format('Hello {}', $.name)`.

Source: Amazon States Language specification, "Intrinsic Functions" (grammar, escapes, at most ten inside each other).
"""

import re
from dataclasses import dataclass
from typing import Any

DEEPEST = 10
LONGEST_NUMBER = 300

_CALL = re.compile(r"States\.([A-Za-z0-9]+)\s*\(")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_SPACE = re.compile(r"\s*")
_WORDS = {"null": None, "true": True, "false": False}


class BadCall(ValueError):  # noqa: N818 - it is what the text is
    """A text that is no call of an intrinsic function."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text (as written: escapes are still in it), a number, a boolean or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Reference:
    """A path into the input, the context object or a variable, as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function's name without `States.`, and its arguments."""

    name: str
    arguments: tuple["Argument", ...]


Argument = Literal | Reference | Call


def is_call(text: str) -> bool:
    """Whether a text begins like a call, so that it is no path."""
    return text.startswith("States.")


def call(text: str) -> Call:
    """Take a call apart. Raises BadCall with a sentence that says from where on it can't be read."""
    reader = _Reader(text)
    found = reader.call(1)
    reader.skip()
    if reader.place != len(text):
        raise reader.bad()
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def call(self, depth: int) -> Call:
        self.skip()
        opening = _CALL.match(self.text, self.place)
        if not opening:
            raise self.bad()
        if depth > DEEPEST:
            raise BadCall(f"it has more than {DEEPEST} intrinsic functions inside each other")
        self.place = opening.end()
        arguments: list[Argument] = []
        self.skip()
        if self._take(")"):
            return Call(opening.group(1), ())
        while True:
            arguments.append(self._argument(depth))
            self.skip()
            if self._take(")"):
                return Call(opening.group(1), tuple(arguments))
            if not self._take(","):
                raise self.bad()

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.place)
        self.place = found.end() if found else self.place

    def bad(self) -> BadCall:
        return BadCall(f"the intrinsic function cannot be read from “{self.text[self.place :][:60]}” on")

    def _take(self, letter: str) -> bool:
        if self.text.startswith(letter, self.place):
            self.place += 1
            return True
        return False

    def _argument(self, depth: int) -> Argument:
        self.skip()
        if self.text.startswith("'", self.place):
            return Literal(self._string())
        if self.text.startswith("$", self.place):
            return Reference(self._reference())
        if self.text.startswith("States.", self.place):
            return self.call(depth + 1)
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.place):
                self.place += len(word)
                return Literal(value)
        found = _NUMBER.match(self.text, self.place)
        if not found:
            raise self.bad()
        if len(found.group()) > LONGEST_NUMBER:
            raise BadCall(f"it has a number of more than {LONGEST_NUMBER} letters")
        self.place = found.end()
        return Literal(float(found.group()) if found.group(1) or found.group(2) else int(found.group()))

    def _string(self) -> str:
        """A text between single quotes; only `\\'` and `\\\\` are resolved, because braces mean something to Format."""
        letters: list[str] = []
        place = self.place + 1
        while place < len(self.text):
            letter = self.text[place]
            if letter == "'":
                self.place = place + 1
                return "".join(letters)
            if letter == "\\" and place + 1 < len(self.text):
                after = self.text[place + 1]
                letters.append("'" if after == "'" else letter + after)
                place += 2
                continue
            letters.append(letter)
            place += 1
        raise self.bad()

    def _reference(self) -> str:
        """A path up to the comma or bracket that ends the argument."""
        start, depth, quote = self.place, 0, ""
        place = start
        while place < len(self.text):
            letter = self.text[place]
            if quote:
                if letter == "\\":
                    place += 1
                elif letter == quote:
                    quote = ""
            elif letter in "'\"" and depth:
                quote = letter
            elif letter in "[(":
                depth += 1
            elif letter in "])":
                if not depth:
                    break
                depth -= 1
            elif letter == "," and not depth:
                break
            place += 1
        self.place = place
        return self.text[start:place].strip()
