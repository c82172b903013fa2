"""State machines in a swarm: a random definition whose tasks are done by whatever is there, and what is done to it."""

from random import Random
from typing import Any

from patterns.state_machine.chart import inside
from patterns.state_machine.definition import problems
from patterns.state_machine.tasks.targets import tasks
from tests.swarm.definitions import INPUT, Author
from tests.swarm.parts import link_settings, placed, way

Documents = list[dict[str, Any]]

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:work"
KEY = {"id": {"S": "a"}}
CALLS: list[dict[str, Any]] = [
    {"Resource": FUNCTION},
    {"Resource": FUNCTION, "TimeoutSeconds": 5},
    {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}},
    {"Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "q", "MessageBody.$": "$"}},
    {
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody": {"type": "order", "TaskToken.$": "$$.Task.Token"}},
        "TimeoutSeconds": 60,
    },
    {
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "f", "Payload": {"TaskToken.$": "$$.Task.Token"}},
        "HeartbeatSeconds": 20,
    },
    {"Resource": "arn:aws:states:::dynamodb:putItem", "Parameters": {"TableName": "t", "Item": KEY}},
    {"Resource": "arn:aws:states:::dynamodb:getItem", "Parameters": {"TableName": "t", "Key": KEY}},
    {
        "Resource": "arn:aws:states:::events:putEvents",
        "Parameters": {"Entries": [{"Source": "m", "DetailType": "a", "Detail": {}}, {"Source": "m"}]},
    },
]
TAKERS = ("queue", "worker", "worker", "store", "endpoint", "event_bus", "topic")


def add_machine(draw: Random, nodes: Documents, links: Documents, risky: bool) -> None:
    """Add a state machine that a producer starts and that has its tasks done by others, or add none."""
    if draw.random() < 0.6:
        return
    kind = draw.choice(["STANDARD", "STANDARD", "EXPRESS"])
    settings = {"type": kind, "transition": draw.choice([0.02, 0.5, 2]), **machine_settings(draw)}
    definition = a_definition(draw, kind)
    nodes.append(placed("machine", "state_machine", settings | {"definition": definition}))
    producers = [one["id"] for one in nodes if one["pattern"] == "producer"]
    links.append(way(draw.choice(producers), "machine", "send", link_settings(draw, risky)))
    workers = [one["id"] for one in nodes if one["pattern"] == "worker"] if kind == "STANDARD" else []
    packers = draw.sample(workers, min(1, len(workers)))
    for name in packers:
        settings = link_settings(draw, risky) | {"activity": "pack", "heartbeat": draw.choice([None, "3s"])}
        links.append(way("machine", name, "activity", settings) | {"id": f"{name}-activity"})
    for name in workers:
        links.append(way(name, "machine", "callback", link_settings(draw, risky)) | {"id": f"{name}-callback"})
    takers = [one["id"] for one in nodes if one["pattern"] in TAKERS]
    work: dict[str, list[str]] = {}
    for name, _, state in tasks(definition):
        if not packers or ":activity:" not in state["Resource"]:
            work.setdefault(draw.choice(takers), []).append(name)
    for taker, states in work.items():
        links.append(way("machine", taker, "task", link_settings(draw, risky) | {"states": states}))


def a_definition(draw: Random, kind: str) -> dict[str, Any]:
    """A definition that Step Functions would take, whose tasks call all sorts of services; it begins with an input that
    its states can use.
    """
    while True:
        definition = Author(draw.randrange(2**32)).machine()
        _prune(definition)
        states, start = definition["States"], definition["StartAt"]
        definition |= {
            "StartAt": "Begin",
            "States": {"Begin": {"Type": "Pass", "Result": INPUT, "Next": start}, **states},
        }
        if len(list(tasks(definition))) < 2:
            continue
        lasts = [state for state in states.values() if state.get("End")]
        if lasts and draw.random() < 0.4:
            lasts[0].pop("End")
            lasts[0]["Next"] = "Sorry"
            definition["States"]["Sorry"] = {"Type": "Fail", "Error": "Sorry"}
        for _, _, state in tasks(definition):
            called = draw.choice(CALLS)
            state.pop("TimeoutSeconds", None)
            state |= called
            if draw.random() < 0.7:
                state["Retry"] = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "JitterStrategy": "FULL"}]
            if draw.random() < 0.25:
                state |= {"Resource": "arn:aws:states:us-east-1:123456789012:activity:pack", "TimeoutSeconds": 30}
        if not problems(definition, kind):
            return definition


def _prune(machine: dict[str, Any]) -> None:
    """Take out what nothing leads to, here and in every machine inside."""
    states, todo = machine["States"], [machine["StartAt"]]
    reached: dict[str, None] = {}
    while todo:
        name = todo.pop()
        if name not in reached:
            reached[name] = None
            state = states[name]
            ways = [state, *state.get("Choices", ()), *state.get("Catch", ())]
            todo += [way[field] for way in ways for field in ("Next", "Default") if field in way]
    machine["States"] = {name: state for name, state in states.items() if name in reached}
    for state in machine["States"].values():
        for inner in inside(state):
            _prune(inner)


def machine_settings(draw: Random) -> dict[str, Any]:
    return {
        "starts_per_second": draw.choice([None, None, 0.2]),
        "start_burst": draw.choice([None, None, 2]),
        "open_executions": draw.choice([1_000_000, 1_000_000, 3]),
    }


def machine_deed(draw: Random) -> tuple[str, dict[str, Any]]:
    verb = draw.choice(
        ["StartExecution"] * 3
        + ["StopExecution", "RedriveExecution", "RedriveExecution", "DescribeExecution", "GetExecutionHistory"]
        + ["ListExecutions", "SendTaskSuccess", "SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"]
        + ["UpdateStateMachine", "ValidateStateMachineDefinition", "StartSyncExecution"]
    )
    if verb.startswith("Start"):
        name = draw.choice(["", "", "one", "a b"])
        return verb, {"input": draw.choice([INPUT, INPUT, "{}", "{", [1]]), "name": name}
    if verb in ("UpdateStateMachine", "ValidateStateMachineDefinition"):
        hello = {"StartAt": "S1", "States": {"S1": {"Type": "Wait", "Seconds": 3, "End": True}}}
        return verb, {"definition": draw.choice([hello, "{", a_definition(draw, "STANDARD")])}
    if verb.startswith("SendTask"):
        return verb, draw.choice([{}, {}, {"taskToken": "x"}])
    if verb == "ListExecutions":
        return verb, {"statusFilter": draw.choice(["", "RUNNING", "FAILED"])}
    return verb, draw.choice([{}, {}, {"executionArn": "one"}])


DEEDS = {"state_machine": machine_deed}

CHANGES = {"state_machine": machine_settings}
