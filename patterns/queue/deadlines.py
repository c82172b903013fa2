"""Deadlines of one sort in a queue: what is due when, with a single timer of the run for all of them.

A queue at full speed sets a visibility timeout for every message and takes nearly all of them back. Kept here, they
cost the run's own event list one timer instead of thousands; what was taken back is forgotten in passing, never
searched for.
"""

import heapq
from collections.abc import Callable
from typing import Any

from simulator.engine.clock import Micros
from simulator.engine.kernel import Kernel, Timer

# [when it is due, sequence, what it is about or None once taken back]: a list, so that taking back is one assignment.
Deadline = list[Any]

_TIDY_FROM = 64


class Deadlines:
    """Calls `ring(item)` for each item when it is due, in order of time and, at equal times, of setting."""

    __slots__ = ("_armed_for", "_heap", "_kernel", "_ring", "_ringing", "_sequence", "_timer", "_void")

    def __init__(self, kernel: Kernel, ring: Callable[[Any], None]) -> None:
        self._kernel = kernel
        self._ring = ring
        self._heap: list[Deadline] = []
        self._sequence = 0
        self._void = 0
        self._timer: Timer | None = None
        self._armed_for: Micros = 0
        self._ringing = False

    def __len__(self) -> int:
        """How many deadlines are still to come."""
        return len(self._heap) - self._void

    def set(self, due: Micros, item: Any) -> Deadline:
        """Ring for `item` at `due`, now or later."""
        self._sequence = sequence = self._sequence + 1
        deadline = [due, sequence, item]
        heapq.heappush(self._heap, deadline)
        if self._timer is None or due < self._armed_for:
            self._arm()
        return deadline

    def cancel(self, deadline: Deadline) -> None:
        """Take a deadline back that has not rung."""
        deadline[2] = None
        self._void = void = self._void + 1
        if void > _TIDY_FROM and 2 * void > len(self._heap):
            self._heap[:] = [one for one in self._heap if one[2] is not None]
            heapq.heapify(self._heap)
            self._void = 0

    def clear(self) -> None:
        """Take all of them back."""
        self._heap.clear()
        self._void = 0
        if self._timer is not None:
            self._kernel.cancel(self._timer)
            self._timer = None

    def first(self, count: int) -> list[Deadline]:
        """The `count` deadlines that come next, soonest first."""
        return smallest(self._heap, count, _is_set)

    def _arm(self) -> None:
        if self._ringing:
            return
        if self._timer is not None:
            self._kernel.cancel(self._timer)
        self._armed_for = due = self._heap[0][0]
        self._timer = self._kernel.after(due - self._kernel.now, self._due)

    def _due(self) -> None:
        heap, now = self._heap, self._kernel.now
        self._timer = None
        self._ringing = True
        while heap and (heap[0][2] is None or heap[0][0] <= now):
            deadline = heapq.heappop(heap)
            item = deadline[2]
            if item is None:
                self._void -= 1
            else:
                deadline[2] = None
                self._ring(item)
        self._ringing = False
        if heap:
            self._arm()


def smallest(heap: list[Any], count: int, wanted: Callable[[Any], bool]) -> list[Any]:
    """The `count` smallest entries of a binary heap that are `wanted`, in order, without touching the heap.

    Walks down from the top with a heap of candidates: the cost depends on `count` and on the unwanted ones on the
    way, not on the size of the heap. Source: Frederickson, "An optimal algorithm for selection in a min-heap" (1993),
    plain form.
    """
    found: list[Any] = []
    frontier = [(heap[0], 0)] if heap else []
    while frontier and len(found) < count:
        entry, place = heapq.heappop(frontier)
        if wanted(entry):
            found.append(entry)
        for child in (2 * place + 1, 2 * place + 2):
            if child < len(heap):
                heapq.heappush(frontier, (heap[child], child))
    return found


def _is_set(deadline: Deadline) -> bool:
    return deadline[2] is not None
