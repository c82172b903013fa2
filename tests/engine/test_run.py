"""A run is a value: scenario, seed and journal make the trace, however the run was driven, stored or replayed."""

import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine import journal
from simulator.engine.clock import SECOND, Micros, seconds
from simulator.engine.errors import Refused, ServiceError
from simulator.engine.journal import Intervention
from simulator.engine.run import Run
from tests.engine.station import PATTERNS, at, conserved, kinds, run_of, station, text, way

END = 30 * SECOND

# What people do in the runs of this file: target, verb, arguments, at so many milliseconds.
DONE: list[tuple[int, str, str, dict[str, Any]]] = [
    (1_500, "b", "Give", {"body": {"type": "by hand"}}),
    (4_000, "a-b", "lose", {"probability": 0.5, "seconds": 3}),
    (4_000, "a-b", "duplicate", {"probability": 0.3}),
    (9_999, "a", "slow", {"factor": 3, "seconds": 8}),
    (12_000, "a-b", "stop duplicate", {}),
    (15_000, "a-b", "change", {"latency": {"uniform": {"low": 0.1, "high": 0.9}}}),
    (15_000, "b", "Give", {"fails": "Unwilling"}),
    (17_000, "b", "change", {"refuses": "Busy"}),
    (18_000, "b", "change", {"refuses": ""}),
    (20_000, "c", "down", {"seconds": 4}),
]


def lively(seed: int = 7, lines: list[Intervention] | None = None) -> Run:
    """A run in which chance is at work everywhere: latencies, gaps, loss, duplication, refusals, retries."""
    latency = {"lognormal": {"median": 0.05, "p99": 0.4}}
    return run_of(
        station("a", makes=10_000, gap=0.05, jitter=0.3, listens=True, tries=3),
        station("b"),
        station("c", asks_every=0.7),
        way("a", "b", latency=latency, loss=0.1, duplication=0.05),
        way("b", "c", kind="poll", latency=latency, loss=0.05),
        seed=seed,
        journal=lines or [],
        faults=[{"at": "6s", "fault": "partition", "link": "b-c", "for": "2s"}],
    )


def played(advance: Callable[[Run, Micros], None], seed: int = 7) -> Run:
    """The lively run, with everything in DONE done to it, moved on by `advance` in between."""
    run = lively(seed)
    for milliseconds, target, verb, arguments in DONE:
        advance(run, milliseconds * 1000)
        run.intervene(target, verb, arguments)
    advance(run, END)
    return run


def in_one_go(run: Run, until: Micros) -> None:
    run.advance(until)


def in_slices(run: Run, until: Micros) -> None:
    """50 ms at a time, as a live session does."""
    while run.now < until:
        run.advance(min(run.now + 50_000, until))


def with_odd_limits(run: Run, until: Micros) -> None:
    """At most 1, then 2, then 3 … actions at a time."""
    limit = 1
    while run.advance(until, limit) == limit:
        limit = limit % 7 + 1


EXPECTED = text(played(in_one_go).trace.records)


def test_the_run_of_these_tests_is_lively_enough_to_prove_something() -> None:
    happened = kinds(played(in_one_go).trace.records)

    for kind in ("lost", "duplicated", "timed_out", "dropped", "missed", "done", "gave_up", "refused", "fault_ended"):
        assert kind in happened
    assert len(happened) > 1000


@pytest.mark.parametrize("advance", [in_slices, with_odd_limits])
def test_how_a_run_is_driven_does_not_change_what_happens(advance: Callable[[Run, Micros], None]) -> None:
    """Pause, step and speed are playback (DESIGN, idea 2)."""
    assert text(played(advance).trace.records) == EXPECTED


