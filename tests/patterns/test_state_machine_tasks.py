"""Tasks in a scenario: what each service gets and answers, and how its errors are called."""

import json
from typing import Any

import pytest

from simulator.engine.clock import Micros
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    Part,
    bus,
    conserved,
    do,
    endpoint,
    name_of,
    queue,
    records,
    scenario,
    seconds,
    state_machine,
    store,
    subscription,
    target,
    task,
    times,
    topic,
    worker,
)

SECOND: Micros = 1_000_000


def ran(state: dict[str, Any], *parts: Part, given: Any = None, tasks: str = "", span: float = 60) -> Run:
    """A run in which one execution has done one task."""
    run = scenario(state_machine("orders", {"Work": state}, tasks=tasks or parts[0].node["id"]), *parts)
    do(run, "orders", "StartExecution", input=given if given is not None else {"id": 7})
    run.advance(seconds(span))
    assert conserved(run)
    return run


def told(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = do(run, "orders", "DescribeExecution").result
    return found


def output(run: Run) -> Any:
    assert told(run)["status"] == "SUCCEEDED", told(run)
    return json.loads(told(run)["output"])


def events(run: Run) -> list[str]:
    found = do(run, "orders", "GetExecutionHistory", maxResults=1000).result["events"]
    return [event["type"] for event in found]


def body(run: Run, where: str) -> Any:
    return json.loads(do(run, where, "ReceiveMessage", WaitTimeSeconds=0).result["Messages"][0]["Body"])


def test_a_function_gets_the_parameters_and_its_value_is_the_result():
    """Source: Developer Guide, "Invoke an AWS Lambda function with Step Functions"; section 10 for the events."""
    run = ran(task("card", Parameters={"amount.$": "$.id"}), worker("card", transform='{"paid": body.amount}'))

    assert output(run) == {"paid": 7}
    assert events(run)[2:5] == ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"]


def test_the_invoke_action_wraps_the_value():
    invoke = task("lambda:invoke", Parameters={"FunctionName": "card:live", "Payload": {"amount": 3}})

    run = ran(invoke, worker("card", transform='{"paid": body.amount}'))

    assert output(run) == {"ExecutedVersion": "$LATEST", "Payload": {"paid": 3}, "StatusCode": 200}
    assert events(run)[2:5] == ["TaskScheduled", "TaskStarted", "TaskSucceeded"]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"failure_probability": 1}, "Exception"),
        ({"failure_probability": 1, "errorType": "CardDeclined"}, "CardDeclined"),
        ({"transform": "$error('TooDear: over the limit')"}, "TooDear"),
        ({"transform": "$error('no name')"}, "Exception"),
        ({"timeout": 3, "service": seconds(9)}, "Sandbox.Timedout"),
        ({"concurrency": 0}, "Lambda.TooManyRequestsException"),
    ],
)
def test_a_functions_failure_has_a_name(settings: dict[str, Any], error: str):
    """Section 7: the function's own error type; Lambda.… where Lambda itself refuses."""
    run = ran(task("card"), worker("card", **settings))

    assert (told(run)["status"], told(run)["error"]) == ("FAILED", error)


def test_a_function_that_crashes_at_work_fails_and_one_that_is_down_refuses():
    run = scenario(state_machine("orders", {"Work": task("card")}, tasks="card"), worker("card", service=seconds(5)))
    for at in (1, 3):
        do(run, "orders", "StartExecution")
        run.advance(seconds(at))
        if at == 1:
            do(run, "card", "crash", seconds=30)
    run.advance(seconds(20))

    found = do(run, "orders", "ListExecutions").result["executions"]
    errors = [do(run, "orders", "DescribeExecution", executionArn=one["executionArn"]).result["error"] for one in found]

    assert errors == ["Lambda.ServiceException", "Runtime.ExitError"]
    assert conserved(run)


def test_an_answer_that_gets_lost_is_an_error_of_the_sdk():
    run = scenario(
        state_machine("orders", {"Work": task("card")}, tasks="card", link={"loss": 1}), worker("card", service=1000)
    )
    do(run, "orders", "StartExecution")
    run.advance(seconds(30))

    assert told(run)["error"] == "Lambda.SdkClientException"
    assert conserved(run)


