"""How a worker that polls by itself keeps messages hidden, and when it deletes them."""

import pickle

from tests.patterns.test_worker import at_work, reasons
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

BEFORE = {"delete": "before work"}
HOUR = 3600


# The heartbeat.


def test_a_heartbeat_keeps_long_work_from_being_done_twice():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout": extend it while the message is processed."""
    run = at_work(service=seconds(100), visibility=30, concurrency=2, poll={"heartbeat": 20})
    run.advance(seconds(200))
    assert len(times(run, "extended")) == 4
    assert story(run, "you-1")[-2:] == ["processed", "deleted"]
    assert records(run, "redelivered") == []
    assert records(run, "doubled") == []


def test_each_beat_hides_a_message_for_a_whole_visibility_timeout_again():
    """Source: SQS API Reference, ChangeMessageVisibility: the new timeout begins with the call."""
    run = at_work(service=seconds(50), visibility=30, poll={"heartbeat": 20})
    run.advance(seconds(45))
    beats = records(run, "extended")
    [received] = times(run, "received")
    assert [beat[0] for beat in beats] == [received + seconds(20.02), received + seconds(40.02)]
    assert [beat[4] - beat[0] for beat in beats] == [seconds(30)] * 2


def test_a_crash_ends_the_heartbeat_and_the_message_comes_back_one_timeout_after_the_last_beat():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout"."""
    run = at_work(service=seconds(500), visibility=30, poll={"heartbeat": 20})
    run.advance(seconds(50))
    do(run, "mailer", "crash")
    run.advance(seconds(200))
    last = times(run, "extended")[-1]
    assert last < seconds(50)
    assert times(run, "redelivered") == [last + seconds(30)]


def test_a_heartbeat_ends_with_the_work():
    run = at_work(service=seconds(25), visibility=30, poll={"heartbeat": 20})
    run.advance(seconds(500))
    assert len(records(run, "extended")) == 1
    assert records(run, "beat_refused") == []


def test_a_heartbeat_covers_the_whole_batch_that_a_seat_holds_with_one_request():
    """Source: SQS API Reference, ChangeMessageVisibilityBatch."""
    run = at_work(messages=4, service=seconds(15), visibility=30, poll={"BatchSize": 4, "heartbeat": 20})
    run.advance(seconds(100))
    at = times(run, "extended")
    assert [at.count(time) for time in dict.fromkeys(at)] == [3, 2, 1]
    assert records(run, "redelivered") == []
    assert len(records(run, "deleted")) == 4


