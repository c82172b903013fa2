"""The functions that may stand at the end of a path: `$.items.length()`, `$.prices[*].max()`.

Source: Jayway JsonPath, "Functions", whose dialect the service's follows. `first`, `last`, `min`, `max`, `avg`, `sum`
and `stddev` need values to work on.
"""

import math
import re
from collections.abc import Callable
from typing import Any

FUNCTION = re.compile(r"\.(min|max|avg|stddev|length|size|sum|keys|first|last)\(\)$")

_EMPTY = "Aggregation function attempted to calculate value using empty array"


def applied(name: str, value: Any) -> Any:
    """What a function makes of what a path has found. Raises ValueError with the library's sentence."""
    if name in ("length", "size"):
        return len(value) if isinstance(value, dict | list | str) else None
    if name == "keys":
        return list(value) if isinstance(value, dict) else None
    values = value if isinstance(value, list) else []
    if name in ("first", "last"):
        if not values:
            raise ValueError(_EMPTY)
        return values[0 if name == "first" else -1]
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    if not numbers:
        raise ValueError(_EMPTY)
    try:
        return _NUMERIC[name]([float(one) for one in numbers])
    except OverflowError:
        raise ValueError("a number is too large") from None


def _mean(numbers: list[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _deviation(numbers: list[float]) -> float:
    mean = _mean(numbers)
    return math.sqrt(_mean([(number - mean) ** 2 for number in numbers]))


_NUMERIC: dict[str, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "avg": _mean,
    "sum": math.fsum,
    "stddev": _deviation,
}
