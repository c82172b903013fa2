"""Series: how one measure went, in buckets of virtual time that double when there are too many.

A series never has more than MOST_POINTS points, however long the run is: two neighbours become one, so the whole run
is always shown with the same, ever coarser, step. Three kinds for the three kinds of measure; what they add up over
the whole run is exact (quantiles within 1.6 %).
"""

from array import array
from collections import Counter
from math import isnan, nan
from typing import Any

from simulator.engine.clock import SECOND, Micros
from simulator.folds.histogram import Histogram, packed, quantiles_of, unpacked
from simulator.folds.warm_up import WarmUp

MOST_POINTS = 240

# A rate is taken over at least this span, so that single messages don't make it jump.
RATE_WINDOW: Micros = 5 * SECOND // 2

Point = float | int | None


class GaugeSeries:
    """A number that is read from time to time; a point is the last reading of its bucket."""

    __slots__ = ("_area", "_now", "_points", "_since", "_span", "largest", "unit")

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.largest: float | None = None
        self._points = array("d")
        self._now: float = nan
        self._since: Micros = 0
        self._area = 0.0
        self._span: Micros = 0

    def read(self, value: float | None, now: Micros) -> None:
        """Take a reading; the one before is taken to have held until now."""
        self._settle(now)
        self._now = nan if value is None else float(value)
        if value is not None:
            self.largest = self._now if self.largest is None else max(self.largest, self._now)

    def close(self, known: bool) -> None:
        """End a bucket; `known` says that the last reading still held at its end."""
        self._points.append(self._now if known else nan)

    def halve(self) -> None:
        pairs = range(0, len(self._points), 2)
        points = self._points
        self._points = array("d", [points[one] if isnan(points[one + 1]) else points[one + 1] for one in pairs])

    def mean(self, now: Micros) -> float | None:
        """The average over time, of the time for which there were readings."""
        self._settle(now)
        return self._area / self._span if self._span else None

    def lines(self, bucket: Micros, part: Micros) -> dict[str, list[Point]]:
        """The points by the ending of their key; the last is the bucket that goes on, `part` long so far (0: none)."""
        values = [*self._points, self._now] if part else self._points
        return {"": [None if isnan(value) else _rounded(value) for value in values]}

    def summary(self, now: Micros) -> dict[str, Any]:
        mean = self.mean(now)
        return {
            "unit": self.unit,
            "now": None if isnan(self._now) else _rounded(self._now),
            "mean": None if mean is None else _rounded(mean),
            "max": None if self.largest is None else _rounded(self.largest),
        }

    def _settle(self, now: Micros) -> None:
        if not isnan(self._now):
            self._area += self._now * (now - self._since)
            self._span += now - self._since
        self._since = now


class CountSeries:
    """Records of some kinds, counted; a point is their number per second, over at least a second."""

    __slots__ = ("_now", "_points", "count", "unit")

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.count = 0
        self._points = array("q")
        self._now = 0

    def add(self, count: int) -> None:
        self.count += count
        self._now += count

    def close(self, known: bool) -> None:
        self._points.append(self._now)
        self._now = 0

    def halve(self) -> None:
        points = self._points
        self._points = array("q", [points[one] + points[one + 1] for one in range(0, len(points), 2)])

    def lines(self, bucket: Micros, part: Micros) -> dict[str, list[Point]]:
        width = max(1, -(-RATE_WINDOW // bucket))
        points, inside = self._points, 0
        rates: list[Point] = []
        for place, count in enumerate(points):
            inside += count - (points[place - width] if place >= width else 0)
            rates.append(_rounded(inside * SECOND / max(SECOND, min(place + 1, width) * bucket)))
        if part:
            rates.append(self._rate_now(bucket, part, width))
        return {"": rates}

    def summary(self, now: Micros) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "count": self.count,
            "per_second": _rounded(self.count * SECOND / now) if now else None,
        }

    def _rate_now(self, bucket: Micros, part: Micros, width: int) -> float:
        last = self._points[max(0, len(self._points) - width) :]
        return _rounded((sum(last) + self._now) * SECOND / max(SECOND, len(last) * bucket + part))


class SpanSeries:
    """A span of time that records of one kind state; points are its quantiles."""

    __slots__ = ("_bins", "_now", "_quantiles", "histogram", "shares", "warm_up")

    def __init__(self, shares: tuple[int, ...]) -> None:
        self.shares = shares
        self.histogram = Histogram()
        self.warm_up = WarmUp()
        self._bins: list[tuple[bytes, bytes]] = []
        self._quantiles: list[array[float]] = [array("d") for _ in shares]
        self._now: Counter[int] = Counter()

    def add(self, values: list[int], records: list[Any]) -> None:
        self._now.update(self.histogram.add(values))
        self.warm_up.add(values, records)

    def close(self, known: bool) -> None:
        self._append(self._now)
        self._now = Counter()

    def halve(self) -> None:
        bins, self._bins = self._bins, []
        self._quantiles = [array("d") for _ in self.shares]
        for one in range(0, len(bins), 2):
            self._append(unpacked(*bins[one]) + unpacked(*bins[one + 1]))

    def lines(self, bucket: Micros, part: Micros) -> dict[str, list[Point]]:
        now = self._quantiles_of(self._now)
        lines: dict[str, list[Point]] = {}
        for place, share in enumerate(self.shares):
            values = [*self._quantiles[place], now[place]] if part else self._quantiles[place]
            lines[f".p{share}"] = [None if isnan(value) else int(value) for value in values]
        return lines

    def summary(self, now: Micros) -> dict[str, Any]:
        histogram, steady = self.histogram, self.warm_up.steady()
        half, most, nearly_all = histogram.quantiles((0.5, 0.95, 0.99))
        return {
            "unit": "µs",
            "count": histogram.count,
            "mean": None if histogram.mean is None else round(histogram.mean),
            "min": histogram.smallest,
            "p50": half,
            "p95": most,
            "p99": nearly_all,
            "max": histogram.largest,
            "warm_up": None if steady is None else steady.begins,
            "steady_mean": None if steady is None else round(steady.mean),
        }

    def _append(self, counts: Counter[int]) -> None:
        self._bins.append(packed(counts))
        for line, value in zip(self._quantiles, self._quantiles_of(counts), strict=True):
            line.append(value)

    def _quantiles_of(self, counts: Counter[int]) -> list[float]:
        order = sorted(self.shares)
        found = dict(zip(order, quantiles_of(counts, [share / 100 for share in order]), strict=True))
        values = [found[share] for share in self.shares]
        return [nan if value is None else float(value) for value in values]


AnySeries = GaugeSeries | CountSeries | SpanSeries


def _rounded(value: float) -> float:
    return round(value, 3)
