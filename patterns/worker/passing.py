"""What a worker makes of one message and passes on: all of it is accepted, or the work has failed.

A message is made for each link, with the input as its cause. Whoever gets it answers; a refusal or a silence brings
it back, and it is tried again with growing pauses. If one target has taken its message and another never does, the
input comes again and the first target gets a second message: that is what at-least-once means, and why stores
overwrite by key. A FIFO queue needs no such care: an output keeps the group of its input, and is sent under the
input's deduplication id, so that what a repeated work makes is recognised.
Source: SQS Developer Guide, "Exactly-once processing in Amazon SQS".
"""

from typing import TYPE_CHECKING, Any

from patterns.worker.work import Work
from simulator.engine.expression import MOST_BYTES as LARGEST
from simulator.engine.expression import ExpressionFailed, evaluate
from simulator.engine.message import label, type_of
from simulator.engine.sending import Sending
from simulator.engine.template import size

if TYPE_CHECKING:
    from patterns.worker.node import Worker
    from patterns.worker.seat import Seat


class Passing:
    """The outputs of one piece of work. `seat` is None once it is abandoned, and `gone` says why."""

    __slots__ = ("gone", "outputs", "pending", "reason", "seat", "work", "worker")

    def __init__(self, seat: "Seat", work: Work) -> None:
        self.seat: Seat | None = seat
        self.worker: Worker = seat.worker
        self.work = work
        self.outputs: list[Sending] = []
        self.pending = 0
        self.reason = ""
        self.gone = ""

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
        once = message.deduplication or label(message.id, worker.run.scenario.prefixes)
        for link in worker.sends:
            made = worker.make(
                kind, body, bytes_, cause=message, attributes=attributes, group=message.group, deduplication=once
            )
            worker.record("created", made.id, message.id)
            self.outputs.append(Sending(worker, link, made, self))
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
        """The worker crashed, or ran out of time: what waits for its next try is lost; answers find nobody."""
        self.seat, self.gone = None, reason
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
