"""The worker: a number of seats, each of which takes a message, works on it, passes results on, and says that it is
done.

It says so last: a received message is deleted only when the work is done and everything made of it was accepted.
Whatever goes wrong before leaves the message in the queue, which gives it out again when its visibility timeout is
over. So nothing is lost, and everything can happen twice; `idempotent` decides whether that shows.

How messages get to the seats is another matter: a seat asks a queue itself, or takes what an event source mapping
brings, or what is pushed. How many seats there are is one too: as many as is set, or as the backlog asks for.
"""

from collections import deque
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any

from patterns.worker.activity import source_of
from patterns.worker.asynchronous import EventQueue
from patterns.worker.batch import Batch
from patterns.worker.calling_back import Callbacks, fails_for_good
from patterns.worker.config import WorkerSettings
from patterns.worker.effects import Effects
from patterns.worker.fleet import Fleet
from patterns.worker.instances import Instances
from patterns.worker.outcomes import CRASHED, FunctionError
from patterns.worker.recursion import Turns
from patterns.worker.seat import Seat
from patterns.worker.state_changes import StateChanges
from patterns.worker.view import view_of
from patterns.worker.work import Source, Work, made_of
from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.expression import ExpressionFailed
from simulator.engine.link import Link
from simulator.engine.mapping import EventSourceMapping
from simulator.engine.message import DUPLICATE, Message, MessageId
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.poller import Poller
from simulator.engine.polling import Delivery, mapping_of
from simulator.engine.samplers import Sampler
from simulator.engine.sending import Sending

if TYPE_CHECKING:
    from simulator.engine.run import Run


