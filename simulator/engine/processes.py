"""The drawing half of arrivals: small objects that say when the next arrival is.

`next(now)` gives the first arrival at or after the one before it, as an absolute virtual time; it is asked with the
time of the arrival before, or with a later one where nobody listened for a while: what fell in between is passed over.
A process with a changing rate measures the area under the rate curve up to the next arrival, which is exponential, and
finds where it ends; nothing is drawn that is thrown away.
Source: Law, "Simulation Modeling and Analysis", section 8.6.2 (nonstationary Poisson processes, inversion).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left, bisect_right
from math import ceil, floor, log, sqrt
from random import Random

from simulator.engine.clock import LONGEST, SECOND, Micros

WINDOW: Micros = 10 * SECOND
"""Over how long the rate of a replay is measured."""


class ArrivalProcess(ABC):
    """Arrivals bound to a stream and a start; picklable at any time."""

    __slots__ = ()

    @abstractmethod
    def next(self, now: Micros) -> Micros | None:
        """Give the virtual time of the next arrival, `now` at the earliest; None when there are no more."""


class NoProcess(ArrivalProcess):
    """Nothing arrives."""

    __slots__ = ()

    def next(self, now: Micros) -> Micros | None:
        return None


class RegularProcess(ArrivalProcess):
    """The n-th arrival comes n gaps after the start: counting, not adding, so that roundings do not pile up."""

    __slots__ = ("count", "gap", "start")

    def __init__(self, start: Micros, gap: float) -> None:
        self.start = start
        self.gap = gap
        self.count = 0

    def next(self, now: Micros) -> Micros | None:
        self.count += 1
        time = self.start + floor(self.count * self.gap + 0.5)
        if time < now:
            self.count = ceil((now - self.start) / self.gap)
            time = max(now, self.start + floor(self.count * self.gap + 0.5))
        return time


class PoissonProcess(ArrivalProcess):
    """The gaps are exponential; `gap` is their mean in Micros."""

    __slots__ = ("gap", "random")

    def __init__(self, random: Random, gap: float) -> None:
        self.random = random
        self.gap = gap

    def next(self, now: Micros) -> Micros | None:
        return now + floor(-log(1.0 - self.random.random()) * self.gap + 0.5)


class BurstProcess(ArrivalProcess):
    """Bursts of `size` arrivals, each spread evenly at random over `spread`."""

    __slots__ = ("begun", "every", "pending", "random", "size", "spread", "start")

    def __init__(self, random: Random, start: Micros, size: int, every: Micros, spread: Micros) -> None:
        self.random = random
        self.start = start
        self.size = size
        self.every = every
        self.spread = spread
        self.begun = 0
        self.pending: list[Micros] = []

    def next(self, now: Micros) -> Micros | None:
        while True:
            while self.pending:
                time = self.pending.pop()
                if time >= now:
                    return time
            if self.start + self.begun * self.every + self.spread < now:
                self.begun = -((self.start + self.spread - now) // self.every)
            self._begin(self.start + self.begun * self.every)

    def _begin(self, first: Micros) -> None:
        """Draw the times of the next burst, the last one first, so that they can be taken from the end."""
        self.begun += 1
        if self.spread:
            uniform, spread = self.random.random, self.spread
            self.pending = sorted((first + floor(uniform() * spread) for _ in range(self.size)), reverse=True)
        else:
            self.pending = [first] * self.size


class RampProcess(ArrivalProcess):
    """A Poisson process whose rate goes in a straight line from `low` to `high` within `over` seconds, and stays."""

    __slots__ = ("high", "low", "over", "random", "slope", "start")

    def __init__(self, random: Random, start: Micros, low: float, high: float, over: float) -> None:
        self.random = random
        self.start = start
        self.low = low
        self.high = high
        self.over = over
        self.slope = (high - low) / over

    def next(self, now: Micros) -> Micros | None:
        area = -log(1.0 - self.random.random())
        elapsed = (now - self.start) / SECOND
        if elapsed < self.over:
            rate = self.low + self.slope * elapsed
            left = (rate + self.high) / 2 * (self.over - elapsed)
            if area < left:
                root = sqrt(max(rate * rate + 2 * self.slope * area, 0.0))
                return now + floor(2 * area / (rate + root) * SECOND + 0.5)
            area -= left
            elapsed = self.over
        if not self.high:
            return None
        return max(now, self.start + floor((elapsed + area / self.high) * SECOND + 0.5))


class DailyProcess(ArrivalProcess):
    """A Poisson process with a rate per hour, repeated every `day` seconds."""

    __slots__ = ("day", "hour", "random", "rates", "start", "whole")

    def __init__(self, random: Random, start: Micros, rates: tuple[float, ...], day: float) -> None:
        self.random = random
        self.start = start
        self.rates = rates
        self.day = day
        self.hour = day / len(rates)
        self.whole = sum(rates) * self.hour

    def next(self, now: Micros) -> Micros | None:
        area = -log(1.0 - self.random.random())
        elapsed = (now - self.start) / SECOND
        if area >= self.whole:
            days = floor(area / self.whole)
            area = max(area - days * self.whole, 0.0)
            elapsed += days * self.day
        index = floor(elapsed / self.hour)
        while True:
            rate = self.rates[index % len(self.rates)]
            end = (index + 1) * self.hour
            left = rate * max(end - elapsed, 0.0)
            if area < left:
                return max(now, self.start + floor((elapsed + area / rate) * SECOND + 0.5))
            area -= left
            elapsed = end
            index += 1


class ReplayProcess(ArrivalProcess):
    """Arrivals at given times after the start, in order; again every `cycle` Micros, or once if that is 0."""

    __slots__ = ("cycle", "place", "start", "times")

    def __init__(self, start: Micros, times: array[int], cycle: Micros) -> None:
        self.start = start
        self.times = times
        self.cycle = cycle
        self.place = 0

    def next(self, now: Micros) -> Micros | None:
        if self.place == len(self.times):
            if not self.cycle:
                return None
            self.start += self.cycle
            self.place = 0
        time = self.start + self.times[self.place]
        if time < now:
            return self._after(now)
        self.place += 1
        return time

    def _after(self, now: Micros) -> Micros | None:
        """Pass over what fell before `now`."""
        if self.cycle:
            self.start += (now - self.start) // self.cycle * self.cycle
        self.place = bisect_left(self.times, now - self.start)
        return self.next(now)


def nearby(times: array[int], cycle: Micros, elapsed: Micros) -> float:
    """Give the arrivals per second in the window round a time of a replay."""
    if cycle:
        elapsed %= cycle
    elif elapsed > times[-1] + WINDOW or elapsed > LONGEST:
        return 0.0
    width = _window(times)
    low = bisect_left(times, elapsed - width // 2)
    return (bisect_right(times, elapsed + width // 2) - low) * SECOND / width


def busiest(times: array[int]) -> float:
    """Give the arrivals per second in the busiest window of a replay."""
    width = _window(times)
    most = first = 0
    for place, time in enumerate(times):
        while time - times[first] > width:
            first += 1
        most = max(most, place - first + 1)
    return most * SECOND / width


def _window(times: array[int]) -> Micros:
    return min(WINDOW, max(SECOND, times[-1]))
