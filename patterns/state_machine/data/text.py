"""JSON as the service writes it (compact), and how many bytes of it there may be.

Source: Step Functions Developer Guide, "Service quotas": 262,144 bytes of UTF-8 for the input or output of a task, a
state or an execution.
"""

import json
from typing import Any

import orjson

from patterns.state_machine.errors import runtime

LARGEST_PAYLOAD = 262_144
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


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits, a lone surrogate, or too deep for the encoder
        if is_deeper(value, DEEPEST):
            raise runtime(f"The data is nested more than {DEEPEST} levels deep.") from None
        return json.dumps(value, separators=(",", ":")).encode()