class Worker(Node):
    """Works on messages. `failed` and `skipped` count, and `throttled` invocations for which there was no seat.

    `inbox` holds pushed messages that wait for a free seat, `events` those that it is invoked with asynchronously;
    `unsent` are outputs between two tries.
    """

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
        self.failed = 0
        self.skipped = 0
        self.throttled = 0
        self._free: dict[Seat, None] = {}
        self.inbox: deque[Work] = deque()
        self.mappings: dict[EventSourceMapping, Source] = {}
        self.fleet: Fleet | None = None
        self.instances = Instances(run.kernel, self.stream("cold start"), settings)
        self.effects = Effects(settings.remembers)
        self.turns = Turns(index)
        self.events = EventQueue(self)
        self.state_changes = StateChanges(self)
        self.callbacks = Callbacks(self)
        self._service_stream = self.stream("service")
        self._failures = self.stream("failures")
        self._turn = 0
        self._use(settings)

    def start(self) -> None:
        polls = [source_of(link) for link in self.ins if link.kind == "poll"]
        self.sources = [source for source in polls if mapping_of(source.settings) is None]
        self.sends = self.ways("send")
        self.events.start()
        self.callbacks.start()
        self._scale()
        self._seat()
        self.state_changes.start()
        mapped = [source for source in polls if mapping_of(source.settings)]
        self.mappings = {EventSourceMapping(self, source.link): source for source in mapped}
        for mapping in self.mappings:
            mapping.start()

    def change(self, settings: WorkerSettings) -> None:
        self.settings = settings
        self._use(settings)
        self._scale()
        if not self.crashed:
            self._seat()

    @property
    def capacity(self) -> int:
        """How many seats there should be: as set, or as a fleet has come to."""
        return self.settings.concurrency if self.fleet is None else self.fleet.size

    def ways(self, kind: str) -> list[Link]:
        """The links of one kind that lead out of it."""
        return [link for link in self.outs if self.run.scenario.links[link.index].kind.name == kind]

    # Messages that are pushed here.

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        """Take a pushed message into its queue of events, into a free seat or into the backlog, or refuse it."""
        if self.events.used and self.events.concerns(call):
            self.events.take(message, call, flags)
            return
        if self.crashed:
            self.refuse(message, call, self._is_down())
            return
        seat = self._seat_for_push()
        if seat is None and len(self.inbox) >= self.settings.backlog:
            self.refuse(message, call, _too_many(self.capacity))
            return
        self.record("accepted", message.id)
        work = Work(message, 1, call=call, flags=flags & DUPLICATE)
        if seat is None:
            self.inbox.append(work)
        else:
            seat.take([work])

    def refuse(self, message: Message, call: Call | None, error: ServiceError) -> None:
        """What was pushed is not taken: its sender has it again, if it listens; else it is gone."""
        if call is not None:
            self.record("refused_work", message.id, error.code)
            call.fail(error)
        else:
            self.record("turned_away", message.id, f"{error.code}: {error.message}".rstrip("."))

    def begin(self, work: Work) -> None:
        """Work on an event; there must be a seat for it."""
        seat = self._seat_for_push()
        assert seat is not None, f"{self.id} has no seat for an event"
        self.record("accepted", work.message.id)
        seat.take([work])

    def refusal_of_batch(self) -> ServiceError | None:
        """Why no seat can begin with a batch or an event now, or None when one can."""
        if self.crashed:
            return self._is_down()
        return None if self._free or self._asking_seat() is not None else _too_many(self.capacity)

    def take_batch(self, poller: Poller, deliveries: list[Delivery]) -> None:
        """Work on a batch; there must be a seat for it."""
        seat = self._seat_for_push()
        assert seat is not None, f"{self.id} has no seat for a batch"
        mapping = poller.mapping
        batch = Batch(self.mappings[mapping], len(deliveries), mapping.piecewise, poller)
        seat.take(batch.works(deliveries))

    def batch_was_refused(self) -> None:
        self.throttled += not self.crashed

    def settle(self, work: Work, value: Any) -> None:
        """A message is done: its queue deletes it, now or with its batch, or whoever pushed it gets the `value`."""
        self.callbacks.tell_success(work.message, value)
        if work.batch is not None:
            work.batch.succeed(work)
            return
        if work.source is not None:
            work.source.done(work.message, work.handle, value)
            return
        self.record("finished", work.message.id)
        if work.call is not None:
            work.call.reply(value)
        elif work.event is not None:
            self.events.succeeded(work.event, value)

    def failed_on(self, work: Work, reason: str, error_type: str) -> None:
        """What a seat has failed on: what was received comes back by itself, what was pushed is given back."""
        if work.source is None:
            self.give_back(work, reason, error_type)
        else:
            work.source.failed(work.message, work.handle, error_type, reason)
            if fails_for_good(work):
                self.callbacks.tell_failure(work.message, error_type, reason)

    def give_back(self, work: Work, reason: str, error_type: str) -> None:
        """A pushed message could not be done: its sender has it again, if it listens; else it is gone."""
        if work.event is not None:
            self.events.failed(work.event, reason, error_type)
        elif work.call is not None and work.call.listening:
            self.record("handed_back", work.message.id, reason)
            work.call.fail(FunctionError(error_type, reason))
        else:
            alone = "nobody else has a copy" if work.handle is None else "it was deleted before the work"
            self.record("given_up", work.message.id, f"{reason}, and {alone}")

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

    def fleet_has_changed(self) -> None:
        """The backlog asks for more or fewer seats."""
        if not self.crashed:
            self._seat()

    def seat_is_free(self, seat: Seat) -> None:
        self._free[seat] = None

    def retire(self, seat: Seat) -> None:
        """A seat that is no longer wanted has finished."""
        self.seats.remove(seat)
        self.state_changes.follow()
        self._free.pop(seat, None)
        if seat.source is not None:
            seat.source.seats -= 1

    def mishap(self) -> str:
        """Whether an attempt fails by chance: the reason, or ""."""
        chance = self.chance
        return f"failed by chance ({chance * 100:.3g} %)" if self._failures.random() < chance else ""

    def is_answered(self, work: Work) -> bool:
        """Whether anybody wants to know what the work on a message makes."""
        return work.is_answered or self.callbacks.concern(work.message)

    def has_done(self, work: Work) -> bool:
        """Whether it recognises the message as one that it has done."""
        return work.message.id in self.effects

    def skip(self, work: Work) -> None:
        """Do nothing for a message that was done before, and say that it is done."""
        self.skipped += 1
        self.record("skipped", work.message.id)
        self.settle(work, self._answer(work))

    def count_effect(self, message: MessageId, took: Micros) -> None:
        """The work on a message is done, for the first time or once more."""
        times = self.effects.happen(message, took)
        if times > 1:
            self.record("doubled", message, times)

    def abandon(self, work: Work, reason: str) -> None:
        """A crash took this out of a seat: a queue still has it, or its sender hears of it, or it is gone."""
        if work.source is not None or work.handle is not None:
            self.record("abandoned", work.message.id, reason)
        if work.source is None:
            self.give_back(work, reason, CRASHED)

    # Faults.

    def crash(self) -> None:
        """Stop at once; everything that was in memory is gone."""
        self.crashed = True
        self.state_changes.tell_all("stopped")
        reason = f"{self.id} crashed"
        self.instances.clear()
        self._free.clear()
        for seat in self.seats:
            seat.crash(reason)
        while self.inbox:
            self.abandon(self.inbox.popleft(), reason)

    def recover(self) -> None:
        """Begin again with empty, cold seats."""
        self.crashed = False
        self.state_changes.tell_all("running")
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
        return view_of(self)

    def busy(self) -> int:
        """How many seats are at work."""
        return sum(seat.work is not None for seat in self.seats)

    def gauges(self) -> dict[str, float | None]:
        sizes = [size for mapping in self.mappings for size in mapping.sizes]
        return {
            "busy": self.busy(),
            "concurrency": self.capacity,
            "backlog": len(self.inbox),
            "pollers": sum(len(mapping.pollers) for mapping in self.mappings) if self.mappings else None,
            "batch": sum(sizes) / len(sizes) if sizes else None,
            "events": len(self.events.waiting) if self.events.used else None,
        }

    def held(self) -> Iterator[MessageId]:
        for work in self.inbox:
            yield work.message.id
        for seat in self.seats:
            yield from (work.message.id for work in seat.all_work() if work.source is None)
        for sending in self.unsent:
            yield sending.message.id
        yield from self.events.held()

    # Its own affairs.

    def _use(self, settings: WorkerSettings) -> None:
        """Draw as these settings say from now on; the streams go on."""
        service: Sampler = settings.service.sampler(self._service_stream)
        self.draw_service = service.micros
        self.instances.use(settings)
        self.together = settings.delete_together
        self.chance = 1 - (1 - settings.failure_probability) * (1 - self.failing)
        self.idempotent = settings.idempotent
        self.effects.remember(settings.remembers)

    def _scale(self) -> None:
        """Let the backlog decide how many seats there are, or no longer."""
        scaling = self.settings.scaling
        if scaling is None:
            self.fleet = None
        elif self.fleet is None:
            self.fleet = Fleet(self, scaling)
        else:
            self.fleet.use(scaling)

    def _seat(self) -> None:
        """Have as many seats as the settings say; a seat too many leaves as soon as it has nothing left to do."""
        staying = [seat for seat in self.seats if not seat.leaving]
        for seat in staying[self.capacity :]:
            seat.leave()
        for _ in range(self.capacity - len(staying)):
            seat = Seat(self)
            self.seats.append(seat)
            seat.next()
        self.state_changes.follow()

    def _seat_for_push(self) -> Seat | None:
        """A seat that can begin at once: a free one, or one that so far only asks."""
        if self._free:
            seat, _ = self._free.popitem()
            return seat
        return self._asking_seat()

    def _asking_seat(self) -> Seat | None:
        """A seat that so far only asks a queue for messages."""
        if not self.sources:
            return None
        return next((seat for seat in self.seats if seat.work is None and not seat.leaving), None)

    def _answer(self, work: Work) -> Any:
        """What whoever waits gets for work that was done before: the same once more, where that can be told."""
        try:
            return made_of(self.settings.transform, work) if self.is_answered(work) else None
        except ExpressionFailed:
            return None

    def _is_down(self) -> ServiceError:
        return ServiceError("ServiceUnavailable", f"{self.id} has crashed and does not answer.")


def _least_served(source: Source) -> tuple[int, int]:
    return source.seats, source.turn


def _too_many(concurrency: int) -> ServiceError:
    """Source: AWS Lambda API Reference, Invoke, TooManyRequestsException (429)."""
    if not concurrency:
        return ServiceError("TooManyRequestsException", "429: its concurrency is 0.")
    seats = "the one seat is" if concurrency == 1 else f"all {concurrency} seats are"
    return ServiceError("TooManyRequestsException", f"429: {seats} taken.")
