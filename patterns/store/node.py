"""The store: writes what it is given, as fast as it can and no faster.

Two things limit it: a rate (a token bucket: capacity that was not used is saved for a while) and the number of writes
at the same time, with a queue of those that wait. Beyond that it refuses, and says so to whoever asked; that is
back-pressure. A write replaces what was there under the same key, so a message that is processed twice shows as
`overwritten` instead of a second item.
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from patterns.store.config import StoreSettings
from patterns.store.events import ObjectEvents
from patterns.store.items import ACTIONS, DELETE, READS, Items
from simulator.engine.clock import SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.message import ACTION, DUPLICATE, Message, MessageId, as_text
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.parameters import plain
from simulator.engine.recent import Recent

if TYPE_CHECKING:
    from simulator.engine.run import Run

REMEMBERED_KEYS = 100_000
SHOWN_WRITES = 6


class Write(NamedTuple):
    """A write on its way through the store; `action` is what is asked for, where it is no plain write."""

    number: int
    message: Message
    call: Call | None
    flags: int
    came: Micros
    action: str = ""


class Store(Node):
    """Keeps items. `items` counts different keys, `written` all writes, `throttled` those it refused."""

    settings: StoreSettings

    def __init__(self, run: "Run", index: int, identity: str, title: str, settings: StoreSettings) -> None:
        super().__init__(run, index, identity, title, settings)
        self.items = 0
        self.written = 0
        self.throttled = 0
        self.unavailable = False
        self.refused_share = 0.0
        self.events = ObjectEvents(self)
        self.contents = Items(settings.key)
        self.is_asked = False
        self._number = 0
        self._writing: dict[int, Write] = {}
        self._waiting: deque[Write] = deque()
        self._keys = Recent(REMEMBERED_KEYS)
        self._last: deque[list[int]] = deque(maxlen=SHOWN_WRITES)
        self._service_stream = self.stream("service")
        self._refusals = self.stream("refusals")
        self._tokens = settings.rate or 0.0
        self._filled: Micros = 0
        self._use(settings)

    def start(self) -> None:
        self.events.start()
        self.is_asked = any(hasattr(link.settings, "states") for link in self.ins)

    def change(self, settings: StoreSettings) -> None:
        self._fill()
        self.settings = settings
        self._use(settings)
        self.contents.key = settings.key
        self._tokens = min(self._tokens, max(settings.saved, 1.0))
        self._begin_waiting()

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        """Write a message, now or when its turn comes, or refuse it."""
        action = (message.attributes or {}).get(ACTION, "")
        refusal = self._refusal(message, action)
        if refusal is not None:
            self._refuse(message, call, refusal)
            return
        self._number += 1
        write = Write(self._number, message, call, flags & DUPLICATE, self.kernel.now, action)
        self.trace.append((self.kernel.now, "arrived", self.index, message.id))
        if self._has_room():
            self._begin(write)
        else:
            self._waiting.append(write)

    def view(self) -> dict[str, Any]:
        return {
            "kind": self.settings.kind,
            "count": self.items,
            "busy": len(self._writing),
            "capacity": self.settings.at_once or max(1, round(self.settings.rate or 1)),
            "waiting": len(self._waiting),
            "throttled": self.throttled,
            "last": list(self._last),
            "caption": self._caption(),
        }

    def gauges(self) -> dict[str, float | None]:
        return {"busy": len(self._writing), "waiting": len(self._waiting)}

    def held(self) -> Iterator[MessageId]:
        for write in self._writing.values():
            yield write.message.id
        for write in self._waiting:
            yield write.message.id
        yield from self.events.held()

    def _use(self, settings: StoreSettings) -> None:
        self._draw = settings.write_time.sampler(self._service_stream)

    def _refusal(self, message: Message, action: str) -> ServiceError | None:
        """Why the message can't be written now; None when it can, and then its capacity is taken."""
        usual = self.settings.usual
        if self.unavailable:
            return ServiceError("ServiceUnavailable", f"{self.id} does not answer.")
        if self.refused_share and self._refusals.random() < self.refused_share:
            return ServiceError(usual.code, f"{self.refused_share * 100:.3g} % of the writes are refused.")
        if not self._has_room() and len(self._waiting) >= self.settings.most_waiting:
            return ServiceError(usual.code, usual.sentence)
        if action and action not in ACTIONS:
            return ServiceError("UnknownOperationException", f"A store does not know {action}.")
        if action in READS:
            return None
        if self.settings.rate is not None and not self._take(_units(message, usual.unit)):
            return ServiceError(usual.code, usual.sentence)
        return None

    def _refuse(self, message: Message, call: Call | None, error: ServiceError) -> None:
        self.throttled += 1
        if call is not None:
            self.record("throttled", message.id, error.code)
            call.fail(error)
        else:
            self.record("turned_away", message.id, f"{error.code}: {error.message}".rstrip("."))

    def _has_room(self) -> bool:
        most = self.settings.at_once
        return most is None or len(self._writing) < most

    def _take(self, units: int) -> bool:
        """Take capacity for a write if there is any left. A large write may borrow, and the next ones wait for it.

        Source: DynamoDB Developer Guide, "Burst and adaptive capacity"; the bucket itself: Tanenbaum, "Computer
        Networks", the token bucket algorithm.
        """
        self._fill()
        if self._tokens < min(units, self.settings.saved):
            return False
        self._tokens -= units
        return True

    def _fill(self) -> None:
        now, rate = self.kernel.now, self.settings.rate
        if rate is not None:
            self._tokens = min(self._tokens + rate * (now - self._filled) / SECOND, max(self.settings.saved, 1.0))
        self._filled = now

    def _begin(self, write: Write) -> None:
        self._writing[write.number] = write
        service = self._draw.micros()
        if self.slowness != 1.0:
            service = int(service * self.slowness)
        self.kernel.after(service, self._done, write)

    def _begin_waiting(self) -> None:
        while self._waiting and self._has_room():
            self._begin(self._waiting.popleft())

    def _done(self, write: Write) -> None:
        now, message = self.kernel.now, write.message
        del self._writing[write.number]
        if write.action:
            self._perform(write)
            self._begin_waiting()
            return
        self.written += 1
        new = self._keys.meet(self._key(message)) == 1
        self.items += new
        self._last.append([message.id, message.look, write.flags, now])
        self.trace.append((now, "stored", self.index, message.id, now - write.came, "new" if new else "overwritten"))
        if self.is_asked:
            self.contents.keep_message(as_text(self._key(message)), message.body, self.settings.kind != "s3")
        if write.call is not None:
            write.call.reply(None)
        if self.outs:
            self.events.tell(message, self._given_key(message))
        self._begin_waiting()

    def _perform(self, write: Write) -> None:
        """Do what was asked, and answer it, or refuse it."""
        now, message = self.kernel.now, write.message
        try:
            name, answer = self.contents.perform(write.action, message.body)
        except ServiceError as error:
            if write.call is None:
                self.record("unheard", message.id, error.code)
                return
            self.record("handed_back", message.id, error.code)
            write.call.fail(error)
            return
        if name is None:
            self.record("read", message.id, now - write.came, write.action)
        else:
            self.written += 1
            new = self._keys.meet(name) == 1
            self.items += new
            self._last.append([message.id, message.look, write.flags, now])
            how = "deleted" if write.action == DELETE else "new" if new else "overwritten"
            self.record("stored", message.id, now - write.came, how)
        if write.call is not None:
            write.call.reply(answer)
        if name is not None and self.outs:
            self.events.tell(message, name)

    def _key(self, message: Message) -> str | int | float:
        """Which item a message writes. One without the key writes its own: a retry of it is still the same message."""
        key = self._given_key(message)
        return f"message {message.id}" if key is None else key

    def _given_key(self, message: Message) -> str | int | float | None:
        """The key that stands in a message, if one does."""
        body = message.body
        key = body.get(self.settings.key) if isinstance(body, dict) else None
        return key if isinstance(key, str | int | float) else None

    def _caption(self) -> list[str]:
        settings = self.settings
        caption = []
        if settings.rate is not None:
            noun = "write unit" if settings.usual.unit else "write"
            caption.append(f"{plain(settings.rate)} {noun}{'' if settings.rate == 1 else 's'} per second")
        if settings.at_once is not None:
            caption.append(f"{settings.at_once:,} at a time, {settings.most_waiting:,} may wait")
        caption.append(settings.write_time.describe())
        return caption


def _units(message: Message, unit: int) -> int:
    """What a write costs. Source: DynamoDB Developer Guide, "Provisioned capacity mode": one unit for each 1 KB
    begun.
    """
    return max(1, -(-message.size // unit)) if unit else 1
