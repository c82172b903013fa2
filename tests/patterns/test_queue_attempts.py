"""A receive from a FIFO queue that is repeated under its id. Source: SQS API Reference, ReceiveMessage
(ReceiveRequestAttemptId).
"""

from typing import Any

from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.run import Run
from tests.patterns.vocabulary import do, queue, records, scenario


def filled() -> Run:
    """A FIFO queue with three messages of three groups."""
    run = scenario(queue("q", FifoQueue=True, ContentBasedDeduplication=True, VisibilityTimeout=60))
    for letter in "abc":
        do(run, "q", "SendMessage", MessageBody=letter, MessageGroupId=letter)
    return run


def receive(run: Run, most: int, **more: Any) -> list[dict[str, Any]]:
    given = {"MaxNumberOfMessages": most, "WaitTimeSeconds": 0, "ReceiveRequestAttemptId": "x"} | more
    messages: list[dict[str, Any]] = do(run, "q", "ReceiveMessage", **given).result["Messages"]
    return messages


def test_a_receive_that_is_repeated_gets_the_same_messages_with_the_same_handles():
    run = filled()
    first = receive(run, 2)
    run.advance(10 * SECOND)
    again = receive(run, 2)
    assert [one["ReceiptHandle"] for one in again] == [one["ReceiptHandle"] for one in first]
    assert [one["Body"] for one in again] == ["a", "b"]
    assert len(records(run, "received_again")) == 2


def test_after_five_minutes_or_a_delete_it_is_a_receive_like_any_other():
    run = filled()
    first = receive(run, 2)
    do(run, "q", "DeleteMessage", ReceiptHandle=first[0]["ReceiptHandle"])
    assert [one["Body"] for one in receive(run, 2)] == ["c"]
    run = filled()
    receive(run, 2, VisibilityTimeout=600)
    run.advance(5 * MINUTE + SECOND)
    assert [one["Body"] for one in receive(run, 2)] == ["c"]


def test_one_that_asks_for_fewer_is_no_repetition():
    """Invariant 2 of a queue: a receive returns no more than it asks for."""
    run = filled()
    assert len(receive(run, 2)) == 2
    assert [one["Body"] for one in receive(run, 1)] == ["c"]
    assert records(run, "received_again") == []
