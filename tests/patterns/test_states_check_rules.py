"""The rules of Choice, Retry and Catch, and the fields that Task, Wait and Fail states have of their own."""

from typing import Any

import pytest

from patterns.state_machine import check
from patterns.state_machine.checking.choices import COMPARATORS
from tests.patterns.definitions import jsonata, machine, passes, problems, state, task


def chooses(*rules: Any, language: Any = machine) -> dict[str, Any]:
    return language(A=state("Choice", Choices=list(rules), Default="B"), B=passes())


def test_every_comparison_is_taken_with_a_value_of_its_kind():
    """Source: step_functions facts, section 4, "Comparators"."""
    values = {"String": "a", "Numeric": 1.5, "Boolean": True, "Timestamp": "2026-01-05T10:00:00Z", "Is": False}
    for name in COMPARATORS:
        value = "$.b" if name.endswith("Path") else next(v for kind, v in values.items() if name.startswith(kind))
        assert check(chooses({"Variable": "$.a", name: value, "Next": "B"})) == []
    assert len(COMPARATORS) == 39


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("StringEquals", 1),
        ("NumericEquals", "1"),
        ("NumericEquals", True),
        ("BooleanEquals", "true"),
        ("TimestampEquals", "2026-01-05"),
        ("IsPresent", "yes"),
        ("StringEqualsPath", "b"),
        ("NumericEqualsPath", 3),
    ],
)
def test_a_comparison_with_a_value_of_another_kind_is_refused(name: str, value: object):
    assert list(problems(chooses({"Variable": "$.a", name: value, "Next": "B"}))) == [f"States.A.Choices.0.{name}"]


def test_comparisons_are_joined_by_and_or_and_not():
    """Source: Amazon States Language specification, "Choice State", Boolean Expressions."""
    one, two = {"Variable": "$.a", "IsNull": True}, {"Variable": "$$.Execution.Name", "StringMatches": "x*"}
    assert (
        check(chooses({"And": [one, {"Or": [two, {"Not": one}]}], "Next": "B", "Comment": "c", "Assign": {"x": 1}}))
        == []
    )


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"Variable": "$.a", "IsNull": True}, ""),
        ({"Variable": "$.a", "Next": "B"}, ""),
        ({"IsNull": True, "Next": "B"}, ""),
        ({"Variable": "$.a", "IsNull": True, "IsString": True, "Next": "B"}, ""),
        ({"Variable": "$.a", "And": [{"Variable": "$.a", "IsNull": True}], "Next": "B"}, ".Variable"),
        ({"And": [], "Next": "B"}, ".And"),
        ({"Not": [], "Next": "B"}, ".Not"),
        ({"And": [{"Variable": "$.a", "IsNull": True, "Next": "B"}], "Next": "B"}, ".And.0.Next"),
        ({"Variable": "a", "IsNull": True, "Next": "B"}, ".Variable"),
        ({"Variable": "$.a", "IsNul": True, "IsNull": True, "Next": "B"}, ".IsNul"),
        ({"Condition": "{% true %}", "Variable": "$.a", "IsNull": True, "Next": "B"}, ".Condition"),
        ("x", ""),
    ],
)
def test_a_rule_that_is_not_well_formed_is_refused_where_it_is_wrong(rule: object, path: str):
    assert list(problems(chooses(rule))) == [f"States.A.Choices.0{path}"]


def test_a_choice_has_rules():
    assert problems(machine(A=state("Choice", Default="B"), B=passes())) == {"States.A": "has no Choices"}
    assert problems(chooses()) == {"States.A.Choices": "is empty"}


def test_in_jsonata_a_rule_is_a_condition():
    """Source: step_functions facts, section 4; a constant is taken, as recorded on the service."""
    assert check(chooses({"Condition": "{% $x > 1 %}", "Output": "{% $x %}", "Next": "B"}, language=jsonata)) == []
    assert check(chooses({"Condition": True, "Next": "B"}, language=jsonata)) == []
    for wrong in ("$x > 1", "{% ( %}", 1, None):
        found = problems(chooses({"Condition": wrong, "Next": "B"}, language=jsonata))
        assert list(found) == ["States.A.Choices.0.Condition"]
    assert problems(chooses({"Next": "B"}, language=jsonata)) == {"States.A.Choices.0": "has no Condition"}
    found = problems(chooses({"Variable": "$.a", "IsNull": True, "Condition": True, "Next": "B"}, language=jsonata))
    assert list(found) == ["States.A.Choices.0.Variable", "States.A.Choices.0.IsNull"]


