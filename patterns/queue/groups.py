"""The order of a FIFO queue: strict within a message group, and a group with a message in flight is passed over.

A group is a line of its own. Only its front decides whether a receive may take from it: in flight, it holds the group;
hidden by a delay, it holds up those behind it. The groups that can be taken from stand in a heap by the number of their
front, so that a receive finds the oldest at once, however many groups are held.
Source: SQS Developer Guide, "FIFO queue delivery logic" and "Using the Amazon SQS message group ID".
"""

import heapq
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from patterns.queue.deadlines import smallest
from patterns.queue.stock import DELAYED, GONE, IN_FLIGHT, VISIBLE, Entry

HELD, BLOCKED = 1, 4
"""What can be said of a group, as bits: one of its messages is in flight; its first one has come back before."""

Row = list[Any]
"""A group as it is shown: name, messages waiting, messages in flight, state bits."""

_TIDY_FROM = 64

# Of so many groups at a time that can't be taken from, messages are shown by age.
_SIDE_BY_SIDE = 16


class Group:
    """One message group: those not in flight in their order, and those in flight.

    What is taken comes from the front, so what comes back goes before all of `line`: it is kept in the heap `back`.
    `ready` is the number under which a receive finds the group, or 0 while it can't take from it; `void` counts
    those in `line` and `back` that have left the queue.
    """

    __slots__ = ("back", "flight", "hidden", "line", "name", "ready", "start", "void", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.line: list[Entry] = []
        self.start = 0
        self.back: list[tuple[int, Entry]] = []
        self.flight: list[Entry] = []
        self.waiting = 0
        self.hidden = 0
        self.ready = 0
        self.void = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """In as little as will do: there may be fifty thousand of them in a checkpoint."""
        line = self.line[self.start :] if self.start else self.line
        state = (line, self.back, self.flight, self.waiting, self.hidden, self.ready, self.void)
        return Group, (self.name,), state

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.line, self.back, self.flight, self.waiting, self.hidden, self.ready, self.void = state

    def front(self) -> Entry | None:
        """The first that is still in the queue and not in flight."""
        back, line = self.back, self.line
        while back:
            if back[0][1].state != GONE:
                return back[0][1]
            heapq.heappop(back)
            self.void -= 1
        start, end = self.start, len(line)
        if start == end:
            return None
        if line[start].state != GONE:
            return line[start]
        while start < end and line[start].state == GONE:
            start += 1
            self.void -= 1
        self.start = start
        self._tidy()
        return self.line[self.start] if start < end else None

    def step(self) -> None:
        """The front leaves."""
        if self.back:
            heapq.heappop(self.back)
        else:
            self.start += 1
            self._tidy()

    def forget(self) -> None:
        """One in `line` or `back` is gone."""
        self.void += 1
        if self.void > _TIDY_FROM and self.void > self.waiting + self.hidden:
            self.line = [entry for entry in islice(self.line, self.start, None) if entry.state != GONE]
            self.back = sorted(one for one in self.back if one[1].state != GONE)
            self.start = self.void = 0

    def first(self, count: int) -> list[Entry]:
        """The `count` first that are visible, in order."""
        returned = (entry for _, entry in sorted(self.back))
        entries: Iterator[Entry] = chain(returned, islice(self.line, self.start, None))
        return list(islice((entry for entry in entries if entry.state == VISIBLE), count))

    def row(self) -> Row:
        """How it is shown."""
        front = self.front() if not self.flight else None
        tried = any(entry.receives > 1 for entry in self.flight) or (front is not None and front.receives > 0)
        return [self.name, self.waiting, len(self.flight), HELD * bool(self.flight) | BLOCKED * tried]

    def _tidy(self) -> None:
        """Let go of what has left the front of the line, now and then."""
        if self.start == len(self.line) or (self.start > _TIDY_FROM and 2 * self.start > len(self.line)):
            del self.line[: self.start]
            self.start = 0


class ByGroup:
    """Entries in the order of a FIFO queue; `count` of them are visible, and `ready` groups can be taken from.

    Unlike `ByAge` it hears of every entry of the queue and of every change of its state, because one that is hidden or
    in flight holds up others. All numbers of entries are from 1 and grow.
    """

    __slots__ = ("_at", "_groups", "_heap", "_newest", "_open", "_passed", "count", "ready")

    def __init__(self) -> None:
        self.count = 0
        self.ready = 0
        self._groups: dict[str, Group] = {}
        self._heap: list[int] = []
        # The group whose front has this number, or None where that is so no longer: one key for each in the heap.
        self._at: dict[int, Group | None] = {}
        # Groups with messages that nobody can take for now, the longest so first.
        self._passed: dict[str, Group] = {}
        self._open: Group | None = None
        self._newest = 0

    @property
    def groups_count(self) -> int:
        """How many groups have a message in the queue, in whatever state."""
        return len(self._groups)

    def add(self, entry: Entry, was: int = GONE) -> None:
        """It is visible from now on. `was`: GONE for a new one, IN_FLIGHT or DELAYED for one that had this state."""
        group = self._group(entry)
        self.count += 1
        group.waiting += 1
        if was == DELAYED:
            group.hidden -= 1
        else:
            if was == IN_FLIGHT:
                group.flight.remove(entry)
            self._line_up(group, entry)
            if group.ready and entry.number > group.ready:
                return
        self._place(group)

    def hide(self, entry: Entry) -> None:
        """It is in the queue from now on, hidden by a delay, and holds up those behind it."""
        group = self._group(entry)
        group.hidden += 1
        self._line_up(group, entry)
        self._place(group)

    def take(self, more: bool = False) -> Entry | None:
        """The next one for a receive, in flight from now on; the caller gives it that state. None: there is none.

        `more` says that the receive has one already: then it goes on in the group it took the last one from, as long
        as that has any. Source: SQS Developer Guide, "FIFO queue delivery logic" (as many as possible of one group).
        """
        group = self._open if more else None
        entry = group.front() if group is not None else None
        if group is None or entry is None or entry.state != VISIBLE:
            self._open = group = self._next()
            if group is None:
                return None
            entry = group.front()
            assert entry is not None, "a group that can be taken from has a front"
        group.step()
        group.flight.append(entry)
        group.waiting -= 1
        self.count -= 1
        self._place(group)
        return entry

    def forget(self, entry: Entry, was: int) -> None:
        """It has left the queue, in which its state was `was`; its state is GONE by now."""
        group = self._groups[_name(entry)]
        if was == IN_FLIGHT:
            group.flight.remove(entry)
        elif was == DELAYED:
            group.hidden -= 1
            group.forget()
        else:
            group.waiting -= 1
            self.count -= 1
            group.forget()
        self._place(group)

    def first(self, count: int) -> list[Entry]:
        """The `count` visible ones that come next, if each is received alone and deleted at once.

        Those of groups that nobody can take from for now come last, of the groups that have been so longest.
        """
        ready = [self._at[number] for number in smallest(self._heap, count, self._is_ready)]
        found = [entry for group in ready if group is not None for entry in group.first(count)]
        found = sorted(found, key=_number)[:count]
        left = count - len(found)
        if not left:
            return found
        held = enumerate(islice(self._passed.values(), max(left, _SIDE_BY_SIDE)))
        places = [(place // _SIDE_BY_SIDE, one.number, one) for place, group in held for one in group.first(left)]
        return found + [one for _, _, one in sorted(places)[:left]]

    def passed_over(self, before: int) -> str | None:
        """A group with messages that wait, and its front older than the entry with this number, or None.

        Looks at those that have waited longest only: it is asked at every receive.
        """
        for group in islice(self._passed.values(), 8):
            front = group.front()
            if front is not None and front.number < before:
                return group.name
        return None

    def row(self, name: str) -> Row:
        """One group as it is shown; all zeros where it has nothing in the queue."""
        group = self._groups.get(name)
        return [name, 0, 0, 0] if group is None else group.row()

    def groups(self, limit: int) -> list[Row]:
        """The `limit` groups that have been there longest as they are shown, by name."""
        return sorted(group.row() for group in islice(self._groups.values(), limit))

    def _group(self, entry: Entry) -> Group:
        name = _name(entry)
        group = self._groups.get(name)
        if group is None:
            self._groups[name] = group = Group(name)
        return group

    def _line_up(self, group: Group, entry: Entry) -> None:
        if entry.number > self._newest:
            self._newest = entry.number
            group.line.append(entry)
        else:
            heapq.heappush(group.back, (entry.number, entry))

    def _next(self) -> Group | None:
        """The group whose front is the oldest, among those that can be taken from."""
        heap, at = self._heap, self._at
        while heap:
            group = at.pop(heapq.heappop(heap))
            if group is not None:
                group.ready = 0
                self.ready -= 1
                return group
        return None

    def _place(self, group: Group) -> None:
        """Let receives find a group where they can take from it, and nowhere else."""
        ready = 0
        if group.waiting and not group.flight:
            front = group.front()
            if front is not None and front.state == VISIBLE:
                ready = front.number
        if ready != group.ready:
            if group.ready:
                self._at[group.ready] = None
                self.ready -= 1
            group.ready = ready
            if ready:
                self.ready += 1
                if ready not in self._at:
                    heapq.heappush(self._heap, ready)
                self._at[ready] = group
            self._tidy()
        if group.waiting and not ready:
            self._passed.setdefault(group.name, group)
        else:
            self._passed.pop(group.name, None)
            if not (group.waiting or group.hidden or group.flight):
                del self._groups[group.name]
                if self._open is group:
                    self._open = None

    def _is_ready(self, number: int) -> bool:
        return self._at[number] is not None

    def _tidy(self) -> None:
        void = len(self._heap) - self.ready
        if void > _TIDY_FROM and void > self.ready:
            self._at = {number: group for number, group in self._at.items() if group is not None}
            self._heap = sorted(self._at)


def _name(entry: Entry) -> str:
    return entry.message.group or ""


def _number(entry: Entry) -> int:
    return entry.number
