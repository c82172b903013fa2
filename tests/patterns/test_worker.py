"""The worker: seats, what it says when, failing and crashing, doing things twice."""

import pickle
from math import sqrt
from typing import Any

import pytest

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


def at_work(*parts: Any, messages: int = 1, seed: int = 1, visibility: int = 30, **settings: Any) -> Run:
    """A run with a queue `emails` that holds so many messages sent by hand, and a worker `mailer` that polls it."""
    run = scenario(
        queue("emails", VisibilityTimeout=visibility), worker("mailer", polls="emails", **settings), *parts, seed=seed
    )
    for number in range(messages):
        do(run, "emails", "SendMessage", MessageBody=f'{{"number": {number + 1}}}')
    return run


def reasons(run: Run, kind: str) -> list[str]:
    return [record[4] for record in records(run, kind)]


def test_it_says_done_last():
    """Source: SQS Developer Guide, "Amazon SQS message lifecycle": receive, process, delete."""
    run = at_work(service=seconds(2))
    run.advance(seconds(1))
    assert story(run, "you-1") == ["enqueued", "received", "started"]
    run.advance(seconds(5))
    assert story(run, "you-1") == ["enqueued", "received", "started", "processed", "deleted"]
    [done] = records(run, "processed")
    assert done[4] == seconds(2)
    assert times(run, "deleted") == [done[0] + seconds(0.01)]


def test_each_seat_works_on_one_message_at_a_time():
    """Source: AWS Lambda Developer Guide, "Understanding Lambda function scaling": one request per environment."""
    run = at_work(messages=10, concurrency=3, service=seconds(1))
    most = 0
    while run.now < seconds(8):
        run.advance(run.next_time() or seconds(8), limit=1)
        busy = run.find("mailer").view()["busy"]
        most = max(most, busy)
        assert busy == len(records(run, "started")) - len(records(run, "processed"))
    assert most == 3
    assert len(records(run, "deleted")) == 10


def test_a_batch_is_worked_on_one_after_another_in_one_seat():
    run = at_work(messages=5, service=seconds(1), poll={"BatchSize": 5})
    run.advance(seconds(10))
    began = times(run, "started")
    assert times(run, "received") == [times(run, "received")[0]] * 5
    assert [time - began[0] for time in began] == [seconds(second) for second in range(5)]
    assert len(records(run, "deleted")) == 5


def test_long_polls_are_answered_at_once_when_a_message_comes():
    """Source: SQS Developer Guide, "Amazon SQS short and long polling"."""
    run = at_work(messages=0, service=seconds(1))
    run.advance(seconds(7))
    do(run, "emails", "SendMessage", MessageBody="now")
    run.advance(seconds(8))
    assert times(run, "started") == [seconds(7.01)]
    assert records(run, "empty_receive") == []


def test_a_long_poll_that_finds_nothing_is_asked_again():
    run = at_work(messages=0, poll={"WaitTimeSeconds": 5})
    run.advance(seconds(60))
    gaps = [
        later - time for time, later in zip(times(run, "empty_receive"), times(run, "empty_receive")[1:], strict=False)
    ]
    assert gaps and set(gaps) == {seconds(5.02)}


def test_short_polls_without_latency_do_not_stop_time():
    run = at_work(messages=0, poll={"WaitTimeSeconds": 0, "latency": 0})
    run.advance(seconds(1), limit=20_000)
    assert run.now == seconds(1)


def test_seats_are_shared_between_two_queues():
    run = scenario(
        queue("fast"), queue("slow"), worker("mailer", polls=["fast", "slow"], concurrency=4, service=seconds(1))
    )
    for name in ("fast", "slow"):
        for _ in range(40):
            do(run, name, "SendMessage", MessageBody="x")
    run.advance(seconds(8))
    done = [record[2] for record in records(run, "deleted")]
    assert abs(done.count(0) - done.count(1)) <= 2
    assert len(done) > 20


