"""What the operations of a queue take, by the service's own names.

Arguments are not held to their ranges here: they go to the queue, which answers a wrong one with the service's own
code and sentence. Their ranges stand in the schema all the same, so that a form can show them.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from patterns.queue.about import API
from patterns.queue.config import LONGEST_DELAY, LONGEST_VISIBILITY, LONGEST_WAIT, MOST_AT_ONCE
from simulator.engine.described import about
from simulator.engine.operations import Arguments
from simulator.engine.parameters import deeper_than

DEEPEST_BODY = 32


def not_too_deep(body: Any) -> Any:
    """The body. Raises ValueError where its objects and arrays are nested too deeply."""
    if deeper_than(body, DEEPEST_BODY):
        raise ValueError(f"is nested too deeply; at most {DEEPEST_BODY} levels are taken")
    return body


class SendMessage(Arguments):
    MessageBody: Annotated[
        Any,
        AfterValidator(not_too_deep),
        Field(**about("Message body", "Text, or any JSON value.", source=f"{API}, SendMessage")),
    ]
    DelaySeconds: Annotated[
        int | None,
        Field(
            **about(
                "Delay",
                "How long this message is hidden at first; empty: as the queue is set.",
                "s",
                f"{API}, SendMessage",
                minimum=0,
                maximum=LONGEST_DELAY,
            )
        ),
    ] = None
    MessageAttributes: Annotated[
        dict[str, Any],
        Field(**about("Message attributes", "Up to ten names with their values.", source=f"{API}, SendMessage")),
    ] = {}
    MessageGroupId: Annotated[
        str | None,
        Field(
            **about(
                "Message group",
                "FIFO: the line in which this message stands, required; standard: whose message it is.",
                source=f"{API}, SendMessage",
            )
        ),
    ] = None
    MessageDeduplicationId: Annotated[
        str | None,
        Field(
            **about(
                "Deduplication id",
                "FIFO: a second message with the same id within 5 min is accepted and not stored.",
                source=f"{API}, SendMessage",
            )
        ),
    ] = None


class ReceiveMessage(Arguments):
    MaxNumberOfMessages: Annotated[
        int,
        Field(
            **about(
                "At most",
                "How many messages at a time.",
                "messages",
                f"{API}, ReceiveMessage",
                minimum=1,
                maximum=MOST_AT_ONCE,
            )
        ),
    ] = 1
    WaitTimeSeconds: Annotated[
        int | None,
        Field(
            **about(
                "Wait time",
                "How long to wait for a message; empty: as the queue is set.",
                "s",
                f"{API}, ReceiveMessage",
                minimum=0,
                maximum=LONGEST_WAIT,
            )
        ),
    ] = None
    VisibilityTimeout: Annotated[
        int | None,
        Field(
            **about(
                "Visibility timeout",
                "How long the message is hidden from others; empty: as the queue is set.",
                "s",
                f"{API}, ReceiveMessage",
                minimum=0,
                maximum=LONGEST_VISIBILITY,
            )
        ),
    ] = None
    ReceiveRequestAttemptId: Annotated[
        str | None,
        Field(
            **about(
                "Attempt id",
                "FIFO: a receive repeated with the same id within 5 min gets the same messages again.",
                source=f"{API}, ReceiveMessage",
            )
        ),
    ] = None


Receipt = Annotated[
    str,
    Field(
        max_length=1024,
        **about("Receipt handle", "The handle that the receive gave.", source=f"{API}, DeleteMessage"),
    ),
]


class DeleteMessage(Arguments):
    ReceiptHandle: Receipt


class ChangeMessageVisibility(Arguments):
    ReceiptHandle: Receipt
    VisibilityTimeout: Annotated[
        int,
        Field(
            **about(
                "Visibility timeout",
                "How long the message stays hidden from now on; 0 gives it back at once.",
                "s",
                f"{API}, ChangeMessageVisibility",
                minimum=0,
                maximum=LONGEST_VISIBILITY,
            )
        ),
    ]


EntryId = Annotated[
    str,
    Field(**about("Id", "Names this entry in the answer.", source=f"{API}, SendMessageBatch")),
]


class SendEntry(SendMessage):
    """One entry of SendMessageBatch."""

    Id: EntryId


class SendMessageBatch(Arguments):
    Entries: Annotated[
        tuple[SendEntry, ...],
        Field(**about("Entries", "Up to ten, each with Id and MessageBody.", source=f"{API}, SendMessageBatch")),
    ]


class DeleteEntry(DeleteMessage):
    """One entry of DeleteMessageBatch."""

    Id: EntryId


class DeleteMessageBatch(Arguments):
    Entries: Annotated[
        tuple[DeleteEntry, ...],
        Field(**about("Entries", "Up to ten, each with Id and ReceiptHandle.", source=f"{API}, DeleteMessageBatch")),
    ]


class VisibilityEntry(ChangeMessageVisibility):
    """One entry of ChangeMessageVisibilityBatch."""

    Id: EntryId


class ChangeMessageVisibilityBatch(Arguments):
    Entries: Annotated[
        tuple[VisibilityEntry, ...],
        Field(
            **about(
                "Entries",
                "Up to ten, each with Id, ReceiptHandle and VisibilityTimeout.",
                source=f"{API}, ChangeMessageVisibilityBatch",
            )
        ),
    ]


class StartMessageMoveTask(Arguments):
    DestinationArn: Annotated[
        str | None,
        Field(
            **about(
                "Destination",
                "The queue to move to, by its id or ARN; empty: each message back to where it came from.",
                source=f"{API}, StartMessageMoveTask",
            )
        ),
    ] = None
    MaxNumberOfMessagesPerSecond: Annotated[
        int | None,
        Field(
            **about(
                "Rate",
                "How many messages to move each second; empty: as suits the backlog.",
                "messages/s",
                f"{API}, StartMessageMoveTask",
                minimum=1,
                maximum=500,
            )
        ),
    ] = None


class ListMessageMoveTasks(Arguments):
    MaxResults: Annotated[
        int,
        Field(
            **about(
                "At most", "How many tasks to list.", "tasks", f"{API}, ListMessageMoveTasks", minimum=1, maximum=10
            )
        ),
    ] = 1


class CancelMessageMoveTask(Arguments):
    TaskHandle: Annotated[
        str,
        Field(**about("Task handle", "The handle that the start gave.", source=f"{API}, CancelMessageMoveTask")),
    ]


class PurgeQueue(Arguments):
    """Nothing to say: everything goes."""


class GetQueueAttributes(Arguments):
    AttributeNames: Annotated[
        list[str],
        Field(
            max_length=50,
            **about("Attributes", 'Names of attributes, or "All".', source=f"{API}, GetQueueAttributes"),
        ),
    ] = ["All"]


class SetQueueAttributes(Arguments):
    Attributes: Annotated[
        dict[str, Any],
        Field(**about("Attributes", "Names of attributes with their new values.", source=f"{API}, SetQueueAttributes")),
    ]


class Limit(Arguments):
    """How much a throttled queue still takes."""

    per_second: Annotated[
        float,
        Field(
            gt=0,
            le=1e6,
            **about("Requests per second", "How many requests of all kinds are answered each second."),
        ),
    ] = 10.0
