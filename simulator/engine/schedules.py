"""Schedules: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` and `at(2026-03-29T09:00:00)`, on virtual time.

A schedule is asked for its next time after a moment, and remembers nothing, so it can be asked about any. Cron and at
speak of what clocks show in a time zone: a local time that is skipped when clocks go forward is skipped, one that
comes twice counts once, the first time. A rate counts from a moment of its own, whatever clocks show.
All moments are Micros since 1970; a run's own times become that by `Run.in_calendar`.
Source: EventBridge User Guide, "Schedule expressions"; EventBridge Scheduler User Guide, "Schedule types" (with
"Daylight savings time"), "Configuring flexible time windows"; recorded answers for wrong expressions.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from random import Random

from simulator.engine.calendar import FIRST_YEAR, LAST_YEAR
from simulator.engine.clock import DAY, HOUR, MINUTE, Micros
from simulator.engine.cron import Cron, cron
from simulator.engine.zones import local, moment_of, zone

WIDEST_WINDOW = 1440  # minutes

_WHOLE = re.compile(r"(rate|cron|at)\((.*)\)", re.DOTALL)
_RATE = re.compile(r"([0-9]{1,9}) (minute|hour|day)(s?)")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_UNITS = {"minute": MINUTE, "hour": HOUR, "day": DAY}


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so often."""

    period: Micros


@dataclass(frozen=True, slots=True)
class At:
    """Once, when local clocks show this."""

    time: datetime


Expression = Rate | Cron | At


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something happens: an expression, the name of a time zone, and from when to when, both included.

    `first` is when a rate begins to count, which is its first time; cron and at don't need it. What happens once heeds
    neither `start` nor `end`, as in the service.
    """

    expression: Expression
    timezone: str = "UTC"
    first: Micros = 0
    start: Micros | None = None
    end: Micros | None = None

    def next_after(self, time: Micros) -> Micros | None:
        """The first time later than this one; None when there is none any more."""
        expression = self.expression
        if isinstance(expression, At):
            once = moment_of(expression.time, zone(self.timezone))
            return once if once is not None and once > time else None
        if self.start is not None and time < self.start:
            time = self.start - 1
        found = self._after_rate(expression, time) if isinstance(expression, Rate) else self._after(expression, time)
        return found if found is not None and (self.end is None or found <= self.end) else None

    def _after_rate(self, rate: Rate, time: Micros) -> Micros:
        passed = time - self.first
        return self.first if passed < 0 else self.first + (passed // rate.period + 1) * rate.period

    def _after(self, expression: Cron, time: Micros) -> Micros | None:
        where = zone(self.timezone)
        for shown in expression.times(local(time, where)):
            found = moment_of(shown, where)
            if found is not None and found > time:
                return found
        return None


def expression(text: str, once: bool = True) -> Expression:
    """Take a schedule expression apart. `once`: at(…) is one too, as for EventBridge Scheduler.

    Raises ValueError with the place of what is wrong, what is allowed and the cure.
    """
    whole = _WHOLE.fullmatch(text)
    kinds = "rate(…), cron(…) or at(…)" if once else "rate(…) or cron(…)"
    if whole is None or (whole[1] == "at" and not once):
        raise ValueError(f"“{text[:80]}” is no schedule expression. Write {kinds}.")
    kind, inside = whole.groups()
    try:
        return _rate(inside) if kind == "rate" else cron(inside) if kind == "cron" else _at(inside)
    except ValueError as error:
        raise ValueError(f"{text[:80]}: {error}") from None


def within(minutes: int, random: Random) -> Micros:
    """How long after its time a schedule with a flexible window of so many minutes fires: any moment of it alike."""
    return int(random.random() * (minutes * MINUTE + 1))


def _rate(text: str) -> Rate:
    found = _RATE.fullmatch(text)
    if found is None:
        raise ValueError("a rate is a whole number and a unit: rate(1 hour), rate(5 minutes).")
    count, unit, plural = int(found[1]), found[2], found[3]
    if not count:
        raise ValueError("a rate is at least 1.")
    if (count == 1) == bool(plural):
        right = unit if count == 1 else f"{unit}s"
        raise ValueError(f"with {count} the unit is “{right}”. Write rate({count} {right}).")
    return Rate(count * _UNITS[unit])


def _at(text: str) -> At:
    try:
        time = datetime.fromisoformat(text) if _AT.fullmatch(text) else None
    except ValueError as error:
        raise ValueError(f"there is no such time ({error}).") from None
    if time is None:
        raise ValueError("a time is written yyyy-mm-ddThh:mm:ss, and without a zone.")
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise ValueError(f"the year is {time.year}. Allowed is {FIRST_YEAR} to {LAST_YEAR}.")
    return At(time)
