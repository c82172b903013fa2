"""Search: the messages of a run that somebody may mean, by name (m-41), by what they say, or by what became of them.

A search looks through what is kept, the latest first, in parts, and stops after so many records; what it answers says
how far it came. Whoever asks goes through the parts and can do something else in between.
"""

import re
from collections.abc import Iterator
from typing import Any

from simulator.engine.message import BY_HAND, MessageId, label, message_id
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Kind, Record
from simulator.folds.archive import Archive
from simulator.folds.bodies import Bodies
from simulator.folds.kinds import Kinds
from simulator.folds.narration import Narrator, shortened

MOST_FOUND = 50

# Messages that are counted beyond those, and records that are looked through, at most.
MOST_COUNTED = 10_000
MOST_SEARCHED = 1_000_000

LONGEST_QUERY = 200

# Where a message is, by the span of the kind that was written last.
STATES = {
    "travelling": "on its way from {}",
    "waiting": "waiting in {}",
    "inflight": "in flight in {}",
    "working": "being worked on at {}",
    "stored": "stored in {}",
    "dead": "given up by {}",
}

_LABEL = re.compile(r"(?:(.+)-)?0*(\d{1,12})")


class Search:
    """One search. Go through `parts` to its end; then `answer` says what was found."""

    def __init__(self, query: str, archive: Archive, bodies: Bodies, scenario: Scenario, narrator: Narrator) -> None:
        self.query = query
        self.words = query.lower().split()
        self._archive = archive
        self._bodies = bodies
        self._scenario = scenario
        self._narrator = narrator
        self._kinds = Kinds(scenario)
        self._found: dict[MessageId, bool] = {}
        self._searched = 0
        self._rows: list[list[Any]] = []

    def parts(self) -> Iterator[None]:
        """Look through the run, part by part."""
        if not self.words:
            return
        named = self._named()
        self._found = dict.fromkeys(named, True)
        if named and not self.query.strip().isdigit():
            yield from self._describe(named)
            return
        for messages in self._bodies.holding(self.words):
            self._found.update(dict.fromkeys(messages, True))
            yield
            if len(self._found) >= MOST_COUNTED:
                break
        for messages, records in self._archive.telling(self.words):
            self._found.update(dict.fromkeys(messages, True))
            self._searched += records
            yield
            if len(self._found) >= MOST_COUNTED or self._searched >= MOST_SEARCHED:
                break
        yield from self._describe(list(self._found)[: MOST_FOUND + len(named)])

    def answer(self) -> dict[str, Any]:
        """What was found (docs/PROTOCOL.md, `found`): what was named first, then the latest."""
        more = len(self._found) - len(self._rows)
        return {
            "query": self.query,
            "messages": self._rows[:MOST_FOUND],
            "more": max(more, 0),
            "searched": min(self._searched, self._archive.count),
            "records": self._archive.count,
        }

    def _named(self) -> list[MessageId]:
        """The messages that are called so; a number alone is a message of the first producer."""
        match = _LABEL.fullmatch(self.query.strip().lower())
        if match is None or int(match[2]) == 0:
            return []
        prefixes = [prefix.lower() for prefix in self._scenario.prefixes]
        producers = [node for node, placed in enumerate(self._scenario.nodes) if placed.pattern.role == "producer"]
        if match[1] is None:
            origins = producers[:1]
        elif match[1] == "you":
            origins = [BY_HAND]
        else:
            origins = [node for node, prefix in enumerate(prefixes) if prefix == match[1]]
        return [message_id(int(match[2]), origin) for origin in origins]

    def _describe(self, messages: list[MessageId]) -> Iterator[None]:
        """Find out where these messages are, from their latest records; one without any was never there."""
        open_ = dict.fromkeys(messages, True)
        rows: dict[MessageId, list[Any]] = {}
        for part in self._archive.latest_of(open_):
            for record in reversed(part):
                message = record[3]
                kind = self._kinds.of(record) if message in open_ else None
                if kind is None:
                    continue
                row = rows.setdefault(message, self._row(record))
                row[2] = row[2] or self._narrator.type_of(record)
                if kind.span or kind.core in ("settled", "discarded"):
                    row[4] = self._state(record, kind)
                    del open_[message]
            yield
        self._rows = [rows[message] for message in messages if message in rows]
        for message in messages:
            if message not in rows:
                del self._found[message]

    def _row(self, record: Record) -> list[Any]:
        name = label(record[3], self._scenario.prefixes)
        return [record[3], name, self._narrator.type_of(record), record[0], "just made"]

    def _state(self, record: Record, kind: Kind) -> str:
        """Where a message is after this record about it."""
        title = shortened(self._narrator.title(record[2]), 40)
        placed = self._scenario.nodes[record[2]] if 0 <= record[2] < len(self._scenario.nodes) else None
        if kind.core == "settled":
            return f"done at {title}"
        if kind.core == "discarded":
            return f"{kind.name.replace('_', ' ')} at {title}"
        if kind.span == "inflight" and (placed is None or placed.pattern.role != "channel"):
            return f"{kind.name.replace('_', ' ')} at {title}"
        dead = any(link.target == record[2] and link.kind.draw == "dead" for link in self._scenario.links)
        if dead and kind.span == "waiting":
            return f"dead letter in {title}"
        return STATES.get(kind.span, f"{kind.span} at {{}}").format(title)
