"""A seat: one place at which a worker works on one message at a time.

A seat that has nothing to do asks a queue and waits (a long poll); what it gets, maybe a batch, it works on one after
another, and only then asks again. So a worker takes no more from a queue than its seats can begin. A batch that an
event source mapping gathered, or one message that was pushed, a seat takes the same way. Each seat is its own little
state machine, with its own timer and its own outstanding request; a crash ends both.
"""

from collections import deque
from typing import TYPE_CHECKING

from patterns.worker.batch import Batch
from patterns.worker.heartbeat import Heartbeat
from patterns.worker.outcomes import TIMED_OUT
from patterns.worker.passing import Passing
from patterns.worker.work import Source, Work, poison
from simulator.engine.backoff import backoff
from simulator.engine.clock import MILLISECOND, SECOND, Micros, words
from simulator.engine.errors import ServiceError
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
    it has received. `reason` says why the work is bound to fail, `late` that its time is up. A seat that is `leaving`
    takes nothing new.
    """

    __slots__ = (
        "_heartbeat",
        "_over",
        "call",
        "late",
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
        self.late = False
        self.tries = 0
        self.leaving = False
        self._over: Micros = 0
        self._heartbeat: Heartbeat | None = None
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
        assert source is not None, f"a seat of {worker.id} got an answer it did not ask for"
        self.call = None
        if error is not None:
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
                if source.pause or worker.kernel.now - self.since < MILLISECOND:
                    self._pause(max(source.pause, MILLISECOND))
                else:
                    self.ask()
            return
        if source.plain and (source.tells or not worker.together):
            for message, handle, attempt in deliveries:
                self.rest.append(_new(Work, (message, attempt, source, handle, None, 0, None, None)))
        else:
            self._take_in(source, deliveries)
        if self.work is None and not self._begin(self.rest.popleft()):
            self.next()

    def take(self, works: list[Work]) -> None:
        """Begin with a message that was pushed to the worker, or with a batch."""
        if self.timer is not None:
            self.worker.kernel.cancel(self.timer)
            self.timer = None
        self.rest.extend(works)
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
        if self._heartbeat is not None:
            self._heartbeat.stop()
        dropped = self.all_work()
        self.work = None
        self.rest.clear()
        for work in dropped:
            worker.abandon(work, reason)
        for batch in dict.fromkeys(work.batch for work in dropped):
            if batch is not None:
                batch.crash(self, reason)

    def all_work(self) -> list[Work]:
        """What it is at and what it has received besides."""
        return [*([self.work] if self.work is not None else []), *self.rest]

    def view(self, now: Micros) -> list[int]:
        """How it is drawn: state, id, look, flags, since, until, messages left with the one it is at."""
        if self.work is not None:
            glyph, left = self.work.glyph(self.reason.startswith("poison")), 1 + len(self.rest)
            if now < self.warm:
                return [COLD, *glyph, self.since, self.warm, left]
            return [WORKING, *glyph, self.warm, self.until, left]
        if self.call is not None:
            return [ASKING, 0, 0, 0, self.since, self.until, 0]
        return [FREE, 0, 0, 0, 0, 0, 0]

    def _take_in(self, source: Source, deliveries: list[Delivery]) -> None:
        """What was received, where it is deleted before the work, or all together, or kept hidden by a heartbeat."""
        worker = self.worker
        if source.early:
            for message, handle, attempt in deliveries:
                worker.record("taken_over", message.id)
                self.rest.append(Work(message, attempt, handle=handle))
                if not worker.together:
                    source.delete(message, handle)
            if worker.together:
                source.delete_all(deliveries)
            return
        if worker.together and not source.tells:
            self.rest.extend(Batch(source, len(deliveries), piecewise=True).works(deliveries))
        else:
            self.rest.extend(Work(message, attempt, source, handle) for message, handle, attempt in deliveries)
        if source.heartbeat is not None:
            if self._heartbeat is not None:
                self._heartbeat.stop()
            self._heartbeat = Heartbeat(self, source, source.heartbeat)

    def _skip(self, work: Work) -> None:
        """Another copy of the message was done while this one was worked on."""
        worker = self.worker
        worker.skip(work)
        if worker.instances.start_cold:
            worker.instances.free(worker.capacity)
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
        cold = worker.instances.get_ready(worker.slowness) if worker.instances.start_cold else 0
        if cold:
            worker.record("cold_start", work.message.id, cold)
        self.since = now
        self.warm = now + cold
        self.until = until = now + cold + service
        settings = worker.settings
        self.reason = poison(settings.poison, work) if settings.poison else ""
        if settings.timeout is not None:
            until = self._limited(work, settings.timeout)
        worker.trace.append((now, "started", worker.index, work.message.id, work.attempt, until, cold))
        self.timer = worker.kernel.after(until - now, self._done)
        return True

    def _limited(self, work: Work, timeout: int) -> Micros:
        """When the work will be over: when it is done, or when the time for its invocation is up.

        The time begins when the instance is ready, and is one for all messages of an invocation.
        Source: AWS Lambda Developer Guide, "Configure Lambda function timeout".
        """
        over = self.warm + timeout * SECOND
        batch = work.batch
        if batch is not None and batch.poller is not None:
            batch.over = over = batch.over or over
        self._over = over
        self.late = self.until > over
        if self.late:
            self.until = max(over, self.worker.kernel.now)
            self.reason = f"timed out after {words(timeout * SECOND)}"
        return self.until

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
        elif worker.sends or (worker.settings.transform and worker.is_answered(work)):
            self.passing = Passing(self, work)
            if worker.settings.timeout is not None:
                self.timer = worker.kernel.after(max(0, self._over - worker.kernel.now), self._out_of_time)
            self.passing.go()
        else:
            self.succeed()

    def succeed(self) -> None:
        """All is done: the effect has happened, and the message is settled."""
        worker, work = self.worker, self.work
        assert work is not None, f"a seat of {worker.id} succeeded with nothing"
        value = self.passing.value if self.passing is not None else work.message.body
        self.passing = None
        if self.timer is not None:
            worker.kernel.cancel(self.timer)
            self.timer = None
        if worker.idempotent and worker.has_done(work):
            self._skip(work)
            return
        now = worker.kernel.now
        took = now - self.since
        message = work.message
        worker.trace.append((now, "processed", worker.index, message.id, took))
        worker.count_effect(message.id, took)
        worker.settle(work, value)
        if worker.instances.start_cold:
            worker.instances.free(worker.capacity)
        self.next()

    def fail(self, reason: str, error_type: str = "") -> None:
        """The work was in vain. A received message comes back by itself; the seat is free again at once.

        `error_type` is how the failure is called; "": as the worker's failures are.
        """
        worker, work = self.worker, self.work
        assert work is not None, f"a seat of {worker.id} failed at nothing"
        self.passing = None
        if self.timer is not None:
            worker.kernel.cancel(self.timer)
            self.timer = None
        worker.failed += 1
        worker.record("failed", work.message.id, reason)
        if self.reason and not self.late:
            worker.run.mark_poison(work.message.id)
        if work.batch is not None:
            work.batch.fail(self, reason, self.late)
        worker.failed_on(work, reason, TIMED_OUT if self.late else error_type or worker.settings.errorType)
        if worker.instances.start_cold:
            worker.instances.free(worker.capacity)
        self.next()

    def _out_of_time(self) -> None:
        """The time of a function is up while it waits for what it passes on to be taken."""
        worker, passing = self.worker, self.passing
        assert passing is not None, f"a seat of {worker.id} ran out of time with nothing to pass on"
        self.timer = None
        self.late = True
        passing.abandon(f"{worker.id} timed out")
        self.fail(f"timed out after {words((worker.settings.timeout or 0) * SECOND)}")
