"""A moment as the language writes it: `2016-03-14T01:59:00Z`, with a T and with Z or an offset.

Source: Amazon States Language specification, "Timestamps" (RFC 3339, with T and Z in capitals).
"""

import re
from datetime import datetime
from typing import Any

from simulator.engine.calendar import EPOCH, MICROSECOND
from simulator.engine.clock import Micros

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII)


def moment(value: Any) -> Micros | None:
    """A moment in Micros since 1970, or None for what is no moment."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    minutes, seconds, fraction, zone = found.groups()
    written = f"{minutes}{seconds or ':00'}.{(fraction or '0')[:6].ljust(6, '0')}{'+00:00' if zone == 'Z' else zone}"
    try:
        return (datetime.fromisoformat(written) - EPOCH) // MICROSECOND
    except (ValueError, OverflowError):
        return None