def test_a_state_that_takes_too_long_hangs_up_and_the_work_goes_on():
    """Section 5: TimeoutSeconds → States.Timeout; nobody tells the function."""
    run = ran(task("card", TimeoutSeconds=4), worker("card", service=seconds(10)))

    assert (told(run)["status"], told(run)["error"]) == ("FAILED", "States.Timeout")
    assert events(run)[-2:] == ["LambdaFunctionTimedOut", "ExecutionFailed"]
    assert times(run, "execution_failed") == [4 * SECOND]
    assert len(records(run, "processed")) == 1


def test_a_queue_gets_a_message_and_the_task_its_id():
    """Source: SQS API Reference, SendMessage: MD5OfMessageBody, MessageId."""
    send = task(
        "sqs:sendMessage",
        Parameters={
            "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/mails",
            "MessageBody": {"order.$": "$.id"},
            "MessageAttributes": {
                "n": {"DataType": "Number", "StringValue": "3"},
                "s": {"DataType": "String", "StringValue": "x"},
            },
        },
    )

    run = ran(send, queue("mails"))

    found = do(run, "mails", "ReceiveMessage").result["Messages"][0]
    assert json.loads(found["Body"]) == {"order": 7}
    assert output(run) == {"MD5OfMessageBody": found["MD5OfBody"], "MessageId": found["MessageId"]}


def test_a_fifo_queue_gets_a_group_or_refuses():
    where = {"QueueUrl": "mails.fifo", "MessageBody": "a"}
    whole = task("sqs:sendMessage", Parameters={**where, "MessageGroupId": "g", "MessageDeduplicationId": "1"})

    sent = ran(whole, queue("mails", FifoQueue=True))
    refused = ran(task("sqs:sendMessage", Parameters=where), queue("mails", FifoQueue=True))

    assert output(sent)["MessageId"]
    assert told(refused)["error"] == "SQS.AmazonSQSException"


def test_a_topic_publishes():
    publish = task("sns:publish", Parameters={"TopicArn": "arn:aws:sns:us-east-1:1:news", "Message": {"a.$": "$.id"}})

    run = ran(publish, topic("news", subscription("mails", RawMessageDelivery=True)), queue("mails"), tasks="news")

    assert body(run, "mails") == {"a": 7}
    assert output(run)["MessageId"].startswith("orders-")


def test_a_bus_gets_each_entry():
    """Source: EventBridge API Reference, PutEvents; Developer Guide, "Add EventBridge events"."""
    entries = [
        {"Source": "shop", "DetailType": "paid", "Detail": {"n.$": "$.id"}},
        {"Source": "shop", "DetailType": "x", "Detail": {}},
    ]
    run = ran(
        task("events:putEvents", Parameters={"Entries": entries}),
        bus("bus", rules={"paid": {"detail-type": ["paid"]}}, targets=[target("paid", "mails", InputPath="$.detail")]),
        queue("mails"),
        tasks="bus",
    )

    assert (output(run)["FailedEntryCount"], len(output(run)["Entries"])) == (0, 2)
    assert body(run, "mails") == {"n": 7}


def test_a_table_answers_items():
    """Source: Developer Guide, "Perform DynamoDB CRUD operations with Step Functions"."""
    put = {"TableName": "table", "Item": {"id": {"S": "a"}, "n": {"N": "1"}}}
    get = {"TableName": "table", "Key": {"id": {"S": "a"}}}
    change = {
        **get,
        "UpdateExpression": "SET n = n + :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValues": "ALL_NEW",
    }
    run = scenario(
        state_machine(
            "orders",
            {
                "Put": task("dynamodb:putItem", Parameters=put, ResultPath="$.put", Next="Update"),
                "Update": task("dynamodb:updateItem", Parameters=change, ResultPath="$.updated", Next="Get"),
                "Get": task("dynamodb:getItem", Parameters=get, ResultPath="$.got", Next="Delete"),
                "Delete": task("dynamodb:deleteItem", Parameters=get, ResultPath="$.deleted", Next="Again"),
                "Again": task("dynamodb:getItem", Parameters=get, ResultPath="$.again"),
            },
            tasks="table",
        ),
        store("table", kind="dynamodb"),
    )
    do(run, "orders", "StartExecution", input={})
    run.advance(seconds(10))

    after = {"id": {"S": "a"}, "n": {"N": "2"}}
    assert output(run) == {
        "put": {},
        "updated": {"Attributes": after},
        "got": {"Item": after},
        "deleted": {},
        "again": {},
    }
    assert conserved(run)


