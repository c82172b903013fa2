"""The drawing half of a distribution: small objects that hold a stream and a few numbers, and draw.

A draw happens several times per message, so each sampler is one short method without look-ups or checks; whatever can
be computed before, is. Wherever the inverse of the distribution is known it is used: one uniform number per draw, and a
larger one gives a larger value, so that two variants of a scenario that share a stream stay comparable draw by draw.
Samplers pickle with their stream and go on identically, since everything they hold is plain.
Source: Law, "Simulation Modeling and Analysis", chapter 8 (inverse transforms), section 11.2 (common random numbers).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import exp, floor, log
from random import Random
from statistics import NormalDist
from typing import Any

from simulator.engine.clock import LONGEST, SECOND, Micros

LONGEST_SECONDS: float = LONGEST / SECOND
"""No draw is longer; a heavy tail would otherwise pass what a clock, and JavaScript, can count."""

_SMALLEST = 2.0**-54
"""Half the smallest step of `Random.random`: stands for the 0.0 it may return where a logarithm would fail."""


class Sampler(ABC):
    """Draws values, one per call; `micros` draws a duration from a distribution given in seconds.

    `sampler.micros` bound to a name is the fastest way to draw: calls of methods are cheaper than calls of objects.
    """

    __slots__ = ("random",)

    def __init__(self, random: Random) -> None:
        self.random = random

    @abstractmethod
    def draw(self) -> float:
        """Draw the next value, never negative."""

    def micros(self) -> Micros:
        """Draw the next value as a duration."""
        return floor(self.draw() * 1_000_000 + 0.5)

    def __call__(self) -> float:
        return self.draw()


class ConstantSampler(Sampler):
    """Always the same value; it takes nothing from the stream."""

    __slots__ = ("value", "whole")

    def __init__(self, random: Random, value: float) -> None:
        super().__init__(random)
        self.value = value
        self.whole = floor(value * 1_000_000 + 0.5)

    def draw(self) -> float:
        return self.value

    def micros(self) -> Micros:
        return self.whole


class UniformSampler(Sampler):
    """Any value from `low` to `high`, each as likely."""

    __slots__ = ("low", "width")

    def __init__(self, random: Random, low: float, high: float) -> None:
        super().__init__(random)
        self.low = low
        self.width = high - low

    def draw(self) -> float:
        return self.low + self.width * self.random.random()

    def micros(self) -> Micros:
        return floor((self.low + self.width * self.random.random()) * 1_000_000 + 0.5)


class ExponentialSampler(Sampler):
    """The time to the next event of a process without memory."""

    __slots__ = ("mean", "mean_micros")

    def __init__(self, random: Random, mean: float) -> None:
        super().__init__(random)
        self.mean = mean
        self.mean_micros = mean * 1_000_000

    def draw(self) -> float:
        return -log(1.0 - self.random.random()) * self.mean

    def micros(self) -> Micros:
        return floor(-log(1.0 - self.random.random()) * self.mean_micros + 0.5)


class LognormalSampler(Sampler):
    """e to the power of a normal variable: mostly near the median, now and then far above it."""

    __slots__ = ("inverse", "median", "sigma", "uniform")

    def __init__(self, random: Random, median: float, sigma: float) -> None:
        super().__init__(random)
        self.median = median
        self.sigma = sigma
        self.inverse = NormalDist(0.0, sigma).inv_cdf
        self.uniform = random.random

    def __reduce__(self) -> tuple[Any, ...]:
        """Anew from its numbers: a copy of the method `uniform` would go on drawing from this sampler's stream."""
        return LognormalSampler, (self.random, self.median, self.sigma)

    def draw(self) -> float:
        value = self.median * exp(self.inverse(self.random.random() or _SMALLEST))
        return value if value < LONGEST_SECONDS else LONGEST_SECONDS

    def micros(self) -> Micros:
        value = self.median * exp(self.inverse(self.uniform() or _SMALLEST))
        return floor((value if value < LONGEST_SECONDS else LONGEST_SECONDS) * 1_000_000 + 0.5)


class ErlangSampler(Sampler):
    """A gamma variable of small whole shape: the sum of that many exponential ones."""

    __slots__ = ("scale", "stages")

    def __init__(self, random: Random, mean: float, stages: int) -> None:
        super().__init__(random)
        self.scale = mean / stages
        self.stages = range(stages)

    def draw(self) -> float:
        uniform = self.random.random
        product = 1.0
        for _ in self.stages:
            product *= 1.0 - uniform()
        return -log(product) * self.scale


class GammaSampler(Sampler):
    """A gamma variable of any shape, by the standard library's rejection methods."""

    __slots__ = ("scale", "shape")

    def __init__(self, random: Random, mean: float, shape: float) -> None:
        super().__init__(random)
        self.shape = shape
        self.scale = mean / shape

    def draw(self) -> float:
        value = self.random.gammavariate(self.shape, self.scale)
        return value if value < LONGEST_SECONDS else LONGEST_SECONDS


class ParetoSampler(Sampler):
    """A heavy tail: the share above x falls with a power of x; cut at `maximum` by leaving out what is above."""

    __slots__ = ("kept", "minimum", "power")

    def __init__(self, random: Random, minimum: float, shape: float, maximum: float | None) -> None:
        super().__init__(random)
        self.minimum = minimum
        self.power = -1.0 / shape
        self.kept = 1.0 if maximum is None else 1.0 - (minimum / maximum) ** shape

    def draw(self) -> float:
        value: float = self.minimum * (1.0 - self.kept * self.random.random()) ** self.power
        return value if value < LONGEST_SECONDS else LONGEST_SECONDS


class EmpiricalSampler(Sampler):
    """One of the values that were measured, each as likely."""

    __slots__ = ("count", "values")

    def __init__(self, random: Random, values: Sequence[float]) -> None:
        super().__init__(random)
        self.values = tuple(values)
        self.count = len(self.values)

    def draw(self) -> float:
        return self.values[floor(self.random.random() * self.count)]


class WeightedSampler(Sampler):
    """One of the values that were measured, as likely as its weight says."""

    __slots__ = ("limits", "total", "values")

    def __init__(self, random: Random, values: Sequence[float], weights: Sequence[float]) -> None:
        super().__init__(random)
        likely = [(value, weight) for value, weight in zip(values, weights, strict=True) if weight > 0]
        self.values = tuple(value for value, _ in likely)
        limits = tuple(accumulate(weight for _, weight in likely))
        self.total = limits[-1]
        self.limits = limits[:-1]

    def draw(self) -> float:
        return self.values[bisect_right(self.limits, self.random.random() * self.total)]
