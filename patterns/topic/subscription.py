"""A subscription: one line out of a topic, what its subscriber wants, and what has become of what it got.

Its filter policy is compiled once; what it said of values that come again and again is remembered.
Source: SNS API Reference, Subscribe and SetSubscriptionAttributes; SNS Developer Guide, "Amazon SNS message filtering".
"""

import heapq
from collections import deque
from typing import TYPE_CHECKING, Any

from patterns.filters import Event, FilterPolicy
from patterns.topic import checking
from patterns.topic.about import subscription_arn
from patterns.topic.config import SubscriptionSettings, policy_of
from patterns.topic.delivery import Delivery
from patterns.topic.delivery_policy import effective
from patterns.topic.envelopes import EVENT, NOTIFICATION, RAW, TEXT
from patterns.topic.phases import CUSTOMER, MANAGED, Schedule
from simulator.engine.arns import REGION, names_queue
from simulator.engine.clock import Micros
from simulator.engine.link import Link
from simulator.engine.pace import Pace

if TYPE_CHECKING:
    from patterns.topic.node import Topic
    from patterns.topic.replaying import Replay

PENDING, CONFIRMED, DELETED = "PendingConfirmation", "Confirmed", "Deleted"

LONGEST_REASON = 80
MOST_REMEMBERED = 512

NO_OBJECT = "the body is no JSON object"


class Subscription:
    """`delivered`, `filtered` and `failed` count, `retrying` are those of which a try was in vain and that go on.

    `reason` is why a message was filtered out or not delivered last, at `reasoned`.
    """

    __slots__ = (
        "arn",
        "dead",
        "delivered",
        "dues",
        "failed",
        "filter",
        "filtered",
        "form",
        "lines",
        "link",
        "more",
        "pace",
        "per_second",
        "protocol",
        "reason",
        "reasoned",
        "replay",
        "retrying",
        "schedule",
        "settings",
        "state",
        "topic",
        "unsubscribe",
    )

    def __init__(self, topic: "Topic", link: Link) -> None:
        self.topic = topic
        self.link = link
        target = link.target.settings
        self.protocol = checking.protocol_of(target)
        self.state = PENDING if getattr(target, "needs_confirmation", False) else CONFIRMED
        self.arn = subscription_arn(topic.id, link.id)
        self.unsubscribe = f"https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={self.arn}"
        self.more = len(f',"UnsubscribeURL":"{self.unsubscribe}"'.encode())
        self.delivered = 0
        self.filtered = 0
        self.failed = 0
        self.retrying = 0
        self.reason = ""
        self.reasoned: Micros = 0
        self.lines = Lines(self)
        self.dues = Dues()
        self.replay: Replay | None = None
        self.pace: Pace | None = None
        self.per_second: float = 0
        self.read()

    def read(self) -> None:
        """Take over the settings of the link and of the topic."""
        topic, settings, target = self.topic, self.link.settings, self.link.target.settings
        assert isinstance(settings, SubscriptionSettings), "a topic has subscriptions and dead-letter queues"
        self.settings = settings
        policy = policy_of(settings.FilterPolicy, settings.FilterPolicyScope)
        self.filter = Filter(policy) if policy is not None else None
        self.dead = self._dead_letter_queue()
        self.form = form_of(self.protocol, settings.RawMessageDelivery)
        self.schedule, most = schedule_of(self.protocol), None
        if self.protocol == "http":
            self.schedule, most = effective(topic.settings.DeliveryPolicy, settings.DeliveryPolicy)
        self.per_second = most or getattr(target, "pace", None) or 0
        if not self.per_second:
            self.pace = None
        elif self.pace is None:
            self.pace = Pace(self.per_second)
        else:
            self.pace.change(self.per_second)

    def note(self, reason: str) -> None:
        """Why a message did not get there, just now."""
        self.reason = reason
        self.reasoned = self.topic.kernel.now

    @property
    def fair(self) -> bool:
        """Whether it is told the message group of a standard topic's message: only a standard queue is."""
        return self.protocol == "sqs"

    def _dead_letter_queue(self) -> Link | None:
        policy = self.settings.RedrivePolicy
        if policy is None:
            return None
        dead = [one for one in self.topic.outs if one.kind == "dead"]
        return next((one for one in dead if names_queue(policy.deadLetterTargetArn, one.target.id)), None)


