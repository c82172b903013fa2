"""When things arrive: the arrival processes that a document can name.

What arrives decides what a queue is for, so an instructor can choose between the even stream of a textbook, independent
customers (Poisson), bursts, a launch (ramp), a day with its peaks, and what really happened (replay of a log). Each is
drawn by inversion where it is random: one uniform number per arrival, whatever the rate, so that the same seed gives
comparable arrivals when the rate is changed.
Source: Law, "Simulation Modeling and Analysis", section 8.6 (generating arrival processes).
"""

from __future__ import annotations

from array import array
from math import ceil
from random import Random
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from simulator.engine.clock import DAY, LONGEST, MILLISECOND, SECOND, Duration, Micros, Span, seconds, words
from simulator.engine.parameters import Between, Choice, Parameters, plain, refusal, shown
from simulator.engine.processes import (
    ArrivalProcess,
    BurstProcess,
    DailyProcess,
    NoProcess,
    PoissonProcess,
    RampProcess,
    RegularProcess,
    ReplayProcess,
    busiest,
    nearby,
)
from simulator.engine.timestamps import MOST_BYTES, MOST_LINES, read

MOST_PER_SECOND = 100_000
LEAST_PER_SECOND = 0.000_001
HOURS = 24

_SHOWN_PROBLEMS = 5
_LONGEST_NAME = 100
_MOST_COLUMNS = 1000


def _noticeable(rate: float) -> float:
    if 0 < rate < LEAST_PER_SECOND:
        raise refusal(f"the rate is {rate}. Allowed is 0, or {plain(LEAST_PER_SECOND)} (one in twelve days) and more.")
    return rate


def _column(given: Any) -> str | int:
    if isinstance(given, str) and 0 < len(given) <= _LONGEST_NAME:
        return given
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given <= _MOST_COLUMNS:
        return given
    allowed = f"a name of up to {_LONGEST_NAME} characters, or a place from 1 to {_MOST_COLUMNS:,}"
    raise refusal(f"the column is {shown(given)}. Allowed is {allowed}, the first column being 1.")


Rate = Annotated[float, Between("the rate", 0, MOST_PER_SECOND), AfterValidator(_noticeable)]
PositiveRate = Annotated[
    float, Between("the rate", LEAST_PER_SECOND, MOST_PER_SECOND, 'For no arrivals at all, write {"none": {}}.')
]


class ArrivalKind(Protocol):
    """What every kind of arrivals offers."""

    def process(self, random: Random, start: Micros) -> ArrivalProcess:
        """Bind the arrivals to a stream and a start."""

    def rate(self, elapsed: Micros) -> float:
        """Give the expected arrivals per second so long after the start."""

    def bound(self) -> float:
        """Give the largest rate there will be."""

    def describe(self) -> str:
        """Say it in words."""


class Regular(Parameters):
    """One arrival after the other, evenly spaced; the first comes after one gap."""

    per_second: PositiveRate = Field(description="Arrivals per second; 0.1 is one every ten seconds.")

    def process(self, random: Random, start: Micros) -> ArrivalProcess:
        return RegularProcess(start, SECOND / self.per_second)

    def rate(self, elapsed: Micros) -> float:
        return self.per_second

    def bound(self) -> float:
        return self.per_second

    def describe(self) -> str:
        return f"regular: {_rate(self.per_second)}, evenly spaced"


class Poisson(Parameters):
    """Arrivals that do not know of each other: at any moment one is as likely."""

    per_second: PositiveRate = Field(description="Arrivals per second on average.")

    def process(self, random: Random, start: Micros) -> ArrivalProcess:
        return PoissonProcess(random, SECOND / self.per_second)

    def rate(self, elapsed: Micros) -> float:
        return self.per_second

    def bound(self) -> float:
        return self.per_second

    def describe(self) -> str:
        return f"Poisson: {_rate(self.per_second)} on average"


class Bursts(Parameters):
    """Many at once, again and again; the first burst comes at once."""

    size: Annotated[int, Between("the size of a burst", 1, 10_000, whole=True)] = Field(
        description="Arrivals in a burst."
    )
    every: Annotated[Micros, Span("the time between bursts", MILLISECOND)] = Field(
        description="From the beginning of one burst to the beginning of the next."
    )
    spread: Duration = Field(default=0, description="Over how long a burst is spread; 0: all in the same instant.")

    @model_validator(mode="after")
    def _ends_before_the_next(self) -> Bursts:
        if self.spread > self.every:
            said = f"a burst spread over {words(self.spread)} would overlap the next, {words(self.every)} later."
            raise refusal(f"{said} Shorten the spread, or let bursts come less often.")
        if self.bound() > MOST_PER_SECOND:
            raise refusal(f"this is {_rate(self.bound())}. Allowed is at most {_rate(MOST_PER_SECOND)}.")
        return self

    def process(self, random: Random, start: Micros) -> ArrivalProcess:
        return BurstProcess(random, start, self.size, self.every, self.spread)

    def rate(self, elapsed: Micros) -> float:
        return self.bound()

    def bound(self) -> float:
        return self.size * SECOND / self.every

    def describe(self) -> str:
        spread = f", spread over {words(self.spread)}" if self.spread else ""
        return f"bursts: {self.size:,} every {words(self.every)}{spread}"


