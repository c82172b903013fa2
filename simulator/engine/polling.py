"""What a consumer and a channel that it polls say to each other: plain shapes that both sides know.

A consumer asks for messages, gets deliveries, and says of each one that it is done or that it needs more time. The
attribute names are those of the queue service's own calls, so a person's operation (a checked model with the same
names) and a consumer's request (one of these tuples, made a million times) meet the same handler. Over a link:

    link.ask("receive_message", ReceiveRequest(…), then, wait=…)         answered by a list of Delivery, maybe empty
    link.ask("delete_message", DeleteRequest(…), None, about=message)    answered by None
    link.ask("change_message_visibility", VisibilityRequest(…), then)    answered by None
    link.ask("delete_message_batch", DeleteBatchRequest(…), then)        answered by a list, one entry for each handle:
    link.ask("change_message_visibility_batch", VisibilityBatchRequest(…), then)     None, or what was wrong with it
    link.ask("get_queue_attributes", AttributesRequest(…), then)         answered by {"Attributes": {name: text}}

What polls and how stands in the settings of the link. Those of a plain poll and those of a mapping are classes of the
channel's pattern, which the consumer's can't import; it knows them by what they have (`mapping_of`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from simulator.engine.message import Message

if TYPE_CHECKING:
    from simulator.engine.link import Link

MOST_ENTRIES = 10
"""Entries of one batch request. Source: SQS API Reference, ReceiveMessage, DeleteMessageBatch."""


class ReceiveRequest(NamedTuple):
    """Ask for up to `MaxNumberOfMessages`, waiting up to `WaitTimeSeconds` for the first.

    Each is hidden from others for `VisibilityTimeout` seconds. None: as the channel is set. A request repeated with
    the same `ReceiveRequestAttemptId` gets the same deliveries again.
    """

    MaxNumberOfMessages: int = 1
    WaitTimeSeconds: int | None = None
    VisibilityTimeout: int | None = None
    ReceiveRequestAttemptId: str | None = None


class Delivery(NamedTuple):
    """One message handed to one consumer.

    `receipt_handle` names this very delivery, and only the channel reads it; `receive_count` is 1 the first time.
    """

    message: Message
    receipt_handle: Any
    receive_count: int


class DeleteRequest(NamedTuple):
    """The work is done: the message of this delivery shall not come again."""

    ReceiptHandle: Any


class VisibilityRequest(NamedTuple):
    """Hide the message of this delivery for `VisibilityTimeout` seconds from now on; 0 gives it back at once."""

    ReceiptHandle: Any
    VisibilityTimeout: int


class DeleteBatchRequest(NamedTuple):
    """The work on all of these is done, at most ten: one request."""

    handles: tuple[Any, ...]


class VisibilityBatchRequest(NamedTuple):
    """Hide all of these, at most ten, for `VisibilityTimeout` seconds from now on: one request."""

    handles: tuple[Any, ...]
    VisibilityTimeout: int


class AttributesRequest(NamedTuple):
    """How the channel is set and how much waits in it, by the names of its attributes."""

    AttributeNames: tuple[str, ...]


class Mapping(Protocol):
    """The settings of a link over which a function's own pollers receive and invoke it with batches."""

    @property
    def BatchSize(self) -> int: ...  # noqa: N802 - as the service spells it

    @property
    def MaximumBatchingWindowInSeconds(self) -> int: ...  # noqa: N802 - as the service spells it

    @property
    def MaximumConcurrency(self) -> int | None: ...  # noqa: N802 - as the service spells it

    @property
    def ReportBatchItemFailures(self) -> bool: ...  # noqa: N802 - as the service spells it


def mapping_of(settings: Any) -> Mapping | None:
    """The settings of a poll link as those of a mapping, or None when it is a plain poll."""
    return cast(Mapping, settings) if hasattr(settings, "MaximumBatchingWindowInSeconds") else None


def delete_all(link: "Link", deliveries: Sequence[Delivery]) -> None:
    """Ask for the deletion of these, up to ten with each request. Source: SQS API Reference, DeleteMessageBatch."""
    for first in range(0, len(deliveries), MOST_ENTRIES):
        some = deliveries[first : first + MOST_ENTRIES]
        request = DeleteBatchRequest(tuple(delivery.receipt_handle for delivery in some))
        link.ask("delete_message_batch", request, None, about=[delivery.message for delivery in some])
