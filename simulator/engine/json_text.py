"""JSON text that somebody typed or sent, as a value that a run can keep.

Python reads more than JSON has (NaN), and text that JSON has a spelling for and UTF-8 has none (half a surrogate pair,
\\ud800): in a record or on a page that would break whatever has to write it. Source: RFC 8259, sections 6 and 8.2.
"""

import json
from typing import Any

HALF = "It has half a character (a lone surrogate) in its text"


def value_of(text: str, **hooks: Any) -> Any:
    """The value that JSON text says; `hooks` are those of `json.loads`. Raises ValueError with a sentence."""
    try:
        value = json.loads(text, **{"parse_constant": _no_number, **hooks})
        if "\\u" in text and _is_torn(value):
            raise ValueError(HALF)
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None
    return value


def _is_torn(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return True
    return False


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
