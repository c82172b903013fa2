"""What a seat works on, and where it comes from."""

from typing import TYPE_CHECKING, Any, NamedTuple

from simulator.engine.clock import SECOND, Micros
from simulator.engine.expression import MOST_BYTES as LARGEST
from simulator.engine.expression import ExpressionFailed, evaluate, holds
from simulator.engine.link import Link, LinkSettings
from simulator.engine.message import POISON, RETRIED, Message
from simulator.engine.operations import Call
from simulator.engine.polling import DeleteRequest, Delivery, ReceiveRequest, delete_all

if TYPE_CHECKING:
    from patterns.worker.asynchronous import Event
    from patterns.worker.batch import Batch

# Making a named tuple by name costs a call of Python more.
_new = tuple.__new__


class Work(NamedTuple):
    """One message to be worked on.

    Polled: `source` is where it was received, `handle` names the delivery; `batch`, if there is one, is what it is
    deleted together with. Pushed, or deleted before the work: `source` is None and the worker has custody; `call`, if
    there is one, waits for the outcome, or else the worker's own queue does, for its `event`.
    """

    message: Message
    attempt: int
    source: "Source | None" = None
    handle: Any = None
    call: Call | None = None
    flags: int = 0
    batch: "Batch | None" = None
    event: "Event | None" = None

    @property
    def is_answered(self) -> bool:
        """Whether anybody wants to know what it makes."""
        return self.call is not None or self.event is not None or (self.source is not None and self.source.tells)

    def glyph(self, poison: bool) -> list[int]:
        """How it is drawn in its seat: id, look, flags."""
        flags = self.flags | (RETRIED if self.attempt > 1 else 0) | (POISON if poison else 0)
        return [self.message.id, self.message.look, flags]

    def as_given(self) -> dict[str, Any]:
        """What expressions are about."""
        message = self.message
        return {
            "body": message.body,
            "attributes": message.attributes or {},
            "type": message.type,
            "attempt": self.attempt,
        }


def made_of(transform: str, work: Work) -> Any:
    """The body of what the work makes: what the transform says, None for nothing. Raises ExpressionFailed."""
    message = work.message
    if not transform:
        return message.body
    if message.size > LARGEST:
        raise ExpressionFailed(f"the message has {message.size:,} bytes; at most {LARGEST:,} can be transformed")
    return evaluate(transform, work.as_given())


def poison(expression: str, work: Work) -> str:
    """Why the work on this message can only fail, or ""."""
    if work.message.size > LARGEST:
        return f"poison: the message is too large to be tested ({work.message.size:,} bytes; {LARGEST:,} at most)"
    try:
        return f"poison: {expression}" if holds(expression, work.as_given()) else ""
    except ExpressionFailed as problem:
        return f"poison: {expression} can't be told ({problem})"


class Source:
    """A channel that the worker polls, over `link`: the request it sends, made once, and how many seats serve it.

    `wait` is how long an answer may rightly take. `turn` is when a seat last turned to it, so that seats take turns.
    `heartbeat` is how often a seat extends the visibility of what it holds (None: never), `early` whether it deletes
    before it works; `plain` that neither is so. After an empty answer a seat rests for `pause` before it asks again.
    """

    tells = False
    """Whether it wants to hear what was made of its messages, instead of having them deleted."""

    __slots__ = ("early", "heartbeat", "link", "pause", "plain", "request", "seats", "settings", "turn", "wait")

    def __init__(self, link: Link) -> None:
        self.link = link
        self.seats = 0
        self.turn = 0
        self.settings: LinkSettings
        self.request: ReceiveRequest
        self.wait: Micros
        self.heartbeat: Micros | None
        self.early: bool
        self.pause: Micros
        self.plain: bool
        self.read()

    def read(self) -> None:
        """Take over the settings of the link."""
        self.settings = settings = self.link.settings
        wait = getattr(settings, "WaitTimeSeconds", None)
        self.request = ReceiveRequest(
            getattr(settings, "BatchSize", 1), wait, getattr(settings, "VisibilityTimeout", None)
        )
        self.wait = (wait or 0) * SECOND
        self.heartbeat = getattr(settings, "heartbeat", None) or None
        self.early = getattr(settings, "delete", "") == "before work"
        self.pause = getattr(settings, "pause", 0)
        self.plain = self.heartbeat is None and not self.early

    @property
    def visibility(self) -> int:
        """For how many seconds a message received here is hidden: as the request says, or as the channel is set."""
        asked = self.request.VisibilityTimeout
        return getattr(self.link.source.settings, "VisibilityTimeout", 0) if asked is None else asked

    @property
    def ordered(self) -> bool:
        """Whether the channel keeps an order, so that a failure holds up what comes behind it."""
        return bool(getattr(self.link.source.settings, "FifoQueue", False))

    def done(self, message: Message, handle: Any, value: Any) -> None:
        """The work of one delivery is done."""
        self.delete(message, handle)

    def failed(self, message: Message, handle: Any, error_type: str, reason: str) -> None:
        """The work was in vain; the message comes back by itself."""

    def delete(self, message: Message, handle: Any) -> None:
        """Ask for the deletion of one delivery, without waiting for an answer."""
        self.link.ask("delete_message", _new(DeleteRequest, (handle,)), None, about=message)

    def delete_all(self, deliveries: list[Delivery]) -> None:
        """Ask for the deletion of these, up to ten with each request."""
        delete_all(self.link, deliveries)
