"""What a worker makes of one message and passes on: all of it is accepted, or the work has failed.

A message is made for each link, with the input as its cause. Whoever gets it answers; a refusal or a silence brings
it back, and it is tried again with growing pauses. If one target has taken its message and another never does, the
input comes again and the first target gets a second message: that is what at-least-once means, and why stores
overwrite by key. A FIFO queue needs no such care: an output keeps the group of its input, and is sent under the
input's deduplication id, so that what a repeated work makes is recognised.
Source: SQS Developer Guide, "Exactly-once processing in Amazon SQS".
"""

from typing import TYPE_CHECKING, Any, ClassVar

from patterns.worker.outcomes import name_in
from patterns.worker.recursion import MOST_TURNS, stopped
from patterns.worker.work import Work, made_of
from simulator.engine.backoff import backoff
from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.expression import ExpressionFailed
from simulator.engine.kernel import Kernel
from simulator.engine.message import MessageId, label, type_of
from simulator.engine.sending import Sending
from simulator.engine.template import size

if TYPE_CHECKING:
    from patterns.worker.node import Worker
    from patterns.worker.seat import Seat


class Passing:
    """The outputs of one piece of work, of which it is the sender.

    `seat` is None once it is abandoned, and `gone` says why. `value` is what was made, also where nobody gets it.
    """

    GIVES_UP: ClassVar[str] = "given_up"

    __slots__ = ("gone", "kernel", "outputs", "pending", "reason", "seat", "unsent", "value", "work", "worker")

    def __init__(self, seat: "Seat", work: Work) -> None:
        self.seat: Seat | None = seat
        self.worker: Worker = seat.worker
        self.kernel: Kernel = seat.worker.kernel
        self.unsent = seat.worker.unsent
        self.work = work
        self.outputs: list[Sending] = []
        self.pending = 0
        self.reason = ""
        self.gone = ""
        self.value: Any = None

    def go(self) -> None:
        """Make the outputs and send them; the seat hears `succeed` or `fail`, now or later."""
        seat, worker, message = self.seat, self.worker, self.work.message
        assert seat is not None, f"{worker.id} passes on for a seat that is gone"
        loop = self._loop()
        if loop:
            seat.fail(loop)
            return
        try:
            self.value = body = made_of(worker.settings.transform, self.work)
        except ExpressionFailed as problem:
            seat.fail(f"transform: {problem}", name_in(str(problem)))
            return
        if body is None or not worker.sends:
            seat.succeed()
            return
        same = body is message.body
        kind = type_of(body, message.type)
        attributes = message.attributes if same else None
        bytes_ = message.size if same else size(body)
        once = message.deduplication or label(message.id, worker.run.scenario.prefixes)
        for link in worker.sends:
            made = worker.make(
                kind, body, bytes_, cause=message, attributes=attributes, group=message.group, deduplication=once
            )
            worker.turns.made(made.id, message)
            worker.record("created", made.id, message.id)
            self.outputs.append(Sending(self, link, made))
        self.pending = len(self.outputs)
        for output in self.outputs:
            output.go()

    def abandon(self, reason: str) -> None:
        """The worker crashed, or ran out of time: what waits for its next try is lost; answers find nobody."""
        self.seat, self.gone = None, reason
        for output in self.outputs:
            if output.waits is not None:
                output.give_up(reason)

    # As the sender of its outputs.

    def record(self, kind: str, message: MessageId, *values: Any) -> None:
        self.worker.record(kind, message, *values)

    def objection(self, sending: Sending, error: ServiceError) -> str:
        """Why an output that was refused is not sent again, or ""."""
        if self.seat is None:
            return f"{self.gone} and forgot it"
        if sending.tries < self.worker.settings.write_attempts:
            return ""
        return f"{sending.link.target.id} did not take it: {error.code} after {sending.tried}"

    def wait_before_next(self, sending: Sending, error: ServiceError) -> Micros:
        return backoff(sending.tries, self.worker.pauses)

    def sending_is_over(self, sending: Sending, error: ServiceError | None) -> None:
        """One output was accepted, or, with an error, given up; with the last one the work is over."""
        self.pending -= 1
        if error is not None and not self.reason:
            self.reason = f"{sending.link.target.id} did not take it: {error.code}"
        if self.pending or self.seat is None:
            return
        if self.reason:
            self.seat.fail(self.reason)
        else:
            self.seat.succeed()

    def _loop(self) -> str:
        """Why nothing more is made in this chain of messages, or ""."""
        worker, message = self.worker, self.work.message
        if message.generation < MOST_TURNS:
            return ""
        if message.generation >= worker.GENERATIONS:
            return f"a loop: {worker.GENERATIONS} messages, each made from the one before, end here"
        turns = worker.turns.of(message)
        return stopped(turns) if turns >= MOST_TURNS and worker.settings.kind == "function" else ""