def test_a_failed_message_stays_in_flight_until_its_visibility_timeout_and_the_seat_is_free_at_once():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout"."""
    run = at_work(messages=2, service=seconds(1), poison="body.number = 1", visibility=10)
    run.advance(seconds(5))
    assert reasons(run, "failed") == ["poison: body.number = 1"]
    assert story(run, "you-2")[-1] == "deleted"
    assert run.find("emails").view()["inflight"] == 1
    run.advance(seconds(25))
    assert story(run, "you-1") == [
        "enqueued",
        *["received", "started", "failed", "redelivered"] * 2,
        "received",
        "started",
        "failed",
    ]
    assert times(run, "redelivered")[0] == times(run, "received", "you-1")[0] + seconds(10)


def test_failures_by_chance_come_as_often_as_was_asked():
    run = at_work(messages=2000, concurrency=50, service=seconds(0.1), failure_probability=0.2, visibility=600, seed=8)
    run.advance(seconds(60))
    assert abs(len(records(run, "failed")) - 400) < 3 * sqrt(2000 * 0.2 * 0.8)
    assert set(reasons(run, "failed")) == {"failed by chance (20 %)"}


def test_the_fail_fault_comes_on_top_of_the_chance_there_was():
    run = at_work(messages=2000, concurrency=50, service=seconds(0.1), failure_probability=0.5, visibility=600, seed=8)
    do(run, "mailer", "fail", probability=0.5)
    run.advance(seconds(60))
    assert abs(len(records(run, "failed")) - 1500) < 3 * sqrt(2000 * 0.75 * 0.25)
    assert set(reasons(run, "failed")) == {"failed by chance (75 %)"}


def test_a_poison_test_that_does_not_fit_the_message_fails_it_and_says_so():
    run = at_work(service=seconds(1), poison="body.number + type > 3")
    run.advance(seconds(2))
    [reason] = reasons(run, "failed")
    assert reason.startswith("poison: body.number + type > 3 can't be told (")


def test_a_poison_that_passes_after_some_attempts_is_done_in_the_end():
    run = at_work(service=seconds(1), poison="attempt < 3", visibility=5)
    run.advance(seconds(30))
    assert story(run, "you-1").count("failed") == 2
    assert story(run, "you-1")[-1] == "deleted"


def test_what_a_crashed_worker_held_comes_back_after_the_visibility_timeout():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout"."""
    run = at_work(service=seconds(5), visibility=30)
    run.advance(seconds(1))
    do(run, "mailer", "crash", seconds=60)
    assert reasons(run, "abandoned") == ["mailer crashed"]
    assert run.find("mailer").view()["crashed"] == seconds(61)
    run.advance(seconds(45))
    assert story(run, "you-1") == ["enqueued", "received", "started", "abandoned", "redelivered"]
    assert times(run, "redelivered") == [times(run, "received")[0] + seconds(30)]
    run.advance(seconds(75))
    assert story(run, "you-1")[-1] == "deleted"
    assert run.find("mailer").view()["crashed"] == 0


def test_a_crash_drops_the_whole_batch_that_a_seat_has_received():
    run = at_work(messages=5, service=seconds(1), poll={"BatchSize": 5})
    run.advance(seconds(2.5))
    do(run, "mailer", "crash")
    assert len(records(run, "abandoned")) == 3
    assert run.find("mailer").view()["crashed"] == -1
    assert run.find("mailer").view()["busy"] == 0


def test_a_crashed_worker_no_longer_waits_for_messages():
    """A message that comes while the worker is down is not handed to a poll of somebody who is gone."""
    run = at_work(messages=0)
    run.advance(seconds(3))
    do(run, "mailer", "crash")
    do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(40))
    assert story(run, "you-1") == ["enqueued"]


def test_a_message_on_its_way_to_a_worker_that_crashes_comes_back_too():
    run = at_work(messages=0, visibility=30)
    run.advance(seconds(3))
    do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(3.005))
    do(run, "mailer", "crash", seconds=1)
    run.advance(seconds(40))
    assert story(run, "you-1") == ["enqueued", "received", "redelivered", "received", "started", "processed", "deleted"]


def test_slow_work_outlives_its_visibility_timeout_and_is_done_twice():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout": set it to more than the processing takes."""
    run = at_work(service=seconds(15), visibility=10, concurrency=2)
    run.advance(seconds(27))
    assert times(run, "processed") == [seconds(15.02), seconds(25.02)]
    assert len(records(run, "delete_missed")) == 2
    assert run.find("emails").view()["inflight"] == 1
    assert len(records(run, "doubled")) == 1
    assert run.find("mailer").view()["doubled"] == 1


