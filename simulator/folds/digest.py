"""The digest of a trace: a few numbers by which a replay is known to be the same story, or from when on it is not.

Records are digested in blocks of BLOCK, so that it does not matter in which portions they come. Every so many blocks
a mark is kept: how many records there had been, when, and the checksum of all of them. There are at most MOST_MARKS:
beyond that every other one goes, so that a difference is still found, only less closely.
"""

from typing import Any
from zlib import crc32

import orjson

from simulator.engine.clock import Micros
from simulator.engine.trace import Record

BLOCK = 64
MOST_MARKS = 128

# How many records there had been, the time of the last of them, and the checksum of all.
Mark = tuple[int, Micros, int]


class Digest:
    """The checksum of the records so far. `expect` gives it the marks of an earlier playing to compare with.

    `differs_from` is None as long as nothing is known to differ; then the time of the last mark that agreed.
    """

    def __init__(self) -> None:
        self.differs_from: Micros | None = None
        self._closed = 0
        self._checksum = 0
        self._open: list[Record] = []
        self._stride = BLOCK
        self._marks: list[Mark] = []
        self._expected: list[Mark] = []
        self._agreed: Micros = 0

    @property
    def count(self) -> int:
        return self._closed + len(self._open)

    def add(self, records: list[Record], now: Micros) -> None:
        """Take in what was written after everything so far; `now` is where the run is: nothing earlier will come."""
        self._open += records
        while len(self._open) >= BLOCK:
            self._compare()
            self._close()
        self._compare()
        if self._expected and now > self._expected[0][1]:  # by then there had been more
            self._differ()

    def marks(self) -> list[Mark]:
        """The marks so far, the last of them at the last record."""
        if not self._open:
            return list(self._marks)
        return [*self._marks, (self.count, self._open[-1][0], _checksum(self._open, self._checksum))]

    def expect(self, marks: list[Mark], differs_from: Micros | None = None) -> None:
        """Compare what comes with the marks of an earlier playing; what was found to differ before differs still."""
        self._expected = [mark for mark in marks if mark[0] > self.count]
        self._agreed = max((mark[1] for mark in marks if mark[0] <= self.count), default=0)
        self.differs_from = differs_from

    def _close(self) -> None:
        block = self._open[:BLOCK]
        del self._open[:BLOCK]
        self._closed += BLOCK
        self._checksum = _checksum(block, self._checksum)
        if self._closed % self._stride == 0:
            self._marks.append((self._closed, block[-1][0], self._checksum))
            if len(self._marks) > MOST_MARKS:
                self._stride *= 2
                self._marks = [mark for mark in self._marks if mark[0] % self._stride == 0]

    def _compare(self) -> None:
        """Look at the expected marks that lie within the block that is open."""
        within = min(len(self._open), BLOCK)
        while self._expected and self._expected[0][0] - self._closed <= within:
            count, time, checksum = self._expected.pop(0)
            same = self._open[: count - self._closed]
            if same[-1][0] != time or _checksum(same, self._checksum) != checksum:
                self._differ()
            else:
                self._agreed = time

    def _differ(self) -> None:
        self._expected = []
        earlier = self.differs_from
        self.differs_from = self._agreed if earlier is None else min(earlier, self._agreed)


def marks_of(stored: Any) -> list[Mark]:
    """Marks as they were stored; none where they are no marks."""
    rows = stored if isinstance(stored, list) else []
    return [(row[0], row[1], row[2]) for row in rows if _is_mark(row)]


def _is_mark(row: Any) -> bool:
    return isinstance(row, list | tuple) and len(row) == 3 and all(type(value) is int for value in row)


def _checksum(records: list[Record], before: int) -> int:
    return crc32(orjson.dumps(records), before)
