"""What starts executions: rules, schedules, pipes, workers, other machines, people; and what is refused."""

from typing import Any

import pytest

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    Part,
    bus,
    conserved,
    custody,
    do,
    document,
    pipe,
    producer,
    queue,
    records,
    scenario,
    scheduler,
    seconds,
    state_machine,
    story,
    target,
    task,
    times,
    topic,
    worker,
)

HELLO: dict[str, Any] = {"Hello": {"Type": "Pass", "End": True}}
PAUSE: dict[str, Any] = {"Pause": {"Type": "Wait", "Seconds": 5, "End": True}}


def machine(states: dict[str, Any] | None = None, **settings: Any) -> Part:
    return state_machine("orders", states or HELLO, **settings)


def outputs(run: Run) -> list[Any]:
    told = do(run, "orders", "ListExecutions", maxResults=100).result["executions"]
    return [
        do(run, "orders", "DescribeExecution", executionArn=one["executionArn"]).result.get("output") for one in told
    ]


def problems(*parts: Part) -> list[str]:
    return [str(problem) for problem in documents.check(document(*parts), catalog.patterns())]


def test_a_rule_starts_an_execution_with_the_event():
    """Source: EventBridge User Guide, "Amazon EventBridge targets": a state machine is started asynchronously."""
    run = scenario(
        producer("shop", to="bus", arrivals={"regular": {"per_second": 1}}, limit=1, body={"total": 3}),
        bus("bus", rules={"all": {"source": ["shop"]}}, targets=[target("all", "orders", InputPath="$.detail")]),
        machine(PAUSE),
    )
    run.advance(seconds(3))

    assert len(records(run, "delivered")) == 1
    assert custody(run, "orders") == 1
    run.advance(seconds(20))
    assert outputs(run) == ['{"total":3}']
    assert conserved(run)


def test_a_schedule_starts_an_execution_with_its_input():
    schedule = {"Name": "each-minute", "ScheduleExpression": "rate(1 minute)", "Input": '{"go": true}'}
    run = scenario(scheduler("clock", schedule, to="orders"), machine())

    run.advance(seconds(150))

    assert outputs(run) == ['{"go":true}'] * len(records(run, "started"))
    assert len(records(run, "started")) >= 2


def test_a_pipe_starts_a_standard_machine_and_goes_on_at_once():
    """Source: EventBridge Pipes API Reference, PipeTargetStateMachineParameters: Standard only FIRE_AND_FORGET."""
    parts = (queue("mails"), machine(PAUSE))
    run = scenario(
        *parts,
        pipe(
            "pipe", source="mails", to="orders", link={"InvocationType": "FIRE_AND_FORGET", "InputTemplate": "<$.body>"}
        ),
    )
    do(run, "mails", "SendMessage", MessageBody='{"a": 1}')

    run.advance(seconds(4))

    assert len(records(run, "deleted")) == 1
    assert custody(run, "orders") == 1
    found = problems(*parts, pipe("pipe", source="mails", to="orders"))
    assert [one.partition(". ")[0] for one in found] == [
        "links.1.settings.InvocationType: is REQUEST_RESPONSE, and a Standard state machine can't be waited for"
    ]


def test_a_pipe_waits_for_an_express_machine_and_its_failure_brings_the_message_again():
    """Source: EventBridge User Guide, "Amazon EventBridge Pipes error handling"."""
    run = scenario(
        queue("mails", VisibilityTimeout=10),
        pipe("pipe", source="mails", to="orders"),
        machine({"No": {"Type": "Fail", "Error": "No", "Cause": "not today"}}, type="EXPRESS"),
    )
    do(run, "mails", "SendMessage", MessageBody="a")

    run.advance(seconds(25))

    assert [record[1] for record in records(run, "handed_back", "withdrawn")][:2] == ["handed_back", "withdrawn"]
    assert len(records(run, "received")) >= 2
    assert conserved(run)


def test_an_express_machine_enriches_what_a_pipe_passes_on():
    """Source: EventBridge User Guide, "Event enrichment in Amazon EventBridge Pipes"."""
    price = {"Price": {"Type": "Pass", "Parameters": {"price": 12, "of.$": "$.body"}, "End": True}}
    run = scenario(
        queue("mails"),
        pipe("pipe", source="mails", asks="orders", to="priced"),
        machine(price, type="EXPRESS"),
        queue("priced"),
    )
    do(run, "mails", "SendMessage", MessageBody="book")

    run.advance(seconds(5))

    assert do(run, "priced", "ReceiveMessage").result["Messages"][0]["Body"] == '{"price":12,"of":"book"}'
    standard = problems(queue("m"), pipe("pipe", source="m", asks="orders", to="q"), machine(), queue("q"))
    assert standard[0].startswith("links.2: asks a station that answers with no value")


