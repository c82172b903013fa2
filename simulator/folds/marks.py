"""Marks: the moments of a run that are worth finding again on its time track.

Which they are, the kinds declare; the beats of the story are marked too. However many there are, the page gets at
most 120: when there are more, neighbours of one kind become one mark that counts them, at the time and with the text
of the first.
"""

from dataclasses import dataclass
from typing import Any

from simulator.engine.clock import SECOND, Micros
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Record
from simulator.folds.kinds import Kinds
from simulator.folds.narration import Narrator
from simulator.folds.story import Story

MOST_MARKS = 120
LONGEST_TEXT = 120

# Marks of one kind closer than this are one from the beginning; the distance doubles whenever there are too many.
FIRST_DISTANCE: Micros = SECOND // 4


@dataclass
class Mark:
    """`count` moments of one kind between `time` and `last`, and what happened at the first."""

    time: Micros
    kind: str
    text: str
    count: int
    last: Micros


class Marks:
    """The marks of one run."""

    def __init__(self, scenario: Scenario) -> None:
        self.kept: list[Mark] = []
        self._narrator = Narrator(scenario)
        self._story = Story(scenario)
        self._kinds = {(node, kind.name): kind.mark for node, kind in Kinds(scenario).everything() if kind.mark}
        self._names = frozenset(name for _, name in self._kinds)
        self._latest: dict[str, Mark] = {}
        self._distance = FIRST_DISTANCE

    def add(self, records: list[Record]) -> None:
        """Take in what has happened."""
        if not records:
            return
        names = self._names
        for record in [record for record in records if record[1] in names]:
            kind = self._kinds.get((record[2], record[1]))
            if kind is not None:
                self._mark(record[0], kind, record)
        for index, record in self._story.all(records, records[-1][0]) if self._story.pending() else ():
            self._mark(record[0], "beat", record, self._story.card(index, record)["title"])
        while len(self.kept) > MOST_MARKS:
            self._merge()

    def rows(self) -> list[list[Any]]:
        """The marks as the page gets them, in order of time: [time, kind, text, count]."""
        marks = sorted(self.kept, key=lambda mark: mark.time)
        return [[mark.time, mark.kind, mark.text, mark.count] for mark in marks]

    def _mark(self, time: Micros, kind: str, record: Record, text: str = "") -> None:
        latest = self._latest.get(kind)
        if latest is not None and time - latest.last < self._distance:
            latest.count += 1
            latest.last = time
            return
        mark = Mark(time, kind, (text or self._told(record))[:LONGEST_TEXT], 1, time)
        self._latest[kind] = mark
        self.kept.append(mark)

    def _told(self, record: Record) -> str:
        line = self._narrator.narrate(record)
        return line[4] if line is not None else record[1]

    def _merge(self) -> None:
        """Make one of neighbours of a kind that are closer than twice the distance so far."""
        self._distance *= 2
        merged: list[Mark] = []
        latest: dict[str, Mark] = {}
        for mark in sorted(self.kept, key=lambda mark: mark.time):
            before = latest.get(mark.kind)
            if before is not None and mark.time - before.last < self._distance:
                before.count += mark.count
                before.last = mark.last
            else:
                merged.append(mark)
                latest[mark.kind] = mark
        self.kept, self._latest = merged, latest
