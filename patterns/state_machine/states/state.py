"""What all states have: a name, where they lead, their data flow, their Retry and Catch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.templates import path_template, query_template
from patterns.state_machine.errors import InvalidDefinition, StateError
from patterns.state_machine.pipeline import Outcome, PathPipeline, Pipeline, QueryPipeline, result_path
from patterns.state_machine.retrying import Catcher, Retrier

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
        self.next: str | None = fields.get("Next")
        self.pipeline: Pipeline = QueryPipeline(fields, where) if is_query else PathPipeline(fields, where)
        self.retriers: tuple[Retrier, ...] = ()
        self.catchers: tuple[Catcher, ...] = ()

    def attempt(self, flow: Flow) -> bool:
        """Do the work, the first time or again; returns whether the flow goes on at once. Raises StateError."""
        raise NotImplementedError

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
            _retrier(given, f"{self.where}.Retry[{place}]") for place, given in enumerate(fields.get("Retry") or ())
        )
        self.catchers = tuple(
            self._catcher(given, f"{self.where}.Catch[{place}]")
            for place, given in enumerate(fields.get("Catch") or ())
        )

    def _catcher(self, given: dict[str, Any], where: str) -> Catcher:
        if "Next" not in given:
            raise InvalidDefinition(where, "has no Next")
        assign = output = None
        if "Assign" in given:
            assign = (
                query_template(given["Assign"], f"{where}.Assign", "Assign")
                if self.is_query
                else path_template(given["Assign"], f"{where}.Assign")
            )
        if self.is_query and "Output" in given:
            output = query_template(given["Output"], f"{where}.Output", "Output")
        return Catcher(_errors(given, where), given["Next"], result_path(given, where), output, assign)


def _retrier(given: dict[str, Any], where: str) -> Retrier:
    return Retrier(
        _errors(given, where),
        given.get("IntervalSeconds", 1),
        given.get("MaxAttempts", 3),
        given.get("BackoffRate", 2.0),
        given.get("MaxDelaySeconds"),
        given.get("JitterStrategy") == "FULL",
    )


def _errors(given: dict[str, Any], where: str) -> tuple[str, ...]:
    if not isinstance(given, dict) or not isinstance(given.get("ErrorEquals"), list):
        raise InvalidDefinition(f"{where}.ErrorEquals", "must be a list of error names")
    return tuple(given["ErrorEquals"])
