"""Random settings of stations and links that a swarm always has."""

from random import Random
from typing import Any

from tests.swarm.parts import a_time, link_settings

BODIES: list[Any] = [
    {"number": {"sequence": {}}},
    {"type": {"one_of": ["order", "refund", "question"]}, "address": {"email": {}}},
    {"group": {"one_of": ["a", "b", "c"]}, "once": {"integer": {"low": 1, "high": 40}}},
    {"group": {"one_of": ["a", "b"]}, "type": {"one_of": ["good", "bad"]}},
    {"type": {"one_of": {"good": 9, "bad": 1}}, "price": {"integer": {"low": 1, "high": 99}}},
]
POISON = ["", "", 'type = "bad"', "body.price > 90", "attempt > 2", "body.none.such = 1"]
TRANSFORMS = ["", "", "body", '{"was": type, "attempt": attempt}', "body.price"]


def poll_settings(draw: Random, risky: bool) -> dict[str, Any]:
    settings = link_settings(draw, risky)
    settings["BatchSize"] = draw.choice([1, 1, 2, 10])
    settings["WaitTimeSeconds"] = draw.choice([0, 1, 20])
    if draw.random() < 0.3:
        settings["VisibilityTimeout"] = draw.choice([0, 1, 5, 40])
    if draw.random() < 0.3:
        settings["heartbeat"] = draw.choice([1, 4, 20])
    if draw.random() < 0.2:
        settings["delete"] = "before work"
    return settings


def mapping_settings(draw: Random, risky: bool, fifo: bool) -> dict[str, Any]:
    settings = link_settings(draw, risky)
    settings["BatchSize"] = draw.choice([1, 3, 10])
    if not fifo and draw.random() < 0.4:
        settings |= {"BatchSize": draw.choice([2, 30, 1000]), "MaximumBatchingWindowInSeconds": draw.choice([1, 7, 60])}
    if draw.random() < 0.5:
        settings["MaximumConcurrency"] = draw.choice([2, 5, 30])
    settings["ReportBatchItemFailures"] = draw.random() < 0.5
    return settings


def queue_settings(draw: Random, fifo: bool = False) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "VisibilityTimeout": draw.choice([0, 1, 3, 10, 30, 43_200]),
        "DelaySeconds": draw.choice([0, 0, 0, 1, 30]),
        "MessageRetentionPeriod": draw.choice([60, 90, 600, 345_600]),
        "ReceiveMessageWaitTimeSeconds": draw.choice([0, 5, 20]),
    }
    if fifo:
        settings |= {"FifoQueue": True, "ContentBasedDeduplication": draw.random() < 0.7}
        if draw.random() < 0.4:
            settings |= {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    else:
        settings |= {"servers_asked": draw.choice([1, 4, 12, 12])}
        settings |= draw.choice([{}, {"duplicates": draw.choice([0.1, 1])}, {"disorder": draw.choice([0.3, 1])}])
    return settings


def worker_settings(draw: Random) -> dict[str, Any]:
    settings = {
        "concurrency": draw.choice([1, 1, 2, 3, 20]),
        "service": a_time(draw, 10),
        "failure_probability": draw.choice([0, 0, 0.1, 0.5, 1]),
        "poison": draw.choice(POISON),
        "transform": draw.choice(TRANSFORMS),
        "idempotent": draw.random() < 0.5,
        "remembers": draw.choice([0, 1, 5, 1000]),
        "write_attempts": draw.randint(1, 4),
        "backlog": draw.choice([0, 1, 5]),
    }
    if draw.random() < 0.3:
        settings["delete_together"] = True
    if draw.random() < 0.3:
        settings["timeout"] = draw.choice([1, 4, 15])
    if draw.random() < 0.2:
        scaling = {"maximum": draw.randint(1, 8), "backlog_per_worker": draw.choice([0.5, 3]), "every": 5}
        settings |= {"kind": "server", "scaling": scaling | {"scale_in_cooldown": draw.choice([0, 30])}}
    if draw.random() < 0.4:
        settings["cold_start"] = a_time(draw, 3)
        settings["idle_timeout"] = draw.choice([None, "0s", "5s"])
    return settings


def store_settings(draw: Random) -> dict[str, Any]:
    settings: dict[str, Any] = {"kind": draw.choice(["database", "dynamodb", "s3", "redshift", "emr"])}
    if draw.random() < 0.5:
        settings |= {"concurrency": draw.randint(1, 3), "waiting": draw.randint(0, 3), "service": a_time(draw, 3)}
    if draw.random() < 0.3:
        settings |= {"writes_per_second": draw.choice([0.2, 1, 10]), "burst": draw.choice([1, 5])}
    return settings


def producer_settings(draw: Random) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "arrivals": _arrivals(draw),
        "body": draw.choice(BODIES),
        "group": draw.choice(["", "type", "group", "group"]),
        "deduplication": draw.choice(["", "", "once"]),
        "retries": draw.choice([0, 0, 1, 3]),
    }
    if draw.random() < 0.2:
        settings["limit"] = draw.randint(1, 30)
    return settings


def _arrivals(draw: Random) -> dict[str, Any]:
    rate = draw.choice([0.05, 0.3, 1, 3])
    kind = draw.choice(["poisson", "regular", "bursts"])
    if kind == "poisson":
        return {"poisson": {"per_second": rate}}
    if kind == "regular":
        return {"regular": {"per_second": rate}}
    return {"bursts": {"size": draw.randint(1, 8), "every": f"{draw.randint(5, 20)}s"}}
