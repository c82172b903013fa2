"""A journey: the life of one message, with the reason at each step, and of the messages that it caused.

The steps are the log's own sentences. The spans say where the message stayed and in what state, from the spans that
the kinds declare. A polled message is at two places at once: it stays in its queue, in flight, while a worker works
on its copy; both are shown, because that is what a visibility timeout is about.
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

# from, to (None: still), node, state
Span = list[Any]


def journey(records: Iterable[Record], message: MessageId, scenario: Scenario, looks: list[str]) -> dict[str, Any]:
    """The life of `message`, from the records about it and what it caused, in order (docs/PROTOCOL.md, `journey`)."""
    kinds = Kinds(scenario)
    known = _of_family(records, message, kinds)
    own = [(record, kind) for record, kind in known if record[3] == message]
    stays = _Stays(scenario)
    for record, kind in own:
        stays.follow(record, kind)
    narrator = Narrator(scenario, looks)
    narrator.learn([record for record, _ in known])
    lines = [line for line in (narrator.narrate(record) for record, _ in known) if line is not None]
    return {
        "message": message,
        "label": narrator.label(message),
        "what": next((narrator.type_of(record) for record, _ in own), ""),
        "complete": stays.complete,
        "steps": _bounded(lines),
        "spans": stays.spans,
    }


def _of_family(records: Iterable[Record], message: MessageId, kinds: Kinds) -> list[tuple[Record, Kind]]:
    """The records of a message and of its descendants, each with its kind."""
    family = {message: True}
    known = []
    for record in records:
        kind = kinds.of(record)
        if kind is None:
            continue
        if record[3] in family:
            known.append((record, kind))
        elif kind.core == "created" and any(cause in family for cause in _causes(record, kind)):
            family[record[3]] = True
            known.append((record, kind))
    return known


def _causes(record: Record, kind: Kind) -> list[MessageId]:
    places = [field.place for field in fields_of(kind) if field.unit == "message"]
    return [record[place] for place in places if place < len(record)]


class _Stays:
    """Where one message stays, as its records come. At one node it is in one state at a time."""

    def __init__(self, scenario: Scenario) -> None:
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
            self.spans.append([time, _arrival(record, kind), node, state])
        elif state == "gone":
            self._close(node, time)
            if self.spans and self.spans[-1][3] == "travelling":
                self.spans[-1][1] = min(time, self.spans[-1][1] or time)
            self.spans.append([time, time, node, state])
        elif state:
            if state == "waiting" and 0 <= node < len(self._dead) and self._dead[node]:
                state = "dead"
            self._enter(node, state, time)

    def _enter(self, node: int, state: str, time: Micros) -> None:
        before = self._open.get(node)
        if before is not None and before[3] == state:
            return
        self._close(node, time)
        self._open[node] = span = [time, None, node, state]
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
