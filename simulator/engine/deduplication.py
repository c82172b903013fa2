"""What a FIFO queue or topic accepted in the last five minutes, so that it recognises a repeated send.

The window counts from the first accepted send and outlives the message: neither a delete nor a repetition ends or
extends it. An explicit id and the SHA-256 of a body are ids of the same sort, as in the service: each can repeat the
other.
Source: SQS Developer Guide, "Using the message deduplication ID in Amazon SQS" and "Exactly-once processing in Amazon
SQS"; SQS API Reference, SendMessage (MessageDeduplicationId) and SetQueueAttributes (DeduplicationScope); SNS API
Reference, Publish (MessageDeduplicationId) and SetTopicAttributes (FifoThroughputScope).
"""

from collections import deque
from hashlib import sha256
from typing import Any, NamedTuple

from simulator.engine.clock import MINUTE, Micros
from simulator.engine.message import Message, MessageId, as_text

WINDOW: Micros = 5 * MINUTE

MOST_REMEMBERED = 1_000_000
"""More than a queue without high throughput can accept in five minutes: 3,000 messages a second are 900,000. Beyond it
the oldest are forgotten early."""

Key = str | tuple[str, str]


class Original(NamedTuple):
    """The first send: when it was accepted, its message, and the queue's number of it (which makes its sequence)."""

    accepted: Micros
    message: MessageId
    number: int


class Deduplication:
    """The window of one queue. `by_group` is the scope messageGroup: then an id counts within its group only."""

    __slots__ = ("_last_body", "_last_digest", "_order", "_seen", "by_group")

    def __init__(self, by_group: bool = False) -> None:
        self.by_group = by_group
        self._seen: dict[Key, Original] = {}
        self._order: deque[Key] = deque()
        self._last_body: Any = None
        self._last_digest = ""

    def __len__(self) -> int:
        """How many ids are remembered."""
        return len(self._order)

    def __reduce__(self) -> tuple[Any, ...]:
        """As plain columns: what was accepted in five minutes may be the largest part of a checkpoint."""
        accepted, messages, numbers = zip(*self._seen.values(), strict=True) if self._seen else ((), (), ())
        return _restored, (self.by_group, list(self._seen), accepted, messages, numbers)

    def identifier(self, message: Message, by_content: bool) -> str | None:
        """The deduplication id of a message: its own, or with `by_content` its body's; None where it has none.

        The body is read as it travels; its attributes don't count. A producer that says the same thing again and again
        says it in one body, so the last digest is kept.
        """
        if message.deduplication is not None or not by_content:
            return message.deduplication
        body = message.body
        if body is not self._last_body or body is None:
            self._last_digest = digest(as_text(body))
            self._last_body = body
        return self._last_digest

    def original(self, identifier: str, group: str, now: Micros) -> Original | None:
        """The accepted send that this one repeats, or None where it is the first within the window."""
        order = self._order
        if order and self._seen[order[0]].accepted + WINDOW < now:
            self._forget(now)
        return self._seen.get((group, identifier) if self.by_group else identifier)

    def accept(self, identifier: str, group: str, now: Micros, message: MessageId, number: int) -> None:
        """Remember a first send; `original` has just said that it is one."""
        key = (group, identifier) if self.by_group else identifier
        self._seen[key] = Original(now, message, number)
        self._order.append(key)
        if len(self._order) > MOST_REMEMBERED:
            del self._seen[self._order.popleft()]

    def _forget(self, now: Micros) -> None:
        """Let go of what was accepted more than five minutes ago. All are in the order in which they were accepted."""
        seen, order = self._seen, self._order
        while order and seen[order[0]].accepted + WINDOW < now:
            del seen[order.popleft()]


def digest(text: str) -> str:
    """The deduplication id of a body. Source: SQS API Reference, SetQueueAttributes (ContentBasedDeduplication)."""
    return sha256(text.encode(), usedforsecurity=False).hexdigest()


def sequence(number: int) -> str:
    """The SequenceNumber of the queue's `number`-th message: 20 digits, growing, not consecutive.

    Source: SQS Developer Guide, "FIFO queue and message identifiers" (20 digits; the gaps here are our own choice).
    """
    return f"{18_850_000_000_000_000_000 + 256 * number:020d}"


def _restored(
    by_group: bool, keys: list[Key], accepted: list[Micros], messages: list[MessageId], numbers: list[int]
) -> Deduplication:
    window = Deduplication(by_group)
    window._seen = dict(zip(keys, map(Original, accepted, messages, numbers), strict=True))
    window._order = deque(keys)
    return window
