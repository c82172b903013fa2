"""Cron expressions with six fields, as EventBridge reads them: minutes, hours, day of month, month, day of week, year.

An expression is taken apart once, into the minutes of a day and a rule for the days of a month. The next time is then
found by going from year to year, month to month and day to day, so that one that comes once in 28 years (the fifth
Monday of a February) costs little more than one of every minute.
Source: EventBridge User Guide, "Cron expressions"; EventBridge Scheduler User Guide, "Cron-based schedules". Where they
say nothing, Quartz, whose notation this is ("CronTrigger Tutorial"): W stays inside the month.
"""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from simulator.engine.calendar import FIRST_YEAR, LAST_YEAR

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_NTH = re.compile(r"(\w+)#([1-5])", re.ASCII)
_LAST = re.compile(r"(\w+)L", re.ASCII)
_NEAREST = re.compile(r"(\d+)W", re.ASCII)

Rule = Literal["days", "last", "nearest weekday", "last weekday", "weekdays", "last of its kind", "nth of its kind"]


class Field(NamedTuple):
    """One of the six fields: its name, its range, and the names that stand for its numbers."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


FIELDS = (
    Field("minutes", 0, 59),
    Field("hours", 0, 23),
    Field("day-of-month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day-of-week", 1, 7, DAYS),
    Field("year", FIRST_YEAR, LAST_YEAR),
)


@dataclass(frozen=True, slots=True)
class DaysOfMonth:
    """Which days of a month: by their numbers, or by days of the week, of which 1 is Sunday."""

    rule: Rule
    numbers: tuple[int, ...] = ()
    nth: int = 0

    def of(self, year: int, month: int) -> list[int]:
        """The days, ascending; none where the month has no such day."""
        monday_is_0, length = monthrange(year, month)
        first = (monday_is_0 + 1) % 7 + 1
        match self.rule:
            case "days":
                return [day for day in self.numbers if day <= length]
            case "last":
                return [length]
            case "last weekday":
                return [_nearest(length, first, length)]
            case "nearest weekday":
                return [_nearest(self.numbers[0], first, length)] if self.numbers[0] <= length else []
            case "weekdays":
                return [day for day in range(1, length + 1) if (first + day - 2) % 7 + 1 in self.numbers]
        begins = (self.numbers[0] - first) % 7 + 1
        if self.rule == "last of its kind":
            return [begins + (length - begins) // 7 * 7]
        day = begins + 7 * (self.nth - 1)
        return [day] if day <= length else []


@dataclass(frozen=True, slots=True)
class Cron:
    """An expression, taken apart: `minutes` are those of a day, 0 to 1439."""

    text: str
    minutes: tuple[int, ...]
    days: DaysOfMonth
    months: tuple[int, ...]
    years: tuple[int, ...]

    def times(self, since: datetime) -> Iterator[datetime]:
        """What local clocks show at each time from the minute of `since` on, ascending, until its years are over."""
        today = since.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        for day in self._days(today):
            minutes = self.minutes
            if day == today:
                minutes = minutes[bisect_left(minutes, since.hour * 60 + since.minute) :]
            for minute in minutes:
                yield day + timedelta(minutes=minute)

    def _days(self, since: datetime) -> Iterator[datetime]:
        """The days from `since` on, at midnight."""
        for year in self.years[bisect_left(self.years, since.year) :]:
            for month in self.months:
                if (year, month) >= (since.year, since.month):
                    days = [datetime(year, month, day) for day in self.days.of(year, month)]  # noqa: DTZ001
                    yield from days[bisect_left(days, since) :]


def cron(text: str) -> Cron:
    """Take apart what stands between the brackets of `cron(…)`. Raises ValueError that names the field and the cure."""
    parts = text.split()
    if len(parts) != len(FIELDS):
        names = ", ".join(field.name for field in FIELDS)
        raise ValueError(f"it has {len(parts)} fields. A cron expression has six: {names}.")
    minutes, hours, of_month, months, of_week, years = parts
    if (of_month == "?") == (of_week == "?"):
        both = "both day-of-month and day-of-week are ?"
        said = both if of_month == "?" else "neither day-of-month nor day-of-week is ?"
        raise ValueError(f"{said}. Exactly one of them is.")
    hour_list, minute_list = _numbers(hours, FIELDS[1]), _numbers(minutes, FIELDS[0])
    return Cron(
        text,
        tuple(60 * hour + minute for hour in hour_list for minute in minute_list),
        _days_of_month(of_month) if of_week == "?" else _days_of_week(of_week),
        _numbers(months, FIELDS[3]),
        _numbers(years, FIELDS[5]),
    )


def _days_of_month(text: str) -> DaysOfMonth:
    field = FIELDS[2]
    if text in ("L", "LW"):
        return DaysOfMonth("last" if text == "L" else "last weekday")
    nearest = _NEAREST.fullmatch(text)
    if nearest:
        return DaysOfMonth("nearest weekday", (_number(nearest[1], field, text),))
    return DaysOfMonth("days", _numbers(text, field))


def _days_of_week(text: str) -> DaysOfMonth:
    field = FIELDS[4]
    if text == "L":
        return DaysOfMonth("weekdays", (field.most,))
    nth, last = _NTH.fullmatch(text), _LAST.fullmatch(text)
    if nth:
        return DaysOfMonth("nth of its kind", (_number(nth[1], field, text),), int(nth[2]))
    if last:
        return DaysOfMonth("last of its kind", (_number(last[1], field, text),))
    return DaysOfMonth("weekdays", _numbers(text, field))


def _numbers(text: str, field: Field) -> tuple[int, ...]:
    """The numbers that a field means, ascending."""
    found: dict[int, None] = {}
    for item in text.split(","):
        found |= dict.fromkeys(_range(item, field, text))
    return tuple(sorted(found))


def _range(item: str, field: Field, text: str) -> range:
    """The numbers of one item of a list: `*`, `5`, `2-6`, `10/15`, `*/2`, `8-17/3`."""
    span, slash, step = item.partition("/")
    if slash and not (step.isascii() and step.isdigit() and int(step)):
        raise _wrong(field, text, f"“{item}” has no step after its /. Write a whole number of at least 1 there.")
    by = int(step) if slash else 1
    if span == "*":
        return range(field.least, field.most + 1, by)
    first, dash, last = span.partition("-")
    begins = _number(first, field, text)
    ends = _number(last, field, text) if dash else field.most if slash else begins
    if ends < begins:
        raise _wrong(field, text, f"“{item}” goes backwards. Write it as two ranges with a comma.")
    return range(begins, ends + 1, by)


def _number(text: str, field: Field, whole: str) -> int:
    name = text.upper()
    if name in field.names:
        return field.names.index(name) + field.least
    if text.isascii() and text.isdigit() and len(text) <= 4 and field.least <= int(text) <= field.most:
        return int(text)
    names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
    raise _wrong(field, whole, f"“{text}” is none of {field.least} to {field.most}{names}.")


def _wrong(field: Field, text: str, reason: str) -> ValueError:
    return ValueError(f"field {FIELDS.index(field) + 1}, {field.name}, is “{text}”: {reason}")


def _nearest(day: int, first: int, length: int) -> int:
    """The weekday nearest to a day of a month that begins on day `first` of the week; in the same month."""
    of_week = (first + day - 2) % 7 + 1
    if of_week == 7:
        return day - 1 if day > 1 else day + 2
    if of_week == 1:
        return day + 1 if day < length else day - 2
    return day
