"""Confirming: whoever is outside must say that it wants what a topic publishes; until then it gets nothing.

The endpoint is asked when the run begins. A request that was lost is sent again; a subscription that nobody has
confirmed within two days is gone.
Source: SNS API Reference, Subscribe and ConfirmSubscription (tokens are valid for two days); SNS Developer Guide,
"Amazon SNS HTTP/S subscription confirmation JSON format".
"""

from typing import TYPE_CHECKING, Any

from patterns.topic import answers
from patterns.topic.subscription import CONFIRMED, DELETED, PENDING, Subscription
from simulator.engine.clock import DAY, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.topic.node import Topic

VALID: Micros = 2 * DAY
AGAIN: Micros = DAY // 24


class Confirmation:
    """The wait for one subscription to be confirmed."""

    __slots__ = ("subscription",)

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription

    def ask(self) -> None:
        """Send the token."""
        if self.subscription.state == PENDING:
            topic, link = self.subscription.topic, self.subscription.link
            topic.record("confirmation_asked", 0, link.index)
            link.ask("confirm_subscription", None, self.answered, back=False)

    def answered(self, result: Any, error: ServiceError | None) -> None:
        """The endpoint confirms, or the request got lost."""
        if error is None:
            confirm(self.subscription, "it has said so")
        else:
            self.subscription.topic.kernel.after(AGAIN, self.ask)

    def expire(self) -> None:
        """The token is no longer valid."""
        subscription = self.subscription
        if subscription.state == PENDING:
            subscription.state = DELETED
            subscription.topic.record("unconfirmed", 0, subscription.link.index, VALID)


def begin(topic: "Topic") -> None:
    """Ask every subscriber that has to confirm."""
    for subscription in topic.subscriptions.values():
        if subscription.state == PENDING:
            confirmation = Confirmation(subscription)
            confirmation.ask()
            topic.kernel.after(VALID, confirmation.expire)


def confirm(subscription: Subscription, how: str) -> None:
    """From now on it gets what is published."""
    if subscription.state == PENDING:
        subscription.state = CONFIRMED
        subscription.topic.record("confirmed", 0, subscription.link.index, how)
        subscription.topic.aim()


def confirm_subscription(topic: "Topic", call: Call) -> None:
    """Somebody confirms with the token that a subscriber was sent. Raises ServiceError."""
    subscription = topic.subscription(call.arguments.Token)
    if subscription is None or subscription.state == DELETED:
        raise answers.NO_TOKEN
    confirm(subscription, "somebody has its token")
    call.reply({"SubscriptionArn": subscription.arn})
