"""What fits together: a subscription with its topic and its subscriber, and all the lines out of a topic.

Source: SNS API Reference, Subscribe and SetSubscriptionAttributes; SNS Developer Guide, "Amazon SNS FIFO topics",
"Amazon SNS dead-letter queues (DLQs)" and "Amazon SNS endpoints and quotas".
"""

from typing import Any

from patterns.topic import answers
from patterns.topic.config import SMALL, SubscriptionSettings, TopicSettings
from simulator.engine.arns import names_queue
from simulator.engine.errors import Problem
from simulator.engine.pattern import Way

PROTOCOLS = ("sqs", "lambda", "firehose", "http", "email", "sms", "push")
RAW = ("sqs", "http", "firehose")
LARGE = ("sqs", "lambda", "firehose")
MOST_OF_FIFO = 100
MOST_OF_LARGE = 100


def protocol_of(target: Any) -> str:
    """The protocol by which a station with these settings is delivered to; "" where SNS has none."""
    if hasattr(target, "FifoQueue"):
        return "sqs"
    if hasattr(target, "needs_confirmation"):
        kind = str(target.kind)
        return kind if kind in PROTOCOLS else ""
    return "lambda" if hasattr(target, "MaximumEventAgeInSeconds") else ""


def subscription_problems(settings: SubscriptionSettings, topic: TopicSettings, target: Any) -> list[Problem]:
    """What is wrong with one subscription, with paths below its link."""
    protocol = protocol_of(target)
    if not protocol:
        unknown = answers.unknown_protocol(str(getattr(target, "kind", "none of ours")))
        cure = "Subscribe a queue, a function or an endpoint."
        return [Problem("", unknown, ", ".join(PROTOCOLS), cure)]
    found = []
    if topic.FifoTopic and protocol != "sqs":
        found.append(Problem("", answers.ONLY_QUEUES, "queues", "Put a queue between them."))
    if not topic.FifoTopic and getattr(target, "FifoQueue", False):
        found.append(Problem("", answers.FIFO_QUEUE, "standard queues", "Make the topic a FIFO topic."))
    if settings.RawMessageDelivery and protocol not in RAW:
        said = f"is set, and {protocol} has no raw delivery"
        found.append(Problem("settings.RawMessageDelivery", said, ", ".join(RAW), "Unset it."))
    if settings.DeliveryPolicy is not None and protocol != "http":
        said = f"is set, and the subscriber is one of protocol {protocol}"
        found.append(Problem("settings.DeliveryPolicy", said, "only HTTP/S has one", "Leave it out."))
    if settings.ReplayPolicy is not None and topic.ArchivePolicy is None:
        said = "is set, and the topic keeps no archive"
        found.append(Problem("settings.ReplayPolicy", said, cure="Give the topic an ArchivePolicy."))
    if topic.MaximumMessageSize > SMALL and protocol not in LARGE:
        said = f"is one of protocol {protocol}, and the topic's messages can be larger than {SMALL:,} bytes"
        found.append(Problem("", said, ", ".join(LARGE), "Lower the topic's MaximumMessageSize."))
    return found


def neighbourhood_problems(topic: TopicSettings, outs: list[Way]) -> list[Problem]:
    """What is wrong with the subscriptions of a topic together."""
    found = []
    ways = [way for way in outs if isinstance(way.link, SubscriptionSettings)]
    targets = [way.target for way in ways]
    for target in dict.fromkeys(one for one in targets if targets.count(one) > 1):
        said = f"has {targets.count(target)} subscriptions of {target}: Subscription already exists"
        found.append(Problem("", said, "one for each subscriber", "Keep one of these lines."))
    if topic.FifoTopic and len(ways) > MOST_OF_FIFO:
        said = f"has {len(ways)} subscriptions: SubscriptionLimitExceeded"
        found.append(Problem("", said, f"at most {MOST_OF_FIFO} of a FIFO topic"))
    if topic.MaximumMessageSize > SMALL and len(ways) > MOST_OF_LARGE:
        said = f"has {len(ways)} subscriptions, and its messages can be larger than {SMALL:,} bytes"
        found.append(Problem("", said, f"at most {MOST_OF_LARGE}"))
    dead = {way.target: way.settings for way in outs if way.draw == "dead"}
    for way in ways:
        found += dead_letter_problems(way.target, way.link, topic, dead)
    return found


def dead_letter_problems(
    subscriber: str, settings: SubscriptionSettings, topic: TopicSettings, dead: dict[str, Any]
) -> list[Problem]:
    """What is wrong with the redrive policy of a subscription; `dead` are the topic's dead-letter queues by id."""
    policy = settings.RedrivePolicy
    if policy is None:
        return []
    queue = next((name for name in dead if names_queue(policy.deadLetterTargetArn, name)), None)
    if queue is None:
        said = f"the subscription of {subscriber} has the dead-letter queue {policy.deadLetterTargetArn}, which is none"
        return [Problem("", said, ", ".join(dead), "Draw a dead-letter line from the topic to it.")]
    if dead[queue].FifoQueue == topic.FifoTopic:
        return []
    if topic.FifoTopic:
        return [Problem("", answers.DEAD_LETTER_TYPE, "a FIFO queue", f"Set FifoQueue of {queue}.")]
    said = f"the subscription of {subscriber} has the FIFO queue {queue} as its dead-letter queue"
    return [Problem("", said, "a standard queue", f"Unset FifoQueue of {queue}.")]
