"""Receipt handles, and a received message in the shape in which the service gives it to a client.

A handle names one receive of one copy: the queue's number of the copy, which receive it was, and the message's id. A
consumer gets it as that triple and hands it back unread; a person gets it as text.
Source: SQS Developer Guide, "Amazon SQS message identifiers" (a new receipt handle with every receive).
"""

from hashlib import md5
from typing import TYPE_CHECKING, Any

from patterns.queue.stock import Entry
from simulator.engine.clock import MILLISECOND, Micros
from simulator.engine.deduplication import digest as content_id
from simulator.engine.deduplication import sequence
from simulator.engine.message import MessageId, as_text, label

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

Handle = tuple[int, int, MessageId]

# Among a moved message's attributes: where it comes from, when it was first sent, and how often it was received.
MOVED = "dead-letter"

# Among the attributes of a message that a move task brings; it leaves them when it is stored.
REDRIVEN = "redriven"

_DIGITS = 18


def handle_of(entry: Entry) -> Handle:
    """The handle of a message's latest receive."""
    return entry.number, entry.receives, entry.message.id


def shown(handle: Handle) -> str:
    return "-".join(str(part) for part in handle)


def read(text: str) -> Handle | None:
    """The handle that a text shows, or None when no queue ever gave it."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in parts):
        return None
    number, attempt, message = (int(part) for part in parts)
    return (number, attempt, message) if number and attempt else None


def found(queue: "QueueNode", given: Any) -> Handle | None:
    """The receipt handle of a request, or None when this queue never gave it."""
    handle = read(given) if isinstance(given, str) else None
    if handle is None or handle[0] > queue.numbered:
        return None
    entry = queue.entries.get(handle[0])
    return handle if entry is None or (entry.message.id == handle[2] and handle[1] <= entry.receives) else None


def digest(text: str) -> str:
    """The MD5 that the service gives with a message, so that a client can check what it sent or got."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def milliseconds(moment: Micros) -> str:
    """A virtual time as the service writes times: milliseconds, here since the run began."""
    return str(moment // MILLISECOND)


def as_service_shows(entry: Entry, prefixes: list[str], fifo: bool) -> dict[str, Any]:
    """A received message. Source: SQS API Reference, ReceiveMessage (Message)."""
    message, text = entry.message, as_text(entry.message.body)
    attributes = dict(message.attributes or {})
    moved = attributes.pop(MOVED, None)
    system = {
        "SentTimestamp": milliseconds(entry.sent),
        "ApproximateReceiveCount": str(entry.earlier + entry.receives),
        "ApproximateFirstReceiveTimestamp": milliseconds(entry.first_received),
    }
    if moved is not None:
        system["DeadLetterQueueSourceArn"] = moved["from"]
    if message.group is not None:
        system["MessageGroupId"] = message.group
    if fifo:
        system["MessageDeduplicationId"] = message.deduplication or content_id(text)
        system["SequenceNumber"] = sequence(entry.number)
    return {
        "MessageId": label(message.id, prefixes),
        "ReceiptHandle": shown(handle_of(entry)),
        "MD5OfBody": digest(text),
        "Body": text,
        "Attributes": system,
        "MessageAttributes": attributes,
    }
