"""What comes by itself or in between in a swarm: schedulers, and pipes from a queue to whatever takes pushes."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.swarm.parts import link_settings, placed, way

Documents = list[dict[str, Any]]

EXPRESSIONS = ("rate(1 minute)", "rate(2 minutes)", "cron(0/2 * * * ? *)", "at(2026-01-05T00:01:00)")
FILTERS: tuple[Any, ...] = (
    {"body": {"type": ["order", "good"]}},
    {"body": {"price": [{"numeric": ["<", 60]}]}},
    {"body": {"number": [{"exists": True}]}},
)
TEMPLATES = ("", "<$.body>", '{"id": "<$.messageId>", "type": "<$.body.type>"}')
GROUP = {"MessageGroupId": "$.messageId", "MessageDeduplicationId": "$.messageId"}


def add_clocks(draw: Random, nodes: Documents, links: Documents, risky: bool) -> None:
    """Add a scheduler, a pipe, both or neither; a pipe leads to nothing that leads back, so that there is no circle."""
    if draw.random() < 0.5:
        _add_scheduler(draw, nodes, links, risky)
    if draw.random() < 0.5:
        _add_pipe(draw, nodes, links, risky)


def schedule(draw: Random, name: str) -> dict[str, Any]:
    """One schedule; what comes again does so at most once a minute."""
    given: dict[str, Any] = {"Name": name, "ScheduleExpression": draw.choice(EXPRESSIONS)}
    if draw.random() < 0.5:
        given["FlexibleTimeWindow"] = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": draw.choice([1, 3])}
    if draw.random() < 0.3:
        given["EndDate"] = "2026-01-05T00:02:00Z"
    return given | draw.choice([{}, {"ActionAfterCompletion": "DELETE"}, {"Input": {"type": "refund"}}])


def pipe_settings(draw: Random) -> dict[str, Any]:
    patterns = draw.sample(FILTERS, draw.choice([0, 0, 1, 2]))
    criteria = {"Filters": [{"Pattern": pattern} for pattern in patterns]} if patterns else None
    return {"FilterCriteria": criteria, "DesiredState": draw.choice(["RUNNING", "RUNNING", "RUNNING", "STOPPED"])}


def _add_scheduler(draw: Random, nodes: Documents, links: Documents, risky: bool) -> None:
    names = [f"schedule-{number}" for number in range(draw.randint(1, 3))]
    plain = [one["id"] for one in nodes if one["pattern"] == "queue" and "FifoQueue" not in one["settings"]]
    nodes.append(placed("clock", "scheduler", {"Schedules": [schedule(draw, name) for name in names]}))
    target = draw.choice(_takers(nodes))
    policy = {"MaximumRetryAttempts": draw.choice([0, 2, 185]), "MaximumEventAgeInSeconds": draw.choice([60, 900])}
    settings = link_settings(draw, risky) | {"RetryPolicy": policy} | _group(target, {"MessageGroupId": "clock"})
    dead = [name for name in plain if name != target["id"]]
    if dead and draw.random() < 0.6:
        settings["DeadLetterConfig"] = {"Arn": dead[0]}
        links.append(way("clock", dead[0], "dead-letter", link_settings(draw, risky)))
    links.append(way("clock", target["id"], "target", settings))


def _add_pipe(draw: Random, nodes: Documents, links: Documents, risky: bool) -> None:
    queues = sorted(
        one["id"] for one in nodes if one["pattern"] == "queue" and one["settings"].get("VisibilityTimeout", 30)
    )
    if not queues:
        return
    source = draw.choice(queues)
    free = [one for one in _takers(nodes) if source not in _reached(one["id"], links)]
    if not free:
        return
    target = draw.choice(free)
    nodes.append(placed("pipe", "pipe", pipe_settings(draw)))
    most = draw.choice([2, 30])
    links.append(
        way(source, "pipe", "mapping", link_settings(draw, risky) | {"BatchSize": 10, "MaximumConcurrency": most})
    )
    settings = link_settings(draw, risky) | {"InputTemplate": draw.choice(TEMPLATES)} | _group(target, GROUP)
    links.append(way("pipe", target["id"], "target", settings))
    functions = [one["id"] for one in free if one["pattern"] == "worker" and one["settings"].get("kind") != "server"]
    functions = [name for name in functions if name != target["id"]]
    if functions and draw.random() < 0.6:
        question = link_settings(draw, risky) | {"InputTemplate": draw.choice(TEMPLATES)}
        links.append(way("pipe", draw.choice(functions), "enrichment", question))


def _takers(nodes: Documents) -> Documents:
    """Whatever takes pushes."""
    return [one for one in nodes if one["pattern"] in ("queue", "worker", "store", "endpoint", "event_bus")]


def _reached(start: str, links: Documents) -> dict[str, None]:
    """Where one comes to from there, itself included."""
    found, waiting = {start: None}, [start]
    while waiting:
        here = waiting.pop()
        further = [link["to"] for link in links if link["from"] == here and link["to"] not in found]
        found |= dict.fromkeys(further)
        waiting += further
    return found


def _group(target: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """What a FIFO queue needs besides."""
    return {"SqsParameters": parameters} if target["settings"].get("FifoQueue") else {}


def scheduler_deed(draw: Random) -> tuple[str, dict[str, Any]]:
    name = f"schedule-{draw.randint(0, 4)}"
    verb = draw.choice(["CreateSchedule", "UpdateSchedule", "UpdateSchedule", "DeleteSchedule", "GetSchedule"])
    return verb, schedule(draw, name) if verb in ("CreateSchedule", "UpdateSchedule") else {"Name": name}


DEEDS: dict[str, Callable[[Random], tuple[str, dict[str, Any]]]] = {
    "scheduler": scheduler_deed,
    "pipe": lambda draw: (draw.choice(["StartPipe", "StartPipe", "StopPipe", "DescribePipe"]), {}),
}

CHANGES: dict[str, Callable[[Random], dict[str, Any]]] = {
    "scheduler": lambda draw: {"invocations_per_second": draw.choice([0.1, 5, 1000])},
    "pipe": pipe_settings,
}
