"""The histogram and the warm-up: what the numbers in a summary can be trusted for."""

import pickle
from math import ceil
from random import Random

from hypothesis import given
from hypothesis import strategies as some

from simulator.folds.histogram import Histogram, bins_of, middle_of
from simulator.folds.warm_up import MOST_BATCHES, WarmUp


@given(some.integers(0, 2**50))
def test_a_bin_stands_for_its_values_within_one_and_a_half_percent(value: int) -> None:
    assert abs(middle_of(bins_of([value])[0]) - value) <= 0.016 * value


@given(some.lists(some.integers(0, 63), min_size=1))
def test_small_values_are_exact(values: list[int]) -> None:
    assert [middle_of(place) for place in bins_of(values)] == values


@given(some.lists(some.integers(0, 10**12), min_size=1, max_size=300), some.floats(0.01, 1))
def test_quantiles_are_within_two_percent_of_the_exact_ones(values: list[int], share: float) -> None:
    histogram = Histogram()
    histogram.add(values)
    exact = sorted(values)[max(1, ceil(share * len(values) - 1e-9)) - 1]
    found = histogram.quantiles([share])[0]
    assert found is not None
    assert abs(found - exact) <= 0.02 * exact
    assert histogram.count == len(values)
    assert (histogram.smallest, histogram.largest) == (min(values), max(values))


@given(some.lists(some.lists(some.integers(0, 10**9), max_size=20), max_size=20))
def test_a_histogram_is_the_same_in_one_go_in_parts_and_after_a_pickle(parts: list[list[int]]) -> None:
    whole, pieces = Histogram(), Histogram()
    whole.add([value for part in parts for value in part])
    for part in parts:
        pieces.add(part)
        pieces = pickle.loads(pickle.dumps(pieces))
    assert pieces.quantiles([0.1, 0.5, 0.9]) == whole.quantiles([0.1, 0.5, 0.9])
    assert pieces.mean == whole.mean


def test_nothing_measured_has_no_quantiles() -> None:
    assert Histogram().quantiles([0.5, 0.95]) == [None, None]
    assert Histogram().mean is None


def test_the_warm_up_ends_where_the_transient_does() -> None:
    """MSER-5 on a level that settles after 1,000 of 5,000 values. Source: White, Simulation 69 (1997)."""
    random, warm_up = Random(7), WarmUp()
    values = [int(1000 + max(0, 1000 - number) * 5 + random.gauss(0, 50)) for number in range(5000)]
    warm_up.add(values, [(number * 10,) for number in range(5000)])
    steady = warm_up.steady()
    assert steady is not None
    assert 9_000 <= steady.begins <= 11_000
    assert abs(steady.mean - 1000) < 5


def test_a_run_that_never_settles_is_too_short() -> None:
    warm_up = WarmUp()
    warm_up.add(list(range(500)), [(number,) for number in range(500)])
    assert warm_up.steady() is None


def test_a_long_run_needs_no_more_memory_and_has_the_same_mean() -> None:
    random, warm_up = Random(3), WarmUp()
    values = [random.randrange(2000) for _ in range(60_000)]
    for begin in range(0, 60_000, 777):
        part = values[begin : begin + 777]
        warm_up.add(part, [(number,) for number in range(begin, begin + len(part))])
    steady = warm_up.steady()
    assert steady is not None
    assert len(pickle.dumps(warm_up)) < 16 * 2 * MOST_BATCHES + 20_000
    assert abs(steady.mean - 1000) < 20
