"""The small map of a scenario: what the library's cards and the scenario page show, drawn by the server as SVG.

The same transit map as the stage, without time: stations with their pattern's shape, joined by lines. Nodes stand
where the document puts them; those without a place are put in layers, each one column after the farthest node that
leads to it, dead-letter queues below their queue. It draws whatever can be read of a document, also of one that is
not valid (yet): the admin shows it beside the problems.
"""

from dataclasses import dataclass
from typing import Any

COLUMN, ROW = 118, 92
HALF = {
    "producer": (24, 22),
    "queue": (42, 17),
    "worker": (30, 22),
    "store": (20, 22),
    "topic": (23, 23),
    "event_bus": (32, 24),
    "endpoint": (22, 22),
    "scheduler": (22, 22),
    "pipe": (44, 15),
    "state_machine": (30, 24),
    "other": (28, 20),
}
GAP, NAME = 4, 30  # between a line's end and its station, and where the station's name stands between
MOST_NODES = 60  # a card has no place for more

Place = tuple[float, float]


@dataclass(frozen=True)
class Station:
    """A node: `shape` names the drawing, `kind` is that of an endpoint, (x, y) is its middle."""

    name: str
    shape: str
    kind: str
    dead: bool
    x: int
    y: int


@dataclass(frozen=True)
class Line:
    path: str
    dead: bool


@dataclass(frozen=True)
class SmallMap:
    """Ready for the template; (left, top, width, height) is the view box."""

    left: int
    top: int
    width: int
    height: int
    stations: tuple[Station, ...]
    lines: tuple[Line, ...]
    words: str


def small_map(document: Any) -> SmallMap:
    """The map of a document as it was parsed from JSON."""
    nodes = _nodes(document)
    links = _links(document, nodes)
    dead = {target for _, target, is_dead in links if is_dead}
    places = _places(nodes, links)
    stations = {
        identity: Station(
            _short(str(node.get("title") or identity)),
            _shape(node.get("pattern")),
            _kind(node.get("settings")),
            identity in dead,
            round(places[identity][0] * COLUMN),
            round(places[identity][1] * ROW),
        )
        for identity, node in nodes.items()
    }
    lines = tuple(
        _line(stations[source], stations[target], is_dead) for source, target, is_dead in links if source != target
    )
    left = min((one.x for one in stations.values()), default=0) - 70
    right = max((one.x for one in stations.values()), default=0) + 70
    top = min((one.y for one in stations.values()), default=0) - 44
    bottom = max((one.y for one in stations.values()), default=0) + 58
    spare_width, spare_height = max(0, 376 - (right - left)), max(0, 150 - (bottom - top))
    return SmallMap(
        left - spare_width // 2,
        top - spare_height // 2,
        right - left + spare_width,
        bottom - top + spare_height,
        tuple(stations.values()),
        lines,
        _words(stations, links),
    )


def _nodes(document: Any) -> dict[str, dict[str, Any]]:
    listed = document.get("nodes") if isinstance(document, dict) else None
    found = [node for node in listed if isinstance(node, dict) and node.get("id")] if isinstance(listed, list) else []
    return {str(node["id"]): node for node in found[:MOST_NODES]}


def _links(document: Any, nodes: dict[str, dict[str, Any]]) -> list[tuple[str, str, bool]]:
    listed = document.get("links") if isinstance(document, dict) else None
    found = []
    for link in listed if isinstance(listed, list) else []:
        if isinstance(link, dict) and str(link.get("from")) in nodes and str(link.get("to")) in nodes:
            source, target = str(link["from"]), str(link["to"])
            found.append((source, target, _is_dead(link, nodes[source].get("pattern"), nodes[target].get("pattern"))))
    return found


def _is_dead(link: dict[str, Any], source: Any, target: Any) -> bool:
    """Whether a line carries dead letters: its kind says so, or there is no other between two queues."""
    return link.get("kind") == "dead-letter" or (source == target == "queue")


def _places(nodes: dict[str, dict[str, Any]], links: list[tuple[str, str, bool]]) -> dict[str, Place]:
    """Where each node stands, in columns and rows: as the document says, else in layers."""
    given = {identity: place for identity, node in nodes.items() if (place := _given(node.get("at"))) is not None}
    columns = dict.fromkeys(nodes, 0)
    for _ in range(len(nodes)):  # enough for the longest path; a cycle just stops there
        moved = False
        for source, target, dead in links:
            wanted = columns[source] + (0 if dead else 1)
            if columns[target] < wanted <= len(nodes):
                columns[target], moved = wanted, True
        if not moved:
            break
    below = {target for _, target, dead in links if dead}
    taken: dict[int, float] = {}
    places: dict[str, Place] = {}
    for identity in sorted(nodes, key=lambda one: one in below):
        column = columns[identity]
        row = taken.get(column, 0.0)
        taken[column] = row + 1
        places[identity] = given.get(identity, (float(column), row))
    return {identity: places[identity] for identity in nodes}


def _given(at: Any) -> Place | None:
    if (
        isinstance(at, list)
        and len(at) == 2
        and all(isinstance(part, int | float) and abs(part) <= 1000 for part in at)
    ):
        return float(at[0]), float(at[1])
    return None


def _shape(pattern: Any) -> str:
    return pattern if isinstance(pattern, str) and pattern in HALF else "other"


def _kind(settings: Any) -> str:
    kind = settings.get("kind") if isinstance(settings, dict) else None
    return kind if isinstance(kind, str) else ""


def _line(source: Station, target: Station, dead: bool) -> Line:
    """A line from edge to edge: level or gently curved, and downwards between nodes that stand above each other."""
    (source_width, source_height), (target_width, target_height) = HALF[source.shape], HALF[target.shape]
    if abs(source.x - target.x) < source_width + target_width:
        down = 1 if target.y > source.y else -1
        start = (source.x, source.y + down * (source_height + (NAME if down > 0 else GAP)))
        end = (target.x, target.y - down * (target_height + (GAP if down > 0 else NAME)))
        bend = (start[1] + end[1]) // 2
        return Line(f"M{start[0]} {start[1]}C{start[0]} {bend} {end[0]} {bend} {end[0]} {end[1]}", dead)
    right = 1 if target.x > source.x else -1
    start = (source.x + right * (source_width + GAP), source.y)
    end = (target.x - right * (target_width + GAP), target.y)
    bend = (start[0] + end[0]) // 2
    return Line(f"M{start[0]} {start[1]}C{bend} {start[1]} {bend} {end[1]} {end[0]} {end[1]}", dead)


def _short(name: str) -> str:
    return name if len(name) <= 16 else f"{name[:15]}…"


def _words(stations: dict[str, Station], links: list[tuple[str, str, bool]]) -> str:
    """The map in words, for those who do not see it."""
    if not stations:
        return "An empty map."
    joined = [
        f"{stations[source].name} {'dead-letters to' if dead else 'leads to'} {stations[target].name}"
        for source, target, dead in links
    ]
    return f"Map: {', '.join(joined) if joined else ', '.join(one.name for one in stations.values())}."
