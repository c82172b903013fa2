"""What was met lately, and how long a client waits before it tries again."""

from collections import OrderedDict
from random import Random

from hypothesis import given
from hypothesis import strategies as some

from simulator.engine.backoff import backoff
from simulator.engine.clock import SECOND
from simulator.engine.recent import Recent


def test_a_key_is_counted_as_often_as_it_is_met():
    recent = Recent(10)
    assert [recent.meet(key) for key in "abaab"] == [1, 1, 2, 3, 2]
    assert "a" in recent and "c" not in recent


@given(some.integers(0, 6), some.lists(some.integers(0, 9), max_size=80))
def test_it_knows_exactly_the_keys_of_the_last_meetings(most, keys):
    recent = Recent(most)
    last: list[int] = []
    for key in keys:
        recent.meet(key)
        last.append(key)
        known = set(last[-most:]) if most else set()
        assert [key in recent for key in range(10)] == [key in known for key in range(10)]


@given(some.integers(1, 6), some.lists(some.integers(0, 9), max_size=80))
def test_a_forgotten_key_counts_from_one_again(most, keys):
    recent = Recent(most)
    times: OrderedDict[int, tuple[int, int]] = OrderedDict()
    for number, key in enumerate(keys):
        before, count = times.get(key, (-1, 0))
        expected = count + 1 if count and number - before <= most else 1
        times[key] = (number, expected)
        assert recent.meet(key) == expected


def test_its_memory_is_bounded():
    recent = Recent(100)
    for key in range(100_000):
        recent.meet(key % 5000)
    assert len(recent._last) < 130 and len(recent._again) < 130


def test_pauses_grow_twofold_up_to_twenty_seconds_and_are_drawn_from_the_whole_range():
    """Source: AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode."""
    random = Random("pauses")
    for tries, longest in ((1, 1), (2, 2), (3, 4), (5, 16), (6, 20), (60, 20)):
        drawn = [backoff(tries, random) for _ in range(500)]
        assert 0 <= min(drawn) < 0.05 * longest * SECOND
        assert 0.95 * longest * SECOND < max(drawn) <= longest * SECOND
