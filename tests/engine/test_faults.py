"""Faults: now or on a schedule, for a span or until somebody ends them, on nodes and on links."""

import pytest

from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused
from simulator.engine.run import Run
from tests.engine.station import at, kinds, run_of, station, text, way


def pair(**more: object) -> Run:
    return run_of(station("a", makes=20), station("b", asks_every=1), way("a", "b"), **more)  # type: ignore[arg-type]


def faults(run: Run) -> list[tuple[int, str, str]]:
    """When faults began and ended, in whole seconds."""
    told = [record for record in run.trace.records if record[1] in ("fault_began", "fault_ended")]
    return [(record[0] // SECOND, record[1].removeprefix("fault_"), record[5]) for record in told]


def test_a_fault_on_the_schedule_begins_and_ends_by_itself() -> None:
    run = pair(faults=[{"at": "4s", "fault": "down", "node": "b", "for": "3s"}])

    run.advance(20 * SECOND)

    assert faults(run) == [(4, "began", "down"), (7, "ended", "down")]
    assert run.faults == {}


def test_a_scheduled_fault_comes_before_what_the_nodes_do_at_the_same_time() -> None:
    """What is on the schedule was set first of all, so the order of such ties never depends on the nodes."""
    run = run_of(
        station("a", makes=3), station("b"), way("a", "b"), faults=[{"at": "1s", "fault": "partition", "link": "a-b"}]
    )

    run.advance(10 * SECOND)

    assert len(at(run.trace.records, "kept")) == 1
    assert kinds(run.trace.records)[3:6] == ["fault_began", "made", "sent"]


def test_a_fault_without_a_span_lasts_until_somebody_ends_it() -> None:
    run = pair()
    run.intervene("b", "down")
    run.advance(10 * SECOND)
    assert list(run.faults) == [("b", "down")]

    run.intervene("b", "stop down")

    assert faults(run) == [(0, "began", "down"), (10, "ended", "down")]
    assert run.faults == {}
    run.advance(20 * SECOND)
    assert len(faults(run)) == 2


def test_ending_a_fault_early_takes_its_own_end_back() -> None:
    run = pair()
    run.intervene("b", "down", {"seconds": 8})
    run.advance(2 * SECOND)

    run.intervene("b", "stop down")
    run.advance(20 * SECOND)

    assert faults(run) == [(0, "began", "down"), (2, "ended", "down")]


def test_beginning_a_fault_again_replaces_it_and_its_end() -> None:
    run = pair()
    run.intervene("a-b", "slow", {"factor": 2, "seconds": 5})
    run.advance(3 * SECOND)

    run.intervene("a-b", "slow", {"factor": 10, "seconds": 5})
    run.advance(20 * SECOND)

    assert faults(run) == [(0, "began", "slow"), (3, "began", "slow"), (8, "ended", "slow")]
    assert run.links[0].slowness == 1.0


def test_a_fault_says_when_it_will_end_and_how_it_is_set() -> None:
    run = pair()

    run.intervene("a-b", "lose", {"probability": 0.25, "seconds": 5})
    run.intervene("a-b", "partition")

    told = [record[4:] for record in run.trace.records if record[1] == "fault_began"]
    assert told == [("a-b", "lose", 5 * SECOND, " (probability: 0.25)"), ("a-b", "partition", 0, "")]


def test_the_shortest_span_is_still_a_span() -> None:
    """0 means until somebody ends it; a nanosecond must not be rounded to that."""
    run = pair()

    run.intervene("b", "down", {"seconds": 1e-9})
    run.advance(SECOND)

    assert run.faults == {}


def test_a_slow_node_takes_longer_and_is_as_before_afterwards() -> None:
    run = pair()
    run.advance(SECOND // 2)

    run.intervene("a", "slow", {"factor": 4, "seconds": 5})
    run.advance(9 * SECOND)

    assert at(run.trace.records, "made") == [second * SECOND for second in (0, 1, 5, 9)]


def test_a_fault_that_the_target_does_not_offer_is_refused_with_those_it_does() -> None:
    with pytest.raises(Refused) as refused:
        pair().intervene("b", "partition")

    assert "change, Give, Take, down, slow" in str(refused.value)


def test_stopping_names_the_faults_that_are_on() -> None:
    run = pair()
    run.intervene("b", "slow")

    with pytest.raises(Refused) as refused:
        run.intervene("b", "stop down")

    assert refused.value.problems[0].allowed == "slow"


def test_faults_survive_being_stored() -> None:
    run = pair()
    run.intervene("a-b", "lose", {"probability": 0.5, "seconds": 9})
    run.advance(3 * SECOND)
    run.trace.take()

    twin = Run.restore(run.checkpoint(), run.scenario, run.journal, 1)
    for one in (run, twin):
        one.intervene("a-b", "stop lose")
        one.advance(20 * SECOND)

    assert text(twin.trace.records) == text(run.trace.records)
