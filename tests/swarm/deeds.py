"""What is done to a swarm while it runs: mostly possible, sometimes not."""

from collections.abc import Sequence
from random import Random
from typing import Any

from patterns.state_machine.node import StateMachine
from simulator.engine.run import Run
from tests.swarm import clocks, outside
from tests.swarm.machines import CHANGES as MACHINE_CHANGES
from tests.swarm.machines import DEEDS as MACHINE_DEEDS
from tests.swarm.parts import a_time
from tests.swarm.settings import producer_settings, queue_settings, store_settings, worker_settings
from tests.swarm.topics import a_filter, topic_deed, topic_settings

# A thing to do: to what, which verb, with which arguments.
Deed = tuple[str, str, dict[str, Any]]

DEEDS = outside.DEEDS | clocks.DEEDS | MACHINE_DEEDS
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


def deed(draw: Random, run: Run, handles: Sequence[tuple[str, str]]) -> Deed:
    """Something to do to the run; `handles` are receipt handles that people have got, each with its queue."""
    if draw.random() < 0.03:
        return draw.choice(["nobody", "queue-0"]), draw.choice(["DoMagic", "stop nothing"]), {"x": 1}
    if draw.random() < 0.25:
        return _fault(draw, run)
    if handles and draw.random() < 0.05:
        queue, handle = handles[-1]
        return queue, "ChangeMessageVisibility", {"ReceiptHandle": handle, "VisibilityTimeout": 0}
    queues = [node for node in run.nodes if run.scenario.nodes[node.index].pattern.name == "queue"]
    machines = [node for node in run.nodes if isinstance(node, StateMachine)] * 4
    node = draw.choice([*run.nodes, *queues, *queues, *machines])
    pattern = run.scenario.nodes[node.index].pattern.name
    if pattern == "queue" and draw.random() < 0.8:
        return _queue_deed(draw, run, handles, node.id)
    if pattern == "producer" and draw.random() < 0.6:
        verb = draw.choice(["SendOne", "Burst", "Pause", "Resume"])
        arguments = {"SendOne": {"type": draw.choice(["", "by hand"])}, "Burst": {"count": draw.randint(1, 25)}}
        return node.id, verb, arguments.get(verb, {})
    if pattern in DEEDS and draw.random() < (0.8 if pattern in ("event_bus", "state_machine") else 0.3):
        return (node.id, *DEEDS[pattern](draw))
    if pattern == "topic" and draw.random() < 0.8:
        return (node.id, *topic_deed(draw, node))
    if draw.random() < 0.3 and run.links:
        link = draw.choice(run.links)
        if hasattr(link.settings, "FilterPolicy") and draw.random() < 0.6:
            return link.id, "change", a_filter(draw)
        return link.id, "change", {"latency": a_time(draw, 2), "loss": draw.choice([0, 0, 0.1, 1.5])}
    fifo = pattern == "queue" and node.settings.FifoQueue and draw.random() < 0.9
    changes = {
        "queue": lambda draw: queue_settings(draw, fifo),
        "worker": worker_settings,
        "store": store_settings,
        "producer": producer_settings,
        "endpoint": lambda draw: outside.endpoint_settings(draw, node.settings.kind),
        "event_bus": lambda draw: {"invocations_per_second": draw.choice([None, 5])},
        **clocks.CHANGES,
        **MACHINE_CHANGES,
        "topic": lambda draw: topic_settings(draw, node.settings.FifoTopic),
    }
    settings = changes[pattern](draw)
    settings.pop("FifoQueue", None)
    names = draw.sample(sorted(settings), draw.randint(1, min(2, len(settings))))
    return node.id, "change", {name: settings[name] for name in names}


def _fault(draw: Random, run: Run) -> Deed:
    """Begin a fault for a span or for good, or end one."""
    if run.faults and draw.random() < 0.4:
        where, name = draw.choice(list(run.faults))
        return where, f"stop {name}", {}
    endpoints = [node for node in run.nodes if node.id.startswith("endpoint")]
    target = draw.choice(draw.choice([run.nodes, run.links, endpoints or run.links]))
    offered = run.offered_faults(target)
    if not offered:
        return target.id, "slow", {}
    seconds = draw.choice([0, 0.5, 5, 30])
    name = draw.choice(offered).name
    how = {"answer": draw.choice(["503", "silence", "silence"])} if name == "down" else {}
    if name in ("fail", "silence", "throttle") and isinstance(target, StateMachine):
        how = {"probability": draw.choice([0.3, 1])}
    return target.id, name, how | ({"seconds": seconds} if seconds else {})


def _queue_deed(draw: Random, run: Run, handles: Sequence[tuple[str, str]], queue: str) -> Deed:
    verb = draw.choice(QUEUE_DEEDS)
    full = [node.id for node in run.nodes if node.id.endswith("-dead") and node.view()["waiting"]]
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
        given = [handle for where, handle in handles[-draw.randint(1, 11) :] if where == queue]
        more = {"VisibilityTimeout": draw.choice([0, 2, 600])} if verb.startswith("Change") else {}
        return queue, verb, {"Entries": [{"Id": str(n), "ReceiptHandle": one} | more for n, one in enumerate(given)]}
    if verb == "ReceiveMessage":
        arguments: dict[str, Any] = {"MaxNumberOfMessages": draw.choice([1, 2, 10, 10, 11])}
        arguments |= draw.choice([{}, {"WaitTimeSeconds": 0}, {"WaitTimeSeconds": 7}])
        arguments |= draw.choice([{}, {"VisibilityTimeout": 0}, {"VisibilityTimeout": 8}, {"VisibilityTimeout": 90}])
        fifo = next(node.settings.FifoQueue for node in run.nodes if node.id == queue)
        if draw.random() < (0.8 if fifo else 0.05):
            arguments |= {"ReceiveRequestAttemptId": "x", "WaitTimeSeconds": 0, "VisibilityTimeout": 90}
        return queue, verb, arguments
    if verb in ("DeleteMessage", "ChangeMessageVisibility"):
        if handles and draw.random() < 0.9:
            queue, handle = draw.choice(handles[-2:])
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
