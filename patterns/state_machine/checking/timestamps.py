"""Points in time as a definition writes them: RFC 3339 with an upper-case T and Z, to nine digits of a second.

Source: Amazon States Language specification, "Timestamps".
"""

import re
from datetime import datetime
from typing import Any

from patterns.state_machine.checking.report import Report, shown

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def timestamp(report: Report, where: str, given: Any) -> None:
    """A problem unless it is a point in time that exists."""
    if not is_timestamp(given):
        allowed = "a time in RFC 3339, such as 2026-01-05T10:00:00Z"
        report.add(where, f"is {shown(given)}", allowed, "Write date, T, time, and Z or an offset.")


def is_timestamp(given: Any) -> bool:
    """Whether a value is text that the language takes for a point in time."""
    found = _FORM.fullmatch(given) if isinstance(given, str) else None
    if not found:
        return False
    try:
        datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - only asked whether it exists
    except ValueError:
        return False
    return True
