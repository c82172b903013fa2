"""One batch on its way through a pipe: filter, enrichment, target, and then the delete at the source.

Every record travels by itself, as many at a time as one request to the target may hold. Records of one message group go
one after the other; where one fails, those behind it in its group are left, or they would overtake it. What was passed
on is deleted at the end; what was not stays in the queue and comes again, through the whole pipe.
Source: EventBridge User Guide, "Amazon EventBridge Pipes batching and concurrency" (batch limits of targets, partial
failures), "Amazon EventBridge Pipes error handling"; AWS service quotas of pipes (five minutes for an execution).
"""

from collections import deque
from typing import TYPE_CHECKING, Any

from patterns.pipe.shaping import body_of
from simulator.engine.clock import MINUTE, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Timer
from simulator.engine.link import Link
from simulator.engine.message import RETRIED, Message
from simulator.engine.operations import Call
from simulator.engine.polling import Delivery, delete_all

if TYPE_CHECKING:
    from patterns.pipe.node import Pipe
    from simulator.engine.poller import Poller

LONGEST: Micros = 5 * MINUTE

GATHERED, FILTERED, ENRICHING, TARGETED = range(4)

_NOTHING: tuple[Any, ...] = (None, "", '""', "{}", "[]")


class Item:
    """One record: where it is, and what was made of it. `body` is the message's body as JSON, where it is JSON."""

    __slots__ = ("_began", "_call", "_link", "_made", "body", "delivery", "event", "execution", "stage")

    def __init__(self, execution: "Execution", delivery: Delivery) -> None:
        self.execution = execution
        self.delivery = delivery
        self.body = body_of(delivery.message)
        self.event: dict[str, Any] = {}
        self.stage = GATHERED
        self._began: Micros = 0
        self._call: Call | None = None
        self._link: Link | None = None
        self._made: Message | None = None

    @property
    def message(self) -> Message:
        return self.delivery.message

    def begin(self) -> None:
        """Ask the enrichment, if there is one; else pass it on."""
        pipe = self.execution.pipe
        self._began = pipe.kernel.now
        self.event = pipe.record_of(self.delivery, self.execution.source)
        if self.message.generation >= pipe.GENERATIONS:
            self.fail(f"a loop: {pipe.GENERATIONS} messages, each made from the one before, end here")
        elif pipe.enrichment is not None:
            self.stage = ENRICHING
            self._send(pipe.enrichment, pipe.for_enrichment(self))
        else:
            self._pass_on(self.event, self.event | {"body": self.body})

    def heard(self, result: Any, error: ServiceError | None) -> None:
        """The answer of the enrichment or of the target."""
        pipe, link, made = self.execution.pipe, self._link, self._made
        assert link is not None and made is not None, "an answer follows a request"
        took = pipe.kernel.now - self._began
        self._call = None
        if error is not None:
            pipe.record("withdrawn", made.id, error.code)
            self.fail(f"{link.target.id} did not take it: {error.code}")
        elif self.stage == TARGETED:
            pipe.delivered += 1
            pipe.record("processed", self.message.id, took)
            self.execution.succeeded(self)
        elif result in _NOTHING or result in ({}, []):
            pipe.enriched += 1
            pipe.record("came_to_nothing", self.message.id, took)
            self.execution.succeeded(self)
        else:
            pipe.enriched += 1
            pipe.record("enriched", self.message.id, link.index, took)
            self._pass_on(result, result)

    def run_out(self) -> None:
        """The time of the execution is over: hang up, and let go of what is with somebody else."""
        pipe, call, made, link = self.execution.pipe, self._call, self._made, self._link
        if call is not None and made is not None and link is not None:
            call.hang_up()
            self._call = None
            pipe.record("timed_out", made.id, link.index, pipe.kernel.now - call.since)
            pipe.record("withdrawn", made.id, "RequestTimeout")
        self.fail("an execution may take five minutes")

    def fail(self, reason: str) -> None:
        pipe = self.execution.pipe
        pipe.failed += 1
        pipe.latest_reason = reason
        pipe.record("failed", self.message.id, reason)
        self.execution.failed_on(self, reason)

    def glyph(self) -> list[int]:
        """How it is drawn: id, look, flags, and the stage it is at."""
        message = self.message
        flags = RETRIED if self.delivery.receive_count > 1 else 0
        return [
            message.id,
            message.look,
            flags | self.execution.pipe.run.poison.get(message.id, 0),
            self.stage,
        ]

    def _pass_on(self, event: Any, parsed: Any) -> None:
        pipe = self.execution.pipe
        self.stage = TARGETED
        self._send(pipe.target, pipe.for_target(self, event, parsed))

    def _send(self, link: Link, message: Message) -> None:
        self._link, self._made = link, message
        self.execution.pipe.record("created", message.id, self.message.id, link.index)
        self._call = link.send(message, self.heard)


