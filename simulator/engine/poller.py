"""A poller of an event source mapping: it receives, gathers a batch, invokes the consumer with it, and waits for it.

A batch goes out when it is full, when the first of its messages has waited for the window, or when no more fits into
one invocation. Each poller gathers for itself, as Lambda's parallel long polls do: with a low rate and a wide window
the batches are smaller than one would think. What was done is deleted by the consumer, with DeleteMessageBatch.
Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS", "Configuring scaling behavior for SQS event source
mappings", "Handling errors for an SQS event source in Lambda".
"""

from typing import TYPE_CHECKING, Protocol

from simulator.engine.backoff import backoff
from simulator.engine.clock import MILLISECOND, SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.polling import MOST_ENTRIES, Delivery, ReceiveRequest

if TYPE_CHECKING:
    from simulator.engine.kernel import Timer
    from simulator.engine.mapping import EventSourceMapping
    from simulator.engine.operations import Call

# Seconds that a poller waits for a message. Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS".
LONG_POLL = 20

# Bytes of messages that fit into one invocation. Source: AWS Lambda Developer Guide, "Lambda quotas" (payload).
LARGEST_PAYLOAD = 6 * 1024 * 1024


class Outcome(Protocol):
    """What became of a batch: `failed` of its `count` messages have, or (`whole`) all of it, for the `reason`."""

    @property
    def count(self) -> int: ...

    @property
    def failed(self) -> int: ...

    @property
    def whole(self) -> bool: ...

    @property
    def reason(self) -> str: ...


