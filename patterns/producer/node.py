"""The producer: draws when the next message is due, makes it, and sends it on every link it has.

With several links each gets a message of its own, with the same body: what travels on one link is then never mistaken
for what travels on another. While it is paused or crashed its arrivals pass unheard instead of being put off, so that
what comes later stays where it was. What somebody has it send by hand is drawn from streams of its own and counted
apart, for the same reason.
"""

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

from patterns.producer.config import Burst, ProducerSettings, SendOne, SendSettings
from simulator.engine.backoff import backoff
from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Timer
from simulator.engine.link import Link
from simulator.engine.message import ORIGINS, Message, MessageId, as_text, type_of
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.processes import ArrivalProcess
from simulator.engine.sending import Sending
from simulator.engine.template import Maker, size, size_of_attributes

if TYPE_CHECKING:
    from simulator.engine.run import Run

# Messages that one burst makes, on all links together.
MOST_AT_ONCE = 20_000

# Making a named tuple by name costs a call of Python more.
_new = tuple.__new__


class Bodies:
    """Makes bodies and attributes as the settings say, from one pair of streams, and counts them."""

    __slots__ = ("_attribute_stream", "_body_stream", "attributes", "body", "count")

    def __init__(self, body_stream: Random, attribute_stream: Random) -> None:
        self._body_stream = body_stream
        self._attribute_stream = attribute_stream
        self.count = 0

    def use(self, settings: ProducerSettings) -> None:
        """Make them as these settings say from now on."""
        self.body: Maker = settings.body.maker(self._body_stream)
        self.attributes: Maker | None = None
        if settings.attributes is not None:
            self.attributes = settings.attributes.maker(self._attribute_stream)

    def make(self, now: Micros) -> tuple[Any, int, dict[str, Any] | None]:
        """The next body, the bytes of all, and the attributes."""
        self.count = count = self.count + 1
        body = self.body.make(count, now)
        if self.attributes is None:
            return body, self.body.size(body), None
        attributes = self.attributes.make(count, now)
        return body, self.body.size(body) + size_of_attributes(attributes), attributes


