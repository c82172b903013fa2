"""Virtual time: an integer of microseconds, and the ways people write and read it.

Integers add up exactly, so the same run has the same times on every machine and a time can be compared, sorted, stored
and sent without rounding. A microsecond is finer than anything a cloud service promises, and 285 years of them fit into
the integers that JavaScript holds exactly.
Source of the written form: Go's `time.ParseDuration` ("1h30m"), widened by days.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from simulator.engine.parameters import refusal, shown

Micros = int

MILLISECOND: Micros = 1_000
SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR
LONGEST: Micros = 3650 * DAY

_UNITS: dict[str, Micros] = {
    "d": DAY,
    "h": HOUR,
    "min": MINUTE,
    "m": MINUTE,
    "s": SECOND,
    "ms": MILLISECOND,
    "us": 1,
    "µs": 1,
}
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_PART = re.compile(rf"({_NUMBER.pattern})\s*(min|ms|us|µs|d|h|m|s)\s*")
_TAUGHT = "Write it like 40s, 10m, 1h30m, 250ms or 2d, or as a plain number of seconds."


@dataclass(frozen=True, slots=True)
class Span:
    """Marks a field as a duration within a range: `Annotated[Micros, Span("the time between bursts", MILLISECOND)]`.

    The document holds what `parse` reads, the model holds Micros, and the document written again holds `written`.
    """

    what: str = "the duration"
    least: Micros = 0
    most: Micros = LONGEST

    def check(self, given: Any) -> Micros:
        """Return the duration in Micros; raise a refusal that says what is allowed."""
        try:
            span = parse(given)
        except ValueError as problem:
            raise refusal(str(problem)) from None
        if not self.least <= span <= self.most:
            allowed = f"{words(self.least)} to {words(self.most)}"
            raise refusal(f"{self.what} is {shown(given)}. Allowed is {allowed}.")
        return span

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.check, serialization=core_schema.plain_serializer_function_ser_schema(written)
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {"type": "string", "pattern": rf"^\s*(?:{_NUMBER.pattern}|(?:{_PART.pattern})+)\s*$"}
        number = {"type": "number", "minimum": self.least / SECOND, "maximum": self.most / SECOND}
        return {"anyOf": [text, number], "format": "duration", "examples": ["40s", "1h30m", 2.5]}


Duration = Annotated[Micros, Span()]


def seconds(count: float) -> Micros:
    """Turn seconds into Micros, rounding half up. Raises ValueError for infinity and NaN."""
    if isinstance(count, int):
        return count * SECOND
    micros = count * SECOND + 0.5
    if not math.isfinite(micros):
        raise ValueError(f"{count} s is not a time. Give a finite number of seconds.")
    return math.floor(micros)


def parse(given: str | float) -> Micros:
    """Read a duration: "40s", "10m", "1h30m", "250ms", "2d", "4 min 10 s"; a plain number is seconds.

    Units go from large to small, each at most once. Fractions of a microsecond round half up. Raises ValueError with a
    sentence that says what is allowed.
    """
    if isinstance(given, str):
        span = _parse_text(given)
    elif isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"{shown(given)} is not a duration. {_TAUGHT}")
    elif not math.isfinite(given):
        raise ValueError(f"{given} is not a duration: it has no end. {_TAUGHT}")
    else:
        span = seconds(given)
    if span < 0:
        raise ValueError(f"{shown(given)} is a negative duration. A duration is 0 or more.")
    if span > LONGEST:
        raise ValueError(f"{shown(given)} is too long a duration. Allowed is at most {words(LONGEST)}.")
    return span


def written(micros: Micros) -> str:
    """Write a duration so that `parse` reads exactly the same one: "1m30s", "2.5s", "250ms"."""
    if micros < 0:
        raise ValueError(f"{micros} µs is negative; a written duration is 0 or more.")
    parts: list[str] = []
    rest = micros
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    unit, size, digits = ("s", SECOND, 6) if rest >= SECOND else ("ms", MILLISECOND, 3)
    if rest or not parts:
        whole, fraction = divmod(rest, size)
        decimals = f".{fraction:0{digits}d}".rstrip("0") if fraction else ""
        parts.append(f"{whole}{decimals}{unit}" if micros else "0s")
    return "".join(parts)


def words(micros: Micros) -> str:
    """Say a duration in the two units that matter: "250 ms", "1.2 s", "4 min 10 s", "2 h 5 min", "3 d 4 h"."""
    if micros < 0:
        return f"-{words(-micros)}"
    if micros < MILLISECOND:
        return f"{micros} µs" if micros else "0 s"
    if (tenths := _rounded(micros, 100)) < 100:
        return f"{_with_tenth(tenths)} ms"
    if (whole := _rounded(micros, MILLISECOND)) < 1000:
        return f"{whole} ms"
    if (tenths := _rounded(micros, 100 * MILLISECOND)) < 600:
        return f"{_with_tenth(tenths)} s"
    if (whole := _rounded(micros, SECOND)) < 3600:
        return _pair(whole, 60, "min", "s")
    if (whole := _rounded(micros, MINUTE)) < 24 * 60:
        return _pair(whole, 60, "h", "min")
    return _pair(_rounded(micros, HOUR), 24, "d", "h")


def stamp(micros: Micros) -> str:
    """Show a moment of a run as its clock does: "01:32.4", "1:02:03.4", "4 d 02:03:04.5".

    Cut, not rounded: a clock does not show a tenth of a second that has not come yet.
    """
    if micros < 0:
        return f"-{stamp(-micros)}"
    whole, tenths = divmod(micros // (100 * MILLISECOND), 10)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days} d {hour:02d}:{minute:02d}:{second:02d}.{tenths}"
    if hour:
        return f"{hour}:{minute:02d}:{second:02d}.{tenths}"
    return f"{minute:02d}:{second:02d}.{tenths}"


def _parse_text(given: str) -> Micros:
    text = given.strip()
    if len(text) > 60:
        raise ValueError(f"{shown(given)} is too long to be a duration. {_TAUGHT}")
    if _NUMBER.fullmatch(text):
        return _exactly(text, SECOND)
    position, span, last = 0, 0, DAY + 1
    while part := _PART.match(text, position):
        number, unit = part.groups()
        size = _UNITS[unit]
        if size >= last:
            raise ValueError(f"{shown(given)} is not a duration: units go from large to small, each once. {_TAUGHT}")
        span += _exactly(number, size)
        position, last = part.end(), size
    if position == 0 or position < len(text):
        raise ValueError(f"{shown(given)} is not a duration. {_TAUGHT}")
    return span


def _exactly(number: str, size: Micros) -> Micros:
    return math.floor(Fraction(number) * size + Fraction(1, 2))


def _rounded(micros: Micros, step: Micros) -> int:
    return (micros + step // 2) // step


def _with_tenth(tenths: int) -> str:
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def _pair(count: int, per: int, large: str, small: str) -> str:
    many, few = divmod(count, per)
    return f"{many} {large} {few} {small}" if few else f"{many} {large}"
