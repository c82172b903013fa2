"""Chance: one random stream per (seed, node, purpose), and the distributions a document can name.

Separate streams keep the rest of a run as it was when one thing in it is changed: a slower worker draws from its own
stream, so the arrivals stay the same, and two variants differ only by what was changed (common random numbers). A
stream is seeded with a text, which Python turns into a number by SHA-512: the same on every platform, whatever
PYTHONHASHSEED is. A distribution is an object with exactly one key, or a bare number for a constant; its values are
seconds wherever the field is a duration. Arithmetic goes through the platform's logarithm, whose last bit may differ; a
duration is rounded to a microsecond, far above that.
Sources: Law, "Simulation Modeling and Analysis", sections 6.2 (distributions) and 11.2 (common random numbers); Python
documentation, `random.seed`, version 2.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from random import Random
from statistics import NormalDist
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import Field, GetJsonSchemaHandler, model_serializer, model_validator
from pydantic_core import CoreSchema

from simulator.engine.clock import seconds, words
from simulator.engine.parameters import Between, Choice, Parameters, plain, refusal
from simulator.engine.samplers import (
    ConstantSampler,
    EmpiricalSampler,
    ErlangSampler,
    ExponentialSampler,
    GammaSampler,
    LognormalSampler,
    ParetoSampler,
    Sampler,
    UniformSampler,
    WeightedSampler,
)

MOST = 1e8
"""The largest number in a distribution: as seconds, about three years."""

_MOST_VALUES = 10_000
_NINETY_NINE = NormalDist().inv_cdf(0.99)
_STAGES = 5
"""Up to this whole shape, adding exponential draws is quicker than a rejection method."""


def stream(seed: int, node: str, purpose: str) -> Random:
    """Give the random stream of one purpose of one node: the same for the same three, independent for any others.

    A slash inside the node's name is doubled, so that no two triples share a stream; `purpose` has none.
    """
    return Random(f"{seed}/{node.replace('/', '//')}/{purpose}")


def lognormal(median: float, p99: float) -> Distribution:
    """Give the distribution whose values are half under `median`, and one in a hundred over `p99`."""
    return Distribution(lognormal=Lognormal(median=median, p99=p99))


class Family(Protocol):
    """What every kind of distribution offers."""

    def average(self) -> float:
        """Give the long-run average."""

    def sampler(self, random: Random) -> Sampler:
        """Bind the distribution to a stream."""

    def describe(self) -> str:
        """Say it in words, taking the values for seconds."""


class Constant(Parameters):
    """Always the same value. In a document it is the bare number."""

    value: float

    def average(self) -> float:
        return self.value

    def sampler(self, random: Random) -> Sampler:
        return ConstantSampler(random, self.value)

    def describe(self) -> str:
        return f"always {_time(self.value)}"


class Uniform(Parameters):
    """Any value between two limits, each as likely."""

    low: Annotated[float, Between("the lower limit", 0, MOST)] = Field(description="No value is below this.")
    high: Annotated[float, Between("the upper limit", 0, MOST)] = Field(description="No value is above this.")

    @model_validator(mode="after")
    def _in_order(self) -> Uniform:
        if self.low > self.high:
            said = f"the lower limit, {plain(self.low)}, is above the upper one, {plain(self.high)}. Exchange them."
            raise refusal(said)
        return self

    def average(self) -> float:
        return (self.low + self.high) / 2

    def sampler(self, random: Random) -> Sampler:
        return UniformSampler(random, self.low, self.high)

    def describe(self) -> str:
        return f"uniform: {_time(self.low)} to {_time(self.high)}, each as likely"


class Exponential(Parameters):
    """Without memory: the time between independent events, many short ones and a few long ones."""

    mean: Annotated[float, Between("the mean", 0, MOST, "For no time at all, write the number 0.", above=True)] = Field(
        description="The long-run average."
    )

    def average(self) -> float:
        return self.mean

    def sampler(self, random: Random) -> Sampler:
        return ExponentialSampler(random, self.mean)

    def describe(self) -> str:
        return f"exponential: {_time(self.mean)} on average"


class Lognormal(Parameters):
    """How long software takes: mostly near the median, with a tail to the right."""

    median: Annotated[float, Between("the median", 0, MOST, above=True)] = Field(
        description="Half of the values are below."
    )
    p99: Annotated[float, Between("the 99th percentile", 0, MOST, above=True)] = Field(
        description="One value in a hundred is above."
    )

    @model_validator(mode="after")
    def _has_a_tail(self) -> Lognormal:
        if not self.median < self.p99 <= 1000 * self.median:
            raise refusal(
                f"the 99th percentile is {plain(self.p99)} and the median {plain(self.median)}. The percentile has"
                " to be above the median and at most 1,000 times it; for values that do not vary, write a number.",
            )
        return self

    @property
    def sigma(self) -> float:
        """The standard deviation of the values' logarithm."""
        return log(self.p99 / self.median) / _NINETY_NINE

    def average(self) -> float:
        return self.median * exp(self.sigma**2 / 2)

    def sampler(self, random: Random) -> Sampler:
        return LognormalSampler(random, self.median, self.sigma)

    def describe(self) -> str:
        return f"log-normal: half under {_time(self.median)}, 1 % over {_time(self.p99)}"


