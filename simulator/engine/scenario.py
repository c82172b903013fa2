"""A scenario: a document that has been checked and can be run, or everything that is wrong with it at once.

Reading has three steps: the text (size, depth, JSON), the shape (pydantic), and the sense (patterns, settings, links,
cycles, story, faults). A text that can't be taken apart is all there is to say; else the problems of shape and of sense
are reported together, the sense of every part whose shape is right.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ValidationError

from simulator.engine import faults, link
from simulator.engine.calendar import since_epoch
from simulator.engine.clock import Micros
from simulator.engine.document import Document, LinkSpec, NodeSpec, Shape, decoded, migrate, shape
from simulator.engine.errors import Problem, Refused, problems_of, shown
from simulator.engine.journal import Intervention
from simulator.engine.link import LinkSettings
from simulator.engine.pattern import LinkKind, Pattern, Way
from simulator.engine.plan import Plan


@dataclass(frozen=True)
class PlacedNode:
    """A node of a checked scenario."""

    id: str
    title: str
    pattern: Pattern
    settings: Any
    given: dict[str, Any]
    at: tuple[float, float] | None


@dataclass(frozen=True)
class PlacedLink:
    """A link of a checked scenario; `source` and `target` are node indices, `given` the settings as written."""

    id: str
    source: int
    target: int
    kind: LinkKind
    settings: LinkSettings
    given: dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A scenario that has been checked and can be run; `source` is the document as it was written.

    `plan` is what happens at its time as if somebody did it then."""

    document: Document
    source: dict[str, Any]
    nodes: tuple[PlacedNode, ...]
    links: tuple[PlacedLink, ...]
    plan: tuple[Intervention, ...]

    @cached_property
    def begins(self) -> Micros:
        """Which moment its time 0 is, in Micros since 1970."""
        return since_epoch(self.document.begins)

    @property
    def types(self) -> list[str]:
        """The message types that its nodes say they can make, in the order in which they get their colours."""
        return list(dict.fromkeys(kind for node in self.nodes for kind in node.pattern.types(node.settings)))

    @property
    def prefixes(self) -> list[str]:
        """By node index, what labels of its messages begin with: `m` where there is one producer, else the id."""
        producers = [node.id for node in self.nodes if node.pattern.role == "producer"]
        return ["m" if [node.id] == producers else node.id for node in self.nodes]


def read(source: str | bytes | dict[str, Any], patterns: Mapping[str, Pattern]) -> Scenario:
    """The scenario a text or a decoded document describes. Raises Refused with every problem it has."""
    document = migrate(decoded(source))
    return _Checker(shape(document), patterns).scenario(document)


def check(source: str | bytes | dict[str, Any], patterns: Mapping[str, Pattern]) -> list[Problem]:
    """Every problem of a document; an empty list means that it can be run."""
    try:
        read(source, patterns)
    except Refused as refused:
        return refused.problems
    return []


