"""Whatever the scenario and whatever is done to it: messages are conserved, queues keep their word, a run is a value.

Forty small swarms are played each time, always the same ones. `-m long` plays bigger ones that nobody has seen before,
a million steps of them or more; `--swarm-seed N` plays the swarm of one seed, both small and big.
"""

import json
from random import SystemRandom

import pytest

from simulator.engine import journal
from simulator.engine.clock import SECOND
from simulator.engine.run import Run
from simulator.engine.trace import Record, line
from tests import executions
from tests.fan_out import FanOut
from tests.laws import Laws
from tests.patterns.vocabulary import do, queue, scenario, subscription, topic
from tests.swarm import Swarm, swarm

SMALL = 40
MOST_LIVELY = 200
"""Besides the small swarms further ones are played until what is rare has happened too, at most so many in all."""

MANY_STEPS, MANY_SWARMS = 1_000_000, 24

# What must happen somewhere in them.
EXPECTED = [
    *("duplicated", "lost", "dropped", "returned", "timed_out", "fault_began", "fault_ended", "changed", "refused"),
    *("enqueued", "delayed", "visible", "received", "redelivered", "released", "extended", "deleted", "delete_missed"),
    *(
        "dead_lettered",
        "expired",
        "purged",
        "turned_away",
        "empty_receive",
        "started",
        "processed",
        "failed",
        "doubled",
    ),
    *("deduplicated", "seen_twice", "copy_kept", "out_of_order", "group_held", "group_released", "group_blocked"),
    *(
        "move_started",
        "moved",
        "move_ended",
        "tenant_noisy",
        "tenant_quiet",
        "missed_by_sample",
        "received_again",
        "refused_call",
    ),
    *("skipped", "abandoned", "accepted", "finished", "stored", "throttled", "gave_up", "retrying"),
    *("taken_over", "given_up", "scaled", "pollers_scaled"),
    *("invoked", "invocation_refused", "batch_dropped", "batch_done", "batch_in_part", "batch_failed"),
    *("requested", "rejected", "silent", "unanswered", "overdue", "unheard", "buffered", "flushed", "timed_out"),
    *("event_queued", "event_invoked", "event_throttled", "event_failed", "event_retrying", "event_given_up"),
    *("matched", "routed", "delivered", "discarded", "passed_by", "entry_failed", "scheduled", "rule_changed"),
    *("archive_changed", "replay_started", "replayed", "replay_ended"),
    "state_changed",
    *("created", "fanned_out", "group_waits", "dead_letter_refused", "confirmed", "attributes_set", "replay_pending"),
    *("fired", "window_opened", "completed", "schedule_deleted", "held_up", "held_back", "delivered", "discarded"),
    *("begun", "refused_start", "state_failed", "tried_again", "caught", "waits_for_token", "called_back", "task_made"),
    *("ended_in_failure", "execution_failed", "execution_aborted", "redriven", "answered", "offered", "handed_out"),
    *("activity_done", "succeeded", "called_in_vain"),
    *("filtered_out", "entered", "enriched", "withdrawn", "pipe_started", "pipe_stopped"),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        given = metafunc.config.getoption("swarm_seed")
        metafunc.parametrize("seed", range(SMALL) if given is None else [given])


def test_a_small_swarm_keeps_the_laws(seed: int) -> None:
    _play(seed, stretches=30, seconds=25, most=1000)


@pytest.mark.long
def test_messages_are_conserved_over_a_million_random_steps(pytestconfig: pytest.Config) -> None:
    given, fresh = pytestconfig.getoption("swarm_seed"), SystemRandom()
    steps = swarms = 0
    while steps < MANY_STEPS or swarms < MANY_SWARMS:
        steps += _play(fresh.randrange(2**32) if given is None else given, stretches=250, seconds=60, most=4000)
        swarms += 1
        if given is not None:
            break


def test_the_swarms_are_lively_enough_to_prove_something() -> None:
    """A swarm that does nothing keeps every law."""
    seen: dict[str, int] = {}
    refused = errors = 0
    for seed in range(MOST_LIVELY):
        if seed >= SMALL and not [kind for kind in EXPECTED if not seen.get(kind)]:
            break
        played = swarm(seed)
        for _ in range(40):
            played.play(25, 1000)
        for record in played.run.trace.records:
            seen[record[1]] = seen.get(record[1], 0) + 1
        refused, errors = refused + played.refused, errors + played.errors

    assert [kind for kind in EXPECTED if not seen.get(kind)] == []
    assert refused > 20 and errors > 20


def test_the_law_of_hubs_knows_what_everybody_wants() -> None:
    """Each wrong story of the same run breaks it: a copy too few or too many, and one that ends without a reason."""
    run = scenario(
        topic("news", subscription("sport", policy={"about": ["sport"]}), to="all"), queue("sport"), queue("all")
    )
    do(run, "news", "Publish", Message="goal", MessageAttributes={"about": "sport"})
    do(run, "news", "Publish", Message="rain", MessageAttributes={"about": "weather"})
    run.advance(SECOND)
    told, made = run.trace.take(), run.trace.told
    FanOut(run).read(told, made, run.journal)

    created = [record for record in told if record[1] == "created"]
    assert [record[5] for record in created] == [0, 1, 1]
    arrival = next(record for record in told if record[1] == "enqueued")
    for wrong in (
        [record for record in told if record is not created[0]],
        [one for record in told for one in ([record, record] if record is created[1] else [record])],
        [(*record[:5], 0) if record is created[2] else record for record in told],
        [record for record in told if record is not arrival],
        [
            (*record[:1], "discarded", *record[2:4], "no reason") if record[1] == "delivered" else record
            for record in told
        ],
    ):
        with pytest.raises(AssertionError, match=r"a copy|wants|come to|given up"):
            FanOut(run).read(wrong, made, run.journal)


def _play(seed: int, stretches: int, seconds: float, most: int) -> int:
    """Play a swarm, checking the laws on the way; store it once in the middle; then run it twice more, and compare.

    Returns how many steps it took.
    """
    print(f"swarm seed {seed}")
    played = swarm(seed)
    laws, fan_out = Laws(played.run), FanOut(played.run)
    records: list[Record] = []
    middle = played.random.randrange(stretches)
    stored = (b"", 0, 0)
    for stretch in range(stretches):
        played.play(seconds, most)
        taken = played.run.trace.take()
        records += taken
        laws.read(taken)
        laws.hold(played.run)
        executions.hold(played.run)
        fan_out.read(taken, played.run.trace.told, played.run.journal)
        if stretch == middle:
            stored = (played.run.checkpoint(), len(played.run.journal), len(records))
    played.run.advance(played.run.now)  # the last stretch may have ended in the middle of an instant
    records += played.run.trace.take()
    _compare_with_restored(played, records, *stored)
    _compare_with_replayed(played, records)
    return played.steps


def _compare_with_restored(played: Swarm, records: list[Record], state: bytes, applied: int, count: int) -> None:
    """A run restored from its checkpoint goes on as the one that was never stopped."""
    run = played.run
    restored = Run.restore(state, run.scenario, run.journal, applied)
    restored.advance(run.now)
    assert _text(restored.trace.records) == _text(records[count:])
    assert restored.inventory() == run.inventory()


def _compare_with_replayed(played: Swarm, records: list[Record]) -> None:
    """Scenario, seed and journal are all that a run is made of; the journal is stored as JSON."""
    run = played.run
    lines = json.loads(json.dumps([line.as_list() for line in run.journal]))
    replayed = Run(run.scenario, run.seed, journal.read(lines))
    replayed.advance(run.now)
    assert _text(replayed.trace.records) == _text(records)


def _text(records: list[Record]) -> list[str]:
    return [line(record) for record in records]