class Ramp(Parameters):
    """Poisson arrivals whose rate rises or falls evenly from one value to another, and then stays."""

    from_per_second: Rate = Field(description="Arrivals per second at the start.")
    to_per_second: Rate = Field(description="Arrivals per second at the end, and from then on.")
    over: Annotated[Micros, Span("the time of the change", MILLISECOND)] = Field(
        description="How long the change takes."
    )

    @model_validator(mode="after")
    def _is_not_nothing(self) -> Ramp:
        if not self.bound():
            raise refusal('both rates are 0, so nothing arrives. Raise one, or write {"none": {}}.')
        return self

    def process(self, random: Random, start: Micros) -> ArrivalProcess:
        return RampProcess(random, start, self.from_per_second, self.to_per_second, self.over / SECOND)

    def rate(self, elapsed: Micros) -> float:
        passed = min(max(elapsed / self.over, 0.0), 1.0)
        return self.from_per_second + (self.to_per_second - self.from_per_second) * passed

    def bound(self) -> float:
        return max(self.from_per_second, self.to_per_second)

    def describe(self) -> str:
        return f"ramp: from {_rate(self.from_per_second)} to {_rate(self.to_per_second)} over {words(self.over)}"


class Daily(Parameters):
    """Poisson arrivals with a rate for each hour of the day; the run starts at midnight."""

    per_second: list[Rate] = Field(
        min_length=HOURS, max_length=HOURS, description="Arrivals per second in each of the 24 hours, from midnight."
    )
    day: Annotated[Micros, Span("the day", HOURS * MILLISECOND, DAY)] = Field(
        default=DAY, description="How long a day lasts; a short one passes within minutes, at the same rates."
    )

    @model_validator(mode="after")
    def _is_not_nothing(self) -> Daily:
        if not self.bound():
            raise refusal('all 24 rates are 0, so nothing arrives. Raise one, or write {"none": {}}.')
        return self

    def process(self, random: Random, start: Micros) -> ArrivalProcess:
        return DailyProcess(random, start, tuple(self.per_second), self.day / SECOND)

    def rate(self, elapsed: Micros) -> float:
        return self.per_second[elapsed * HOURS // self.day % HOURS]

    def bound(self) -> float:
        return max(self.per_second)

    def describe(self) -> str:
        low, high = min(self.per_second), self.bound()
        length = "" if self.day == DAY else f", a day lasts {words(self.day)}"
        return f"daily: {_rate(low)} to {_rate(high)}, busiest at {self.per_second.index(high)}:00{length}"


class Replay(Parameters):
    """Arrivals that really happened: times given one by one, or read from a log or a CSV."""

    at: list[Annotated[float, Between("a time", 0, LONGEST / SECOND, "Times are seconds from the start.")]] | None = (
        Field(default=None, min_length=1, max_length=MOST_LINES, description="Times in seconds from the start.")
    )
    text: Annotated[str, Field(max_length=MOST_BYTES)] | None = Field(
        default=None, description="A log file or CSV with a time in each line; the first one counts as the start."
    )
    column: Annotated[str | int, BeforeValidator(_column)] | None = Field(
        default=None, description="The column of a CSV that holds the times: its name, or its place from 1."
    )
    format: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None,
        description="How times are written, as for strptime, if they are not recognised: %d.%m.%Y %H:%M:%S",
    )
    skip: bool = Field(default=False, description="Whether lines without a time are passed over.")
    repeat: bool = Field(default=False, description="Whether it begins again when all has arrived.")
    speed: Annotated[float, Between("the speed", 0.001, 1000, "2 is twice as fast as it happened.")] = Field(
        default=1.0, description="How many times faster than it happened."
    )

    _times: array[int] = PrivateAttr(default_factory=lambda: array("q"))

    @model_validator(mode="after")
    def _can_be_read(self) -> Replay:
        if (self.at is None) == (self.text is None):
            found = "neither" if self.at is None else "both"
            raise refusal(f"a replay has either “at” or “text”; this has {found}. Keep one of them.")
        times = sorted(seconds(time) for time in self.at) if self.at is not None else self._from_text(self.text or "")
        if times[-1] > LONGEST * self.speed:
            raise refusal(f"it lasts longer than {words(LONGEST)}. Take a part of it, or raise “speed”.")
        self._times = array("q", times if self.speed == 1 else [int(time / self.speed + 0.5) for time in times])
        return self

    def _from_text(self, text: str) -> list[Micros]:
        found = read(text, self.column, self.format)
        problems = [problem for problem in found.unreadable if not (self.skip and problem.line)]
        if problems:
            more = f" And {len(problems) - _SHOWN_PROBLEMS:,} more." if len(problems) > _SHOWN_PROBLEMS else ""
            listed = " ".join(_sentence(str(problem)) for problem in problems[:_SHOWN_PROBLEMS])
            cure = ' Correct or remove them, or pass over them with "skip": true.' if problems[0].line else ""
            raise refusal(f"{listed}{more}{cure}")
        if not found.times:
            raise refusal("no line holds a time. Give at least one, or name the column or the format of the times.")
        return found.times

    def process(self, random: Random, start: Micros) -> ArrivalProcess:
        return ReplayProcess(start, self._times, self._cycle())

    def rate(self, elapsed: Micros) -> float:
        return nearby(self._times, self._cycle(), elapsed)

    def bound(self) -> float:
        return busiest(self._times)

    def describe(self) -> str:
        times = "1 arrival" if len(self._times) == 1 else f"{len(self._times):,} arrivals"
        again = ", again and again" if self.repeat else ""
        speed = "" if self.speed == 1 else f", {plain(self.speed)} times as fast"
        return f"replay: {times} in {words(self._times[-1])}{speed}{again}"

    def _cycle(self) -> Micros:
        """After how long it begins again: one mean gap after the last arrival; 0 where it does not."""
        if not self.repeat:
            return 0
        last = self._times[-1]
        return last + (ceil(last / (len(self._times) - 1)) if last else SECOND)