class Gamma(Parameters):
    """Work in several stages: the larger the shape, the closer to the mean."""

    mean: Annotated[float, Between("the mean", 0, MOST, "For no time at all, write the number 0.", above=True)] = Field(
        description="The long-run average."
    )
    shape: Annotated[float, Between("the shape", 0.05, 1000, "1 is exponential; 4 varies half as much.")] = Field(
        description="1 is exponential; the larger, the less the values vary."
    )

    def average(self) -> float:
        return self.mean

    def sampler(self, random: Random) -> Sampler:
        if self.shape <= _STAGES and self.shape.is_integer():
            return ErlangSampler(random, self.mean, int(self.shape))
        return GammaSampler(random, self.mean, self.shape)

    def describe(self) -> str:
        return f"gamma: {_time(self.mean)} on average, shape {plain(self.shape)}"


class Pareto(Parameters):
    """A heavy tail: most values are close to the minimum, a few are enormous."""

    minimum: Annotated[float, Between("the minimum", 0, MOST, above=True)] = Field(
        description="No value is below this."
    )
    shape: Annotated[float, Between("the shape", 0.1, 100, "1.5 is a heavy tail, 3 a light one.")] = Field(
        description="The smaller, the heavier the tail; 1.5 is heavy."
    )
    maximum: Annotated[float, Between("the maximum", 0, MOST, above=True)] | None = Field(
        default=None, description="No value is above this; without it the tail has no end."
    )

    @model_validator(mode="after")
    def _has_a_mean(self) -> Pareto:
        if self.maximum is None and self.shape <= 1:
            raise refusal(
                f"with the shape {plain(self.shape)} and no maximum the mean is infinite."
                " Give a maximum, or a shape above 1.",
            )
        if self.maximum is not None and self.maximum <= self.minimum:
            raise refusal(
                f"the maximum, {plain(self.maximum)}, is not above the minimum, {plain(self.minimum)}. Raise it.",
            )
        return self

    def average(self) -> float:
        low, high, shape = self.minimum, self.maximum, self.shape
        if high is None:
            return low * shape / (shape - 1)
        kept = float(1.0 - (low / high) ** shape)
        if shape == 1:
            return low * log(high / low) / kept
        return float(low * shape / (shape - 1) * (1.0 - (low / high) ** (shape - 1)) / kept)

    def sampler(self, random: Random) -> Sampler:
        return ParetoSampler(random, self.minimum, self.shape, self.maximum)

    def describe(self) -> str:
        end = f", at most {_time(self.maximum)}" if self.maximum is not None else ""
        return f"Pareto: at least {_time(self.minimum)}, heavy tail of shape {plain(self.shape)}{end}"


