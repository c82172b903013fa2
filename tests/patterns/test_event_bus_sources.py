"""Who puts events on a bus besides applications: buckets, servers, functions and schedules, each by its own line."""

from dataclasses import replace
from typing import Any

from tests.patterns.vocabulary import (
    Part,
    bus,
    conserved,
    do,
    producer,
    queue,
    scenario,
    scheduler,
    seconds,
    store,
    target,
    worker,
)


def leading(part: Part, kind: str) -> Part:
    """A station that also has a link of this kind to the bus."""
    link = {"from": part.node["id"], "to": "bus", "id": f"{kind}-to-bus", "kind": kind, "settings": {"latency": 0.01}}
    return replace(part, links=[*part.links, link])


def heard(run: Any) -> list[tuple[str, str]]:
    """Source and detail-type of what the one rule has brought, in order."""
    node = next(node for node in run.nodes if node.id == "heard")
    return [(one.message.body["source"], one.message.body["detail-type"]) for one in node.entries.values()]


def everything(*parts: Part) -> Any:
    rule = {"account": ["123456789012"]}
    return scenario(*parts, bus("bus", rules={"all": rule}, targets=[target("all", "heard")]), queue("heard"))


def test_a_bucket_tells_of_each_object() -> None:
    """Source: Amazon S3 User Guide, "Using EventBridge"."""
    run = everything(
        producer("camera", to="photos", limit=2, body={"key": {"uuid": {}}}),
        leading(store("photos", kind="s3"), "events"),
    )
    run.advance(seconds(60))
    assert heard(run) == [("aws.s3", "Object Created")] * 2 and conserved(run)


def test_a_server_tells_when_it_stops_and_runs_again() -> None:
    """Source: Amazon EC2 User Guide, "Instance state change events"."""
    run = everything(leading(worker("web", kind="server", service=seconds(1)), "state-changes"))
    run.advance(seconds(5))
    do(run, "web", "crash", seconds=5)
    run.advance(seconds(60))
    assert heard(run) == [("aws.ec2", "EC2 Instance State-change Notification")] * 3 and conserved(run)


def test_what_a_function_could_not_do_comes_back_as_an_event() -> None:
    """Source: AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations"."""
    function = worker("f", service=seconds(1), failure_probability=1, MaximumRetryAttempts=0)
    run = scenario(
        leading(function, "on-failure"),
        bus(
            "bus",
            rules={"paid": {"detail-type": ["paid"]}, "failed": {"source": ["lambda"]}},
            targets=[target("paid", "f"), target("failed", "heard")],
        ),
        queue("heard"),
    )
    do(run, "bus", "PutEvents", Entries=[{"Source": "shop", "DetailType": "paid", "Detail": {"price": 3}}])
    run.advance(seconds(600))
    (letter,) = [entry.message.body for entry in run.nodes[2].entries.values()]
    assert letter["detail-type"] == "Lambda Function Invocation Result - Failure"
    assert letter["detail"]["requestPayload"]["detail"] == {"price": 3} and conserved(run)


def test_a_schedule_puts_an_entry() -> None:
    """Source: EventBridge Scheduler User Guide, "Templated targets" (PutEvents)."""
    entry = {"Source": "clock", "DetailType": "tick", "Detail": {}}
    schedule = {"Name": "tick", "ScheduleExpression": "rate(1 minute)", "Input": entry}
    run = everything(scheduler("clock", schedule, to="bus"))
    run.advance(seconds(150))
    assert set(heard(run)) == {("clock", "tick")} and conserved(run)
