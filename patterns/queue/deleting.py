"""Deleting: a consumer says that it is done with a message, and the queue forgets it.

Source: SQS API Reference, DeleteMessage.
"""

from typing import TYPE_CHECKING, Any

from patterns.queue import batches, copies, ordering, receipts, receiving, refusing, requests, retention
from patterns.queue.stock import IN_FLIGHT
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def delete_message(queue: "QueueNode", call: Call) -> None:
    """Forget a message. With the handle of an earlier receive the call succeeds, and the message stays.

    A FIFO queue refuses a handle whose visibility timeout has passed.
    Source: SQS API Reference, DeleteMessage: with an old handle "the message might not be deleted".
    """
    given = call.arguments.ReceiptHandle
    if not queue.is_open and refusing.refused(queue, call, "DeleteMessage", refusing.groups_of(queue, [given])):
        return
    error = _delete(queue, given)
    if error is not None:
        refusing.reject(queue, call, "DeleteMessage", error)
        return
    queue.bill.charge("DeleteMessage")
    if queue.polls and queue.visible.ready:
        receiving.serve(queue)
    if call.then is not None or call.link is None:
        call.reply(None)


def delete_message_batch(queue: "QueueNode", call: Call) -> None:
    """Forget up to ten messages, each by itself."""
    batches.of_handles(queue, call, "DeleteMessageBatch", lambda given: [_delete(queue, one) for one in given])


def _delete(queue: "QueueNode", given: Any) -> ServiceError | None:
    """Delete by a receipt handle; what is wrong with it, if something is."""
    handle = given if given.__class__ is tuple else receipts.found(queue, given)
    if handle is None:
        return requests.invalid_handle(given)
    number, attempt, message = handle
    entry = queue.entries.get(number)
    if entry is None:
        queue.record("delete_repeated", message)
    elif queue.fifo and (entry.receives != attempt or entry.state != IN_FLIGHT):
        return requests.handle_expired(receipts.shown(handle))
    elif entry.receives != attempt:
        reason = f"it has the receipt handle of attempt {attempt}, and attempt {entry.receives} has begun"
        queue.record("delete_missed", message, reason)
    else:
        retention.remove(queue, entry)
        now = queue.kernel.now
        queue.trace.append((now, "deleted", queue.index, message, entry.earlier + attempt, now - entry.sent))
        if queue.careless:
            copies.of_delete(queue, entry)
        if queue.passed_group is not None and queue.passed_group == entry.message.group:
            ordering.tell_released(queue)
    return None
