"""Targets: the links of a bus, and how a delivery over one of them goes on.

Which errors are final, how long the next try waits and what a dead letter says is decided here; an API destination is
called at its own rate, gets five seconds, and is judged by HTTP's status codes.
Source: EventBridge User Guide, "How EventBridge retries delivering events", "API destinations" (error codes, rate
limit, Retry-After) and "Considerations when using a dead-letter queue".
"""

import heapq
from typing import TYPE_CHECKING, Any

from patterns.event_bus import inputs
from patterns.event_bus.about import rule_arn
from patterns.event_bus.config import TargetSettings
from patterns.event_bus.entries import Event
from simulator.engine.arns import names_queue, station_arn
from simulator.engine.clock import SECOND, Micros
from simulator.engine.delivering import Delivery, pause
from simulator.engine.errors import ServiceError, is_client_error
from simulator.engine.link import Link
from simulator.engine.message import Message
from simulator.engine.pace import Pace
from simulator.engine.parameters import plain
from simulator.engine.template import size, size_of_attributes

if TYPE_CHECKING:
    from patterns.event_bus.node import EventBus

API_PATIENCE: Micros = 5 * SECOND
API_RATE = 300

REFRESHED = ("HTTP 401", "HTTP 407")
RETRIED = ("HTTP 409", "HTTP 429", "HTTP 5", "RequestTimeout")


class RuleState:
    """What has become of one rule: events matched, deliveries made and failed, those being retried and when next."""

    __slots__ = ("_dues", "delivered", "failed", "last", "matched", "name", "retrying", "targets")

    def __init__(self, name: str) -> None:
        self.name = name
        self.matched = 0
        self.last: Micros = 0
        self.delivered = 0
        self.failed = 0
        self.retrying = 0
        self.targets: list[Target] = []
        self._dues: list[Micros] = []

    def will_retry(self, now: Micros, due: Micros) -> None:
        self.retrying += 1
        self._forget(now)
        heapq.heappush(self._dues, due)

    def next_retry(self, now: Micros) -> Micros:
        """When the next try is due; 0 where nothing is retried."""
        self._forget(now)
        return self._dues[0] if self.retrying and self._dues else 0

    def _forget(self, now: Micros) -> None:
        while self._dues and self._dues[0] < now:
            heapq.heappop(self._dues)


class Target:
    """One link out of a bus. `pace` is there for an API destination, `forwards` where the target is a bus."""

    __slots__ = ("dead", "forwards", "input", "link", "pace", "settings")

    def __init__(self, link: Link, bus: "EventBus") -> None:
        self.link = link
        self.forwards = isinstance(link.target, type(bus))
        self.pace = Pace(API_RATE) if is_api(link.target.settings) else None
        self.read(bus)

    def read(self, bus: "EventBus") -> None:
        """Take over the link's settings."""
        settings = self.link.settings
        assert isinstance(settings, TargetSettings), "a bus has targets and dead-letter queues"
        self.settings = settings
        self.input = inputs.compiled(settings.Input, settings.InputPath, settings.transformer)
        config = settings.DeadLetterConfig
        dead = [one for one in bus.outs if one.kind == "dead" and config and names_queue(config.Arn, one.target.id)]
        self.dead: Link | None = dead[0] if dead else None
        if self.pace is not None:
            self.pace.change(self.rate)

    @property
    def rate(self) -> float:
        """Calls a second to an API destination: as the target says, else as that does itself, else the default."""
        own: float | None = getattr(self.link.target.settings, "InvocationRateLimitPerSecond", None)
        return self.settings.InvocationRateLimitPerSecond or own or API_RATE

    @property
    def group(self) -> str | None:
        parameters = self.settings.SqsParameters
        return parameters.MessageGroupId if parameters is not None else None


