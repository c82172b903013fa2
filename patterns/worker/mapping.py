"""An event source mapping: Lambda's own pollers, which receive from a queue and invoke the function with batches.

It begins with five pollers, each with one batch at a time. While messages are still waiting and every poller is busy,
it adds more, at most 300 a minute, up to the mapping's MaximumConcurrency or 1,000; when there is nothing to do it
goes down to two, or stays at five where MaximumConcurrency is set. The function's own concurrency does not hold the
pollers back: an invocation for which there is no seat is throttled, and messages can use up their receives that way.
Setting MaximumConcurrency is the cure.
Source: AWS Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings"; "Using Lambda with
Amazon SQS".
"""

from collections import deque
from typing import TYPE_CHECKING, Any

from patterns.worker.poller import Poller
from patterns.worker.work import Source
from simulator.engine.clock import SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.polling import AttributesRequest, Mapping, mapping_of

if TYPE_CHECKING:
    from patterns.worker.node import Worker
    from simulator.engine.kernel import Timer

FIRST = 5
FEWEST = 2
MOST = 1000

# Every so often as many may be added as make 300 a minute.
PERIOD: Micros = SECOND
STEP = 5

WAITING = "ApproximateNumberOfMessages"
SHOWN_SIZES = 100


class EventSourceMapping:
    """The mapping over one link. `sizes` are those of its last batches; `refused`: a seat was missing lately."""

    __slots__ = ("_reason", "_told", "_wakes", "pauses", "pollers", "refused", "sizes", "source", "worker")

    def __init__(self, worker: "Worker", source: Source) -> None:
        self.worker = worker
        self.source = source
        self.pauses = worker.stream(f"pauses of {source.link.id.replace('/', ' ')}")
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

    @property
    def settings(self) -> Mapping:
        settings = mapping_of(self.source.link.settings)
        assert settings is not None, f"{self.source.link.id} is not a mapping"
        return settings

    @property
    def size(self) -> int:
        return self.settings.BatchSize

    @property
    def window(self) -> Micros:
        return self.settings.MaximumBatchingWindowInSeconds * SECOND

    @property
    def piecewise(self) -> bool:
        """Whether the function names the messages that failed."""
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
        return sum(poller.batch is not None and not poller.works for poller in self.pollers)

    # What pollers ask of their mapping.

    def needs(self, poller: Poller) -> bool:
        """Whether a poller shall go on; one too many is gone."""
        if len(self.pollers) <= self.most:
            return True
        self._retire(poller, f"its maximum concurrency is {self.most}")
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
            self._wakes = self.worker.kernel.after(PERIOD, self._look)

    # Its own affairs.

    def _look(self) -> None:
        """Once a second: tell how many pollers have gone, and add some where none is free and messages wait."""
        self._wakes = None
        now, count = self.worker.kernel.now, len(self.pollers)
        if count != self._told:
            self._tell(self._reason)
        free = sum(poller.has_nothing(now - PERIOD) for poller in self.pollers)
        if free == count:
            return
        self.wake()
        if not free and not self.refused and count < self.most:
            self.source.link.ask("get_queue_attributes", AttributesRequest((WAITING,)), self._heard)
        self.refused = False

    def _heard(self, result: Any, error: ServiceError | None) -> None:
        """How many messages wait, when no poller was free."""
        waiting = int(result["Attributes"][WAITING]) if error is None else 0
        more = min(STEP, self.most - len(self.pollers))
        if waiting and more > 0:
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
        self.worker.record("pollers_scaled", 0, self.source.link.source.index, self._told, now, reason)
        self._told = now
