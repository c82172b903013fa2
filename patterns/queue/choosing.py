"""Choosing: which of the visible messages a receive gets.

The order of the queue decides, but for three things: what was received too often is moved away instead, a short poll
misses what lies on servers it does not ask, and a standard queue may give one of the next few before the oldest.
Source: SQS Developer Guide, "Amazon SQS short and long polling" and "Amazon SQS standard queues".
"""

from typing import TYPE_CHECKING

from patterns.queue import dead_letters
from patterns.queue.config import IN_FLIGHT_QUOTA
from patterns.queue.pending import Poll
from patterns.queue.servers import ALL
from patterns.queue.stock import IN_FLIGHT, Entry

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

# How many of the oldest a receive in disorder overlooks, at most.
MOST_OVERLOOKED = 4

# A short poll that has looked at so many messages on other servers gives up.
MOST_MISSED = 64


def chosen(queue: "QueueNode", poll: Poll) -> list[Entry]:
    """Up to `poll.most` entries, taken out of the order of the queue; there is at least one ready."""
    visible, most, sample = queue.visible, poll.most, poll.sample
    limit = queue.limit if queue.dead_link is not None else 0
    if len(queue.entries) > IN_FLIGHT_QUOTA - most:
        most = min(most, room(queue))
        if most <= 0:
            return []
    passed: list[Entry] = _overlooked(queue) if queue.disorder else []
    overlooked = len(passed)
    given: list[Entry] = []
    while visible.count and len(given) < most:
        entry = visible.take(bool(given))
        if entry is None:
            break
        if sample != ALL and not queue.servers.finds(entry.number, sample):
            passed.append(entry)
            if len(passed) > MOST_MISSED:
                break
        elif limit and entry.receives >= limit:
            dead_letters.give_up(queue, entry)
        else:
            given.append(entry)
    for entry in passed:
        visible.add(entry, IN_FLIGHT)
    if overlooked and given:
        queue.record("out_of_order", given[0].message.id, overlooked)
        queue.latest_overtaking = [given[0].message.id, overlooked, queue.kernel.now]
    return given


def room(queue: "QueueNode") -> int:
    """How many more messages can be in flight."""
    return IN_FLIGHT_QUOTA - len(queue.in_flight)


def _overlooked(queue: "QueueNode") -> list[Entry]:
    """The oldest few, where chance wants that a receive takes one of those after them."""
    chance = queue.chance
    if chance.random() >= queue.disorder:
        return []
    count = min(1 + int(chance.random() * MOST_OVERLOOKED), queue.visible.ready - 1)
    taken = [queue.visible.take() for _ in range(count)]
    return [entry for entry in taken if entry is not None]
