"""A pace holds back instead of refusing."""

from random import Random

from simulator.engine.clock import SECOND
from simulator.engine.pace import Pace


def test_without_a_burst_no_second_has_more_places_than_the_rate():
    """Source: ITU-T I.371, the generic cell rate algorithm."""
    draw, pace, now = Random(1), Pace(7), 0
    places = []
    for _ in range(2000):
        now += int(draw.expovariate(8) * SECOND)
        wait = pace.wait(now, 10**12)
        assert wait is not None
        places.append(now + wait)
    assert places == sorted(places)
    assert all(later - earlier >= SECOND for earlier, later in zip(places, places[7:], strict=False))


def test_a_burst_of_a_second_goes_at_once_and_the_rest_evenly():
    pace = Pace(4, SECOND)
    waits = [pace.wait(0, 10**12) for _ in range(7)]
    assert waits == [0, 0, 0, 0, SECOND // 4, SECOND // 2, 3 * SECOND // 4]


def test_a_place_that_comes_too_late_is_not_taken():
    pace = Pace(1)
    assert pace.wait(0, SECOND) == 0
    assert pace.wait(0, SECOND) is None
    assert pace.wait(0, SECOND + 1) == SECOND


def test_another_rate_holds_for_the_places_after_those_given_out():
    pace = Pace(1)
    assert [pace.wait(0, 10**12) for _ in range(3)] == [0, SECOND, 2 * SECOND]
    pace.change(10)
    assert [pace.wait(0, 10**12) for _ in range(2)] == [3 * SECOND, 3 * SECOND + SECOND // 10]
