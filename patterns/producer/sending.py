"""One message on one link, from its first try until the other side has taken it or the producer gives up.

Only a producer that retries waits for answers; one that doesn't hands a message over and forgets it.
"""

from typing import TYPE_CHECKING, Any

from simulator.engine.backoff import backoff
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Timer
from simulator.engine.link import Link
from simulator.engine.message import Message

if TYPE_CHECKING:
    from patterns.producer.node import Producer


class Sending:
    """`waits` is the timer of the next try; between two tries the producer has the message in its custody."""

    __slots__ = ("link", "message", "producer", "tries", "waits")

    def __init__(self, producer: "Producer", link: Link, message: Message) -> None:
        self.producer = producer
        self.link = link
        self.message = message
        self.tries = 0
        self.waits: Timer | None = None

    def go(self) -> None:
        """Send, for the first time or again."""
        self.producer.unsent.pop(self, None)
        self.waits = None
        self.tries += 1
        self.link.send(self.message, self.heard)

    def heard(self, result: Any, error: ServiceError | None) -> None:
        """The answer: the message was taken, or it is the producer's again."""
        if error is None:
            return
        producer = self.producer
        if producer.crashed:
            self.give_up(f"{error.code}, and {producer.id} has crashed")
        elif self.tries > producer.settings.retries:
            self.give_up(f"{error.code} after {self.tries} {'try' if self.tries == 1 else 'tries'}")
        else:
            wait = backoff(self.tries, producer.pauses)
            producer.record("retrying", self.message.id, self.tries, wait, error.code)
            producer.unsent[self] = None
            self.waits = producer.kernel.after(wait, self.go)

    def give_up(self, reason: str) -> None:
        """The message ends here."""
        if self.waits is not None:
            self.producer.kernel.cancel(self.waits)
            self.waits = None
        self.producer.unsent.pop(self, None)
        self.producer.record("gave_up", self.message.id, reason)
