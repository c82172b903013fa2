"""The story: which moment of a run is a beat, and the card that is shown there.

A beat is tied to a record (the second `redelivered` of the emails queue) or to a time, never to a wall clock, so that
it comes at the same moment of every run of the seed. What has been told is counted from the records alone: after
going back, the counts of the checkpoint are restored, the records up to the present are given to `find` again, and
exactly the beats that lie ahead are armed.
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from simulator.engine.clock import Micros
from simulator.engine.document import Question
from simulator.engine.message import MessageId, label
from simulator.engine.run import LOOKS
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Record
from simulator.folds.kinds import Kinds, glyph_places, with_looks

# For each beat, how many of its records there have been: what a checkpoint keeps of a story.
Told = tuple[int, ...]

_NAMES = re.compile(r"\{(message|node|type)\}")


class Story:
    """The beats of one scenario and how far they have been told.

    `find` is given every record once, in order, with the time up to which the run has come.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.beats = scenario.document.story
        self._titles = [node.title for node in scenario.nodes]
        self._indices = {node.id: index for index, node in enumerate(scenario.nodes)}
        self._prefixes = scenario.prefixes
        self._looks = scenario.types[:LOOKS]
        self._named = any("{type}" in beat.title + beat.say for beat in self.beats)
        self._glyphs = glyph_places(Kinds(scenario))
        self._types: dict[MessageId, int] = {}
        self._waiting: dict[str, list[int]] = {}
        for index, beat in enumerate(self.beats):
            if beat.when.first:
                self._waiting.setdefault(beat.when.first, []).append(index)
        self._told: list[int] = [0] * len(self.beats)
        self._completed: deque[tuple[int, Record]] = deque()

    def snapshot(self) -> Told:
        """How far the story has been told; small, plain and the same for the same records."""
        return tuple(self._told)

    def restore(self, told: Told) -> None:
        """Go on from a snapshot; the records that follow it are given to `find` as if for the first time."""
        self._told = list(told)
        self._completed.clear()

    def pending(self) -> bool:
        """Whether any beat is still to come."""
        return bool(self._completed) or any(self._is_armed(index) for index in range(len(self.beats)))

    def next_time(self) -> Micros | None:
        """The earliest time that is itself a beat still to come: where to stop, if nothing happens before."""
        times = (beat.when.at for index, beat in enumerate(self.beats) if self._is_armed(index))
        return min((time for time in times if time is not None), default=None)

    def find(self, records: Sequence[Record], now: Micros) -> tuple[int, Record] | None:
        """The first beat that these records, or the time that has come, complete.

        When one moment completes several beats, the others follow with the next calls; what a longer stretch completed
        beyond its first is past, and counts as told.
        """
        if self._named:
            self._learn(records)
        one_moment = not records or records[0][0] == now
        completed = [*self._by_records(records), *self._by_time(now)]
        completed.sort(key=lambda beat: beat[1][0])
        self._completed.extend(completed if one_moment else completed[:1])
        return self._completed.popleft() if self._completed else None

    def all(self, records: Sequence[Record], now: Micros) -> list[tuple[int, Record]]:
        """Every beat that these records, or the time that has come, complete, in order of time."""
        return sorted([*self._by_records(records), *self._by_time(now)], key=lambda beat: beat[1][0])

    def pauses(self, index: int) -> bool:
        """Whether the run stops at this beat."""
        return self.beats[index].pause

    def card(self, index: int, record: Record, looks: Iterable[str] = ()) -> dict[str, Any]:
        """The card of a beat that `record` completed (docs/PROTOCOL.md); `looks` are the run's message types now."""
        beat = self.beats[index]
        place: int = record[2]
        node = self._indices.get(beat.focus or beat.when.node, place)
        names = {
            "message": label(record[3], self._prefixes) or "a message",
            "node": self._title(place if place >= 0 else node),
            "type": self._type(record, list(looks) or self._looks),
        }
        return {
            "n": index,
            "node": node,
            "message": record[3],
            "title": _filled(beat.title, names),
            "say": _filled(beat.say, names),
            "ask": _question(beat.ask, names) if beat.ask else None,
        }

    def _is_armed(self, index: int) -> bool:
        return self._told[index] < self.beats[index].when.nth

    def _by_records(self, records: Sequence[Record]) -> list[tuple[int, Record]]:
        waiting = self._waiting
        found = []
        for record in records:
            if record[1] in waiting:
                found += [(index, record) for index in waiting[record[1]] if self._completes(index, record)]
        return found

    def _completes(self, index: int, record: Record) -> bool:
        """Count a record for a beat, if it is one of its records; say whether it is the one."""
        when = self.beats[index].when
        if not self._is_armed(index) or (when.node and self._indices[when.node] != record[2]):
            return False
        self._told[index] += 1
        return not self._is_armed(index)

    def _by_time(self, now: Micros) -> list[tuple[int, Record]]:
        found: list[tuple[int, Record]] = []
        for index, beat in enumerate(self.beats):
            at = beat.when.at
            if at is not None and at <= now and self._is_armed(index):
                self._told[index] = beat.when.nth
                found.append((index, (at, "", -1, 0)))
        return found

    def _learn(self, records: Sequence[Record]) -> None:
        if self.pending():
            self._types = with_looks(self._types, records, self._glyphs)

    def _title(self, node: int) -> str:
        return self._titles[node] if node >= 0 else "the run"

    def _type(self, record: Record, looks: list[str]) -> str:
        look = self._types.get(record[3], len(looks))
        return looks[look] if look < len(looks) else "message"


def _question(ask: Question, names: dict[str, str]) -> dict[str, Any]:
    return {
        "question": _filled(ask.question, names),
        "answers": [_filled(answer, names) for answer in ask.answers],
        "right": ask.right,
        "because": _filled(ask.because, names),
    }


def _filled(text: str, names: dict[str, str]) -> str:
    return _NAMES.sub(lambda found: names[found[1]], text)
