"""Times read from a log file or a CSV, so that arrivals that really happened can be replayed.

Nobody should have to say what kind of times a file holds: the kind that most of its first lines hold is taken, and
every line that has no time of that kind is reported with its number, all at once. What counts afterwards is only when
things happened relative to the first one; a time zone matters where it is written, and UTC is taken where it is not.
Sources: RFC 3339 and ISO 8601 (dates); Apache HTTP Server, "Log Files", Common Log Format; RFC 3164, section 4.1.2
(syslog, whose times have no year: a leap year is taken, and a step back by more than half a year begins the next).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from simulator.engine.clock import DAY, SECOND, Micros
from simulator.engine.parameters import listed, shown

MOST_BYTES = 1_000_000
MOST_LINES = 100_000
DELIMITERS = ",;\t|"

_SAMPLE = 50
_COLUMNS = frozenset(
    [
        "timestamp",
        "@timestamp",
        "time",
        "date",
        "datetime",
        "date_time",
        "ts",
        "when",
        "at",
        "created",
        "created_at",
        "event_time",
        "eventtime",
    ]
)
_MONTHS = {
    name: place
    for place, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_MONTH = "|".join(_MONTHS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(?:([Zz])|([+-])(\d\d):?(\d\d)))?",
    re.ASCII,
)
_COMMON_LOG = re.compile(
    rf"(\d\d)/({_MONTH})/(\d{{4}}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)", re.ASCII | re.IGNORECASE
)
_SYSLOG = re.compile(
    rf"\b({_MONTH}) {{1,2}}(\d{{1,2}}) (\d\d):(\d\d):(\d\d)(?:\.(\d{{1,6}}))?\b", re.ASCII | re.IGNORECASE
)
_EPOCH_INSIDE = re.compile(r"(?<![\w.])[12]\d{9}(?:\.\d{1,9}|\d{3}|\d{6}|\d{9})?(?![\w.])", re.ASCII)
_NUMBER = re.compile(r"\d{1,19}(?:\.\d{1,9})?", re.ASCII)

ACCEPTED = (
    "ISO 8601 (2026-01-05T10:00:00.250Z), web server logs ([10/Oct/2000:13:55:36 -0700]), "
    "syslog (Oct 10 13:55:36), seconds, milliseconds, microseconds or nanoseconds since 1970, or plain seconds"
)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that holds no time, by its number in the text, from 1 (0: the text as a whole), and why."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}" if self.line else self.why


@dataclass(frozen=True, slots=True)
class Timestamps:
    """What was read: `times` ascending, the first of them 0; `kind` in words; and what could not be read."""

    times: list[Micros]
    kind: str
    unreadable: list[Unreadable]


@dataclass(frozen=True, slots=True)
class _Cell:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """A way of writing times: `read` returns Micros, or None where there is no time; ValueError for 31 February."""

    name: str
    read: Callable[[str], Micros | None]


class _Unusable(Exception):  # noqa: N818 - it is what the text is
    """The text as a whole, or from some line on, cannot be taken apart."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.problem = Unreadable(line, why)


def read(text: str, column: str | int | None = None, form: str | None = None) -> Timestamps:
    """Read the time of each line of a log, or of each row of a CSV.

    `column` names a column of the first line, or counts from 1; without it, a column with a usual name is taken, else
    the first time in each line. `form` is a format of `strptime` for kinds that are not recognised. Empty lines, lines
    that begin with # and a first line that is a heading are passed over.
    """
    try:
        if form is not None:
            _check_form(form)
        cells = _cells(text, column)
    except _Unusable as unusable:
        return Timestamps([], "", [unusable.problem])
    if not cells:
        return Timestamps(
            [], "", [Unreadable(0, "There is no line with a time. Paste a log or a CSV, a line per event.")]
        )
    kind = _Kind(f"times like {form}", lambda cell: _by_form(cell, form)) if form else _most_likely(cells)
    if kind is None:
        return Timestamps(
            [], "", [Unreadable(0, f"No line holds a time that is recognised. Recognised are {ACCEPTED}.")]
        )
    return _times(cells, kind, heading=isinstance(column, int))


def _times(cells: list[_Cell], kind: _Kind, heading: bool) -> Timestamps:
    times: list[Micros] = []
    unreadable: list[Unreadable] = []
    for cell in cells:
        try:
            time = kind.read(cell.text)
        except (ValueError, OverflowError) as error:
            unreadable.append(Unreadable(cell.line, f"{shown(cell.text)} holds no time that exists ({error})."))
            continue
        if time is not None:
            times.append(time)
        elif not (heading and cell is cells[0]):
            unreadable.append(Unreadable(cell.line, f"{shown(cell.text)} holds no time of the kind “{kind.name}”."))
    if kind is _SYSLOG_KIND:
        times = _with_years(times)
    times.sort()
    return Timestamps([time - times[0] for time in times], kind.name, unreadable)


def _cells(text: str, column: str | int | None) -> list[_Cell]:
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise _Unusable(0, f"The text is larger than {MOST_BYTES:,} bytes. Take a part of it.")
    lines = text.removeprefix("\ufeff").rstrip().split("\n")
    if len(lines) > MOST_LINES:
        raise _Unusable(0, f"The text has {len(lines):,} lines; at most {MOST_LINES:,} are read. Take a part of it.")
    first = next((line for line in lines if _counts(line)), "")
    if column is None:
        column = _usual_column(first)
        if column is None:
            return [_Cell(number, line.strip()) for number, line in enumerate(lines, 1) if _counts(line)]
    delimiter = max(DELIMITERS, key=first.count)
    rows = _rows(lines, delimiter)
    if isinstance(column, str):
        heading = next(rows, (1, []))
        place = _place(column, heading[1], heading[0])
    else:
        place = column - 1
    return [_Cell(number, row[place].strip() if place < len(row) else "") for number, row in rows]


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the number of the line it ends on; rows that do not count are left out."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    try:
        for row in reader:
            if row and _counts(delimiter.join(row)):
                yield reader.line_num, row
    except csv.Error as error:
        raise _Unusable(reader.line_num, f"the row cannot be taken apart ({error}). Check its quotes.") from None


