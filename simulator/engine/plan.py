"""What a scenario says will happen at its times, besides what its nodes do: faults, operations and changes of settings.

Each line of the plan is what a person could do at that moment, and is checked when the scenario is.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from simulator.engine import faults
from simulator.engine.clock import SECOND
from simulator.engine.document import FaultSpec, OperationSpec
from simulator.engine.errors import Problem, problems_of, shown
from simulator.engine.journal import Intervention

if TYPE_CHECKING:
    from simulator.engine.scenario import PlacedLink, PlacedNode

CHANGE = "change"


class Plan:
    """Reads the plan of one document. `nodes` and `ways` hold None for those that are wrong otherwise.

    `names` are the ids of all nodes and `links` of all links, whether they are wrong or not.
    """

    def __init__(
        self, names: Mapping[str, int], links: Sequence[str], nodes: "list[PlacedNode | None]", ways: "list[PlacedLink]"
    ) -> None:
        self.problems: list[Problem] = []
        self._names = names
        self._links = links
        self._nodes = nodes
        self._ways = {way.id: way for way in ways}

    def fault(self, place: int, spec: FaultSpec | None) -> Intervention | None:
        """The line for a fault of the document, or None where it is wrong."""
        if spec is None:
            return None
        path = f"faults.{place}"
        offered: tuple[faults.Fault, ...] = faults.LINK_FAULTS
        if not self._has_target(path, spec.node, spec.link):
            return None
        if spec.node:
            node = self._nodes[self._names[spec.node]]
            if node is None:
                return None
            offered = node.pattern.faults
        fault = next((one for one in offered if one.name == spec.fault), None)
        if fault is None:
            self._add(f"{path}.fault", f"is {shown(spec.fault)}", ", ".join(one.name for one in offered) or "none here")
            return None
        if not self._fits(fault.arguments, spec.arguments, f"{path}.arguments"):
            return None
        arguments = dict(spec.arguments)
        if spec.span is not None:
            arguments["seconds"] = spec.span / SECOND
        return Intervention(spec.at, spec.node or spec.link, spec.fault, arguments)

    def operation(self, place: int, spec: OperationSpec | None) -> Intervention | None:
        """The line for an operation, or a change of settings, of the document, or None where it is wrong."""
        if spec is None:
            return None
        path = f"operations.{place}"
        if not self._has_target(path, spec.node, spec.link):
            return None
        target = self._nodes[self._names[spec.node]] if spec.node else self._ways.get(spec.link)
        if target is None:
            return None
        if spec.operation == CHANGE:
            model, given = type(target.settings), target.given | spec.arguments
        else:
            offered = self._nodes[self._names[spec.node]].pattern.operations if spec.node else ()  # type: ignore[union-attr]
            found = next((one for one in offered if one.name == spec.operation), None)
            if found is None:
                allowed = ", ".join([CHANGE, *(one.name for one in offered)])
                self._add(f"{path}.operation", f"is {shown(spec.operation)}", allowed)
                return None
            model, given = found.arguments, spec.arguments
        if not self._fits(model, given, f"{path}.arguments"):
            return None
        return Intervention(spec.at, spec.node or spec.link, spec.operation, dict(spec.arguments))

    def _has_target(self, path: str, node: str, link: str) -> bool:
        """Whether exactly one of them is named, and is there."""
        if (node in self._names and not link) or (link in self._links and not node):
            return True
        self._add(
            path,
            "names no node or link that is there",
            "either node or link",
            f"Nodes: {', '.join(self._names)}; links: {', '.join(self._links) or 'none'}",
        )
        return False

    def _fits(self, model: type[BaseModel], given: dict[str, Any], path: str) -> bool:
        try:
            model.model_validate(given)
        except ValidationError as error:
            self.problems += problems_of(error, path)
            return False
        return True

    def _add(self, path: str, problem: str, allowed: str = "", cure: str = "") -> None:
        self.problems.append(Problem(path, problem, allowed, cure))