def test_a_worker_starts_an_execution_with_what_it_makes():
    run = scenario(
        queue("mails"), worker("mailer", polls="mails", to="orders", transform='{"n": 1}', service=1000), machine()
    )
    do(run, "mails", "SendMessage", MessageBody="a")

    run.advance(seconds(5))

    assert outputs(run) == ['{"n":1}']


def test_a_topic_has_no_state_machines_among_its_subscribers():
    """Source: SNS Developer Guide, "Amazon SNS event destinations"."""
    assert problems(topic("news", to="orders"), machine())


def test_the_same_name_and_input_is_the_same_execution_while_it_runs():
    """Invariant 17: another input, or a name whose execution has ended, is ExecutionAlreadyExists."""
    run = scenario(machine(PAUSE))
    first = do(run, "orders", "StartExecution", name="one", input={"a": 1})
    again = do(run, "orders", "StartExecution", name="one", input={"a": 1})
    other = do(run, "orders", "StartExecution", name="one", input={"a": 2})
    run.advance(seconds(10))
    late = do(run, "orders", "StartExecution", name="one", input={"a": 1})

    assert first.result == again.result
    assert [call.error.code for call in (other, late) if call.error] == ["ExecutionAlreadyExists"] * 2
    assert len(records(run, "begun")) == 1


def test_an_express_machine_starts_a_name_as_often_as_it_is_asked():
    """Section 1: no idempotency."""
    run = scenario(machine(PAUSE, type="EXPRESS"))
    for _ in range(2):
        assert do(run, "orders", "StartExecution", name="one", input={"a": 1}).error is None

    assert len(records(run, "begun")) == 2


@pytest.mark.parametrize("size", [262_144, 262_145])
def test_an_input_of_more_than_256_kib_is_refused(size: int):
    """Invariant 18: InvalidExecutionInput."""
    run = scenario(machine())

    call = do(run, "orders", "StartExecution", input=f'"{"x" * (size - 2)}"')

    assert (call.error.code if call.error else "") == ("" if size == 262_144 else "InvalidExecutionInput")
    assert len(records(run, "begun")) == (size == 262_144)


def test_a_message_that_is_too_large_goes_back_to_its_sender():
    """Invariant 18, for what is pushed."""
    run = scenario(
        producer(
            "shop",
            to="orders",
            arrivals={"regular": {"per_second": 1}},
            limit=1,
            body={"text": "x" * 300_000},
            retries=1,
        ),
        machine(),
    )
    run.advance(seconds(60))

    assert story(run, "m-1")[0] == "refused_start"
    assert records(run, "started") == []
    assert conserved(run)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"input": "{"}, "InvalidExecutionInput"),
        ({"input": '"\\ud800"'}, "InvalidExecutionInput"),
        ({"input": "[" * 400 + "]" * 400}, "InvalidExecutionInput"),
        ({"name": "a b"}, "InvalidName"),
        ({"name": "a*"}, "InvalidName"),
    ],
)
def test_a_wrong_start_is_refused_with_the_services_code(arguments: dict[str, Any], code: str):
    """Source: API Reference, StartExecution, Errors."""
    run = scenario(machine())

    call = do(run, "orders", "StartExecution", **arguments)

    assert call.error is not None
    assert call.error.code == code


def test_starts_beyond_the_bucket_are_throttled():
    """Section 1: a bucket that is refilled at a rate; Developer Guide, "Service quotas"."""
    run = scenario(machine(start_burst=3, starts_per_second=2))
    calls = [do(run, "orders", "StartExecution") for _ in range(4)]
    run.advance(seconds(0.5))
    calls.append(do(run, "orders", "StartExecution"))

    codes = [call.error.code if call.error else "" for call in calls]

    assert codes == ["", "", "", "ThrottlingException", ""]


def test_no_more_executions_run_than_the_quota_allows():
    run = scenario(machine(PAUSE, open_executions=2))
    calls = [do(run, "orders", "StartExecution") for _ in range(3)]
    run.advance(seconds(6))
    calls.append(do(run, "orders", "StartExecution"))

    assert [call.error.code if call.error else "" for call in calls] == ["", "", "ExecutionLimitExceeded", ""]


def test_who_starts_synchronously_is_answered_at_the_end():
    """Source: API Reference, StartSyncExecution: Express only, a failed execution is no failed call."""
    run = scenario(machine(PAUSE, type="EXPRESS"))
    call = do(run, "orders", "StartSyncExecution", input={"a": 1})
    assert not call.done

    run.advance(seconds(6))

    assert (call.result["status"], call.result["output"]) == ("SUCCEEDED", {"a": 1})
    standard = do(scenario(machine()), "orders", "StartSyncExecution")
    assert standard.error is not None
    assert standard.error.code == "StateMachineTypeNotSupported"