def test_another_seed_gives_another_story() -> None:
    assert text(played(in_one_go, seed=8).trace.records) != EXPECTED


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_the_trace_is_the_same_under_any_hash_seed_and_in_another_process(hash_seed: str) -> None:
    """Source: Python documentation, PYTHONHASHSEED: texts hash differently in each process."""
    script = (
        "import hashlib; from tests.engine import test_run as t;"
        "print(hashlib.sha256(t.text(t.played(t.in_one_go).trace.records).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(Path(__file__).parents[2])}

    found = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=120
    )

    assert found.stdout.strip() == hashlib.sha256(EXPECTED.encode()).hexdigest()


@settings(max_examples=15)
@given(st.integers(0, END), st.integers(1, 400), st.booleans())
def test_a_run_restored_from_a_pickle_at_any_instant_goes_on_as_if_never_stopped(
    moment: Micros, actions: int, as_checkpoint: bool
) -> None:
    """The instant may lie between two actions of the same virtual time. (DESIGN, idea 3)"""

    def advance(run: Run, until: Micros) -> Run:
        if not stored and until >= moment:
            run.advance(moment, actions)
            before.extend(run.trace.take())
            stored.append(True)
            if as_checkpoint:
                run = Run.restore(run.checkpoint(), run.scenario, run.journal, len(run.journal))
            else:
                run = pickle.loads(pickle.dumps(run))
        run.advance(until)
        return run

    before: list[Any] = []
    stored: list[bool] = []
    run = lively()
    for milliseconds, target, verb, arguments in DONE:
        run = advance(run, milliseconds * 1000)
        run.intervene(target, verb, arguments)
    run = advance(run, END)

    assert stored
    assert text([*before, *run.trace.records]) == EXPECTED


@pytest.mark.parametrize("advance", [in_one_go, in_slices, with_odd_limits])
def test_replaying_the_journal_gives_the_same_run(advance: Callable[[Run, Micros], None]) -> None:
    lines = [line.as_list() for line in played(in_slices).journal]

    replayed = lively(lines=journal.read(lines))
    advance(replayed, END)

    assert text(replayed.trace.records) == EXPECTED
    assert replayed.journal == played(in_one_go).journal


def test_a_checkpoint_from_before_an_intervention_replays_it() -> None:
    """Rewinding: the first `applied` lines have happened, the others will."""
    run = lively()
    run.advance(3 * SECOND)
    early, taken = run.checkpoint(), run.trace.take()
    whole = played(in_one_go)

    restored = Run.restore(early, whole.scenario, whole.journal, 0)
    restored.advance(3 * SECOND)
    assert restored.journal == whole.journal[:1], "the line of 1.5 s had not happened in the run that was stored"
    restored.advance(END)

    assert restored.journal == whole.journal
    assert len(taken) + len(restored.trace.records) > 1000


def test_changing_the_worker_does_not_change_the_arrivals() -> None:
    """Common random numbers: two variants differ only by what was changed. Source: Law, ch. 11.2."""

    def arrivals(**consumer: Any) -> list[Micros]:
        run = run_of(
            station("a", makes=300, gap=0.05, jitter=0.3),
            station("b"),
            station("c", **consumer),
            way("a", "b", latency={"exponential": {"mean": 0.2}}),
            way("b", "c", kind="poll"),
        )
        run.advance(END)
        return at(run.trace.records, "kept")

    assert arrivals(asks_every=0.5) == arrivals(asks_every=3.0) == arrivals(refuses="Busy")


def test_a_chain_of_two_hundred_stations_can_be_stored() -> None:
    """The largest scenario there may be; following it from station to station must not exhaust the stack."""
    stations = [station(f"s{n}", passes_on=True, makes=3 if n == 0 else 0) for n in range(200)]
    run = run_of(*stations, *[way(f"s{n}", f"s{n + 1}") for n in range(199)])
    run.advance(SECOND)

    twin = pickle.loads(pickle.dumps(run))
    for one in (run, twin):
        one.advance(10 * SECOND)

    assert text(twin.trace.records) == text(run.trace.records)
    assert conserved(twin, twin.trace.records)


def test_messages_are_conserved_at_every_instant() -> None:
    run = lively()
    records: list[Any] = []

    for milliseconds in range(0, 20_000, 250):
        run.advance(milliseconds * 1000)
        records += run.trace.take()
        assert conserved(run, records)


