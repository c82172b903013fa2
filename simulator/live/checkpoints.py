"""Checkpoints of a run: states from which any moment is reached by computing only a little.

They are pure cache: where they lie never changes what a run does. There are at most so many, and so many bytes; when
there are too many, the one goes whose absence leaves the smallest gap, so that a run of any length keeps an even net
over itself.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from simulator.engine.clock import Micros

MOST = 240
MOST_BYTES = 96_000_000

# So many are stored, beside the latest, and so many bytes of them: enough to go back without starting from the
# beginning.
MOST_STORED = 8
MOST_STORED_BYTES = 16_000_000


@dataclass(frozen=True)
class Checkpoint:
    """The state at `time`, when `count` records had been written and `applied` journal lines had happened.

    `state` is `Run.checkpoint()`, `folds` the pickled folds that belong to the same moment, `memory` what the session
    wants back with it, pickled by itself: going back needs no folds.
    """

    time: Micros
    count: int
    applied: int
    state: bytes
    folds: bytes
    memory: bytes = b""

    @property
    def size(self) -> int:
        return len(self.state) + len(self.folds) + len(self.memory)


class Checkpoints:
    """The checkpoints of one run, ordered by record count; the first, at the beginning, is never given up."""

    def __init__(self, kept: list[Checkpoint] | None = None) -> None:
        self.kept: list[Checkpoint] = kept or []
        self._bytes = sum(one.size for one in self.kept)

    @property
    def latest(self) -> Checkpoint | None:
        return self.kept[-1] if self.kept else None

    def add(self, checkpoint: Checkpoint) -> None:
        """Keep one more; a checkpoint of a moment that is covered already is ignored."""
        if self.kept and checkpoint.count <= self.kept[-1].count and checkpoint.time <= self.kept[-1].time:
            return
        self.kept.append(checkpoint)
        self._bytes += checkpoint.size
        while len(self.kept) > 3 and (len(self.kept) > MOST or self._bytes > MOST_BYTES):
            self._bytes -= self.kept.pop(self._dispensable()).size

    def before(self, time: Micros) -> Checkpoint:
        """The last one from which `time` can be reached by going forward."""
        place = bisect_right(self.kept, time, key=lambda one: one.time)
        return self.kept[max(place - 1, 0)]

    def until(self, time: Micros) -> "Checkpoints":
        """Those up to `time`, for a run that shares this past."""
        return Checkpoints([one for one in self.kept if one.time <= time])

    def thinned(self) -> list[Checkpoint]:
        """The latest, and a few of those before it, evenly: what is worth storing."""
        *earlier, latest = self.kept
        step = -(-len(earlier) // MOST_STORED) or 1
        chosen, room = [latest], MOST_STORED_BYTES
        for one in earlier[::step]:
            room -= one.size
            if room >= 0:
                chosen.append(one)
        return sorted(chosen, key=lambda one: one.count)

    @property
    def bytes(self) -> int:
        return self._bytes

    def sizes(self) -> dict[str, Any]:
        return {"checkpoints": len(self.kept), "bytes": self._bytes}

    def _dispensable(self) -> int:
        """The inner checkpoint whose neighbours are closest together, in records and time."""
        inner = range(1, len(self.kept) - 1)
        return min(inner, key=lambda place: self._gap(place))

    def _gap(self, place: int) -> tuple[int, int]:
        before, after = self.kept[place - 1], self.kept[place + 1]
        return after.count - before.count, after.time - before.time
