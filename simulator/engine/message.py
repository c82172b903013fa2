"""A message: what travels. Immutable, so that every copy of it is the same message.

Its number carries where it came from: `serial * 256 + origin`, origin being the index of the node that made it. Each
node counts for itself, so that adding or changing a worker never renumbers what the shop sends (common random numbers).
"""

import json
from typing import Any, NamedTuple

import orjson

from simulator.engine.clock import Micros

MessageId = int

BY_HAND = 255
ORIGINS = 256

# The attribute that says of an event which of AWS's own services it comes from; whoever takes events strips it.
SERVICE = "aws:service"

# The attribute with which a message asks for one of the other actions of a service (`getItem`, `startExecution.sync`);
# the body then holds what the action needs, and the answer what it gives. Whoever performs it strips the attribute.
ACTION = "aws:action"

# What can be seen of one copy of a message, as bits.
RETRIED, DUPLICATE, POISON, LOST, REPLY, REFUSED = 1, 2, 4, 8, 16, 32


class Message(NamedTuple):
    """One message.

    `body` is any JSON value, `size` its UTF-8 bytes together with the attributes, `type` the class of messages it is
    drawn and counted as, `look` the number of that type, `group` the message group or partition key, `cause` the
    message whose processing made this one (0: none), `generation` how many causes there are above it, and
    `deduplication` the id under which a channel that deduplicates knows it (None: the sender gives none).
    """

    id: MessageId
    type: str
    look: int
    body: Any
    size: int
    created: Micros
    attributes: dict[str, Any] | None = None
    group: str | None = None
    cause: MessageId = 0
    generation: int = 0
    deduplication: str | None = None


# The members of a body in which its type stands, the first that is there: our own, and that of an entry of PutEvents.
TYPE_MEMBERS = ("type", "DetailType")


def type_of(body: Any, otherwise: str) -> str:
    """The type that a body states: the text in its member "type" or "DetailType"; `otherwise` where there is none."""
    if not isinstance(body, dict):
        return otherwise
    for name in TYPE_MEMBERS:
        kind = body.get(name)
        if isinstance(kind, str) and kind:
            return kind
    return otherwise


def as_text(value: Any) -> str:
    """A body or a member of one as it counts and travels: text as it is, anything else as compact JSON."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer of more than 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def message_id(serial: int, origin: int) -> MessageId:
    """The id of the `serial`-th message (from 1) of the node with index `origin`."""
    return serial * ORIGINS + origin


def label(message: MessageId, prefixes: list[str]) -> str:
    """What people call it: `m-41`, or `you-1` when it was sent by hand; "" for no message (0)."""
    if message <= 0:
        return ""
    serial, origin = divmod(message, ORIGINS)
    prefix = "you" if origin == BY_HAND or origin >= len(prefixes) else prefixes[origin]
    return f"{prefix}-{serial}"
