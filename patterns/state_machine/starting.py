"""Starting executions: by whatever pushes a message, by another machine, and by hand.

A pushed message is the input of an execution. Its sender is answered at once, or at the end where it waits for that:
another machine with `.sync`, and whoever calls an Express machine synchronously. A name makes StartExecution idempotent
in a Standard machine while the execution runs, and refused for 90 days after it.
Source: Step Functions API Reference, StartExecution, StartSyncExecution; Developer Guide, "Step Functions service
quotas".
"""

import re
from typing import TYPE_CHECKING, Any

import orjson

from patterns.state_machine.data.text import LARGEST_PAYLOAD, size
from patterns.state_machine.errors import StateError
from patterns.state_machine.execution import EXPRESS, STANDARD, SUCCEEDED, Execution
from patterns.state_machine.tasks.services import NAME
from patterns.state_machine.telling import described, started
from simulator.engine.errors import ServiceError
from simulator.engine.message import ACTION, DUPLICATE, Message, label
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine

LONGEST_NAME = 80
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")

UNAVAILABLE = ServiceError("ServiceUnavailable", "The service is unavailable.")
THROTTLED = ServiceError("ThrottlingException", "Rate exceeded")
TOO_MANY_OPEN = ServiceError("ExecutionLimitExceeded", "The maximum number of running executions has been reached.")
NOT_EXPRESS = ServiceError(
    "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"
)

# The actions by which another machine waits for the end.
WAITED = ("startExecution.sync", "startExecution.sync:2", "startSyncExecution")


def accept(machine: "StateMachine", message: Message, call: Call | None, flags: int) -> None:
    """Start an execution with a message that was pushed, or refuse it."""
    attributes = message.attributes or {}
    action = attributes.get(ACTION, "")
    try:
        given = input_of(message.body)
        name = attributes.get(NAME) or own_name(machine, message)
        known = admit(machine, given, name, is_named=NAME in attributes)
        if known is None and (action == "startSyncExecution" or is_sync(call)) and machine.settings.type != EXPRESS:
            raise NOT_EXPRESS
    except ServiceError as error:
        turn_away(machine, message, call, error)
        return
    if known is not None:
        machine.record("started", message.id, name)
        machine.record("finished", message.id)
        if call is not None:
            call.reply(started(machine, known))
        return
    waits = call is not None and (action in WAITED or is_sync(call))
    machine.record("started", message.id, name)
    execution = machine.begin(given, name, message, flags & DUPLICATE, call if waits else None)
    if call is not None and not waits:
        call.reply(started(machine, execution))


def start_execution(machine: "StateMachine", call: Call) -> None:
    """A person starts one. Answers with executionArn and startDate."""
    message, known = _by_hand(machine, call)
    execution = known if known is not None else _begin_by_hand(machine, call, message, None)
    call.reply(started(machine, execution))


def start_sync_execution(machine: "StateMachine", call: Call) -> None:
    """A person starts one and waits for its end."""
    if machine.settings.type != EXPRESS:
        raise NOT_EXPRESS
    message, _ = _by_hand(machine, call)
    _begin_by_hand(machine, call, message, call)


def admit(machine: "StateMachine", given: Any, name: str, is_named: bool) -> Execution | None:
    """Let an execution begin, which counts for the quota; the one that runs under this name with this input, if one
    does, is returned instead. Raises ServiceError.
    """
    if machine.unavailable:
        raise UNAVAILABLE
    if not _NAME.fullmatch(name):
        raise ServiceError("InvalidName", f"Invalid Name: '{name[:LONGEST_NAME]}'")
    try:
        bytes_ = size(given)
    except StateError as problem:
        raise ServiceError("InvalidExecutionInput", f"Invalid execution input: {problem.cause}") from None
    if bytes_ > LARGEST_PAYLOAD:
        said = f"Invalid execution input: its size is {bytes_:,} bytes, more than {LARGEST_PAYLOAD:,}."
        raise ServiceError("InvalidExecutionInput", said)
    if is_named and machine.settings.type == STANDARD:
        known = machine.named(name)
        if known is not None and not known.is_over and known.input == given:
            return known
        if known is not None or name in machine.used_names:
            said = f"Execution Already Exists: '{machine.arn_of(name)}'"
            raise ServiceError("ExecutionAlreadyExists", said)
        machine.used_names.meet(name)
    if machine.open_count >= machine.settings.open_executions:
        raise TOO_MANY_OPEN
    if not machine.starts.take(machine.kernel.now):
        raise THROTTLED
    return None


def turn_away(machine: "StateMachine", message: Message, call: Call | None, error: ServiceError) -> None:
    """What was pushed is not taken: its sender has it again, if there is one that listens; else it is gone."""
    machine.refused += 1
    if call is not None:
        machine.record("refused_start", message.id, f"{error.code}: {error.message}".rstrip("."))
        call.fail(error)
    else:
        machine.record("turned_away", message.id, f"{error.code}: {error.message}".rstrip("."))


def answer_end(machine: "StateMachine", call: Call, execution: Execution) -> bool:
    """Tell whoever has waited how the execution ended; whether its message goes back to whoever sent it.

    Another machine and a person are told the description, also of a failure; who merely pushed a message synchronously
    hears of a failure as an error.
    """
    if execution.status == SUCCEEDED:
        call.reply(described(machine, execution) if _wants_description(call) else execution.output)
        return False
    if _wants_description(call):
        call.reply(described(machine, execution))
        return False
    return call.listening


def input_of(body: Any) -> Any:
    """A body as the input of an execution: what a text says, where it is JSON."""
    if not isinstance(body, str):
        return body
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body


def own_name(machine: "StateMachine", message: Message) -> str:
    """The name of an execution that nobody has named: that of its message, with a number where it has had one."""
    name = label(message.id, machine.run.scenario.prefixes)
    return name if machine.named(name) is None else f"{name}-{machine.count + 1}"


def is_sync(call: Call | None) -> bool:
    """Whether whoever has pushed a message waits for the end of the execution."""
    return call is not None and call.link is not None and bool(getattr(call.link.settings, "sync", False))


def _wants_description(call: Call) -> bool:
    if call.link is None:
        return True
    message = call.arguments
    return isinstance(message, Message) and (message.attributes or {}).get(ACTION) in WAITED


def _by_hand(machine: "StateMachine", call: Call) -> tuple[Any, Execution | None]:
    """The input that a person gives, and the execution that runs with it already. Raises ServiceError."""
    arguments = call.arguments
    given = _parsed(arguments.input)
    known = admit(machine, given, arguments.name or "by-hand", is_named=bool(arguments.name))
    return given, known


def _begin_by_hand(machine: "StateMachine", call: Call, given: Any, waiting: Call | None) -> Execution:
    message = machine.make_by_hand("by hand", given, size(given))
    name = call.arguments.name or own_name(machine, message)
    machine.record("begun", message.id, name)
    return machine.begin(given, name, message, 0, waiting)


def _parsed(given: Any) -> Any:
    """The input: JSON text, or a value as it is. Raises ServiceError."""
    if not isinstance(given, str):
        return given
    try:
        return orjson.loads(given)
    except orjson.JSONDecodeError as wrong:
        raise ServiceError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{wrong}'") from None
