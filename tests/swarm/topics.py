"""The topic of a swarm: who publishes and who subscribes, with which filters; and what people do to it."""

from random import Random
from typing import Any

from simulator.engine.node import Node
from tests.swarm.parts import link_settings, placed, way
from tests.swarm.settings import queue_settings

Documents = list[dict[str, Any]]

ATTRIBUTES: dict[str, Any] = {
    "kind": {"one_of": ["order", "refund"]},
    "price": {"integer": {"low": 1, "high": 99}},
    "tags": ["a", {"one_of": ["b", "c"]}],
}

# Filter policies by scope; None asks for nothing.
POLICIES: dict[str, list[Any]] = {
    "MessageAttributes": [
        None,
        {"kind": ["order"]},
        {"kind": [{"anything-but": ["order"]}]},
        {"kind": [{"prefix": "re"}], "price": [{"numeric": ["<=", 30]}]},
        {"tags": [{"anything-but": ["a", "b"]}]},
        {"coupon": [{"exists": False}]},
        {"coupon": [{"exists": True}]},
        {"$or": [{"kind": ["order"]}, {"price": [{"numeric": ["=", 7]}]}]},
    ],
    "MessageBody": [
        {"type": ["good", "order"]},
        {"price": [{"numeric": [">=", 40]}]},
        {"group": [{"prefix": "a"}], "once": [{"numeric": ["<", 20]}]},
        {"type": [{"exists": False}]},
        {"detail": {"price": [{"exists": True}]}},
    ],
}


def add_topic(draw: Random, nodes: Documents, links: Documents, risky: bool) -> None:
    """Add a topic that producers publish to, and perhaps a bus, with up to six subscribers; or none."""
    if draw.random() < 0.4:
        return
    fifo = draw.random() < 0.4
    nodes.append(placed("topic", "topic", topic_settings(draw, fifo) | ({"FifoTopic": True} if fifo else {})))
    dead = draw.random() < 0.6
    if dead:
        nodes.append(placed("topic-dead", "queue", queue_settings(draw, fifo)))
        links.append(way("topic", "topic-dead", "dead-letter", link_settings(draw, risky)))
    producers = [one for one in nodes if one["pattern"] == "producer"]
    for producer in draw.sample(producers, draw.randint(1, len(producers))):
        if draw.random() < 0.8:
            producer["settings"]["attributes"] = ATTRIBUTES
        links.append(way(producer["id"], "topic", "send", link_settings(draw, risky)))
    buses = [one for one in nodes if one["pattern"] == "event_bus"]
    if buses and not fifo and draw.random() < 0.5:
        links.append(way(buses[0]["id"], "topic", "target", link_settings(draw, risky) | {"rule": "all"}))
    takers = [one for one in nodes if _can_subscribe(one, fifo)]
    for taker in draw.sample(takers, min(6, len(takers))):
        settings = link_settings(draw, risky) | subscription_settings(draw, taker)
        if dead and draw.random() < 0.6:
            settings["RedrivePolicy"] = {"deadLetterTargetArn": "topic-dead"}
        links.append(way("topic", taker["id"], "subscription", settings))


def topic_settings(draw: Random, fifo: bool) -> dict[str, Any]:
    settings: dict[str, Any] = {"DisplayName": draw.choice(["", "News"]), "jitter": draw.choice([0, 0.1, 1])}
    if fifo:
        settings["ContentBasedDeduplication"] = draw.random() < 0.8
        settings["FifoThroughputScope"] = draw.choice(["Topic", "MessageGroup"])
        settings["ArchivePolicy"] = draw.choice([None, *[{"MessageRetentionPeriod": 1}] * 3])
    return settings


