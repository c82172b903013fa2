"""A histogram of whole numbers whose quantiles are right within 1.6 %, in bounded memory, and that can be merged.

A value's bin is the beginning of its floating-point form: exponent and five bits of mantissa. So each power of two is
cut into 32 bins of equal width, a bin is at most a thirty-second as wide as its values are large, and values below 64
have a bin each. A century of microseconds fits into some 1,700 bins, of which only those in use are kept. Whole
numbers below 2**53 are exact in floating point, so the bins are the same on every machine, and finding them is one
shift.
Source: HdrHistogram (Gil Tene), "How it works"; Masson, Rim, Lee, "DDSketch", VLDB 2019, on relative error and
merging; IEEE 754, binary64.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from math import ceil

_MANTISSA_LEFT_OUT = 52 - 5


def bins_of(values: Sequence[int]) -> list[int]:
    """The bin of each value; negative values, which no span has, count as 0."""
    if min(values, default=0) < 0:
        values = [max(value, 0) for value in values]
    return [bits >> _MANTISSA_LEFT_OUT for bits in array("Q", array("d", values).tobytes())]


def middle_of(place: int) -> int:
    """The value a bin stands for."""
    edges = array("Q", [place << _MANTISSA_LEFT_OUT, (place + 1) << _MANTISSA_LEFT_OUT])
    low, high = array("d", edges.tobytes())
    return int((low + high) / 2)


def quantiles_of(counts: dict[int, int], shares: Sequence[float]) -> list[int | None]:
    """The smallest values not exceeded by these shares (ascending, 0 to 1) of all; None where there are no values."""
    total = sum(counts.values())
    if not total:
        return [None] * len(shares)
    found: list[int | None] = []
    places = iter(sorted(counts))
    place, seen = -1, 0
    for share in shares:
        wanted = max(1, ceil(share * total - 1e-9))
        while seen < wanted:
            place = next(places)
            seen += counts[place]
        found.append(middle_of(place))
    return found


class Histogram:
    """Counts by bin, with exact number, sum and extremes."""

    __slots__ = ("_bins", "count", "largest", "smallest", "total")

    def __init__(self) -> None:
        self._bins: Counter[int] = Counter()
        self.count = 0
        self.total = 0
        self.smallest: int | None = None
        self.largest: int | None = None

    def add(self, values: Sequence[int]) -> list[int]:
        """Take in values; return their bins, so that a part of the time can be counted by itself.

        As a list, because counting a list is done in C and adding up two counters is not.
        """
        if not values:
            return []
        bins = bins_of(values)
        self._bins.update(bins)
        self.count += len(values)
        self.total += sum(values)
        low, high = min(values), max(values)
        self.smallest = low if self.smallest is None else min(self.smallest, low)
        self.largest = high if self.largest is None else max(self.largest, high)
        return bins

    @property
    def mean(self) -> float | None:
        return self.total / self.count if self.count else None

    def quantiles(self, shares: Sequence[float]) -> list[int | None]:
        """As `quantiles_of`, and never outside what was really measured."""
        return [None if value is None else self._within(value) for value in quantiles_of(self._bins, shares)]

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (*packed(self._bins), self.count, self.total, self.smallest, self.largest)

    def _within(self, value: int) -> int:
        low, high = self.smallest, self.largest
        return value if low is None or high is None else min(max(value, low), high)


def packed(bins: dict[int, int]) -> tuple[bytes, bytes]:
    """Bins and their counts in as few bytes as pickle can take at once."""
    return array("H", bins).tobytes(), array("Q", bins.values()).tobytes()


def unpacked(places: bytes, counts: bytes) -> Counter[int]:
    return Counter(dict(zip(array("H", places), array("Q", counts), strict=True)))


def _restored(
    places: bytes, counts: bytes, count: int, total: int, smallest: int | None, largest: int | None
) -> Histogram:
    histogram = Histogram()
    histogram._bins = unpacked(places, counts)
    histogram.count, histogram.total, histogram.smallest, histogram.largest = count, total, smallest, largest
    return histogram
