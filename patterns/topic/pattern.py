"""The topic, declared: everything the house needs to know of it."""

from typing import Any

from patterns.filters.bench import POLICIES, laid_out
from patterns.topic import arguments, checking, config
from patterns.topic.kinds import KINDS
from patterns.topic.node import Topic
from simulator.engine.bench import Bench, Example
from simulator.engine.errors import Problem
from simulator.engine.faults import Fault, Nothing, throttle_node, unavailable_node
from simulator.engine.operations import Operation
from simulator.engine.pattern import LinkKind, Measure, Pattern


def names(settings: config.TopicSettings) -> dict[str, str]:
    return {"neutral": "Topic", "aws": f"SNS {'FIFO' if settings.FifoTopic else 'standard'} topic"}


def kind_of(settings: config.TopicSettings) -> str:
    return "fifo" if settings.FifoTopic else "standard"


def allows(settings: config.TopicSettings) -> dict[str, str]:
    """What the service does not promise. Source: SNS Developer Guide, "Amazon SNS features and capabilities" and
    "Message ordering and deduplication strategies using Amazon SNS FIFO topics".
    """
    if settings.FifoTopic:
        return {}
    return {
        "no_duplicates": "A standard topic may do so: it delivers at least once.",
        "group_order": "A standard topic does not promise an order.",
    }


def check_subscription(settings: Any, topic: Any, target: Any) -> list[Problem]:
    return checking.subscription_problems(settings, topic, target)


def examples(node: Any) -> list[Example]:
    """The filter policies of a topic, with what came last."""
    found = []
    for subscription in node.subscriptions.values():
        policy, scope = subscription.settings.FilterPolicy, subscription.settings.FilterPolicyScope
        if policy is None:
            continue
        by_body = scope == config.BODY
        text = policy if isinstance(policy, str) else laid_out(policy)
        event = ""
        if node.latest is not None:
            seen = node.latest.body if by_body else node.latest.attributes
            event = seen if isinstance(seen, str) else laid_out(seen)
        found.append(Example(subscription.link.target.title, DIALECTS[by_body], text, event))
    return found


DIALECTS = ("attributes", "body")

OPERATIONS = (
    Operation("Publish", arguments.Publish, "publish", "Publish a message of your own to this topic.", "Publish"),
    Operation(
        "PublishBatch",
        arguments.PublishBatch,
        "publish_batch",
        "Publish up to ten messages in one request.",
        "Publish a batch",
    ),
    Operation(
        "SetSubscriptionAttributes",
        arguments.SetSubscriptionAttributes,
        "set_subscription_attributes",
        "Change what a subscriber gets: its filter policy, its delivery policy, its replay.",
        "Set a subscription's attributes",
    ),
    Operation(
        "GetSubscriptionAttributes",
        arguments.GetSubscriptionAttributes,
        "get_subscription_attributes",
        "Ask for the settings and the state of a subscription.",
        "Get a subscription's attributes",
    ),
    Operation(
        "SetTopicAttributes",
        arguments.SetTopicAttributes,
        "set_topic_attributes",
        "Change settings as a client does.",
        "Set attributes",
    ),
    Operation(
        "GetTopicAttributes",
        arguments.GetTopicAttributes,
        "get_topic_attributes",
        "Ask for settings and counts.",
        "Get attributes",
    ),
    Operation(
        "ConfirmSubscription",
        arguments.ConfirmSubscription,
        "confirm_subscription",
        "Confirm a subscription with the token that its subscriber was sent.",
        "Confirm a subscription",
    ),
)

FAULTS = (
    Fault(
        "unavailable",
        "Unavailable",
        "answers every request with ServiceUnavailable",
        Nothing,
        unavailable_node,
    ),
    Fault("throttle", "Throttle", "answers only so many requests a second", arguments.Limit, throttle_node),
)

MEASURES = (
    Measure("published", "published", "messages/s", counts=("accepted",)),
    Measure("delivered", "delivered", "messages/s", counts=("delivered",), beside="published"),
    Measure("filtered", "filtered out", "messages/s", counts=("filtered_out",), beside="published"),
    Measure("failed", "failed", "messages/s", counts=("gave_up",), beside="published"),
    Measure("waiting", "waiting", "deliveries", gauge="waiting"),
    Measure("retrying", "retrying", "deliveries", gauge="retrying", beside="waiting"),
    Measure("archived", "in the archive", "messages", gauge="archived"),
    Measure("delivery", "time to deliver", "s", values=("delivered", "age")),
)

PATTERN = Pattern(
    module=__name__,
    name="topic",
    role="channel",
    sentence="A topic sends what is published once to every subscriber that wants it.",
    Settings=config.TopicSettings,
    Node=Topic,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=(
        LinkKind(
            "subscription",
            "The subscriber gets what is published, as far as it wants it.",
            config.SubscriptionSettings,
            "send",
            check_subscription,
        ),
        LinkKind(
            "dead-letter",
            "What could not be delivered goes there, where a subscription says so.",
            config.DeadLetterSettings,
            "dead",
        ),
    ),
    operations=OPERATIONS,
    faults=FAULTS,
    measures=MEASURES,
    takes=("send",),
    copies=True,
    check=checking.neighbourhood_problems,
    allows=allows,
    bench=Bench(POLICIES, examples),
)