def test_an_idempotent_worker_recognises_what_it_has_done():
    """Source: "Enterprise Integration Patterns", Idempotent Receiver."""
    run = at_work(service=seconds(15), visibility=10, concurrency=2, idempotent=True)
    run.advance(seconds(60))
    assert len(records(run, "processed")) == 1
    assert len(records(run, "skipped")) >= 1
    assert records(run, "doubled") == []
    assert story(run, "you-1")[-1] in ("deleted", "delete_repeated")


def test_it_forgets_what_it_has_done_beyond_what_it_remembers():
    run = scenario(
        producer("shop", to="emails", arrivals={"regular": {"per_second": 10}}, limit=20, link={"duplication": 1}),
        queue("emails"),
        worker("mailer", polls="emails", service=seconds(0.01), idempotent=True, remembers=0),
    )
    run.advance(seconds(10))
    assert len(records(run, "processed")) == 40
    assert records(run, "skipped") == []


def test_duplicates_of_the_network_are_skipped_by_an_idempotent_worker_and_doubled_by_another():
    def effects(idempotent: bool) -> Run:
        run = scenario(
            producer("shop", to="emails", arrivals={"regular": {"per_second": 10}}, limit=50, link={"duplication": 1}),
            queue("emails"),
            worker("mailer", polls="emails", service=seconds(0.01), idempotent=idempotent),
        )
        run.advance(seconds(30))
        assert conserved(run)
        assert run.inventory() == {}
        return run

    careful, careless = effects(True), effects(False)
    assert len(records(careful, "processed")) == len(records(careful, "skipped")) == 50
    assert len(records(careless, "processed")) == 100
    assert len(records(careless, "doubled")) == 50


def test_a_new_instance_is_cold_and_one_that_was_used_lately_is_warm():
    """Source: AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"."""
    run = at_work(messages=0, service=seconds(1), cold_start=2, idle_timeout="60s")
    for moment in (0, 30, 89, 200):
        run.advance(seconds(moment))
        do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(300))
    assert [record[6] for record in records(run, "started")] == [seconds(2), 0, 0, seconds(2)]
    assert [record[4] for record in records(run, "processed")] == [seconds(3), seconds(1), seconds(1), seconds(3)]


def test_under_little_load_the_same_instance_is_used_again_and_the_others_go_cold():
    run = at_work(messages=10, concurrency=10, service=seconds(1), cold_start=2, idle_timeout="20s")
    run.advance(seconds(10))
    for moment in range(20, 60, 5):
        run.advance(seconds(moment))
        do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(70))
    assert len(records(run, "cold_start")) == 10
    for _ in range(10):
        do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(90))
    assert len(records(run, "cold_start")) == 19


def test_after_a_crash_every_instance_is_cold():
    run = at_work(service=seconds(1), cold_start=2)
    run.advance(seconds(10))
    do(run, "mailer", "crash", seconds=1)
    run.advance(seconds(12))
    do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(20))
    assert len(records(run, "cold_start")) == 2


def test_a_slow_worker_takes_several_times_longer_for_what_it_begins():
    run = at_work(messages=2, service=seconds(1))
    run.advance(seconds(0.5))
    do(run, "mailer", "slow", factor=3)
    run.advance(seconds(10))
    assert [record[4] for record in records(run, "processed")] == [seconds(1), seconds(3)]


def test_more_seats_begin_at_once_and_fewer_let_those_at_work_finish():
    run = at_work(messages=30, service=seconds(10), concurrency=2, visibility=300)
    run.advance(seconds(1))
    do(run, "mailer", "change", concurrency=5)
    run.advance(seconds(2))
    assert run.find("mailer").view()["busy"] == 5
    do(run, "mailer", "change", concurrency=1)
    run.advance(seconds(5))
    assert run.find("mailer").view()["busy"] == 5
    run.advance(seconds(13))
    assert run.find("mailer").view()["busy"] == 1
    assert records(run, "failed", "abandoned") == []
    run.advance(seconds(500))
    assert len(records(run, "deleted")) == 30


