"""The values that are compared: texts, numbers as IEEE doubles, true, false, null, and numbers that are no double.

Event Ruler compares numbers as doubles, so 300, 300.0 and 3.0e2 are one number. A number that no double can hold
(2.0e422, or 1E-325, which would become zero) is kept as it was spelled: it equals the same spelling and nothing else.
Source: aws/event-ruler, ComparableNumber, JsonRuleCompiler (numbers are matched by value and by spelling).
"""

from dataclasses import dataclass
from math import isfinite
from typing import Any

from simulator.engine.json_text import value_of


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number that no double holds, as it was written."""

    text: str


Scalar = str | float | bool | Spelled | None
Json = Any


class Members(tuple[tuple[str, Json], ...]):
    """The members of a JSON object in the order in which they were written, repeated names included."""

    __slots__ = ()


def read(text: str, keep_repeated: bool = False) -> Json:
    """Parse JSON text: numbers are doubles or `Spelled`, objects are dicts (the last of repeated names wins).

    With `keep_repeated` objects are `Members` instead. Raises ValueError with a sentence.
    """
    hooks = {"object_pairs_hook": Members} if keep_repeated else {}
    return value_of(text, parse_int=_spelled, parse_float=_spelled, **hooks)


def scalar(value: Json) -> Scalar:
    """A value without members or elements, as it is compared. Raises TypeError for what JSON does not have."""
    if value is None or isinstance(value, str | bool | Spelled):
        return value
    if isinstance(value, int | float):
        return number(value)
    raise TypeError(f"JSON has no {type(value).__name__}.")


def number(value: float) -> float | Spelled:
    try:
        double = float(value)
    except OverflowError:
        return Spelled(str(value))
    return double if isfinite(double) else Spelled(str(value))


def shown(value: Scalar) -> Json:
    """The value as a page or a log shows it: a whole number without `.0`."""
    if isinstance(value, Spelled):
        return value.text
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _spelled(text: str) -> float | Spelled:
    double = float(text)
    vanished = double == 0 and any(digit in "123456789" for digit in text.lower().partition("e")[0])
    return double if isfinite(double) and not vanished else Spelled(text)
