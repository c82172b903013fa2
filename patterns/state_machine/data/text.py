"""JSON as the service writes it (compact), and how many bytes of it there may be.

Source: Step Functions Developer Guide, "Service quotas": 262,144 bytes of UTF-8 for the input or output of a task, a
state or an execution.
"""

import json
from typing import Any

import orjson

LARGEST_PAYLOAD = 262_144


def written(value: Any) -> str:
    """The value as compact JSON."""
    return _bytes(value).decode()


def size(value: Any) -> int:
    """How many bytes the value takes as compact JSON in UTF-8."""
    return len(_bytes(value))


def is_too_large(value: Any) -> bool:
    """Whether a value is larger than a payload may be."""
    return len(_bytes(value)) > LARGEST_PAYLOAD


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits, or a lone surrogate
        return json.dumps(value, separators=(",", ":")).encode()
