"""JSONPath as the service reads it: `$.order.items[0]`, `$['a b']`, `$.items[*].price`, `$.items[?(@.n > 1)]`.

A path that can only lead to one place is walked here, because nearly all are of this kind; the others (wildcards,
slices, unions, filters, descendants) are given to the JSONPath library. They always find a list, which may be empty,
whereas a place that isn't there is an error, with the sentence of the JSONPath library that the service uses.
How many places one evaluation looks at is bounded by count, so that it is the same everywhere.
Sources: Step Functions Developer Guide, "Paths" and "Reference Paths"; recorded on the service: sentences, and that a
path with a wildcard or a slice below something missing finds [].
"""

import re
from functools import cache
from typing import Any

from jsonata.regex_engine import RegexFlags
from jsonpath import JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from jsonpath.match import JSONPathMatch

from patterns.state_machine.data.aggregates import FUNCTION, applied
from patterns.state_machine.data.regular import Regular, Spent
from patterns.state_machine.data.text import weight
from patterns.state_machine.errors import runtime

MOST_PLACES = 100_000
DEEPEST = 200
_MEMBERS = 16
"""So many members that a value is compared with count as one place."""

NAME = re.compile(r"[^\s.\[\]()'\"*,:?@$!=<>&|]+")
_INDEX = re.compile(r"\[\s*(-?\d{1,15})\s*\]")
_FROM_END = re.compile(r"\[\s*\(\s*@\.length\s*-\s*([1-9]\d{0,14})\s*\)\s*\]")
_QUOTED = re.compile(r"""\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]""", re.DOTALL)
_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"(?#)""", re.DOTALL)
_REGULAR = re.compile(r"=~\s*/((?:[^/\\]|\\.)*)/")
_MANY = re.compile(r"\.\.|\*|\[[^\]]*:|\w\(")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class PathMissing(Exception):  # noqa: N818 - it is what happened, and reads so at the call
    """A path leads nowhere; its text is the reason in the words of the library that the service uses."""


class BadPath(ValueError):  # noqa: N818 - it is what the path is
    """A text that is no path, with the place from which on it cannot be read."""


class Path:
    """A compiled path. `is_definite`: it leads to one place; `function`: what is made of what is found, or ""."""

    __slots__ = ("function", "is_definite", "steps", "text", "to_place")

    def __init__(self, text: str) -> None:
        """Raises BadPath."""
        self.text = text
        ending = FUNCTION.search(text)
        self.function = ending.group(1) if ending else ""
        self.to_place = text[: ending.start()] if ending else text
        steps = _steps(self.to_place)
        self.is_definite = steps is not None
        self.steps: tuple[str | int, ...] = steps or ()
        if steps is None:
            _compiled(self.to_place)

    def __reduce__(self) -> tuple[Any, ...]:
        return path, (self.text,)

    @property
    def is_reference(self) -> bool:
        """Whether it may name a place to write to: names and places in arrays only."""
        return self.is_definite and not self.function and all(isinstance(step, str) or step >= 0 for step in self.steps)

    def read(self, root: Any) -> Any:
        """What stands there. Raises PathMissing."""
        if self.function:
            return self._made(root)
        if not self.is_definite:
            return _find(self.text, root)
        value = root
        try:
            for step in self.steps:
                if step.__class__ is int and value.__class__ is not list:
                    break
                value = value[step]
            else:
                return value
        except (LookupError, TypeError):
            pass
        raise PathMissing(self._reason(root))

    def is_present(self, root: Any) -> bool:
        """Whether there is something; a path that can lead to many places must find one."""
        try:
            found = self.read(root)
        except PathMissing:
            return False
        return self.is_definite or bool(found)

    def _made(self, root: Any) -> Any:
        """What the function makes of what stands there. Raises PathMissing."""
        try:
            return applied(self.function, path(self.to_place).read(root))
        except ValueError as problem:
            raise PathMissing(str(problem)) from None

    def _reason(self, root: Any) -> str:
        """Why the path leads nowhere."""
        value, walked = root, "$"
        for place, step in enumerate(self.steps):
            here, walked = walked, f"{walked}['{step}']" if isinstance(step, str) else f"{walked}[{step}]"
            if isinstance(step, str):
                if not isinstance(value, dict):
                    return (
                        f"Expected to find an object with property ['{step}'] in path {here} but found '{_kind(value)}'"
                    )
                if step not in value:
                    last = place == len(self.steps) - 1
                    return f"{'No results for path:' if last else 'Missing property in path'} {walked}"
            else:
                if not isinstance(value, list):
                    return f"Filter: [{step}] can only be applied to arrays. Current context is: {_kind(value)}"
                if not -len(value) <= step < len(value):
                    return f"Index out of bounds when evaluating path {walked}"
            value = value[step]
        return f"No results for path: {walked}"


@cache
def path(text: str) -> Path:
    """Compile a path, once. Raises BadPath."""
    return Path(text)


def put(root: Any, steps: tuple[str | int, ...], value: Any) -> Any:
    """A copy of `root` in which `value` stands at a place; only what lies on the way is copied, what is missing is
    made.

    Raises PathMissing where the way leads through a text, a number or beyond an array.
    """
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if root is None:
            root = {}
        if not isinstance(root, dict):
            raise PathMissing(f"a member '{step}' of something that is no object")
        return {**root, step: put(root.get(step), rest, value)}
    if not isinstance(root, list) or not 0 <= step < len(root):
        raise PathMissing(f"the place {step} of something that is no array of this length")
    return [*root[:step], put(root[step], rest, value), *root[step + 1 :]]