class Producer(Node):
    """Sends messages on its links. `sent` counts them, `unsent` are those it holds between two tries."""

    GIVES_UP: ClassVar[str] = "gave_up"
    settings: ProducerSettings

    def __init__(self, run: "Run", index: int, identity: str, title: str, settings: ProducerSettings) -> None:
        super().__init__(run, index, identity, title, settings)
        self.sent = 0
        self.paused = False
        self.crashed = False
        self.unsent: dict[Sending, None] = {}
        self.pauses = self.stream("retries")
        self._gaps = self.stream("arrivals")
        self._own = Bodies(self.stream("bodies"), self.stream("attributes"))
        self._by_hand = Bodies(self.stream("bodies by hand"), self.stream("attributes by hand"))
        self._looks: dict[str, int] = {}
        self._arrivals: ArrivalProcess
        self._begun: Micros = 0
        self._clock: Micros = 0
        self._timer: Timer | None = None

    def start(self) -> None:
        self._own.use(self.settings)
        self._by_hand.use(self.settings)
        self._begin()

    def change(self, settings: ProducerSettings) -> None:
        before, self.settings = self.settings, settings
        self._own.use(settings)
        self._by_hand.use(settings)
        if settings.arrivals != before.arrivals:
            self._begin()
        elif settings.limit != before.limit and self._timer is None:
            self._clock = self.kernel.now
            self._await()

    def send_one(self, call: Call) -> None:
        given: SendOne = call.arguments
        self._check_is_up()
        body, bytes_, attributes = self._by_hand.make(self.kernel.now)
        if given.body is not None:
            body = given.body
        if given.type and isinstance(body, dict):
            body = {**body, "type": given.type}
        if given.body is not None or given.type:
            bytes_ = size(body) + size_of_attributes(attributes)
        self._send_by_hand(given.type or type_of(body, self.id), body, bytes_, attributes)
        call.reply({"sent": len(self.outs)})

    def burst(self, call: Call) -> None:
        given: Burst = call.arguments
        self._check_is_up()
        if given.count * len(self.outs) > MOST_AT_ONCE:
            said = (
                f"{given.count:,} on each of {len(self.outs)} links is more than {MOST_AT_ONCE:,} at once. Make fewer."
            )
            raise ServiceError("TooMany", said)
        for _ in range(given.count):
            body, bytes_, attributes = self._by_hand.make(self.kernel.now)
            self._send_by_hand(type_of(body, self.id), body, bytes_, attributes)
        call.reply({"sent": given.count * len(self.outs)})

    def pause(self, call: Call) -> None:
        self.paused = True
        call.reply({"paused": True})

    def resume(self, call: Call) -> None:
        self.paused = False
        call.reply({"paused": False})

    def crash(self) -> None:
        """Stop at once; what waited for its next try was only in memory."""
        self.crashed = True
        for sending in list(self.unsent):
            sending.give_up(f"it was only in the memory of {self.id}, which crashed")

    def recover(self) -> None:
        self.crashed = False

    def objection(self, sending: Sending, error: ServiceError) -> str:
        """Why a message that was refused is not sent again, or ""."""
        if self.crashed:
            return f"{error.code}, and {self.id} has crashed"
        return f"{error.code} after {sending.tried}" if sending.tries > self.settings.retries else ""

    def wait_before_next(self, sending: Sending, error: ServiceError) -> Micros:
        return backoff(sending.tries, self.pauses)

    def sending_is_over(self, sending: Sending, error: ServiceError | None) -> None:
        """Nothing hangs on it: only a producer that retries listens at all."""

    def view(self) -> dict[str, Any]:
        arrivals, limit = self.settings.arrivals, self.settings.limit
        ended = self._timer is None
        caption = [arrivals.describe()]
        if limit is not None:
            caption.append(f"stops after {limit:,}")
        rate = 0.0 if ended else arrivals.rate(self._clock - self._begun) / self.slowness
        return {
            "kind": self.settings.kind,
            "rate": round(rate, 3),
            "sent": self.sent,
            "paused": self.paused,
            "caption": caption,
        }

    def held(self) -> Iterator[MessageId]:
        for sending in self.unsent:
            yield sending.message.id

    def _begin(self) -> None:
        """Begin the arrivals anew; a day goes on as it was, since the hour is what it is."""
        if self._timer is not None:
            self.kernel.cancel(self._timer)
            self._timer = None
        self._clock = now = self.kernel.now
        self._begun = 0 if self.settings.arrivals.daily is not None else now
        self._arrivals = self.settings.arrivals.process(self._gaps, self._begun)
        self._await()

    def _await(self) -> None:
        """Wait for the next arrival. The arrivals have a clock of their own, which a slowed producer falls behind."""
        self._timer = None
        clock, limit = self._clock, self.settings.limit
        if limit is not None and self._own.count >= limit:
            return
        time = self._arrivals.next(clock)
        if time is None:
            return
        gap = time - clock
        self._clock = time
        if self.slowness != 1.0:
            gap = int(gap * self.slowness)
        self._timer = self.kernel.after(gap, self._arrive)

    def _arrive(self) -> None:
        if not self.paused and not self.crashed:
            self._send_own()
        self._await()

    def _send_own(self) -> None:
        now, index, own = self.kernel.now, self.index, self._own
        body, bytes_, attributes = own.make(now)
        kind = type_of(body, self.id)
        look = self._looks.get(kind)
        if look is None:
            look = self._looks[kind] = self.run.look(kind)
        settings = self.settings
        group = member(body, settings.group) if settings.group else None
        once = member(body, settings.deduplication) if settings.deduplication else None
        for link in self.outs:
            self._made = serial = self._made + 1
            self.sent += 1
            told = None if group is None else _told_on(link, group)
            given = (serial * ORIGINS + index, kind, look, body, bytes_, now, attributes, told, 0, 0, once)
            message = _new(Message, given)
            self.trace.made.append(message)
            self.trace.append((now, "created", index, message.id))
            if settings.retries:
                Sending(self, link, message).go()
            else:
                link.send(message)
        if own.count == settings.limit:
            self.record("exhausted", 0, own.count)

    def _send_by_hand(self, kind: str, body: Any, bytes_: int, attributes: dict[str, Any] | None) -> None:
        settings = self.settings
        group, once = member(body, settings.group), member(body, settings.deduplication)
        for link in self.outs:
            told = None if group is None else _told_on(link, group)
            message = self.make_by_hand(kind, body, bytes_, attributes=attributes, group=told, deduplication=once)
            self.record("made_by_hand", message.id)
            self.sent += 1
            if self.settings.retries:
                Sending(self, link, message).go()
            else:
                link.send(message)

    def _check_is_up(self) -> None:
        if self.crashed:
            raise ServiceError("Crashed", f"{self.id} has crashed and can't send. End the crash first.")


def _told_on(link: Link, group: str) -> str | None:
    """The group that is sent along on a link: on some it is kept back."""
    settings = link.settings
    return None if isinstance(settings, SendSettings) and not settings.grouped else group


def member(body: Any, name: str) -> str | None:
    """A member of a body as the text that a service takes as group or deduplication id; None where there is none."""
    value = body.get(name) if name and isinstance(body, dict) else None
    return None if value is None else as_text(value)
