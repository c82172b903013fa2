"""The endpoint keeps the laws: nothing is made or lost unseen, folds understand it, and a run of it is a value."""

from random import Random
from typing import Any

import pytest

from simulator.engine.run import Run
from simulator.folds.guarantees import Guarantees
from simulator.folds.journey import journey
from tests.laws import Laws
from tests.patterns.vocabulary import do, endpoint, lines, producer, scenario, seconds, store

KINDS = ("http", "email", "sms", "push", "firehose", "api")


def storm(draw: Random, kind: str) -> Run:
    """A run in which two producers, one of which listens, send to an endpoint over links on which all goes wrong."""
    link = {"latency": draw.choice([0.01, 3]), "loss": draw.choice([0, 0.2]), "duplication": draw.choice([0, 0.2])}
    settings: dict[str, Any] = {
        "kind": kind,
        "response": {"exponential": {"mean": draw.choice([0.1, 6, 20])}},
        "failure_probability": draw.choice([0, 0.3]),
        "idempotent": draw.random() < 0.5,
    }
    settings |= draw.choice([{}, {"rate": 1, "retry_after": 3}])
    if kind == "api":
        settings |= {"AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "token_lifetime": 40}
    if kind == "firehose":
        settings["BufferingHints"] = {"IntervalInSeconds": draw.choice([0, 7])}
    arrivals = {"poisson": {"per_second": 1}}
    return scenario(
        producer("deaf", to="hook", arrivals=arrivals, link=link),
        producer("hears", to="hook", arrivals=arrivals, retries=3, link=link),
        endpoint("hook", to="archive" if kind == "firehose" else "", **settings),
        store("archive", kind="s3"),
        seed=draw.randrange(1000),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_messages_are_conserved_whatever_is_done_to_it(kind: str, seed: int):
    draw = Random(f"endpoint {kind} {seed}")
    run = storm(draw, kind)
    laws = Laws(run)
    faults = [
        ("down", {"answer": "503"}),
        ("down", {"answer": "silence"}),
        ("gone", {}),
        ("fail", {"probability": 0.5}),
        ("slow", {"factor": 4}),
        ("unauthorized", {}),
    ]
    for _ in range(15):
        name, arguments = draw.choice(faults)
        do(run, "hook", name, seconds=draw.choice([2, 8]), **arguments)
        run.advance(run.now + seconds(draw.choice([3, 20])))
        laws.read(run.trace.take())
        laws.hold(run)
        do(run, "hook", "change", response=draw.choice([0, 1, 30]), rate=draw.choice([None, 2]))


def test_a_run_restored_in_the_middle_goes_on_as_if_it_had_not_been():
    draw = Random("restored")
    for kind in KINDS:
        run = storm(draw, kind)
        run.advance(seconds(30))
        do(run, "hook", "down", answer="silence", seconds=20)
        run.advance(seconds(40))
        run.trace.take()
        again = Run.restore(run.checkpoint(), run.scenario, run.journal, len(run.journal))
        for one in (run, again):
            one.advance(seconds(120))
        assert lines(again) == lines(run)


def states(run: Run) -> dict[str, str]:
    """The guarantees of a run so far, each with its state."""
    fold = Guarantees(run.scenario)
    fold.add(run.trace.records)
    return {row[0]: row[2] for row in fold.rows()}


def slow(**settings: Any) -> Run:
    run = scenario(
        producer("shop", to="hook", arrivals={"regular": {"per_second": 1}}, limit=1, retries=1),
        endpoint("hook", response=20, **settings),
    )
    run.advance(seconds(100))
    return run


def test_what_is_done_twice_breaks_the_exactly_once_effect_and_idempotency_saves_it():
    twice, once = states(slow()), states(slow(idempotent=True))
    assert (twice["exactly_once_effect"], twice["no_duplicates"]) == ("broken", "broken")
    assert (once["exactly_once_effect"], once["no_duplicates"]) == ("holds", "broken")
    assert once["no_loss"] == once["at_least_once"] == "holds"


def test_a_door_that_is_closed_is_no_receive():
    """Turned away and taken later: received once."""
    run = scenario(
        producer("shop", to="hook", arrivals={"regular": {"per_second": 1}}, limit=1, retries=5),
        endpoint("hook", response=0.1),
    )
    do(run, "hook", "down", seconds=1.5)
    run.advance(seconds(60))
    assert states(run) | {"group_order": "", "max_receives": ""} == {
        "no_loss": "holds",
        "at_least_once": "holds",
        "no_duplicates": "holds",
        "exactly_once_effect": "holds",
        "group_order": "",
        "max_receives": "",
    }


def test_a_failure_nobody_listens_to_is_told_as_a_loss():
    run = scenario(
        producer("shop", to="hook", arrivals={"regular": {"per_second": 1}}, limit=1),
        endpoint("hook", failure_probability=1, response=0),
    )
    run.advance(seconds(60))
    assert states(run)["no_loss"] == "broken"


def test_a_journey_leaves_the_endpoint_with_each_answer():
    """What was refused is its sender's again: the stay at the endpoint is over."""
    run = scenario(
        producer("shop", to="hook", arrivals={"regular": {"per_second": 1}}, limit=1, retries=1),
        endpoint("hook", failure_probability=1, response=0.5),
    )
    run.advance(seconds(60))
    records = run.trace.records
    told = journey(records, records[0][3], run.scenario, run.looks)
    stays = [span for span in told["spans"] if span[2] == 1 and span[3] == "working"]
    assert [span[1] - span[0] for span in stays] == [seconds(0.5)] * 2
    assert told["complete"]


def test_many_waiting_requests_make_no_larger_view():
    run = scenario(
        producer("shop", to="hook", arrivals={"regular": {"per_second": 50}}),
        endpoint("hook", response=30),
    )
    run.advance(seconds(60))
    view = run.find("hook").view()
    assert view["busy"] > 1000 and len(view["last"]) == 6
