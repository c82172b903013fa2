"""The calendar of a run: which date and time of day it is in the world at a moment of virtual time.

Virtual time counts from 0; a scenario says which moment that is, because schedules speak of days and hours, and events
say when they happened. Everything is computed from the scenario, nothing from the machine's clock.
Source of the written form: RFC 3339.
"""

from datetime import UTC, datetime, timedelta

from simulator.engine.clock import Micros
from simulator.engine.parameters import refusal, shown

MONDAY = "2026-01-05T00:00:00Z"
"""When a run begins unless its scenario says otherwise: a Monday, at midnight in UTC."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

FIRST_YEAR, LAST_YEAR = 1970, 2199


def moment(given: str) -> str:
    """Check a moment that a document gives; raises a refusal that says how it is written."""
    try:
        since_epoch(given)
    except ValueError as error:
        raise refusal(str(error)) from None
    return given


def since_epoch(text: str) -> Micros:
    """Read a moment such as 2026-03-29T00:30:00Z or …+02:00, in Micros since 1970; without a zone it is in UTC.

    Raises ValueError with a sentence that says what is allowed.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no moment. Write it like {MONDAY}.") from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise ValueError(f"{shown(text)} is in the year {read.year}. Allowed is {FIRST_YEAR} to {LAST_YEAR}.")
    return ((read if read.tzinfo is not None else read.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND


def date_of(micros: Micros) -> datetime:
    """The date in UTC of so many Micros since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def iso(micros: Micros) -> str:
    """A moment, in Micros since 1970, to the second: 2026-01-05T00:00:00Z."""
    return date_of(micros).strftime("%Y-%m-%dT%H:%M:%SZ")
