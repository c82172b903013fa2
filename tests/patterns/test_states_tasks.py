"""Tasks: events of each kind, Retry and Catch, time limits, callbacks.

Sections and invariants (4 to 6, 12) are those of Step Functions' facts.
"""

from itertools import pairwise

import pytest

from patterns.state_machine.errors import StateError, matches
from simulator.engine.clock import SECOND
from tests.patterns.machines import (
    ACTIVITY,
    CALLBACK,
    FUNCTION,
    SEND,
    SYNC,
    assert_well_formed,
    begun,
    chain,
    kinds,
    passes,
    ran,
    retry,
    states,
    task,
    times,
)

FAILS = {"state": "Work", "error": "Boom", "cause": "it broke"}
OK = {"state": "Work", "ok": {"done": True}}


@pytest.mark.parametrize(
    ("resource", "events"),
    [
        (FUNCTION, ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"]),
        (SEND, ["TaskScheduled", "TaskStarted", "TaskSucceeded"]),
        (SYNC, ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]),
        (CALLBACK, ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]),
        (ACTIVITY, ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]),
    ],
)
def test_each_kind_of_resource_has_its_events(resource, events):
    """Section 10."""
    run = ran(chain(Work=task(resource)), tasks=[OK])
    assert kinds(run) == ["ExecutionStarted", "TaskStateEntered", *events, "TaskStateExited", "ExecutionSucceeded"]
    assert run.output == {"done": True}


def test_the_details_of_a_task_name_its_service():
    """Section 10, recorded on the service."""
    run = ran(chain(Work=task("arn:aws:states:::aws-sdk:dynamodb:putItem", TimeoutSeconds=9)), {"a": 1}, tasks=[OK])
    scheduled = run.events[2].details
    assert scheduled["resourceType"] == "aws-sdk:dynamodb" and scheduled["resource"] == "putItem"
    assert scheduled["parameters"] == '{"a":1}' and scheduled["timeoutInSeconds"] == 9
    assert run.events[4].as_dict()["taskSucceededEventDetails"]["output"] == '{"done":true}'


@pytest.mark.parametrize(
    ("options", "at"),
    [
        ({}, [0, 1, 3, 7]),
        ({"MaxDelaySeconds": 2}, [0, 1, 3, 5]),
        ({"IntervalSeconds": 3, "BackoffRate": 1, "MaxAttempts": 2}, [0, 3, 6]),
        ({"MaxAttempts": 0}, [0]),
    ],
)
def test_a_retry_waits_longer_each_time(options, at):
    """Invariant 4."""
    run = ran(chain(Work=task(Retry=[retry(**options)])), tasks=[FAILS] * 9)
    assert times(run, "LambdaFunctionScheduled") == at
    assert (run.status, run.error, run.cause) == ("FAILED", "Boom", "it broke")
    assert kinds(run).count("TaskStateEntered") == 1  # section 7: retries do not re-emit it


def test_jitter_draws_between_nothing_and_the_wait():
    """Invariant 4: FULL jitter never exceeds those gaps."""
    drawn = set()
    for seed in range(20):
        retriers = [retry(JitterStrategy="FULL", IntervalSeconds=4)]
        at = times(ran(chain(Work=task(Retry=retriers)), tasks=[FAILS] * 4, seed=seed), "LambdaFunctionScheduled")
        gaps = [after - before for before, after in pairwise(at)]
        assert all(0 <= gap <= most for gap, most in zip(gaps, [4, 8, 16], strict=True))
        drawn.add(tuple(gaps))
    assert len(drawn) == 20


def test_retry_counters_restart_when_the_state_is_entered_again():
    """Invariant 5."""
    machine = chain(
        Work=task(Retry=[retry(MaxAttempts=1)]),
        Again={
            "Type": "Choice",
            "Choices": [{"Variable": "$.again", "BooleanEquals": True, "Next": "Work"}],
            "Default": "End",
        },
        End=passes(),
    )
    again = {"state": "Work", "ok": {"again": True}}
    done = {"state": "Work", "ok": {"again": False}}
    run = ran(machine, tasks=[FAILS, again, FAILS, done])
    assert run.status == "SUCCEEDED"


