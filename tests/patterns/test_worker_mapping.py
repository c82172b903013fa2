"""The event source mapping: pollers that gather batches, invoke the function, and come and go with the load."""

import pickle
from itertools import pairwise
from typing import Any

import pytest

from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.errors import Refused
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    conserved,
    custody,
    do,
    lines,
    producer,
    queue,
    records,
    scenario,
    seconds,
    story,
    times,
    worker,
)

BIG = {"BatchSize": 20, "MaximumBatchingWindowInSeconds": 3}


def mapped(*parts: Any, messages: int = 0, visibility: int = 60, **settings: Any) -> Run:
    """A run with a queue `emails` that holds so many messages, and a function `mailer` mapped to it."""
    run = scenario(queue("emails", VisibilityTimeout=visibility), worker("mailer", maps="emails", **settings), *parts)
    for number in range(messages):
        do(run, "emails", "SendMessage", MessageBody=f'{{"number": {number + 1}}}')
    return run


def load(rate: float, **more: Any) -> Any:
    return producer("shop", to="emails", arrivals={"regular": {"per_second": rate}}, **more)


def pollers(run: Run) -> list[int]:
    shown: list[int] = run.find("mailer").view()["pollers"]
    return shown


# Batches.


def test_a_batch_is_one_invocation_and_is_deleted_as_a_whole_when_all_of_it_is_done():
    run = mapped(messages=10, concurrency=5, service=seconds(1))
    run.advance(seconds(15))
    assert [record[5] for record in records(run, "invoked")] == [10]
    assert times(run, "started") == [times(run, "invoked")[0] + seconds(number) for number in range(10)]
    assert times(run, "deleted") == [times(run, "batch_done")[0] + seconds(0.01)] * 10
    assert records(run, "batch_done")[0][5] == seconds(10)
    assert conserved(run)


def test_without_a_window_a_batch_goes_out_with_what_one_receive_brings():
    run = mapped(service=seconds(1), concurrency=10)
    run.advance(seconds(3))
    do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(4))
    assert [record[5] for record in records(run, "invoked")] == [1]
    assert times(run, "invoked") == [seconds(3.01)]


def test_a_poller_gathers_by_several_receives_until_the_batch_is_full():
    run = mapped(
        messages=95,
        concurrency=5,
        service=seconds(0.01),
        poll={"BatchSize": 45, "MaximumBatchingWindowInSeconds": 10, "MaximumConcurrency": 2},
    )
    run.advance(seconds(1))
    assert [record[5] for record in records(run, "invoked")] == [45, 45]
    run.advance(seconds(12))
    assert [record[5] for record in records(run, "invoked")] == [45, 45, 5]


def test_a_batch_that_is_not_full_goes_out_when_its_window_is_over():
    run = mapped(concurrency=5, service=seconds(0.01), poll={"BatchSize": 100, "MaximumBatchingWindowInSeconds": 7})
    run.advance(seconds(3))
    for _ in range(4):
        do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(5))
    assert run.find("mailer").view()["batch"] == [1, 100, seconds(10.01)]
    run.advance(seconds(11))
    assert times(run, "invoked") == [seconds(10.01)] * 4
    assert run.find("mailer").view()["batch"] is None


def test_pollers_gather_apart_so_that_a_low_rate_makes_small_batches():
    """Decided: each of Lambda's parallel long polls gathers for itself."""
    run = mapped(load(5), service=seconds(0.001), poll={"BatchSize": 100, "MaximumBatchingWindowInSeconds": 10})
    run.advance(seconds(60))
    sizes = [record[5] for record in records(run, "invoked")]
    assert sizes and max(sizes) < 20


def test_a_batch_goes_out_at_six_megabytes():
    """Source: AWS Lambda Developer Guide, "Lambda quotas": 6 MB in one synchronous invocation."""
    run = mapped(
        poll={"BatchSize": 50, "MaximumBatchingWindowInSeconds": 60, "MaximumConcurrency": 2, "latency": 0.001},
        concurrency=4,
        service=seconds(0.01),
    )
    for _ in range(60):
        do(run, "emails", "SendMessage", MessageBody="x" * 250_000)
    run.advance(seconds(5))
    assert [record[5] for record in records(run, "invoked")] == [25, 25]


