"""One try of a task: what is asked of whom, how long it may take, and what became of it.

Sources: Amazon States Language specification, "Task State" (TimeoutSeconds, HeartbeatSeconds); Step Functions Developer
Guide, "Service integration patterns"; recorded on the service: the events of each kind of resource, and that a missed
heartbeat is reported as States.Timeout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.text import is_too_large
from patterns.state_machine.errors import HEARTBEAT_TIMEOUT, TIMEOUT, StateError, too_large
from patterns.state_machine.retrying import cause_text
from simulator.engine.clock import SECOND, Micros
from simulator.engine.kernel import Timer

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow

FUNCTION, ACTIVITY, SERVICE = "LambdaFunction", "Activity", "Task"
SYNC, TOKEN = "sync", "waitForTaskToken"


@dataclass(frozen=True, slots=True)
class Resource:
    """The Resource of a Task: `kind` is how its events are called, `service` and `action` what they tell."""

    arn: str
    kind: str
    service: str
    action: str
    pattern: str

    @classmethod
    def of(cls, arn: str) -> Resource:
        parts = arn.split(":")
        pattern = (
            TOKEN if arn.endswith(".waitForTaskToken") else SYNC if ".sync" in parts[-1] or ".sync:" in arn else ""
        )
        if len(parts) > 5 and parts[2] == "lambda":
            return cls(arn, FUNCTION, "lambda", "function", "")
        if len(parts) > 5 and parts[2] == "states" and parts[5] == "activity":
            return cls(arn, ACTIVITY, "activity", parts[-1], "")
        rest = parts[5:] if len(parts) > 5 else parts
        if pattern == SYNC and rest[-1].isdigit():
            rest = [*rest[:-2], f"{rest[-2]}:{rest[-1]}"]
        return cls(arn, SERVICE, ":".join(rest[:-1]), rest[-1], pattern)


class Attempt:
    """A try that is under way. `number` counts from 1 in one visit of the state; see `surroundings` for who calls
    what.
    """

    __slots__ = ("_beat", "_heartbeat", "_over", "_started", "_submitted", "_timer", "flow", "number", "parameters",
                 "resource", "token")  # fmt: skip

    def __init__(self, flow: Flow, resource: Resource, number: int, token: str) -> None:
        self.flow = flow
        self.resource = resource
        self.number = number
        self.token = token
        self.parameters: Any = None
        self._timer: Timer | None = None
        self._beat: Timer | None = None
        self._heartbeat: Micros = 0
        self._over = self._started = self._submitted = False

    @property
    def state(self) -> str:
        return self.flow.state.name

    @property
    def is_over(self) -> bool:
        return self._over

    @property
    def is_limited(self) -> bool:
        """Whether a time limit is running."""
        return self._timer is not None or self._beat is not None

    @property
    def until(self) -> Micros:
        """When the first of its time limits passes, 0 where it has none."""
        return min((timer[0] for timer in (self._timer, self._beat) if timer is not None), default=0)

    def schedule(self, parameters: Any, timeout: int | None, heartbeat: int | None, credentials: Any) -> None:
        """Write that the task is scheduled, set its time limits (seconds) and have it started. Raises StateError."""
        if is_too_large(parameters):
            raise too_large(self.state)
        self.parameters = parameters
        surroundings = self.flow.execution.surroundings
        self._record("Scheduled", self._scheduled(timeout, heartbeat, credentials))
        if self.flow.over:
            self._over = True
            return
        if timeout is not None:
            self._timer = surroundings.after(timeout * SECOND, self._timed_out, TIMEOUT)
        if heartbeat is not None:
            self._heartbeat = heartbeat * SECOND
            self._beat = surroundings.after(self._heartbeat, self._timed_out, HEARTBEAT_TIMEOUT)
        surroundings.start_task(self)

    def started(self, worker: str = "") -> bool:
        if self._over or self._started:
            return not self._over
        self._started = True
        told = self._told() if self.resource.kind == SERVICE else {"workerName": worker} if worker else {}
        self._record("Started", told)
        return not self._over

    def submitted(self, output: Any = None) -> bool:
        """A service has taken the job, or the message with the token."""
        if self._over or self._submitted:
            return not self._over
        self.started()
        self._submitted = True
        self._record("Submitted", {**self._told(), "output": output})
        return not self._over

    def heartbeat(self) -> bool:
        if self._over:
            return False
        if self._beat is not None:
            surroundings = self.flow.execution.surroundings
            surroundings.cancel(self._beat)
            self._beat = surroundings.after(self._heartbeat, self._timed_out, HEARTBEAT_TIMEOUT)
        return True

    def succeeded(self, output: Any) -> bool:
        if self._over:
            return False
        try:
            error = too_large(self.resource.service) if is_too_large(output) else None
        except StateError as problem:
            error = problem
        if error is not None:
            return self.failed(error.name, error.cause)
        self.started()
        if self._end():
            self._record("Succeeded", {**self._told(), "output": output})
            self.flow.resume(self.flow.state.done, output)
        return True

    def failed(self, error: str | None, cause: Any = None, ending: str = "Failed") -> bool:
        """The task failed; `ending` StartFailed or SubmitFailed: before it began, before a job was taken."""
        if self._over:
            return False
        if ending == "Failed":
            self.started()
        if self._end():
            self._record(ending, {**self._told(), **_named(error, cause)})
            self.flow.resume_with(StateError(error, cause))
        return True

    def timed_out(self) -> bool:
        """Somebody else's time limit has passed, for instance that of the service."""
        if self._over:
            return False
        self._timed_out(TIMEOUT)
        return True

    def stop(self, telling: bool = False) -> None:
        """The state is left for another reason; whoever works on it is told."""
        if self._end():
            self.flow.execution.surroundings.stop_task(self)

    def waits(self) -> list[str]:
        return [f"{self.state}: the answer of {self.resource.arn}"]

    def _timed_out(self, error: str) -> None:
        self.started()
        if self._end():
            self._record("TimedOut", {**self._told(), **_named(TIMEOUT, None)})
            self.flow.execution.surroundings.stop_task(self)
            failure = StateError(TIMEOUT, None)
            failure.missed_heartbeat = error == HEARTBEAT_TIMEOUT
            self.flow.resume_with(failure)

    def _end(self) -> bool:
        """Close the attempt; False if it was closed, also by what was just written."""
        if self._over or self.flow.over:
            self._over = True
            return False
        self._over = True
        for timer in (self._timer, self._beat):
            if timer is not None:
                self.flow.execution.surroundings.cancel(timer)
        self._timer = self._beat = None
        return True

    def _record(self, what: str, details: dict[str, Any]) -> None:
        self.flow.execution.record(self.flow, f"{self.resource.kind}{what}", self.state, None, details)

    def _told(self) -> dict[str, Any]:
        if self.resource.kind != SERVICE:
            return {}
        return {"resourceType": self.resource.service, "resource": self.resource.action}

    def _scheduled(self, timeout: int | None, heartbeat: int | None, credentials: Any) -> dict[str, Any]:
        limits: dict[str, Any] = {}
        if timeout is not None:
            limits["timeoutInSeconds"] = timeout
        if heartbeat is not None and self.resource.kind != FUNCTION:
            limits["heartbeatInSeconds"] = heartbeat
        if isinstance(credentials, dict):
            limits["taskCredentials"] = {"roleArn": credentials.get("RoleArn")}
        if self.resource.kind == SERVICE:
            region = self.resource.arn.split(":")[3] if self.resource.arn.count(":") > 3 else ""
            return {**self._told(), "region": region or "us-east-1", "parameters": self.parameters, **limits}
        return {"resource": self.resource.arn, "input": self.parameters, **limits}


def _named(error: str | None, cause: Any) -> dict[str, Any]:
    named = {} if error is None else {"error": error}
    return named if cause is None else {**named, "cause": cause_text(cause)}
