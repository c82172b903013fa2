"""Quotas, endless loops and bad input. Sections and invariants (13, 14) are those of Step Functions' facts."""

import json
import pickle

import pytest

from patterns.state_machine import Execution, InvalidDefinition, Machine, execute
from simulator.engine.clock import DAY, MINUTE
from tests.patterns.machines import World, assert_well_formed, begun, chain, kinds, passes, ran, task

LOOP = {"StartAt": "A", "States": {"A": passes(Next="B"), "B": passes(Next="A")}}


def test_the_history_is_full_at_25000_events():
    """Invariant 13."""
    run = ran(LOOP)
    assert len(run.events) == 25_000
    assert run.events[-1].type == "ExecutionFailed"
    assert run.cause == "The execution reached the maximum number of history events (25000)."
    assert_well_formed(run)


def test_the_quota_is_met_wherever_the_last_event_would_be():
    """Invariant 13: in a branch, in an iteration, in the middle of a task."""
    inner = {"StartAt": "A", "States": {"A": passes(Next="B"), "B": passes(Next="A")}}
    for state in (
        {"Type": "Parallel", "Branches": [inner, inner], "End": True},
        {"Type": "Map", "ItemProcessor": inner, "End": True},
    ):
        run = ran({"StartAt": "Outer", "States": {"Outer": state}}, [1, 2, 3])
        assert (run.status, len(run.events)) == ("FAILED", 25_000)
    for shift in range(4):
        before = {f"P{n}": passes() for n in range(shift)}
        machine = chain(
            **before,
            Work=task(),
            Last={"Type": "Choice", "Choices": [{"Variable": "$", "IsPresent": True, "Next": "Work"}]},
        )
        run = ran(machine, tasks=[{"state": "Work", "ok": 1}] * 9_000)
        assert (run.status, len(run.events)) == ("FAILED", 25_000)
        assert_well_formed(run)


def test_an_express_execution_ends_after_five_minutes():
    """Invariant 14."""
    wait = chain(A={"Type": "Wait", "Seconds": 400})
    run = ran(wait, type="EXPRESS")
    assert (run.status, run.error) == ("TIMED_OUT", "States.Timeout")
    assert run.events[-1].time == 5 * MINUTE
    assert kinds(run)[-1] == "ExecutionTimedOut"
    assert ran(wait).status == "SUCCEEDED"


def test_an_endless_express_execution_ends_too():
    """Invariant 14: no quota of events, but five minutes; a loop without time in it is left there."""
    run = ran(LOOP, type="EXPRESS")
    assert run.status == "TIMED_OUT" and run.events[-1].time == 5 * MINUTE
    slow = chain(A={"Type": "Wait", "Seconds": 1}, B=passes(Next="A"))
    assert ran(slow, type="EXPRESS").status == "TIMED_OUT"


def test_a_standard_execution_lasts_a_year_at_most():
    """Section 1."""
    run = ran(chain(A={"Type": "Wait", "Seconds": 99_999_999}))
    assert run.status == "TIMED_OUT" and run.events[-1].time == 365 * DAY


def test_a_machine_may_limit_the_time_of_its_executions():
    """Section 5: ExecutionTimedOut, which nothing catches."""
    run = ran({**chain(A={"Type": "Wait", "Seconds": 60}), "TimeoutSeconds": 30})
    assert kinds(run) == ["ExecutionStarted", "WaitStateEntered", "ExecutionTimedOut"]


def test_a_state_whose_output_is_too_large_ends_the_execution():
    """Section 1: 262,144 bytes of UTF-8; recorded on the service."""
    fits = "x" * (262_144 - 2)
    assert ran(chain(A=passes(Result=fits))).status == "SUCCEEDED"
    run = ran(chain(A=passes(Result=fits + "x")))
    assert run.error == "States.DataLimitExceeded"
    assert kinds(run) == ["ExecutionStarted", "PassStateEntered", "ExecutionFailed"]
    said = "The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit."
    assert run.cause == said
    assert ran(chain(A=passes(Result="é" * 131_072))).error == "States.DataLimitExceeded"


def test_an_input_that_is_too_large_is_refused():
    """Invariant 18."""
    with pytest.raises(ValueError, match="InvalidExecutionInput"):
        execute(chain(A=passes()), "x" * 262_143)
    assert execute(chain(A=passes()), "x" * 262_142).status == "SUCCEEDED"


@pytest.mark.parametrize("depth", [60, 5_000])
def test_a_definition_that_is_nested_too_deeply_is_refused(depth):
    """Issue: deep nesting."""
    machine = chain(A=passes())
    for _ in range(depth):
        machine = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [machine], "End": True}}}
    with pytest.raises(InvalidDefinition):
        Machine(machine)


