"""What a queue keeps of its messages, and in which order the visible ones are handed out.

`ByAge` is a standard queue's order: oldest first by when a message was sent, so that one that comes back goes ahead
of those sent after it. That of another sort of queue is another class that does what `Order` says.
"""

import heapq
from collections import deque
from itertools import islice
from typing import Any, Protocol

from patterns.queue.deadlines import Deadline, smallest
from simulator.engine.clock import Micros
from simulator.engine.message import DUPLICATE, POISON, RETRIED, Message

# The states of an entry. The order matters: `ByAge` holds all states up to one of them.
VISIBLE, IN_FLIGHT, DELAYED, GONE = 0, 1, 2, 3

_TIDY_FROM = 64


class Entry:
    """One copy of a message in a queue.

    `number` is the queue's own count, `sent` when it first came into a queue, `receives` how often this queue handed
    it out, `earlier` how often queues before this one did. In flight, `since` is when it was received, `holder` the
    index of the node that has it (-1: somebody by hand), and `deadline` when it comes back; delayed, `deadline` is
    when the delay ends. `first_received` is -1 until it has been received.
    """

    __slots__ = (
        "deadline",
        "earlier",
        "first_received",
        "flags",
        "holder",
        "message",
        "number",
        "receives",
        "sent",
        "since",
        "state",
    )

    def __init__(self, number: int, message: Message, flags: int, sent: Micros, earlier: int) -> None:
        self.number = number
        self.message = message
        self.flags = flags
        self.sent = sent
        self.earlier = earlier
        self.receives = 0
        self.state = VISIBLE
        self.first_received: Micros = -1
        self.since: Micros = 0
        self.holder = -1
        self.deadline: Deadline = NO_DEADLINE

    def __reduce__(self) -> tuple[Any, ...]:
        """In as little as will do: there may be a hundred thousand of them in a checkpoint, nearly all of them new."""
        if self.state == VISIBLE and not self.receives:
            return Entry, (self.number, self.message, self.flags, self.sent, self.earlier)
        state = (self.flags, self.receives, self.state, self.first_received, self.since, self.holder, self.deadline)
        return _blank, (), (self.number, self.message, self.sent, self.earlier, *state)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.number, self.message, self.sent, self.earlier, *rest = state
        self.flags, self.receives, self.state, self.first_received, self.since, self.holder, self.deadline = rest

    def __lt__(self, other: "Entry") -> bool:
        """Two with the same number are one copy that left and came back: the first is void, so any order will do."""
        return False

    def capsule(self, known: int) -> list[int]:
        """How it is drawn: id, look, flags, receives; retried once a receive was in vain. `known`: more flags."""
        receives = self.receives
        flags = self.flags & (DUPLICATE | POISON) | known
        if receives > (self.state == IN_FLIGHT):
            flags |= RETRIED
        return [self.message.id, self.message.look, flags, self.earlier + receives]


NO_DEADLINE: Deadline = [0, 0, None]


def _blank() -> Entry:
    return Entry.__new__(Entry)


class Order(Protocol):
    """The order in which a queue hands out what is visible.

    `count` entries are visible, and a receive finds something exactly if `ready` is not 0. An order is told of every
    entry, and of every change of its state, which has been made already; `was` is the state it had before.
    """

    count: int

    @property
    def ready(self) -> int: ...

    def add(self, entry: Entry, was: int = GONE) -> None:
        """It is visible from now on; `was` is GONE for a new one, IN_FLIGHT for one that was taken and is put back."""

    def hide(self, entry: Entry) -> None:
        """It is in the queue from now on, and delayed."""

    def take(self, more: bool = False) -> Entry | None:
        """The next one for a receive that has some already (`more`) or not; the caller gives it a new state."""

    def forget(self, entry: Entry, was: int) -> None:
        """It has left the queue."""

    def first(self, count: int) -> list[Entry]:
        """The `count` that would be taken first."""

    @property
    def groups_count(self) -> int:
        """How many groups or tenants have a message here."""

    def groups(self, limit: int) -> list[list[Any]]:
        """Up to `limit` groups as they are shown: name, waiting, in flight, state bits."""

    def row(self, name: str) -> list[Any]:
        """One group as it is shown."""


class ByAge:
    """Entries in the order in which they were sent, as long as their state is at most `last`.

    One that changes its state is found out in passing, not searched for. Nearly all are added in order, which costs
    nothing; the others (come back, delayed, moved from elsewhere) are kept in a heap beside.
    """

    __slots__ = ("_fresh", "_last", "_newest", "_older", "_void", "count")

    def __init__(self, last: int) -> None:
        self.count = 0
        self._last = last
        self._fresh: deque[Entry] = deque()
        self._older: list[tuple[Micros, int, Entry]] = []
        self._newest: Micros = 0
        self._void = 0

    @property
    def ready(self) -> int:
        return self.count

    def add(self, entry: Entry, was: int = GONE) -> None:
        """It belongs here from now on."""
        self.count += 1
        if was == GONE and entry.sent >= self._newest:
            self._newest = entry.sent
            self._fresh.append(entry)
        else:
            heapq.heappush(self._older, (entry.sent, entry.number, entry))

    @property
    def groups_count(self) -> int:
        return 0

    def groups(self, limit: int) -> list[list[Any]]:
        """There are none."""
        return []

    def row(self, name: str) -> list[Any]:
        """Nobody is told apart."""
        return [name, 0, 0, 0]

    def hide(self, entry: Entry) -> None:
        """What is delayed holds up nobody."""

    def take(self, more: bool = False) -> Entry:
        """The oldest. There must be one."""
        fresh, older, last = self._fresh, self._older, self._last
        while True:
            if older and (not fresh or older[0][:2] < (fresh[0].sent, fresh[0].number)):
                entry = heapq.heappop(older)[2]
            else:
                entry = fresh.popleft()
            if entry.state <= last:
                self.count -= 1
                return entry
            self._void -= 1

    def forget(self, entry: Entry, was: int) -> None:
        """It has left the queue, maybe from here."""
        if was > self._last:
            return
        self.count -= 1
        self._void = void = self._void + 1
        if void > _TIDY_FROM and void > self.count:
            last = self._last
            self._fresh = deque(one for one in self._fresh if one.state <= last)
            self._older = [one for one in self._older if one[2].state <= last]
            heapq.heapify(self._older)
            self._void = 0

    def first(self, count: int) -> list[Entry]:
        """The `count` oldest, in order."""
        self._trim()
        last = self._last
        fresh = list(islice((one for one in self._fresh if one.state <= last), count))
        if not self._older:
            return fresh
        older = smallest(self._older, count, self._is_here)
        both = heapq.merge(older, ((one.sent, one.number, one) for one in fresh))
        return [one[2] for one in islice(both, count)]

    def _trim(self) -> None:
        """Drop what is no longer here from the front, so that looking there again and again stays cheap."""
        fresh, older, last = self._fresh, self._older, self._last
        while fresh and fresh[0].state > last:
            fresh.popleft()
            self._void -= 1
        while older and older[0][2].state > last:
            heapq.heappop(older)
            self._void -= 1

    def _is_here(self, item: tuple[Micros, int, Entry]) -> bool:
        return item[2].state <= self._last
