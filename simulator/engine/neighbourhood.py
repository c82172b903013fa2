"""What a change of settings does to its neighbours: a run comes to nothing that its scenario could not have said.

A schedule loses its target when a link names another one, and a topic its subscriber when that becomes something which
SNS can't deliver to. The checks that a scenario passes are asked again, with the settings as they would be; what they
say that they do not say already is new. The operations of a service ask their own questions instead.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from simulator.engine.errors import Problem
from simulator.engine.link import Link
from simulator.engine.node import Node
from simulator.engine.pattern import Way

if TYPE_CHECKING:
    from simulator.engine.run import Run


def new_problems(run: "Run", changed: Node | Link, settings: Any) -> list[Problem]:
    """What these settings of a node or link would bring about, with paths below its settings where they are its own."""
    known = [_told(problem) for problem in _problems(run, changed, changed.settings)]
    return [problem for problem in _problems(run, changed, settings) if _told(problem) not in known]


def _problems(run: "Run", changed: Node | Link, settings: Any) -> Iterator[Problem]:
    """Every problem of the links and nodes which see these settings."""
    ways = [changed] if isinstance(changed, Link) else [*changed.outs, *changed.ins]
    sources = [changed.source] if isinstance(changed, Link) else [changed, *(way.source for way in changed.ins)]

    def of(one: Node | Link) -> Any:
        return settings if one is changed else one.settings

    for way in ways:
        kind = run.scenario.links[way.index].kind
        yield from _placed(way, changed, kind.check(of(way), of(way.source), of(way.target)))
    for node in dict.fromkeys(sources):
        outs = [
            Way(run.scenario.links[way.index].kind.draw, node.id, way.target.id, of(way.target), of(way))
            for way in node.outs
        ]
        yield from _placed(node, changed, run.scenario.nodes[node.index].pattern.check(of(node), outs))


def _placed(where: Node | Link, changed: Node | Link, found: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of the changed one with paths as its settings have them; those of a neighbour named by its id."""
    for one in found:
        path = one.path.removeprefix("settings").removeprefix(".")
        if where is changed:
            yield Problem(path, one.problem, one.allowed, one.cure)
        else:
            yield Problem("", f"{where.id}: {path} {one.problem}".replace(":  ", ": "), one.allowed, one.cure)


def _told(problem: Problem) -> tuple[str, str]:
    return problem.path, problem.problem
