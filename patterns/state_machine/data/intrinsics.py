"""The intrinsic functions of JSONPath states.

Each takes its arguments as JSON values and returns one; what it cannot take raises StateError States.IntrinsicFailure.
Sources: Step Functions Developer Guide, "Intrinsics for JSONPath states"; recorded on the service: rounding of numbers
with a fraction (half up), how Format writes objects (`{Arg1=1, Arg2=[]}`), and that StringSplit leaves out empty parts.
"""

import base64
import hashlib
import json
import math
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from patterns.state_machine.data.text import written
from patterns.state_machine.errors import INTRINSIC_FAILURE, StateError
from simulator.engine.json_text import value_of

MOST_RANGE = 1_000
LONGEST_TEXT = 10_000
LONGEST_FORMATTED = 1_000_000
"""Characters that States.Format makes. The service bounds its output only, as part of a state's."""

_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def failure(why: str) -> StateError:
    return StateError(INTRINSIC_FAILURE, why, prefixed=True)


def unescaped(text: str) -> str:
    """A text as written between single quotes, for every function but Format: `\\\\`, `\\{` and `\\}` are resolved."""
    if "\\" not in text:
        return text
    letters, place = [], 0
    while place < len(text):
        if text[place] == "\\" and place + 1 < len(text) and text[place + 1] in "\\{}":
            place += 1
        letters.append(text[place])
        place += 1
    return "".join(letters)


def format_text(template: Any, *values: Any) -> str:
    if not isinstance(template, str):
        raise failure("The first argument of States.Format must be a string.")
    letters: list[str] = []
    given = list(values)
    place = used = length = 0
    while place < len(template):
        letter = template[place]
        if letter == "\\" and place + 1 < len(template) and template[place + 1] in "\\{}":
            letters.append(template[place + 1])
            place += 2
        elif letter == "{" and template.startswith("}", place + 1):
            if used == len(given):
                raise failure("States.Format has more placeholders than arguments.")
            letters.append(_shown(given[used]))
            length += len(letters[-1])
            if length > LONGEST_FORMATTED:
                raise failure(f"States.Format can make at most {LONGEST_FORMATTED:,} characters.")
            used += 1
            place += 2
        else:
            letters.append(letter)
            place += 1
    if used != len(given):
        raise failure("States.Format has more arguments than placeholders.")
    return "".join(letters)


def string_to_json(text: Any) -> Any:
    _need(isinstance(text, str), "States.StringToJson", "a string")
    if not text.strip():
        return None
    try:
        return value_of(text)
    except ValueError:
        raise failure(f"States.StringToJson was given text that is no JSON: {text[:100]}") from None


def json_to_string(value: Any) -> str:
    return written(value)


def array(*values: Any) -> list[Any]:
    return list(values)


def array_partition(values: Any, count: Any) -> list[Any]:
    _need(isinstance(values, list), "States.ArrayPartition", "an array")
    size = _integer(count, "States.ArrayPartition")
    if size < 1:
        raise failure("States.ArrayPartition needs a positive size.")
    return [values[start : start + size] for start in range(0, len(values), size)]


def array_contains(values: Any, wanted: Any) -> bool:
    _need(isinstance(values, list), "States.ArrayContains", "an array")
    return any(_equal(value, wanted) for value in values)


def array_range(first: Any, last: Any, step: Any) -> list[int]:
    start, end, by = (_integer(number, "States.ArrayRange") for number in (first, last, step))
    if not by:
        raise failure("States.ArrayRange needs a step that is not zero.")
    if (end - start) // by >= MOST_RANGE:
        raise failure(f"States.ArrayRange can make at most {MOST_RANGE} items.")
    return list(range(start, end + (1 if by > 0 else -1), by))


def array_get_item(values: Any, index: Any) -> Any:
    _need(isinstance(values, list), "States.ArrayGetItem", "an array")
    place = _integer(index, "States.ArrayGetItem")
    if not 0 <= place < len(values):
        raise failure(f"States.ArrayGetItem: there is no item {place} in an array of {len(values)}.")
    return values[place]


def array_length(values: Any) -> int:
    _need(isinstance(values, list), "States.ArrayLength", "an array")
    return len(values)


def array_unique(values: Any) -> list[Any]:
    _need(isinstance(values, list), "States.ArrayUnique", "an array")
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(_canonical(value), value)
    return list(seen.values())


