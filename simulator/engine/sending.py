"""One message on one link, from its first try until the other side has taken it or the sender gives up.

A refusal or a silence brings the message back, and it is tried again with pauses; between two tries the sender
has it in its custody. Who sends decides how often, and hears how it went.
"""

from typing import Any, ClassVar, Protocol

from simulator.engine.clock import DAY, Micros, words
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Kernel, Timer
from simulator.engine.link import Link
from simulator.engine.message import Message, MessageId


def too_old(sending: "Sending", error: ServiceError) -> str:
    """The objection of a service that tries for a day: why it gives up now, or ""."""
    old = sending.sender.kernel.now - sending.message.created >= DAY
    return f"{error.code} after {sending.tried} in {words(DAY)}" if old else ""


class Sender(Protocol):
    """A node that sends until it is heard. `unsent` are its messages between two tries.

    It declares two kinds of record: `retrying` (tries, after, reason), and the one that GIVES_UP names (reason).
    """

    GIVES_UP: ClassVar[str]
    kernel: Kernel
    unsent: dict["Sending", None]

    def record(self, kind: str, message: MessageId, *values: Any) -> None: ...

    def objection(self, sending: "Sending", error: ServiceError) -> str:
        """Why a message that was refused is not tried again, or "" if it is."""

    def wait_before_next(self, sending: "Sending", error: ServiceError) -> Micros:
        """How long to wait before a message that was refused is tried again; most use `backoff`."""

    def sending_is_over(self, sending: "Sending", error: ServiceError | None) -> None:
        """The message was taken, or, with an error, given up because of it."""


class Sending:
    """`tries` counts, `waits` is the timer of the next one; `purpose` is what the sender does it for."""

    __slots__ = ("link", "message", "purpose", "sender", "tries", "waits")

    def __init__(self, sender: Sender, link: Link, message: Message, purpose: Any = None) -> None:
        self.sender = sender
        self.link = link
        self.message = message
        self.purpose = purpose
        self.tries = 0
        self.waits: Timer | None = None

    def go(self) -> None:
        """Send, for the first time or again."""
        self.sender.unsent.pop(self, None)
        self.waits = None
        self.tries += 1
        self.link.send(self.message, self.heard)

    def heard(self, result: Any, error: ServiceError | None) -> None:
        """The answer: the message was taken, or it is the sender's again."""
        sender = self.sender
        reason = sender.objection(self, error) if error is not None else ""
        if error is None:
            sender.sending_is_over(self, None)
        elif reason:
            self.give_up(reason)
            sender.sending_is_over(self, error)
        else:
            wait = sender.wait_before_next(self, error)
            sender.record("retrying", self.message.id, self.tries, wait, error.code)
            sender.unsent[self] = None
            self.waits = sender.kernel.after(wait, self.go)

    def give_up(self, reason: str) -> None:
        """The message ends here."""
        if self.waits is not None:
            self.sender.kernel.cancel(self.waits)
            self.waits = None
        self.sender.unsent.pop(self, None)
        self.sender.record(self.sender.GIVES_UP, self.message.id, reason)

    @property
    def tried(self) -> str:
        """How often it was tried, in words."""
        return f"{self.tries} {'try' if self.tries == 1 else 'tries'}"