def test_each_retrier_counts_for_itself_and_an_exhausted_one_falls_to_catch():
    """Section 7: the first matching retrier is used; no fall-through to others."""
    work = task(
        Retry=[retry("Boom", MaxAttempts=1), retry("Other", MaxAttempts=1), retry(MaxAttempts=5)],
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught", "ResultPath": "$.error"}],
    )
    other = {"state": "Work", "error": "Other"}
    run = ran(chain(Work=work, Done=passes(), Caught=passes()), {"a": 1}, tasks=[FAILS, other, FAILS, OK])
    assert states(run) == ["Work", "Caught"]
    assert run.output == {"a": 1, "error": {"Error": "Boom", "Cause": "it broke"}}
    assert kinds(run)[-5:] == [
        "LambdaFunctionFailed",
        "TaskStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


def test_a_catch_hands_on_the_error_and_assigns():
    """Section 7: the default replaces the input; JSONata sees $states.errorOutput."""
    catch = {"ErrorEquals": ["Boom"], "Next": "Caught"}
    run = ran(chain(Work=task(Catch=[catch]), Caught=passes()), tasks=[{"state": "Work", "error": "Boom"}])
    assert run.output == {"Error": "Boom", "Cause": ""}
    said = {**catch, "Output": {"e": "{% $states.errorOutput.Error %}"}, "Assign": {"e": "{% $states.errorOutput %}"}}
    after = passes(Output="{% [$states.input, $e.Cause] %}")
    run = ran(chain("JSONata", Work=task(Catch=[said]), Caught=after), tasks=[FAILS])
    assert run.output == [{"e": "Boom"}, "it broke"]


@pytest.mark.parametrize(
    ("name", "equals", "taken"),
    [
        ("Boom", "States.ALL", True),
        ("Boom", "States.TaskFailed", True),
        ("Boom", "Boo", False),
        ("States.Timeout", "States.TaskFailed", False),
        ("States.HeartbeatTimeout", "States.TaskFailed", False),
        ("States.HeartbeatTimeout", "States.Timeout", True),
        ("States.Timeout", "States.HeartbeatTimeout", False),
        (None, "States.ALL", True),
    ],
)
def test_error_names_are_matched_by_their_wildcards(name, equals, taken):
    """Section 7, the table of names."""
    assert matches(StateError(name), (equals,)) is taken
    assert not matches(StateError(name, fatal=True), (equals, "States.ALL"))


@pytest.mark.parametrize("equals", ["States.ALL", "States.Runtime", "States.DataLimitExceeded"])
def test_errors_of_the_interpreter_itself_are_never_caught(equals):
    """Invariant 6."""
    catch = [{"ErrorEquals": [equals], "Next": "Caught"}]
    wrong = task(Parameters={"a.$": "$.no"}, Catch=catch, Retry=[retry(equals)])
    assert ran(chain(Work=wrong, Caught=passes())).error == "States.Runtime"
    large = task(ResultPath="$.b", Catch=catch)
    half = "x" * 140_000
    run = ran(chain(Work=large, Caught=passes()), {"a": half}, tasks=[{"state": "Work", "ok": half}])
    assert run.error == "States.DataLimitExceeded"
    assert "'Work' returned a result with a size exceeding" in run.cause


def test_a_result_that_is_too_large_is_the_tasks_failure_and_can_be_caught():
    """Recorded on the service."""
    work = task("arn:aws:states:::lambda:invoke", Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}])
    run = ran(chain(Work=work, Caught=passes()), tasks=[{"state": "Work", "ok": "é" * 140_000}])
    assert run.output["Error"] == "States.DataLimitExceeded"
    assert "The state/task 'lambda' returned" in run.output["Cause"]


@pytest.mark.parametrize(
    "limit",
    [
        {"TimeoutSeconds": 5},
        {"TimeoutSecondsPath": "$.limit"},
        {"HeartbeatSeconds": 5},
        {"HeartbeatSecondsPath": "$.limit"},
    ],
)
def test_a_task_that_does_not_answer_in_time_fails(limit):
    """Section 5; recorded on the service: a missed heartbeat is reported as States.Timeout too."""
    run = ran(chain(Work=task(SEND, **limit)), {"limit": 5}, tasks=[{**OK, "seconds": 6}])
    assert (run.status, run.error, run.cause) == ("FAILED", "States.Timeout", None)
    assert kinds(run)[-2:] == ["TaskTimedOut", "ExecutionFailed"]
    assert run.events[-1].time == 5 * SECOND


