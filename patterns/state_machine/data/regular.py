"""Regular expressions in JSONata and JSONPath, kept from running away.

Python's engine tries one way to match after the other, so that a repetition inside a repetition can take longer than
the world exists. Such an expression is refused when it is compiled. For the others, the ways are counted: a text of n
characters can be shared among k repetitions in C(n + k, k) ways; those whose ends are told by what follows, as in
`\\d+-`, count as one, and so does the beginning that a search looks for. What that makes is spent, and one evaluation
may spend so much in all. Source of the flags: JSONata documentation, "Regular expressions".
"""

import math
import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_WORK = 200_000_000
"""How many steps the regular expressions of one evaluation may take, in the worst case."""

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_FEW = 16
"""A repetition of at most so many times is no loop."""
_CLASSES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}


class Spent:
    """What the evaluation that is under way has spent. No part of any state: set anew each time."""

    work = 0.0


class Regular:
    """A compiled expression with the methods that the libraries use, each bounded."""

    def __init__(self, pattern: str, flags: Any) -> None:
        """Raises re.error, or ValueError with a sentence where the expression could run away."""
        chosen = re.IGNORECASE if flags.case_insensitive else 0
        chosen |= re.MULTILINE if flags.multiline else 0
        self._take(re.compile(pattern, chosen))

    @classmethod
    def of(cls, compiled: "re.Pattern[str]") -> "Regular":
        """One that somebody else has compiled. Raises ValueError as the constructor does."""
        regular = cls.__new__(cls)
        regular._take(compiled)
        return regular

    def search(self, text: str) -> Any:
        return self.compiled.search(self._spend(text))

    def fullmatch(self, text: str) -> Any:
        return self.compiled.fullmatch(self._spend(text, 0))

    def finditer(self, text: str) -> Iterator[Any]:
        return self.compiled.finditer(self._spend(text))

    def sub(self, replacement: Any, text: str, count: int = 0) -> str:
        return self.compiled.sub(replacement, self._spend(text), count)

    def split(self, text: str, maxsplit: int = 0) -> list[Any]:
        return self.compiled.split(self._spend(text), maxsplit)

    def _take(self, compiled: "re.Pattern[str]") -> None:
        tree = parser.parse(compiled.pattern, compiled.flags & ~re.UNICODE)
        self.compiled = compiled
        self.loops, told, self.ways = _choices(_flat(tree), bool(compiled.flags & re.IGNORECASE), is_whole=True)
        self.has_told = int(told)

    def _spend(self, text: str, beginnings: int = 1) -> str:
        """The text, for which there is enough left to spend. Raises ValueError."""
        loops = self.loops + self.has_told + beginnings
        Spent.work += self.ways * math.comb(len(text) + loops, loops)
        if Spent.work > MOST_WORK:
            raise ValueError(f"the regular expression /{self.compiled.pattern[:60]}/ could run away on so much text")
        return text


def _choices(tree: list[Any], ignores_case: bool, is_whole: bool = False) -> tuple[int, bool, float]:
    """How many repetitions have to share a text, whether others are told where they end, and in how many ways the rest
    can be chosen.

    `is_whole`: nothing follows. Raises ValueError for a repetition that can be gone through in two ways.
    """
    loops, has_told, ways = 0, False, 1.0
    for place, (operation, argument) in enumerate(tree):
        if operation in _REPEATS:
            fewest, most, inner = argument
            body, after = _flat(inner), tree[place + 1 :]
            is_told = is_whole if not after else _is_told(body, after[0], ignores_case)
            if most is codes.MAXREPEAT or most > _FEW:
                if _is_ambiguous(inner):
                    raise ValueError(
                        "a repetition inside a repetition, or of alternatives that begin alike, can run away"
                    )
                loops += not is_told
                has_told |= bool(is_told and after)
            else:
                more, told, each = _choices(body, ignores_case)
                loops, has_told = loops + more * most, has_told or told
                ways = _product(ways, _power(each, most))
                if fewest != most and not is_told:
                    ways = _product(ways, most - fewest + 1)
        else:
            parts = [_choices(_flat(part), ignores_case) for part in _parts(operation, argument)]
            loops += max((more for more, _, _ in parts), default=0)
            has_told |= any(told for _, told, _ in parts)
            ways = _product(ways, sum(each for _, _, each in parts) or 1)
    return loops, has_told, ways


def _power(ways: float, times: int) -> float:
    return math.pow(min(ways, 1e12 ** (1 / max(times, 1))), times)


def _product(one: float, other: float) -> float:
    return min(one * other, 1e12)


def _flat(tree: Any) -> list[Any]:
    """The operations in a row, those in groups too."""
    row: list[Any] = []
    for operation, argument in tree:
        if operation is codes.SUBPATTERN:
            row += _flat(argument[3])
        else:
            row.append((operation, argument))
    return row


def _is_told(body: list[Any], after: tuple[Any, Any], ignores_case: bool) -> bool:
    """Whether a repetition of one character ends where the next operation begins: it cannot take that one's letter."""
    operation, argument = after
    if len(body) != 1 or operation is not codes.LITERAL:
        return False
    letter = chr(argument)
    letters = {letter, letter.lower(), letter.upper()} if ignores_case else {letter}
    return not any(_takes(body[0], one) for one in letters)


def _takes(one: tuple[Any, Any], letter: str) -> bool:
    """Whether an operation for one character may take this one."""
    operation, argument = one
    if operation is codes.LITERAL:
        return bool(argument == ord(letter)) or (letter.lower() == chr(argument).lower())
    if operation is codes.NOT_LITERAL:
        return bool(argument != ord(letter))
    if operation is not codes.IN:
        return True
    negated = argument[0][0] is codes.NEGATE
    return negated is not any(_is_in(kind, value, letter) for kind, value in argument)


def _is_in(kind: Any, value: Any, letter: str) -> bool:
    if kind is codes.LITERAL:
        return bool(value == ord(letter))
    if kind is codes.RANGE:
        return bool(value[0] <= ord(letter) <= value[1])
    return kind is codes.CATEGORY and bool(re.match(_CLASSES[value], letter))


def _is_ambiguous(tree: Any) -> bool:
    """Whether a repeated part holds a repetition, or alternatives that may begin with the same character."""
    for operation, argument in tree:
        if operation in _REPEATS:
            fewest, most, inner = argument
            if fewest != most or _is_ambiguous(inner):
                return True
        elif operation is codes.BRANCH:
            firsts = [_first(branch) for branch in argument[1]]
            if None in firsts or len({first for first in firsts if first is not None}) < len(firsts):
                return True
        if any(map(_is_ambiguous, _parts(operation, argument))):
            return True
    return False


def _first(branch: Any) -> int | None:
    """The character that an alternative begins with, if there is only one."""
    if len(branch) and branch[0][0] is codes.LITERAL:
        return int(branch[0][1])
    return None


def _parts(operation: Any, argument: Any) -> list[Any]:
    """The expressions inside one operation."""
    if operation is codes.SUBPATTERN:
        return [argument[3]]
    if operation is codes.BRANCH:
        return list(argument[1])
    if operation in (codes.ASSERT, codes.ASSERT_NOT):
        return [argument[1]]
    if operation is codes.ATOMIC_GROUP:
        return [argument]
    return []
