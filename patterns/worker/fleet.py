"""A fleet: servers or containers whose number follows the backlog of their queues.

Every so often it asks each queue how many messages wait, and aims at the same backlog for each seat: so many waiting,
divided by so many for each, is the number of seats. After adding some it waits before it adds more, and longer before
it takes any away, so that new ones have shown what they do before the next decision.
Source: Amazon EC2 Auto Scaling User Guide, "Scaling policy based on Amazon SQS"; Application Auto Scaling User Guide,
"Target tracking scaling policies" (cooldown periods).
"""

from math import ceil
from typing import TYPE_CHECKING, Any

from patterns.worker.config import Scaling
from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.mapping import WAITING
from simulator.engine.polling import AttributesRequest

if TYPE_CHECKING:
    from patterns.worker.node import Worker


class Fleet:
    """The seats of one worker: `size` is how many there should be. `scaling` may be replaced at any time."""

    __slots__ = ("_answers", "_backlog", "_grown", "_unknown", "_waits", "scaling", "size", "worker")

    def __init__(self, worker: "Worker", scaling: Scaling) -> None:
        self.worker = worker
        self.scaling = scaling
        self.size = scaling.minimum
        self._grown: Micros | None = None
        self._waits: Micros | None = None
        self._answers = 0
        self._backlog = 0
        self._unknown = False
        worker.kernel.after(scaling.every, self._look)

    def use(self, scaling: Scaling) -> None:
        """Scale as this says from now on."""
        self.scaling = scaling
        self.size = min(max(self.size, scaling.minimum), scaling.maximum)

    def _look(self) -> None:
        """Ask every queue how many messages wait; if an answer is still missing from the last time, wait for that."""
        worker = self.worker
        if worker.fleet is not self:
            return
        worker.kernel.after(self.scaling.every, self._look)
        if self._answers:
            return
        self._backlog, self._unknown = 0, False
        self._answers = len(worker.sources)
        for source in worker.sources:
            source.link.ask("get_queue_attributes", AttributesRequest((WAITING,)), self._heard)

    def _heard(self, result: Any, error: ServiceError | None) -> None:
        """One queue's answer; with the last one it is decided. Where one is missing, everything stays as it is."""
        self._answers -= 1
        if error is None:
            self._backlog += int(result["Attributes"][WAITING])
        else:
            self._unknown = True
        if not self._answers and not self._unknown and self.worker.fleet is self:
            self._decide()

    def _decide(self) -> None:
        scaling, backlog, before, now = self.scaling, self._backlog, self.size, self.worker.kernel.now
        wanted = min(max(ceil(backlog / scaling.backlog_per_worker), scaling.minimum), scaling.maximum)
        if wanted > before:
            if self._grown is not None and now - self._grown < scaling.scale_out_cooldown:
                return
            self._grown = now
        elif wanted == before or (self._waits is not None and now - self._waits < scaling.scale_in_cooldown):
            return
        self._waits = now
        self.size = wanted
        waits = f"{backlog:,} {'message waits' if backlog == 1 else 'messages wait'}"
        aim = f"{scaling.backlog_per_worker:g} for each is the aim"
        self.worker.record("scaled", 0, before, wanted, f"{waits}, and {aim}")
        self.worker.fleet_has_changed()
