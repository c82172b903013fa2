"""A seat: one place at which a worker works on one message at a time.

A seat that has nothing to do asks a queue and waits (a long poll); what it gets, maybe a batch, it works on one after
another, and only then asks again. So a worker takes no more from a queue than its seats can begin. Each seat is its
own little state machine, with its own timer and its own outstanding request; a crash ends both.
"""

from collections import deque
from typing import TYPE_CHECKING

from patterns.worker.passing import Passing
from patterns.worker.work import Source, Work
from simulator.engine.backoff import backoff
from simulator.engine.clock import MILLISECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.expression import MOST_BYTES as LARGEST
from simulator.engine.expression import ExpressionFailed, holds
from simulator.engine.kernel import Timer
from simulator.engine.operations import Call
from simulator.engine.polling import Delivery

if TYPE_CHECKING:
    from patterns.worker.node import Worker

FREE, ASKING, WORKING, COLD = 0, 1, 2, 3

# Making a named tuple by name costs a call of Python more.
_new = tuple.__new__


class Seat:
    """One seat of a worker.

    `work` is what it is at since `since`, ready when the instance is (`warm`) and done at `until`; `rest` what else
    it has received. `reason` says why the work is bound to fail. A seat that is `leaving` takes nothing new.
    """

    __slots__ = (
        "call",
        "leaving",
        "passing",
        "reason",
        "rest",
        "since",
        "source",
        "timer",
        "tries",
        "until",
        "warm",
        "work",
        "worker",
    )

    def __init__(self, worker: "Worker") -> None:
        self.worker = worker
        self.work: Work | None = None
        self.rest: deque[Work] = deque()
        self.source: Source | None = None
        self.call: Call | None = None
        self.timer: Timer | None = None
        self.passing: Passing | None = None
        self.reason = ""
        self.tries = 0
        self.leaving = False
        self.since: Micros = 0
        self.warm: Micros = 0
        self.until: Micros = 0

    def ask(self) -> None:
        """Ask a queue for messages, if there is one and the seat is free to."""
        worker = self.worker
        self.timer = None
        if self.leaving:
            worker.retire(self)
            return
        if not worker.sources:
            worker.seat_is_free(self)
            return
        self.source = source = worker.sources[0] if len(worker.sources) == 1 else worker.next_source(self.source)
        if source.settings is not source.link.settings:
            source.read()
        self.since = now = worker.kernel.now
        self.until = now + source.wait
        self.call = source.link.ask("receive_message", source.request, self.received, wait=source.wait)

    def received(self, deliveries: list[Delivery] | None, error: ServiceError | None) -> None:
        """The answer of the queue: messages, none, or a refusal."""
        worker, source = self.worker, self.source
        self.call = None
        if error is not None:
            assert source is not None, f"a seat of {worker.id} got an answer it did not ask for"
            self.tries += 1
            wait = backoff(self.tries, worker.pauses)
            worker.record("poll_failed", 0, source.link.source.index, error.code, wait)
            if self.work is None:
                self._pause(wait)
            return
        self.tries = 0
        if not deliveries:
            if self.work is None:
                # Asking again within the same instant for ever would stop time.
                if worker.kernel.now - self.since < MILLISECOND:
                    self._pause(MILLISECOND)
                else:
                    self.ask()
            return
        for message, handle, attempt in deliveries:
            self.rest.append(_new(Work, (message, attempt, source, handle, None, 0)))
        if self.work is None and not self._begin(self.rest.popleft()):
            self.next()

    def take(self, work: Work) -> None:
        """Begin with a message that was pushed to the worker."""
        if self.timer is not None:
            self.worker.kernel.cancel(self.timer)
            self.timer = None
        self.rest.append(work)
        self.next()

    def next(self) -> None:
        """Begin with the next message of the batch, or with one that waits in the backlog, or ask for more."""
        worker = self.worker
        self.work = None
        while True:
            if self.rest:
                work = self.rest.popleft()
            elif worker.inbox and not self.leaving:
                work = worker.inbox.popleft()
            else:
                break
            if self._begin(work):
                return
        if self.call is None:
            self.ask()

    def leave(self) -> None:
        """Take nothing new; what it asked for and what it has received is still worked on."""
        self.leaving = True
        if self.work is None and self.call is None:
            if self.timer is not None:
                self.worker.kernel.cancel(self.timer)
            self.worker.retire(self)

    def crash(self, reason: str) -> None:
        """Drop everything at once."""
        worker = self.worker
        if self.call is not None:
            self.call.hang_up()
            self.call = None
        if self.timer is not None:
            worker.kernel.cancel(self.timer)
            self.timer = None
        if self.passing is not None:
            self.passing.abandon(reason)
            self.passing = None
        dropped = self.all_work()
        self.work = None
        self.rest.clear()
        for work in dropped:
            worker.abandon(work, reason)

    def all_work(self) -> list[Work]:
        """What it is at and what it has received besides."""
        return [*([self.work] if self.work is not None else []), *self.rest]

    def view(self, now: Micros) -> list[int]:
        """How it is drawn: state, id, look, flags, since, until."""
        if self.work is not None:
            glyph = self.work.glyph(self.reason.startswith("poison"))
            if now < self.warm:
                return [COLD, *glyph, self.since, self.warm]
            return [WORKING, *glyph, self.warm, self.until]
        if self.call is not None:
            return [ASKING, 0, 0, 0, self.since, self.until]
        return [FREE, 0, 0, 0, 0, 0]

    def _skip(self, work: Work) -> None:
        """Another copy of the message was done while this one was worked on."""
        worker = self.worker
        worker.skip(work)
        if worker.draw_cold is not None:
            worker.instance_is_free()
        self.next()

    def _pause(self, wait: Micros) -> None:
        self.timer = self.worker.kernel.after(wait, self.ask)

    def _begin(self, work: Work) -> bool:
        """Begin to work on a message; False when there is nothing to do, because it was done before."""
        worker = self.worker
        if worker.idempotent and worker.has_done(work):
            worker.skip(work)
            return False
        self.work = work
        now = worker.kernel.now
        service = worker.draw_service()
        if worker.slowness != 1.0:
            service = int(service * worker.slowness)
        cold = worker.get_ready() if worker.draw_cold is not None else 0
        if cold:
            worker.record("cold_start", work.message.id, cold)
        self.since = now
        self.warm = now + cold
        self.until = until = now + cold + service
        worker.trace.append((now, "started", worker.index, work.message.id, work.attempt, until, cold))
        self.reason = _poison(worker.settings.poison, work) if worker.settings.poison else ""
        self.timer = worker.kernel.after(cold + service, self._done)
        return True

    def _done(self) -> None:
        """The service time is over: it failed, or the result is passed on, or it is done."""
        worker, work = self.worker, self.work
        assert work is not None, f"a seat of {worker.id} finished nothing"
        self.timer = None
        reason = self.reason or (worker.mishap() if worker.chance else "")
        if reason:
            self.fail(reason)
        elif worker.idempotent and worker.has_done(work):
            self._skip(work)
        elif worker.sends:
            self.passing = Passing(self, work)
            self.passing.go()
        else:
            self.succeed()

    def succeed(self) -> None:
        """All is done: the effect has happened, and the message is settled."""
        worker, work = self.worker, self.work
        assert work is not None, f"a seat of {worker.id} succeeded with nothing"
        self.passing = None
        if worker.idempotent and worker.has_done(work):
            self._skip(work)
            return
        now = worker.kernel.now
        took = now - self.since
        message = work.message
        worker.trace.append((now, "processed", worker.index, message.id, took))
        worker.count_effect(message.id, took)
        worker.settle(work)
        if worker.draw_cold is not None:
            worker.instance_is_free()
        self.next()

    def fail(self, reason: str) -> None:
        """The work was in vain. A received message comes back by itself; the seat is free again at once."""
        worker, work = self.worker, self.work
        assert work is not None, f"a seat of {worker.id} failed at nothing"
        self.passing = None
        worker.failed += 1
        worker.record("failed", work.message.id, reason)
        if self.reason:
            worker.run.mark_poison(work.message.id)
        if work.source is None:
            worker.give_back(work, reason)
        if worker.draw_cold is not None:
            worker.instance_is_free()
        self.next()


def _poison(expression: str, work: Work) -> str:
    """Why the work on this message can only fail, or ""."""
    if work.message.size > LARGEST:
        return f"poison: the message is too large to be tested ({work.message.size:,} bytes; {LARGEST:,} at most)"
    try:
        return f"poison: {expression}" if holds(expression, work.as_given()) else ""
    except ExpressionFailed as problem:
        return f"poison: {expression} can't be told ({problem})"
