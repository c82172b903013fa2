"""What can go wrong in an execution, by the names that Retry and Catch can name.

Sources: Amazon States Language specification, "Errors"; Step Functions Developer Guide, "Handling errors in Step
Functions workflows". That an error of the interpreter itself (States.Runtime, States.DataLimitExceeded) ends the
execution whatever Catch says, while a task that reports one of these names can be caught, was recorded on the service.
"""

from typing import Any

ALL = "States.ALL"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
EXCEED_TOLERATED_FAILURES = "States.ExceedToleratedFailureThreshold"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
INTRINSIC_FAILURE = "States.IntrinsicFailure"
ITEM_READER_FAILED = "States.ItemReaderFailed"
NO_CHOICE_MATCHED = "States.NoChoiceMatched"
QUERY_EVALUATION_ERROR = "States.QueryEvaluationError"
RESULT_PATH_MATCH_FAILURE = "States.ResultPathMatchFailure"
RESULT_WRITER_FAILED = "States.ResultWriterFailed"
RUNTIME = "States.Runtime"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"

LONGEST_CAUSE = 32_768
"""Characters. Source: API Reference, ExecutionFailedEventDetails."""

_NOT_TASK_FAILED = (TIMEOUT, HEARTBEAT_TIMEOUT)


class StateError(Exception):
    """The failure of a state: `name` and `cause` as the history tells them, either may be None.

    `cause` is a text; where a task reports a JSON value as its cause, it is kept as it is (`cause_text` writes it).
    `fatal`: no Retry and no Catch applies, and the whole execution fails. `location`: the field whose JSONata
    expression could not be evaluated, for the event EvaluationFailed. `prefixed`: the cause begins with the sentence
    that names the state. `missed_heartbeat`: a time-out that is also States.HeartbeatTimeout, though the service
    reports it as States.Timeout.
    """

    def __init__(
        self, name: str | None, cause: Any = None, *, fatal: bool = False, location: str = "", prefixed: bool = False
    ) -> None:
        super().__init__(f"{name}: {cause}")
        self.name = name
        self.cause = cause
        self.fatal = fatal
        self.location = location
        self.prefixed = prefixed
        self.missed_heartbeat = False

    def __reduce__(self) -> tuple[Any, ...]:
        return StateError, (self.name, self.cause), self.__dict__


class InvalidDefinition(ValueError):  # noqa: N818 - it is what the definition is
    """A definition that cannot be run: `path` such as `States.Order.Next`, and what is wrong there."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem

    def __reduce__(self) -> tuple[Any, ...]:
        return InvalidDefinition, (self.path, self.problem)


def runtime(cause: str) -> StateError:
    """A wrong path, a wrong number, a null where there must be none: ends the execution."""
    return StateError(RUNTIME, cause, fatal=True, prefixed=True)


def too_large(name: str, what: str = "state/task") -> StateError:
    """More than 256 KiB. Source: recorded on the service."""
    return StateError(
        DATA_LIMIT_EXCEEDED,
        f"The {what} '{name}' returned a result with a size exceeding the maximum number of bytes service limit.",
        fatal=True,
    )


def matches(error: StateError, names: tuple[str, ...]) -> bool:
    """Whether an ErrorEquals with these names takes this error."""
    if error.fatal:
        return False
    for name in names:
        if name in (ALL, error.name):
            return True
        if name == TASK_FAILED and error.name not in _NOT_TASK_FAILED:
            return True
        if name == TIMEOUT and error.name == HEARTBEAT_TIMEOUT:
            return True
        if name == HEARTBEAT_TIMEOUT and error.missed_heartbeat:
            return True
    return False