def test_a_table_that_is_throttled_says_so_in_the_services_words():
    put = task("dynamodb:putItem", Parameters={"TableName": "table", "Item": {"id": {"S": "a"}}})
    run = scenario(state_machine("orders", {"Work": put}, tasks="table"), store("table", kind="dynamodb"))
    do(run, "table", "throttle", probability=1)
    do(run, "orders", "StartExecution")
    run.advance(seconds(10))

    assert told(run)["error"] == "DynamoDB.ProvisionedThroughputExceededException"


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"failure_probability": 1}, "States.Http.StatusCode.500"),
        ({"response": {"constant": 30}}, "States.Http.Socket"),
    ],
)
def test_an_api_is_called_by_http(settings: dict[str, Any], error: str):
    """Source: Developer Guide, "Call HTTPS APIs in Step Functions workflows"."""
    call = task(
        "http:invoke", Parameters={"ApiEndpoint": "https://partner/orders", "Method": "POST", "RequestBody": {"a": 1}}
    )

    assert output(ran(call, endpoint("partner", kind="api")))["StatusCode"] == 200
    assert told(ran(call, endpoint("partner", kind="api", **settings)))["error"] == error


def nested(resource: str, child: dict[str, Any], **parameters: Any) -> Run:
    start = task(resource, Parameters={"StateMachineArn": "child", "Input": {"a.$": "$.id"}, **parameters})
    run = scenario(state_machine("orders", {"Work": start}, tasks="child"), state_machine("child", child))
    do(run, "orders", "StartExecution", input={"id": 7})
    run.advance(seconds(60))
    assert conserved(run)
    return run


def test_another_machine_is_started_and_waited_for_or_not():
    """Source: Developer Guide, "Start a new AWS Step Functions state machine from a running execution"."""
    pause = {"Pause": {"Type": "Wait", "Seconds": 20, "End": True}}

    at_once = nested("states:startExecution", pause)
    waited = nested("states:startExecution.sync", pause, Name="one")
    parsed = nested("states:startExecution.sync:2", pause)

    assert sorted(output(at_once)) == ["ExecutionArn", "StartDate"]
    assert times(at_once, "succeeded", "you-1")[0] < SECOND
    assert times(waited, "succeeded", "you-1")[0] > 20 * SECOND
    assert (output(waited)["Output"], output(parsed)["Output"]) == ('{"a":7}', {"a": 7})
    assert (output(waited)["Name"], output(waited)["Status"]) == ("one", "SUCCEEDED")


