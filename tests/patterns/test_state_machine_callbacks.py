"""Waiting for somebody: task tokens, activities, heartbeats, and who calls back how often."""

from typing import Any

import pytest

from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    Part,
    conserved,
    do,
    queue,
    records,
    scenario,
    seconds,
    state_machine,
    story,
    task,
    times,
    worker,
)

ASK = {"QueueUrl": "https://sqs/1/approvals", "MessageBody": {"order.$": "$.id", "TaskToken.$": "$$.Task.Token"}}


def approval(**fields: Any) -> dict[str, Any]:
    return {"Ask": task("sqs:sendMessage.waitForTaskToken", Parameters=ASK, **fields)}


def orders(**fields: Any) -> Part:
    return state_machine("orders", approval(**fields), tasks="approvals")


def history(run: Run) -> list[str]:
    told = do(run, "orders", "GetExecutionHistory", maxResults=1000).result["events"]
    return [event["type"] for event in told]


def execution(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = do(run, "orders", "DescribeExecution").result
    return found


def token(run: Run) -> str:
    found: str = do(run, "approvals", "ReceiveMessage").result["Messages"][0]["Body"].partition('TaskToken":"')[2]
    return found.partition('"')[0]


def test_a_callback_state_waits_without_an_event_until_somebody_calls():
    """Invariant 12: it stays RUNNING with no events until the token comes; a second SendTaskSuccess fails."""
    run = scenario(orders(), queue("approvals"))
    do(run, "orders", "StartExecution", input={"id": 7})
    run.advance(seconds(3600))
    given = token(run)

    assert history(run)[-1] == "TaskSubmitted"
    assert execution(run)["status"] == "RUNNING"

    first = do(run, "orders", "SendTaskSuccess", taskToken=given, output={"approved": True})
    second = do(run, "orders", "SendTaskSuccess", taskToken=given, output={"approved": True})
    unknown = do(run, "orders", "SendTaskFailure", taskToken="x")

    assert first.error is None
    assert [call.error.code for call in (second, unknown) if call.error] == ["TaskTimedOut", "InvalidToken"]
    assert (execution(run)["status"], execution(run)["output"]) == ("SUCCEEDED", '{"approved":true}')
    assert history(run) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]


def test_a_failure_that_is_called_back_has_the_name_that_it_was_given():
    run = scenario(
        state_machine(
            "orders",
            {
                **approval(Catch=[{"ErrorEquals": ["TooDear"], "Next": "No"}]),
                "No": {"Type": "Pass", "Result": "sorry", "End": True},
            },
            tasks="approvals",
        ),
        queue("approvals"),
    )
    do(run, "orders", "StartExecution", input={"id": 7})
    run.advance(seconds(1))

    do(run, "orders", "SendTaskFailure", error="TooDear", cause="we are poor")
    run.advance(seconds(2))

    assert execution(run)["output"] == '"sorry"'


def test_a_token_that_comes_too_late_is_told_so():
    """Source: API Reference, SendTaskSuccess, TaskTimedOut."""
    run = scenario(orders(TimeoutSeconds=10), queue("approvals"))
    do(run, "orders", "StartExecution", input={"id": 7})
    run.advance(seconds(11))

    late = do(run, "orders", "SendTaskSuccess", taskToken=token(run))

    assert late.error is not None
    assert late.error.code == "TaskTimedOut"
    assert (execution(run)["status"], execution(run)["error"]) == ("FAILED", "States.Timeout")
    assert conserved(run)


def test_heartbeats_keep_a_task_alive_and_their_absence_ends_it():
    """Invariant 12. Source: API Reference, SendTaskHeartbeat."""
    run = scenario(orders(HeartbeatSeconds=10), queue("approvals"))
    do(run, "orders", "StartExecution", input={"id": 7})
    for second in range(8, 40, 8):
        run.advance(seconds(second))
        assert do(run, "orders", "SendTaskHeartbeat").error is None

    run.advance(seconds(60))

    assert execution(run)["error"] == "States.Timeout"
    assert times(run, "execution_failed") == [seconds(42)]


def test_a_worker_behind_a_queue_calls_back_with_what_it_makes():
    run = scenario(
        orders(),
        queue("approvals"),
        worker(
            "clerk", polls="approvals", calls="orders", service=seconds(30), transform='{"approved": body.order = 7}'
        ),
    )
    do(run, "orders", "StartExecution", input={"id": 7})

    run.advance(seconds(60))

    assert execution(run)["output"] == '{"approved":true}'
    assert story(run, "orders-1")[-3:] == ["processed", "deleted", "called_back"]
    assert conserved(run)


