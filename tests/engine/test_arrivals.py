"""Arrivals: each kind comes at the rate it promises, and can be stopped and taken up again anywhere."""

import pickle
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from simulator.engine.arrivals import Arrivals, poisson
from simulator.engine.chance import stream
from simulator.engine.clock import DAY, HOUR, MINUTE, SECOND, Micros
from simulator.engine.errors import problems_of

SURE = 4.0
DAY_SHAPE = [1, 0, 0, 0, 0, 0, 5, 10, 20, 30, 40, 40, 30, 20, 20, 20, 30, 40, 20, 10, 5, 2, 1, 1]
LOG = "\n".join(
    f'203.0.113.9 - - [10/Oct/2000:13:55:{second:02d} -0700] "GET / HTTP/1.0" 200 9' for second in (36, 36, 38, 45)
)

EVERY_KIND: list[dict[str, Any]] = [
    {"regular": {"per_second": 3}},
    {"poisson": {"per_second": 4}},
    {"bursts": {"size": 5, "every": "3s"}},
    {"bursts": {"size": 5, "every": "3s", "spread": "1s"}},
    {"ramp": {"from_per_second": 1, "to_per_second": 20, "over": "10s"}},
    {"ramp": {"from_per_second": 20, "to_per_second": 1, "over": "10s"}},
    {"daily": {"per_second": DAY_SHAPE, "day": "24s"}},
    {"replay": {"at": [0.5, 0.61, 3, 3], "repeat": True}},
    {"replay": {"text": LOG, "repeat": True, "speed": 2}},
]


class Settings(BaseModel):
    arrivals: Arrivals


def arrivals(document: dict[str, Any]) -> Arrivals:
    return Arrivals.model_validate(document)


def times(document: dict[str, Any], until: Micros, seed: int = 7, start: Micros = 0) -> list[Micros]:
    """All arrivals up to `until`, drawn as a producer draws them: each from the one before."""
    process = arrivals(document).process(stream(seed, "shop", "arrivals"), start)
    found: list[Micros] = []
    now = start
    while (following := process.next(now)) is not None and following <= until:
        found.append(following)
        now = following
    return found


