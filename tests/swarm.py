"""Swarms: a random scenario and random things done to it, all from one seed.

A seed chooses which patterns, links and faults there are at all before it chooses their values: swarms that each lack
something find more than one that has everything. Source: Groce et al., "Swarm testing" (2012).
A failing seed is played again by `pytest tests/test_swarm.py --swarm-seed N`.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused
from simulator.engine.operations import Call
from simulator.engine.run import Run

BODIES: list[Any] = [
    {"number": {"sequence": {}}},
    {"type": {"one_of": ["order", "refund", "question"]}, "address": {"email": {}}},
    {"group": {"one_of": ["a", "b", "c"]}, "once": {"integer": {"low": 1, "high": 40}}},
    {"group": {"one_of": ["a", "b"]}, "type": {"one_of": ["good", "bad"]}},
    {"type": {"one_of": {"good": 9, "bad": 1}}, "price": {"integer": {"low": 1, "high": 99}}},
]
POISON = ["", "", 'type = "bad"', "body.price > 90", "attempt > 2", "body.none.such = 1"]
TRANSFORMS = ["", "", "body", '{"was": type, "attempt": attempt}', "body.price"]
QUEUE_DEEDS = [
    "SendMessage",
    "SendMessage",
    "ReceiveMessage",
    "ReceiveMessage",
    "ReceiveMessage",
    "DeleteMessage",
    "DeleteMessage",
    "ChangeMessageVisibility",
    "ChangeMessageVisibility",
    "ChangeMessageVisibility",
    "ChangeMessageVisibility",
    "SendMessageBatch",
    "DeleteMessageBatch",
    "ChangeMessageVisibilityBatch",
    "StartMessageMoveTask",
    "StartMessageMoveTask",
    "ListMessageMoveTasks",
    "CancelMessageMoveTask",
    "PurgeQueue",
    "GetQueueAttributes",
    "SetQueueAttributes",
]


@dataclass
class Swarm:
    """One swarm while it is played: its run, what people have learned from answers, and what was refused.

    `steps` are the run's own actions and what was done to it, together.
    """

    seed: int
    run: Run
    random: Random
    handles: list[tuple[str, str]] = field(default_factory=list)
    pending: list[tuple[str, Call]] = field(default_factory=list)
    refused: int = 0
    errors: int = 0
    steps: int = 0

    def play(self, most_seconds: float, most_records: int) -> None:
        """Let some virtual time pass, in odd steps, and then do something at random, or nothing.

        A stretch in which too much happens (a timeout of 0 s on a link that takes no time) is cut short.
        """
        draw, run = self.random, self.run
        until = run.now + round(draw.random() ** 2 * most_seconds * SECOND)
        most = run.trace.count + most_records
        while True:
            done = run.advance(until, limit := draw.randint(1, 500))
            self.steps += done
            if done < limit or run.trace.count >= most:
                break
        self._read_answers()
        for _ in range(draw.choice([0, 1, 1, 1, 2, 5])):
            self._do_something()
            self.steps += 1

    def _do_something(self) -> None:
        target, verb, arguments = _deed(self)
        self._do(target, verb, arguments)
        if "ReceiveRequestAttemptId" in arguments:
            self._do(target, verb, arguments)

    def _do(self, target: str, verb: str, arguments: dict[str, Any]) -> None:
        try:
            call = self.run.intervene(target, verb, arguments)
        except Refused:
            self.refused += 1
            return
        if call is not None and call.error is not None:
            self.errors += 1
        if call is not None and verb == "ReceiveMessage":
            self.pending.append((target, call))
        self._read_answers()

    def _read_answers(self) -> None:
        """Note the receipt handles that people have got; a long poll is answered later."""
        for queue, call in self.pending:
            if call.result is not None:
                messages = call.result["Messages"]
                assert len(messages) <= call.arguments.MaxNumberOfMessages, (
                    f"{queue} handed out more than was asked for"
                )
                names = [message["ReceiptHandle"] for message in messages]
                assert len(names) == len(dict.fromkeys(names)), f"{queue} handed one message out twice in one answer"
                self.handles += [(queue, name) for name in names]
        self.pending = [(queue, call) for queue, call in self.pending if not call.done]


def swarm(seed: int) -> Swarm:
    """The swarm of a seed, before anything has happened."""
    random = Random(f"swarm {seed}")
    run = Run(documents.read(document(random, seed), catalog.patterns()))
    return Swarm(seed, run, random)


def document(draw: Random, seed: int) -> dict[str, Any]:
    """A random scenario that is legal: sources, queues with and without dead-letter queues, workers, stores."""
    nodes: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    queues = [f"queue-{number}" for number in range(draw.randint(1, 3))]
    workers = [f"worker-{number}" for number in range(draw.randint(0, 3))]
    stores = [f"store-{number}" for number in range(draw.randint(0, 2))]
    risky = draw.random() < 0.5
    for name in queues:
        fifo = draw.random() < 0.4
        nodes.append(_node(name, "queue", _queue(draw, fifo)))
        if draw.random() < 0.5:
            nodes.append(_node(f"{name}-dead", "queue", _queue(draw, fifo)))
            settings = _link(draw, risky) | {"maxReceiveCount": draw.randint(1, 4)}
            links.append(_way(name, f"{name}-dead", "dead-letter", settings))
    for place, name in enumerate(workers):
        settings = _worker(draw)
        for queue in draw.sample(queues, draw.randint(0, len(queues))):
            source = next(node["settings"] for node in nodes if node["id"] == queue)
            if draw.random() < 0.4 and source["VisibilityTimeout"] and settings.get("kind") is None:
                if "timeout" in settings:
                    settings["timeout"] = min(settings["timeout"], source["VisibilityTimeout"])
                links.append(_way(queue, name, "mapping", _mapping(draw, risky, "FifoQueue" in source)))
            else:
                links.append(_way(queue, name, "poll", _poll(draw, risky)))
        nodes.append(_node(name, "worker", settings))
        for target in _some(draw, [*stores, *workers[place + 1 :]]):
            links.append(_way(name, target, "send", _link(draw, risky)))
    nodes += [_node(name, "store", _store(draw)) for name in stores]
    for name in [f"producer-{number}" for number in range(draw.randint(1, 2))]:
        nodes.append(_node(name, "producer", _producer(draw)))
        for target in _some(draw, [*queues, *queues, *workers, *stores]) or queues[:1]:
            links.append(_way(name, target, "send", _link(draw, risky)))
    draw.shuffle(nodes)
    unique = list({f"{link['from']}-{link['to']}": link for link in links}.values())
    return {"format": 1, "title": f"swarm {seed}", "seed": seed, "length": "31d", "nodes": nodes, "links": unique}


def _node(name: str, pattern: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "pattern": pattern, "settings": settings}


def _way(source: str, target: str, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"from": source, "to": target, "kind": kind, "settings": settings}


def _some(draw: Random, names: list[str]) -> list[str]:
    return draw.sample(names, draw.randint(0, min(2, len(names))))


def _time(draw: Random, most: float) -> Any:
    """A distribution of times up to about `most` seconds, sometimes no time at all."""
    span = draw.choice([0.0, 0.001, 0.05, 0.3, 1.0]) * most
    shape = draw.choice(["constant", "exponential", "lognormal", "uniform"])
    if not span or shape == "constant":
        return span
    if shape == "exponential":
        return {"exponential": {"mean": span}}
    if shape == "uniform":
        return {"uniform": {"low": 0, "high": span}}
    return {"lognormal": {"median": span / 3, "p99": span}}


def _link(draw: Random, risky: bool) -> dict[str, Any]:
    chances = [0, 0, 0.02, 0.3, 1] if risky else [0]
    return {"latency": _time(draw, 2), "loss": draw.choice(chances[:4]), "duplication": draw.choice(chances)}


def _poll(draw: Random, risky: bool) -> dict[str, Any]:
    settings = _link(draw, risky)
    settings["BatchSize"] = draw.choice([1, 1, 2, 10])
    settings["WaitTimeSeconds"] = draw.choice([0, 1, 20])
    if draw.random() < 0.3:
        settings["VisibilityTimeout"] = draw.choice([0, 1, 5, 40])
    if draw.random() < 0.3:
        settings["heartbeat"] = draw.choice([1, 4, 20])
    if draw.random() < 0.2:
        settings["delete"] = "before work"
    return settings


def _mapping(draw: Random, risky: bool, fifo: bool) -> dict[str, Any]:
    settings = _link(draw, risky)
    settings["BatchSize"] = draw.choice([1, 3, 10])
    if not fifo and draw.random() < 0.4:
        settings |= {"BatchSize": draw.choice([2, 30, 1000]), "MaximumBatchingWindowInSeconds": draw.choice([1, 7, 60])}
    if draw.random() < 0.5:
        settings["MaximumConcurrency"] = draw.choice([2, 5, 30])
    settings["ReportBatchItemFailures"] = draw.random() < 0.5
    return settings


def _queue(draw: Random, fifo: bool = False) -> dict[str, Any]:
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


def _worker(draw: Random) -> dict[str, Any]:
    settings = {
        "concurrency": draw.choice([1, 1, 2, 3, 20]),
        "service": _time(draw, 10),
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
        settings["cold_start"] = _time(draw, 3)
        settings["idle_timeout"] = draw.choice([None, "0s", "5s"])
    return settings


def _store(draw: Random) -> dict[str, Any]:
    settings: dict[str, Any] = {"kind": draw.choice(["database", "dynamodb", "s3", "redshift", "emr"])}
    if draw.random() < 0.5:
        settings |= {"concurrency": draw.randint(1, 3), "waiting": draw.randint(0, 3), "service": _time(draw, 3)}
    if draw.random() < 0.3:
        settings |= {"writes_per_second": draw.choice([0.2, 1, 10]), "burst": draw.choice([1, 5])}
    return settings


def _producer(draw: Random) -> dict[str, Any]:
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


def _deed(swarm: Swarm) -> tuple[str, str, dict[str, Any]]:
    """Something to do to the run: mostly possible, sometimes not."""
    draw, run = swarm.random, swarm.run
    if draw.random() < 0.03:
        return draw.choice(["nobody", "queue-0"]), draw.choice(["DoMagic", "stop nothing"]), {"x": 1}
    if draw.random() < 0.25:
        return _fault(draw, run)
    node = draw.choice(run.nodes)
    pattern = run.scenario.nodes[node.index].pattern.name
    if pattern == "queue" and draw.random() < 0.8:
        return _queue_deed(swarm, node.id)
    if pattern == "producer" and draw.random() < 0.6:
        verb = draw.choice(["SendOne", "Burst", "Pause", "Resume"])
        arguments = {"SendOne": {"type": draw.choice(["", "by hand"])}, "Burst": {"count": draw.randint(1, 25)}}
        return node.id, verb, arguments.get(verb, {})
    if draw.random() < 0.3 and run.links:
        link = draw.choice(run.links)
        return link.id, "change", {"latency": _time(draw, 2), "loss": draw.choice([0, 0, 0.1, 1.5])}
    fifo = pattern == "queue" and node.settings.FifoQueue and draw.random() < 0.9
    changes = {"queue": lambda draw: _queue(draw, fifo), "worker": _worker, "store": _store, "producer": _producer}
    settings = changes[pattern](draw)
    settings.pop("FifoQueue", None)
    names = draw.sample(sorted(settings), draw.randint(1, min(2, len(settings))))
    return node.id, "change", {name: settings[name] for name in names}


def _fault(draw: Random, run: Run) -> tuple[str, str, dict[str, Any]]:
    """Begin a fault for a span or for good, or end one."""
    if run.faults and draw.random() < 0.4:
        where, name = draw.choice(list(run.faults))
        return where, f"stop {name}", {}
    target = draw.choice([*run.nodes, *run.links])
    offered = run.offered_faults(target)
    if not offered:
        return target.id, "slow", {}
    seconds = draw.choice([0, 0.5, 5, 30])
    return target.id, draw.choice(offered).name, {"seconds": seconds} if seconds else {}


def _queue_deed(swarm: Swarm, queue: str) -> tuple[str, str, dict[str, Any]]:
    draw = swarm.random
    verb = draw.choice(QUEUE_DEEDS)
    full = [node.id for node in swarm.run.nodes if node.id.endswith("-dead") and node.view()["waiting"]]
    if full and draw.random() < 0.3:
        verb = "StartMessageMoveTask"
    if verb == "PurgeQueue":
        return queue, "PurgeQueue" if draw.random() < 0.3 else "GetQueueAttributes", {}
    if verb == "SendMessage":
        body = draw.choice(
            ["hello", "[" * 600 + "]" * 600, '{"type": "bad", "price": 95}', "", {"type": "refund"}, ["a", "list"]]
        )
        return queue, verb, {"MessageBody": body} | _sent(draw)
    if verb == "SendMessageBatch":
        entries = [{"Id": str(n % 11), "MessageBody": f"{n % 4}"} | _sent(draw) for n in range(draw.randint(0, 12))]
        return queue, verb, {"Entries": entries}
    if verb == "StartMessageMoveTask":
        most = draw.choice([None, 1, 5, 500, 501])
        where = draw.choice(full) if full and draw.random() < 0.9 else queue
        return where, verb, {"MaxNumberOfMessagesPerSecond": most} | draw.choice([{}, {}, {"DestinationArn": queue}])
    if verb == "CancelMessageMoveTask":
        return queue, verb, {"TaskHandle": f"{queue}-move-{draw.randint(1, 3)}"}
    if verb in ("DeleteMessageBatch", "ChangeMessageVisibilityBatch"):
        given = [handle for where, handle in swarm.handles[-draw.randint(1, 11) :] if where == queue]
        more = {"VisibilityTimeout": draw.choice([0, 2, 600])} if verb.startswith("Change") else {}
        return queue, verb, {"Entries": [{"Id": str(n), "ReceiptHandle": one} | more for n, one in enumerate(given)]}
    if verb == "ReceiveMessage":
        arguments: dict[str, Any] = {"MaxNumberOfMessages": draw.choice([1, 2, 10, 10, 11])}
        arguments |= draw.choice([{}, {"WaitTimeSeconds": 0}, {"WaitTimeSeconds": 7}])
        arguments |= draw.choice([{}, {"VisibilityTimeout": 0}, {"VisibilityTimeout": 8}, {"VisibilityTimeout": 90}])
        fifo = next(node.settings.FifoQueue for node in swarm.run.nodes if node.id == queue)
        if draw.random() < (0.8 if fifo else 0.05):
            arguments |= {"ReceiveRequestAttemptId": "x", "WaitTimeSeconds": 0, "VisibilityTimeout": 90}
        return queue, verb, arguments
    if verb in ("DeleteMessage", "ChangeMessageVisibility"):
        if swarm.handles and draw.random() < 0.9:
            queue, handle = draw.choice(swarm.handles[-2:])
        else:
            handle = draw.choice(["", "1-1-256", "nonsense", "99-1-1"])
        given: dict[str, Any] = {"ReceiptHandle": handle}
        return (
            queue,
            verb,
            given if verb == "DeleteMessage" else given | {"VisibilityTimeout": draw.choice([0, 0, 0, 0, 2, 600])},
        )
    if verb == "SetQueueAttributes":
        name, values = draw.choice(
            [
                ("VisibilityTimeout", [0, 2, 43_201]),
                ("DelaySeconds", [0, 5]),
                ("MessageRetentionPeriod", [60, 3600, 59]),
            ]
        )
        return queue, verb, {"Attributes": {name: str(draw.choice(values))}}
    return queue, verb, {}


def _sent(draw: Random) -> dict[str, Any]:
    """What else is said of a message sent by hand: delay, group, deduplication id; sometimes what is not allowed."""
    delay = draw.choice([{}, {}, {}, {"DelaySeconds": 3}, {"DelaySeconds": 901}])
    group = draw.choice([{}, {"MessageGroupId": draw.choice(["a", "b", "c"])}, {"MessageGroupId": "not one"}])
    once = draw.choice([{}, {}, {"MessageDeduplicationId": str(draw.randint(1, 9))}])
    return delay | group | once
