"""One try of a Task on its way: a message over a link, and the answer; or, with a token, the call back.

The message is made of that which the execution was started with, which is its cause. A refusal or a silence brings it
back, and it ends here: whether anything is tried again is the state's to say, and then a new message is made. When the
state's time limit passes first, the machine hangs up; then nobody knows whether the work is done.
Source: Step Functions Developer Guide, "Service integration patterns"; "Handling errors in Step Functions workflows".
"""

from typing import TYPE_CHECKING, Any

from patterns.state_machine.attempt import TOKEN, Attempt
from patterns.state_machine.tasks import errors, services
from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.link import Link
from simulator.engine.message import Message, label
from simulator.engine.operations import Call
from simulator.engine.template import size, size_of_attributes

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine


class TaskCall:
    """The messages of one attempt, most often one; `over` once nobody waits for their answers."""

    __slots__ = ("answers", "attempt", "failure", "left", "link", "machine", "over", "requests", "since")

    def __init__(self, machine: "StateMachine", attempt: Attempt, link: Link) -> None:
        self.machine = machine
        self.attempt = attempt
        self.link = link
        self.requests: list[Request] = []
        self.answers: list[Any] = []
        self.failure: ServiceError | None = None
        self.left = 0
        self.over = False
        self.since: Micros = machine.kernel.now

    def go(self, cause: Message) -> None:
        """Make the messages and send them. Raises ServiceError where they can't be made."""
        machine, attempt = self.machine, self.attempt
        made = services.outgoing(attempt, cause.type)
        for one in made:
            bytes_ = size(one.body) + size_of_attributes(one.attributes)
            message = machine.make(
                one.type,
                one.body,
                bytes_,
                cause=cause,
                attributes=one.attributes,
                group=one.group,
                deduplication=one.deduplication,
            )
            machine.record("task_made", message.id, cause.id, self.link.index, attempt.state)
            self.requests.append(Request(self, message, len(self.requests)))
        self.left = len(made)
        self.answers = [None] * len(made)
        for request in list(self.requests):
            request.call = self.link.send(request.message, request.heard)

    def heard(self, request: "Request", answer: Any, error: ServiceError | None) -> None:
        """One answer has come; with the last of them the call is over."""
        self.answers[request.place] = answer
        self.left -= 1
        machine = self.machine
        if error is not None:
            machine.record("withdrawn", request.message.id, error.code)
            self.failure = self.failure or error
        else:
            took = machine.kernel.now - self.since
            machine.record("answered", request.message.id, self.link.index, took, self.attempt.state)
        if not self.left:
            self._end()

    def hang_up(self) -> None:
        """Nobody waits for the answers any more."""
        self.over = True
        machine = self.machine
        for request in self.requests:
            call = request.call
            if call is not None:
                call.hang_up()
                machine.record("timed_out", request.message.id, self.link.index, machine.kernel.now - call.since)
                machine.record("withdrawn", request.message.id, "nobody waits for the answer any more")

    def _end(self) -> None:
        attempt, machine = self.attempt, self.machine
        if self.failure is not None:
            several = len(self.requests) > 1
            error = (
                ServiceError("FailedEntry", f"Some entries failed: {self.failure.code}") if several else self.failure
            )
            machine.task_is_over(attempt)
            attempt.failed(*errors.named(attempt, error))
            return
        labels = [label(request.message.id, machine.run.scenario.prefixes) for request in self.requests]
        result = services.result(attempt, self.answers, labels)
        if attempt.resource.pattern == TOKEN:
            attempt.submitted(result)
            return
        machine.task_is_over(attempt)
        failed = services.failure(attempt, self.answers[0])
        if failed is not None:
            attempt.failed(*failed)
        else:
            attempt.succeeded(result)


class Request:
    """One message that waits for its answer; `call` is None once it has come."""

    __slots__ = ("call", "message", "place", "whole")

    def __init__(self, whole: TaskCall, message: Message, place: int) -> None:
        self.whole = whole
        self.message = message
        self.place = place
        self.call: Call | None = None

    def heard(self, answer: Any, error: ServiceError | None) -> None:
        self.call = None
        self.whole.heard(self, answer, error)