def test_all_beats_together_hide_a_message_for_at_most_twelve_hours():
    """Source: SQS API Reference, ChangeMessageVisibility: twelve hours in all since the receive."""
    run = at_work(service=seconds(20 * HOUR), visibility=HOUR, poll={"heartbeat": HOUR // 2})
    run.advance(seconds(13 * HOUR))
    [back] = times(run, "redelivered")
    received = times(run, "received")[0]
    assert seconds(12 * HOUR - 2) <= back - received <= seconds(12 * HOUR)
    assert records(run, "beat_refused") == []


def test_a_beat_that_comes_too_late_is_refused_and_told():
    """Source: SQS API Reference, ChangeMessageVisibility, MessageNotInflight."""
    run = at_work(service=seconds(100), visibility=10, poll={"heartbeat": 15})
    run.advance(seconds(20))
    assert reasons(run, "beat_refused") == ["MessageNotInflight"]


# When it deletes.


def test_who_deletes_before_the_work_does_it_at_most_once():
    """Source: SQS API Reference, DeleteMessage; "Enterprise Integration Patterns", Transactional Client."""
    run = at_work(service=seconds(50), visibility=10, poll=BEFORE)
    run.advance(seconds(100))
    assert story(run, "you-1") == ["enqueued", "received", "started", "deleted", "processed", "finished"]
    assert times(run, "taken_over") == times(run, "started")
    assert conserved(run)
    assert run.inventory() == {}


def test_a_crash_loses_what_was_deleted_before_the_work():
    run = at_work(messages=3, service=seconds(50), visibility=10, poll=BEFORE | {"BatchSize": 3})
    run.advance(seconds(5))
    assert custody(run, "mailer") == 3
    do(run, "mailer", "crash", seconds=5)
    run.advance(seconds(100))
    assert reasons(run, "given_up") == ["mailer crashed, and it was deleted before the work"] * 3
    assert story(run, "you-1")[-2:] == ["abandoned", "given_up"]
    assert records(run, "redelivered", "processed") == []
    assert conserved(run)
    assert run.inventory() == {}


def test_a_failure_loses_what_was_deleted_before_the_work():
    run = at_work(messages=2, service=seconds(1), poison="body.number = 1", poll=BEFORE)
    run.advance(seconds(100))
    assert story(run, "you-1")[-2:] == ["failed", "given_up"]
    assert story(run, "you-2")[-1] == "finished"
    assert conserved(run)


def test_a_loss_is_told_as_one():
    """The kind that ends it is a discard, and bad: folds take that for a loss."""
    run = at_work(poll=BEFORE)
    kinds = {kind.name: kind for placed in run.scenario.nodes for kind in placed.pattern.kinds}
    assert (kinds["given_up"].core, kinds["given_up"].level) == ("discarded", "bad")


def test_a_lost_delete_before_the_work_brings_the_message_again():
    run = at_work(service=seconds(1), visibility=10, poll=BEFORE)
    run.advance(seconds(0.025))
    do(run, "emails-mailer", "partition", seconds=1)
    run.advance(seconds(30))
    assert len(records(run, "taken_over")) == len(records(run, "received"))
    assert conserved(run)


def test_what_was_received_together_can_be_deleted_together_when_all_of_it_is_done():
    """Source: SQS API Reference, DeleteMessageBatch."""
    run = at_work(messages=5, service=seconds(1), delete_together=True, poll={"BatchSize": 5})
    run.advance(seconds(10))
    assert len(dict.fromkeys(times(run, "deleted"))) == 1
    assert len(records(run, "deleted")) == 5
    assert times(run, "deleted")[0] == times(run, "processed")[-1] + seconds(0.01)


def test_of_a_batch_that_is_deleted_together_the_failed_ones_come_back():
    run = at_work(
        messages=5,
        service=seconds(1),
        visibility=20,
        poison="body.number = 2 or body.number = 5",
        delete_together=True,
        poll={"BatchSize": 5},
    )
    run.advance(seconds(15))
    assert [story(run, f"you-{number}")[-1] for number in range(1, 6)] == [
        "deleted",
        "failed",
        "deleted",
        "deleted",
        "failed",
    ]
    run.advance(seconds(25))
    assert len(records(run, "redelivered")) == 2


def test_a_crash_before_a_batch_is_deleted_together_repeats_all_of_it():
    run = at_work(messages=3, service=seconds(1), visibility=10, delete_together=True, poll={"BatchSize": 3})
    run.advance(seconds(2.5))
    do(run, "mailer", "crash", seconds=1)
    run.advance(seconds(60))
    assert len(records(run, "processed")) == 2 + 3
    assert len(records(run, "doubled")) == 2
    assert run.find("mailer").view()["doubled"] == 2
    assert len(records(run, "deleted")) == 3


def test_a_batch_deleted_together_before_the_work_is_one_request_too():
    run = at_work(messages=3, service=seconds(1), delete_together=True, poll=BEFORE | {"BatchSize": 3})
    run.advance(seconds(10))
    assert len(dict.fromkeys(times(run, "deleted"))) == 1
    assert len(records(run, "finished")) == 3


def test_a_batch_whose_every_message_was_done_before_is_deleted_all_the_same():
    run = at_work(
        messages=2,
        service=seconds(15),
        visibility=10,
        concurrency=2,
        idempotent=True,
        delete_together=True,
        poll={"BatchSize": 2},
    )
    run.advance(seconds(60))
    assert len(records(run, "processed")) == 2
    assert len(records(run, "skipped")) >= 2
    assert run.inventory() == {}


# The time limit.


def test_work_that_takes_longer_than_the_timeout_is_stopped_and_has_failed():
    """Source: AWS Lambda Developer Guide, "Configure Lambda function timeout"."""
    run = at_work(service=seconds(10), timeout=3, visibility=30)
    run.advance(seconds(20))
    [failed] = records(run, "failed")
    assert failed[4] == "timed out after 3 s"
    assert failed[0] == times(run, "started")[0] + seconds(3)
    assert records(run, "started")[0][5] == failed[0]
    assert run.poison == {}


def test_the_time_to_get_an_instance_ready_does_not_count():
    """Source: AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle", Init phase."""
    run = at_work(service=seconds(2), cold_start=5, timeout=3)
    run.advance(seconds(20))
    assert story(run, "you-1")[-1] == "deleted"


def test_the_timeout_also_ends_the_wait_for_what_is_passed_on():
    run = at_work(queue("sent"), messages=1, service=seconds(1), timeout=3, to="sent", visibility=60)
    do(run, "sent", "unavailable")
    run.advance(seconds(1.02))
    do(run, "mailer-sent", "partition")
    run.advance(seconds(30))
    assert reasons(run, "failed") == ["timed out after 3 s"]
    assert times(run, "failed") == [times(run, "started")[0] + seconds(3)]
    assert conserved(run)


# All of it.


def test_a_run_that_is_pickled_with_heartbeats_and_batches_goes_on_identically():
    run = scenario(
        producer("shop", to="emails", arrivals={"poisson": {"per_second": 3}}),
        queue("emails", VisibilityTimeout=6),
        worker(
            "mailer",
            polls="emails",
            concurrency=3,
            service={"exponential": {"mean": 2}},
            delete_together=True,
            poll={"heartbeat": 4, "BatchSize": 5, "loss": 0.05},
        ),
    )
    run.advance(seconds(20.3))
    copy = pickle.loads(pickle.dumps(run))
    for one in (run, copy):
        do(one, "mailer", "crash", seconds=2)
        one.advance(seconds(60))
    assert lines(run) == lines(copy)
    assert conserved(run)
