"""The order of a fair queue: a tenant that takes too much of the consumers lets the others go first.

Tenants are the message groups of a standard queue; a message without a group is a tenant of its own, which is never
noisy. Quiet tenants go first, oldest message first; among noisy ones the one with the fewest messages in flight.
Nothing is dropped or slowed down: with no quiet message waiting, noisy ones flow as ever.
A tenant becomes noisy with more than 10 % of the messages in flight and at least 30 of its own there, or with more than
10 % of the consumers' time lately, and quiet again when nothing of it waits or it has sent nothing for five minutes.
Simplified, because the service does not say more: "lately" are the current and the previous ten seconds, a consumer's
time with a message is the time for which it is in flight, what a tenant took before it last had no message at all in
the queue is forgotten, and its share of time is looked at only while ten of its messages wait, a full batch.
Source: SQS Developer Guide, "How Amazon SQS fair queues work".
"""

import heapq
from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import Any

from patterns.queue.deadlines import smallest
from patterns.queue.groups import Row
from patterns.queue.stock import DELAYED, GONE, IN_FLIGHT, VISIBLE, Entry
from simulator.engine.clock import MINUTE, SECOND, Micros, words
from simulator.engine.kernel import Kernel

NOISY = 2
"""What can be said of a tenant, as a bit beside those of `groups`."""

FEWEST_IN_FLIGHT = 30
SHARE = 10  # one part in so many
SILENCE: Micros = 5 * MINUTE
SLOT: Micros = 10 * SECOND
FULL_BATCH = 10

_TIDY_FROM = 64


class Load:
    """How many messages are in flight, and how much of the consumers' time that took in this slot and the one before.

    Times are message-microseconds: two messages in flight for a second are two seconds.
    """

    __slots__ = ("before", "current", "flight", "since")

    def __init__(self, now: Micros) -> None:
        self.flight = 0
        self.since = now
        self.current = 0
        self.before = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Load, (self.since,), (self.flight, self.current, self.before)

    def __setstate__(self, state: tuple[int, int, int]) -> None:
        self.flight, self.current, self.before = state

    def change(self, now: Micros, by: int) -> None:
        """So many more are in flight from now on."""
        self.recent(now)
        self.flight += by

    def recent(self, now: Micros) -> int:
        """The time taken in the slot of `now` and in the one before."""
        start = now - now % SLOT
        if self.since < start:
            passed = self.current + self.flight * (self.since - self.since % SLOT + SLOT - self.since)
            self.before = passed if self.since >= start - SLOT else self.flight * SLOT
            self.current = 0
            self.since = start
        self.current += self.flight * (now - self.since)
        self.since = now
        return self.before + self.current


# (sent, number, entry), (sent, number, tenant) or (in flight, sent, number, tenant). One that left a place and returned
# can be there more than once.
Place = tuple[Any, ...]


class Heap:
    """The smallest place first; void ones are found out in passing, and let go of when they could be half."""

    __slots__ = ("_items", "_limit")

    def __init__(self, items: Iterable[Place] = ()) -> None:
        self._items = list(items)
        self._limit = max(_TIDY_FROM, 2 * len(self._items))

    def __reduce__(self) -> tuple[Any, ...]:
        return Heap, (self._tidied(),) if self._items else ()

    def push(self, item: Place) -> None:
        heapq.heappush(self._items, item)
        if len(self._items) > self._limit:
            self._items = self._tidied()
            self._limit = max(_TIDY_FROM, 2 * len(self._items))

    def top(self) -> Place | None:
        """The smallest."""
        items = self._items
        while items and not _is_there(items[0]):
            heapq.heappop(items)
        return items[0] if items else None

    def pop(self) -> Place:
        """Take what `top` has just shown."""
        return heapq.heappop(self._items)

    def first(self, count: int) -> list[Any]:
        """The `count` entries or tenants with the smallest places, in order."""
        many = count
        while True:
            found = dict.fromkeys(place[-1] for place in smallest(self._items, many, _is_there))
            if len(found) >= count or many >= len(self._items):
                return list(islice(found, count))
            many *= 2  # some are there more than once

    def _tidied(self) -> list[Place]:
        return list(dict.fromkeys(sorted(filter(_is_there, self._items))))


class Tenant:
    """One tenant: what it has waiting, how much of it is in flight, and at which place it is found, if any.

    `sent` is when it sent something last, `heard` when it will be looked at whether it still sends, or 0.
    """

    __slots__ = ("heard", "line", "load", "name", "noisy", "place", "sent", "waiting")

    def __init__(self, name: str, now: Micros) -> None:
        self.name = name
        self.line = Heap()
        self.load = Load(now)
        self.noisy = False
        self.place: Place | None = None
        self.sent = now
        self.heard: Micros = 0
        self.waiting = 0

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self.line, self.load, self.noisy, self.place, self.heard, self.waiting)
        return Tenant, (self.name, self.sent), state

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.line, self.load, self.noisy, self.place, self.heard, self.waiting = state

    def __lt__(self, other: "Tenant") -> bool:
        """Two at the same place are one tenant that left it and came back: any order will do."""
        return False

    def row(self) -> Row:
        """How it is shown."""
        return [self.name, self.waiting, self.load.flight, NOISY * self.noisy]