def problem(document: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Settings(arrivals=document)
    return "\n".join(str(one) for one in problems_of(refused.value))


def test_regular_arrivals_keep_their_distance_without_drifting():
    found = times({"regular": {"per_second": 3}}, 1000 * SECOND)
    assert len(found) == 3000
    assert found[-1] == 1000 * SECOND
    assert {later - earlier for earlier, later in pairwise(found)} == {333_333, 333_334}


def test_poisson_arrivals_come_at_their_rate_and_are_as_uneven_as_they_are_dense():
    found = times({"poisson": {"per_second": 4}}, 5000 * SECOND)
    assert abs(len(found) - 20_000) <= SURE * sqrt(20_000)
    gaps = [(later - earlier) / SECOND for earlier, later in pairwise(found)]
    assert stdev(gaps) == pytest.approx(fmean(gaps), rel=0.03)


def test_a_burst_without_spread_arrives_in_one_instant():
    assert times({"bursts": {"size": 3, "every": "30s"}}, 40 * SECOND) == [0, 0, 0, *[30 * SECOND] * 3]


def test_a_burst_keeps_within_its_spread():
    found = times({"bursts": {"size": 20, "every": "30s", "spread": "1s"}}, 300 * SECOND)
    assert len(found) == 200 and found == sorted(found)
    assert all(time % (30 * SECOND) < SECOND for time in found)
    assert len(dict.fromkeys(found)) > 190


@pytest.mark.parametrize(("low", "high"), [(1, 20), (20, 1), (0, 10), (10, 0)])
def test_a_ramp_has_in_each_stretch_the_arrivals_under_its_line(low: float, high: float):
    document = {"ramp": {"from_per_second": low, "to_per_second": high, "over": "400s"}}
    found = times(document, 800 * SECOND)
    for begin in range(0, 800, 100):
        middle = arrivals(document).rate((begin + 50) * SECOND)
        expected = 100 * middle
        count = sum(begin * SECOND <= time < (begin + 100) * SECOND for time in found)
        assert abs(count - expected) <= SURE * sqrt(expected)


def test_after_a_ramp_to_nothing_nothing_arrives():
    process = arrivals({"ramp": {"from_per_second": 5, "to_per_second": 0, "over": "10s"}}).process(stream(1, "a", "b"))
    assert process.next(10 * SECOND) is None
    assert process.next(10 * SECOND) is None


def test_each_hour_of_a_day_has_its_own_rate():
    document = {"daily": {"per_second": DAY_SHAPE, "day": "24m"}}
    found = times(document, 4 * 24 * MINUTE)
    for hour, rate in enumerate(DAY_SHAPE):
        count = sum(time // MINUTE % 24 == hour for time in found)
        assert abs(count - 240 * rate) <= SURE * sqrt(240 * rate)


def test_a_day_with_one_arrival_in_weeks_still_finds_it():
    rates = [0.0] * 23 + [0.000_02]
    found = times({"daily": {"per_second": rates}}, 3650 * DAY)
    assert all(time % DAY >= 23 * HOUR for time in found)
    assert abs(len(found) - 3650 * 0.072) <= SURE * sqrt(3650 * 0.072)


def test_a_replay_brings_what_happened_when_it_happened():
    assert times({"replay": {"at": [3, 0.5, 0.61]}}, DAY) == [500_000, 610_000, 3 * SECOND]
    assert times({"replay": {"text": LOG}}, DAY) == [0, 0, 2 * SECOND, 9 * SECOND]
    assert times({"replay": {"text": LOG, "speed": 2}}, DAY) == [0, 0, SECOND, 4_500_000]


def test_a_repeated_replay_begins_again_one_mean_gap_after_its_end():
    assert times({"replay": {"at": [0, 1, 2], "repeat": True}}, 5 * SECOND) == [second * SECOND for second in range(6)]


def test_a_log_of_one_line_repeats_every_second():
    assert times({"replay": {"text": "2026-01-05 10:00", "repeat": True}}, 2 * SECOND) == [0, SECOND, 2 * SECOND]


def test_nothing_arrives_by_itself_where_messages_are_sent_by_hand():
    assert times({"none": {}}, DAY) == []


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_arrivals_count_from_their_start(document: dict[str, Any]):
    late = times(document, 60 * SECOND, start=20 * SECOND)
    assert late and late == [time + 20 * SECOND for time in times(document, 40 * SECOND)]


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_whoever_listens_again_later_hears_nothing_from_the_past(document: dict[str, Any]):
    process = arrivals(document).process(stream(7, "shop", "arrivals"))
    now = process.next(0)
    for _ in range(40):
        assert now is not None
        asked = now + 7 * SECOND + 123_457
        now = process.next(asked)
        assert now is not None and asked <= now <= asked + 30 * SECOND


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_a_process_goes_on_identically_after_a_pickle_at_any_arrival(document: dict[str, Any]):
    process = arrivals(document).process(stream(3, "shop", "arrivals"))
    now: Micros | None = 0
    for _ in range(12):
        assert now is not None
        copy = pickle.loads(pickle.dumps(process))
        now, again = process.next(now), copy.next(now)
        assert now == again
    assert isinstance(now, int)


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_arrivals_survive_being_written_and_read(document: dict[str, Any]):
    settings = Settings(arrivals=arrivals(document))
    assert Settings.model_validate(settings.model_dump()) == settings
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
    assert pickle.loads(pickle.dumps(settings)) == settings


@pytest.mark.parametrize("document", EVERY_KIND, ids=str)
def test_the_rate_never_exceeds_the_bound(document: dict[str, Any]):
    found = arrivals(document)
    assert 0 < max(found.rate(half * SECOND // 2) for half in range(200)) <= found.bound()


def test_the_rate_of_a_replay_is_what_happened_around_that_time():
    found = arrivals({"replay": {"at": [*(second / 10 for second in range(1000)), 200]}})
    assert found.rate(50 * SECOND) == pytest.approx(10, abs=0.2)
    assert found.rate(150 * SECOND) == 0
    assert found.rate(DAY) == 0


def test_twice_the_rate_halves_every_gap_of_the_same_seed():
    """Common random numbers. Source: Law, "Simulation Modeling and Analysis", section 11.2."""
    slow, quick = times({"poisson": {"per_second": 1}}, 60 * SECOND), times({"poisson": {"per_second": 2}}, 30 * SECOND)
    assert len(slow) == len(quick) > 40
    assert all(abs(one - 2 * other) <= 2 * len(slow) for one, other in zip(slow, quick, strict=True))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"poison": {"per_second": 4}}, "Did you mean “poisson”?"),
        ({"regular": {"per_second": 0}}, 'For no arrivals at all, write {"none": {}}'),
        ({"poisson": {"per_second": 1e9}}, "arrivals.poisson.per_second: the rate is 1000000000.0. Allowed is"),
        ({"poisson": {}}, "arrivals.poisson.per_second: is missing"),
        ({"bursts": {"size": 2.5, "every": "1s"}}, "is 2.5, which is not a whole number"),
        ({"bursts": {"size": 2, "every": "1s", "spread": "2s"}}, "would overlap the next"),
        ({"bursts": {"size": 10_000, "every": "1ms"}}, "Allowed is at most 100,000 per second"),
        ({"ramp": {"from_per_second": 0, "to_per_second": 0, "over": "1s"}}, "so nothing arrives"),
        ({"ramp": {"from_per_second": 1, "to_per_second": 1e-300, "over": "1s"}}, "one in twelve days"),
        ({"ramp": {"from_per_second": 1, "to_per_second": 2, "over": "0s"}}, "Allowed is 1 ms to 3650 d"),
        ({"daily": {"per_second": [1] * 23}}, "arrivals.daily.per_second"),
        ({"daily": {"per_second": [0] * 24}}, "so nothing arrives"),
        ({"daily": {"per_second": [1] * 24, "day": "48h"}}, "the day is"),
        ({"replay": {}}, "either “at” or “text”; this has neither"),
        ({"replay": {"at": [1], "text": "1"}}, "this has both"),
        ({"replay": {"at": []}}, "arrivals.replay.at"),
        ({"replay": {"at": [-1]}}, "arrivals.replay.at.0: a time is -1"),
        ({"replay": {"at": [1], "speed": 0}}, "the speed is 0"),
        ({"replay": {"at": [3e8], "speed": 0.5}}, "it lasts longer than 3650 d"),
        ({"replay": {"text": "1\n2", "column": 0}}, "the column is 0"),
        ({"replay": {"text": "1\n2", "column": True}}, "the column is true"),
        ({"replay": {"text": "1\nx\ny"}}, 'Line 2: "x" holds no time'),
        ({"replay": {"text": "1\nx\ny"}}, 'pass over them with "skip": true'),
        ({"replay": {"text": "x\ny", "skip": True}}, "No line holds a time that is recognised"),
        ({"none": {"per_second": 1}}, "arrivals.none.per_second"),
        (4, "is not a kind of arrivals. Write an object such as"),
    ],
    ids=str,
)
def test_wrong_arrivals_are_told_where_what_and_what_to_do(document: Any, said: str):
    assert said in problem(document)


