"""Receiving: short and long polls, batches, the in-flight quota, and consumers that are no longer there."""

from patterns.queue import choosing, config
from tests.patterns.test_queue_life import names, received, sending
from tests.patterns.vocabulary import (
    conserved,
    custody,
    do,
    producer,
    queue,
    records,
    scenario,
    seconds,
    story,
    times,
    worker,
)


def test_a_short_poll_is_answered_at_once_also_when_there_is_nothing():
    """Source: SQS Developer Guide, "Amazon SQS short and long polling"."""
    run = scenario(queue("emails"))
    call = do(run, "emails", "ReceiveMessage", WaitTimeSeconds=0)
    assert call.result == {"Messages": []}
    assert records(run, "empty_receive") == [(0, "empty_receive", 0, 0, -1, 0)]


def test_a_long_poll_is_answered_as_soon_as_a_message_comes():
    """Source: SQS Developer Guide, "Amazon SQS short and long polling"."""
    run = scenario(queue("emails"))
    call = do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20)
    run.advance(seconds(7))
    assert not call.done
    sending(run, 1)
    assert names(call.result["Messages"]) == ["you-1"]
    assert times(run, "received") == [seconds(7)]


def test_a_long_poll_for_which_nothing_comes_is_answered_empty_at_the_end_of_its_wait():
    """Source: SQS Developer Guide, "Amazon SQS short and long polling"."""
    run = scenario(queue("emails"))
    call = do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20)
    run.advance(seconds(20) - 1)
    assert not call.done
    run.advance(seconds(20))
    assert call.result == {"Messages": []}
    sending(run, 1)
    assert names(received(run)) == ["you-1"]


def test_a_receive_that_does_not_say_how_long_it_waits_waits_as_the_queue_is_set():
    """Source: SQS API Reference, SetQueueAttributes (ReceiveMessageWaitTimeSeconds)."""
    run = scenario(queue("emails", ReceiveMessageWaitTimeSeconds=5))
    call = do(run, "emails", "ReceiveMessage")
    run.advance(seconds(4))
    assert not call.done
    assert do(run, "emails", "ReceiveMessage", WaitTimeSeconds=0).done
    run.advance(seconds(5))
    assert call.done


def test_a_long_poll_is_answered_by_what_comes_back_or_ends_its_delay():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout" and "Amazon SQS delay queues"."""
    run = scenario(queue("emails", VisibilityTimeout=10))
    sending(run, 1)
    received(run)
    sending(run, 1, DelaySeconds=15)
    calls = [do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20) for _ in range(2)]
    run.advance(seconds(16))
    assert [names(call.result["Messages"]) for call in calls] == [["you-1"], ["you-2"]]
    assert times(run, "received") == [0, seconds(10), seconds(15)]


def test_whoever_waits_longest_is_served_first_and_one_message_serves_one():
    run = scenario(queue("emails"))
    calls = [do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20) for _ in range(3)]
    run.advance(seconds(1))
    sending(run, 2)
    assert [call.done for call in calls] == [True, True, False]


def test_a_receive_gets_at_most_what_it_asks_for_and_nothing_twice():
    """Source: SQS API Reference, ReceiveMessage (MaxNumberOfMessages)."""
    run = scenario(queue("emails", VisibilityTimeout=5))
    sending(run, 15)
    first, second = received(run, MaxNumberOfMessages=10), received(run, MaxNumberOfMessages=10)
    assert names(first) == [f"you-{number}" for number in range(1, 11)]
    assert names(second) == [f"you-{number}" for number in range(11, 16)]


def test_at_the_in_flight_quota_a_short_poll_fails_and_a_long_poll_waits_for_room(monkeypatch):
    """Source: SQS API Reference, ReceiveMessage (OverLimit); SQS Developer Guide, "Amazon SQS message quotas"."""
    monkeypatch.setattr(choosing, "IN_FLIGHT_QUOTA", 3)
    run = scenario(queue("emails"))
    sending(run, 5)
    held = received(run, MaxNumberOfMessages=10)
    assert names(held) == ["you-1", "you-2", "you-3"]
    assert do(run, "emails", "ReceiveMessage").error.code == "OverLimit"
    waiting = do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20)
    run.advance(seconds(5))
    assert not waiting.done
    do(run, "emails", "DeleteMessage", ReceiptHandle=held[0]["ReceiptHandle"])
    assert names(waiting.result["Messages"]) == ["you-4"]