def subscription_settings(draw: Random, taker: dict[str, Any]) -> dict[str, Any]:
    kind = taker["settings"].get("kind")
    settings = a_filter(draw)
    if taker["pattern"] == "queue" or kind in ("http", "firehose"):
        settings["RawMessageDelivery"] = draw.random() < 0.5
    if kind == "http" and draw.random() < 0.7:
        retries = {"numRetries": draw.choice([0, 4, 9]), "minDelayTarget": 1, "maxDelayTarget": draw.choice([1, 30])}
        throttle = {"maxReceivesPerSecond": draw.choice([1, 5])}
        settings["DeliveryPolicy"] = draw.choice(
            [
                {"healthyRetryPolicy": retries},
                {"throttlePolicy": throttle},
                {"healthyRetryPolicy": retries} | {"throttlePolicy": throttle},
            ]
        )
    return settings


def a_filter(draw: Random) -> dict[str, Any]:
    scope = draw.choice(["MessageAttributes", "MessageAttributes", "MessageBody"])
    return {"FilterPolicy": draw.choice(POLICIES[scope]), "FilterPolicyScope": scope}


def topic_deed(draw: Random, topic: Node) -> tuple[str, dict[str, Any]]:
    """Verb and arguments of something to do to a topic: mostly possible, sometimes not."""
    verb = draw.choice(["Publish", "Publish", "PublishBatch", "SetSubscriptionAttributes", "other"])
    if verb == "Publish":
        return verb, _published(draw)
    if verb == "PublishBatch":
        entries = [{"Id": str(number % 11)} | _published(draw) for number in range(draw.randint(0, 12))]
        return verb, {"PublishBatchRequestEntries": entries}
    subscriptions = [link.id for link in topic.outs if link.kind == "send"]
    if verb == "SetSubscriptionAttributes" and subscriptions:
        ends = {"PointType": "Timestamp", "StartingPoint": "10s", "EndingPoint": "200s"}
        values: dict[str, list[Any]] = {
            "RawMessageDelivery": ["true", "false", "maybe"],
            "RedrivePolicy": ["", '{"deadLetterTargetArn": "topic-dead"}'],
            "ReplayPolicy": [{"PointType": "Timestamp", "StartingPoint": "0s"}, ends, None],
            "FilterPolicy": [{"a": []}],
        }
        name = "ReplayPolicy" if topic.settings.FifoTopic and draw.random() < 0.6 else draw.choice(list(values))
        given = {"SubscriptionArn": draw.choice(subscriptions), "AttributeName": name}
        return verb, given | {"AttributeValue": draw.choice(values[name])}
    others: list[tuple[str, dict[str, Any]]] = [
        ("GetTopicAttributes", {}),
        ("SetTopicAttributes", {"AttributeName": "DisplayName", "AttributeValue": draw.choice(["a", "x" * 101])}),
        ("ConfirmSubscription", {"Token": draw.choice([*subscriptions, "nobody"])}),
    ]
    return draw.choice(others)


def _can_subscribe(node: dict[str, Any], fifo: bool) -> bool:
    """A topic of this type takes it as a subscriber; what polls messages or takes from a bus is one too."""
    pattern, settings = node["pattern"], node["settings"]
    if pattern == "queue":
        return node["id"] != "topic-dead" and (fifo or "FifoQueue" not in settings)
    if fifo:
        return False
    return (pattern == "worker" and settings.get("kind") is None) or (
        pattern == "endpoint" and settings["kind"] != "api"
    )


def _published(draw: Random) -> dict[str, Any]:
    body = draw.choice([{"type": "good", "price": 95, "group": "a"}, {"type": "refund"}, "hello", '{"once": 3}', ""])
    attributes = draw.choice([{}, {"kind": "order"}, {"kind": "refund", "price": 12}, {"..": "wrong"}])
    group = draw.choice([{}, {"MessageGroupId": draw.choice(["a", "b"])}, {"MessageGroupId": "not one"}])
    once = draw.choice([{}, {}, {"MessageDeduplicationId": str(draw.randint(1, 9))}])
    return {"Message": body, "MessageAttributes": attributes} | group | once