def test_a_receive_that_brings_more_than_one_invocation_takes_is_split():
    run = mapped(service=seconds(0.01), concurrency=4, poll={"MaximumConcurrency": 2})
    node: Any = run.find("emails")
    for _ in range(10):
        node.accept(node.make_by_hand("large", "x", 1_000_000), None, 0)
    run.advance(seconds(5))
    assert [record[5] for record in records(run, "invoked")] == [6, 4]
    assert len(records(run, "deleted")) == 10


# Failures.


def test_one_failure_fails_the_whole_batch_and_what_was_done_before_it_is_done_again():
    """Source: AWS Lambda Developer Guide, "Handling errors for an SQS event source in Lambda"."""
    run = mapped(messages=5, visibility=30, service=seconds(1), poison="body.number = 3 and attempt = 1")
    run.advance(seconds(10))
    assert [story(run, f"you-{number}")[-1] for number in range(1, 6)] == [
        "not_deleted",
        "not_deleted",
        "failed",
        "abandoned",
        "abandoned",
    ]
    assert records(run, "deleted") == []
    assert records(run, "batch_failed")[0][4:] == (5, "poison: body.number = 3 and attempt = 1")
    run.advance(seconds(60))
    assert len(records(run, "redelivered")) == 5
    assert len(records(run, "deleted")) == 5
    assert run.find("mailer").view()["doubled"] == 2


def test_a_function_that_reports_which_messages_failed_gets_only_those_again():
    """Source: AWS Lambda Developer Guide, "Handling errors for an SQS event source in Lambda", batchItemFailures."""
    run = mapped(
        messages=5,
        visibility=30,
        service=seconds(1),
        poison="attempt = 1 and (body.number = 2 or body.number = 4)",
        poll={"ReportBatchItemFailures": True},
    )
    run.advance(seconds(10))
    assert [len(records(run, kind)) for kind in ("deleted", "failed", "batch_in_part")] == [3, 2, 1]
    assert records(run, "batch_in_part")[0][4:6] == (2, 5)
    run.advance(seconds(60))
    assert len(records(run, "redelivered")) == 2
    assert len(records(run, "deleted")) == 5
    assert run.find("mailer").view()["doubled"] == 0


def test_a_timeout_fails_the_whole_batch_even_if_failures_are_reported_one_by_one():
    """Source: AWS Lambda Developer Guide, "Configure Lambda function timeout": one timeout for an invocation."""
    run = mapped(messages=5, visibility=60, service=seconds(2), timeout=5, poll={"ReportBatchItemFailures": True})
    run.advance(seconds(20))
    assert records(run, "deleted") == []
    assert times(run, "batch_failed") == [times(run, "invoked")[0] + seconds(5)]
    assert len(records(run, "processed")) == 2


def test_a_crash_of_the_function_fails_its_batches_and_they_come_back():
    run = mapped(messages=10, visibility=30, service=seconds(1))
    run.advance(seconds(3.5))
    do(run, "mailer", "crash", seconds=5)
    assert [record[4:] for record in records(run, "batch_failed")] == [(10, "mailer crashed")]
    assert len(records(run, "abandoned")) == 7
    run.advance(seconds(60))
    assert len(records(run, "deleted")) == 10
    assert conserved(run)


def test_pollers_try_again_while_the_function_is_down_until_the_visibility_timeout_is_over():
    """Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS" (throttled and failed invocations)."""
    run = mapped(visibility=20)
    do(run, "mailer", "crash")
    run.advance(seconds(1))
    do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(30))
    received = times(run, "received")[0] + seconds(0.01)
    assert times(run, "batch_dropped")[0] == received + seconds(20)
    assert len(records(run, "invocation_refused")) >= 3
    assert times(run, "redelivered")[0] < times(run, "batch_dropped")[0]


def test_an_idempotent_function_deletes_a_batch_that_it_has_done_before():
    run = mapped(messages=3, visibility=5, service=seconds(3), concurrency=3, idempotent=True)
    run.advance(seconds(60))
    assert len(records(run, "processed")) == 3
    assert len(records(run, "skipped")) >= 1
    assert run.inventory() == {}


