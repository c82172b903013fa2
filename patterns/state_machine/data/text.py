"""JSON as the service writes it (compact), and how many bytes of it there may be.

Source: Step Functions Developer Guide, "Service quotas": 262,144 bytes of UTF-8 for the input or output of a task, a
state or an execution.
"""

import json
from collections.abc import Iterable
from typing import Any

import orjson

from patterns.state_machine.errors import runtime

LARGEST_PAYLOAD = 262_144
LARGEST_BUILT = 4 * LARGEST_PAYLOAD
WIDE = 64
"""What puts together more values than this is measured before it is written: each may be a payload large."""
DEEPEST = 250
"""Objects and arrays inside each other. The service bounds them too, and publishes no number."""


def written(value: Any) -> str:
    """The value as compact JSON. Raises StateError for one that is nested too deeply."""
    return _bytes(value).decode()


def size(value: Any) -> int:
    """How many bytes the value takes as compact JSON in UTF-8. Raises StateError as `written` does."""
    return len(_bytes(value))


def is_too_large(value: Any) -> bool:
    """Whether a value is larger than a payload may be. Raises StateError as `written` does."""
    return len(_bytes(value)) > LARGEST_PAYLOAD


def is_deeper(value: Any, most: int) -> bool:
    """Whether more than `most` objects and arrays are inside each other."""
    level = [value]
    for _ in range(most + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def weight(value: Any, most: int) -> int:
    """How many values there are in a value, counted up to a little more than `most`; long texts count more."""
    found, todo = 0, [value]
    while todo and found <= most:
        one = todo.pop()
        found += 1
        if isinstance(one, str):
            found += len(one) // 256
        elif isinstance(one, dict):
            todo += one.values()
        elif isinstance(one, list):
            todo += one
    return found


def gathered(values: Iterable[Any]) -> list[Any] | None:
    """The values, one after the other; None as soon as they are far more together than a payload may be."""
    found: list[Any] = []
    built = 0
    for value in values:
        found.append(value)
        todo = [value]
        while todo and built <= LARGEST_BUILT:
            one = todo.pop()
            built += len(one) if isinstance(one, str) else 1
            if isinstance(one, dict):
                todo += one.values()
            elif isinstance(one, list):
                todo += one
        if built > LARGEST_BUILT:
            return None
    return found


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits, a lone surrogate, or too deep for the encoder
        if is_deeper(value, DEEPEST):
            raise runtime(f"The data is nested more than {DEEPEST} levels deep.") from None
        return json.dumps(value, separators=(",", ":")).encode()