def retries(**fields: Any) -> dict[str, Any]:
    return machine(A=task(Retry=[{"ErrorEquals": ["States.ALL"], **fields}]))


def test_a_retrier_takes_the_whole_range_of_each_of_its_numbers():
    """Source: step_functions facts, section 7."""
    least = {"IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1, "MaxDelaySeconds": 1, "JitterStrategy": "NONE"}
    most = {"IntervalSeconds": 99_999_999, "MaxAttempts": 99_999_999, "MaxDelaySeconds": 31_622_399}
    assert check(retries(**least)) == check(retries(**most)) == check(retries(BackoffRate=2.5)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("IntervalSeconds", 0), ("IntervalSeconds", 1.5), ("IntervalSeconds", 100_000_000), ("MaxAttempts", -1),
        ("MaxAttempts", True), ("BackoffRate", 0.9), ("BackoffRate", "2"), ("MaxDelaySeconds", 0),
        ("MaxDelaySeconds", 31_622_400), ("JitterStrategy", "full"), ("Comment", 3), ("Delay", 1), ("Next", "A"),
    ],
)  # fmt: skip
def test_a_retrier_out_of_range_is_refused(field: str, value: object):
    assert list(problems(retries(**{field: value}))) == [f"States.A.Retry.0.{field}"]


@pytest.mark.parametrize(
    "name",
    [
        "States.Timeout",
        "States.Runtime",
        "States.DataLimitExceeded",
        "States.Http.StatusCode.503",
        "Lambda.Unknown",
        "x",
    ],
)
def test_errors_that_exist_and_errors_of_ones_own_can_be_named(name: str):
    """Source: step_functions facts, section 7; the service takes the names it will never match, too."""
    assert check(machine(A=task(Retry=[{"ErrorEquals": [name]}]))) == []


def test_a_reserved_name_that_does_not_exist_is_refused():
    """Source: Amazon States Language specification, "Errors": names must not begin with States."""
    [problem] = check(machine(A=task(Retry=[{"ErrorEquals": ["States.TimeOut"]}])))
    assert (problem.path, problem.cure) == ("States.A.Retry.0.ErrorEquals.0", "Did you mean States.Timeout?")


def test_the_wildcard_stands_alone_and_at_the_end():
    """Source: step_functions facts, section 7: `States.ALL` alone in its ErrorEquals and last."""
    beside = machine(A=task(Retry=[{"ErrorEquals": ["States.ALL", "x"]}]))
    assert problems(beside) == {"States.A.Retry.0.ErrorEquals": "has States.ALL beside other names"}
    first = machine(A=task(Retry=[{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["x"]}]))
    assert list(problems(first)) == ["States.A.Retry.0.ErrorEquals"]


@pytest.mark.parametrize("names", [[], "x", [3], None])
def test_errors_are_named_in_an_array(names: object):
    [path] = problems(machine(A=task(Retry=[{"ErrorEquals": names}])))
    assert path.startswith("States.A.Retry.0.ErrorEquals")


