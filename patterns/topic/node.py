"""The topic: each message goes to every subscription that wants it, and nobody waits for that.

Who publishes knows no subscriber; each subscription says for itself what it wants, how it wants it, how often it is
tried, and where what could not be delivered goes. A subscriber that is gone delays no other.

The node holds the state; what happens to it stands in a file for each: `publishing`, `delivery`, `confirming`,
`archiving`, `replaying`, `attributes`.
Source: SNS Developer Guide, "Common Amazon SNS scenarios", "Amazon SNS message delivery retries" and "Message ordering
and deduplication strategies using Amazon SNS FIFO topics".
"""

from collections import deque
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from patterns.topic import archiving, attributes, checking, confirming, publishing, replaying
from patterns.topic.about import topic_arn
from patterns.topic.archiving import Archive
from patterns.topic.config import SubscriptionSettings, TopicSettings
from patterns.topic.delivery import Delivery
from patterns.topic.published import Published
from patterns.topic.quota import Quota
from patterns.topic.replaying import Replay
from patterns.topic.subscription import CONFIRMED, Subscription
from patterns.topic.view import HEAP, caption_of, view_of
from simulator.engine.clock import Micros
from simulator.engine.deduplication import Deduplication
from simulator.engine.errors import Problem
from simulator.engine.link import Link
from simulator.engine.message import ORIGINS, Message, MessageId
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.throttle import Throttle

_new = tuple.__new__