def test_a_worker_calls_a_failure_back_when_the_message_will_not_come_again():
    """It is given the message as often as its queue allows; only then it has failed for good."""
    run = scenario(
        orders(),
        queue("approvals", VisibilityTimeout=10, dead="undecided", limit=3),
        queue("undecided"),
        worker(
            "clerk",
            polls="approvals",
            calls="orders",
            service=seconds(1),
            transform="$error('Undecided: nobody knows')",
        ),
    )
    do(run, "orders", "StartExecution", input={"id": 7})

    run.advance(seconds(120))

    assert len(records(run, "failed")) == 3
    assert (execution(run)["status"], execution(run)["error"]) == ("FAILED", "Undecided")
    assert len(records(run, "called_back")) == 2, "the worker's and the machine's"


def test_a_call_back_that_gets_no_answer_is_made_again():
    run = scenario(orders(), queue("approvals"), worker("clerk", polls="approvals", calls="orders", service=seconds(1)))
    do(run, "clerk-calls-orders", "partition", seconds=8)
    do(run, "orders", "StartExecution", input={"id": 7})

    run.advance(seconds(60))

    assert execution(run)["status"] == "SUCCEEDED"
    assert times(run, "called_back")[0] > seconds(8)


def test_a_worker_asks_for_the_work_of_an_activity_and_tells_the_result():
    """Source: Developer Guide, "Activities"; the long poll takes 60 s. The history has the events of an activity."""
    pack = task("states:::activity:packer")
    pack["Resource"] = "arn:aws:states:us-east-1:123456789012:activity:packer"
    run = scenario(
        state_machine("orders", {"Pack": pack}, activities="packer"),
        worker("packer", service=seconds(20), transform='{"packed": body.id}'),
    )
    run.advance(seconds(100))
    do(run, "orders", "StartExecution", input={"id": 7})
    run.advance(seconds(200))

    assert execution(run)["output"] == '{"packed":7}'
    assert [name for name in history(run) if "Activity" in name] == [
        "ActivityScheduled",
        "ActivityStarted",
        "ActivitySucceeded",
    ]
    assert story(run, "orders-1") == ["handed_out", "started", "processed", "activity_done"]
    assert conserved(run)


@pytest.mark.parametrize("heartbeat", [None, "4s"])
def test_the_heartbeat_of_an_activity_keeps_long_work_alive(heartbeat: str | None):
    pack = task("states:::activity:packer", HeartbeatSeconds=10)
    pack["Resource"] = "arn:aws:states:us-east-1:123456789012:activity:packer"
    run = scenario(
        state_machine("orders", {"Pack": pack}, activities="packer", activity={"heartbeat": heartbeat}),
        worker("packer", service=seconds(25)),
    )
    do(run, "orders", "StartExecution", input={"id": 7})
    run.advance(seconds(60))

    assert execution(run)["status"] == ("SUCCEEDED" if heartbeat else "FAILED")
    assert conserved(run)


def test_an_activity_fails_with_the_name_of_the_workers_error():
    pack = task("states:::activity:packer")
    pack["Resource"] = "arn:aws:states:us-east-1:123456789012:activity:packer"
    run = scenario(
        state_machine("orders", {"Pack": pack}, activities="packer"),
        worker("packer", service=seconds(1), failure_probability=1, errorType="Broken"),
    )
    do(run, "orders", "StartExecution")
    run.advance(seconds(60))

    assert execution(run)["error"] == "Broken"
    assert conserved(run)


def test_what_nobody_takes_waits_at_the_machine_until_its_time_is_up():
    pack = task("states:::activity:packer", TimeoutSeconds=30)
    pack["Resource"] = "arn:aws:states:us-east-1:123456789012:activity:packer"
    run = scenario(state_machine("orders", {"Pack": pack}, activities="packer"), worker("packer"))
    do(run, "packer", "crash")
    do(run, "orders", "StartExecution")
    run.advance(seconds(20))
    assert run.nodes[0].gauges()["activities"] == 1

    run.advance(seconds(60))

    assert story(run, "orders-1") == ["withdrawn"]
    assert execution(run)["error"] == "States.Timeout"
    assert conserved(run)
