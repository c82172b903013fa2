"""Folding: of the histories of very many executions that run, only the ends are kept.

A history that is folded counts all its events and gives those that are left; what it is asked for and has no more, it
answers with the oldest it has. The service keeps every event of every execution.
"""

from typing import Any, SupportsIndex

from patterns.state_machine.history import HistoryEvent

MOST = 500_000
"""Events of all running executions of a machine together, from which on long histories are folded."""

LONG, KEPT = 60, 30
"""How long a history is that can be folded, and what is left of it."""


class Folded(list[HistoryEvent]):
    """The last events of a history, `left_out` older ones having been folded away."""

    left_out = 0

    def __len__(self) -> int:
        return self.left_out + super().__len__()

    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        if isinstance(place, slice):
            return list(self)[place]
        index = place.__index__()
        return super().__getitem__(index if index < 0 else max(0, index - self.left_out))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (list(self), self.left_out)


def kept(events: list[HistoryEvent]) -> int:
    """How many events a history really holds."""
    return len(events) - events.left_out if isinstance(events, Folded) else len(events)


def folded(events: list[HistoryEvent]) -> Folded:
    """The end of a history."""
    short = Folded(list(events)[-KEPT:])
    short.left_out = len(events) - KEPT
    return short


def _restored(events: list[HistoryEvent], left_out: int) -> Folded:
    short = Folded(events)
    short.left_out = left_out
    return short