def test_heartbeats_keep_a_task_alive_and_a_missed_one_is_caught_by_its_name():
    """Section 7: States.HeartbeatTimeout."""
    catch = [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Late"}]
    machine = chain(Work=task(SEND, HeartbeatSeconds=5, Catch=catch), Good=passes(End=True), Late=passes())
    alive = ran(machine, tasks=[{**OK, "seconds": 30, "heartbeats": 4}])
    assert states(alive) == ["Work", "Good"]
    assert states(ran(machine, tasks=[{**OK, "seconds": 30, "heartbeats": 6}])) == ["Work", "Late"]
    slow = task(SEND, TimeoutSeconds=5, Catch=catch)
    assert ran(chain(Work=slow, Late=passes()), tasks=[{**OK, "seconds": 6}]).error == "States.Timeout"


def test_a_callback_waits_without_events_until_its_token_comes_back():
    """Invariant 12."""
    work = task(CALLBACK, Parameters={"Body": {"token.$": "$$.Task.Token"}})
    run, world = begun(chain(Work=work))
    (attempt,) = world.attempts
    assert attempt.parameters == {"Body": {"token": attempt.token}}
    attempt.submitted({"MessageId": "m"})
    written = len(run.events)
    world.kernel.run(3600 * SECOND)
    assert (run.status, len(run.events)) == ("RUNNING", written)
    assert attempt.succeeded("approved")
    assert run.output == "approved"
    assert not attempt.succeeded("again") and not attempt.failed("Late") and not attempt.heartbeat()
    assert_well_formed(run)


def test_tokens_are_all_different():
    """Section 9: a token belongs to one attempt."""
    branch = chain(Work=task(CALLBACK, Retry=[retry(IntervalSeconds=1)]))
    _, world = begun(chain(Both={"Type": "Parallel", "Branches": [branch, branch]}))
    for attempt in list(world.attempts):
        attempt.failed("Boom")
    world.kernel.run(2 * SECOND)
    tokens = [attempt.token for attempt in world.attempts]
    assert len(tokens) == 4 == len(set(tokens))


def test_an_answer_after_the_time_limit_changes_nothing():
    """Section 9: a token after its time-out."""
    run, world = begun(chain(Work=task(CALLBACK, TimeoutSeconds=5)))
    world.kernel.run(6 * SECOND)
    assert run.error == "States.Timeout"
    assert world.stopped == world.attempts
    assert not world.attempts[0].succeeded(1)
    assert run.output is None


def test_a_failure_without_a_name_is_caught_with_nulls():
    """Section 7, recorded on the service: SendTaskFailure without error and cause."""
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    run, world = begun(chain(Work=task(CALLBACK, Catch=catch), Caught=passes()))
    world.attempts[0].submitted()
    world.attempts[0].failed(None)
    assert run.output == {"Error": None, "Cause": None}


def test_a_stopped_execution_writes_only_that_it_was_aborted():
    """Section 10: StopExecution in Wait, no WaitStateExited."""
    run, world = begun(chain(A={"Type": "Wait", "Seconds": 100}))
    assert run.abort("Stop", "enough")
    assert kinds(run) == ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"]
    assert (run.status, run.error, run.cause) == ("ABORTED", "Stop", "enough")
    assert not run.abort()
    world.run()
    assert len(run.events) == 3


def test_an_attempt_sees_how_often_it_was_tried():
    """Section 3: State.RetryCount."""
    work = task(Parameters={"tries.$": "$$.State.RetryCount"}, Retry=[retry()])
    run = ran(chain(Work=work), tasks=[FAILS, FAILS, OK])
    inputs = [event.details["input"] for event in run.events if event.type == "LambdaFunctionScheduled"]
    assert inputs == ['{"tries":0}', '{"tries":1}', '{"tries":2}']


def test_a_task_for_which_nothing_is_recorded_fails_and_says_so():
    run = ran(chain(Work=task()))
    assert run.error == "States.TaskFailed" and "Nothing is recorded" in run.cause