def test_a_nested_execution_that_fails_fails_the_task():
    run = nested("states:startExecution.sync", {"No": {"Type": "Fail", "Error": "No", "Cause": "never"}})

    assert told(run)["error"] == "States.TaskFailed"
    cause = json.loads(told(run)["cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "No", "never")


def test_a_name_that_only_the_run_knows_and_that_leads_nowhere_is_the_services_error():
    lead = {"FunctionName.$": "$.function", "Payload": {}}
    run = ran(task("lambda:invoke", Parameters=lead), worker("card"), given={"function": "nobody"})

    assert told(run)["error"] == "Lambda.ResourceNotFoundException"


def test_a_dynamic_name_finds_its_link():
    lead = {"QueueUrl.$": "$.where", "MessageBody": "hello"}
    run = scenario(
        state_machine("orders", {"Work": task("sqs:sendMessage", Parameters=lead)}, tasks=["near", "far"]),
        queue("near"),
        queue("far"),
    )
    do(run, "orders", "StartExecution", input={"where": "https://sqs/1/far"})
    run.advance(seconds(5))

    assert [record[2] for record in records(run, "enqueued")] == [2]


def test_a_tasks_message_has_the_colour_of_its_execution_and_is_caused_by_it():
    run = ran(task("card"), worker("card"))

    made = records(run, "task_made")[0]
    assert (name_of(run, made[3]), name_of(run, made[4])) == ("orders-1", "you-1")
    assert run.looks == ["by hand"]


def test_a_map_runs_at_most_so_many_iterations_at_a_time():
    """Invariant 8, with functions that do the work: MaxConcurrency, and never more than 40."""
    items = {"ItemProcessor": {"StartAt": "Each", "States": {"Each": task("card")}}}
    for limit, expected in ((3, 3), (0, 40)):
        each = {"Type": "Map", "MaxConcurrency": limit, "End": True, **items}
        run = scenario(
            state_machine("orders", {"All": each}, tasks="card"), worker("card", concurrency=100, service=seconds(2))
        )
        do(run, "orders", "StartExecution", input=list(range(50)))
        run.advance(seconds(1))
        assert run.nodes[1].gauges()["busy"] == expected
        run.advance(seconds(3))
        assert run.nodes[0].view()["maps"][0][1:] == [50, expected, 0, expected if limit else 10, limit or 40]
        run.advance(seconds(60))
        assert output(run) == list(range(50))
        assert conserved(run)


def test_a_distributed_map_tolerates_as_many_failures_as_it_says():
    """Invariant 9: succeeds iff failures ≤ tolerated; the counts sum up. Its items come from a bucket."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Each",
        "States": {"Each": task("card")},
    }
    for tolerated, status in ((2, "SUCCEEDED"), (1, "FAILED")):
        all_of_them = {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket": "data", "Key": "in.json"},
            },
            "ItemProcessor": processor,
            "MaxConcurrency": 5,
            "ToleratedFailureCount": tolerated,
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "data", "Prefix": "out"},
            },
            "End": True,
        }
        put = task(
            "aws-sdk:s3:putObject",
            Parameters={"Bucket": "data", "Key": "in.json", "Body.$": "States.JsonToString($)"},
            Next="All",
        )
        run = scenario(
            state_machine("orders", {"Put": put, "All": all_of_them}, tasks=["card", "data"]),
            worker("card", concurrency=9, service=seconds(1), poison="body.n < 2"),
            store("data", kind="s3"),
        )
        do(run, "orders", "StartExecution", input=[{"n": number} for number in range(12)])
        run.advance(seconds(60))

        assert told(run)["status"] == status
        if status == "SUCCEEDED":
            assert output(run)["ResultWriterDetails"]["Key"].startswith("out/")
        else:
            assert told(run)["error"] == "States.ExceedToleratedFailureThreshold"
        assert run.nodes[0].view()["running"] == 0
        assert all(row[1] == row[5] == 0 for row in run.nodes[0].view()["states"])
        assert conserved(run)


def test_tasks_fail_as_a_fault_says():
    run = scenario(
        state_machine("orders", {"A": task("card", Next="B"), "B": task("card")}, tasks="card"), worker("card")
    )
    do(run, "orders", "fail", state="B", error="Broken")
    do(run, "orders", "StartExecution")
    run.advance(seconds(20))

    assert told(run)["error"] == "Broken"
    assert len(records(run, "processed")) == 1


def test_tasks_time_out_as_a_fault_says():
    """The state's own limit ends the wait where it has one, else the fault's."""
    for fields, ends in (({"TimeoutSeconds": 4}, 4), ({}, 9)):
        run = scenario(state_machine("orders", {"A": task("card", **fields)}, tasks="card"), worker("card"))
        do(run, "orders", "silence", after="9s")
        do(run, "orders", "StartExecution")
        run.advance(seconds(60))

        assert told(run)["error"] == "States.Timeout"
        assert times(run, "execution_failed") == [ends * SECOND]
        assert records(run, "task_made") == []


def test_tasks_are_throttled_as_a_fault_says():
    run = scenario(state_machine("orders", {"A": task("card")}, tasks="card"), worker("card"))
    do(run, "orders", "throttle", probability=1)
    do(run, "orders", "StartExecution")
    run.advance(seconds(20))

    assert told(run)["error"] == "Lambda.TooManyRequestsException"


def test_messages_that_make_messages_end_somewhere():
    """A machine that starts itself again: the chain is bounded, as everywhere."""
    again = task("states:startExecution", Parameters={"StateMachineArn": "orders", "Input": {}})
    run = scenario(state_machine("orders", {"Again": again}, tasks="orders"))
    do(run, "orders", "StartExecution")
    run.advance(seconds(600))

    assert run.nodes[0].view()["running"] == 0
    assert len(records(run, "started")) == run.nodes[0].GENERATIONS
    assert conserved(run)
