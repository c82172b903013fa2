"""What a worker makes of one message and passes on: all of it is accepted, or the work has failed.

A message is made for each link, with the input as its cause. Whoever gets it answers; a refusal or a silence brings
it back, and it is tried again with growing pauses. If one target has taken its message and another never does, the
input comes again and the first target gets a second message: that is what at-least-once means, and why stores
overwrite by key.
"""

from typing import TYPE_CHECKING, Any

from patterns.worker.work import Work
from simulator.engine.backoff import backoff
from simulator.engine.errors import ServiceError
from simulator.engine.expression import MOST_BYTES as LARGEST
from simulator.engine.expression import ExpressionFailed, evaluate
from simulator.engine.kernel import Timer
from simulator.engine.link import Link
from simulator.engine.message import Message, type_of
from simulator.engine.template import size

if TYPE_CHECKING:
    from patterns.worker.node import Worker
    from patterns.worker.seat import Seat


class Output:
    """One message to one target. Between two tries the worker has it in its custody, and `waits` is the timer."""

    __slots__ = ("link", "message", "passing", "tries", "waits")

    def __init__(self, passing: "Passing", link: Link, message: Message) -> None:
        self.passing = passing
        self.link = link
        self.message = message
        self.tries = 0
        self.waits: Timer | None = None

    def go(self) -> None:
        """Send it, for the first time or again."""
        self.passing.worker.unsent.pop(self, None)
        self.waits = None
        self.tries += 1
        self.link.send(self.message, self.heard)

    def heard(self, result: Any, error: ServiceError | None) -> None:
        """The target's answer."""
        passing = self.passing
        worker = passing.worker
        if error is None:
            passing.settled("")
        elif passing.seat is None:
            self.give_up(f"{worker.id} crashed and forgot it")
        elif self.tries >= worker.settings.write_attempts:
            reason = f"{self.link.target.id} did not take it: {error.code}"
            self.give_up(f"{reason} after {self.tries} {'try' if self.tries == 1 else 'tries'}")
            passing.settled(reason)
        else:
            wait = backoff(self.tries, worker.pauses)
            worker.record("retrying", self.message.id, self.tries, wait, error.code)
            worker.unsent[self] = None
            self.waits = worker.kernel.after(wait, self.go)

    def give_up(self, reason: str) -> None:
        """The message ends here."""
        if self.waits is not None:
            self.passing.worker.kernel.cancel(self.waits)
            self.waits = None
        self.passing.worker.unsent.pop(self, None)
        self.passing.worker.record("given_up", self.message.id, reason)


class Passing:
    """The outputs of one piece of work. `seat` is None once the worker has crashed."""

    __slots__ = ("outputs", "pending", "reason", "seat", "work", "worker")

    def __init__(self, seat: "Seat", work: Work) -> None:
        self.seat: Seat | None = seat
        self.worker: Worker = seat.worker
        self.work = work
        self.outputs: list[Output] = []
        self.pending = 0
        self.reason = ""

    def go(self) -> None:
        """Make the outputs and send them; the seat hears `succeed` or `fail`, now or later."""
        seat, worker, message = self.seat, self.worker, self.work.message
        assert seat is not None, f"{worker.id} passes on for a seat that is gone"
        if message.generation >= worker.GENERATIONS:
            seat.fail(f"a loop: {worker.GENERATIONS} messages, each made from the one before, end here")
            return
        try:
            body = self._body()
        except ExpressionFailed as problem:
            seat.fail(f"transform: {problem}")
            return
        if body is None:
            seat.succeed()
            return
        same = body is message.body
        kind = type_of(body, message.type)
        attributes = message.attributes if same else None
        bytes_ = message.size if same else size(body)
        for link in worker.sends:
            made = worker.make(kind, body, bytes_, cause=message, attributes=attributes, group=message.group)
            worker.record("created", made.id, message.id)
            self.outputs.append(Output(self, link, made))
        self.pending = len(self.outputs)
        for output in self.outputs:
            output.go()

    def settled(self, reason: str) -> None:
        """One output was accepted, or, with a reason, given up."""
        self.pending -= 1
        self.reason = self.reason or reason
        if self.pending or self.seat is None:
            return
        if self.reason:
            self.seat.fail(self.reason)
        else:
            self.seat.succeed()

    def abandon(self, reason: str) -> None:
        """The worker crashed: what waits for its next try is lost; answers that still come find nobody."""
        self.seat = None
        for output in self.outputs:
            if output.waits is not None:
                output.give_up(reason)

    def _body(self) -> Any:
        """The body of the outputs; None for no output."""
        expression, message = self.worker.settings.transform, self.work.message
        if not expression:
            return message.body
        if message.size > LARGEST:
            raise ExpressionFailed(f"the message has {message.size:,} bytes; at most {LARGEST:,} can be transformed")
        return evaluate(expression, self.work.as_given())
