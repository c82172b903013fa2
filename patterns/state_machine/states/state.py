"""What all states have: a name, where they lead, their data flow, their Retry and Catch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.templates import path_template, query_template
from patterns.state_machine.errors import InvalidDefinition, StateError
from patterns.state_machine.pipeline import Outcome, PathPipeline, Pipeline, QueryPipeline, result_path
from patterns.state_machine.retrying import Catcher, Retrier
from patterns.state_machine.shapes import a_number, a_text, an_object, objects

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow


class State:
    """A compiled state. `entered`, `exited`, `aborted` name its events; `next` is None at an End."""

    __slots__ = (
        "aborted",
        "catchers",
        "entered",
        "exited",
        "is_query",
        "name",
        "next",
        "pipeline",
        "retriers",
        "where",
    )

    kind = ""
    is_aborted = False
    """Whether the state takes time, so that its being stopped is an event."""
    is_retried = False
    """Whether the state may have a Retry."""

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool) -> None:
        """Raises InvalidDefinition."""
        self.name = name
        self.where = where
        self.is_query = is_query
        self.entered = f"{self.kind}StateEntered"
        self.exited = f"{self.kind}StateExited"
        self.aborted = f"{self.kind}StateAborted" if self.is_aborted else ""
        self.next: str | None = a_text(fields["Next"], f"{where}.Next") if "Next" in fields else None
        self.pipeline: Pipeline = QueryPipeline(fields, where) if is_query else PathPipeline(fields, where)
        self.retriers: tuple[Retrier, ...] = ()
        self.catchers: tuple[Catcher, ...] = ()

    def attempt(self, flow: Flow) -> bool:
        """Do the work, the first time or again; returns whether the flow goes on at once. Raises StateError."""
        raise AssertionError(f"a state of type {self.kind or 'none'} does no work")

    def done(self, flow: Flow, result: Any) -> bool:
        """The work has a result."""
        output, assigned = self.pipeline.outcome(flow, self.pipeline.narrowed(flow), result)
        return flow.leave(output, assigned, self.next)

    def broken(self, flow: Flow, error: StateError) -> None:
        """The work failed and is not tried again: what the history says of it, before the state is left."""

    def caught(self, flow: Flow, catcher: Catcher, error: dict[str, Any]) -> Outcome:
        return self.pipeline.caught(flow, catcher, error)

    def read_errors(self, fields: dict[str, Any]) -> None:
        """Compile Retry and Catch."""
        self.retriers = tuple(
            _retrier(given, where) for given, where in objects(fields.get("Retry"), f"{self.where}.Retry")
        )
        self.catchers = tuple(
            self._catcher(given, where) for given, where in objects(fields.get("Catch"), f"{self.where}.Catch")
        )

    def _catcher(self, given: dict[str, Any], where: str) -> Catcher:
        next = a_text(given.get("Next"), f"{where}.Next")
        assign = output = None
        if "Assign" in given:
            assigned = an_object(given["Assign"], f"{where}.Assign")
            assign = (
                query_template(assigned, f"{where}.Assign", "Assign")
                if self.is_query
                else path_template(assigned, f"{where}.Assign")
            )
        if self.is_query and "Output" in given:
            output = query_template(given["Output"], f"{where}.Output", "Output")
        return Catcher(_errors(given, where), next, result_path(given, where), output, assign)


def _retrier(given: dict[str, Any], where: str) -> Retrier:
    return Retrier(
        _errors(given, where),
        a_number(given, "IntervalSeconds", where, 1),
        a_number(given, "MaxAttempts", where, 3),
        a_number(given, "BackoffRate", where, 2.0, least=1),
        a_number(given, "MaxDelaySeconds", where, None),
        given.get("JitterStrategy") == "FULL",
    )


def _errors(given: dict[str, Any], where: str) -> tuple[str, ...]:
    names = given.get("ErrorEquals")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidDefinition(f"{where}.ErrorEquals", "must be a list of error names")
    return tuple(names)
