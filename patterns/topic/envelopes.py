"""What a subscriber gets of a message: JSON about it, a function's event, or the message as it was published.

Source: SNS Developer Guide, "Parsing Amazon SNS message formats", "Amazon SNS raw message delivery" and "Fanout Amazon
SNS notifications to Lambda functions"; SNS API Reference, Publish (MessageStructure). A signature is shown as a word.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from patterns.topic.published import Published
from simulator.engine.arns import REGION
from simulator.engine.calendar import iso
from simulator.engine.clock import MILLISECOND, SECOND, Micros
from simulator.engine.deduplication import sequence
from simulator.engine.message import label
from simulator.engine.template import size, size_of_attributes

if TYPE_CHECKING:
    from patterns.topic.node import Topic
    from patterns.topic.subscription import Subscription

NOTIFICATION, EVENT, RAW, TEXT = "notification", "event", "raw", "text"

SIGNATURE = "EXAMPLE"
CERTIFICATE = f"https://sns.{REGION}.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"

# Where a protocol finds its own part of a structured message, the first that is there.
PARTS: dict[str, tuple[str, ...]] = {
    "http": ("https", "http"),
    "push": ("APNS", "GCM", "ADM", "application"),
}

# An event of a function spells two members differently.
_OF_FUNCTIONS = {"SigningCertURL": "SigningCertUrl"}


Contents = tuple[Any, int, dict[str, Any] | None]
"""Body, bytes and attributes of what is delivered."""


class Envelopes:
    """Makes what each subscriber gets of one message; what several have in common is made once."""

    __slots__ = ("_made", "_plain", "_published", "_replayed", "_topic")

    def __init__(self, topic: "Topic", published: Published, replayed: bool = False) -> None:
        self._topic = topic
        self._published = published
        self._replayed = replayed
        self._made: dict[str, tuple[dict[str, Any], int]] = {}
        self._plain: dict[str, Contents] = {}

    def contents(self, subscription: "Subscription") -> Contents:
        protocol, form = subscription.protocol, subscription.form
        if form in (RAW, TEXT):
            plain = self._plain.get(protocol)
            if plain is None:
                plain = self._plain[protocol] = self._without_envelope(protocol)
            return plain
        common, bytes_ = self._notification(self._part(protocol)[0])
        if form == NOTIFICATION:
            return {**common, "UnsubscribeURL": subscription.unsubscribe}, bytes_ + subscription.more, None
        told = {_OF_FUNCTIONS.get(name, name): value for name, value in common.items()}
        told["UnsubscribeUrl"] = subscription.unsubscribe
        record = {
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription.arn,
            "Sns": told,
        }
        event = {"Records": [record]}
        return event, size(event), None

    def _without_envelope(self, protocol: str) -> Contents:
        """The message itself; only a queue gets its attributes too."""
        text, body = self._part(protocol)
        attributes = self._published.message.attributes if protocol == "sqs" else None
        if self._replayed and protocol == "sqs":
            attributes = {**(attributes or {}), "Replayed": "true"}
        return body, len(text.encode()) + size_of_attributes(attributes), attributes

    def _part(self, protocol: str) -> tuple[str, Any]:
        """The text for this protocol, and the same as a value."""
        published = self._published
        if published.parts:
            for name in PARTS.get(protocol, (protocol,)):
                if name in published.parts:
                    return published.parts[name], published.parts[name]
        return published.text, published.body

    def _notification(self, text: str) -> tuple[dict[str, Any], int]:
        """What every notification with this text says, and its bytes."""
        made = self._made.get(text)
        if made is None:
            common = notification(self._topic, self._published, text)
            if self._replayed:
                common["Replayed"] = True
            self._made[text] = made = common, size(common)
        return made


def notification(topic: "Topic", published: Published, text: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": label(published.message.id, topic.run.scenario.prefixes),
        "TopicArn": topic.arn,
    }
    if topic.fifo:
        told["SequenceNumber"] = sequence(published.number)
    if published.subject is not None:
        told["Subject"] = published.subject
    told |= {
        "Message": text,
        "Timestamp": timestamp(topic.run.in_calendar(published.time)),
        "SignatureVersion": "1",
        "Signature": SIGNATURE,
        "SigningCertURL": CERTIFICATE,
    }
    if published.attributes:
        told["MessageAttributes"] = published.attributes
    return told


def timestamp(micros: Micros) -> str:
    """A moment, in Micros since 1970, to the millisecond."""
    return f"{_second(micros // SECOND)}.{micros % SECOND // MILLISECOND:03d}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return iso(seconds * SECOND).removesuffix("Z")
