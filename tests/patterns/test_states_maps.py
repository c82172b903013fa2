"""Parallel and Map. Sections and invariants (7 to 9) are those of Step Functions' facts."""

import json
from typing import Any

import pytest

from simulator.engine.clock import SECOND
from tests.patterns.machines import SEND, assert_well_formed, begun, chain, kinds, passes, ran, retry, states, task

WORK = chain(Work=task(SEND))
DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


def mapped(processor: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {"Type": "Map", "ItemProcessor": processor or chain(One=passes()), **fields}


def spread(processor: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A distributed Map."""
    return mapped({**(processor or chain(One=passes())), "ProcessorConfig": DISTRIBUTED}, **fields)


def fails_for(value: Any) -> dict[str, Any]:
    rule = {"Variable": "$", "NumericEquals": value, "Next": "Bad"}
    return chain(
        Ask={"Type": "Choice", "Choices": [rule], "Default": "Good"},
        Good=passes(End=True),
        Bad={"Type": "Fail", "Error": "Bad", "Cause": "of all things"},
    )


def test_branches_finish_in_any_order_and_come_out_in_theirs():
    """Invariant 7."""
    branches = [chain(W={"Type": "Wait", "Seconds": n}, P=passes(Result=n)) for n in (3, 1, 2)]
    run = ran(chain(Both={"Type": "Parallel", "Branches": branches}))
    assert run.output == [3, 1, 2]
    assert run.events[-1].time == 3 * SECOND
    assert kinds(run)[:3] == ["ExecutionStarted", "ParallelStateEntered", "ParallelStateStarted"]
    assert kinds(run)[-3:] == ["ParallelStateSucceeded", "ParallelStateExited", "ExecutionSucceeded"]
    assert_well_formed(run)


def test_a_branch_that_fails_stops_the_others():
    """Section 6; recorded on the service: a failed task of a branch is aborted."""
    branches = [WORK, chain(W={"Type": "Wait", "Seconds": 100}), chain(Other=task(SEND))]
    catch = [{"ErrorEquals": ["Boom"], "Next": "Caught"}]
    run, world = begun(chain(Both={"Type": "Parallel", "Branches": branches, "Catch": catch}, Caught=passes()))
    first, other = world.attempts
    first.failed("Boom", "it broke")
    assert kinds(run)[-9:] == [
        "TaskFailed",
        "TaskStateAborted",
        "WaitStateAborted",
        "TaskStateAborted",
        "ParallelStateFailed",
        "ParallelStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert world.stopped == [other] and other.is_over
    assert run.output == {"Error": "Boom", "Cause": "it broke"}
    assert_well_formed(run)


def test_a_parallel_that_is_tried_again_starts_again():
    """Section 10: another ParallelStateStarted."""
    tasks = [{"state": "Work", "error": "Boom"}, {"state": "Work", "ok": 1}]
    run = ran(chain(Both={"Type": "Parallel", "Branches": [WORK], "Retry": [retry()]}), tasks=tasks)
    assert kinds(run).count("ParallelStateStarted") == 2 and kinds(run).count("ParallelStateEntered") == 1
    assert run.output == [1]


def test_items_keep_their_order_and_no_more_run_than_may():
    """Invariants 7 and 8."""
    run, world = begun(chain(All=mapped(WORK, MaxConcurrency=3)), list(range(8)))
    most = 0
    while not run.is_over:
        running = [attempt for attempt in world.attempts if not attempt.is_over]
        most = max(most, len(running))
        running[-1].succeeded(running[-1].parameters * 10)
        world.kernel.run(world.now)
    assert run.output == [n * 10 for n in range(8)]
    assert most == 3


def test_an_inline_map_runs_forty_at_most():
    """Invariant 8."""
    _, world = begun(chain(All=mapped(WORK)), list(range(60)))
    assert len(world.attempts) == 40


def test_an_iteration_is_told_by_its_events():
    """Section 10."""
    run = ran(chain(All=mapped(MaxConcurrency=1)), ["a", "b"])
    inner = ["MapIterationStarted", "PassStateEntered", "PassStateExited", "MapIterationSucceeded"]
    ends = ["MapStateSucceeded", "MapStateExited", "ExecutionSucceeded"]
    assert kinds(run) == ["ExecutionStarted", "MapStateEntered", "MapStateStarted", *inner, *inner, *ends]
    assert run.events[2].details == {"length": 2}
    assert run.events[7].details == {"name": "All", "index": 1}


def test_an_iteration_that_fails_fails_the_map_and_aborts_the_others():
    """Section 6."""
    run, world = begun(chain(All=mapped(WORK)), [1, 2])
    world.attempts[1].failed("Boom")
    assert kinds(run)[-6:] == [
        "TaskFailed",
        "MapIterationFailed",
        "TaskStateAborted",
        "MapIterationAborted",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    assert run.error == "Boom"
    assert_well_formed(run)


def test_an_item_selector_sees_the_item_and_the_input():
    """Section 6: $$.Map.Item, and the context object inside."""
    inside = chain(One=passes(Parameters={"got.$": "$", "place.$": "$$.Map.Item.Index"}))
    select = {"v.$": "$$.Map.Item.Value", "all.$": "$.rate"}
    run = ran(chain(All=mapped(inside, ItemsPath="$.list", ItemSelector=select)), {"list": [5, 6], "rate": 2})
    assert run.output == [{"got": {"v": 5, "all": 2}, "place": 0}, {"got": {"v": 6, "all": 2}, "place": 1}]
    ata = passes(Output="{% $states.context.Map.Item.Value & '!' %}")
    query = {"Type": "Map", "Items": "{% ['a'] %}", "ItemProcessor": chain("JSONata", One=ata)}
    del query["ItemProcessor"]["QueryLanguage"]
    assert ran(chain("JSONata", All=query)).output == ["a!"]


@pytest.mark.parametrize(("given", "said"), [({"n": "x"}, 'refers to value "x" which is not'), ({"n": "2"}, None)])
def test_a_concurrency_at_a_path_must_be_a_whole_number(given, said):
    """Section 6, recorded on the service: a text that holds a number is one."""
    run = ran(chain(All=mapped(MaxConcurrencyPath="$.n", ItemsPath="$.l")), {"l": [1], **given})
    assert (run.status == "SUCCEEDED") if said is None else (run.error == "States.Runtime" and said in run.cause)


@pytest.mark.parametrize("given", [10**400, "9" * 400])
def test_a_number_beyond_all_measure_is_as_many_as_possible(given):
    fields = {"ItemsPath": "$.items", "MaxConcurrencyPath": "$.n"}
    assert ran(chain(All=mapped(**fields)), {"items": [1, 2], "n": given}).output == [1, 2]
    assert ran(chain(All=mapped(MaxConcurrency=10**400)), [1, 2]).output == [1, 2]


def test_items_that_are_no_array_end_the_execution():
    """Section 6."""
    assert ran(chain(All=mapped(ItemsPath="$.l")), {"l": {}}).error == "States.Runtime"


def test_maps_in_loops_and_in_each_other_do_not_pile_up():
    """A loop over a Map goes on as long as the history has room."""
    machine = chain(All=mapped(chain(In=mapped())), Again=passes(Next="All"))
    run = ran(machine, [[1, 2], [3]])
    assert (run.status, run.error, len(run.events)) == ("FAILED", "States.Runtime", 25_000)


def test_a_distributed_map_has_a_child_for_each_item():
    """Section 10: children have their own histories."""
    run, world = begun(chain(All=spread()), [1, 2, 3])
    world.run()
    assert kinds(run)[1:] == [
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    assert run.output == [1, 2, 3]
    assert [child.status for child in world.children] == ["SUCCEEDED"] * 3
    assert len({child.arn for child in world.children}) == 3
    for child in world.children:
        assert_well_formed(child)


def test_children_of_a_distributed_map_do_not_see_the_variables():
    """Section 3."""
    inside = chain(One=passes(Parameters={"v.$": "$outer"}))
    run = ran(chain(A=passes(Assign={"outer": 1}), All=spread(inside, ToleratedFailureCount=9)), [1])
    assert run.status == "SUCCEEDED" and run.output == []


@pytest.mark.parametrize(
    ("tolerated", "fine"),
    [
        ({}, False),
        ({"ToleratedFailureCount": 1}, False),
        ({"ToleratedFailureCount": 2}, True),
        ({"ToleratedFailurePercentage": 49}, False),
        ({"ToleratedFailurePercentagePath": "$.p"}, True),
        ({"ToleratedFailureCountPath": "$.c"}, True),
    ],
)
def test_a_distributed_map_tolerates_as_many_failures_as_it_says(tolerated, fine):
    """Invariant 9."""
    machine = chain(All=spread(fails_for(3), ItemsPath="$.l", **tolerated))
    run = ran(machine, {"l": [3, 1, 3, 2], "p": 50, "c": "2"})
    assert run.status == ("SUCCEEDED" if fine else "FAILED")
    if not fine:
        assert run.error == "States.ExceedToleratedFailureThreshold"
        assert run.cause == "The specified tolerated failure threshold was exceeded"
        assert kinds(run)[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_the_counts_of_a_map_run_always_sum_up():
    """Invariant 9: pending, running, succeeded, failed, timedOut and aborted make the total."""
    run, world = begun(chain(All=spread(WORK, MaxConcurrency=4, ToleratedFailureCount=2)), list(range(10)))
    counts = run.root.work.counts
    seen = []
    while not run.is_over:
        assert sum(counts.values()) - counts["total"] == counts["total"] == 10
        assert counts["running"] <= 4
        attempt = next(attempt for attempt in world.attempts if not attempt.is_over)
        attempt.failed("Boom") if attempt.parameters % 2 else attempt.succeeded(None)
        world.kernel.run(world.now)
        seen.append(dict(counts))
    assert run.error == "States.ExceedToleratedFailureThreshold"
    assert seen[-1]["failed"] == 3 and seen[-1]["aborted"] > 0 and seen[-1]["running"] == 0
    assert {child.status for child in world.children} == {"SUCCEEDED", "FAILED", "ABORTED"}


CSV_READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}


@pytest.mark.parametrize(
    ("settings", "text", "items"),
    [
        (
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "a,b\n1,2\n3\n",
            [{"a": "1", "b": "2"}, {"a": "3", "b": ""}],
        ),
        ({"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x"]}, "1,2\n", [{"x": "1"}]),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVDelimiter": "PIPE"},
            "a|b\n1|2",
            [{"a": "1", "b": "2"}],
        ),
        ({"InputType": "JSON"}, "[1, [2]]", [1, [2]]),
        ({"InputType": "JSON", "ItemsPointer": "/a/0"}, '{"a": [[7]]}', [7]),
        ({"InputType": "JSONL"}, '{"n": 1}\n\n2\n', [{"n": 1}, 2]),
        ({"InputType": "JSON", "MaxItems": 2}, "[1, 2, 3]", [1, 2]),
        ({}, [{"Key": "a"}], [{"Key": "a"}]),
    ],
)
def test_items_are_read_from_a_data_set(settings, text, items):
    """Section 6: ItemReader."""
    run = ran(chain(All=spread(ItemReader={**CSV_READER, "ReaderConfig": settings})), data={"b/k": text})
    assert run.output == items


@pytest.mark.parametrize(
    ("fields", "given", "source"),
    [({}, [1], "STATE_DATA"), ({"ItemReader": {**CSV_READER, "ReaderConfig": {"InputType": "JSON"}}}, {}, "S3://b/k")],
)
def test_an_item_tells_where_it_comes_from(fields, given, source):
    """Section 3: Map.Item.Source of the context object."""
    selector = {"from.$": "$$.Map.Item.Source", "value.$": "$$.Map.Item.Value"}
    run = ran(chain(All=spread(ItemSelector=selector, **fields)), given, data={"b/k": "[1]"})
    assert run.output == [{"from": source, "value": 1}]


@pytest.mark.parametrize(
    ("settings", "data", "said"),
    [
        ({"InputType": "JSON"}, {"b/k": "{}"}, "Attempting to map over non-iterable node."),
        ({"InputType": "JSON"}, {"b/k": "{"}, "not valid JSON"),
        ({"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "a"]}, {"b/k": "1,2"}, "duplicates"),
        ({"InputType": "JSON"}, {}, "does not exist"),
    ],
)
def test_a_data_set_that_cannot_be_read_is_an_error_by_its_name(settings, data, said):
    """Section 7: States.ItemReaderFailed, which can be caught."""
    reader = {**CSV_READER, "ReaderConfig": settings}
    run = ran(chain(All=spread(ItemReader=reader)), data=data)
    assert run.error == "States.ItemReaderFailed" and said in run.cause
    assert kinds(run)[-4:] == ["MapRunStarted", "MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    catch = [{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "Caught"}]
    assert states(ran(chain(All=spread(ItemReader=reader, Catch=catch), Caught=passes()), data=data)) == [
        "All",
        "Caught",
    ]


def test_items_are_put_together_in_batches():
    """Section 6: ItemBatcher, child input {BatchInput, Items}."""
    batcher = {"MaxItemsPerBatch": 2, "BatchInput": {"rate.$": "$.rate"}}
    run = ran(chain(All=spread(ItemsPath="$.l", ItemBatcher=batcher)), {"l": [1, 2, 3], "rate": 9})
    assert run.output == [{"BatchInput": {"rate": 9}, "Items": [1, 2]}, {"BatchInput": {"rate": 9}, "Items": [3]}]
    small = ran(chain(All=spread(ItemBatcher={"MaxInputBytesPerBatch": 80})), ["x" * 15] * 5)
    assert [len(batch["Items"]) for batch in small.output] == [2, 2, 1]
    assert all(len(json.dumps(batch)) <= 80 for batch in small.output)


def test_results_are_written_to_files_with_a_manifest():
    """Section 6: ResultWriter."""
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "jobs"}}
    data: dict[str, Any] = {}
    machine = chain(All=spread(fails_for(2), ResultWriter=writer, ToleratedFailureCount=1))
    run = ran(machine, [1, 2, 3], data=data)
    place = run.output["ResultWriterDetails"]
    manifest = json.loads(data[f"{place['Bucket']}/{place['Key']}"])
    (succeeded,), (failed,) = manifest["ResultFiles"]["SUCCEEDED"], manifest["ResultFiles"]["FAILED"]
    assert [row["Output"] for row in json.loads(data[f"out/{succeeded['Key']}"])] == ["1", "3"]
    assert [(row["Status"], row["Error"]) for row in json.loads(data[f"out/{failed['Key']}"])] == [("FAILED", "Bad")]
    assert manifest["MapRunArn"] == run.output["MapRunArn"]


@pytest.mark.parametrize(("how", "rows"), [("COMPACT", [[1], [2]]), ("FLATTEN", [1, 2])])
def test_results_can_be_transformed_without_being_written(how, rows):
    """Section 6: WriterConfig."""
    machine = chain(All=spread(ResultWriter={"WriterConfig": {"Transformation": how, "OutputType": "JSON"}}))
    assert ran(machine, [[1], [2]]).output == rows


def test_children_of_a_stopped_execution_are_stopped():
    """Section 6: a Map Run is ABORTED."""
    run, world = begun(chain(All=spread(WORK)), [1, 2])
    run.abort()
    assert [child.status for child in world.children] == ["ABORTED", "ABORTED"]
    assert world.stopped == world.attempts
