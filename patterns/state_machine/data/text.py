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
    if value is None or isinstance(value, bool | int | float):
        return False
    if isinstance(value, str):
        return len(value) > LARGEST_PAYLOAD // 6 and size(value) > LARGEST_PAYLOAD
    return not _is_small(value) and size(value) > LARGEST_PAYLOAD


def _is_small(value: Any) -> bool:
    """Whether a glance tells that a value is small: a few members that are no containers and no long texts."""
    if len(value) > 8:
        return False
    for member in value.values() if isinstance(value, dict) else value:
        if isinstance(member, dict | list) or (isinstance(member, str) and len(member) > 1000):
            return False
    return not isinstance(value, dict) or all(len(name) <= 1000 for name in value)


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits, or a lone surrogate
        return json.dumps(value, separators=(",", ":")).encode()
