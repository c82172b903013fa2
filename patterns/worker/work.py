"""What a seat works on, and where it comes from."""

from typing import Any, NamedTuple

from simulator.engine.clock import SECOND, Micros
from simulator.engine.link import Link, LinkSettings
from simulator.engine.message import POISON, RETRIED, Message
from simulator.engine.operations import Call
from simulator.engine.polling import ReceiveRequest


class Work(NamedTuple):
    """One message to be worked on.

    Polled: `source` is where it was received, `handle` names the delivery. Pushed: `source` is None and the worker
    has custody; `call`, if there is one, waits for the outcome.
    """

    message: Message
    attempt: int
    source: "Source | None" = None
    handle: Any = None
    call: Call | None = None
    flags: int = 0

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


class Source:
    """A channel that the worker polls, over `link`: the request it sends, made once, and how many seats serve it.

    `wait` is how long an answer may rightly take. `turn` is when a seat last turned to it, so that seats take turns.
    """

    __slots__ = ("link", "request", "seats", "settings", "turn", "wait")

    def __init__(self, link: Link) -> None:
        self.link = link
        self.seats = 0
        self.turn = 0
        self.settings: LinkSettings
        self.request: ReceiveRequest
        self.wait: Micros
        self.read()

    def read(self) -> None:
        """Take over the settings of the link."""
        self.settings = settings = self.link.settings
        wait = getattr(settings, "WaitTimeSeconds", None)
        self.request = ReceiveRequest(
            getattr(settings, "BatchSize", 1), wait, getattr(settings, "VisibilityTimeout", None)
        )
        self.wait = (wait or 0) * SECOND