def test_the_in_flight_quota_of_a_standard_queue_is_120_000():
    """Source: SQS Developer Guide, "Amazon SQS message quotas"."""
    assert config.IN_FLIGHT_QUOTA == 120_000


def test_a_worker_receives_works_and_deletes():
    """Source: SQS Developer Guide, "Amazon SQS message lifecycle"."""
    run = scenario(queue("emails"), worker("mailer", polls="emails", service=seconds(5)))
    sending(run, 1)
    run.advance(seconds(6))
    assert [kind for kind in story(run, "you-1") if kind in ("enqueued", "received", "deleted")] == [
        "enqueued",
        "received",
        "deleted",
    ]
    assert run.inventory() == {}


def test_a_message_nobody_deletes_comes_back():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout"."""
    run = scenario(queue("emails", VisibilityTimeout=30), worker("mailer", polls="emails", service=seconds(5)))
    sending(run, 1)
    run.advance(seconds(1))
    do(run, "mailer", "crash", seconds=60)
    run.advance(seconds(29))
    assert run.find("emails").view()["inflight"] == 1
    run.advance(seconds(32))
    assert times(run, "redelivered") == [times(run, "received")[0] + seconds(30)]
    assert run.find("emails").view()["waiting"] == 1
    run.advance(seconds(90))
    assert story(run, "you-1")[-1] == "deleted"
    assert conserved(run)


def test_a_worker_slower_than_the_visibility_timeout_works_for_ever_and_finishes_nothing():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout" (a timeout shorter than the processing)."""
    run = scenario(
        queue("emails", VisibilityTimeout=30),
        worker("mailer", polls="emails", service=seconds(40), concurrency=10),
    )
    sending(run, 5)
    run.advance(seconds(600))
    received_ids = [record[3] for record in records(run, "received")]
    assert all(received_ids.count(message) == 20 for message in dict.fromkeys(received_ids))
    assert len(records(run, "delete_missed")) > 80
    assert records(run, "deleted") == []
    assert conserved(run)


def test_a_crashed_worker_that_was_waiting_gets_nothing():
    """Source: SQS Developer Guide, "Amazon SQS short and long polling" (a connection that is closed gets no answer)."""
    run = scenario(queue("emails"), worker("mailer", polls="emails", service=seconds(1), concurrency=3))
    run.advance(seconds(2))
    do(run, "mailer", "crash", seconds=10)
    sending(run, 1)
    run.advance(seconds(5))
    assert story(run, "you-1") == ["enqueued"]
    run.advance(seconds(40))
    assert story(run, "you-1")[-1] == "deleted"


def test_a_batch_comes_in_one_receive():
    """Source: SQS API Reference, ReceiveMessage (MaxNumberOfMessages)."""
    run = scenario(queue("emails"), worker("mailer", polls="emails", service=seconds(1), poll={"BatchSize": 4}))
    do(run, "mailer", "crash", seconds=1)
    sending(run, 9)
    run.advance(seconds(2))
    assert len(dict.fromkeys(times(run, "received"))) == 1
    assert len(times(run, "received")) == 4
    run.advance(seconds(60))
    assert len(records(run, "deleted")) == 9


def test_a_lost_delete_brings_the_message_back():
    """Source: SQS Developer Guide, "Amazon SQS standard queues" (at-least-once delivery)."""
    run = scenario(queue("emails", VisibilityTimeout=30), worker("mailer", polls="emails", service=seconds(5)))
    sending(run, 1)
    run.advance(seconds(2))
    do(run, "emails-mailer", "partition", seconds=20)
    run.advance(seconds(120))
    assert "redelivered" in story(run, "you-1")
    assert story(run, "you-1")[-1] == "deleted"
    assert conserved(run)


def test_a_message_that_the_network_delivers_twice_is_stored_twice():
    """Source: SQS Developer Guide, "Amazon SQS standard queues" (at-least-once delivery)."""
    run = scenario(
        producer("shop", to="emails", arrivals={"regular": {"per_second": 1}}, limit=1, link={"duplication": 1}),
        queue("emails"),
    )
    run.advance(seconds(5))
    assert story(run, "m-1") == ["enqueued", "enqueued"]
    assert [capsule[2] & 2 for capsule in run.find("emails").view()["head"]] == [2, 0]
    for message in received(run, MaxNumberOfMessages=10):
        do(run, "emails", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
    assert conserved(run)
    assert custody(run, "emails") == 0