class Purpose:
    """What a delivery is made for. `retries`: counted with its rule as being retried.

    `refreshed`: it has asked for new credentials once; `asking` is the delivery while it waits for them.
    """

    __slots__ = ("asking", "event", "refreshed", "retries", "rule", "target")

    def __init__(self, rule: RuleState, target: Target, event: Event) -> None:
        self.rule = rule
        self.target = target
        self.event = event
        self.retries = False
        self.refreshed = False
        self.asking: Delivery | None = None

    def authorized(self, result: Any, error: ServiceError | None) -> None:
        """There are new credentials, or none: the next try will show."""
        delivery, self.asking = self.asking, None
        if delivery is not None:
            delivery.postpone(0)


def is_api(settings: Any) -> bool:
    """Whether a station with these settings is an API destination."""
    return getattr(settings, "kind", "") == "api"


def clearance(bus: "EventBus", delivery: Delivery, within: Micros) -> Micros | None:
    """How long a rate keeps a call waiting: an API destination's own, else the quota of the bus."""
    _no_longer_retried(delivery)
    target, now = delivery.purpose.target, bus.kernel.now
    wait: Micros | None = (target.pace or bus.pace).wait(now, within)
    if wait:
        reason = f"{plain(bus.settings.invocations_per_second)} invocations a second is the quota of the bus"
        if target.pace is not None:
            reason = f"its rate limit is {target.rate} a second"
        bus.record("held_back", delivery.message.id, target.link.index, wait, reason)
    return wait


def wait_before_next(bus: "EventBus", delivery: Delivery, error: ServiceError) -> Micros | None:
    """How long to wait before the next try; None where another try would end like this one."""
    if delivery.purpose.target.pace is None:
        return None if is_client_error(error) else pause(delivery.tries, bus.pauses)
    if error.code.startswith(REFRESHED) and not delivery.purpose.refreshed:
        return 0
    if not error.code.startswith(RETRIED):
        return None
    after: float | None = getattr(error, "retry_after", None)
    if after is not None and after < 0:
        return None
    return max(pause(delivery.tries, bus.pauses), round((after or 0) * SECOND))


def will_retry(bus: "EventBus", delivery: Delivery) -> None:
    """Count a delivery as one that is being retried; where credentials have run out, get new ones first."""
    purpose, link, error = delivery.purpose, delivery.link, delivery.last
    if error is not None and error.code.startswith(REFRESHED):
        purpose.refreshed = True
        bus.record("authorized_anew", delivery.message.id, link.index, error.code)
        if hasattr(link.target, "authorize"):
            delivery.postpone(min(API_PATIENCE, delivery.until - bus.kernel.now))
            purpose.asking = delivery
            link.ask("authorize", None, purpose.authorized, back=False)
    purpose.retries = True
    purpose.rule.will_retry(bus.kernel.now, delivery.due)


def is_over(bus: "EventBus", delivery: Delivery, error: ServiceError | None) -> None:
    """Count what has become of a delivery. A failed one counts as FailedInvocations."""
    _no_longer_retried(delivery)
    rule = delivery.purpose.rule
    if error is None:
        rule.delivered += 1
        return
    rule.failed += 1
    bus.failed += 1


def dead_letter(bus: "EventBus", delivery: Delivery, reason: dict[str, Any]) -> Message:
    """The event as it came, with the reason in the attributes, under the id of the copy that was not delivered."""
    purpose, link = delivery.purpose, delivery.link
    name = bus.run.scenario.nodes[link.target.index].pattern.name
    attributes = {
        "RULE_ARN": rule_arn(bus.settings.EventBusName, purpose.rule.name),
        "TARGET_ARN": station_arn(name, link.target.id),
        **reason,
    }
    bytes_ = size(purpose.event) + size_of_attributes(attributes)
    return delivery.message._replace(body=purpose.event, size=bytes_, attributes=attributes, group=None)


def _no_longer_retried(delivery: Delivery) -> None:
    purpose = delivery.purpose
    purpose.asking = None
    if purpose.retries:
        purpose.retries = False
        purpose.rule.retrying -= 1
