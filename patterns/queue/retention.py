"""Retention: what is too old is dropped, and what is done with leaves the books.

Source: SQS API Reference, SetQueueAttributes (MessageRetentionPeriod).
"""

from typing import TYPE_CHECKING

from patterns.queue.stock import DELAYED, GONE, IN_FLIGHT, VISIBLE, Entry
from simulator.engine.clock import words

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def expire(queue: "QueueNode") -> None:
    """Drop what is too old, and set the one timer for what will be next: the oldest goes first."""
    if queue.next_expiry is not None:
        queue.kernel.cancel(queue.next_expiry)
        queue.next_expiry = None
    while queue.ages.count:
        oldest = queue.ages.first(1)[0]
        left = oldest.sent + queue.retained - queue.kernel.now
        if left > 0:
            queue.next_expiry = queue.kernel.after(left, queue.expire)
            return
        remove(queue, oldest)
        reason = f"MessageRetentionPeriod of {words(queue.retained)} passed since it was sent"
        queue.record("expired", oldest.message.id, reason)


def remove(queue: "QueueNode", entry: Entry) -> None:
    """It is in this queue no longer, whatever state it was in."""
    state, entry.state = entry.state, GONE
    if state == IN_FLIGHT:
        queue.in_flight.cancel(entry.deadline)
    elif state == DELAYED:
        queue.delays.cancel(entry.deadline)
    if state == VISIBLE or queue.grouped:
        queue.visible.forget(entry, state)
    queue.ages.forget(entry, state)
    del queue.entries[entry.number]
