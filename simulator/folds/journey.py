"""A journey: the life of one message, with the reason at each step, of those it was made from, and of those it caused.

The steps are the log's own sentences. The spans say where the message stayed and in what state, from the spans that
the kinds declare. A polled message is at two places at once: it stays in its queue, in flight, while a worker works
on its copy; both are shown, because that is what a visibility timeout is about.

A message that a redrive moves goes on as a new one, with the old one as its cause: where a channel makes a message of
another, the two are one journey, and whichever is followed, the stays of both are shown.
"""

from collections.abc import Iterable
from typing import Any

from simulator.engine.clock import Micros
from simulator.engine.message import MessageId
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Kind, Record
from simulator.folds.kinds import Kinds, asks_for_messages, ends_work, field_of, fields_of
from simulator.folds.narration import Line, Narrator

# Steps of one journey, at most: the beginning and the end of a longer one.
MOST_STEPS = 300
FIRST_STEPS = 50

# from, to (None: still), node, state, message
Span = list[Any]


def journey(records: Iterable[Record], message: MessageId, scenario: Scenario, looks: list[str]) -> dict[str, Any]:
    """The life of `message`, from the records about it and what it caused, in order (docs/PROTOCOL.md, `journey`)."""
    kinds = Kinds(scenario)
    known = _of_family(records, message, kinds)
    own = [record for record, _ in known if record[3] == message]
    stays = _stays(known, message, scenario)
    narrator = Narrator(scenario, looks)
    narrator.learn([record for record, _ in known])
    lines = [line for line in (narrator.narrate(record) for record, _ in known) if line is not None]
    return {
        "message": message,
        "label": narrator.label(message),
        "what": next((narrator.type_of(record) for record in own), ""),
        "complete": _complete(stays, message),
        "steps": _bounded(lines),
        "spans": [span for one in stays for span in one.spans],
        "line": [[one.message, narrator.label(one.message)] for one in stays],
    }


def _of_family(records: Iterable[Record], message: MessageId, kinds: Kinds) -> list[tuple[Record, Kind]]:
    """The records of a message, of those it was made from, and of its descendants, each with its kind."""
    read = [(record, kind) for record in records if (kind := kinds.of(record)) is not None]
    line = {message: True}
    for record, kind in reversed(read):
        if kind.core == "created" and record[3] in line:
            line.update(dict.fromkeys(_causes(record, kind), True))
    family = {message: True}
    known = []
    for record, kind in read:
        if record[3] in family or record[3] in line:
            known.append((record, kind))
        elif kind.core == "created" and any(cause in family for cause in _causes(record, kind)):
            family[record[3]] = True
            known.append((record, kind))
    return known


def _causes(record: Record, kind: Kind) -> list[MessageId]:
    places = [field.place for field in fields_of(kind) if field.unit == "message"]
    return [record[place] for place in places if place < len(record)]


def _stays(known: list[tuple[Record, Kind]], message: MessageId, scenario: Scenario) -> list["_Stays"]:
    """The stays of a message, of those it was made from, and of those as which it goes on, in the order in which they
    were made. It goes on as what a channel makes of it.
    """
    shown = {message: True}
    causes = {record[3]: _causes(record, kind) for record, kind in known if kind.core == "created"}
    above = [message]
    while above:
        made_from = [cause for one in above for cause in causes.get(one, ()) if cause not in shown]
        shown.update(dict.fromkeys(made_from, True))
        above = made_from
    stays: dict[MessageId, _Stays] = {}
    goes_on = {message}
    for record, kind in known:
        if kind.core == "created" and goes_on.intersection(_causes(record, kind)) and _is_channel(record, scenario):
            goes_on.add(record[3])
            shown[record[3]] = True
        if record[3] in shown:
            stays.setdefault(record[3], _Stays(record[3], scenario)).follow(record, kind)
    return list(stays.values())


def _is_channel(record: Record, scenario: Scenario) -> bool:
    return 0 <= record[2] < len(scenario.nodes) and scenario.nodes[record[2]].pattern.role == "channel"


def _complete(stays: list["_Stays"], message: MessageId) -> bool:
    """Whether a message has come to its end, as whatever it went on; those it was made from do not matter."""
    place = next((place for place, one in enumerate(stays) if one.message == message), len(stays))
    return place < len(stays) and all(one.complete for one in stays[place:])


class _Stays:
    """Where one message stays, as its records come. At one node it is in one state at a time."""

    def __init__(self, message: MessageId, scenario: Scenario) -> None:
        self.message = message
        self.spans: list[Span] = []
        self.ended = False
        self._asking = [asks_for_messages(node) for node in scenario.nodes]
        dead = [link.target for link in scenario.links if link.kind.draw == "dead"]
        self._dead = [index in dead for index in range(len(scenario.nodes))]
        self._open: dict[int, Span] = {}

    @property
    def complete(self) -> bool:
        """Whether every copy has come to its end; what is stored has."""
        return self.ended and all(span[3] == "stored" for span in self._open.values())

    def follow(self, record: Record, kind: Kind) -> None:
        """Take in the next record."""
        time, node, state = record[0], record[2], kind.span
        if kind.core in ("settled", "discarded"):
            self.ended = True
        if 0 <= node < len(self._asking) and self._asking[node] and ends_work(kind):
            self._close(node, time)
        elif state == "travelling":
            self._close(node, time)
            self.spans.append([time, _arrival(record, kind), node, state, self.message])
        elif state == "gone":
            self._close(node, time)
            if self.spans and self.spans[-1][3] == "travelling":
                self.spans[-1][1] = min(time, self.spans[-1][1] or time)
            self.spans.append([time, time, node, state, self.message])
        elif state:
            if state == "waiting" and 0 <= node < len(self._dead) and self._dead[node]:
                state = "dead"
            self._enter(node, state, time)
        elif kind.core in ("settled", "discarded") or (kind.holds < 0 and not kind.core):
            self._close(node, time)

    def _enter(self, node: int, state: str, time: Micros) -> None:
        before = self._open.get(node)
        if before is not None and before[3] == state:
            return
        self._close(node, time)
        self._open[node] = span = [time, None, node, state, self.message]
        self.spans.append(span)

    def _close(self, node: int, time: Micros) -> None:
        span = self._open.pop(node, None)
        if span is not None:
            span[1] = time
            if span[0] == time:
                self.spans.remove(span)


def _arrival(record: Record, kind: Kind) -> Micros | None:
    field = field_of(kind, "arrives")
    return record[field.place] if field is not None and field.place < len(record) else None


def _bounded(lines: list[Line]) -> list[Line]:
    if len(lines) <= MOST_STEPS:
        return lines
    return lines[:FIRST_STEPS] + lines[FIRST_STEPS - MOST_STEPS :]
