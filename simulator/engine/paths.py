"""Paths into JSON, as EventBridge reads them: `$.detail.items[0].name`, `$.detail.items[*].name`.

Not all of JSONPath: names after dots, which may have dashes, underscores and slashes, places in arrays, and the
wildcard `*` for all members of an object or elements of an array. A path without a wildcard finds one value, one with a
wildcard the array of all that it finds. What is not there is ABSENT, which is not the same as null.
Source: EventBridge User Guide, "Amazon EventBridge input transformation" (supported syntax).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(r"\.(?P<name>[^.\[\]\s\"'<>*]+)|\[(?P<place>\d{1,9})\]|\[\*\]|\.\*")
_ANY = None


class _Absent:
    """There is only one, also after a run was pickled."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Path:
    """A path, taken apart: names, places in arrays, and None for a wildcard. `text` is how it was written."""

    text: str
    steps: tuple[str | int | None, ...]
    many: bool

    def find(self, value: Any) -> Any:
        """What stands there; with a wildcard an array of it. ABSENT where there is nothing."""
        if self.many:
            return list(_all(value, self.steps)) or ABSENT
        for step in self.steps:
            if isinstance(step, str):
                if not isinstance(value, dict) or step not in value:
                    return ABSENT
                value = value[step]
            else:
                assert step is not None, "a path with a wildcard finds many"
                if not isinstance(value, list) or step >= len(value):
                    return ABSENT
                value = value[step]
        return value


def path(text: str) -> Path:
    """Take a path apart. Raises ValueError with a sentence that says from where on it can't be read."""
    if not text.startswith("$"):
        raise ValueError(f"“{text}” does not begin with $. Write it like $.detail.state.")
    steps: list[str | int | None] = []
    place = 1
    while place < len(text):
        found = _STEP.match(text, place)
        if found is None:
            raise ValueError(
                f"“{text}” can't be read from “{text[place:]}” on. After $ come names after dots, places in arrays"
                " such as [0], and * for all."
            )
        name, number = found.group("name", "place")
        steps.append(name if name is not None else int(number) if number is not None else _ANY)
        place = found.end()
    return Path(text, tuple(steps), _ANY in steps)


def _all(value: Any, steps: tuple[str | int | None, ...]) -> Iterator[Any]:
    """Every value that the steps lead to, in the order of the document."""
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if step is _ANY:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for one in inner:
            yield from _all(one, rest)
    elif isinstance(step, str):
        if isinstance(value, dict) and step in value:
            yield from _all(value[step], rest)
    elif isinstance(value, list) and step < len(value):
        yield from _all(value[step], rest)
