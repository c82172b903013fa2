"""Receive-request attempts: a receive from a FIFO queue whose answer was lost is repeated, and gets the same again.

For five minutes the queue knows which messages it gave to an attempt. As long as none of them was deleted, came back or
had its visibility changed, a receive with the same id that asks for as many or more gets them once more, with the same
handles, and their visibility timeout begins anew; else it is a receive like any other.
Source: SQS API Reference, ReceiveMessage (ReceiveRequestAttemptId).
"""

from typing import TYPE_CHECKING, NamedTuple

from patterns.queue import receiving
from patterns.queue.pending import Poll
from patterns.queue.stock import IN_FLIGHT, Entry
from simulator.engine.clock import MINUTE, Micros

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

WINDOW: Micros = 5 * MINUTE
MOST_REMEMBERED = 10_000


class Attempt(NamedTuple):
    """What was given at a time: each entry, and which receive of it that was and until when it was hidden."""

    time: Micros
    entries: tuple[tuple[Entry, int, Micros], ...]


def remember(queue: "QueueNode", poll: Poll, entries: list[Entry]) -> None:
    """These were handed out for an attempt."""
    known, now = queue.attempts, queue.kernel.now
    assert poll.attempt is not None, "only a receive that names its attempt is remembered"
    known.pop(poll.attempt, None)
    known[poll.attempt] = Attempt(now, tuple((entry, entry.receives, entry.deadline[0]) for entry in entries))
    while known:
        oldest = next(iter(known))
        if known[oldest].time + WINDOW >= now and len(known) <= MOST_REMEMBERED:
            break
        del known[oldest]


def repeat(queue: "QueueNode", poll: Poll) -> bool:
    """Answer a receive that was made before as it was answered then; False where it is new, or too late."""
    now = queue.kernel.now
    before = queue.attempts.get(poll.attempt or "")
    if before is None or before.time + WINDOW < now or len(before.entries) > poll.most:
        return False
    if not all(
        entry.state == IN_FLIGHT and entry.receives == receives and entry.deadline[0] == until
        for entry, receives, until in before.entries
    ):
        return False
    entries = [entry for entry, _, _ in before.entries]
    for entry in entries:
        queue.in_flight.cancel(entry.deadline)
        entry.deadline = queue.in_flight.set(now + poll.timeout, entry)
        queue.record("received_again", entry.message.id, entry.deadline[0])
    remember(queue, poll, entries)
    receiving.answer(queue, poll.call, entries)
    return True