class _Checker:
    """Makes sense of one document, collecting problems on the way."""

    def __init__(self, written: Shape, patterns: Mapping[str, Pattern]) -> None:
        self.written = written
        self.patterns = patterns
        self.problems: list[Problem] = list(written.problems)
        self.indices: dict[str, int] = {}

    def scenario(self, source: dict[str, Any]) -> Scenario:
        self._names()
        nodes = [self._node(place, spec) for place, spec in enumerate(self.written.nodes)]
        links = [self._link(place, spec, nodes) for place, spec in enumerate(self.written.links)]
        ways = [found for found in links if found]
        self._neighbourhoods(nodes, ways)
        self._cycles(nodes, ways)
        plan = self._plan(nodes, ways)
        self._story(nodes)
        document = self.written.document
        if self.problems or document is None:
            raise Refused(self.problems)
        return Scenario(
            document,
            source,
            tuple(node for node in nodes if node),
            tuple(ways),
            tuple(plan),
        )

    def _add(self, path: str, problem: str, allowed: str = "", cure: str = "") -> None:
        self.problems.append(Problem(path, problem, allowed, cure))

    def _names(self) -> None:
        """Every node and link has an id of its own, because faults and interventions name it."""
        for place, name in enumerate(self.written.names):
            if name in self.indices:
                self._add(f"nodes.{place}.id", f"is {name!r}, which another node has", cure="Give each node its own.")
            elif name:
                self.indices[name] = place
        taken: dict[str, str] = dict.fromkeys(self.indices, "a node")
        for place, name in enumerate(self.written.ways):
            if self.written.links[place] is not None and name in taken:
                self._add(
                    f"links.{place}.id", f"is {name!r}, which {taken[name]} has", cure="Give it an id of its own."
                )
            taken.setdefault(name, "another link")

    def _node(self, place: int, spec: NodeSpec | None) -> PlacedNode | None:
        if spec is None:
            return None
        path = f"nodes.{place}"
        pattern = self.patterns.get(spec.pattern)
        if pattern is None:
            self._add(
                f"{path}.pattern",
                f"is {shown(spec.pattern)}",
                ", ".join(sorted(self.patterns)),
                "Choose one of these.",
            )
            return None
        settings = self._settings(pattern.Settings, spec.settings, f"{path}.settings")
        if settings is None:
            return None
        return PlacedNode(spec.id, spec.title or spec.id, pattern, settings, spec.settings, spec.at)

    def _settings(self, model: type[BaseModel], given: dict[str, Any], path: str) -> Any:
        try:
            return model.model_validate(given)
        except ValidationError as error:
            self.problems += problems_of(error, path)
            return None

    def _link(self, place: int, spec: LinkSpec | None, nodes: list[PlacedNode | None]) -> PlacedLink | None:
        if spec is None:
            return None
        path = f"links.{place}"
        for side, name in (("from", spec.source), ("to", spec.target)):
            if name not in self.indices:
                self._add(
                    f"{path}.{side}",
                    f"is {name!r}, and no node has this id",
                    ", ".join(self.indices),
                    "Name a node that is there.",
                )
        if spec.source not in self.indices or spec.target not in self.indices:
            return None
        start, end = self.indices[spec.source], self.indices[spec.target]
        source, target = nodes[start], nodes[end]
        if source is None or target is None:
            return None
        kind = self._link_kind(path, spec, source, target)
        if kind is None:
            return None
        if kind.draw == "dead" and start == end:
            self._add(path, f"makes {source.id} its own dead-letter queue", cure="Lead it to another queue.")
            return None
        settings = self._settings(kind.settings, spec.settings, f"{path}.settings")
        if settings is None:
            return None
        for problem in kind.check(settings, source.settings, target.settings):
            self._add(f"{path}.{problem.path}".rstrip("."), problem.problem, problem.allowed, problem.cure)
        return PlacedLink(self.written.ways[place], start, end, kind, settings, spec.settings)

    def _link_kind(self, path: str, spec: LinkSpec, source: PlacedNode, target: PlacedNode) -> LinkKind | None:
        fitting = [kind for kind in source.pattern.links if kind.draw in target.pattern.takes]
        if spec.kind:
            chosen = next((kind for kind in fitting if kind.name == spec.kind), None)
            if chosen is None:
                self._add(
                    f"{path}.kind",
                    f"is {shown(spec.kind)}",
                    ", ".join(kind.name for kind in fitting) or "no link here",
                )
            return chosen
        if not fitting:
            self._add(
                path,
                f"a {source.pattern.name} has no way to a {target.pattern.name}",
                cure="Remove the link or put a node between.",
            )
            return None
        return fitting[0]

    def _neighbourhoods(self, nodes: list[PlacedNode | None], ways: list[PlacedLink]) -> None:
        for place, node in enumerate(nodes):
            if node is not None:
                outs = [
                    Way(way.kind.draw, node.id, target.id, target.settings, way.settings)
                    for way in ways
                    if way.source == place and (target := nodes[way.target]) is not None
                ]
                for problem in node.pattern.check(node.settings, outs):
                    path = f"nodes.{place}.{problem.path}".rstrip(".")
                    self._add(path, problem.problem, problem.allowed, problem.cure)

    def _cycles(self, nodes: list[PlacedNode | None], ways: list[PlacedLink]) -> None:
        """A cycle in which some node copies a message into two links of that same cycle multiplies without end."""
        after: dict[int, list[int]] = {place: [] for place in range(len(nodes))}
        ways = [way for way in ways if not way.kind.spontaneous]
        for way in ways:
            after[way.source].append(way.target)
        reach = {place: _reachable(place, after) for place in after}
        for place, node in enumerate(nodes):
            if node is None or not node.pattern.copies:
                continue
            again = [way for way in ways if way.source == place and (way.target == place or place in reach[way.target])]
            if len(again) > 1:
                self._add(
                    f"nodes.{place}",
                    f"{node.id} copies each message into {', '.join(way.id for way in again)}, and "
                    "each leads back to it: messages would multiply without end",
                    "at most one way back",
                    "Remove one of these links.",
                )

    def _plan(self, nodes: list[PlacedNode | None], ways: list[PlacedLink]) -> list[Intervention]:
        plan = Plan(self.indices, self.written.ways, nodes, ways)
        planned = [plan.fault(place, spec) for place, spec in enumerate(self.written.faults)]
        planned += [plan.operation(place, spec) for place, spec in enumerate(self.written.operations)]
        self.problems += plan.problems
        return [line for line in planned if line]

    def _story(self, nodes: list[PlacedNode | None]) -> None:
        known = [kind.name for kind in (*link.KINDS, *faults.KINDS)]
        known += [kind.name for node in nodes if node for kind in node.pattern.kinds]
        everything_known = None not in nodes
        for place, beat in enumerate(self.written.story):
            if beat is None:
                continue
            path = f"story.{place}"
            if bool(beat.when.first) == (beat.when.at is not None):
                self._add(f"{path}.when", "needs one moment", "either first or at")
            elif beat.when.first and beat.when.first not in known and everything_known:
                self._add(
                    f"{path}.when.first",
                    f"is {shown(beat.when.first)}",
                    ", ".join(dict.fromkeys(known)),
                    "Choose a kind of record that can happen here.",
                )
            for name, value in (("when.node", beat.when.node), ("focus", beat.focus)):
                if value and value not in self.indices:
                    self._add(f"{path}.{name}", f"is {shown(value)}, and no node has this id", ", ".join(self.indices))
            if beat.ask and beat.ask.right >= len(beat.ask.answers):
                self._add(
                    f"{path}.ask.right",
                    f"is {beat.ask.right}",
                    f"0 to {len(beat.ask.answers) - 1}",
                    "Count the answers from 0.",
                )
            for unknown in sorted(dict.fromkeys(re.findall(r"\{(\w*)\}", beat.title + beat.say))):
                if unknown not in ("message", "node", "type"):
                    self._add(f"{path}.say", f"mentions {{{unknown}}}", "{message}, {node}, {type}")


def _reachable(start: int, after: dict[int, list[int]]) -> dict[int, bool]:
    """The nodes one can come to from `start`, itself only by a cycle."""
    found: dict[int, bool] = {}
    todo = list(after[start])
    while todo:
        place = todo.pop()
        if place not in found:
            found[place] = True
            todo += after[place]
    return found
