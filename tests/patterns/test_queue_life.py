"""The life of a message in a standard queue: stored, lent out, hidden, brought back, deleted, or too old."""

from typing import Any

from simulator.engine.run import Run
from tests.patterns.vocabulary import conserved, do, queue, records, scenario, seconds, story, times


def received(run: Run, target: str = "emails", **arguments: Any) -> list[dict[str, Any]]:
    """What a person's ReceiveMessage gets at once."""
    call = do(run, target, "ReceiveMessage", **arguments)
    assert call.error is None, call.error
    messages: list[dict[str, Any]] = call.result["Messages"]
    return messages


def names(messages: list[dict[str, Any]]) -> list[str]:
    return [message["MessageId"] for message in messages]


def sending(run: Run, count: int, target: str = "emails", **arguments: Any) -> None:
    for number in range(count):
        assert do(run, target, "SendMessage", MessageBody=f"hello {number + 1}", **arguments).error is None


def test_a_message_waits_until_it_is_received_and_stays_until_it_is_deleted():
    """Source: SQS Developer Guide, "Amazon SQS message lifecycle"."""
    run = scenario(queue("emails"))
    sending(run, 1)
    [message] = received(run)
    assert message["Body"] == "hello 1"
    assert run.find("emails").view()["inflight"] == 1
    do(run, "emails", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
    run.advance(seconds(3600))
    assert story(run, "you-1") == ["enqueued", "received", "deleted"]
    assert run.inventory() == {}


def test_older_messages_are_handed_out_first():
    """Source: SQS Developer Guide, "Amazon SQS standard queues" (best-effort ordering)."""
    run = scenario(queue("emails"))
    sending(run, 3)
    assert names(received(run, MaxNumberOfMessages=2)) == ["you-1", "you-2"]
    assert names(received(run, MaxNumberOfMessages=2)) == ["you-3"]


def test_a_received_message_is_hidden_from_others_for_the_visibility_timeout_and_then_comes_back():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout"."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    assert names(received(run)) == ["you-1"]
    run.advance(seconds(30) - 1)
    assert received(run) == []
    run.advance(seconds(30))
    assert names(received(run)) == ["you-1"]
    [line] = records(run, "redelivered")
    assert line[4] == "VisibilityTimeout of 30 s passed without a delete"


def test_what_comes_back_goes_ahead_of_what_was_sent_after_it():
    """Source: SQS Developer Guide, "Amazon SQS standard queues" (best-effort ordering)."""
    run = scenario(queue("emails", VisibilityTimeout=10))
    sending(run, 3)
    received(run, MaxNumberOfMessages=2)
    run.advance(seconds(5))
    sending(run, 1)
    run.advance(seconds(11))
    assert names(received(run, MaxNumberOfMessages=10)) == ["you-1", "you-2", "you-3", "you-4"]


def test_a_receive_may_name_a_visibility_timeout_of_its_own():
    """Source: SQS API Reference, ReceiveMessage (VisibilityTimeout)."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 2)
    received(run, VisibilityTimeout=100)
    received(run)
    run.advance(seconds(99))
    assert times(run, "redelivered") == [seconds(30)]
    run.advance(seconds(100))
    assert times(run, "redelivered", "you-1") == [seconds(100)]


def test_a_visibility_timeout_of_zero_counts_the_receive_but_hides_nothing():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout" (0 makes the message visible at once)."""
    run = scenario(queue("emails", VisibilityTimeout=0))
    sending(run, 1)
    counts = []
    for _ in range(3):
        [message] = received(run, MaxNumberOfMessages=10)
        counts.append(message["Attributes"]["ApproximateReceiveCount"])
    assert counts == ["1", "2", "3"]
    assert run.now == 0


def test_every_receive_gives_a_fresh_receipt_handle_and_counts():
    """Source: SQS Developer Guide, "Amazon SQS message identifiers"; SQS API Reference, ReceiveMessage."""
    run = scenario(queue("emails", VisibilityTimeout=1))
    sending(run, 1)
    seen = []
    for attempt in range(1, 4):
        [message] = received(run)
        seen.append(message["ReceiptHandle"])
        assert message["Attributes"]["ApproximateReceiveCount"] == str(attempt)
        assert message["Attributes"]["ApproximateFirstReceiveTimestamp"] == "0"
        run.advance(run.now + seconds(2))
    assert len(dict.fromkeys(seen)) == 3


def test_a_delete_with_an_old_handle_succeeds_and_the_message_stays():
    """Source: SQS API Reference, DeleteMessage (use the most recent handle, else the message might not be deleted)."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    [first] = received(run)
    run.advance(seconds(31))
    [second] = received(run)
    call = do(run, "emails", "DeleteMessage", ReceiptHandle=first["ReceiptHandle"])
    assert call.error is None
    assert story(run, "you-1")[-1] == "delete_missed"
    do(run, "emails", "DeleteMessage", ReceiptHandle=second["ReceiptHandle"])
    assert story(run, "you-1")[-1] == "deleted"


def test_a_late_delete_works_as_long_as_nobody_has_received_the_message_again():
    """Source: SQS API Reference, DeleteMessage (the handle of the most recent receive deletes)."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    [message] = received(run)
    run.advance(seconds(40))
    do(run, "emails", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
    assert story(run, "you-1") == ["enqueued", "received", "redelivered", "deleted"]
    assert received(run) == []


def test_deleting_twice_succeeds():
    """Source: SQS API Reference, DeleteMessage (idempotent)."""
    run = scenario(queue("emails"))
    sending(run, 1)
    [message] = received(run)
    for _ in range(2):
        assert do(run, "emails", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"]).error is None
    assert story(run, "you-1") == ["enqueued", "received", "deleted", "delete_repeated"]
    assert conserved(run)


def test_a_message_given_back_can_be_received_at_the_same_instant_and_is_then_hidden_as_the_queue_says():
    """Source: SQS API Reference, ChangeMessageVisibility (0; a new timeout holds for this receive only)."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    [message] = received(run)
    run.advance(seconds(5))
    do(run, "emails", "ChangeMessageVisibility", ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert names(received(run)) == ["you-1"]
    run.advance(seconds(100))
    assert times(run, "released") == [seconds(5)]
    assert times(run, "redelivered") == [seconds(35)]


def test_a_longer_visibility_counts_from_the_call():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout" (the new timeout starts with the call)."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    [message] = received(run)
    run.advance(seconds(20))
    do(run, "emails", "ChangeMessageVisibility", ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=60)
    run.advance(seconds(200))
    assert times(run, "redelivered") == [seconds(80)]


def test_a_delayed_message_is_never_received_before_its_delay_is_over():
    """Source: SQS Developer Guide, "Amazon SQS delay queues" and "message timers" (the message's delay goes first)."""
    run = scenario(queue("emails", DelaySeconds=60))
    sending(run, 1)
    sending(run, 1, DelaySeconds=5)
    sending(run, 1, DelaySeconds=0)
    assert names(received(run, MaxNumberOfMessages=10)) == ["you-3"]
    assert run.find("emails").view()["delayed"] == 2
    run.advance(seconds(5))
    assert names(received(run)) == ["you-2"]
    run.advance(seconds(59.999999))
    assert story(run, "you-1") == ["delayed"]
    run.advance(seconds(60))
    assert story(run, "you-1") == ["delayed", "visible"]


def test_a_changed_delay_holds_for_later_messages_only():
    """Source: SQS Developer Guide, "Amazon SQS delay queues" (not retroactive on standard queues)."""
    run = scenario(queue("emails", DelaySeconds=60))
    sending(run, 1)
    do(run, "emails", "change", DelaySeconds=10)
    sending(run, 1)
    run.advance(seconds(100))
    assert times(run, "visible", "you-2") == [seconds(10)]
    assert times(run, "visible", "you-1") == [seconds(60)]


def test_nobody_receives_a_message_that_is_older_than_the_retention_period():
    """Source: SQS API Reference, SetQueueAttributes (MessageRetentionPeriod)."""
    run = scenario(queue("emails", MessageRetentionPeriod=60))
    sending(run, 1)
    run.advance(seconds(30))
    sending(run, 1)
    run.advance(seconds(60))
    assert names(received(run, MaxNumberOfMessages=10)) == ["you-2"]
    run.advance(seconds(90))
    assert times(run, "expired") == [seconds(60), seconds(90)]
    assert conserved(run)


def test_a_message_in_flight_or_delayed_gets_too_old_as_well():
    """Source: SQS API Reference, SetQueueAttributes (the clock runs from the send, whatever the state)."""
    run = scenario(queue("emails", MessageRetentionPeriod=60, VisibilityTimeout=300))
    sending(run, 1)
    sending(run, 1, DelaySeconds=600)
    [message] = received(run)
    run.advance(seconds(700))
    assert story(run, "you-1") == ["enqueued", "received", "expired"]
    assert story(run, "you-2") == ["delayed", "expired"]
    assert do(run, "emails", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"]).error is None
    assert run.find("emails").view()["inflight"] == 0


def test_a_shorter_retention_period_expires_what_is_already_too_old():
    """Source: SQS API Reference, SetQueueAttributes (a change can expire existing messages)."""
    run = scenario(queue("emails"))
    sending(run, 2)
    run.advance(seconds(100))
    sending(run, 1)
    do(run, "emails", "change", MessageRetentionPeriod=60)
    run.advance(seconds(101))
    assert [story(run, f"you-{number}")[-1] for number in (1, 2, 3)] == ["expired", "expired", "enqueued"]


def test_what_is_in_the_queue_is_what_was_sent_and_not_yet_deleted_or_expired():
    """Source: SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS" (visible, not visible, delayed)."""
    run = scenario(queue("emails", MessageRetentionPeriod=120))
    sending(run, 6)
    sending(run, 2, DelaySeconds=100)
    for message in received(run, MaxNumberOfMessages=3)[:2]:
        do(run, "emails", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
    view = run.find("emails").view()
    assert (view["waiting"], view["inflight"], view["delayed"]) == (3, 1, 2)
    assert sum(run.inventory().values()) == 6
    run.advance(seconds(200))
    assert run.inventory() == {}
    assert conserved(run)


def test_an_attempt_that_is_repeated_gets_the_same_again_and_never_more_than_it_asks_for():
    """Source: SQS API Reference, ReceiveMessage (ReceiveRequestAttemptId, MaxNumberOfMessages)."""
    run = scenario(queue("emails", FifoQueue=True, ContentBasedDeduplication=True))
    sending(run, 3, MessageGroupId="g")
    first = received(run, MaxNumberOfMessages=2, ReceiveRequestAttemptId="a")
    assert names(first) == ["you-1", "you-2"]
    again = received(run, MaxNumberOfMessages=2, ReceiveRequestAttemptId="a")
    assert [one["ReceiptHandle"] for one in again] == [one["ReceiptHandle"] for one in first]
    assert received(run, MaxNumberOfMessages=1, ReceiveRequestAttemptId="a") == []
