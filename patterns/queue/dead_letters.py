"""Dead letters: a message that was received too often is moved to another queue instead of being received once more.

Between standard queues it keeps the time at which it was sent. In a FIFO queue the move breaks the order of its group,
and there the message gets a new time, and its own id as the id under which it is known.
Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS".
"""

from typing import TYPE_CHECKING, Any

from patterns.queue import retention
from patterns.queue.attributes import arn
from patterns.queue.receipts import MOVED
from patterns.queue.stock import DELAYED, GONE, IN_FLIGHT, Entry
from simulator.engine.clock import SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.message import POISON, label

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

# How long a message that could not be moved to its dead-letter queue is hidden before the next attempt.
MOVE_AGAIN: Micros = 10 * SECOND


class Move:
    """A message on its way to the dead-letter queue; its own queue waits to hear that it arrived."""

    __slots__ = ("entry", "queue")

    def __init__(self, queue: "QueueNode", entry: Entry) -> None:
        self.queue = queue
        self.entry = entry

    def heard(self, result: Any, error: ServiceError | None) -> None:
        if error is not None:
            take_back(self.queue, self.entry, error)


def give_up(queue: "QueueNode", entry: Entry) -> None:
    """Move a message to the dead-letter queue, its age and its receives with it."""
    link = queue.dead_link
    assert link is not None, "a queue without a dead-letter link has no limit"
    entry.state = GONE
    if queue.grouped:
        queue.visible.forget(entry, IN_FLIGHT)
    queue.ages.forget(entry, IN_FLIGHT)
    del queue.entries[entry.number]
    message, receives = entry.message, entry.earlier + entry.receives
    queue.record("dead_lettered", message.id, receives, link.target.index)
    mark = {"from": arn(queue.id), "sent": entry.sent, "receives": receives}
    once = label(message.id, queue.run.scenario.prefixes) if queue.fifo else message.deduplication
    link.send(
        message._replace(attributes={**(message.attributes or {}), MOVED: mark}, deduplication=once),
        Move(queue, entry).heard,
        entry.flags | POISON,
    )


def take_back(queue: "QueueNode", entry: Entry, error: ServiceError) -> None:
    """The dead-letter queue did not take a message: keep it out of sight for a while, then try again."""
    assert queue.dead_link is not None, "only a dead-letter link brings a message back"
    now = queue.kernel.now
    again = Entry(entry.number, entry.message, entry.flags, entry.sent, entry.earlier)
    again.receives, again.first_received = entry.receives, entry.first_received
    again.state = DELAYED
    again.deadline = queue.delays.set(now + MOVE_AGAIN, again)
    queue.entries[again.number] = again
    queue.visible.hide(again)
    queue.ages.add(again)
    queue.record("move_failed", entry.message.id, queue.dead_link.target.index, error.code, again.deadline[0])
    retention.expire(queue)
