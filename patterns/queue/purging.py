"""Purging: everything goes. Source: SQS API Reference, PurgeQueue."""

from typing import TYPE_CHECKING

from patterns.queue import refusing, requests
from patterns.queue.stock import DELAYED, GONE, ByAge
from simulator.engine.clock import MINUTE, Micros
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

PAUSE: Micros = MINUTE


def purge_queue(queue: "QueueNode", call: Call) -> None:
    """Discard everything, also what is in flight; at most once in 60 s."""
    if not queue.is_open and refusing.refused(queue, call, "PurgeQueue"):
        return
    now = queue.kernel.now
    if queue.purged is not None and now - queue.purged < PAUSE:
        refusing.reject(queue, call, "PurgeQueue", requests.purge_in_progress(queue.id))
        return
    queue.purged = now
    queue.bill.charge("PurgeQueue")
    for entry in queue.entries.values():
        entry.state = GONE
        queue.record("purged", entry.message.id)
    queue.entries.clear()
    queue.visible, queue.ages = queue.new_order(), ByAge(DELAYED)
    queue.in_flight.clear()
    queue.delays.clear()
    call.reply(None)
