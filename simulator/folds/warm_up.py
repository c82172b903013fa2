"""Warm-up: how much of a run's beginning to leave out, because it still remembers that everything began empty.

MSER-5: take the means of batches of five; leave out so many of the first that the rest has the smallest standard
error of its mean. A run is too short to say anything when that would leave out more than half. Batches grow in pairs
beyond a bound, so that the memory of a long run stays small and the rule the same, only coarser.
Source: White, "An Effective Truncation Heuristic for Bias Reduction in Simulation Output", Simulation 69 (1997);
White, Cobb, Spratt, "A Comparison of Five Steady-State Truncation Heuristics for Simulation", WSC 2000 (batches of
five, half of the run).
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine.clock import Micros
from simulator.engine.trace import Record

BATCH = 5
MOST_BATCHES = 400
FEWEST_BATCHES = 10


@dataclass(frozen=True)
class Steady:
    """What remains: values measured after `begins`, and their `mean`."""

    begins: Micros
    mean: float


class WarmUp:
    """The batch means of one measured value, and the times at which the batches ended."""

    __slots__ = ("_ends", "_means", "_pending", "_size")

    def __init__(self) -> None:
        self._size = BATCH
        self._means = array("d")
        self._ends = array("q")
        self._pending: list[tuple[Micros, int]] = []

    def add(self, values: Sequence[int], records: Sequence[Record]) -> None:
        """Take in values in the order of time, each with the record it stands in."""
        pending, size = self._pending, self._size
        pending += [(record[0], value) for record, value in zip(records, values, strict=True)]
        whole = len(pending) - len(pending) % size
        for begin in range(0, whole, size):
            batch = pending[begin : begin + size]
            self._means.append(sum([value for _, value in batch]) / size)
            self._ends.append(batch[-1][0])
        del pending[:whole]
        while len(self._means) >= 2 * MOST_BATCHES:
            self._pair()

    def steady(self) -> Steady | None:
        """Where the warm-up ends; None where the run is too short to tell."""
        count = len(self._means)
        if count < FEWEST_BATCHES:
            return None
        best, least, mean = 0, float("inf"), 0.0
        centre = sum(self._means) / count
        total = squares = 0.0
        for place in range(count - 1, -1, -1):
            value, rest = self._means[place] - centre, count - place
            total += value
            squares += value * value
            if rest < FEWEST_BATCHES // 2:
                continue
            error = max(squares - total * total / rest, 0.0) / (rest * rest)
            if error <= least:
                best, least, mean = place, error, centre + total / rest
        if best > count // 2:
            return None
        return Steady(self._ends[best - 1] if best else 0, mean)

    def _pair(self) -> None:
        pairs = range(0, len(self._means) - 1, 2)
        self._means = array("d", [(self._means[one] + self._means[one + 1]) / 2 for one in pairs])
        self._ends = array("q", [self._ends[one + 1] for one in pairs])
        self._size *= 2