class Filter:
    """A filter policy that remembers what it has said."""

    __slots__ = ("_paths", "_said", "policy", "scope")

    def __init__(self, policy: FilterPolicy) -> None:
        self.policy = policy
        self.scope = policy.scope
        self._paths = tuple(dict.fromkeys(clause.path for one in policy.alternatives for clause in one))
        self._said: dict[Any, str] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """What it has said can be found out again, and is no part of a run's state."""
        return Filter, (self.policy,)

    def objection(self, flat: "Flat") -> str:
        """Why a message is not wanted; "" when it is."""
        event = flat.event
        if event is None:
            return NO_OBJECT
        if event.places:
            return self._objection(event)
        paths = self._paths
        key = flat.key(paths[0]) if len(paths) == 1 else tuple([flat.key(path) for path in paths])
        said = self._said.get(key)
        if said is None:
            if len(self._said) >= MOST_REMEMBERED:
                self._said.clear()
            self._said[key] = said = self._objection(event)
        return said

    def _objection(self, event: Event) -> str:
        if self.policy.matches(event):
            return ""
        return short(str(self.policy.explain(event)).removeprefix("did not match: "))


class Flat:
    """A message as policies of one scope see it, flattened once for all of them; `event` is None where its body is no
    JSON object."""

    __slots__ = ("_keys", "event")

    def __init__(self, event: Event | None) -> None:
        self.event = event
        self._keys: dict[str, Any] = {}

    def key(self, path: str) -> Any:
        """What stands at a path, to remember it by. True, 1 and 1.0 are equal, and not the same to a policy: so their
        types belong to it."""
        keys = self._keys
        if path in keys:
            return keys[path]
        assert self.event is not None, "what is no object has no paths"
        found = self.event.values.get(path)
        if found is None:
            key: Any = None
        elif len(found) == 1 and found[0].__class__ is str:
            key = found[0]
        else:
            key = tuple([(value.__class__, value) for value in found])
        keys[path] = key
        return key


class Lines:
    """The groups of a FIFO topic's messages on their way to one subscriber, each in its order: the next message of a
    group goes when the one before it has been delivered or given up.
    """

    __slots__ = ("_groups", "_subscription")

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._groups: dict[str, deque[Delivery]] = {}

    def join(self, delivery: Delivery) -> None:
        """Begin with a delivery, or let it wait for those before it."""
        delivery.lined = True
        group = delivery.message.group or ""
        waiting = self._groups.get(group)
        if waiting is None:
            self._groups[group] = deque()
            delivery.begin()
            return
        waiting.append(delivery)
        topic = self._subscription.topic
        topic.waiting[delivery] = None
        topic.record("group_waits", delivery.message.id, self._subscription.link.index, group)

    def leave(self, delivery: Delivery) -> None:
        """A delivery is over: the next of its group goes."""
        group = delivery.message.group or ""
        waiting = self._groups[group]
        if waiting:
            waiting.popleft().begin()
        else:
            del self._groups[group]


class Dues:
    """When deliveries are tried again; those that were are forgotten in time."""

    __slots__ = ("_heap", "_number")

    def __init__(self) -> None:
        self._heap: list[tuple[Micros, int, Delivery]] = []
        self._number = 0

    def add(self, delivery: Delivery) -> None:
        self._forget(delivery.subscription.topic.kernel.now)
        self._number += 1
        heapq.heappush(self._heap, (delivery.due, self._number, delivery))

    def next(self, now: Micros) -> Delivery | None:
        """The delivery that is tried again first."""
        self._forget(now)
        return self._heap[0][2] if self._heap else None

    def _forget(self, now: Micros) -> None:
        heap = self._heap
        while heap and heap[0][0] < now:
            heapq.heappop(heap)


def form_of(protocol: str, raw: bool) -> str:
    """In which form a protocol is delivered to."""
    if protocol == "lambda":
        return EVENT
    if protocol in ("email", "sms", "push"):
        return TEXT
    return RAW if raw else NOTIFICATION


def schedule_of(protocol: str) -> Schedule:
    return CUSTOMER if protocol in ("email", "sms", "push") else MANAGED


def short(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"