def catches(language: Any = machine, **fields: Any) -> dict[str, Any]:
    return language(A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B", **fields}]), B=passes())


def test_a_catcher_puts_the_error_where_its_query_language_does():
    """Source: step_functions facts, section 7, "Catcher"."""
    assert check(catches(ResultPath="$.error", Assign={"e.$": "$.Error"})) == []
    assert check(catches(ResultPath=None)) == []
    assert check(catches(jsonata, Output="{% $states.errorOutput %}", Assign={"e": "{% $states.errorOutput %}"})) == []
    assert list(problems(catches(Output={}))) == ["States.A.Catch.0.Output"]
    assert list(problems(catches(jsonata, ResultPath="$.x"))) == ["States.A.Catch.0.ResultPath"]
    assert list(problems(catches(ResultPath="$.x[*]"))) == ["States.A.Catch.0.ResultPath"]
    assert list(problems(catches(jsonata, Output="{% ( %}"))) == ["States.A.Catch.0.Output"]
    assert list(problems(catches(Next="C"))) == ["States.B", "States.A.Catch.0.Next"]


def test_empty_lists_of_retriers_and_catchers_are_taken():
    """Source: recorded from CreateStateMachine."""
    assert check(machine(A=task(Retry=[], Catch=[]))) == []
    assert list(problems(machine(A=task(Retry={}, Catch="x")))) == ["States.A.Retry", "States.A.Catch"]
    assert list(problems(machine(A=task(Catch=["x"])))) == ["States.A.Catch.0"]
    assert problems(machine(A=task(Catch=[{}]))) == {"States.A.Catch.0": "has no Next"}


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:lambda:eu-west-1:123456789012:function:pay",
        "arn:aws:lambda:eu-west-1:123456789012:function:pay:$LATEST",
        "arn:aws:lambda:eu-west-1:123456789012:function:pay:live-2",
        "arn:aws:states:eu-west-1:123456789012:activity:sign",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws-cn:states:::dynamodb:putItem", "arn:aws:states:::aws-sdk:s3:listObjectsV2",
        "arn:aws:states:::ecs:runTask.sync",
        "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken", "arn:aws:states:::elasticmapreduce:addStep.sync",
        "${Pay}", "arn:aws:lambda:${AWS::Region}:1:function:x", {"Fn::GetAtt": ["Pay", "Arn"]}, {"Ref": "Pay"},
    ],
)  # fmt: skip
def test_a_task_calls_functions_activities_and_services(resource: object):
    """Source: step_functions facts, section 9; Developer Guide, "Integrating optimized services"."""
    assert check(machine(A=task(Resource=resource))) == []


@pytest.mark.parametrize(
    "resource",
    [
        "pay", "", None, 3, {}, {"Arn": "x"}, "${Pay", "arn:aws:lambda:eu-west-1:1:function:",
        "arn:aws:lambda:::function:a b",
        "arn:aws:lambda:eu-west-1:1:function:pay:", "arn:aws:states:::lambda:call",
        "arn:aws:states:::lambda:invoke.sync",
        "arn:aws:states:::sqs:sendMessage.sync", "arn:aws:states:::kafka:send", "arn:aws:states:::aws-sdk:s3",
        "arn:aws:states:::aws-sdk:s3:GetObject", "arn:aws:states:::aws-sdk:ecs:runTask.sync",
        "arn:aws:states:::dynamodb:putItem.sync:3",
    ],
)  # fmt: skip
def test_what_a_task_can_not_call_is_refused(resource: object):
    assert list(problems(machine(A=task(Resource=resource)))) == ["States.A.Resource"]


def test_an_express_workflow_waits_for_no_job_no_token_and_no_activity():
    """Source: step_functions facts, section 1: .sync, .waitForTaskToken and activities in Standard only."""
    for called in ("::ecs:runTask.sync", "::sns:publish.waitForTaskToken", "eu-west-1:1:activity:sign"):
        given = machine(A=task(Resource=f"arn:aws:states:{called}"))
        assert check(given) == []
        assert list(problems(given, type="EXPRESS")) == ["States.A.Resource"]
    assert check(machine(A=task()), type="EXPRESS") == []


def test_a_heartbeat_is_shorter_than_the_timeout():
    """Source: step_functions facts, section 2."""
    assert check(machine(A=task(TimeoutSeconds=10, HeartbeatSeconds=9))) == []
    assert list(problems(machine(A=task(TimeoutSeconds=10, HeartbeatSeconds=10)))) == ["States.A.HeartbeatSeconds"]


def test_a_limit_is_said_once_by_number_or_by_path():
    assert check(machine(A=task(TimeoutSecondsPath="$.t", HeartbeatSecondsPath="$limits.beat"))) == []
    twice = machine(A=task(TimeoutSeconds=1, TimeoutSecondsPath="$.t"))
    assert problems(twice) == {"States.A.TimeoutSecondsPath": "stands beside TimeoutSeconds"}
    for wrong in (0, -1, 1.5, "5", 100_000_000, True, None):
        assert list(problems(machine(A=task(TimeoutSeconds=wrong)))) == ["States.A.TimeoutSeconds"]