class ByHand(Parameters):
    """Nothing arrives by itself; messages are sent by hand."""

    def process(self, random: Random, start: Micros) -> ArrivalProcess:
        return NoProcess()

    def rate(self, elapsed: Micros) -> float:
        return 0.0

    def bound(self) -> float:
        return 0.0

    def describe(self) -> str:
        return "nothing by itself: sent by hand"


class Arrivals(Choice):
    """When things arrive: an object with the kind of arrivals and its settings."""

    noun: ClassVar[str] = "a kind of arrivals"
    example: ClassVar[str] = '{"poisson": {"per_second": 4}}'

    regular: Regular | None = Field(default=None, title="Regular", description="Evenly spaced.")
    poisson: Poisson | None = Field(default=None, title="Poisson", description="Independent of each other.")
    bursts: Bursts | None = Field(default=None, title="Bursts", description="Many at once, again and again.")
    ramp: Ramp | None = Field(default=None, title="Ramp", description="A rate that rises or falls, then stays.")
    daily: Daily | None = Field(default=None, title="Daily", description="A rate for each hour of the day.")
    replay: Replay | None = Field(default=None, title="Replay", description="What really happened, from a log.")
    none: ByHand | None = Field(default=None, title="None", description="Only what is sent by hand.")

    @property
    def kind(self) -> ArrivalKind:
        """The kind that was chosen."""
        kinds: tuple[ArrivalKind | None, ...] = (
            self.regular,
            self.poisson,
            self.bursts,
            self.ramp,
            self.daily,
            self.replay,
            self.none,
        )
        return next(kind for kind in kinds if kind is not None)

    def process(self, random: Random, start: Micros = 0) -> ArrivalProcess:
        """Bind the arrivals to a stream, counting from `start`; the stream belongs to the process from then on."""
        return self.kind.process(random, start)

    def rate(self, elapsed: Micros) -> float:
        """Give the expected arrivals per second at a time after the start."""
        return self.kind.rate(max(elapsed, 0))

    def bound(self) -> float:
        """Give the largest mean rate, in arrivals per second."""
        return self.kind.bound()

    def describe(self) -> str:
        """Say it in words: "Poisson: 4 per second on average"."""
        return self.kind.describe()


def poisson(per_second: float) -> Arrivals:
    """Give independent arrivals at a mean rate."""
    return Arrivals(poisson=Poisson(per_second=per_second))


def _rate(per_second: float) -> str:
    """Say a rate; below one in ten seconds, by its gap."""
    if 0 < per_second < 0.1:
        return f"one every {words(seconds(1 / per_second))}"
    return f"{plain(float(f'{per_second:.4g}'))} per second"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