def _counts(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith("#")


def _usual_column(first: str) -> str | None:
    """Find the column of times in a first line that is a heading; None where it is none."""
    if any(_reads(kind, first) for kind in _KINDS):
        return None
    return next((name for name in _names(first) if name.lower() in _COLUMNS), None)


def _names(first: str) -> list[str]:
    try:
        row = next(csv.reader([first], delimiter=max(DELIMITERS, key=first.count)), [])
    except csv.Error:
        return []
    return [name.strip() for name in row]


def _place(column: str, heading: list[str], line: int) -> int:
    names = [name.strip().lower() for name in heading]
    if column.strip().lower() not in names:
        there = listed([shown(name.strip()) for name in heading], "and") if heading else "nothing"
        raise _Unusable(line, f"there is no column {shown(column)}; the columns are {there}. Name one of them.")
    return names.index(column.strip().lower())


def _most_likely(cells: list[_Cell]) -> _Kind | None:
    sample = cells[:_SAMPLE]
    counts = [sum(_reads(kind, cell.text) for cell in sample) for kind in _KINDS]
    if not any(counts):
        sample = cells
        counts = [sum(_reads(kind, cell.text) for cell in sample) for kind in _KINDS]
    best = max(counts)
    return _KINDS[counts.index(best)] if best else None


def _reads(kind: _Kind, text: str) -> bool:
    try:
        return kind.read(text) is not None
    except (ValueError, OverflowError):
        return True


def _iso(text: str) -> Micros | None:
    if not (found := _ISO.search(text)):
        return None
    year, month, day, hour, minute, second, fraction, _, sign, zone_hour, zone_minute = found.groups()
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour),
        int(minute),
        int(second or 0),
        tzinfo=_zone(sign, zone_hour, zone_minute),
    )
    return _since_epoch(moment) + _fraction(fraction)


def _common_log(text: str) -> Micros | None:
    if not (found := _COMMON_LOG.search(text)):
        return None
    day, month, year, hour, minute, second, *zone = found.groups()
    return _since_epoch(
        datetime(int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=_zone(*zone))
    )


def _syslog(text: str) -> Micros | None:
    if not (found := _SYSLOG.search(text)):
        return None
    month, day, hour, minute, second, fraction = found.groups()
    return _since_epoch(
        datetime(2000, _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    ) + _fraction(fraction)


def _number(text: str) -> Micros | None:
    return _from_number(text) if _NUMBER.fullmatch(text) else None


def _epoch_inside(text: str) -> Micros | None:
    return _from_number(found.group()) if (found := _EPOCH_INSIDE.search(text)) else None


def _check_form(form: str) -> None:
    try:
        datetime.strptime("", form)  # noqa: DTZ007 - only the format matters
    except ValueError as error:
        if "does not match" not in str(error):
            raise _Unusable(
                0, f"the format {shown(form)} cannot be used: {error}. Write one like %d.%m.%Y %H:%M:%S."
            ) from None
    except re.error:
        raise _Unusable(0, f"the format {shown(form)} names a part twice. Write each once.") from None


def _by_form(text: str, form: str) -> Micros | None:
    """Read a time by a format of `strptime`; what follows it in the line does not matter."""
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added where the format has none
    except ValueError as error:
        _, remains, rest = str(error).partition("unconverted data remains: ")
        if not remains or not text.endswith(rest):
            return None
        moment = datetime.strptime(text[: -len(rest)], form)  # noqa: DTZ007
    return _since_epoch(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _from_number(text: str) -> Micros:
    """Read a plain number: how large it is tells whether it counts seconds, milliseconds, micro- or nanoseconds."""
    whole, _, fraction = text.partition(".")
    count = int(whole)
    for limit, size in ((10**11, SECOND), (10**14, 1000), (10**17, 1)):
        if count < limit:
            return count * size + int(fraction.ljust(6, "0")[:6] or 0) * size // SECOND
    return count // 1000


def _zone(sign: str | None, hours: str | None, minutes: str | None) -> timezone:
    if sign is None:
        return UTC
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(offset if sign == "+" else -offset)


def _since_epoch(moment: datetime) -> Micros:
    return (moment - _EPOCH) // _MICROSECOND


def _fraction(digits: str | None) -> Micros:
    return int(digits.ljust(6, "0")[:6]) if digits else 0


def _with_years(times: list[Micros]) -> list[Micros]:
    """Add a year at each step back by more than half a year: the log passed a New Year."""
    added, last, passed = [], None, 0
    for time in times:
        if last is not None and time < last - 183 * DAY:
            passed += 366 * DAY
        added.append(time + passed)
        last = time
    return added


_SYSLOG_KIND = _Kind("syslog times", _syslog)
_KINDS = (
    _Kind("ISO 8601 times", _iso),
    _Kind("web server log times", _common_log),
    _SYSLOG_KIND,
    _Kind("numbers of seconds or milliseconds", _number),
    _Kind("seconds or milliseconds since 1970", _epoch_inside),
)
