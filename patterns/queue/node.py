"""A standard queue: it stores messages, lends each to one consumer at a time, and forgets it once that one deletes it.

Nothing is handed over for good: a received message stays here, hidden, until it is deleted or its visibility timeout
brings it back. That one rule makes delivery at least once, and everything a queue is known for follows from it.

The node holds the state; what a request does to it stands in a file for each: `sending`, `receiving`, `deleting`,
`visibility`, `purging`, `dead_letters`, `retention`, `attributes`, `refusing`.
Source: SQS Developer Guide, "Amazon SQS standard queues", "Amazon SQS visibility timeout" and "Using dead-letter queues
in Amazon SQS".
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from patterns.queue import (
    attributes,
    deleting,
    purging,
    receiving,
    redriving,
    refusing,
    requests,
    retention,
    sending,
    visibility,
)
from patterns.queue.arguments import Limit
from patterns.queue.attempts import Attempt
from patterns.queue.config import DeadLetterSettings, QueueSettings
from patterns.queue.deadlines import Deadlines
from patterns.queue.fairness import ByTenant
from patterns.queue.groups import ByGroup
from patterns.queue.moves import Moves, MoveTask
from patterns.queue.pending import Poll
from patterns.queue.prices import Bill
from patterns.queue.quota import Quota
from patterns.queue.servers import Servers
from patterns.queue.stock import DELAYED, VISIBLE, ByAge, Entry, Order
from patterns.queue.view import caption_of, oldest_of, view_of
from simulator.engine.clock import SECOND, Micros
from simulator.engine.deduplication import Deduplication
from simulator.engine.errors import Problem
from simulator.engine.faults import Nothing
from simulator.engine.message import Message, MessageId
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.throttle import Throttle

if TYPE_CHECKING:
    from simulator.engine.kernel import Timer
    from simulator.engine.link import Link


class QueueNode(Node):
    """One standard queue, or one dead-letter queue: the same thing with a dead-letter link coming in.

    `grouped` says that its order is one of groups, of a FIFO queue or of a fair one, which hears of every change.
    `entries` are all copies by their numbers, of which `visible`, `in_flight` and `delays` each know their part;
    `ages` has them all by age, `polls` the receives that wait. `is_open` is false while requests may be refused: by
    a fault, or by the quota of a FIFO queue.
    """

    settings: QueueSettings

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.entries: dict[int, Entry] = {}
        self.numbered = 0
        self.fifo = self.settings.FifoQueue
        self.grouped = self.fifo
        self.visible: Order = self.new_order()
        self.in_flight = Deadlines(self.kernel, self.comes_back)
        self.delays = Deadlines(self.kernel, self.delay_is_over)
        self.ages = ByAge(DELAYED)
        self.next_expiry: Timer | None = None
        self.polls: deque[Poll] = deque()
        self.waits = Deadlines(self.kernel, self.wait_is_over)
        self.window = Deduplication()
        self.deduplicated = 0
        self.quota = Quota() if self.fifo else None
        self.servers = Servers(self.index, self.stream("servers"))
        self.chance = self.stream("mishaps")
        self.attempts: dict[str, Attempt] = {}
        self.bill = Bill()
        self.moves = Moves(self.kernel, self.id, self.move_next, self.move_ended)
        self.destination: QueueNode | None = None
        self.latest_refusal: tuple[Micros, str, int] = (0, "", 0)
        self.latest_repeat: list[int] | None = None
        self.latest_overtaking: list[int] | None = None
        self.passed_group: str | None = None
        self.dead_link: Link | None = None
        self.dead = False
        self.purged: Micros | None = None
        self.modified: Micros = 0
        self.throttle: Throttle | None = None
        self.unavailable = False
        self.is_open = not self.fifo
        self.caption: list[str] = []
        self._derive()

    def start(self) -> None:
        self.dead_link = next((link for link in self.outs if link.kind == "dead"), None)
        self.dead = any(link.kind == "dead" for link in self.ins)
        self.caption = caption_of(self)

    @property
    def limit(self) -> int:
        """How often a message may be received before it is moved, or 0 when it never is."""
        settings = self.dead_link.settings if self.dead_link is not None else None
        return settings.maxReceiveCount if isinstance(settings, DeadLetterSettings) else 0

    # Requests, in the order in which a message meets them.

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        sending.accept(self, message, call, flags)

    def send_message(self, call: Call) -> None:
        sending.send_message(self, call)

    def send_message_batch(self, call: Call) -> None:
        sending.send_message_batch(self, call)

    def receive_message(self, call: Call) -> None:
        receiving.receive_message(self, call)

    def change_message_visibility(self, call: Call) -> None:
        visibility.change_message_visibility(self, call)

    def change_message_visibility_batch(self, call: Call) -> None:
        visibility.change_message_visibility_batch(self, call)

    def delete_message(self, call: Call) -> None:
        deleting.delete_message(self, call)

    def delete_message_batch(self, call: Call) -> None:
        deleting.delete_message_batch(self, call)

    def purge_queue(self, call: Call) -> None:
        purging.purge_queue(self, call)

    def start_message_move_task(self, call: Call) -> None:
        redriving.start(self, call)

    def list_message_move_tasks(self, call: Call) -> None:
        redriving.listed(self, call)

    def cancel_message_move_task(self, call: Call) -> None:
        redriving.cancel(self, call)

    def get_queue_attributes(self, call: Call) -> None:
        attributes.get_queue_attributes(self, call)

    def set_queue_attributes(self, call: Call) -> None:
        attributes.set_queue_attributes(self, call)

    # Time passes.

    def delay_is_over(self, entry: Entry) -> None:
        visibility.delay_is_over(self, entry)

    def comes_back(self, entry: Entry) -> None:
        visibility.comes_back(self, entry)

    def wait_is_over(self, poll: Poll) -> None:
        receiving.wait_is_over(self, poll)

    def move_next(self) -> bool | None:
        return redriving.move_next(self)

    def move_ended(self, task: MoveTask) -> None:
        redriving.ended(self, task)

    def expire(self) -> None:
        retention.expire(self)

    # Settings and faults.

    def objections(self, settings: QueueSettings) -> list[Problem]:
        """Source: SQS API Reference, SetQueueAttributes (the type of a queue can't be changed)."""
        if settings.FifoQueue == self.fifo:
            return []
        return [Problem("FifoQueue", "is fixed at creation: a queue keeps its type", cure="Change it in a new run.")]

    def change(self, settings: QueueSettings) -> None:
        retained, delay = self.retained, self.delay
        self.settings = settings
        self.modified = self.kernel.now
        self._derive()
        self.caption = caption_of(self)
        if self.fifo and self.delay != delay:
            visibility.delay_anew(self)
        if self.retained != retained:
            self.expire()

    def set_unavailable(self, nothing: Nothing | None) -> None:
        """Answer nothing but errors; receives that wait get one at once."""
        self.unavailable = nothing is not None
        self._open()
        if self.unavailable:
            for poll in self.polls:
                if not poll.call.done and poll.call.listening:
                    self.waits.cancel(poll.over)
                    refusing.reject(self, poll.call, "ReceiveMessage", requests.UNAVAILABLE)
            self.polls.clear()

    def set_throttle(self, limit: Limit | None) -> None:
        """Answer only so many requests a second."""
        self.throttle = Throttle(limit.per_second) if limit else None
        self._open()

    # What others see.

    def view(self) -> dict[str, Any]:
        return view_of(self)

    def gauges(self) -> dict[str, float | None]:
        oldest = oldest_of(self)
        return {
            "waiting": self.visible.count,
            "inflight": len(self.in_flight),
            "age": (self.kernel.now - oldest) / SECOND if oldest is not None else 0.0,
            "requests": self.bill.requests,
        }

    def held(self) -> Iterator[MessageId]:
        return (entry.message.id for entry in self.entries.values())

    def new_order(self) -> Order:
        """How this queue orders what is visible, with nothing in it."""
        self.grouped = self.fifo
        return ByGroup() if self.fifo else ByAge(VISIBLE)

    def become_fair(self) -> None:
        """A message with a group has come to a standard queue: from now on its tenants are told apart."""
        self.grouped = True
        entries = [entry for entry in self.entries.values() if entry.number < self.numbered]
        self.visible = ByTenant(self.kernel, self.tenant_changed, entries)

    def tenant_changed(self, tenant: str, noisy: bool, reason: str) -> None:
        self.record("tenant_noisy" if noisy else "tenant_quiet", 0, tenant, reason)

    def _open(self) -> None:
        self.is_open = not self.unavailable and self.throttle is None and not self.fifo

    def _derive(self) -> None:
        self.delay: Micros = self.settings.DelaySeconds * SECOND
        self.largest: int = self.settings.MaximumMessageSize
        self.retained: Micros = self.settings.MessageRetentionPeriod * SECOND
        self.careless = self.settings.duplicates
        self.disorder = self.settings.disorder
        if self.quota is not None:
            self.quota.by_partition = self.settings.FifoThroughputLimit == "perMessageGroupId"
        self.by_content = self.settings.ContentBasedDeduplication
        by_group = self.settings.DeduplicationScope == "messageGroup"
        if self.window.by_group != by_group:
            self.window = Deduplication(by_group)
