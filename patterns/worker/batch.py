"""A batch: messages that were received together and are deleted together, when the work on all of them is over.

Of a function that fails on one message everything comes back, also what it had done before, unless it reports which
ones failed. From an ordered channel it then stops at the first failure and returns all that follow as well, or they
would overtake it. A consumer that polls by itself deletes in one request what it has done, and leaves the rest.
Source: AWS Lambda Developer Guide, "Handling errors for an SQS event source in Lambda".
"""

from collections import deque
from typing import TYPE_CHECKING

from patterns.worker.work import Source, Work
from simulator.engine.clock import Micros
from simulator.engine.polling import Delivery

if TYPE_CHECKING:
    from patterns.worker.seat import Seat
    from simulator.engine.poller import Poller

# Making a named tuple by name costs a call of Python more.
_new = tuple.__new__


class Batch:
    """One batch, of which `left` messages are not finished. `done` will be deleted.

    `poller` waits for the outcome; None where the seat received the batch itself. `piecewise` says that a failure
    concerns one message and not all. `failed` of them have, for the `reason` of the last; `whole` says that all have
    failed, whatever was done. `over` is when the time for it is up, 0 before it begins.
    """

    __slots__ = ("count", "done", "failed", "left", "over", "piecewise", "poller", "reason", "source", "whole")

    def __init__(self, source: Source, count: int, piecewise: bool, poller: "Poller | None" = None) -> None:
        self.source = source
        self.count = count
        self.left = count
        self.piecewise = piecewise
        self.poller = poller
        self.done: list[Delivery] = []
        self.failed = 0
        self.reason = ""
        self.whole = False
        self.over: Micros = 0

    def works(self, deliveries: list[Delivery]) -> list[Work]:
        """What is to be worked on."""
        source = self.source
        return [
            _new(Work, (message, attempt, source, handle, None, 0, self, None))
            for message, handle, attempt in deliveries
        ]

    def succeed(self, work: Work) -> None:
        """One is done."""
        self.done.append(_new(Delivery, (work.message, work.handle, work.attempt)))
        self.left -= 1
        if not self.left:
            self._end()

    def fail(self, seat: "Seat", reason: str, late: bool) -> None:
        """The one that the seat was at has failed, or (`late`) the time for all of them is over."""
        self.failed += 1
        self.left -= 1
        self.reason = reason
        if late or not self.piecewise:
            self._leave(seat, f"the batch it came in has failed ({reason})")
            self._fail_whole(seat)
        elif self.poller is not None and self.source.ordered:
            self.failed += self._leave(seat, "one before it has failed, and what follows keeps its place behind it")
            self._end()
        elif not self.left:
            self._end()

    def crash(self, seat: "Seat", reason: str) -> None:
        """The seat that had it is no longer at work; what it has done is not deleted."""
        self.left, self.reason = 0, reason
        self._fail_whole(seat)

    def _fail_whole(self, seat: "Seat") -> None:
        self.whole = True
        for message, _, _ in self.done:
            seat.worker.record("not_deleted", message.id, self.reason)
        self.done.clear()
        self._end()

    def _leave(self, seat: "Seat", reason: str) -> int:
        """Leave undone what has not begun; how many."""
        left = [work for work in seat.rest if work.batch is self]
        seat.rest = deque(work for work in seat.rest if work.batch is not self)
        for work in left:
            seat.worker.record("abandoned", work.message.id, reason)
        self.left = 0
        return len(left)

    def _end(self) -> None:
        if self.done:
            self.source.delete_all(self.done)
        if self.poller is not None:
            self.poller.ended(self)
