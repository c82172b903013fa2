"""Narration: a sentence for each record, put together from the declaration of its kind.

The sentence stands beside the node that writes the record, so a new pattern is told without a line here. A template
is taken apart once, into pieces that each know how to say their value; telling a record is then a few look-ups and a
join. What a record of an older version, or of a careless pattern, lacks is said as "?": the log must never be what
stops a run.
"""

from collections.abc import Callable, Iterable, Mapping
from string import Formatter
from typing import Any

from simulator.engine.clock import Micros, stamp, words
from simulator.engine.message import MessageId, label
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Kind, Level, Record
from simulator.folds.archive import Archive
from simulator.folds.kinds import Kinds, field_of, fields_of, glyph_places, with_looks

# time, level, node index or -1, message id or 0, sentence
Line = tuple[Micros, Level, int, MessageId, str]

# A log is for reading: no more lines than this in one slice of time, and no longer ones.
MOST_LINES = 30
LONGEST_SENTENCE = 300
LONGEST_VALUE = 120

# Records that are looked through, at most, for the last lines before a moment.
MOST_LOOKED_THROUGH = 20_000

RANKS: Mapping[str, int] = {"bad": 0, "warn": 1, "good": 2, "info": 3}

_WITH_TYPE = " ({type})"

# A piece of a template: text, or what says the value of a record there.
Piece = str | Callable[[Record], str]


