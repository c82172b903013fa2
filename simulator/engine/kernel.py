"""The future event list: what happens next, in virtual time.

Event scheduling in its plainest form (Law, "Simulation Modeling and Analysis", ch. 1): a binary heap of timers,
ordered by time and, at equal times, by the order in which they were set. An action is a bound method with plain
arguments, never a generator or a lambda, so that a kernel can be pickled at any instant and goes on identically.
"""

import sys
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any

from simulator.engine.clock import Micros

# A timer is the heap's own entry, [time, sequence, action, arguments]: a list, so that cancelling is one assignment.
Timer = list[Any]

_TIDY_FROM = 1024


class Kernel:
    """Virtual time and the timers that are pending.

    A timer that has just fired stays at the top of the heap while its action runs (`_spent`): an action mostly sets
    another timer, and putting that in its place costs one pass through the heap instead of two.
    """

    __slots__ = ("_cancelled", "_pending", "_sequence", "_spent", "now")

    def __init__(self) -> None:
        self.now: Micros = 0
        self._pending: list[Timer] = []
        self._sequence = 0
        self._cancelled = 0
        self._spent = False

    def after(self, delay: Micros, action: Callable[..., None], *arguments: Any) -> Timer:
        """Call `action(*arguments)` when `delay` (>= 0) has passed, after everything already set for that time."""
        self._sequence = sequence = self._sequence + 1
        timer = [self.now + delay, sequence, action, arguments]
        if self._spent:
            self._spent = False
            heapreplace(self._pending, timer)
        else:
            heappush(self._pending, timer)
        return timer

    def cancel(self, timer: Timer) -> None:
        """Take a timer back; one that has fired or was cancelled before is left alone."""
        if timer[2] is not None:
            timer[2] = timer[3] = None
            self._cancelled += 1
            if self._cancelled > _TIDY_FROM and 2 * self._cancelled > len(self._pending):
                self._tidy()

    def run(self, until: Micros, limit: int = sys.maxsize) -> int:
        """Perform what is due up to and including `until`, at most `limit` actions; return how many.

        Time ends at `until` when everything due is done, else at the last action performed.
        """
        pending = self._pending
        done = 0
        while pending:
            timer = pending[0]
            time, _, action, arguments = timer
            if time > until:
                break
            if done >= limit:
                return done
            if action is None:
                heappop(pending)
                self._cancelled -= 1
                continue
            self.now = time
            timer[2] = None
            done += 1
            self._spent = True
            try:
                action(*arguments)
            finally:
                if self._spent:
                    self._spent = False
                    heappop(pending)
        if until > self.now:
            self.now = until
        return done

    def peek(self) -> Micros | None:
        """The time of the next action, or None when nothing is pending."""
        pending = self._pending
        while pending and pending[0][2] is None:
            heappop(pending)
            if self._spent:
                self._spent = False
            else:
                self._cancelled -= 1
        return pending[0][0] if pending else None

    @property
    def count(self) -> int:
        """How many timers will fire."""
        return len(self._pending) - self._cancelled - self._spent

    def pending(self) -> Iterator[Timer]:
        """Every timer that will fire, in no particular order."""
        return (timer for timer in self._pending if timer[2] is not None)

    def _tidy(self) -> None:
        """Forget cancelled timers, in place: `run` holds the list."""
        self._pending[:] = [timer for timer in self._pending if timer[2] is not None]
        heapify(self._pending)
        self._cancelled = 0
        self._spent = False
