"""Visibility: when a message that is hidden, in flight or delayed, can be received again.

Source: SQS API Reference, ChangeMessageVisibility; SQS Developer Guide, "Amazon SQS visibility timeout".
"""

from typing import TYPE_CHECKING

from patterns.queue import receipts, receiving, refusing, requests
from patterns.queue.config import LONGEST_VISIBILITY
from patterns.queue.stock import IN_FLIGHT, VISIBLE, Entry
from simulator.engine.clock import SECOND, words
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def change_message_visibility(queue: "QueueNode", call: Call) -> None:
    """Hide a message in flight for VisibilityTimeout seconds from now on; 0 gives it back at once.

    Source: SQS API Reference, ChangeMessageVisibility: twelve hours in all since the receive.
    """
    if not queue.is_open and refusing.refused(queue, call, "ChangeMessageVisibility"):
        return
    seconds, given = call.arguments.VisibilityTimeout, call.arguments.ReceiptHandle
    handle = given if given.__class__ is tuple else receipts.found(queue, given)
    if handle is None:
        call.fail(requests.invalid_handle(given))
        return
    entry, now = queue.entries.get(handle[0]), queue.kernel.now
    if not 0 <= seconds <= LONGEST_VISIBILITY:
        call.fail(requests.visibility_problem(seconds))
    elif entry is None or entry.receives != handle[1]:
        call.fail(requests.not_available(receipts.shown(handle)))
    elif entry.state != IN_FLIGHT:
        call.fail(requests.NOT_IN_FLIGHT)
    elif now + seconds * SECOND > entry.since + LONGEST_VISIBILITY * SECOND:
        call.fail(requests.beyond_total(seconds))
    else:
        queue.in_flight.cancel(entry.deadline)
        if seconds:
            entry.deadline = queue.in_flight.set(now + seconds * SECOND, entry)
            queue.record("extended", entry.message.id, entry.deadline[0])
        else:
            entry.state = VISIBLE
            queue.visible.add(entry)
            queue.record("released", entry.message.id, entry.earlier + entry.receives)
            receiving.serve(queue)
        call.reply(None)


def comes_back(queue: "QueueNode", entry: Entry) -> None:
    """The visibility timeout passed."""
    reason = f"VisibilityTimeout of {words(entry.deadline[0] - entry.since)} passed without a delete"
    entry.state = VISIBLE
    queue.visible.add(entry)
    queue.record("redelivered", entry.message.id, reason, entry.earlier + entry.receives)
    if queue.polls:
        receiving.serve(queue)


def delay_is_over(queue: "QueueNode", entry: Entry) -> None:
    """A delayed message can be received."""
    entry.state = VISIBLE
    queue.visible.add(entry)
    queue.record("visible", entry.message.id)
    if queue.polls:
        receiving.serve(queue)
