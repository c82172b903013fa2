"""Asynchronous invocation: what the queue before a function does with an event, whatever the function does.

Facts: lambda_and_targets.md §3 and its invariants (§11), from the AWS Lambda Developer Guide, "How Lambda handles
errors and retries with asynchronous invocation".
"""

import pickle
from itertools import pairwise
from typing import Any

import pytest

from patterns.worker.asynchronous import LARGEST
from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.errors import ServiceError, is_client_error
from simulator.engine.run import Run
from simulator.folds.guarantees import Guarantees
from tests.laws import Laws
from tests.patterns.vocabulary import (
    Part,
    bus,
    conserved,
    custody,
    do,
    document,
    lines,
    producer,
    queue,
    records,
    scenario,
    seconds,
    store,
    story,
    target,
    times,
    worker,
)

SHOP = {"source": ["shop"]}
PAID = {"Source": "shop", "DetailType": "paid", "Detail": {"price": 120}}


def function(*others: Part, success: str = "", failure: str = "", **settings: Any) -> Run:
    """A run in which a bus invokes `mailer`, with destinations where they are named."""
    part = worker("mailer", **{"service": 0, **settings})
    for kind, to in (("on-success", success), ("on-failure", failure)):
        if to:
            part.links.append({"from": "mailer", "to": to, "kind": kind, "settings": {"latency": 0.01}})
    return scenario(bus("bus", rules={"all": SHOP}, targets=[target("all", "mailer")]), part, *others)


def put(run: Run, count: int = 1) -> None:
    for _ in range(count):
        do(run, "bus", "PutEvents", Entries=[PAID])


def letters(run: Run, name: str) -> list[Any]:
    node: Any = run.find(name)
    return [entry.message for entry in node.entries.values()]


def test_the_sender_is_answered_at_once_and_the_work_comes_after():
    """§1: asynchronous invocations are answered with 202."""
    run = function(service=seconds(60))
    put(run)
    run.advance(seconds(1))
    assert [record[5] for record in records(run, "delivered")] == [1]
    assert story(run, "bus-1")[:4] == ["event_queued", "event_invoked", "accepted", "started"]
    run.advance(seconds(100))
    assert story(run, "bus-1")[-3:] == ["delivered", "processed", "finished"]
    assert conserved(run) and not run.inventory()