def base64_encode(text: Any) -> str:
    return base64.b64encode(_short(text, "States.Base64Encode").encode(errors="replace")).decode()


def base64_decode(text: Any) -> str:
    try:
        return base64.b64decode(_short(text, "States.Base64Decode"), validate=True).decode()
    except ValueError:
        raise failure("States.Base64Decode was given text that is not Base64.") from None


def hash_text(data: Any, algorithm: Any) -> str:
    if not isinstance(algorithm, str) or algorithm not in _HASHES:
        raise failure(f"States.Hash knows {', '.join(_HASHES)}, not {_shown(algorithm)}.")
    text = _short(data if isinstance(data, str) else written(data), "States.Hash")
    return hashlib.new(_HASHES[algorithm], text.encode(errors="replace"), usedforsecurity=False).hexdigest()


def json_merge(first: Any, second: Any, deep: Any) -> dict[str, Any]:
    _need(isinstance(first, dict) and isinstance(second, dict), "States.JsonMerge", "two objects")
    if deep is not False:
        raise failure("States.JsonMerge can only merge shallowly: its third argument must be false.")
    return {**first, **second}


def math_add(first: Any, second: Any) -> int:
    total = _integer(first, "States.MathAdd") + _integer(second, "States.MathAdd")
    if not -(2**31) <= total < 2**31:
        raise failure("States.MathAdd: the sum is outside the range of a 32-bit integer.")
    return total


def string_split(text: Any, separators: Any) -> list[str]:
    _need(isinstance(text, str) and isinstance(separators, str), "States.StringSplit", "two strings")
    parts: list[str] = []
    part: list[str] = []
    for letter in text:
        if letter in separators:
            parts.append("".join(part))
            part = []
        else:
            part.append(letter)
    parts.append("".join(part))
    return [part for part in parts if part]


def math_random(random: Random, first: Any, last: Any, seed: Any = None) -> int:
    start, end = _integer(first, "States.MathRandom"), _integer(last, "States.MathRandom")
    if start >= end:
        raise failure("States.MathRandom needs a start that is less than the end.")
    source = random if seed is None else Random(_integer(seed, "States.MathRandom"))
    return source.randrange(start, end)


def uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "Array": (array, 0, 10_000),
    "ArrayContains": (array_contains, 2, 2),
    "ArrayGetItem": (array_get_item, 2, 2),
    "ArrayLength": (array_length, 1, 1),
    "ArrayPartition": (array_partition, 2, 2),
    "ArrayRange": (array_range, 3, 3),
    "ArrayUnique": (array_unique, 1, 1),
    "Base64Decode": (base64_decode, 1, 1),
    "Base64Encode": (base64_encode, 1, 1),
    "Format": (format_text, 1, 10_000),
    "Hash": (hash_text, 2, 2),
    "JsonMerge": (json_merge, 3, 3),
    "JsonToString": (json_to_string, 1, 1),
    "MathAdd": (math_add, 2, 2),
    "MathRandom": (math_random, 2, 3),
    "StringSplit": (string_split, 2, 2),
    "StringToJson": (string_to_json, 1, 1),
    "UUID": (uuid, 0, 0),
}
"""Each function with the fewest and the most arguments it takes."""

RANDOM = ("MathRandom", "UUID")
"""These are also given the execution's random stream, first."""


def _need(holds: bool, name: str, what: str) -> None:
    if not holds:
        raise failure(f"{name} needs {what}.")


def _integer(value: Any, name: str) -> int:
    """A number, rounded half up where it has a fraction."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, float) or not math.isfinite(value):
        raise failure(f"{name} needs a number, not {_shown(value)[:60]}.")
    return math.floor(value + 0.5)


def _short(text: Any, name: str) -> str:
    _need(isinstance(text, str), name, "a string")
    if len(text) > LONGEST_TEXT:
        raise failure(f"{name} takes at most {LONGEST_TEXT:,} characters.")
    return str(text)


def _shown(value: Any) -> str:
    """A value in a text, objects and arrays in the way of Java."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={_shown(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return written(value)


def _equal(one: Any, other: Any) -> bool:
    """Equality of JSON values: true is no number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


def _canonical(value: Any) -> str:
    """The same text for equal values."""
    return json.dumps(value, sort_keys=True)