def test_broken_json_and_deep_json_are_refused_by_their_place():
    with pytest.raises(InvalidDefinition, match="no JSON"):
        Machine('{"StartAt": ')
    with pytest.raises(InvalidDefinition, match="deeply"):
        Machine("[" * 100_000)
    with pytest.raises(InvalidDefinition, match="longer"):
        Machine(json.dumps({"Comment": "x" * 1_048_576}))


def test_a_deep_value_is_an_error_of_its_state():
    """A value that is nested too deeply to be written is too large, not the end of everything."""
    deep = "[" * 3_000 + "]" * 3_000
    run = ran(chain(A=passes(Parameters={"v.$": f"States.StringToJson('{deep}')"})))
    assert run.status == "FAILED" and run.error.startswith("States.")


def test_another_type_of_execution_is_refused():
    with pytest.raises(ValueError, match="EXPRESS"):
        execute(chain(A=passes()), {}, type="FAST")


def test_ten_thousand_executions_share_their_machine():
    """What does not differ is held once: the compiled definition, the data that nobody changes."""
    machine, world = Machine(chain(A=passes(), W={"Type": "Wait", "Seconds": 9})), World()
    given = {"order": list(range(50))}
    runs = [Execution(machine, given, world, name=f"e{n}") for n in range(50)]
    for run in runs:
        run.start()
    assert all(run.root.input is given and run.scope is machine.scope for run in runs)
    assert not hasattr(runs[0], "__dict__") and not hasattr(runs[0].root, "__dict__")
    assert len(pickle.dumps(runs)) < 50 * 800


def test_a_transition_may_take_time():
    """A scenario says how long it takes from one state to the next."""
    run, world = begun(chain(A=passes(), B=passes(), C=passes()), transition=20_000)
    assert kinds(run)[-1] == "PassStateExited"
    world.run()
    assert [event.time for event in run.events if event.type == "PassStateEntered"] == [0, 20_000, 40_000]


MAP = {"Type": "Map", "ItemProcessor": {**chain(A=passes()), "ProcessorConfig": {"Mode": "DISTRIBUTED"}}}


@pytest.mark.parametrize(
    ("state", "path"),
    [
        (passes(Next=5), "Next"),
        (passes(Assign=[1]), "Assign"),
        (task(Retry=5), "Retry"),
        (task(Retry=[{"ErrorEquals": "Boom"}]), "Retry[0].ErrorEquals"),
        (task(Retry=[{"ErrorEquals": ["Boom"], "BackoffRate": 0.5}]), "Retry[0].BackoffRate"),
        (task(Retry=[{"ErrorEquals": ["Boom"], "IntervalSeconds": -1}]), "Retry[0].IntervalSeconds"),
        (task(Catch=[True]), "Catch[0]"),
        (task(Catch=[{"ErrorEquals": ["Boom"]}]), "Catch[0].Next"),
        (task(Credentials="x"), "Credentials"),
        (task(TimeoutSeconds=-1), "TimeoutSeconds"),
        (task(TimeoutSeconds=1.5), "TimeoutSeconds"),
        ({"Type": "Choice", "Choices": 5}, "Choices"),
        ({"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": True}]}, "Choices[0].Next"),
        ({"Type": "Choice", "Choices": [{"Variable": "$", "Next": "A"}]}, "Choices[0]"),
        ({"Type": "Parallel", "Branches": {}}, "Branches"),
        ({"Type": "Map"}, "ItemProcessor"),
        ({**MAP, "ItemReader": 5}, "ItemReader"),
        ({**MAP, "ItemReader": {"ReaderConfig": 5}}, "ItemReader.ReaderConfig"),
        ({**MAP, "ResultWriter": "x"}, "ResultWriter"),
        ({**MAP, "ItemBatcher": [1]}, "ItemBatcher"),
        ({**MAP, "Label": 5}, "Label"),
        (5, ""),
    ],
)
def test_a_part_of_a_wrong_shape_is_refused_at_its_place(state, path):
    """Issue: wrong definitions: the place, and nothing else suffers."""
    with pytest.raises(InvalidDefinition) as raised:
        Machine({"StartAt": "A", "States": {"A": state}})
    assert raised.value.path == f"States.A.{path}".rstrip(".")


@pytest.mark.parametrize("limit", [0, -5, 10**9, "x", None])
def test_a_time_limit_that_is_none_ends_the_execution(limit):
    """Section 2: TimeoutSeconds 1 to 99,999,999."""
    run = ran(chain(Work=task(TimeoutSecondsPath="$.limit")), {"limit": limit}, tasks=[{"state": "Work", "ok": 1}])
    assert (run.status, run.error) == ("FAILED", "States.Runtime")
