"""An event source mapping: pollers that receive from a queue and invoke a consumer, such as a function, with batches.

It begins with five pollers, each with one batch at a time. While messages are still waiting and every poller is busy,
it adds more, at most 300 a minute, up to the mapping's MaximumConcurrency or 1,000; when there is nothing to do it
goes down to two, or stays at five where MaximumConcurrency is set. The consumer's own concurrency does not hold the
pollers back: an invocation that it refuses is tried again, and messages can use up their receives that way. Setting
MaximumConcurrency is the cure.
Source: AWS Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings"; "Using Lambda with
Amazon SQS".
"""

from collections import deque
from random import Random
from typing import Any, Protocol

from simulator.engine.clock import SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Kernel, Timer
from simulator.engine.link import Link
from simulator.engine.message import MessageId
from simulator.engine.poller import Poller
from simulator.engine.polling import AttributesRequest, Delivery, Mapping, mapping_of

FIRST = 5
FEWEST = 2
MOST = 1000

# Every so often as many may be added as make 300 a minute.
PERIOD: Micros = SECOND
STEP = 5

WAITING = "ApproximateNumberOfMessages"
SHOWN_SIZES = 100


# The kinds of record that a mapping has its consumer write, with their fields; each pattern has sentences of its own.
FIELDS: dict[str, tuple[str, ...]] = {
    "poll_failed": ("of:node", "reason", "after:span"),
    "invoked": ("of:node", "size:count"),
    "invocation_refused": ("size:count", "reason", "after:span"),
    "batch_dropped": ("size:count", "reason"),
    "batch_done": ("size:count", "took:span"),
    "batch_in_part": ("failed", "size:count", "reason"),
    "batch_failed": ("size:count", "reason"),
    "pollers_scaled": ("of:node", "before", "after:count", "reason"),
}


class Consumer(Protocol):
    """A node that a mapping invokes with batches. Its pattern declares a kind of record for each of FIELDS."""

    kernel: Kernel

    def stream(self, purpose: str) -> Random: ...

    def record(self, kind: str, message: MessageId, *values: Any) -> None: ...

    def refusal_of_batch(self) -> ServiceError | None:
        """Why it can't begin with a batch now, or None when it can."""

    def take_batch(self, poller: Poller, deliveries: list[Delivery]) -> None:
        """Work on a batch, delete what is done of it, and then tell the poller that it has `ended`."""

    def batch_was_refused(self) -> None:
        """A batch waits, because of what `refusal_of_batch` has just said."""


class EventSourceMapping:
    """The mapping over one link. `sizes` are those of its last batches; `refused`: a batch was refused lately.

    While it is `stopped` its pollers finish what they have, also a poll that is outstanding, and ask for no more.
    """

    __slots__ = ("_reason", "_told", "_wakes", "consumer", "link", "pauses", "pollers", "refused", "sizes", "stopped")

    def __init__(self, consumer: Consumer, link: Link) -> None:
        self.consumer = consumer
        self.link = link
        self.stopped = False
        self.pauses = consumer.stream(f"pauses of {link.id.replace('/', ' ')}")
        self.pollers: dict[Poller, None] = {}
        self.refused = False
        self.sizes: deque[int] = deque(maxlen=SHOWN_SIZES)
        self._reason = ""
        self._told = 0
        self._wakes: Timer | None = None

    def start(self) -> None:
        """Time begins."""
        self._add(min(FIRST, self.most))
        self._told = len(self.pollers)

    def stop(self) -> None:
        """Poll no more."""
        self.stopped = True

    def resume(self) -> None:
        """Poll again, with as many pollers as at the beginning; those that are still at work go on."""
        self.stopped = False
        for poller in list(self.pollers):
            poller.go_on()
        self._add(min(FIRST, self.most) - len(self.pollers))
        self._told = len(self.pollers)

    @property
    def settings(self) -> Mapping:
        settings = mapping_of(self.link.settings)
        assert settings is not None, f"{self.link.id} is not a mapping"
        return settings

    @property
    def visibility(self) -> Micros:
        """For how long the channel hides what is received here."""
        seconds: int = getattr(self.link.source.settings, "VisibilityTimeout", 0)
        return seconds * SECOND

    @property
    def size(self) -> int:
        return self.settings.BatchSize

    @property
    def window(self) -> Micros:
        return self.settings.MaximumBatchingWindowInSeconds * SECOND

    @property
    def piecewise(self) -> bool:
        """Whether the consumer names the messages that failed."""
        return self.settings.ReportBatchItemFailures

    @property
    def limit(self) -> int:
        """The mapping's maximum concurrency, 0 if it has none."""
        return self.settings.MaximumConcurrency or 0

    @property
    def most(self) -> int:
        return self.limit or MOST

    def running(self) -> int:
        """How many invocations run."""
        return sum(poller.busy and not poller.refused for poller in self.pollers)

    # What pollers ask of their mapping.

    def needs(self, poller: Poller) -> bool:
        """Whether a poller shall go on; one too many is gone."""
        if self.stopped:
            self._retire(poller, "it was stopped")
        elif len(self.pollers) > self.most:
            self._retire(poller, f"its maximum concurrency is {self.most}")
        else:
            return True
        return False

    def is_idle(self, poller: Poller) -> bool:
        """A poller has found nothing in a whole long poll; whether it is gone now."""
        fewest = min(FIRST, self.most) if self.limit else FEWEST
        if len(self.pollers) <= fewest:
            return False
        self._retire(poller, "they have found nothing to do")
        return True

    def wake(self) -> None:
        """There is something to do, or to tell: look after the pollers every second, until there is no more."""
        if self._wakes is None:
            self._wakes = self.consumer.kernel.after(PERIOD, self._look)

    # Its own affairs.

    def _look(self) -> None:
        """Once a second: tell how many pollers have gone, and add some where none is free and messages wait."""
        self._wakes = None
        now, count = self.consumer.kernel.now, len(self.pollers)
        if count != self._told:
            self._tell(self._reason)
        free = sum(poller.has_nothing(now - PERIOD) for poller in self.pollers)
        if free == count:
            return
        self.wake()
        if not free and not self.refused and not self.stopped and count < self.most:
            self.link.ask("get_queue_attributes", AttributesRequest((WAITING,)), self._heard)
        self.refused = False

    def _heard(self, result: Any, error: ServiceError | None) -> None:
        """How many messages wait, when no poller was free."""
        waiting = int(result["Attributes"][WAITING]) if error is None else 0
        more = min(STEP, self.most - len(self.pollers))
        if waiting and more > 0 and not self.stopped:
            self._add(more)
            self._tell(f"{waiting} {'message is' if waiting == 1 else 'messages are'} still waiting")

    def _add(self, count: int) -> None:
        for _ in range(count):
            poller = Poller(self)
            self.pollers[poller] = None
            poller.go_on()

    def _retire(self, poller: Poller, reason: str) -> None:
        del self.pollers[poller]
        self._reason = reason
        self.wake()

    def _tell(self, reason: str) -> None:
        now = len(self.pollers)
        self.consumer.record("pollers_scaled", 0, self.link.source.index, self._told, now, reason)
        self._told = now