# Interventions.


def test_an_intervention_happens_after_everything_due_at_its_time() -> None:
    run = run_of(station("a", makes=2), station("b", makes=2), station("c"))
    while run.now < SECOND:
        run.advance(SECOND, limit=1)
    assert at(run.trace.records, "made") == [0, 0, SECOND], "only one of the two has made its second message"

    run.intervene("c", "Give")

    assert kinds(run.trace.records)[-4:] == ["made", "made", "intervened", "given"]
    assert (run.now, run.advance(SECOND)) == (SECOND, 0), "nothing else was due then"


def test_what_an_intervention_causes_at_once_happens_before_the_next_one_of_the_same_time() -> None:
    def done(run: Run) -> list[str]:
        return [f"{record[1]} {record[0] // SECOND}" for record in run.trace.records if record[0] >= 2 * SECOND]

    live = run_of(station("a", makes=9, listens=True), station("b"), way("a", "b", latency=0))
    live.advance(2 * SECOND)
    live.intervene("b", "Give", {"body": 1})
    live.intervene("b", "Give", {"body": 2})
    live.advance(4 * SECOND)

    replayed = run_of(station("a", makes=9, listens=True), station("b"), way("a", "b", latency=0), journal=live.journal)
    replayed.advance(4 * SECOND)

    assert done(replayed) == done(live)


def test_two_interventions_of_the_same_time_keep_their_order() -> None:
    lines = [
        Intervention(SECOND, "b", "Give", {"body": "first"}),
        Intervention(SECOND, "b", "Give", {"body": "second"}),
        Intervention(500_000, "b", "Give", {"body": "earlier, written later"}),
    ]
    run = run_of(station("b"), journal=lines)

    run.advance(2 * SECOND)

    bodies = [copies[0].body for copies in run.nodes[0].kept.values()]  # type: ignore[attr-defined]
    assert bodies == ["earlier, written later", "first", "second"]


@pytest.mark.parametrize(
    "target, verb, arguments, where",
    [
        ("nobody", "Give", {}, "target"),
        ("b", "Steal", {}, "verb"),
        ("a-b", "Give", {}, "verb"),
        ("b", "Give", {"colour": "red"}, "colour"),
        ("b", "Take", {"most": 11}, "most"),
        ("b", "Take", {"most": "many"}, "most"),
        ("b", "stop down", {}, "verb"),
        ("b", "change", {"gap": -1}, "gap"),
        ("b", "change", {"what": 1}, "what"),
        ("a-b", "lose", {"probability": 1.5}, "probability"),
        ("a-b", "lose", {"seconds": -1}, "seconds"),
        ("a-b", "lose", {"seconds": float("nan")}, "seconds"),
        ("a-b", "lose", {"seconds": 1e9}, "seconds"),
        ("a-b", "lose", {"seconds": True}, "seconds"),
        ("a-b", "change", {"loss": 2}, "loss"),
    ],
)
def test_a_refused_intervention_changes_nothing_and_is_not_in_the_journal(
    target: str, verb: str, arguments: dict[str, Any], where: str
) -> None:
    asked, untouched = (
        run_of(station("a", makes=9), station("b"), way("a", "b", latency={"exponential": {"mean": 0.3}}))
        for _ in range(2)
    )
    for run in (asked, untouched):
        run.advance(2 * SECOND)

    with pytest.raises(Refused) as refused:
        asked.intervene(target, verb, arguments)
    for run in (asked, untouched):
        run.advance(END)

    assert [problem.path for problem in refused.value.problems] == [where]
    assert asked.journal == []
    assert text(asked.trace.records) == text(untouched.trace.records)