class Poller:
    """One poller. `gathered` are the messages of the next batch, which is `due` then (0: nothing is gathered).

    It is `busy` while it has a batch; `refused` is one that the consumer would not take yet.
    """

    __slots__ = (
        "_asked",
        "_began",
        "_bytes",
        "_call",
        "_invoked",
        "_over",
        "_timer",
        "_tries",
        "_window",
        "busy",
        "due",
        "gathered",
        "mapping",
        "refused",
    )

    def __init__(self, mapping: "EventSourceMapping") -> None:
        self.mapping = mapping
        self.gathered: list[Delivery] = []
        self.due: Micros = 0
        self.refused: list[Delivery] = []
        self.busy = False
        self._began: Micros = 0
        self._bytes = 0
        self._asked: Micros = 0
        self._invoked: Micros = 0
        self._over: Micros = 0
        self._tries = 0
        self._call: Call | None = None
        self._timer: Timer | None = None
        self._window: Timer | None = None

    def go_on(self) -> None:
        """Invoke the consumer, if the batch is ready and the last one is done; else ask for more messages."""
        mapping = self.mapping
        if self.busy:
            return
        if self.gathered and self._is_ready():
            self._send()
        elif self._call is None and self._timer is None and (self.gathered or mapping.needs(self)):
            self._ask()

    def has_nothing(self, since: Micros) -> bool:
        """Whether it has been waiting for a message since then."""
        return self._call is not None and not self.busy and not self.gathered and self._asked <= since

    def received(self, deliveries: list[Delivery] | None, error: ServiceError | None) -> None:
        """The answer of the queue: messages, none, or a refusal."""
        mapping = self.mapping
        kernel = mapping.consumer.kernel
        self._call = None
        if error is not None:
            self._tries += 1
            wait = backoff(self._tries, mapping.pauses)
            mapping.consumer.record("poll_failed", 0, mapping.link.source.index, error.code, wait)
            if not self.busy:
                self._timer = kernel.after(wait, self._ask_again)
            return
        self._tries = 0
        if deliveries:
            self._gather(deliveries)
            mapping.wake()
        elif not self.busy and not self.gathered and mapping.is_idle(self):
            return
        elif not self.busy and kernel.now - self._asked < MILLISECOND:
            # Asking again within the same instant for ever would stop time.
            self._timer = kernel.after(MILLISECOND, self._ask_again)
            return
        self.go_on()

    def ended(self, batch: Outcome) -> None:
        """The consumer is done with the batch, or has failed on it or on a part of it."""
        consumer = self.mapping.consumer
        if batch.whole:
            consumer.record("batch_failed", 0, batch.count, batch.reason)
        elif batch.failed:
            consumer.record("batch_in_part", 0, batch.failed, batch.count, batch.reason)
        else:
            consumer.record("batch_done", 0, batch.count, consumer.kernel.now - self._invoked)
        self.busy = False
        consumer.kernel.after(0, self.go_on)  # when the consumer has put everything away

    def _ask(self) -> None:
        """Wait for messages: as long as a long poll goes, or until the batch is due."""
        mapping = self.mapping
        link, now = mapping.link, mapping.consumer.kernel.now
        wait = LONG_POLL
        if self.gathered:
            wait = min(wait, -(-(self.due - now) // SECOND))
        self._asked = now
        request = ReceiveRequest(min(MOST_ENTRIES, mapping.size - len(self.gathered)), wait)
        self._call = link.ask("receive_message", request, self.received, wait=wait * SECOND)

    def _ask_again(self) -> None:
        self._timer = None
        self.go_on()

    def _gather(self, deliveries: list[Delivery]) -> None:
        mapping = self.mapping
        kernel = mapping.consumer.kernel
        if not self.gathered:
            self._began = kernel.now
            self.due = kernel.now + mapping.window
            if mapping.window:
                self._window = kernel.after(mapping.window, self.go_on)
        self.gathered += deliveries
        self._bytes += sum(delivery.message.size for delivery in deliveries)

    def _is_ready(self) -> bool:
        mapping = self.mapping
        full = len(self.gathered) >= mapping.size or self._bytes >= LARGEST_PAYLOAD
        return full or mapping.consumer.kernel.now >= self.due

    def _send(self) -> None:
        """Make a batch of what was gathered, or of as much as fits into one invocation, and invoke the consumer."""
        mapping = self.mapping
        kernel = mapping.consumer.kernel
        taken = self._fitting()
        self.gathered = self.gathered[len(taken) :]
        self._bytes = sum(delivery.message.size for delivery in self.gathered)
        for timer in (self._window, self._timer):
            if timer is not None:
                kernel.cancel(timer)
        self._window = self._timer = None
        self.busy = True
        self.refused = taken
        self._over = self._began + mapping.visibility
        self._tries = 0
        if not self.gathered:
            self.due = 0
        self._invoke()

    def _fitting(self) -> list[Delivery]:
        """The longest beginning of what was gathered that one invocation takes; one message at least."""
        taken: list[Delivery] = []
        size = 0
        for delivery in self.gathered[: self.mapping.size]:
            size += delivery.message.size
            if taken and size > LARGEST_PAYLOAD:
                break
            taken.append(delivery)
        return taken

    def _invoke(self) -> None:
        """Have the consumer take the batch. If it does not, try again later, for as long as the messages are hidden."""
        mapping = self.mapping
        consumer, kernel = mapping.consumer, mapping.consumer.kernel
        self._timer = None
        batch, self.refused = self.refused, []
        refusal = consumer.refusal_of_batch()
        if refusal is None:
            self._invoked = kernel.now
            mapping.sizes.append(len(batch))
            consumer.record("invoked", 0, mapping.link.source.index, len(batch))
            consumer.take_batch(self, batch)
            return
        mapping.refused = True
        consumer.batch_was_refused()
        self._tries += 1
        left = self._over - kernel.now
        if left <= 0:
            consumer.record("batch_dropped", 0, len(batch), refusal.message.rstrip("."))
            self.busy = False
            self.go_on()
            return
        wait = min(backoff(self._tries, mapping.pauses), left)
        consumer.record("invocation_refused", 0, len(batch), refusal.message.rstrip("."), wait)
        self.refused = batch
        self._timer = kernel.after(wait, self._invoke)
