"""Regular expressions in JSONata, kept from running away.

Python's engine tries alternatives one after the other, so that a repetition inside a repetition can take longer than
the world exists. Such an expression is refused when it is compiled; for the others, the text they are applied to may
be the shorter the more repetitions they have, which bounds the work as a polynomial. Source of the flags: JSONata
documentation, "Regular expressions".
"""

import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_WORK = 20_000_000
"""How many steps one application of an expression may take, in the worst case."""

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)
_FEW = 16
"""A repetition of at most so many times is no loop."""


class Regular:
    """A compiled expression with the methods that the JSONata library uses, each bounded."""

    def __init__(self, pattern: str, flags: Any) -> None:
        """Raises re.error, or ValueError with a sentence where the expression could run away."""
        chosen = re.IGNORECASE if flags.case_insensitive else 0
        chosen |= re.MULTILINE if flags.multiline else 0
        tree = parser.parse(pattern, chosen)
        loops = _loops(tree)
        self.longest = max(100, int(MOST_WORK ** (1 / (loops + 1)))) if loops else 1_000_000
        self.compiled = re.compile(pattern, chosen)

    def search(self, text: str) -> Any:
        return self.compiled.search(self._short(text))

    def finditer(self, text: str) -> Iterator[Any]:
        return self.compiled.finditer(self._short(text))

    def sub(self, replacement: Any, text: str, count: int = 0) -> str:
        return self.compiled.sub(replacement, self._short(text), count)

    def split(self, text: str, maxsplit: int = 0) -> list[Any]:
        return self.compiled.split(self._short(text), maxsplit)

    def _short(self, text: str) -> str:
        if len(text) > self.longest:
            raise ValueError(f"this regular expression is applied to at most {self.longest:,} characters")
        return text


def _loops(tree: Any) -> int:
    """How many unbounded repetitions there are in a row. Raises ValueError for one that can be gone through in two
    ways.
    """
    loops = 0
    for operation, argument in tree:
        if operation in _REPEATS:
            _, most, inner = argument
            if most is codes.MAXREPEAT or most > _FEW:
                if _is_ambiguous(inner):
                    raise ValueError(
                        "a repetition inside a repetition, or of alternatives that begin alike, can run away"
                    )
                loops += 1
            else:
                loops += _loops(inner)
        else:
            loops += sum(map(_loops, _parts(operation, argument)))
    return loops


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
