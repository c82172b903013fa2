"""The archive: the last executions that have ended, with their histories, for whoever wants to look at them.

There are at most so many, and their histories hold at most so many events together: the oldest go first. The service
keeps them for 90 days.
"""

from collections.abc import Iterator

from patterns.state_machine.books import Running
from patterns.state_machine.execution import Execution
from patterns.state_machine.folding import kept

MOST = 200
MOST_EVENTS = 100_000


class Archive:
    """The executions, in the order in which they have ended."""

    __slots__ = ("_events", "_kept")

    def __init__(self) -> None:
        self._kept: dict[Execution, Running] = {}
        self._events = 0

    def add(self, execution: Execution, one: Running) -> list[Execution]:
        """Keep one more; those that had to go for it."""
        self._kept[execution] = one
        self._events += kept(execution.events)
        gone = []
        while len(self._kept) > MOST or (self._events > MOST_EVENTS and len(self._kept) > 1):
            oldest = next(iter(self._kept))
            self.take(oldest)
            gone.append(oldest)
        return gone

    def take(self, execution: Execution) -> Running:
        """Take one out, because it goes on, or to forget it."""
        self._events -= kept(execution.events)
        return self._kept.pop(execution)

    def of(self, execution: Execution) -> Running | None:
        return self._kept.get(execution)

    def latest(self, most: int) -> list[tuple[Execution, Running]]:
        """The last ones, the latest first."""
        found = []
        for execution in reversed(self._kept):
            found.append((execution, self._kept[execution]))
            if len(found) == most:
                break
        return found

    def __iter__(self) -> Iterator[Execution]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)
