"""Message move tasks: what waits in a dead-letter queue goes back to where it came from, at a rate.

A task moves as many messages as were waiting when it began, so one that fails again at once is not moved twice. What a
move is, the queue says: each moved message is a new one, with a new id and its retention from the beginning.
Simplified: without a rate of its own a task takes about ten seconds, with 10 to 500 messages a second, since the
service only says that it suits the backlog; it is over when nothing can be received any more, even if less has been
moved; and one that is not done after 36 hours has failed.
Source: SQS API Reference, StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask; SQS Developer Guide,
"Configure a dead-letter queue redrive using the Amazon SQS API".
"""

from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any

from patterns.queue.receipts import milliseconds
from simulator.engine.clock import HOUR, SECOND, Micros, words
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Kernel

RUNNING, COMPLETED, CANCELLING, CANCELLED, FAILED = "RUNNING", "COMPLETED", "CANCELLING", "CANCELLED", "FAILED"

FASTEST = 500
LONGEST: Micros = 36 * HOUR
MOST_LISTED = 10

_SLOWEST_BY_ITSELF = 10
_ABOUT = 10  # seconds

NOT_A_DEAD_LETTER_QUEUE = ServiceError(
    "InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue."
)
SAME_QUEUE = ServiceError("InvalidParameterValue", "Source queue arn and destination queue arn cannot be the same.")
OTHER_TYPE = ServiceError(
    "InvalidParameterValue", "The source queue and destination queue must be of the same queue type."
)
NO_DESTINATION = ServiceError(
    "ResourceNotFoundException", "The resource that you specified for the DestinationArn parameter doesn't exist."
)
ALREADY_RUNNING = ServiceError(
    "InvalidParameterValue",
    "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
)
NO_TASK = ServiceError("ResourceNotFoundException", "Task does not exist.")

Step = Callable[[], bool | None]
"""Moves the next message: True when one is on its way, False when there is none, None when it can't be done now."""


class MoveTask:
    """One task: what it was asked for, and how far it is.

    `destination` is None where each message goes back to the queue it came from; `asked` is the rate that was asked
    for, or None; `to_move` how many messages were waiting when it began; `reason` is why it failed, or "".
    """

    __slots__ = (
        "_ended",
        "_kernel",
        "_per_second",
        "_step",
        "_ticks",
        "asked",
        "destination",
        "handle",
        "moved",
        "reason",
        "started",
        "status",
        "to_move",
    )

    def __init__(self, kernel: Kernel, handle: str, destination: str | None, asked: int | None, to_move: int) -> None:
        self.handle = handle
        self.destination = destination
        self.asked = asked
        self.to_move = to_move
        self.moved = 0
        self.started = kernel.now
        self.status = RUNNING
        self.reason = ""
        self._kernel = kernel
        self._per_second = asked or max(_SLOWEST_BY_ITSELF, min(FASTEST, to_move // _ABOUT))
        self._ticks = 0
        self._step: Step | None = None
        self._ended: Callable[[MoveTask], None] | None = None

    @property
    def active(self) -> bool:
        """Whether it is still at work, if only to stop."""
        return self.status in (RUNNING, CANCELLING)

    def begin(self, step: Step, ended: Callable[["MoveTask"], None]) -> None:
        """Call `step` for each message at the task's rate, and `ended` with this task once it is over."""
        self._step, self._ended = step, ended
        self._wait()

    def cancel(self) -> None:
        """Stop before the next message; what was moved stays where it is."""
        self.status = CANCELLING

    def fail(self, reason: str) -> None:
        """The destination did not take a message: stop, and say why."""
        if self.active:
            self._end(FAILED, reason)

    def row(self, source: str) -> dict[str, Any]:
        """As ListMessageMoveTasks shows it; `source` is the ARN of the queue that it empties."""
        shown = {
            "Status": self.status,
            "SourceArn": source,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "StartedTimestamp": int(milliseconds(self.started)),
            "TaskHandle": self.handle if self.status == RUNNING else None,
            "DestinationArn": self.destination,
            "MaxNumberOfMessagesPerSecond": self.asked,
            "FailureReason": self.reason or None,
        }
        return {name: value for name, value in shown.items() if value is not None}

    def _wait(self) -> None:
        """Until the next message is due: counted from the beginning, so that the rate is exact."""
        self._ticks += 1
        due = self.started + self._ticks * SECOND // self._per_second
        self._kernel.after(due - self._kernel.now, self._next)

    def _next(self) -> None:
        assert self._step is not None, "a task that has begun knows how to move a message"
        if not self.active:
            return
        if self.status == CANCELLING:
            self._end(CANCELLED)
        elif self._kernel.now - self.started >= LONGEST:
            self._end(FAILED, f"The task is not done after {words(LONGEST)}.")
        elif self.moved >= self.to_move:
            self._end(COMPLETED)
        else:
            moved = self._step()
            if self.status == FAILED:
                return
            if moved:
                self.moved += 1
            if moved is False or self.moved >= self.to_move:
                self._end(COMPLETED)
            else:
                self._wait()

    def _end(self, status: str, reason: str = "") -> None:
        self.status, self.reason = status, reason
        if self._ended is not None:
            self._ended(self)


class Moves:
    """The tasks of one dead-letter queue: at most one at work, and the ten latest to be listed."""

    __slots__ = ("_count", "_ended", "_kernel", "_queue", "_step", "_tasks")

    def __init__(self, kernel: Kernel, queue: str, step: Step, ended: Callable[[MoveTask], None]) -> None:
        self._kernel = kernel
        self._queue = queue
        self._step = step
        self._ended = ended
        self._tasks: deque[MoveTask] = deque(maxlen=MOST_LISTED)
        self._count = 0

    @property
    def active(self) -> MoveTask | None:
        """The task that is at work, if there is one."""
        return self._tasks[0] if self._tasks and self._tasks[0].active else None

    def start(self, destination: str | None, per_second: int | None, waiting: int) -> MoveTask:
        """Begin to move the `waiting` messages. Raises ServiceError for a wrong rate or while another is at work."""
        if per_second is not None and not 1 <= per_second <= FASTEST:
            raise rate_problem(per_second)
        if self.active is not None:
            raise ALREADY_RUNNING
        self._count += 1
        task = MoveTask(self._kernel, f"{self._queue}-move-{self._count}", destination, per_second, waiting)
        self._tasks.appendleft(task)
        task.begin(self._step, self._ended)
        return task

    def cancel(self, handle: str) -> int:
        """Stop the task with this handle; return how many it has moved. Raises ServiceError when none is running."""
        task = self.active
        if task is None or task.handle != handle or task.status != RUNNING:
            raise NO_TASK
        task.cancel()
        return task.moved

    def listed(self, source: str, most: int) -> list[dict[str, Any]]:
        """The latest tasks, newest first. Raises ServiceError when `most` is not 1 to 10."""
        if not 1 <= most <= MOST_LISTED:
            raise ServiceError(
                "InvalidParameterValue",
                f"Value {most} for parameter MaxResults is invalid. Reason: Must be between 1 and {MOST_LISTED}, "
                "if provided.",
            )
        return [task.row(source) for task in islice(self._tasks, most)]


def rate_problem(per_second: int) -> ServiceError:
    return ServiceError(
        "InvalidParameterValue",
        f"Value {per_second} for parameter MaxNumberOfMessagesPerSecond is invalid. "
        f"Reason: Must be between 1 and {FASTEST}.",
    )
