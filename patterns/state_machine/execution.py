"""One execution of a state machine: a value that holds where it is, what it knows and what has happened.

It is made, started, and then driven by its surroundings until it has ended: SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
Standard: at most 25,000 events and one year. Express: five minutes, and no limit to its events; but one that makes many
steps in the same instant can only be a loop, and is left there until its five minutes have passed.
Sources: Step Functions Developer Guide, "Choosing workflow type", "Service quotas"; API Reference, StopExecution.
"""

from __future__ import annotations

from typing import Any, Protocol

from patterns.state_machine.errors import RUNTIME, TIMEOUT
from patterns.state_machine.flow import Flow, written_time
from patterns.state_machine.history import HISTORY_QUOTA, QUOTA_REACHED, HistoryEvent
from patterns.state_machine.machine import Machine, Scope
from patterns.state_machine.retrying import cause_text
from patterns.state_machine.surroundings import Surroundings
from simulator.engine.arns import ACCOUNT, arn
from simulator.engine.clock import DAY, MINUTE, SECOND, Micros

RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED = "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"
STANDARD, EXPRESS = "STANDARD", "EXPRESS"

LONGEST = {STANDARD: 365 * DAY, EXPRESS: 5 * MINUTE}
MOST_IN_AN_INSTANT = 50_000
"""Events of an Express execution between which no time passes."""


class Parent(Protocol):
    """The distributed Map that an execution is a child of."""

    def child_ended(self, child: Execution) -> None: ...