def test_an_express_execution_is_over_after_five_minutes():
    """Invariant 14: Express > 5 min ends as timed out; Standard has no such cap."""
    long = {"Pause": {"Type": "Wait", "Seconds": 400, "End": True}}
    for kind, kinds in (("EXPRESS", ["execution_timed_out"]), ("STANDARD", ["succeeded", "finished"])):
        run = scenario(machine(long, type=kind))
        do(run, "orders", "StartExecution")
        run.advance(seconds(500))
        assert story(run, "you-1")[1:] == kinds
        assert conserved(run)
    assert times(run, "succeeded") == [seconds(400)]


def test_what_can_only_wait_is_refused_of_an_express_machine():
    """Section 1: .waitForTaskToken, .sync and activities are Standard only."""
    ask = task(
        "sqs:sendMessage.waitForTaskToken",
        Parameters={"QueueUrl": "q", "MessageBody": {"TaskToken.$": "$$.Task.Token"}},
    )

    found = problems(machine({"Ask": ask}, type="EXPRESS", tasks="q"), queue("q"))

    assert [one.partition(":")[0] for one in found] == ["nodes.0.settings.definition.States.Ask.Resource"]


def test_a_stopped_execution_is_aborted_and_writes_no_exit():
    """Section 10: StopExecution in Wait: no WaitStateExited. Source: API Reference, StopExecution."""
    run = scenario(machine(PAUSE))
    do(run, "orders", "StartExecution")
    run.advance(seconds(1))
    call = do(run, "orders", "StopExecution", error="Enough", cause="it takes too long")
    again = do(run, "orders", "StopExecution")
    run.advance(seconds(60))

    told = do(run, "orders", "GetExecutionHistory", reverseOrder=True).result["events"]
    assert call.error is None
    assert again.error is not None
    assert again.error.code == "ExecutionDoesNotExist"
    assert [event["type"] for event in told] == ["ExecutionAborted", "WaitStateEntered", "ExecutionStarted"]
    assert story(run, "you-1")[-1] == "execution_aborted"
    assert conserved(run)


def test_a_redriven_execution_goes_on_where_it_failed():
    """Invariant 16: succeeded states are not entered again; the resumed step has the same input."""
    states = {"First": {"Type": "Pass", "Result": {"a": 1}, "Next": "Charge"}, "Charge": task("card", Next="Last")}
    run = scenario(machine({**states, "Last": {"Type": "Pass", "End": True}}, tasks="card"), worker("card"))
    do(run, "card", "fail", probability=1, seconds=10)
    do(run, "orders", "StartExecution")
    run.advance(seconds(20))
    assert do(run, "orders", "DescribeExecution").result["redriveStatus"] == "REDRIVABLE"

    call = do(run, "orders", "RedriveExecution")
    run.advance(seconds(40))

    told = do(run, "orders", "DescribeExecution").result
    assert call.error is None
    assert (told["status"], told["output"]) == ("SUCCEEDED", '{"a":1}')
    assert [record[4] for record in records(run, "entered")] == ["First", "Charge", "Last"]
    assert run.nodes[0].view()["states"] == [[0, 0, 1, 0, 0, 0], [1, 0, 1, 1, 0, 0], [2, 0, 1, 0, 0, 0]]
    assert (run.nodes[0].view()["succeeded"], run.nodes[0].view()["failed"]) == (1, 0)
    assert conserved(run)
    second = do(run, "orders", "RedriveExecution", executionArn=told["executionArn"])
    assert second.error is not None
    assert second.error.code == "ExecutionNotRedrivable"


def test_an_execution_that_is_stopped_as_soon_as_it_is_redriven_leaves_no_child_behind():
    """Invariant 16, for a distributed Map: its children have not had their turns when everything is stopped again."""
    children = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Pause"}
    run = scenario(machine({"All": {"Type": "Map", "ItemProcessor": children | {"States": PAUSE}, "End": True}}))
    do(run, "orders", "StartExecution", input=[1, 2])
    run.advance(seconds(1))
    for verb in ("StopExecution", "RedriveExecution", "StopExecution"):
        assert do(run, "orders", verb).error is None

    run.advance(seconds(20))

    assert (run.nodes[0].view()["running"], run.nodes[0].view()["aborted"]) == (0, 1)
    assert run.nodes[0].event_count == 0
    assert custody(run, "orders") == 0
    assert conserved(run)


def test_a_machine_that_is_unavailable_starts_nothing_and_what_runs_goes_on():
    run = scenario(machine(PAUSE))
    do(run, "orders", "StartExecution")
    do(run, "orders", "unavailable", seconds=3)

    call = do(run, "orders", "StartExecution")
    run.advance(seconds(10))

    assert call.error is not None
    assert call.error.code == "ServiceUnavailable"
    assert len(records(run, "succeeded")) == 1