class Narrator:
    """Tells the records of one scenario. `looks` are the names of the message types, by their colour numbers."""

    def __init__(self, scenario: Scenario, looks: Iterable[str] = ()) -> None:
        self.looks: list[str] = list(looks)
        self._titles = [node.title for node in scenario.nodes]
        self._targets = {node.id: node.title for node in scenario.nodes}
        self._prefixes = scenario.prefixes
        self._ends = [(link.source, link.target) for link in scenario.links]
        for link, (source, target) in zip(scenario.links, self._ends, strict=True):
            self._targets.setdefault(link.id, f"{self._titles[source]} → {self._titles[target]}")
        self._types: dict[MessageId, int] = {}
        self._tellings: dict[tuple[int, str], tuple[Level, list[Piece], list[Piece]] | None] = {}
        self._kinds = Kinds(scenario)
        self._glyphs = glyph_places(self._kinds)
        told = [kind for _, kind in self._kinds.everything() if kind.sentence]
        self._ranks = {kind.name: RANKS[kind.level] for kind in sorted(told, key=lambda kind: -RANKS[kind.level])}

    def learn(self, records: list[Record], looks: Iterable[str] | None = None) -> None:
        """Remember the types of the messages that were sent in these records, for what is told of them later."""
        if looks is not None:
            self.looks = list(looks)
        self._types = with_looks(self._types, records, self._glyphs)

    def __getstate__(self) -> dict[str, Any]:
        """Without the templates that were taken apart: they are full of references to this narrator."""
        return self.__dict__ | {"_tellings": {}}

    def copy(self) -> "Narrator":
        """Another narrator of the same scenario, that knows what this one knows and learns by itself."""
        other = object.__new__(Narrator)
        other.__dict__.update(self.__getstate__())
        other.looks = list(self.looks)
        other._types = dict(self._types)
        return other

    def tells(self, record: Record) -> bool:
        """Whether there is a sentence for this record."""
        return self._telling(record) is not None

    def narrate(self, record: Record) -> Line | None:
        """The line of the log that tells a record; None where the kind is silent or unknown."""
        telling = self._telling(record)
        if telling is None:
            return None
        level, plain, typed = telling
        pieces = typed if self._look_of(record) is not None else plain
        sentence = "".join([piece if isinstance(piece, str) else piece(record) for piece in pieces])
        return record[0], level, record[2], record[3], shortened(sentence, LONGEST_SENTENCE)

    def lines(self, records: list[Record], most: int = MOST_LINES) -> tuple[list[Line], int]:
        """The log of these records in their order, and how many lines, the least notable ones, were left out."""
        ranks = self._ranks
        told = [record for record in records if record[1] in ranks]
        chosen = told if len(told) <= most else self._most_notable(told, most)
        lines = [line for line in map(self.narrate, chosen) if line is not None]
        return lines, len(told) - len(chosen)

    def tail(self, archive: Archive, now: Micros, most: int) -> list[Line]:
        """The last lines of the log up to and including `now`, oldest first."""
        lines: list[Line] = []
        for place, record in enumerate(archive.backwards(now + 1)):
            if place >= MOST_LOOKED_THROUGH or len(lines) >= most:
                break
            if record[1] in self._ranks and (line := self.narrate(record)) is not None:
                lines.append(line)
        return lines[::-1]

    def label(self, message: MessageId) -> str:
        """What people call a message: m-41."""
        return label(message, self._prefixes)

    def title(self, node: int) -> str:
        return self._titles[node] if 0 <= node < len(self._titles) else "somebody"

    def type_of(self, record: Record) -> str:
        """The type of the message a record is about, or "" where it isn't known any more."""
        look = self._look_of(record)
        return "" if look is None else self.looks[look]

    def _most_notable(self, told: list[Record], most: int) -> list[Record]:
        by_rank: list[list[int]] = [[], [], [], []]
        for place, record in enumerate(told):
            by_rank[self._ranks[record[1]]].append(place)
        chosen: list[int] = []
        for places in by_rank:
            room = most - len(chosen)
            chosen += places[-room:] if room else []
        return [told[place] for place in sorted(chosen)]

    def _look_of(self, record: Record) -> int | None:
        place = self._glyphs.get(record[1])
        glyph = record[place] if place is not None and place < len(record) else None
        look = glyph >> 6 if isinstance(glyph, int) else self._types.get(record[3])
        return look if look is not None and 0 <= look < len(self.looks) else None

    def _telling(self, record: Record) -> tuple[Level, list[Piece], list[Piece]] | None:
        key = (record[2], record[1])
        if key not in self._tellings:
            kind = self._kinds.of(record)
            self._tellings[key] = self._compiled(kind) if kind is not None and kind.sentence else None
        return self._tellings[key]

    def _compiled(self, kind: Kind) -> tuple[Level, list[Piece], list[Piece]]:
        plain = kind.sentence if field_of(kind, "type") else kind.sentence.replace(_WITH_TYPE, "")
        return kind.level, self._pieces(kind, plain), self._pieces(kind, kind.sentence)

    def _pieces(self, kind: Kind, sentence: str) -> list[Piece]:
        pieces: list[Piece] = []
        for text, name, spec, _ in Formatter().parse(sentence):
            if text:
                pieces.append(text)
            if name is not None:
                pieces.append(self._says(kind, name, spec or ""))
        return pieces

    def _says(self, kind: Kind, name: str, spec: str) -> Callable[[Record], str]:
        """What says the value called `name`: a field of the kind, or something that every record has."""
        field = next((field for field in fields_of(kind) if field.name == name), None)
        if field is not None:
            return _Value(self._in_words(field.unit, spec), field.place)
        if name == "node":
            return _Value(self.title, 2)
        if name == "message":
            return _Value(self.label, 3)
        if name == "type":
            return lambda record: self.type_of(record) or "message"
        over = next((field for field in fields_of(kind) if field.unit == "link"), None)
        if name == "to" and over is not None:
            return lambda record: self._other_end(record, over.place)
        return lambda record: "?"

    def _in_words(self, unit: str, spec: str) -> Callable[[Any], str]:
        if unit in ("time", "span"):
            return stamp if unit == "time" else words
        if unit == "count":
            return lambda count: f"{count:,} {spec}{'' if count == 1 else 's'}"
        if unit == "node":
            return self.title
        if unit == "target":
            return lambda identity: self._targets.get(identity, identity)
        if unit == "message":
            return self.label
        if unit == "link":
            return lambda link: " → ".join(self.title(end) for end in self._ends[link])
        return lambda value: format(value, spec)

    def _other_end(self, record: Record, place: int) -> str:
        try:
            source, target = self._ends[record[place]]
        except (LookupError, TypeError):
            return "?"
        return self.title(target if record[2] == source else source)


class _Value:
    """Says one value of a record; "?" where the record has none that can be said so."""

    __slots__ = ("_in_words", "_place")

    def __init__(self, in_words: Callable[[Any], str], place: int) -> None:
        self._in_words = in_words
        self._place = place

    def __call__(self, record: Record) -> str:
        if len(record) <= self._place:
            return "?"
        value = record[self._place]
        try:
            return shortened(self._in_words(value), LONGEST_VALUE)
        except (LookupError, TypeError, ValueError, AttributeError):
            return shortened(str(value), LONGEST_VALUE)


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
