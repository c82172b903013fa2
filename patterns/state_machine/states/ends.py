"""Pass, Succeed and Fail: the states that take no time.

Source: Amazon States Language specification, "Pass State", "Succeed State", "Fail State".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.sources import Missing, Source, View
from patterns.state_machine.data.templates import Fixed, Template, compiled_source, not_found, query_template
from patterns.state_machine.data.text import written
from patterns.state_machine.errors import StateError
from patterns.state_machine.pipeline import NOTHING, PathPipeline
from patterns.state_machine.states.state import State

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow


class Pass(State):
    """Hands on its input, or a Result that is written in the definition."""

    __slots__ = ("has_result", "is_plain", "result")

    kind = "Pass"

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool) -> None:
        super().__init__(name, fields, where, is_query)
        self.result = fields.get("Result")
        self.has_result = "Result" in fields and not is_query
        self.is_plain = isinstance(self.pipeline, PathPipeline) and self.pipeline.is_plain and not self.has_result

    def attempt(self, flow: Flow) -> bool:
        if self.is_plain:
            return flow.leave(flow.input, None, self.next)
        pipeline = self.pipeline
        narrowed = pipeline.narrowed(flow)
        if self.is_query:
            result = NOTHING
        elif self.has_result:
            result = self.result
        else:
            result = pipeline.given(flow, narrowed)
        output, assigned = pipeline.outcome(flow, narrowed, result)
        return flow.leave(output, assigned, self.next)


class Succeed(State):
    """Ends its flow well."""

    __slots__ = ()

    kind = "Succeed"

    def attempt(self, flow: Flow) -> bool:
        pipeline = self.pipeline
        output, assigned = pipeline.outcome(flow, pipeline.narrowed(flow), NOTHING)
        return flow.leave(output, assigned, None)


class Fail(State):
    """Ends its flow with an error, written or found at a path."""

    __slots__ = ("cause", "error")

    kind = "Fail"

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool) -> None:
        super().__init__(name, fields, where, is_query)
        self.error = _Said(fields, "Error", where, is_query)
        self.cause = _Said(fields, "Cause", where, is_query)

    def attempt(self, flow: Flow) -> bool:
        seen = self.pipeline.seen(flow, flow.input)
        return flow.break_down(StateError(self.error.said(seen), self.cause.said(seen)))


class _Said:
    """The Error or Cause of a Fail state."""

    __slots__ = ("field", "source", "template")

    def __init__(self, fields: dict[str, Any], name: str, where: str, is_query: bool) -> None:
        self.field = f"{name}Path"
        self.source: Source | None = None
        self.template: Template | None = None
        if self.field in fields and not is_query:
            self.source = compiled_source(fields[self.field], f"{where}.{self.field}")
        elif name in fields:
            given = fields[name]
            self.template = query_template(given, f"{where}.{name}", name) if is_query else Fixed(given)

    def said(self, seen: Any) -> str | None:
        if self.source is not None:
            found = self._read(seen)
        elif self.template is not None:
            found = self.template.fill(seen)
        else:
            return None
        return found if found is None or isinstance(found, str) else written(found)

    def _read(self, seen: View) -> Any:
        assert self.source is not None
        try:
            return self.source.read(seen)
        except Missing as missing:
            raise not_found(missing, self.field) from None