class Empirical(Parameters):
    """Values that were measured, drawn again at random."""

    values: list[Annotated[float, Between("a value", 0, MOST)]] = Field(
        min_length=1, max_length=_MOST_VALUES, description="The values to draw from."
    )
    weights: list[Annotated[float, Between("a weight", 0, MOST)]] | None = Field(
        default=None, description="How often each value comes, relative to the others; without it, equally often."
    )

    @model_validator(mode="after")
    def _weighs_each_value(self) -> Empirical:
        if self.weights is None:
            return self
        if len(self.weights) != len(self.values):
            said = f"the number of values is {len(self.values)}, that of weights {len(self.weights)}."
            raise refusal(f"{said} Give each value one weight.")
        if not sum(self.weights):
            raise refusal("all weights are 0, so nothing can be drawn. Give one value a weight above 0.")
        return self

    def average(self) -> float:
        weights = self.weights or [1.0] * len(self.values)
        return sum(value * weight for value, weight in zip(self.values, weights, strict=True)) / sum(weights)

    def sampler(self, random: Random) -> Sampler:
        if self.weights is None:
            return EmpiricalSampler(random, self.values)
        return WeightedSampler(random, self.values, self.weights)

    def describe(self) -> str:
        count = "one measured value" if len(self.values) == 1 else f"{len(self.values):,} measured values"
        return f"empirical: {count}, {_time(self.average())} on average"


class Distribution(Choice):
    """How a value varies: a number that is always the same, or an object that names the kind and its settings."""

    noun: ClassVar[str] = "a distribution"
    example: ClassVar[str] = '{"exponential": {"mean": 2}} or the number 2'

    constant: Annotated[float, Between("the value", 0, MOST)] | None = Field(
        default=None, title="Constant", description="Always the same value."
    )
    uniform: Uniform | None = Field(default=None, title="Uniform", description="Between two limits, each as likely.")
    exponential: Exponential | None = Field(
        default=None, title="Exponential", description="Many short, a few long: the time between independent events."
    )
    lognormal: Lognormal | None = Field(
        default=None, title="Log-normal", description="Near the median with a tail: how long software takes."
    )
    gamma: Gamma | None = Field(default=None, title="Gamma", description="Work in stages: close to the mean.")
    pareto: Pareto | None = Field(default=None, title="Pareto", description="A heavy tail: a few values are enormous.")
    empirical: Empirical | None = Field(
        default=None, title="Empirical", description="Measured values, drawn again at random."
    )

    @classmethod
    def written_short(cls, given: Any) -> Any:
        return {"constant": given} if isinstance(given, int | float) and not isinstance(given, bool) else given

    @model_serializer(mode="wrap")
    def _as_written(self, write: Callable[[Any], dict[str, Any]]) -> Any:
        return self.constant if self.constant is not None else super()._as_written(write)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        reference = super().__get_pydantic_json_schema__(core, handler)
        bare = {"title": "A number", "type": "number", "minimum": 0, "maximum": MOST}
        handler.resolve_ref_schema(reference)["oneOf"].insert(0, bare)
        return reference

    @property
    def family(self) -> Family:
        """The kind that was chosen."""
        if self.constant is not None:
            return Constant(value=self.constant)
        kinds: tuple[Family | None, ...] = (
            self.uniform,
            self.exponential,
            self.lognormal,
            self.gamma,
            self.pareto,
            self.empirical,
        )
        return next(kind for kind in kinds if kind is not None)

    def mean(self) -> float:
        """Give the long-run average of what is drawn."""
        return self.family.average()

    def sampler(self, random: Random) -> Sampler:
        """Bind the distribution to a stream; the stream belongs to the sampler from then on."""
        return self.family.sampler(random)

    def describe(self) -> str:
        """Say it in words, taking the values for seconds: "log-normal: half under 0.8 s, 1 % over 4 s"."""
        return self.family.describe()


def _time(value: float) -> str:
    return f"{plain(value)} s" if value < 60 else words(seconds(value))
