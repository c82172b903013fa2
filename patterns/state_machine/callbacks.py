"""Calling back: whoever has a task token says that the work is done, that it has failed, or that it goes on.

Tokens are those of `.waitForTaskToken` and of activities. A second result, or one that comes too late, is refused.
Source: Step Functions API Reference, SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat.
"""

from typing import TYPE_CHECKING, Any

import orjson

from patterns.state_machine.attempt import Attempt
from patterns.state_machine.data.text import is_too_large
from patterns.state_machine.errors import StateError
from patterns.state_machine.world import INVALID_TOKEN, TASK_TIMED_OUT
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine


def send_task_success(machine: "StateMachine", call: Call) -> None:
    """The work is done, with this output. Raises ServiceError."""
    given = call.arguments
    output = _output(given.output)
    attempt = _attempt(machine, given.taskToken)
    _tell(machine, attempt, "it has succeeded")
    machine.activities.settle(attempt.token)
    machine.world.end_task(attempt)
    attempt.succeeded(output)
    call.reply({})


def send_task_failure(machine: "StateMachine", call: Call) -> None:
    """The work has failed. Raises ServiceError."""
    given = call.arguments
    attempt = _attempt(machine, given.taskToken)
    _tell(machine, attempt, f"it has failed: {given.error or 'no name'}")
    machine.activities.settle(attempt.token)
    machine.world.end_task(attempt)
    attempt.failed(given.error or None, given.cause or None)
    call.reply({})


def send_task_heartbeat(machine: "StateMachine", call: Call) -> None:
    """The work goes on. Raises ServiceError."""
    attempt = _attempt(machine, call.arguments.taskToken)
    if not attempt.heartbeat():
        raise TASK_TIMED_OUT
    call.reply({})


def answered(machine: "StateMachine", handler: Any, call: Call) -> None:
    """Answer a call that came over a link with what `handler` says, also where it refuses."""
    try:
        if machine.unavailable:
            raise ServiceError("ServiceUnavailable", "The service is unavailable.")
        handler(machine, call)
    except ServiceError as error:
        machine.record("called_in_vain", 0, error.code)
        call.fail(error)


def _attempt(machine: "StateMachine", token: str) -> Attempt:
    """The attempt of a token; without one, the one that has waited longest for somebody to call back."""
    if token:
        return machine.world.attempt_of(token)
    waiting = next(iter(machine.world.tokens.values()), None)
    if waiting is None:
        raise INVALID_TOKEN
    return waiting


def _tell(machine: "StateMachine", attempt: Attempt, what: str) -> None:
    message = machine.running_of(attempt.flow.execution).message
    machine.record("called_back", message.id, attempt.state, what)


def _output(given: Any) -> Any:
    if isinstance(given, str):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            raise ServiceError("InvalidOutput", "Invalid Output: 'Invalid JSON in output'") from None
    try:
        if is_too_large(given):
            raise ServiceError("InvalidOutput", "Invalid Output: its size is more than 262,144 bytes.")
    except StateError as problem:
        raise ServiceError("InvalidOutput", f"Invalid Output: {problem.cause}") from None
    return given