def test_in_jsonata_numbers_may_be_expressions():
    assert check(jsonata(A=task(TimeoutSeconds="{% $t %}", HeartbeatSeconds=3, Arguments="{% $states.input %}"))) == []
    assert list(problems(jsonata(A=task(TimeoutSeconds="5")))) == ["States.A.TimeoutSeconds"]
    assert list(problems(jsonata(A=task(Arguments="$x")))) == ["States.A.Arguments"]


def test_credentials_name_a_role():
    """Source: recorded from CreateStateMachine: "The field 'RoleArn' is required but was missing"."""
    assert check(machine(A=task(Credentials={"RoleArn": "arn:aws:iam::1:role/r"}))) == []
    assert check(machine(A=task(Credentials={"RoleArn.$": "$.role"}))) == []
    assert check(jsonata(A=task(Credentials={"RoleArn": "{% $role %}"}))) == []
    assert problems(machine(A=task(Credentials={}))) == {"States.A.Credentials": "has no RoleArn or RoleArn.$"}
    assert list(problems(machine(A=task(Credentials=None)))) == ["States.A.Credentials"]


@pytest.mark.parametrize(
    "fields",
    [
        {"Seconds": 0}, {"Seconds": 99_999_999}, {"SecondsPath": "$.s"}, {"TimestampPath": "$$.x"},
        {"Timestamp": "2026-01-05T10:00:00Z"}, {"Timestamp": "2026-01-05T10:00:00.123456789+01:30"},
    ],
)  # fmt: skip
def test_a_wait_is_a_span_or_a_point_in_time(fields: dict[str, object]):
    """Source: step_functions facts, sections 2 and 5."""
    assert check(machine(A=state("Wait", **fields))) == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({}, ""),
        ({"Seconds": 1, "Timestamp": "2026-01-05T10:00:00Z"}, ".Timestamp"),
        ({"Seconds": -1}, ".Seconds"),
        ({"Seconds": 100_000_000}, ".Seconds"),
        ({"Seconds": "1"}, ".Seconds"),
        ({"Timestamp": "2026-01-05"}, ".Timestamp"),
        ({"Timestamp": "2026-01-05 10:00:00Z"}, ".Timestamp"),
        ({"Timestamp": "2026-01-05T10:00:00"}, ".Timestamp"),
        ({"Timestamp": "2026-02-30T10:00:00Z"}, ".Timestamp"),
        ({"Timestamp": "{% $now() %}"}, ".Timestamp"),
        ({"SecondsPath": "s"}, ".SecondsPath"),
    ],
)
def test_a_wait_that_says_no_time_or_two_is_refused(fields: dict[str, object], path: str):
    assert list(problems(machine(A=state("Wait", **fields)))) == [f"States.A{path}"]


def test_in_jsonata_a_wait_may_be_computed():
    assert check(jsonata(A=state("Wait", Timestamp="{% $states.input.t %}"))) == []
    assert list(problems(jsonata(A=state("Wait", Timestamp="soon")))) == ["States.A.Timestamp"]
    assert list(problems(jsonata(A=state("Wait", Seconds="{% ( %}")))) == ["States.A.Seconds"]


def test_a_failure_has_an_error_and_a_cause_by_text_path_or_call():
    """Source: step_functions facts, section 2; Developer Guide, "Fail workflow state" (intrinsic functions)."""
    assert check(machine(A=state("Fail"))) == check(machine(A=state("Fail", Error="E", Cause="c"))) == []
    assert check(machine(A=state("Fail", ErrorPath="$.e", CausePath="States.Format('{}', $.c)"))) == []
    assert check(jsonata(A=state("Fail", Error="{% $e %}", Cause="c"))) == []
    found = problems(machine(A=state("Fail", Error="E", ErrorPath="$.e", Cause=3, CausePath="c")))
    assert set(found) == {"States.A.ErrorPath", "States.A.Cause", "States.A.CausePath"}
