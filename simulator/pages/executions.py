"""Executions on a panel: the list of what goes on in a node, and one of them with its states, its data and its history.

The numbers on the stage come from views; this is asked for when somebody looks, and tells of the moment at which the
run stands.
"""

from dataclasses import dataclass

from simulator.engine.clock import Micros
from simulator.engine.details import Detail, Details, Happened, Listed, Visit
from simulator.engine.message import MessageId
from simulator.engine.node import Node

COLOURS = 8
MOST_SHOWN = 60  # of a list
SIGNS = {
    "RUNNING": ("▸", "running", ""),
    "SUCCEEDED": ("✓", "succeeded", "good"),
    "FAILED": ("✕", "failed", "bad"),
    "TIMED_OUT": ("✕", "timed out", "warn"),
    "ABORTED": ("■", "aborted", "warn"),
}


@dataclass(frozen=True)
class Row:
    """One of the list: `level` is the colour of its sign, `look` the colour number of its message (0: none)."""

    one: Listed
    sign: str
    words: str
    level: str
    colour: int

    @property
    def took(self) -> Micros | None:
        return None if self.one.ended is None else self.one.ended - self.one.began


@dataclass(frozen=True)
class Entry:
    """One entry of the history, and which of the visits it belongs to (-1: none)."""

    event: Happened
    visit: int


@dataclass(frozen=True)
class Look:
    """What is shown: the list, or one execution (`row`, `detail`, its visits and `entries`).

    `gone`: one was asked for that is not known here any more (or yet).
    """

    rows: tuple[Row, ...]
    more: int
    now: Micros
    row: Row | None = None
    detail: Detail | None = None
    entries: tuple[Entry, ...] = ()
    gone: bool = False

    @property
    def facts(self) -> list[tuple[str, str, bool]]:
        """Name, text, and whether it takes more than a line."""
        return [
            (name, said, "\n" in said or len(said) > 60) for name, said in (self.detail.facts if self.detail else ())
        ]


def look(details: Details, node: Node, now: Micros, key: str = "", message: MessageId = 0) -> Look:
    """The list; or, where one is named, that one. Nothing is known of what ended long ago."""
    listed, colours = details.listed(node), _colours(node)
    rows = tuple(_row(one, colours) for one in listed[:MOST_SHOWN])
    plain = Look(rows, max(0, len(listed) - MOST_SHOWN), now)
    if not key and not message:
        return plain
    found = next((one for one in listed if one.key == key or (message and one.message == message)), None)
    detail = details.shown(node, found.key if found is not None else key)
    if detail is None:
        return Look(rows, plain.more, plain.now, gone=True)
    row = _row(found, colours) if found is not None else None
    entries = tuple(Entry(event, _visit_of(event, detail.visits)) for event in detail.events)
    return Look(rows, plain.more, plain.now, row, detail, entries)


def _row(one: Listed, colours: dict[MessageId, int]) -> Row:
    sign, words, level = SIGNS.get(one.status, ("·", one.status.lower().replace("_", " "), ""))
    return Row(one, sign, words, level, colours.get(one.message, 0))


def _colours(node: Node) -> dict[MessageId, int]:
    """The colour numbers of the messages that the node's view shows."""
    view = node.view()
    return {row[0]: row[1] % COLOURS + 1 for part in ("last", "tokens") for row in view.get(part, ())}


def _visit_of(event: Happened, visits: tuple[Visit, ...]) -> int:
    """The last visit of the event's state that had begun by then, and was not over."""
    for place in range(len(visits) - 1, -1, -1):
        visit = visits[place]
        if visit.name == event.state and visit.entered <= event.time and not (visit.exited or event.time) < event.time:
            return place
    return -1