class Execution:
    """One batch. `failed` of its `count` records have, for the `reason` of the last; `whole`: none was passed on."""

    __slots__ = (
        "_active",
        "_done",
        "_filling",
        "_lanes",
        "_timer",
        "count",
        "failed",
        "items",
        "pipe",
        "poller",
        "reason",
    )

    def __init__(self, pipe: "Pipe", poller: "Poller", deliveries: list[Delivery]) -> None:
        self.pipe = pipe
        self.poller = poller
        self.count = len(deliveries)
        self.failed = 0
        self.reason = ""
        self.items: dict[Item, None] = {Item(self, delivery): None for delivery in deliveries}
        self._lanes: deque[deque[Item]] = deque()
        self._active: dict[Item, deque[Item]] = {}
        self._done: list[Delivery] = []
        self._filling = False
        self._timer: Timer | None = None

    @property
    def source(self) -> Link:
        return self.poller.mapping.link

    @property
    def whole(self) -> bool:
        return self.failed > 0 and not self._done

    def begin(self) -> None:
        """Filter, and begin with as many as may be on their way at a time."""
        self._filter()
        lanes: dict[Any, deque[Item]] = {}
        ordered = bool(getattr(self.source.source.settings, "FifoQueue", False))
        for item in self.items:
            item.stage = FILTERED
            self.pipe.record("entered", item.message.id, item.delivery.receive_count)
            lanes.setdefault(item.message.group if ordered else item.message.id, deque()).append(item)
        self._lanes.extend(lanes.values())
        self._timer = self.pipe.kernel.after(LONGEST, self._run_out)
        self._fill()

    def succeeded(self, item: Item) -> None:
        self._done.append(item.delivery)
        del self.items[item]
        self._next(self._active.pop(item))

    def failed_on(self, item: Item, reason: str) -> None:
        """Leave also what is behind it in its group."""
        self.failed += 1
        self.reason = reason
        del self.items[item]
        lane = self._active.pop(item)
        for behind in lane:
            self.failed += 1
            del self.items[behind]
            told = "one before it in its group has failed, and what follows keeps its place behind it"
            self.pipe.record("abandoned", behind.message.id, told)
        lane.clear()
        self._next(lane)

    def _filter(self) -> None:
        """Let go of what the filter does not want: it is deleted, as if it had been worked on."""
        pipe, out = self.pipe, []
        for item in list(self.items):
            reason = pipe.filter.objection(item.body)
            if reason:
                pipe.record("filtered_out", item.message.id, reason)
                pipe.filtered += 1
                pipe.latest_reason = reason
                out.append(item.delivery)
                del self.items[item]
        if out:
            delete_all(self.source, out)

    def _next(self, lane: deque[Item]) -> None:
        if lane:
            self._lanes.appendleft(lane)
        self._fill()

    def _fill(self) -> None:
        """Begin with records of further groups; where there is none, end. What fails at once comes back here."""
        if self._filling:
            return
        self._filling = True
        while self._lanes and len(self._active) < self.pipe.most_at_once:
            lane = self._lanes.popleft()
            item = lane.popleft()
            self._active[item] = lane
            item.begin()
        self._filling = False
        if not self.items and self._timer is not None:
            self.pipe.kernel.cancel(self._timer)
            self._timer = None
            self._end()

    def _run_out(self) -> None:
        self._timer = None
        waiting = [item for lane in self._lanes for item in lane]
        self._lanes.clear()
        for item in waiting:
            self.failed += 1
            del self.items[item]
            self.pipe.record("abandoned", item.message.id, "an execution may take five minutes")
        for item in list(self._active):
            item.run_out()
        self._end()

    def _end(self) -> None:
        if self._done:
            delete_all(self.source, self._done)
        self.pipe.execution_is_over(self)
        self.poller.ended(self)