def test_an_operation_that_fails_is_part_of_the_story_and_of_the_journal() -> None:
    """A service's error is something that happened; a refusal is something that did not."""
    run = run_of(station("b"))

    call = run.intervene("b", "Give", {"fails": "Unwilling"})

    assert call is not None and isinstance(call.error, ServiceError)
    assert run.trace.records == [
        (0, "intervened", 0, 0, "b", "Give"),
        (0, "refused", 0, 0, "b", "Give", "Unwilling", "As you wish."),
    ]
    assert [line.verb for line in run.journal] == ["Give"]


def test_the_result_of_an_operation_comes_at_once_or_later() -> None:
    run = run_of(station("b", answers_after=2))
    given_ = run.intervene("b", "Give")
    taken = run.intervene("b", "Take")

    assert given_ is not None and taken is not None
    assert (given_.result, taken.result) == ({"message": 511}, None)
    run.advance(3 * SECOND)
    assert taken.result == [511]


def test_in_the_past_of_a_run_nothing_can_be_done() -> None:
    run = run_of(station("b"), journal=[Intervention(5 * SECOND, "b", "Give", {})])
    run.advance(SECOND)

    with pytest.raises(Refused, match="Fork"):
        run.intervene("b", "Give")
    run.advance(5 * SECOND)

    assert run.intervene("b", "Give") is not None


def test_a_change_keeps_what_was_set_before_and_holds_from_now_on() -> None:
    run = run_of(station("a", makes=10, gap=1), station("b"), way("a", "b", latency=0.1, loss=0.0))
    run.advance(seconds(2.5))

    run.intervene("a-b", "change", {"latency": 0.3})
    run.intervene("a-b", "change", {"duplication": 1})
    run.advance(seconds(3.5))

    assert run.links[0].settings.latency.sampler(Random()).micros() == 300_000
    assert kinds(run.trace.records)[-5:] == ["duplicated", "sent", "sent", "kept", "kept"]
    assert [record[5] for record in run.trace.records if record[1] == "changed"] == ["latency = 0.3", "duplication = 1"]


def test_a_change_of_a_node_reaches_its_settings() -> None:
    run = run_of(station("b"))

    run.intervene("b", "change", {"refuses": "Busy"})
    run.intervene("b", "change", {"note": [1, 2]})

    assert (run.nodes[0].settings.refuses, run.nodes[0].settings.note) == ("Busy", [1, 2])


# Driving.


def test_next_time_says_when_something_happens_next_also_when_that_is_an_intervention() -> None:
    run = run_of(station("a", makes=2, gap=10), station("b"), way("a", "b", latency=0.1))
    assert run.next_time() == 0
    run.advance(0)
    assert run.next_time() == 100_000
    run.advance(SECOND)
    assert run.next_time() == 10 * SECOND

    run = run_of(station("b"), journal=[Intervention(SECOND, "b", "Give", {})])
    assert run.next_time() == SECOND
    run.advance(2 * SECOND)
    assert run.next_time() is None


def test_the_journal_that_is_known_is_what_was_and_what_will_be() -> None:
    lines = [Intervention(n * SECOND, "b", "Give", {"body": n}) for n in (1, 2, 3)]
    run = run_of(station("b"), journal=lines)

    run.advance(2 * SECOND)

    assert (run.journal, run.known_journal) == (lines[:2], lines)


def test_a_mistake_of_ours_names_the_run_in_which_it_can_be_seen_again() -> None:
    """STYLE, "Errors": our own mistakes stop the run, naming seed and journal line."""
    run = run_of(station("a"), seed=41)
    run.intervene("a", "Give")
    run.kernel.after(7, _mistake)

    with pytest.raises(ZeroDivisionError) as mistake:
        run.advance(SECOND)

    assert mistake.value.__notes__ == ["in “stations”, seed 41, at 7 µs, after 1 lines of its journal"]


def _mistake() -> None:
    1 / 0  # noqa: B018


def test_the_seed_of_the_document_can_be_overruled() -> None:
    scenario = lively().scenario

    assert (Run(scenario).seed, Run(scenario, seed=99).seed) == (7, 99)
    assert PATTERNS["station"].name == scenario.nodes[0].pattern.name
