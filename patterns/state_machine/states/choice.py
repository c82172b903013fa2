"""Choice: goes where the first rule that holds says, else to Default.

Sources: Amazon States Language specification, "Choice State"; Step Functions Developer Guide, "Choice state" (Assign
and Output of a rule, and those of the state for Default).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.errors import NO_CHOICE_MATCHED, InvalidDefinition, StateError
from patterns.state_machine.pipeline import NOTHING, PathPipeline, Pipeline, QueryPipeline
from patterns.state_machine.shapes import a_text, an_object
from patterns.state_machine.states.rules import Condition, Rule, path_rule
from patterns.state_machine.states.state import State

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow

_SHARED = ("InputPath", "OutputPath")


class Choice(State):
    """`branches`: each rule with where it leads and the data flow that its own Assign and Output make."""

    __slots__ = ("branches", "default")

    kind = "Choice"

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool) -> None:
        super().__init__(name, fields, where, is_query)
        self.default: str | None = a_text(fields["Default"], f"{where}.Default") if "Default" in fields else None
        given = fields.get("Choices")
        if not isinstance(given, list) or not given:
            raise InvalidDefinition(f"{where}.Choices", "must be a list of rules")
        self.branches = tuple(
            self._branch(rule, fields, f"{where}.Choices[{place}]") for place, rule in enumerate(given)
        )

    def attempt(self, flow: Flow) -> bool:
        narrowed = self.pipeline.narrowed(flow)
        seen = self.pipeline.seen(flow, narrowed)
        for rule, next, pipeline in self.branches:
            if rule.holds(seen):
                return self._go(flow, narrowed, next, pipeline)
        if self.default is None:
            raise StateError(
                NO_CHOICE_MATCHED, "Failed to transition from the state: no choice matched.", prefixed=True
            )
        return self._go(flow, narrowed, self.default, self.pipeline)

    def _go(self, flow: Flow, narrowed: Any, next: str, pipeline: Pipeline) -> bool:
        output, assigned = pipeline.outcome(flow, narrowed, NOTHING)
        return flow.leave(output, assigned, next)

    def _branch(self, given: Any, fields: dict[str, Any], where: str) -> tuple[Rule, str, Pipeline]:
        next = a_text(an_object(given, where).get("Next"), f"{where}.Next")
        if self.is_query:
            if "Condition" not in given:
                raise InvalidDefinition(where, "has no Condition")
            return Condition(given["Condition"], f"{where}.Condition"), next, QueryPipeline(given, where)
        shared = {name: fields[name] for name in _SHARED if name in fields}
        own = {"Assign": given["Assign"]} if "Assign" in given else {}
        return path_rule(given, where), next, PathPipeline({**shared, **own}, where)