# Scaling.


def test_it_begins_with_five_pollers_and_goes_down_to_two_when_the_queue_is_empty():
    """Source: AWS Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings"."""
    run = mapped(concurrency=100)
    assert pollers(run) == [5, 0, 0]
    run.advance(seconds(60))
    assert pollers(run) == [2, 0, 0]
    assert [record[5:7] for record in records(run, "pollers_scaled")] == [(5, 2)]


def test_with_a_maximum_concurrency_it_does_not_go_below_its_first_pollers():
    """Source: AWS Lambda Developer Guide, "Configuring maximum concurrency for SQS event sources"."""
    run = mapped(concurrency=100, poll={"MaximumConcurrency": 4})
    run.advance(seconds(120))
    assert pollers(run) == [4, 0, 4]


@pytest.mark.parametrize(("maximum", "concurrency", "most"), [(None, 400, 400), (37, 400, 37), (100, 20, 20)])
def test_running_invocations_stay_within_both_limits_and_grow_by_three_hundred_a_minute(maximum, concurrency, most):
    """Invariant 17 of the reference: concurrency ≤ min(MaximumConcurrency, the function's own), growing no faster than
    5 + 300/min. Source: AWS Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings"."""
    given = {"BatchSize": 1} | ({} if maximum is None else {"MaximumConcurrency": maximum})
    run = mapped(
        load(400), visibility=3600, concurrency=concurrency, service=seconds(10), poll=given, failure_probability=0
    )
    highest = 0
    for moment in range(101):
        run.advance(seconds(moment))
        _, running, _ = pollers(run)
        assert running == run.find("mailer").view()["busy"]
        assert running <= 5 + 5 * moment
        highest = max(highest, running)
    assert highest == most


def test_while_messages_wait_it_grows_as_fast_as_it_may():
    run = mapped(load(500), concurrency=1000, service=seconds(100), visibility=3600, poll={"BatchSize": 1})
    run.advance(seconds(61))
    assert 280 <= pollers(run)[1] <= 305


def test_it_does_not_grow_while_some_pollers_are_free():
    run = mapped(load(2), concurrency=1000, service=seconds(1), poll={"BatchSize": 1})
    run.advance(seconds(120))
    assert pollers(run)[0] <= 5


def test_more_pollers_than_seats_are_throttled_and_use_up_receives():
    """Source: AWS Lambda Developer Guide, "Configuring maximum concurrency for SQS event sources": without one, a
    function with little concurrency throttles its own mapping, and messages can end in the dead-letter queue."""

    def lost(**mapping: Any) -> int:
        run = scenario(
            load(3, limit=120),
            queue("emails", VisibilityTimeout=10, dead="dead", limit=2),
            queue("dead"),
            worker("mailer", maps="emails", concurrency=2, service=seconds(5), poll={"BatchSize": 1, **mapping}),
        )
        run.advance(seconds(600))
        throttled: int = run.find("mailer").view()["throttled"]
        assert bool(throttled) == bool(records(run, "invocation_refused"))
        assert conserved(run)
        return len(records(run, "dead_lettered"))

    assert lost() > 10
    assert lost(MaximumConcurrency=2) == 0


def test_a_throttled_batch_is_tried_again_and_done_when_a_seat_is_free():
    """Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": a throttled batch is retried."""
    run = mapped(messages=2, visibility=60, service=seconds(3), poll={"BatchSize": 1})
    run.advance(seconds(40))
    assert records(run, "invocation_refused")[0][5] == "429: the one seat is taken"
    assert [record[4] for record in records(run, "received")] == [1, 1]
    assert len(records(run, "deleted")) == 2


def test_a_failing_function_leaves_the_waiting_messages_swinging_with_the_visibility_timeout():
    """Invariant 17 of the reference. Source: AWS Lambda Developer Guide, "Handling errors for an SQS event source"."""
    run = mapped(
        messages=40,
        visibility=40,
        concurrency=100,
        service=seconds(0.1),
        failure_probability=1,
        poll={"BatchSize": 10},
    )
    run.advance(seconds(200))
    back = times(run, "redelivered")
    beats = [back[0], *(later for time, later in pairwise(back) if later - time > 10 * SECOND)]
    assert len(back) == 40 * len(beats)
    assert len(beats) >= 4
    assert all(abs(later - first - 40 * SECOND) <= SECOND for first, later in pairwise(beats))
    assert records(run, "deleted") == []


