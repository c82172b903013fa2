"""Visibility: when a message that is hidden, in flight or delayed, can be received again.

Source: SQS API Reference, ChangeMessageVisibility; SQS Developer Guide, "Amazon SQS visibility timeout".
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patterns.queue import batches, ordering, receipts, receiving, refusing, requests
from patterns.queue.config import LONGEST_VISIBILITY
from patterns.queue.stock import DELAYED, IN_FLIGHT, VISIBLE, Entry
from simulator.engine.clock import SECOND, words
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def change_message_visibility(queue: "QueueNode", call: Call) -> None:
    """Hide a message in flight for VisibilityTimeout seconds from now on; 0 gives it back at once.

    Source: SQS API Reference, ChangeMessageVisibility: twelve hours in all since the receive.
    """
    arguments = call.arguments
    groups = refusing.groups_of(queue, [arguments.ReceiptHandle])
    if not queue.is_open and refusing.refused(queue, call, "ChangeMessageVisibility", groups):
        return
    error = _change(queue, arguments.ReceiptHandle, arguments.VisibilityTimeout)
    if error is not None:
        refusing.reject(queue, call, "ChangeMessageVisibility", error)
        return
    queue.bill.charge("ChangeMessageVisibility")
    if queue.polls and queue.visible.ready:
        receiving.serve(queue)
    call.reply(None)


def change_message_visibility_batch(queue: "QueueNode", call: Call) -> None:
    """Hide up to ten messages for longer, or give them back, each by itself."""

    def each(given: Sequence[Any]) -> list[ServiceError | None]:
        if call.link is not None:
            return [_change(queue, one, call.arguments.VisibilityTimeout) for one in given]
        return [_change(queue, one.ReceiptHandle, one.VisibilityTimeout) for one in call.arguments.Entries]

    batches.of_handles(queue, call, "ChangeMessageVisibilityBatch", each)


def _change(queue: "QueueNode", given: Any, seconds: int) -> ServiceError | None:
    """Change one message's visibility; what is wrong with that, if something is."""
    handle = given if given.__class__ is tuple else receipts.found(queue, given)
    if handle is None:
        return requests.invalid_handle(given)
    entry, now = queue.entries.get(handle[0]), queue.kernel.now
    if not 0 <= seconds <= LONGEST_VISIBILITY:
        return requests.visibility_problem(seconds)
    if entry is None or entry.receives != handle[1]:
        return requests.not_available(receipts.shown(handle))
    if entry.state != IN_FLIGHT:
        return requests.NOT_IN_FLIGHT
    if now + seconds * SECOND > entry.since + LONGEST_VISIBILITY * SECOND:
        return requests.beyond_total(seconds)
    queue.in_flight.cancel(entry.deadline)
    if seconds:
        entry.deadline = queue.in_flight.set(now + seconds * SECOND, entry)
        queue.record("extended", entry.message.id, entry.deadline[0])
    else:
        entry.state = VISIBLE
        queue.visible.add(entry, IN_FLIGHT)
        queue.record("released", entry.message.id, entry.earlier + entry.receives)
    return None


def comes_back(queue: "QueueNode", entry: Entry) -> None:
    """The visibility timeout passed."""
    reason = f"VisibilityTimeout of {words(entry.deadline[0] - entry.since)} passed without a delete"
    entry.state = VISIBLE
    queue.visible.add(entry, IN_FLIGHT)
    queue.record("redelivered", entry.message.id, reason, entry.earlier + entry.receives)
    if queue.fifo:
        ordering.tell_blocked(queue, entry)
    if queue.polls:
        receiving.serve(queue)


def delay_anew(queue: "QueueNode") -> None:
    """A FIFO queue has a new delay, which holds for the messages that are still delayed, too.

    Source: SQS Developer Guide, "Amazon SQS delay queues" (for FIFO queues the setting is retroactive).
    """
    now = queue.kernel.now
    for entry in [one for one in queue.entries.values() if one.state == DELAYED and not one.receives]:
        queue.delays.cancel(entry.deadline)
        entry.deadline = queue.delays.set(max(entry.sent + queue.delay, now), entry)
        queue.record("extended", entry.message.id, entry.deadline[0])


def delay_is_over(queue: "QueueNode", entry: Entry) -> None:
    """A delayed message can be received."""
    entry.state = VISIBLE
    queue.visible.add(entry, DELAYED)
    queue.record("visible", entry.message.id)
    if queue.polls:
        receiving.serve(queue)
