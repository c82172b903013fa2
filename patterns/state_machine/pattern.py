"""The state machine, declared: everything the house needs to know of it."""

from typing import Any

from patterns.state_machine import arguments, config
from patterns.state_machine.definition import problems
from patterns.state_machine.kinds import KINDS
from patterns.state_machine.looking import listed, shown
from patterns.state_machine.node import StateMachine
from patterns.state_machine.tasks import targets
from simulator.engine.details import Details
from simulator.engine.errors import Problem
from simulator.engine.faults import Fault, Nothing, unavailable_node
from simulator.engine.operations import Operation
from simulator.engine.pattern import LinkKind, Measure, Pattern, Way


def names(settings: config.MachineSettings) -> dict[str, str]:
    return {"neutral": "State machine", "aws": f"Step Functions {settings.type.capitalize()} workflow"}


def kind_of(settings: config.MachineSettings) -> str:
    return settings.type.lower()


def check(settings: config.MachineSettings, outs: list[Way]) -> list[Problem]:
    """Every task is done by somebody."""
    return targets.problems(settings, outs)


def check_text(setting: str, text: str) -> list[Problem]:
    """What is wrong with a definition while it is written."""
    return problems(text, "STANDARD")


def check_task(link: config.TaskSettings, machine: config.MachineSettings, target: Any) -> list[Problem]:
    """A link leads to something that does tasks, and for states that there are."""
    found = targets.unknown_states(link, machine)
    if not targets.family_of(target):
        allowed = "a worker, queue, topic, event bus, store, endpoint or state machine"
        found.append(Problem("to", "does no tasks", allowed, "Lead it to one of these."))
    return found


def check_activity(link: config.ActivitySettings, machine: config.MachineSettings, target: Any) -> list[Problem]:
    """Workers ask for activities, and only a Standard machine has some."""
    if targets.family_of(target) != targets.WORKER:
        return [Problem("to", "asks for no activities", "a worker", "Lead it to a worker.")]
    if machine.type == "EXPRESS":
        return [Problem("", "is an activity of an Express machine", "a Standard machine", "Call the worker by a task.")]
    return []


def fail(machine: StateMachine, given: config.FailingTask | None) -> None:
    machine.mishaps.failing = given


def fall_silent(machine: StateMachine, given: config.SilentTask | None) -> None:
    machine.mishaps.silent = given


def throttle(machine: StateMachine, given: config.ThrottledTask | None) -> None:
    machine.mishaps.throttled = given


OPERATIONS = (
    Operation(
        "StartExecution",
        arguments.StartExecution,
        "start_execution",
        "Start an execution with an input of your own.",
        "Start an execution",
    ),
    Operation(
        "StartSyncExecution",
        arguments.StartExecution,
        "start_sync_execution",
        "Start an execution of an Express machine and wait for its end.",
        "Start and wait",
    ),
    Operation(
        "StopExecution",
        arguments.StopExecution,
        "stop_execution",
        "Stop an execution where it is.",
        "Stop an execution",
        danger=True,
    ),
    Operation(
        "RedriveExecution",
        arguments.OfExecution,
        "redrive_execution",
        "Let an execution that has failed go on with the step that failed.",
        "Redrive an execution",
    ),
    Operation(
        "DescribeExecution",
        arguments.OfExecution,
        "describe_execution",
        "Ask how an execution stands.",
        "Describe an execution",
    ),
    Operation(
        "GetExecutionHistory",
        arguments.GetExecutionHistory,
        "get_execution_history",
        "Read what has happened in an execution.",
        "Read the history",
    ),
    Operation(
        "ListExecutions",
        arguments.ListExecutions,
        "list_executions",
        "List the executions, the latest first.",
        "List executions",
    ),
    Operation(
        "SendTaskSuccess",
        arguments.SendTaskSuccess,
        "send_task_success",
        "Call back: the work that somebody waits for is done.",
        "Call back with success",
    ),
    Operation(
        "SendTaskFailure",
        arguments.SendTaskFailure,
        "send_task_failure",
        "Call back: the work has failed, or was refused.",
        "Call back with a failure",
    ),
    Operation(
        "SendTaskHeartbeat",
        arguments.SendTaskHeartbeat,
        "send_task_heartbeat",
        "Call back: the work goes on.",
        "Call back with a heartbeat",
    ),
    Operation(
        "UpdateStateMachine",
        arguments.UpdateStateMachine,
        "update_state_machine",
        "Take another definition for executions that start from now on.",
        "Change the definition",
    ),
    Operation(
        "ValidateStateMachineDefinition",
        arguments.ValidateDefinition,
        "validate_definition",
        "Hear what is wrong with a definition.",
        "Check a definition",
    ),
)

PATTERN = Pattern(
    module=__name__,
    name="state_machine",
    role="consumer",
    sentence="A state machine takes each message through the states of its definition, and has others do the work.",
    Settings=config.MachineSettings,
    Node=StateMachine,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=(
        LinkKind(
            "task",
            "The work of Task states is sent here, and what comes back is their result.",
            config.TaskSettings,
            "send",
            check_task,
        ),
        LinkKind(
            "activity",
            "A worker asks here for the work of an activity, and says what has become of it.",
            config.ActivitySettings,
            "poll",
            check_activity,
        ),
    ),
    operations=OPERATIONS,
    faults=(
        Fault("fail", "Tasks fail", "lets tasks fail before they begin", config.FailingTask, fail),
        Fault("silence", "Tasks time out", "gets no answer from tasks", config.SilentTask, fall_silent),
        Fault("throttle", "Tasks are throttled", "has tasks refused as too many", config.ThrottledTask, throttle),
        Fault("unavailable", "Unavailable", "starts nothing and answers nobody", Nothing, unavailable_node),
    ),
    measures=(
        Measure("running", "running executions", "executions", gauge="running"),
        Measure("started", "started", "executions/s", counts=("started", "begun")),
        Measure("succeeded", "succeeded", "executions/s", counts=("succeeded",), beside="started"),
        Measure(
            "failed",
            "failed",
            "executions/s",
            counts=("execution_failed", "ended_in_failure", "execution_timed_out", "execution_aborted"),
            beside="started",
        ),
        Measure("entered", "states entered", "states/s", counts=("entered",)),
        Measure("retries", "tried again", "tries/s", counts=("tried_again",), beside="entered"),
        Measure("took", "time of an execution", "s", values=("succeeded", "took")),
    ),
    takes=("send",),
    copies=False,
    check=check,
    details=Details(listed, shown),
    check_text=check_text,
)