def test_a_function_that_always_fails_is_invoked_three_times_and_then_tells_its_destination():
    """§11.2: at about 0, after one minute and after two more; one record with RetriesExhausted, 3 invocations."""
    run = function(queue("failures"), failure="failures", failure_probability=1)
    put(run)
    run.advance(seconds(3600))
    begun = times(run, "event_invoked")
    assert [after - before for before, after in pairwise(begun)] == [MINUTE, 2 * MINUTE]
    [letter] = letters(run, "failures")
    assert letter.body["requestContext"] == {
        "requestId": "bus-1",
        "functionArn": "mailer:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert letter.body["timestamp"] == "2026-01-05T00:03:00Z"
    assert letter.body["requestPayload"]["detail"] == {"price": 120}
    assert letter.body["responsePayload"]["errorMessage"] == "failed by chance (100 %)"
    assert conserved(run)


def test_a_function_that_recovers_in_time_has_done_the_event():
    run = function(poison="attempt < 3")
    put(run)
    run.advance(seconds(3600))
    assert len(times(run, "event_failed")) == 2 and len(times(run, "processed")) == 1
    assert conserved(run) and not run.inventory()


@pytest.mark.parametrize("retries", [0, 1])
def test_maximum_retry_attempts_limits_the_invocations(retries: int):
    run = function(failure_probability=1, MaximumRetryAttempts=retries)
    put(run)
    run.advance(seconds(3600))
    assert len(times(run, "event_invoked")) == 1 + retries
    [record] = records(run, "given_up")
    attempts = f"{1 + retries} {'attempts' if retries else 'attempt'}"
    assert record[4] == f"failed by chance (100 %), after {attempts}, and it has no on-failure destination"


def test_the_bus_never_tries_again_because_a_function_has_failed():
    """§11.7: exceptions of a function never trigger retries of the sender."""
    run = function(failure_probability=1)
    put(run)
    run.advance(seconds(3600))
    assert not records(run, "retrying") and len(records(run, "delivered")) == 1


def test_without_any_concurrency_nothing_is_invoked_and_the_event_grows_too_old():
    """§11.3: reserved concurrency 0: no invocation; EventAgeExceeded after MaximumEventAge."""
    run = function(queue("failures"), failure="failures", concurrency=0, MaximumEventAgeInSeconds=3600)
    put(run)
    run.advance(seconds(7200))
    assert not records(run, "event_invoked")
    [letter] = letters(run, "failures")
    assert letter.body["requestContext"]["condition"] == "EventAgeExceeded"
    assert letter.body["requestContext"]["approximateInvokeCount"] == 0
    assert "responsePayload" not in letter.body
    [given_up] = times(run, "event_given_up")
    assert given_up == times(run, "event_queued")[0] + 3600 * SECOND


def test_throttled_events_wait_longer_each_time_up_to_five_minutes():
    """§3: back to the queue with exponential backoff 1 s…5 min."""
    run = function(concurrency=0)
    put(run)
    run.advance(seconds(2000))
    assert [record[5] // SECOND for record in records(run, "event_throttled")][:11] == [
        *(1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300)
    ]


def test_more_events_than_seats_are_done_one_after_the_other_and_none_is_lost():
    """§11.1: excess asynchronous invocations are delayed."""
    run = function(service=seconds(5), concurrency=2)
    put(run, 12)
    run.advance(seconds(2))
    waiting, oldest, due = run.find("mailer").view()["events"]  # type: ignore[union-attr]
    assert waiting == 10 and 0 < oldest < run.now < due
    assert run.find("mailer").gauges()["events"] == 10  # type: ignore[union-attr]
    run.advance(seconds(3600))
    assert len(records(run, "processed")) == 12
    assert run.find("mailer").view()["events"] == [0, 0, 0]  # type: ignore[union-attr]
    assert run.find("mailer").view()["throttled"] >= 10  # type: ignore[union-attr]
    assert conserved(run)


def test_a_crash_does_not_lose_what_waits_for_the_function():
    """The queue before a function is Lambda's own."""
    run = function(service=seconds(30))
    put(run, 3)
    run.advance(seconds(10))
    do(run, "mailer", "crash", seconds=30)
    put(run)
    assert custody(run, "mailer") == 3
    run.advance(seconds(11))
    assert custody(run, "mailer") == 4
    run.advance(seconds(3600))
    assert len(records(run, "processed")) == 4
    assert conserved(run) and not run.inventory()


def test_a_function_that_is_not_invoked_asynchronously_has_no_such_queue():
    run = scenario(producer("shop", to="mailer"), worker("mailer"))
    assert run.find("mailer").view()["events"] is None  # type: ignore[union-attr]


def test_a_success_is_told_with_what_the_function_returned():
    """§3, destination record: requestPayload, responsePayload, condition Success."""
    run = function(queue("done"), success="done", transform='{"mailed": body.detail.price}')
    put(run)
    run.advance(seconds(10))
    [letter] = letters(run, "done")
    assert letter.body["requestContext"]["condition"] == "Success"
    assert letter.body["responsePayload"] == {"mailed": 120}
    assert letter.type == "paid" and conserved(run)


def test_a_destination_that_is_a_function_is_invoked_asynchronously_too():
    run = function(worker("pager", service=0, failure_probability=1), failure="pager", MaximumRetryAttempts=0)
    run.find("mailer").fail_more(1.0)  # type: ignore[union-attr]
    put(run)
    run.advance(seconds(3600))
    assert story(run, "mailer-1").count("event_invoked") == 3
    assert conserved(run)


def test_a_destination_that_is_a_bus_gets_an_entry_of_lambda():
    """Source: EventBridge User Guide, "Events from AWS services"."""
    run = function(
        bus("results", rules={"failed": {"source": ["lambda"]}}, targets=[target("failed", "failures")]),
        queue("failures"),
        failure="results",
        failure_probability=1,
        MaximumRetryAttempts=0,
    )
    put(run)
    run.advance(seconds(60))
    [letter] = letters(run, "failures")
    assert letter.body["detail-type"] == "Lambda Function Invocation Result - Failure"
    assert letter.body["detail"]["requestContext"]["condition"] == "RetriesExhausted"


def test_a_record_that_its_destination_never_takes_is_lost_and_says_so():
    run = function(queue("failures"), failure="failures", failure_probability=1, MaximumRetryAttempts=0)
    do(run, "failures", "unavailable")
    put(run)
    run.advance(seconds(600))
    assert [record[3] for record in records(run, "given_up")] == [record[3] for record in records(run, "created")][-1:]
    assert conserved(run) and not run.inventory()


def test_a_function_that_keeps_invoking_itself_is_stopped_after_sixteen_turns():
    """§3: recursive loop detection stops loops after about 16 turns."""
    run = scenario(
        bus("bus", rules={"all": {"source": ["shop", "mailer"]}}, targets=[target("all", "mailer")]),
        worker("mailer", to="bus", service=0, transform='{"Source": "mailer", "DetailType": "again", "Detail": {}}'),
    )
    put(run)
    run.advance(seconds(3600))
    assert len(records(run, "processed")) == 16
    [record] = records(run, "given_up")
    assert record[4].startswith("RecursiveInvocationException: a loop, 16 messages")
    assert conserved(run) and not run.inventory()


def test_a_synchronous_caller_is_answered_with_what_the_function_has_made():
    """§1: RequestResponse."""
    run = scenario(
        producer("app", to="mailer", arrivals={"none": {}}), worker("mailer", service=0, transform='{"n": body.n + 1}')
    )
    answers: list[Any] = []
    for body in ({"n": 4}, {"n": "four"}):
        message = run.nodes[0].make("x", body, 10)
        run.trace.append((run.now, "created", 0, message.id))
        run.links[0].send(message, lambda result, error: answers.append(error or result))
        run.advance(run.now + seconds(1))
    assert answers[0] == {"n": 5}
    assert isinstance(answers[1], ServiceError) and answers[1].code == "Unhandled"
    assert "transform" in answers[1].message


def test_a_recognised_message_is_answered_as_it_was_the_first_time():
    run = scenario(
        producer("app", to="mailer", arrivals={"none": {}}),
        worker("mailer", service=0, transform='{"n": body.n + 1}', idempotent=True),
    )
    answers: list[Any] = []
    message = run.nodes[0].make("x", {"n": 4}, 10)
    for _ in range(2):
        run.trace.append((run.now, "created", 0, message.id))
        run.links[0].send(message, lambda result, error: answers.append(result))
        run.advance(run.now + seconds(1))
    assert answers == [{"n": 5}] * 2


def test_a_second_copy_that_the_network_makes_is_an_event_too():
    run = scenario(
        bus("bus", rules={"all": SHOP}, targets=[target("all", "mailer", duplication=1)]),
        worker("mailer", service=seconds(5)),
    )
    put(run)
    run.advance(seconds(60))
    assert story(run, "bus-1").count("event_queued") == 2 and len(records(run, "processed")) == 2
    assert conserved(run) and not run.inventory()


def test_an_event_that_is_too_large_is_refused():
    """§11.9: more than 1 MB, asynchronously: 413."""
    run = function()
    [link] = run.links
    source: Any = link.source
    errors: list[Any] = []
    message = source.make("paid", "a" * 10, LARGEST + 1)
    run.trace.append((run.now, "created", source.index, message.id, 0, "all", 0))
    link.send(message, lambda result, error: errors.append(error.code))
    run.advance(seconds(1))
    assert errors == ["RequestTooLargeException"] and is_client_error(ServiceError(errors[0], ""))


def test_the_guarantees_know_that_an_event_was_tried_again():
    run = function(poison="attempt < 2")
    put(run)
    run.advance(seconds(300))
    fold = Guarantees(run.scenario)
    fold.add(run.trace.records)
    states = {row[0]: (row[2], row[6]) for row in fold.rows()}
    assert states["no_loss"][0] == states["exactly_once_effect"][0] == "holds"
    assert states["no_duplicates"][0] == "broken" and "poison" in states["no_duplicates"][1]


def test_what_a_destination_was_told_of_is_no_loss():
    run = function(queue("failures"), failure="failures", failure_probability=1)
    put(run)
    run.advance(seconds(600))
    fold = Guarantees(run.scenario)
    fold.add(run.trace.records)
    assert {row[0]: row[2] for row in fold.rows()}["no_loss"] == "holds"


def test_the_laws_hold_in_a_storm_and_a_run_can_be_stored_in_the_middle_of_it():
    run = function(
        queue("failures"),
        queue("done"),
        success="done",
        failure="failures",
        service={"exponential": {"mean": 4}},
        concurrency=2,
        failure_probability=0.4,
        timeout=9,
        MaximumEventAgeInSeconds=300,
    )
    laws = Laws(run)
    state, applied, since = b"", 0, 0
    told: list[Any] = []
    for number in range(40):
        put(run, number % 4)
        if number % 7 == 3:
            do(run, "mailer", "crash", seconds=20)
        run.advance(run.now + seconds(15))
        taken = run.trace.take()
        told += taken
        laws.read(taken)
        laws.hold(run)
        if number == 20:
            state, applied, since = run.checkpoint(), len(run.journal), len(told)
    again = Run.restore(state, run.scenario, run.journal, applied)
    again.advance(run.now)
    assert again.trace.records == told[since:]
    assert {"event_throttled", "event_retrying", "event_given_up", "processed"} <= {record[1] for record in told}


@pytest.mark.parametrize(
    ("kind", "to", "settings", "said"),
    [
        ("on-failure", queue("other", FifoQueue=True), {}, "is FIFO"),
        ("on-success", store("other", kind="s3"), {}, "is a store"),
        ("on-failure", store("other"), {}, "an S3 bucket"),
        ("on-failure", queue("other"), {"kind": "server"}, "which is not invoked asynchronously"),
        ("state-changes", bus("other", rules={}), {}, "Only servers"),
        ("state-changes", queue("other"), {"kind": "server"}, "is no event bus"),
    ],
)
def test_a_way_that_leads_nowhere_sensible_is_refused(kind: str, to: Part, settings: dict[str, Any], said: str):
    part = worker("mailer", **settings)
    part.links.append({"from": "mailer", "to": "other", "kind": kind})
    problems = documents.check(document(part, to), catalog.patterns())
    assert len(problems) == 1 and said in str(problems[0])


def test_a_function_has_one_destination_of_a_sort():
    part = worker("mailer")
    part.links.extend({"from": "mailer", "to": name, "kind": "on-failure"} for name in ("a", "b"))
    [problem] = documents.check(document(part, queue("a"), queue("b")), catalog.patterns())
    assert "2 on-failure destinations" in str(problem)


def test_a_bucket_takes_what_has_failed():
    """§3: S3 only OnFailure."""
    run = function(store("archive", kind="s3"), failure="archive", failure_probability=1, MaximumRetryAttempts=0)
    put(run)
    run.advance(seconds(60))
    assert len(records(run, "stored")) == 1


def test_a_run_of_it_is_a_value():
    run = function(service=seconds(5), concurrency=1)
    put(run, 5)
    run.advance(seconds(7))
    run.trace.take()
    again = Run.restore(pickle.loads(pickle.dumps(run.checkpoint())), run.scenario, run.journal, len(run.journal))
    for one in (run, again):
        one.advance(seconds(600))
    assert lines(again) == lines(run)
