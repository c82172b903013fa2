"""Copies: what a server of a standard queue that was out of reach for a moment still has.

A server that missed a receive shows its copy as visible, and one that missed a delete keeps it: either way the message
comes once more. It is rare in the service, and here as frequent as the dial `duplicates` says. A copy made so makes no
further ones, or a dial at 1 would keep a message for ever.
Source: SQS Developer Guide, "Amazon SQS at-least-once delivery".
"""

from typing import TYPE_CHECKING

from patterns.queue.stock import Entry
from simulator.engine.message import DUPLICATE

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def of_receives(queue: "QueueNode", entries: list[Entry]) -> None:
    """These were received: maybe a server has missed it."""
    for entry in entries:
        if not entry.flags & DUPLICATE and queue.chance.random() < queue.careless:
            _keep(queue, entry, "seen_twice")


def of_delete(queue: "QueueNode", entry: Entry) -> None:
    """This was deleted: maybe a server has missed it."""
    if not entry.flags & DUPLICATE and queue.chance.random() < queue.careless:
        _keep(queue, entry, "copy_kept")


def _keep(queue: "QueueNode", entry: Entry, kind: str) -> None:
    """A copy that knows of the receives before it can be received."""
    queue.numbered = number = queue.numbered + 1
    copy = Entry(number, entry.message, entry.flags | DUPLICATE, entry.sent, entry.earlier)
    copy.receives, copy.first_received = entry.receives, entry.first_received
    queue.entries[number] = copy
    queue.ages.add(copy)
    queue.visible.add(copy)
    queue.record(kind, entry.message.id)
