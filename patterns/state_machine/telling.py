"""What is told of executions: in the answers of the service, with its names.

Source: Step Functions API Reference, StartExecution, DescribeExecution, ListExecutions, GetExecutionHistory.
"""

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.text import written
from patterns.state_machine.execution import ABORTED, FAILED, STANDARD, TIMED_OUT, Execution
from patterns.state_machine.retrying import cause_text
from simulator.engine.calendar import iso

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine

REDRIVABLE = (FAILED, TIMED_OUT, ABORTED)


def started(machine: "StateMachine", execution: Execution) -> dict[str, Any]:
    """The answer of StartExecution."""
    return {"executionArn": execution.arn, "startDate": date(machine, execution.started_at)}


def described(machine: "StateMachine", execution: Execution) -> dict[str, Any]:
    """The answer of DescribeExecution; input and output as JSON values."""
    told: dict[str, Any] = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": date(machine, execution.started_at),
        "input": execution.input,
    }
    if execution.is_over:
        told["stopDate"] = date(machine, execution.events[-1].time)
    if execution.status == "SUCCEEDED":
        told["output"] = execution.output
    if execution.error is not None:
        told["error"] = execution.error
    if execution.cause is not None:
        told["cause"] = cause_text(execution.cause)
    return told


def listed(machine: "StateMachine", execution: Execution) -> dict[str, Any]:
    """One entry of ListExecutions."""
    told = described(machine, execution)
    return {name: value for name, value in told.items() if name not in ("input", "output", "error", "cause")}


def as_text(machine: "StateMachine", execution: Execution) -> dict[str, Any]:
    """The answer of DescribeExecution as the service gives it: input and output are texts."""
    told = described(machine, execution)
    for name in ("input", "output"):
        if name in told:
            told[name] = written(told[name])
    if execution.type == STANDARD and execution.status in REDRIVABLE:
        told["redriveStatus"] = "REDRIVABLE"
    return told


def date(machine: "StateMachine", time: int) -> str:
    return iso(machine.run.in_calendar(time))