def _steps(text: str) -> tuple[str | int, ...] | None:
    """The steps of a path that leads to one place; None for other paths."""
    if not text.startswith("$"):
        raise BadPath(f"“{text}” does not begin with $")
    steps: list[str | int] = []
    place = 1
    while place < len(text):
        if text[place] == "[":
            found = _INDEX.match(text, place)
            from_end = None if found else _FROM_END.match(text, place)
            if found:
                steps.append(int(found.group(1)))
            elif from_end:
                found = from_end
                steps.append(-int(from_end.group(1)))
            else:
                found = _QUOTED.match(text, place)
                if not found:
                    return None
                name = found.group(1) if found.group(1) is not None else found.group(2)
                steps.append(_ESCAPED.sub(r"\1", name))
        elif text[place] == ".":
            found = NAME.match(text, place + 1)
            if not found:
                return None
            steps.append(found.group())
        else:
            raise BadPath(f"“{text}” cannot be read from “{text[place:]}” on")
        place = found.end()
    return tuple(steps)


class _Meter:
    """How many places the evaluation that is under way has looked at. No part of any state: set anew each time."""

    places = 0


class _Match(JSONPathMatch):
    """A place, counted."""

    __slots__ = ()

    def __init__(self, **given: Any) -> None:
        _Meter.places += 1
        if _Meter.places > MOST_PLACES:
            raise _TooManyPlaces
        super().__init__(**given)


class _TooManyPlaces(Exception):  # noqa: N818 - it is what happened
    """An evaluation looked at too many places."""


class _Environment(JSONPathEnvironment):
    max_recursion_depth = DEEPEST

    def compare(self, left: object, operator: str, right: object) -> bool:
        """As the library does, with what the comparison looks at counted."""
        if operator == "=~":
            return isinstance(left, str) and isinstance(right, re.Pattern) and bool(_regular(right).fullmatch(left))
        _Meter.places += min(weight(left, MOST_PLACES), weight(right, MOST_PLACES)) - 1
        if operator in ("in", "contains"):
            _Meter.places += max(weight(left, MOST_PLACES), weight(right, MOST_PLACES)) // _MEMBERS
        if _Meter.places > MOST_PLACES:
            raise _TooManyPlaces
        return super().compare(left, operator, right)


_ENVIRONMENT = _Environment()


@cache
def _regular(compiled: "re.Pattern[str]") -> Regular:
    return Regular.of(compiled)


@cache
def _compiled(text: str) -> Any:
    """The library's own form. Names after dots are quoted for it, because it takes fewer letters in them."""
    try:
        return _ENVIRONMENT.compile(_quoted(text))
    except (JSONPathError, RecursionError, ValueError) as problem:
        raise BadPath(f"“{text}” is no JSONPath: {' '.join(str(problem).split())[:120]}") from None


def _quoted(text: str) -> str:
    written, place = ["$"], 1
    while place < len(text):
        if text[place] == "[":
            end = _closing(text, place)
            _check_filter(text[place + 1 : end - 1].strip())
            written.append(text[place:end])
            place = end
            continue
        dots = 2 if text.startswith("..", place) else 1
        if text[place] != ".":
            raise BadPath(f"“{text}” cannot be read from “{text[place:]}” on")
        place += dots
        before = ".." if dots == 2 else ""
        name = NAME.match(text, place)
        if text.startswith("*", place):
            written.append(f"{before}[*]")
            place += 1
        elif name:
            written.append(f"{before}['{name.group()}']")
            place = name.end()
        elif text.startswith("[", place) and dots == 2:
            written.append("..")
        else:
            raise BadPath(f"“{text}” cannot be read from “{text[place:]}” on")
    return "".join(written)


def _check_filter(text: str) -> None:
    """Refuse a filter that could take long for one place: paths to many places, functions, regular expressions that run
    away. Raises BadPath.
    """
    if not text.startswith("?"):
        return
    for expression in _REGULAR.findall(text):
        check_regular(expression)
    bare = _TEXT.sub("''", _REGULAR.sub("", text))
    if _MANY.search(bare):
        raise BadPath(f"the filter [{text}] has a path that can lead to many places, or a function")


def check_regular(expression: str) -> None:
    try:
        Regular(expression, RegexFlags())
    except (ValueError, re.error) as problem:
        raise BadPath(f"the regular expression /{expression}/ cannot be used: {problem}") from None


def _closing(text: str, start: int) -> int:
    """Where the bracket that opens at `start` has been closed."""
    depth, quote, place = 0, "", start
    while place < len(text):
        letter = text[place]
        if quote:
            if letter == "\\":
                place += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "[":
            depth += 1
        elif letter == "]":
            depth -= 1
            if not depth:
                return place + 1
        place += 1
    raise BadPath(f"“{text}” has a bracket that is not closed")


def _find(text: str, root: Any) -> list[Any]:
    if not isinstance(root, dict | list):
        return []
    _Meter.places, Spent.work = 0, 0.0
    try:
        matches: Any = [_Match(filter_context={}, obj=root, parent=None, path="$", parts=(), root=root)]
        for segment in _compiled(text).segments:
            matches = segment.resolve(matches)
        return [match.obj for match in matches]
    except _TooManyPlaces:
        raise runtime(f"The JSONPath '{text}' looks at more than {MOST_PLACES:,} places.") from None
    except ValueError as problem:
        raise runtime(f"The JSONPath '{text}' cannot be evaluated: {problem}.") from None
    except (JSONPathError, RecursionError) as problem:
        raise PathMissing(" ".join(str(problem).split())[:200]) from None


def _kind(value: Any) -> str:
    names = {bool: "java.lang.Boolean", int: "java.lang.Integer", float: "java.lang.Double", str: "java.lang.String"}
    return (
        "null"
        if value is None
        else names.get(type(value), "java.util.List" if isinstance(value, list) else "java.util.Map")
    )
