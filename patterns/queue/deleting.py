"""Deleting: a consumer says that it is done with a message, and the queue forgets it.

Source: SQS API Reference, DeleteMessage.
"""

from typing import TYPE_CHECKING

from patterns.queue import receipts, receiving, refusing, requests, retention
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def delete_message(queue: "QueueNode", call: Call) -> None:
    """Forget a message. With the handle of an earlier receive the call succeeds, and the message stays.

    Source: SQS API Reference, DeleteMessage: with an old handle "the message might not be deleted".
    """
    if not queue.is_open and refusing.refused(queue, call, "DeleteMessage"):
        return
    handle = call.arguments.ReceiptHandle
    if handle.__class__ is not tuple:
        handle = receipts.found(queue, handle)
        if handle is None:
            call.fail(requests.invalid_handle(call.arguments.ReceiptHandle))
            return
    number, attempt, message = handle
    entry = queue.entries.get(number)
    if entry is None:
        queue.record("delete_repeated", message)
    elif entry.receives != attempt:
        queue.record(
            "delete_missed",
            message,
            f"it has the receipt handle of attempt {attempt}, and attempt {entry.receives} has begun",
        )
    else:
        retention.remove(queue, entry)
        now = queue.kernel.now
        queue.trace.append((now, "deleted", queue.index, message, entry.earlier + attempt, now - entry.sent))
        if queue.polls and queue.visible.count:
            receiving.serve(queue)
    if call.then is not None or call.link is None:
        call.reply(None)
