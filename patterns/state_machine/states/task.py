"""Task: has work done elsewhere, within a time limit, and tries again as Retry says.

Sources: Amazon States Language specification, "Task State"; Step Functions Developer Guide, "Task workflow state".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.attempt import ACTIVITY, TOKEN, Attempt, Resource
from patterns.state_machine.data.templates import Template, path_template, query_template
from patterns.state_machine.errors import runtime
from patterns.state_machine.shapes import an_object
from patterns.state_machine.states.numbers import NumberField
from patterns.state_machine.states.state import State

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow

LONGEST = 99_999_999
"""The default of TimeoutSeconds, in which case no limit is set."""


class Task(State):
    __slots__ = ("credentials", "heartbeat", "resource", "timeout")

    kind = "Task"
    is_aborted = is_retried = True

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool) -> None:
        super().__init__(name, fields, where, is_query)
        given = fields.get("Resource")
        self.resource = Resource.of(given if isinstance(given, str) else "unknown")
        self.timeout = NumberField(fields, "TimeoutSeconds", where)
        self.heartbeat = NumberField(fields, "HeartbeatSeconds", where)
        self.credentials: Template | None = None
        if "Credentials" in fields:
            place = f"{where}.Credentials"
            self.credentials = (
                query_template(an_object(fields["Credentials"], place), place, "Credentials")
                if is_query
                else path_template(an_object(fields["Credentials"], place), place)
            )
        self.read_errors(fields)

    def attempt(self, flow: Flow) -> bool:
        pipeline, execution = self.pipeline, flow.execution
        narrowed = pipeline.narrowed(flow)
        token = execution.token(flow) if self.resource.pattern == TOKEN or self.resource.kind == ACTIVITY else None
        flow.token = token if self.resource.pattern == TOKEN else None
        parameters = pipeline.given(flow, narrowed)
        timeout = self._seconds(self.timeout, flow, narrowed)
        heartbeat = self._seconds(self.heartbeat, flow, narrowed)
        credentials = None if self.credentials is None else self.credentials.fill(pipeline.seen(flow, narrowed))
        attempt = flow.work = Attempt(flow, self.resource, flow.tries + 1, token or "")
        attempt.schedule(parameters, timeout if timeout != LONGEST else None, heartbeat, credentials)
        return False

    def _seconds(self, field: NumberField, flow: Flow, narrowed: Any) -> int | None:
        """A time limit, or None. Raises StateError."""
        found = field.value(flow, narrowed)
        if found is None:
            return None
        if not 0 < found <= LONGEST:
            raise runtime(f"{field.name} must be between 1 and {LONGEST}, but was {found}.")
        return int(found)