class Topic(Node):
    """One topic. `subscriptions` by the index of their link, `confirmed` are those that get what is published.

    `waiting` are deliveries whose messages it holds: for a place, for those before them, or for the next try.
    `published` counts, `deduplicated` repetitions, `failed` deliveries that were given up, `discarded` what ended here,
    `replayed` what was delivered once more; `heap` are the latest that somebody did not want.
    """

    settings: TopicSettings

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.arn = topic_arn(self.id)
        self.fifo = self.settings.FifoTopic
        self.subscriptions: dict[int, Subscription] = {}
        self.confirmed: list[Subscription] = []
        self.waiting: dict[Delivery, None] = {}
        self.window = Deduplication()
        self.quota = Quota(self.settings)
        self.archive: Archive | None = None
        self.replays: list[Replay] = []
        self.throttle: Throttle | None = None
        self.unavailable = False
        self.numbered = 0
        self.published = 0
        self.deduplicated = 0
        self.failed = 0
        self.discarded = 0
        self.replayed = 0
        self.latest: Published | None = None
        self.heap: deque[list[int]] = deque(maxlen=HEAP)
        self.caption: list[str] = []
        self._pauses = self.stream("retries")
        self._requests = self.stream("requests")
        self._use()

    def start(self) -> None:
        self.subscriptions = {link.index: Subscription(self, link) for link in self.outs if link.kind == "send"}
        self.aim()
        for subscription in self.subscriptions.values():
            replaying.use(self, subscription)
        confirming.begin(self)

    # Messages.

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        publishing.accept(self, message, call, flags)

    def publish(self, call: Call) -> None:
        publishing.publish(self, call)

    def publish_batch(self, call: Call) -> None:
        publishing.publish_batch(self, call)

    def copy_of(
        self, message: Message, body: Any, bytes_: int, given: dict[str, Any] | None, group: str | None
    ) -> Message:
        """What one subscriber gets of a published message: of the same type and colour, and caused by it."""
        self._made = serial = self._made + 1
        made = _new(
            Message,
            (
                serial * ORIGINS + self.index,
                message.type,
                message.look,
                body,
                bytes_,
                self.kernel.now,
                given,
                group,
                message.id,
                message.generation + 1,
                message.deduplication if self.fifo else None,
            ),
        )
        self.trace.made.append(made)
        return made

    def jittered(self, wait: Micros) -> Micros:
        """A pause as the table says, shortened by chance."""
        jitter = self.settings.jitter
        return wait - int(wait * jitter * self._pauses.random()) if wait and jitter else wait

    def new_request(self) -> str:
        """The id of a request: looks like a UUID, and is the same in every run of this seed."""
        return str(UUID(int=self._requests.getrandbits(128), version=4))

    # Subscriptions.

    def subscription(self, name: str) -> Subscription | None:
        """The subscription with this ARN, or whose link or subscriber has this id."""
        found = self.subscriptions.values()
        return next((one for one in found if name in (one.arn, one.link.id, one.link.target.id)), None)

    def aim(self) -> None:
        """Find those that get what is published."""
        self.confirmed = [one for one in self.subscriptions.values() if one.state == CONFIRMED]

    def confirm_subscription(self, call: Call) -> None:
        self._answer(call, confirming.confirm_subscription)

    def get_subscription_attributes(self, call: Call) -> None:
        self._answer(call, attributes.get_subscription_attributes)

    def set_subscription_attributes(self, call: Call) -> None:
        self._answer(call, attributes.set_subscription_attributes)

    # Settings and faults.

    def get_topic_attributes(self, call: Call) -> None:
        self._answer(call, attributes.get_topic_attributes)

    def set_topic_attributes(self, call: Call) -> None:
        self._answer(call, attributes.set_topic_attributes)

    def objections(self, settings: TopicSettings) -> list[Problem]:
        if settings.FifoTopic != self.fifo:
            said = f"is {settings.FifoTopic}, and the type of a topic can't be changed"
            return [Problem("FifoTopic", said, cure="Make another topic.")]
        found = []
        for one in self.subscriptions.values():
            found += checking.subscription_problems(one.settings, settings, one.link.target.settings)
        return [Problem("", f"{one.path} {one.problem}".strip(), one.allowed, one.cure) for one in found]

    def objections_to_link(self, link: Link, settings: Any) -> list[Problem]:
        if not isinstance(settings, SubscriptionSettings):
            return []
        dead = {one.target.id: one.target.settings for one in self.outs if one.kind == "dead"}
        found = checking.subscription_problems(settings, self.settings, link.target.settings)
        found += checking.dead_letter_problems(link.target.id, settings, self.settings, dead)
        below = [one.path.removeprefix("settings.") for one in found]
        return [Problem(path, one.problem, one.allowed, one.cure) for path, one in zip(below, found, strict=True)]

    def change(self, settings: TopicSettings) -> None:
        before, self.settings = self.settings, settings
        if (settings.publishes_per_second, settings.FifoThroughputScope) != (
            before.publishes_per_second,
            before.FifoThroughputScope,
        ):
            self.quota = Quota(settings)
        self._use()
        for subscription in self.subscriptions.values():
            subscription.read()

    def link_changed(self, link: Link) -> None:
        subscription = self.subscriptions.get(link.index)
        if subscription is not None:
            subscription.read()
            replaying.use(self, subscription)

    @property
    def is_shut(self) -> bool:
        """Whether a fault keeps some requests from being answered."""
        return self.unavailable or self.throttle is not None

    # What others see.

    def view(self) -> dict[str, Any]:
        return view_of(self)

    def gauges(self) -> dict[str, float | None]:
        return {
            "waiting": len(self.waiting),
            "retrying": sum(one.retrying for one in self.subscriptions.values()),
            "archived": len(self.archive) if self.archive is not None else None,
        }

    def held(self) -> Iterator[MessageId]:
        return (delivery.message.id for delivery in self.waiting)

    def _answer(self, call: Call, verb: Any) -> None:
        """Do what a request asks for, unless a fault keeps it from being answered. Raises ServiceError."""
        refusal = publishing.fault(self)
        if refusal is not None:
            raise refusal
        verb(self, call)

    def _use(self) -> None:
        self.window.by_group = self.settings.FifoThroughputScope == "MessageGroup"
        archiving.use(self)
        self.caption = caption_of(self)
