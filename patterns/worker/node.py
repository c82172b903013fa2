"""The worker: a number of seats, each of which takes a message, works on it, passes results on, and says that it is
done.

It says so last: a received message is deleted only when the work is done and everything made of it was accepted.
Whatever goes wrong before leaves the message in the queue, which gives it out again when its visibility timeout is
over. So nothing is lost, and everything can happen twice; `idempotent` decides whether that shows.

Instances (processes, execution environments) are apart from seats: the one used last is used again first, as Lambda's
are, so that few of them stay warm under little load.
Source: AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle".
"""

from collections import deque
from collections.abc import Iterator
from math import ceil
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

from patterns.worker.config import WorkerSettings
from patterns.worker.seat import Seat
from patterns.worker.work import Source, Work
from simulator.engine.clock import Micros, seconds, words
from simulator.engine.errors import ServiceError
from simulator.engine.link import Link
from simulator.engine.message import DUPLICATE, Message, MessageId
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.polling import DeleteRequest
from simulator.engine.recent import Recent
from simulator.engine.samplers import Sampler
from simulator.engine.sending import Sending

if TYPE_CHECKING:
    from simulator.engine.run import Run

SHOWN_SEATS = 12
SHOWN_SERVICES = 200

# Making a named tuple by name costs a call of Python more.
_new = tuple.__new__