class Execution:
    """`status`, `output` (JSON), `error`, `cause` (None where absent), and `events`, the history.

    `transition`: how long it takes from one state to the next. `role` and `name` are told by the context object.
    """

    __slots__ = ("_deadline", "_first", "_instant", "cause", "error", "events", "index", "input", "machine", "name",
                 "output", "parent", "parked", "redriven_at", "redrives", "root", "scope", "started_at", "status",
                 "surroundings", "transition", "type")  # fmt: skip

    def __init__(
        self,
        machine: Machine,
        given: Any,
        surroundings: Surroundings,
        *,
        name: str = "execution",
        type: str = STANDARD,
        transition: Micros = 0,
        scope: Scope | None = None,
        parent: Parent | None = None,
        index: int = 0,
    ) -> None:
        self.machine = machine
        self.scope = scope or machine.scope
        self.surroundings = surroundings
        self.name = name
        self.type = type
        self.transition = transition
        self.parent = parent
        self.index = index
        self.input = given
        self.status = RUNNING
        self.output: Any = None
        self.error: str | None = None
        self.cause: Any = None
        self.events: list[HistoryEvent] = []
        self.started_at: Micros = 0
        self.redriven_at: Micros = 0
        self.redrives = 0
        self.parked = False
        self.root = Flow(self, self.scope, given)
        self._deadline: Any = None
        self._instant: Micros = -1
        self._first = 0

    def start(self) -> None:
        """Begin, now, unless it was stopped before."""
        if self.is_over:
            return
        self.started_at = self.surroundings.now
        details = {"input": self.input, "roleArn": self.role}
        self._write("ExecutionStarted", details)
        self._limit()
        self.root.previous = 0
        self.root.proceed()

    def child(self, scope: Scope, given: Any, type: str, parent: Parent, index: int) -> Execution:
        """A child execution of a distributed Map; it does not see the variables here."""
        name = f"{self.name}-{len(self.events)}-{index}"
        return Execution(
            self.machine, given, self.surroundings, name=name, type=type, transition=self.transition, scope=scope,
            parent=parent, index=index,
        )  # fmt: skip

    def abort(self, error: str | None = None, cause: str | None = None) -> bool:
        """StopExecution; False if it had ended."""
        return self._end(ABORTED, "ExecutionAborted", error, cause)

    def redrive(self) -> bool:
        """RedriveExecution: go on from where it failed, with the same input; False if that is not possible.

        What succeeded is not done again, and retries count anew. Source: Developer Guide, "Restarting state machine
        executions with redrive".
        """
        if not self.is_redrivable:
            return False
        self.status, self.error, self.cause = RUNNING, None, None
        self.redrives += 1
        self.redriven_at = self.surroundings.now
        self._write("ExecutionRedriven", {"redriveCount": self.redrives})
        self._limit()
        self.root.redrive()
        return True

    @property
    def is_redrivable(self) -> bool:
        """Standard, begun, ended without success, and with room left in its history."""
        ended = self.status in (FAILED, TIMED_OUT, ABORTED)
        return ended and self.type == STANDARD and 1 < len(self.events) < HISTORY_QUOTA - 1

    def succeed(self, output: Any) -> None:
        self.output = output
        self._end(SUCCEEDED, "ExecutionSucceeded", None, None, {"output": output})

    def fail(self, error: str | None, cause: Any) -> None:
        self._end(FAILED, "ExecutionFailed", error, cause)

    def record(
        self, flow: Flow, type: str, state: str | None = None, value: Any = None, more: dict[str, Any] | None = None
    ) -> int:
        """Write an event of a flow and return its id. An execution that has ended writes nothing, and returns 0.

        Where there is only room for one event more, the execution fails.
        """
        if self.status != RUNNING:
            return 0
        events = self.events
        number = len(events) + 1
        surroundings = self.surroundings
        now = surroundings.now
        if self.type == STANDARD:
            if number >= HISTORY_QUOTA:
                self.fail(RUNTIME, QUOTA_REACHED)
                return 0
        elif now != self._instant:
            self._instant, self._first = now, number
        elif number - self._first > MOST_IN_AN_INSTANT:
            self.parked = True
        event = HistoryEvent(number, flow.previous, now, type, state, value, more)
        flow.previous = number
        events.append(event)
        surroundings.recorded(self, event)
        return number

    def waits(self) -> list[str]:
        """What it waits for, in words; nothing if it has ended."""
        return [] if self.is_over else [f"{self.scope.start}: a loop"] if self.parked else self.root.waits()

    @property
    def is_over(self) -> bool:
        return self.status != RUNNING

    @property
    def arn(self) -> str:
        if self.type == EXPRESS:
            return arn("states", f"express:{self.machine.name}:{self.name}:{self.started_at:032x}")
        return arn("states", f"execution:{self.machine.name}:{self.name}")

    @property
    def role(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.machine.name}"

    def token(self, flow: Flow) -> str:
        """A task token for the next attempt of a flow: no other attempt has the same."""
        return f"{self.machine.name}.{self.name}.{len(self.events)}.{flow.index}.{flow.tries}"

    def epoch_of(self, time: Micros) -> Micros:
        """A moment of virtual time, in Micros since 1970."""
        return self.surroundings.epoch - self.surroundings.now + time

    def context(self) -> dict[str, Any]:
        """What the context object says of the execution and its machine."""
        told: dict[str, Any] = {
            "Id": self.arn,
            "Input": self.input,
            "StartTime": written_time(self.epoch_of(self.started_at)),
            "Name": self.name,
            "RoleArn": self.role,
        }
        if self.type == STANDARD:
            told["RedriveCount"] = self.redrives
            if self.redrives:
                told["RedriveTime"] = written_time(self.epoch_of(self.redriven_at))
        return {"Execution": told, "StateMachine": {"Id": self.machine.arn, "Name": self.machine.name}}

    def _limit(self) -> None:
        """Set when the execution times out."""
        limit = LONGEST[self.type]
        if self.scope.timeout is not None and self.parent is None:
            limit = min(limit, self.scope.timeout * SECOND)
        self._deadline = self.surroundings.after(limit, self._timed_out)

    def _timed_out(self) -> None:
        self._end(TIMED_OUT, "ExecutionTimedOut", TIMEOUT, None)

    def _end(
        self, status: str, type: str, error: str | None, cause: Any, details: dict[str, Any] | None = None
    ) -> bool:
        if self.status != RUNNING:
            return False
        if details is None:
            details = {} if error is None or status == TIMED_OUT else {"error": error}
            if cause is not None:
                details["cause"] = cause_text(cause)
        self._write(type, details)
        self.status, self.error, self.cause = status, error, cause
        if self._deadline is not None:
            self.surroundings.cancel(self._deadline)
            self._deadline = None
        self.root.stop()
        self.root.over = True
        self.surroundings.ended(self)
        if self.parent is not None:
            self.parent.child_ended(self)
        return True

    def _write(self, type: str, details: dict[str, Any]) -> None:
        event = HistoryEvent(len(self.events) + 1, self.root.previous, self.surroundings.now, type, None, None, details)
        self.root.previous = event.id
        self.events.append(event)
        self.surroundings.recorded(self, event)