class ByTenant:
    """Entries in the order of a fair queue, `count` of them visible.

    Like `ByGroup` it hears of every change of an entry's state. Whenever a tenant becomes noisy or quiet, it calls
    `changed(tenant, noisy, reason)`. O(log n) for each message.
    A tenant is judged by the first receive at a later time than the one that took from it, because a receive may put
    back what it has taken. `_fresh` are those still to be judged.
    """

    __slots__ = (
        "_changed",
        "_fresh",
        "_kernel",
        "_latest",
        "_load",
        "_noisy",
        "_noisy_tenants",
        "_quiet",
        "_silence",
        "_tenants",
        "count",
    )

    def __init__(
        self, kernel: Kernel, changed: Callable[[str, bool, str], None], entries: Iterable[Entry] = ()
    ) -> None:
        """`entries` are those that were there before: a queue becomes fair with the first message that has a group."""
        self.count = 0
        self._kernel = kernel
        self._changed = changed
        self._tenants: dict[str, Tenant] = {}
        self._noisy_tenants: dict[str, Tenant] = {}
        self._quiet = Heap()
        self._noisy = Heap()
        self._silence: list[tuple[Micros, str, Tenant]] = []
        self._load = Load(kernel.now)
        self._fresh: dict[str, Tenant] = {}
        self._latest: Micros = kernel.now
        for entry in entries:
            if entry.state == VISIBLE:
                self.add(entry)
            elif entry.state == IN_FLIGHT:
                self._fly(self._tenant(entry), 1)

    @property
    def ready(self) -> int:
        """How many can be taken: all that are visible."""
        return self.count

    @property
    def groups_count(self) -> int:
        """How many tenants with a name have a message that waits or is in flight."""
        return len(self._tenants)

    def add(self, entry: Entry, was: int = GONE) -> None:
        """It is visible from now on. `was`: GONE for a new one, DELAYED, or IN_FLIGHT for one that was taken."""
        self.count += 1
        tenant = self._tenant(entry)
        if was == IN_FLIGHT:
            self._fly(tenant, -1)
        if tenant is None:
            self._quiet.push(_place_of(entry))
            return
        if was != IN_FLIGHT:
            tenant.sent = max(tenant.sent, entry.sent if was == DELAYED else self._kernel.now)
        tenant.waiting += 1
        tenant.line.push(_place_of(entry))
        self._settle(tenant)

    def hide(self, entry: Entry) -> None:
        """A delayed one is of no interest until it is visible: it holds up nobody."""

    def take(self, more: bool = False) -> Entry | None:
        """The next one, in flight from now on; the caller gives it that state. None: there is none.

        `more`, that the receive has one already, makes no difference here.
        """
        if self._latest < self._kernel.now:
            self._latest = self._kernel.now
            self._judge()
        if self._silence:
            self._hear()
        heap = self._quiet
        place = heap.top()
        if place is None:
            heap = self._noisy
            place = heap.top()
            if place is None:
                return None
        heap.pop()
        found = place[-1]
        if isinstance(found, Entry):
            self.count -= 1
            self._fly(None, 1)
            return found
        first = found.line.top()
        assert first is not None, "a tenant that can be found has a message waiting"
        found.line.pop()
        found.place = None
        self.count -= 1
        found.waiting -= 1
        self._fly(found, 1)
        self._fresh[found.name] = found
        self._settle(found)
        entry: Entry = first[-1]
        return entry

    def forget(self, entry: Entry, was: int) -> None:
        """It has left the queue, in which its state was `was`; its state is GONE by now."""
        if was == DELAYED:
            return
        tenant = self._tenant(entry)
        if was == IN_FLIGHT:
            self._fly(tenant, -1)
        else:
            self.count -= 1
            if tenant is not None:
                tenant.waiting -= 1
        if tenant is not None:
            self._settle(tenant)

    def first(self, count: int) -> list[Entry]:
        """The `count` that come next, if nothing changes in the meantime."""
        lines = [[one] if isinstance(one, Entry) else one.line.first(count) for one in self._quiet.first(count)]
        found = sorted(chain.from_iterable(lines), key=_place_of)[:count]
        if len(found) < count:
            found += self._first_noisy(count - len(found))
        return found

    def row(self, name: str) -> Row:
        """One tenant as it is shown; all zeros where it has nothing in the queue."""
        tenant = self._tenants.get(name)
        return [name, 0, 0, 0] if tenant is None else tenant.row()

    def groups(self, limit: int) -> list[Row]:
        """`limit` tenants as they are shown, by name: the noisy ones and then those that have been there longest."""
        noisy = list(islice(self._noisy_tenants.values(), limit))
        quiet = (tenant for tenant in self._tenants.values() if not tenant.noisy)
        return sorted(tenant.row() for tenant in [*noisy, *islice(quiet, limit - len(noisy))])

    def _tenant(self, entry: Entry) -> Tenant | None:
        """The tenant of a message, or None where it is one of its own."""
        name = entry.message.group
        if not name:
            return None
        tenant = self._tenants.get(name)
        if tenant is None:
            self._tenants[name] = tenant = Tenant(name, self._kernel.now)
        return tenant

    def _fly(self, tenant: Tenant | None, by: int) -> None:
        now = self._kernel.now
        self._load.change(now, by)
        if tenant is not None:
            tenant.load.change(now, by)

    def _judge(self) -> None:
        """Find out who is noisy, and who no longer is, of those from whom something was taken."""
        for tenant in self._fresh.values():
            if tenant.noisy and not tenant.waiting:
                self._calm(tenant, "nothing of it waits any more")
                continue
            reason = "" if tenant.noisy else self._too_much(tenant)
            if reason:
                tenant.noisy = True
                self._noisy_tenants[tenant.name] = tenant
                if not tenant.heard:
                    self._listen(tenant)
                self._changed(tenant.name, True, reason)
                self._settle(tenant)
        self._fresh.clear()

    def _too_much(self, tenant: Tenant) -> str:
        """Why a tenant with messages waiting is noisy, or "" where it is not."""
        flight, all_flight = tenant.load.flight, self._load.flight
        if not tenant.waiting:
            return ""
        if flight >= FEWEST_IN_FLIGHT and SHARE * flight > all_flight:
            return f"it has {flight:,} of the {all_flight:,} messages in flight"
        if tenant.waiting >= FULL_BATCH:
            now = self._kernel.now
            taken, total = tenant.load.recent(now), self._load.recent(now)
            if tenant.load.before and SHARE * taken > total:
                return f"it took {100 * taken // total} % of the consumers' time lately"
        return ""

    def _settle(self, tenant: Tenant) -> None:
        """Let receives find a tenant where it belongs now."""
        if not tenant.waiting:
            tenant.place = None
            if not tenant.load.flight:
                if tenant.noisy:
                    self._calm(tenant, "nothing of it waits any more")
                del self._tenants[tenant.name]
            elif tenant.noisy:
                self._fresh[tenant.name] = tenant
            return
        first = tenant.line.top()
        assert first is not None, "what waits is in the line"
        place = (tenant.load.flight, *first[:2]) if tenant.noisy else first[:2]
        if place != tenant.place:
            tenant.place = place
            (self._noisy if tenant.noisy else self._quiet).push((*place, tenant))

    def _listen(self, tenant: Tenant) -> None:
        tenant.heard = tenant.sent + SILENCE
        heapq.heappush(self._silence, (tenant.heard, tenant.name, tenant))

    def _hear(self) -> None:
        """Noisy tenants that have sent nothing for long are quiet."""
        silence, now = self._silence, self._kernel.now
        while silence and silence[0][0] <= now:
            tenant = heapq.heappop(silence)[2]
            tenant.heard = 0
            if tenant.noisy and tenant.sent + SILENCE <= now:
                self._calm(tenant, f"it has sent nothing for {words(SILENCE)}")
                self._settle(tenant)
            elif tenant.noisy:
                self._listen(tenant)

    def _calm(self, tenant: Tenant, reason: str) -> None:
        tenant.noisy = False
        del self._noisy_tenants[tenant.name]
        self._changed(tenant.name, False, reason)

    def _first_noisy(self, count: int) -> list[Entry]:
        """As receives would take them, each counting one more in flight for its tenant."""
        lines = [(tenant.load.flight, tenant.line.first(count)) for tenant in self._noisy.first(count)]
        following = [(flight, *_place_of(line[0])[:2], which, 0) for which, (flight, line) in enumerate(lines)]
        heapq.heapify(following)
        found: list[Entry] = []
        while following and len(found) < count:
            flight, _, _, which, place = heapq.heappop(following)
            line = lines[which][1]
            found.append(line[place])
            if place + 1 < len(line):
                heapq.heappush(following, (flight + 1, *_place_of(line[place + 1])[:2], which, place + 1))
        return found


def _place_of(entry: Entry) -> Place:
    return entry.sent, entry.number, entry


def _is_there(place: Place) -> bool:
    """Whether an entry still waits, or a tenant is still to be found, at a place."""
    one = place[-1]
    if isinstance(one, Entry):
        return one.state == VISIBLE
    there: bool = one.place == place[:-1]
    return there