def test_the_first_unreadable_lines_are_told_by_number_and_the_others_are_counted():
    with pytest.raises(ValidationError) as refused:
        Settings(arrivals=arrivals({"replay": {"text": "\n".join(["1", *["x"] * 20, "2"])}}))
    said = refused.value.errors()[0]["msg"]
    assert [line for line in range(1, 23) if f"Line {line}:" in said] == [2, 3, 4, 5, 6]
    assert "And 15 more." in said


def test_lines_without_a_time_can_be_passed_over():
    assert times({"replay": {"text": f"{LOG}\n  at java.lang.Thread.run\n", "skip": True}}, DAY)[-1] == 9 * SECOND


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"regular": {"per_second": 4}}, "regular: 4 per second, evenly spaced"),
        ({"poisson": {"per_second": 0.01}}, "Poisson: one every 1 min 40 s on average"),
        ({"bursts": {"size": 20, "every": "30s", "spread": "1s"}}, "bursts: 20 every 30 s, spread over 1 s"),
        (
            {"ramp": {"from_per_second": 1, "to_per_second": 20, "over": "2m"}},
            "ramp: from 1 per second to 20 per second over 2 min",
        ),
        (
            {"daily": {"per_second": DAY_SHAPE, "day": "24m"}},
            "daily: 0 per second to 40 per second, busiest at 10:00, a day lasts 24 min",
        ),
        (
            {"replay": {"text": LOG, "speed": 2, "repeat": True}},
            "replay: 4 arrivals in 4.5 s, 2 times as fast, again and again",
        ),
        ({"none": {}}, "nothing by itself: sent by hand"),
    ],
    ids=str,
)
def test_arrivals_say_what_they_are(document: dict[str, Any], said: str):
    assert arrivals(document).describe() == said


def test_a_form_learns_each_kind_of_arrivals():
    kinds = Settings.model_json_schema()["$defs"]["Arrivals"]["oneOf"]
    assert [kind["required"] for kind in kinds] == [
        ["regular"], ["poisson"], ["bursts"], ["ramp"], ["daily"], ["replay"], ["none"],
    ]  # fmt: skip


def test_poisson_is_a_short_way_to_write_it():
    assert poisson(4) == arrivals({"poisson": {"per_second": 4}})
