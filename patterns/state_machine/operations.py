"""What people ask of a machine about its executions, in the service's own names.

An execution is named by its name or its ARN. Where neither is given, the latest is meant that the operation can be
done to, so that a button needs no text.
Source: Step Functions API Reference, StopExecution, RedriveExecution, DescribeExecution, GetExecutionHistory,
ListExecutions, ValidateStateMachineDefinition, UpdateStateMachine.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from patterns.state_machine import telling
from patterns.state_machine.definition import problems
from patterns.state_machine.execution import EXPRESS, Execution
from simulator.engine.clock import DAY
from simulator.engine.errors import Refused, ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine

REDRIVABLE_FOR = 14 * DAY
LONGEST_OPEN = 365 * DAY


def stop_execution(machine: "StateMachine", call: Call) -> None:
    given = call.arguments
    _not_of_express(machine)
    execution = _found(machine, given.executionArn, _runs)
    if execution.is_over:
        raise ServiceError("ValidationException", f"The execution has ended: {execution.status}.")
    execution.abort(given.error or None, given.cause or None)
    call.reply({"stopDate": telling.date(machine, machine.kernel.now)})


def redrive_execution(machine: "StateMachine", call: Call) -> None:
    """Let an execution go on where it failed. Raises ServiceError with the reason where it can't."""
    _not_of_express(machine)
    execution = _found(machine, call.arguments.executionArn, _can_be_redriven)
    now = machine.kernel.now
    reason = ""
    if not execution.is_redrivable:
        full = execution.status in telling.REDRIVABLE
        reason = "its history is full" if full else f"its status is {execution.status}"
    elif now - execution.events[-1].time > REDRIVABLE_FOR:
        reason = "it has ended more than 14 days ago"
    elif now - execution.started_at > LONGEST_OPEN:
        reason = "it was started more than a year ago"
    if reason:
        raise ServiceError("ExecutionNotRedrivable", f"The execution cannot be redriven because {reason}.")
    machine.redrive(execution)
    call.reply({"redriveDate": telling.date(machine, now)})


def describe_execution(machine: "StateMachine", call: Call) -> None:
    call.reply(telling.as_text(machine, _found(machine, call.arguments.executionArn, _is_any)))


def get_execution_history(machine: "StateMachine", call: Call) -> None:
    given = call.arguments
    execution = _found(machine, given.executionArn, _is_any)
    events = list(reversed(execution.events)) if given.reverseOrder else execution.events
    begins = machine.run.in_calendar(0)
    call.reply({"events": [event.as_dict(begins) for event in events[: given.maxResults]]})


def list_executions(machine: "StateMachine", call: Call) -> None:
    given = call.arguments
    latest = reversed([*machine.ended, *machine.running])
    wanted = sorted(latest, key=_began, reverse=True)
    wanted = [one for one in wanted if one.parent is None and given.statusFilter in ("", one.status)]
    call.reply({"executions": [telling.listed(machine, one) for one in wanted[: given.maxResults]]})


def update_state_machine(machine: "StateMachine", call: Call) -> None:
    """Take over another definition; what runs goes on with the old one. Raises ServiceError."""
    try:
        settings = type(machine.settings).model_validate(
            {**machine.settings.model_dump(exclude={"definition"}), "definition": call.arguments.definition}
        )
    except ValueError:
        said = "; ".join(map(str, problems(call.arguments.definition, machine.settings.type)[:5]))
        raise ServiceError("InvalidDefinition", f"Invalid State Machine Definition: {said}") from None
    objections = machine.objections(settings)
    if objections:
        raise ServiceError("InvalidDefinition", "; ".join(map(str, objections[:5])))
    try:
        machine.run.reconfigure(machine, {"definition": call.arguments.definition})
    except Refused as refused:
        raise ServiceError("InvalidDefinition", str(refused)) from None
    call.reply({"updateDate": telling.date(machine, machine.kernel.now)})


def validate_definition(machine: "StateMachine", call: Call) -> None:
    found = problems(call.arguments.definition, machine.settings.type)
    told: list[dict[str, Any]] = [
        {
            "severity": "ERROR",
            "location": f"/{one.path.replace('.', '/')}",
            "message": f"{one.problem}. {one.cure}".strip(),
        }
        for one in found
    ]
    call.reply({"result": "FAIL" if found else "OK", "diagnostics": told})


def _found(machine: "StateMachine", name: str, fits: Callable[[Execution], bool]) -> Execution:
    """The execution of this name or ARN; without one, the latest that fits."""
    if name:
        known = machine.named(_name_in(name))
        if known is None:
            raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{name}'")
        return known
    every: list[Execution] = [one for one in (*machine.ended, *machine.running) if one.parent is None]
    every = [one for one in every if fits(one)]
    if not every:
        raise ServiceError("ExecutionDoesNotExist", "There is no execution that this can be done to.")
    return max(every, key=_began)


def _runs(execution: Execution) -> bool:
    return not execution.is_over


def _can_be_redriven(execution: Execution) -> bool:
    return execution.is_redrivable


def _is_any(execution: Execution) -> bool:
    return True


def _name_in(name: str) -> str:
    """The name of an execution, also of one that is given by its ARN."""
    parts = name.split(":")
    return parts[7] if name.startswith("arn:") and len(parts) > 7 else name


def _not_of_express(machine: "StateMachine") -> None:
    if machine.settings.type == EXPRESS:
        said = "This operation is not supported by this type of state machine"
        raise ServiceError("StateMachineTypeNotSupported", said)


def _began(execution: Execution) -> int:
    return execution.started_at