def test_in_the_long_run_busy_seats_are_rate_times_service_time():
    """Little's law. Source: Little, "A proof for the queuing formula L = λW" (1961)."""
    run = scenario(
        producer("shop", to="emails", arrivals={"poisson": {"per_second": 4}}),
        queue("emails"),
        worker("mailer", polls="emails", concurrency=10, service={"exponential": {"mean": 0.5}}),
        seed=12,
    )
    samples = []
    for moment in range(1, 1500):
        run.advance(seconds(moment))
        samples.append(run.find("mailer").view()["busy"])
    assert abs(sum(samples) / len(samples) - 2) < 0.15


def test_the_service_times_shown_are_the_95th_percentile_of_the_last_two_hundred():
    run = at_work(messages=100, service={"empirical": {"values": [1, 10], "weights": [94, 6]}}, concurrency=100)
    assert run.find("mailer").view()["p95"] is None
    run.advance(seconds(60))
    took = sorted(record[4] for record in records(run, "processed"))
    assert run.find("mailer").view()["p95"] == took[94]


def test_its_view_shows_at_most_twelve_seats_and_the_busy_ones_first():
    run = at_work(messages=1, concurrency=40, service=seconds(5))
    run.advance(seconds(1))
    view = run.find("mailer").view()
    assert len(view["seats"]) == 12
    assert [seat[0] for seat in view["seats"]].count(2) == 1
    assert view["concurrency"] == 40
    busy = next(seat for seat in view["seats"] if seat[0] == 2)
    [began] = records(run, "started")
    assert busy[1:] == [began[3], busy[2], 0, began[0], began[5], 1]


def test_a_seat_says_what_it_is_doing():
    run = at_work(messages=0, service=seconds(2), cold_start=1, poison="type = 'none'")
    run.advance(seconds(1))
    assert run.find("mailer").view()["seats"] == [[1, 0, 0, 0, 0, seconds(20), 0]]
    do(run, "emails", "SendMessage", MessageBody="x")
    run.advance(seconds(1.5))
    assert run.find("mailer").view()["seats"][0][0] == 3
    run.advance(seconds(2.5))
    assert run.find("mailer").view()["seats"][0][0] == 2
    do(run, "mailer", "crash")
    assert run.find("mailer").view()["seats"][0][0] == 0


def test_a_run_that_is_pickled_at_work_goes_on_identically():
    run = at_work(
        messages=40,
        concurrency=3,
        service={"gamma": {"mean": 0.5, "shape": 2.5}},
        cold_start={"uniform": {"low": 0.1, "high": 1}},
        idle_timeout="1s",
        failure_probability=0.2,
        poison="body.number = 7",
        poll={"loss": 0.05},
        visibility=5,
    )
    run.advance(seconds(3.3))
    copy = pickle.loads(pickle.dumps(run))
    for one in (run, copy):
        do(one, "mailer", "crash", seconds=2)
        one.advance(seconds(60))
    assert lines(run) == lines(copy)
    assert conserved(run)
    assert custody(run, "mailer") == 0


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        ({"concurrency": -1}, "concurrency", "at least 0"),
        ({"concurrency": 0, "kind": "server"}, "", "has at least 1"),
        ({"MaximumRetryAttempts": 3}, "MaximumRetryAttempts", "at most 2"),
        ({"MaximumEventAgeInSeconds": 59}, "MaximumEventAgeInSeconds", "at least 60"),
        ({"concurrency": 1001}, "concurrency", "at most 1000"),
        ({"failure_probability": 1.5}, "failure_probability", "at most 1"),
        ({"poison": "body.address ="}, "poison", "not JSONata"),
        ({"transform": "$random()"}, "transform", "$random"),
        ({"poison": "x" * 2000}, "poison", "1000"),
        ({"service": {"lognormal": {"median": 2, "p99": 1}}}, "service", "percentile"),
        ({"kind": "robot"}, "kind", "function"),
    ],
)
def test_wrong_settings_are_refused_with_their_place(settings, path, says):
    with pytest.raises(Refused) as refused:
        scenario(queue("emails"), worker("mailer", polls="emails", **settings))
    [problem] = refused.value.problems
    assert problem.path.startswith(f"nodes.1.settings.{path}".rstrip("."))
    assert says in str(problem)