def test_a_lower_maximum_concurrency_takes_pollers_away_when_they_are_done():
    run = mapped(load(50), concurrency=100, service=seconds(1), poll={"BatchSize": 1, "MaximumConcurrency": 30})
    run.advance(seconds(30))
    assert pollers(run) == [30, 30, 30]
    do(run, "emails-mailer", "change", MaximumConcurrency=8)
    run.advance(seconds(34))
    assert pollers(run)[0] == 8
    assert records(run, "pollers_scaled")[-1][5:] == (30, 8, "its maximum concurrency is 8")


def test_a_queue_that_does_not_answer_is_asked_again_with_growing_pauses():
    run = mapped(messages=1, service=seconds(1))
    do(run, "emails", "unavailable", seconds=30)
    run.advance(seconds(90))
    assert {record[5] for record in records(run, "poll_failed")} == {"ServiceUnavailable"}
    assert len(records(run, "poll_failed")) >= 5
    assert story(run, "you-1")[-1] == "deleted"


@pytest.mark.parametrize(
    ("queues", "function", "mapping", "path", "says"),
    [
        ({"VisibilityTimeout": 30}, {"timeout": 60}, {}, "links.0", "30 seconds is less than Function timeout: 60"),
        ({}, {"kind": "server"}, {}, "links.0.kind", "a function"),
        ({"FifoQueue": True}, {}, BIG, "links.0.settings.BatchSize", "at most 10"),
        ({"FifoQueue": True}, {}, BIG, "links.0.settings.MaximumBatchingWindowInSeconds", "no window"),
    ],
)
def test_a_mapping_that_lambda_would_not_create_is_refused_with_its_place(queues, function, mapping, path, says):
    """Source: AWS Lambda API Reference, CreateEventSourceMapping."""
    with pytest.raises(Refused) as refused:
        scenario(queue("emails", **queues), worker("mailer", maps="emails", poll=mapping, **function))
    assert any(problem.path == path and says in str(problem) for problem in refused.value.problems)


def test_a_visibility_timeout_as_long_as_the_functions_timeout_is_enough():
    run = scenario(queue("emails", VisibilityTimeout=60), worker("mailer", maps="emails", timeout=60))
    assert run.find("mailer").view()["pollers"] == [5, 0, 0]


# What is shown.


def test_a_seat_shows_how_much_of_its_batch_is_left():
    run = mapped(messages=4, service=seconds(1))
    run.advance(seconds(1.5))
    assert run.find("mailer").view()["seats"][0][6] == 3
    run.advance(seconds(6))
    assert run.find("mailer").view()["seats"][0] == [0, 0, 0, 0, 0, 0, 0]


def test_a_worker_that_polls_by_itself_shows_no_pollers():
    run = scenario(queue("emails"), worker("mailer", polls="emails"))
    view = run.find("mailer").view()
    assert (view["pollers"], view["batch"]) == (None, None)
    assert run.find("mailer").gauges()["pollers"] is None


def test_the_mean_size_of_the_last_batches_is_measured():
    run = mapped(messages=14, concurrency=5, service=seconds(0.1))
    run.advance(seconds(10))
    assert run.find("mailer").gauges()["batch"] == 7


def test_a_run_that_is_pickled_amid_batches_goes_on_identically():
    run = mapped(
        load(30),
        visibility=10,
        concurrency=6,
        service={"exponential": {"mean": 0.4}},
        failure_probability=0.05,
        poll={"BatchSize": 20, "MaximumBatchingWindowInSeconds": 2, "loss": 0.02},
    )
    run.advance(seconds(20.7))
    copy = pickle.loads(pickle.dumps(run))
    for one in (run, copy):
        do(one, "mailer", "crash", seconds=3)
        one.advance(2 * MINUTE)
    assert lines(run) == lines(copy)
    assert conserved(run)
    assert custody(run, "mailer") == 0
