"""Wait: until a moment, or for so many seconds.

Sources: Amazon States Language specification, "Wait State"; recorded on the service: sentences, and that a moment more
than 2^31 seconds away is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.moments import moment
from patterns.state_machine.data.sources import Missing, Source, View
from patterns.state_machine.data.templates import Expression, compiled_source, query_error, query_template
from patterns.state_machine.data.text import written
from patterns.state_machine.errors import StateError, runtime
from patterns.state_machine.pipeline import NOTHING
from patterns.state_machine.states.numbers import wrong_type
from patterns.state_machine.states.state import State
from simulator.engine.clock import SECOND, Micros

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow

LONGEST = 2**31 - 1
_WANTED = "ISO-8601 extended offset date-time format string"


class Wait(State):
    __slots__ = ("expression", "field", "literal", "source")

    kind = "Wait"
    is_aborted = True

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool) -> None:
        super().__init__(name, fields, where, is_query)
        self.field = next((field for field in _FIELDS if field in fields), "Seconds")
        self.literal = fields.get(self.field, 0)
        self.source: Source | None = None
        self.expression: Expression | None = None
        if self.field.endswith("Path"):
            self.source = compiled_source(self.literal, f"{where}.{self.field}")
        elif is_query:
            template = query_template(self.literal, f"{where}.{self.field}", self.field)
            self.expression = template if isinstance(template, Expression) else None

    def attempt(self, flow: Flow) -> bool:
        narrowed = self.pipeline.narrowed(flow)
        given = self._given(flow, narrowed)
        if self.field.startswith("Timestamp"):
            delay = max(0, self._moment(given) - flow.execution.surroundings.epoch)
        else:
            delay = int(self._seconds(given) * SECOND)
        if delay > LONGEST * SECOND:
            raise runtime("Wait state delay is too long.")
        return flow.wait(delay, self.over) if delay else self.over(flow)

    def over(self, flow: Flow) -> bool:
        """The wait is over."""
        output, assigned = self.pipeline.outcome(flow, self.pipeline.narrowed(flow), NOTHING)
        return flow.leave(output, assigned, self.next)

    def _given(self, flow: Flow, narrowed: Any) -> Any:
        if self.expression is not None:
            return self.expression.fill(self.pipeline.seen(flow, narrowed))
        if self.source is None:
            return self.literal
        try:
            return self.source.read(View(narrowed, flow))
        except Missing as missing:
            raise runtime(f"The {self.field} parameter does not reference an input value: {missing.text}") from None

    def _moment(self, given: Any) -> Micros:
        found = moment(given)
        if found is not None:
            return found
        shown = given if isinstance(given, str) else written(given)
        if self.source is not None:
            raise runtime(
                f"The TimestampPath parameter does not reference a valid {_WANTED}: {self.source.text} == {shown}"
            )
        raise self._refused(f"The Timestamp field cannot be parsed as an {_WANTED}: {shown}")

    def _seconds(self, given: Any) -> int:
        if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
            return given
        if self.expression is not None and (isinstance(given, bool) or not isinstance(given, int)):
            raise wrong_type(self.expression.text, self.field, "integer", given)
        if self.source is not None:
            shown = f"{self.source.text} == {given if isinstance(given, str) else written(given)}"
            if isinstance(given, int) and not isinstance(given, bool):
                raise runtime(f"The SecondsPath parameter references a negative value: {shown}")
            raise runtime(f"The SecondsPath parameter cannot be parsed as a long value: {shown}")
        raise self._refused(f"The Seconds field must be a whole number of seconds, not {written(given)}")

    def _refused(self, said: str) -> StateError:
        return query_error(said, self.field) if self.is_query else runtime(said)


_FIELDS = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