class Worker(Node):
    """Works on messages. `done`, `failed`, `doubled` and `skipped` count; `unsent` are outputs between two tries.

    `inbox` holds pushed messages that wait for a free seat.
    """

    GIVES_UP: ClassVar[str] = "given_up"
    settings: WorkerSettings

    def __init__(self, run: "Run", index: int, identity: str, title: str, settings: WorkerSettings) -> None:
        super().__init__(run, index, identity, title, settings)
        self.sources: list[Source] = []
        self.sends: list[Link] = []
        self.seats: list[Seat] = []
        self.unsent: dict[Sending, None] = {}
        self.pauses: Random = self.stream("retries")
        self.crashed = False
        self.failing = 0.0
        self.done = 0
        self.failed = 0
        self.doubled = 0
        self.skipped = 0
        self._free: dict[Seat, None] = {}
        self.inbox: deque[Work] = deque()
        self._warm: deque[Micros] = deque()
        self._services: deque[Micros] = deque(maxlen=SHOWN_SERVICES)
        self._effects = Recent(settings.remembers)
        self._service_stream = self.stream("service")
        self._cold_stream = self.stream("cold start")
        self._failures = self.stream("failures")
        self._turn = 0
        self._use(settings)

    def start(self) -> None:
        self.sources = [Source(link) for link in self.ins if link.kind == "poll"]
        self.sends = [link for link in self.outs if link.kind == "send"]
        self._seat()

    def change(self, settings: WorkerSettings) -> None:
        self.settings = settings
        self._use(settings)
        if not self.crashed:
            self._seat()

    # Messages that are pushed here.

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        """Take a pushed message into a free seat or into the backlog, or refuse it."""
        if self.crashed:
            self._refuse(
                message, call, ServiceError("ServiceUnavailable", f"{self.id} has crashed and does not answer.")
            )
            return
        seat = self._seat_for_push()
        if seat is None and len(self.inbox) >= self.settings.backlog:
            self._refuse(message, call, _too_many(self.settings.concurrency))
            return
        self.record("accepted", message.id)
        work = Work(message, 1, call=call, flags=flags & DUPLICATE)
        if seat is None:
            self.inbox.append(work)
        else:
            seat.take(work)

    def settle(self, work: Work) -> None:
        """A message is done: its queue deletes it, or whoever pushed it hears so."""
        if work.source is not None:
            request = _new(DeleteRequest, (work.handle,))
            work.source.link.ask("delete_message", request, None, about=work.message)
            return
        self.record("finished", work.message.id)
        if work.call is not None:
            work.call.reply(None)

    def give_back(self, work: Work, reason: str) -> None:
        """A pushed message could not be done: its sender has it again, if it listens; else it is gone."""
        if work.call is not None and work.call.listening:
            self.record("handed_back", work.message.id, reason)
            work.call.fail(ServiceError("Unhandled", reason))
        else:
            self.record("given_up", work.message.id, f"{reason}, and nobody else has a copy")

    # What seats ask of their worker.

    def next_source(self, before: Source | None) -> Source:
        """The queue that a seat turns to: where the fewest seats are; among equals, where one turned to longest ago."""
        if before is not None:
            before.seats -= 1
        source = min(self.sources, key=_least_served)
        self._turn += 1
        source.turn = self._turn
        source.seats += 1
        return source

    def seat_is_free(self, seat: Seat) -> None:
        self._free[seat] = None

    def retire(self, seat: Seat) -> None:
        """A seat that is no longer wanted has finished."""
        self.seats.remove(seat)
        self._free.pop(seat, None)
        if seat.source is not None:
            seat.source.seats -= 1

    def get_ready(self) -> Micros:
        """Take an instance for a message; how long it takes to get it ready, 0 when one is warm."""
        assert self.draw_cold is not None, f"{self.id} has no cold starts"
        now, idle = self.kernel.now, self.settings.idle_timeout
        while self._warm:
            used = self._warm.pop()
            if idle is None or now - used <= idle:
                return 0
        cold = self.draw_cold.micros()
        return int(cold * self.slowness) if self.slowness != 1.0 else cold

    def instance_is_free(self) -> None:
        """The instance that worked is warm, and the first to be used again."""
        self._warm.append(self.kernel.now)
        if len(self._warm) > self.settings.concurrency:
            self._warm.popleft()

    def mishap(self) -> str:
        """Whether an attempt fails by chance: the reason, or ""."""
        chance = self.chance
        return f"failed by chance ({chance * 100:.3g} %)" if self._failures.random() < chance else ""

    def has_done(self, work: Work) -> bool:
        """Whether it recognises the message as one that it has done."""
        return work.message.id in self._effects

    def skip(self, work: Work) -> None:
        """Do nothing for a message that was done before, and say that it is done."""
        self.skipped += 1
        self.record("skipped", work.message.id)
        self.settle(work)

    def count_effect(self, message: MessageId, took: Micros) -> None:
        """The work on a message is done, for the first time or once more."""
        self.done += 1
        self._services.append(took)
        times = self._effects.meet(message)
        if times > 1:
            self.doubled += 1
            self.record("doubled", message, times)

    def abandon(self, work: Work, reason: str) -> None:
        """A crash took this out of a seat: a queue still has it, or its sender hears of it, or it is gone."""
        if work.source is not None:
            self.record("abandoned", work.message.id, reason)
        else:
            self.give_back(work, reason)

    # What is passed on.

    def objection(self, sending: Sending, error: ServiceError) -> str:
        """Why an output that was refused is not sent again, or ""."""
        if sending.purpose.seat is None:
            return f"{self.id} crashed and forgot it"
        if sending.tries < self.settings.write_attempts:
            return ""
        return f"{sending.link.target.id} did not take it: {error.code} after {sending.tried}"

    def sending_is_over(self, sending: Sending, error: ServiceError | None) -> None:
        """An output was taken, or, with an error, given up: the work it belongs to hears so."""
        sending.purpose.settled(f"{sending.link.target.id} did not take it: {error.code}" if error is not None else "")

    # Faults.

    def crash(self) -> None:
        """Stop at once; everything that was in memory is gone."""
        self.crashed = True
        reason = f"{self.id} crashed"
        self._warm.clear()
        self._free.clear()
        for seat in self.seats:
            seat.crash(reason)
        while self.inbox:
            self.abandon(self.inbox.popleft(), reason)

    def recover(self) -> None:
        """Begin again with empty, cold seats."""
        self.crashed = False
        self.seats = []
        for source in self.sources:
            source.seats = 0
        self._seat()

    def fail_more(self, share: float) -> None:
        """This share of attempts fails, besides those that would."""
        self.failing = share
        self._use(self.settings)

    # What is shown.

    def view(self) -> dict[str, Any]:
        now = self.kernel.now
        seats = self.seats
        if len(seats) > SHOWN_SEATS:
            busy = [place for place, seat in enumerate(seats) if seat.work is not None][:SHOWN_SEATS]
            others = [place for place, seat in enumerate(seats) if seat.work is None][: SHOWN_SEATS - len(busy)]
            seats = [seats[place] for place in sorted(busy + others)]
        return {
            "kind": self.settings.kind,
            "seats": [seat.view(now) for seat in seats],
            "concurrency": self.settings.concurrency,
            "busy": self._busy(),
            "done": self.done,
            "failed": self.failed,
            "doubled": self.doubled,
            "crashed": self._back_at(),
            "p95": self._p95(),
            "caption": self._caption(),
        }

    def gauges(self) -> dict[str, float | None]:
        return {"busy": self._busy(), "concurrency": self.settings.concurrency, "backlog": len(self.inbox)}

    def held(self) -> Iterator[MessageId]:
        for work in self.inbox:
            yield work.message.id
        for seat in self.seats:
            yield from (work.message.id for work in seat.all_work() if work.source is None)
        for sending in self.unsent:
            yield sending.message.id

    # Its own affairs.

    def _use(self, settings: WorkerSettings) -> None:
        """Draw as these settings say from now on; the streams go on."""
        service: Sampler = settings.service.sampler(self._service_stream)
        self.draw_service = service.micros
        self.draw_cold = settings.cold_start.sampler(self._cold_stream) if settings.cold_start is not None else None
        self.chance = 1 - (1 - settings.failure_probability) * (1 - self.failing)
        self.idempotent = settings.idempotent
        self._effects.most = settings.remembers

    def _seat(self) -> None:
        """Have as many seats as the settings say; a seat too many leaves as soon as it has nothing left to do."""
        staying = [seat for seat in self.seats if not seat.leaving]
        for seat in staying[self.settings.concurrency :]:
            seat.leave()
        for _ in range(self.settings.concurrency - len(staying)):
            seat = Seat(self)
            self.seats.append(seat)
            seat.next()

    def _seat_for_push(self) -> Seat | None:
        """A seat that can begin at once: a free one, or one that so far only asks."""
        if self._free:
            seat, _ = self._free.popitem()
            return seat
        if not self.sources:
            return None
        return next((seat for seat in self.seats if seat.work is None and not seat.leaving), None)

    def _refuse(self, message: Message, call: Call | None, error: ServiceError) -> None:
        if call is not None:
            self.record("refused_work", message.id, error.code)
            call.fail(error)
        else:
            self.record("turned_away", message.id, f"{error.code}: {error.message}".rstrip("."))

    def _busy(self) -> int:
        return sum(seat.work is not None for seat in self.seats)

    def _back_at(self) -> Micros:
        """When it is back: 0 when it is up, -1 when somebody has to end the crash."""
        active = self.run.faults.get((self.id, "crash")) if self.crashed else None
        return (active.until or -1) if active is not None else 0

    def _p95(self) -> Micros | None:
        """The 95th percentile of the last services, as the nearest rank."""
        if not self._services:
            return None
        ordered = sorted(self._services)
        return ordered[ceil(0.95 * len(ordered)) - 1]

    def _caption(self) -> list[str]:
        settings = self.settings
        caption = [f"about {words(seconds(settings.service.mean()))} each"]
        if settings.cold_start is not None:
            idle = f" after {words(settings.idle_timeout)} idle" if settings.idle_timeout is not None else ""
            caption.append(f"cold start{idle}: {settings.cold_start.describe()}")
        if self.chance:
            caption.append(f"{self.chance * 100:.3g} % fail")
        if settings.idempotent:
            caption.append("idempotent")
        return caption


def _least_served(source: Source) -> tuple[int, int]:
    return source.seats, source.turn


def _too_many(concurrency: int) -> ServiceError:
    """Source: AWS Lambda API Reference, Invoke, TooManyRequestsException (429)."""
    seats = "the one seat is" if concurrency == 1 else f"all {concurrency} seats are"
    return ServiceError("TooManyRequestsException", f"429: {seats} taken.")
