"""What a consumer and a channel that it polls say to each other: plain shapes that both sides know.

A consumer asks for messages, gets deliveries, and says of each one that it is done or that it needs more time. The
attribute names are those of the queue service's own calls, so a person's operation (a checked model with the same
names) and a consumer's request (one of these tuples, made a million times) meet the same handler. Over a link:

    link.ask("receive_message", ReceiveRequest(…), then, wait=…)         answered by a list of Delivery, maybe empty
    link.ask("delete_message", DeleteRequest(…), None, about=message)    answered by None
    link.ask("change_message_visibility", VisibilityRequest(…), then)    answered by None
"""

from typing import Any, NamedTuple

from simulator.engine.message import Message


class ReceiveRequest(NamedTuple):
    """Ask for up to `MaxNumberOfMessages`, waiting up to `WaitTimeSeconds` for the first.

    Each is hidden from others for `VisibilityTimeout` seconds. None: as the channel is set.
    """

    MaxNumberOfMessages: int = 1
    WaitTimeSeconds: int | None = None
    VisibilityTimeout: int | None = None


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
