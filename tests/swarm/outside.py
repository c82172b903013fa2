"""What stands outside of a swarm, and the bus that leads there: endpoints, and functions that are not waited for."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.swarm.buses import bus_deed
from tests.swarm.parts import a_time, link_settings, placed, some, way

Documents = list[dict[str, Any]]

KINDS = ("http", "email", "sms", "push", "firehose", "api")


def add_outside(draw: Random, nodes: Documents, links: Documents, risky: bool) -> None:
    """Add endpoints that producers and workers push to, and a bus whose targets are whatever is there; or neither."""
    endpoints = [f"endpoint-{number}" for number in range(draw.choice([0, 0, 1, 2]))]
    stores = [node["id"] for node in nodes if node["pattern"] == "store"]
    senders = [node["id"] for node in nodes if node["pattern"] in ("producer", "worker")]
    for name in endpoints:
        kind = draw.choice(KINDS)
        nodes.append(placed(name, "endpoint", endpoint_settings(draw, kind) | {"kind": kind}))
        if kind == "firehose" and stores and draw.random() < 0.7:
            links.append(way(name, draw.choice(stores), "deliver", link_settings(draw, risky)))
        for sender in some(draw, senders):
            links.append(way(sender, name, "send", link_settings(draw, risky)))
    if draw.random() < 0.5:
        _add_bus(draw, nodes, links, risky)


def endpoint_settings(draw: Random, kind: str) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "response": a_time(draw, 25),
        "failure_probability": draw.choice([0, 0, 0.2, 1]),
        "failure_status": draw.choice([400, 429, 500]),
        "retry_after": draw.choice([None, None, -1, 5]),
        "rate": draw.choice([None, None, 0.5, 5]),
        "idempotent": draw.random() < 0.5,
        "key": draw.choice(["", "once"]),
    }
    if kind == "api" and draw.random() < 0.5:
        settings |= {"AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "token_lifetime": 30}
    if kind == "firehose":
        settings["BufferingHints"] = {"IntervalInSeconds": draw.choice([0, 5, 60])}
    return settings


def _add_bus(draw: Random, nodes: Documents, links: Documents, risky: bool) -> None:
    """A bus that takes from a producer and invokes up to three others; what a function fails on goes to a queue."""
    plain = [one["id"] for one in nodes if one["pattern"] == "queue" and "FifoQueue" not in one["settings"]]
    kinds = ("worker", "endpoint")
    takers = [one["id"] for one in nodes if one["pattern"] in kinds] + plain
    producers = [one["id"] for one in nodes if one["pattern"] == "producer"]
    rules = [{"Name": "all", "EventPattern": {"source": [{"exists": True}]}}]
    nodes.append(placed("bus", "event_bus", {"Rules": rules}))
    links.append(way(draw.choice(producers), "bus", "send", link_settings(draw, risky)))
    for target in draw.sample(takers, min(3, len(takers))):
        policy = {"MaximumRetryAttempts": draw.choice([0, 1, 5]), "MaximumEventAgeInSeconds": draw.choice([60, 900])}
        settings = link_settings(draw, risky) | {"rule": "all", "RetryPolicy": policy}
        links.append(way("bus", target, "target", settings))
        worker = next((one for one in nodes if one["id"] == target and one["pattern"] == "worker"), None)
        if worker is not None:
            polled = [one["from"] for one in links if one["kind"] in ("poll", "mapping")]
            _add_ways_of(draw, worker, [queue for queue in plain if queue not in polled], links, risky)


def _add_ways_of(draw: Random, worker: dict[str, Any], queues: list[str], links: Documents, risky: bool) -> None:
    """Where a function tells how it went, or a server that it runs; and how long events may wait."""
    settings = worker["settings"]
    settings |= {"MaximumRetryAttempts": draw.choice([0, 1, 2]), "MaximumEventAgeInSeconds": draw.choice([60, 600])}
    if settings.get("kind") == "server":
        links.append(way(worker["id"], "bus", "state-changes", link_settings(draw, risky)))
        return
    for kind in ("on-success", "on-failure"):
        if queues and draw.random() < 0.5:
            identity = f"{worker['id']}-{kind}"
            one = way(worker["id"], draw.choice(queues), kind, link_settings(draw, risky))
            links.append(one | {"id": identity})


DEEDS: dict[str, Callable[[Random], tuple[str, dict[str, Any]]]] = {
    "endpoint": lambda draw: ("ConfirmSubscription", {}),
    "event_bus": bus_deed,
}
