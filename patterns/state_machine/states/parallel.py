"""Parallel: all branches at once, each with the same input; the outputs in the order of the branches.

The first error that a branch does not catch stops the others and is the state's. Sources: Amazon States Language
specification, "Parallel State"; recorded on the service: the order of events when a branch fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.errors import InvalidDefinition, StateError
from patterns.state_machine.states.state import State

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow
    from patterns.state_machine.machine import Compiler, Scope


class Parallel(State):
    __slots__ = ("branches",)

    kind = "Parallel"
    is_aborted = is_retried = True

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool, compiler: Compiler) -> None:
        super().__init__(name, fields, where, is_query)
        given = fields.get("Branches")
        if not isinstance(given, list):
            raise InvalidDefinition(f"{where}.Branches", "must be a list")
        self.branches: tuple[Scope, ...] = tuple(
            compiler.scope(branch, f"{where}.Branches[{place}]", is_query_default=compiler.is_query)
            for place, branch in enumerate(given)
        )
        self.read_errors(fields)

    def attempt(self, flow: Flow) -> bool:
        given = self.pipeline.given(flow, self.pipeline.narrowed(flow))
        flow.execution.record(flow, "ParallelStateStarted", self.name)
        if flow.over:
            return False
        if not self.branches:
            return self.done(flow, [])
        flow.work = Branches(flow, self.branches, given)
        flow.work.begin()
        return False

    def done(self, flow: Flow, result: Any) -> bool:
        flow.execution.record(flow, "ParallelStateSucceeded", self.name)
        return not flow.over and super().done(flow, result)

    def broken(self, flow: Flow, error: StateError) -> None:
        flow.execution.record(flow, "ParallelStateFailed", self.name)


class Branches:
    """The branches of one visit that are under way."""

    __slots__ = ("ended", "flow", "flows", "outputs")

    def __init__(self, flow: Flow, scopes: tuple[Scope, ...], given: Any) -> None:
        self.flow = flow
        self.flows = [flow.inner(scope, given, place, self) for place, scope in enumerate(scopes)]
        self.outputs: list[Any] = [None] * len(scopes)
        self.ended = [False] * len(scopes)

    def begin(self) -> None:
        for flow in self.flows:
            flow.previous = self.flow.previous
            flow.take_turn(0)

    def finished(self, flow: Flow, output: Any) -> None:
        self.outputs[flow.index] = output
        self.flow.previous = flow.previous
        self.ended[flow.index] = True
        if all(self.ended):
            self.flow.resume(self.flow.state.done, self.outputs)

    def broken(self, flow: Flow, error: StateError) -> None:
        if flow.state.aborted:
            flow.execution.record(flow, flow.state.aborted, flow.state.name)
        self.stop(telling=True)
        self.flow.previous = flow.previous
        self.flow.kept = self
        self.flow.resume_with(error)

    def redrive(self) -> None:
        """The branches that had not ended go on."""
        for flow in self.flows:
            if not self.ended[flow.index]:
                flow.redrive()

    def waits(self) -> list[str]:
        return [reason for flow in self.flows for reason in flow.waits()]

    def stop(self, telling: bool = False) -> Branches:
        for flow in self.flows:
            flow.stop(telling)
        return self
