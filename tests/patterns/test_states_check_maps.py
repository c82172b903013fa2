"""Map and Parallel states: the machines inside them, and how a Map reads, batches, tolerates and writes."""

from typing import Any

import pytest

from patterns.state_machine import check
from tests.patterns.definitions import DISTRIBUTED, jsonata, machine, maps, passes, problems, state, task

READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key.$": "$.key"}}


def distributed(**fields: Any) -> dict[str, Any]:
    return machine(A=maps(processor=DISTRIBUTED, **fields))


def test_the_machines_of_all_branches_are_checked():
    """Source: Amazon States Language specification, "Parallel State"."""
    good = state("Parallel", Branches=[machine(B=passes()), machine(C=passes())])
    assert check(machine(A=good)) == []
    bad = state("Parallel", Branches=[machine(B=passes()), machine(C={"Type": "Pass"}), {}, 3])
    assert list(problems(machine(A=bad))) == [f"States.A.Branches.{path}" for path in ("1.States.C", "2", "3")]


@pytest.mark.parametrize("branches", [[], {}, None])
def test_a_parallel_state_has_branches(branches: object):
    assert list(problems(machine(A=state("Parallel", Branches=branches)))) == ["States.A.Branches"]
    assert problems(machine(A=state("Parallel"))) == {"States.A": "has no Branches"}


def test_a_map_has_one_processor_under_the_new_or_the_old_name():
    """Source: step_functions facts, section 6: `Iterator` and `Parameters` are the older names."""
    assert check(machine(A=state("Map", Iterator=machine(B=passes()), Parameters={"x.$": "$$.Map.Item.Value"}))) == []
    assert problems(machine(A=state("Map"))) == {"States.A": "has no ItemProcessor"}
    assert problems(machine(A=maps(ItemSelector={}, Parameters={}))) == {
        "States.A.Parameters": "stands beside ItemSelector"
    }
    both = maps(Iterator=machine(B=passes()))
    assert problems(machine(A=both)) == {"States.A.Iterator": "stands beside ItemProcessor"}


def test_a_distributed_map_says_of_which_type_its_children_are():
    """Source: step_functions facts, section 6."""
    without = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}
    assert problems(machine(A=maps(processor=without))) == {
        "States.A.ItemProcessor.ProcessorConfig": "has no ExecutionType"
    }
    wrong = {"ProcessorConfig": {"Mode": "inline", "ExecutionType": "FAST", "Size": 1}}
    assert len(problems(machine(A=maps(processor=wrong)))) == 3
    assert list(problems(machine(A=maps(processor={"ProcessorConfig": 3})))) == [
        "States.A.ItemProcessor.ProcessorConfig"
    ]


def test_children_of_type_express_wait_for_nothing_and_distribute_nothing():
    """Source: step_functions facts, section 1."""
    express = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}
    waits = task(Resource="arn:aws:states:::sqs:sendMessage.waitForTaskToken", Next="C")
    inside = {**machine(B=waits, C=maps(processor=DISTRIBUTED)), **express}
    assert list(problems(machine(A=maps(processor=inside)))) == [
        "States.A.ItemProcessor.States.B.Resource",
        "States.A.ItemProcessor.States.C.ItemProcessor.ProcessorConfig.Mode",
    ]


@pytest.mark.parametrize("field", ["ItemReader", "ItemBatcher", "ResultWriter"])
def test_what_needs_child_executions_is_refused_in_a_map_that_says_it_is_inline(field: str):
    """Source: step_functions facts, section 6, the table's dashes."""
    given = {"ItemReader": READER, "ItemBatcher": {"MaxItemsPerBatch": 2}, "ResultWriter": {"WriterConfig": {}}}[field]
    inline = maps(processor={"ProcessorConfig": {"Mode": "INLINE"}}, **{field: given})
    assert list(problems(machine(A=inline))) == [f"States.A.{field}"]
    assert check(distributed(**{field: given})) == []


def test_items_come_from_a_path_or_in_jsonata_from_a_value():
    assert check(machine(A=maps(ItemsPath="$[0]", ItemSelector={"v.$": "$$.Map.Item.Value"}))) == []
    for items in ([1, "{% $x %}"], {"a": 1}, "{% $states.input.items %}"):
        assert check(jsonata(A=maps(Items=items))) == []
    for items in (3, "x", None, ["{% ( %}"]):
        [path] = problems(jsonata(A=maps(Items=items)))
        assert path.startswith("States.A.Items")
    assert list(problems(machine(A=maps(ItemsPath=None)))) == ["States.A.ItemsPath"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("MaxConcurrency", -1), ("MaxConcurrency", 1.5), ("MaxConcurrency", "3"), ("ToleratedFailureCount", -1),
        ("ToleratedFailurePercentage", 100.5), ("ToleratedFailurePercentage", "5"), ("MaxConcurrencyPath", "n"),
    ],
)  # fmt: skip
def test_a_limit_out_of_range_is_refused(field: str, wrong: object):
    """Source: step_functions facts, section 6."""
    assert list(problems(machine(A=maps(**{field: wrong})))) == [f"States.A.{field}"]


def test_limits_come_from_numbers_paths_or_expressions():
    assert check(distributed(MaxConcurrency=0, ToleratedFailureCount=0, ToleratedFailurePercentage=99.5)) == []
    assert check(distributed(MaxConcurrencyPath="$.n", ToleratedFailureCountPath="$count")) == []
    assert check(jsonata(A=maps(Items=[], MaxConcurrency="{% $n %}", ToleratedFailurePercentage="{% 5 %}"))) == []
    twice = distributed(ToleratedFailureCount=1, ToleratedFailureCountPath="$.n")
    assert list(problems(twice)) == ["States.A.ToleratedFailureCountPath"]


@pytest.mark.parametrize("label", ["", "n" * 41, "a b", "a?", "a[0]", "a:b", "a,b", "a\u0007", 3])
def test_a_label_is_short_and_plain(label: object):
    """Source: recorded from CreateStateMachine: no empty label, none longer than 40, "invalid character"."""
    assert list(problems(distributed(Label=label))) == ["States.A.Label"]
    assert check(distributed(Label="n" * 40)) == []


def test_a_reader_names_what_it_reads_and_how():
    """Source: step_functions facts, section 6, ItemReader."""
    listing = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}}
    table = {**READER, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"]}}
    limited = {**READER, "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$.n"}}
    for reader in (listing, table, limited):
        assert check(distributed(ItemReader=reader)) == []


@pytest.mark.parametrize(
    ("reader", "path"),
    [
        ({}, ""),
        ({"Resource": "arn:aws:states:::s3:putObject"}, ".Resource"),
        ({**READER, "Arguments": {}}, ".Arguments"),
        ({**READER, "Parameters": {"Key.$": "key"}}, ".Parameters.Key.$"),
        ({**READER, "ReaderConfig": {"InputType": "XML"}}, ".ReaderConfig.InputType"),
        ({**READER, "ReaderConfig": {"MaxItems": 100_000_001}}, ".ReaderConfig.MaxItems"),
        ({**READER, "ReaderConfig": {"MaxItems": 1, "MaxItemsPath": "$.n"}}, ".ReaderConfig.MaxItemsPath"),
        ({**READER, "ReaderConfig": {"CSVHeaderLocation": "GIVEN"}}, ".ReaderConfig"),
        ({**READER, "ReaderConfig": {"CSVHeaders": [3]}}, ".ReaderConfig.CSVHeaders.0"),
        ({**READER, "ReaderConfig": 3}, ".ReaderConfig"),
        (3, ""),
    ],
)
def test_a_wrong_reader_is_refused_where_it_is_wrong(reader: object, path: str):
    assert list(problems(distributed(ItemReader=reader))) == [f"States.A.ItemReader{path}"]


@pytest.mark.parametrize(
    ("batcher", "path"),
    [
        ({}, ""),
        ({"BatchInput": {}}, ""),
        ({"MaxItemsPerBatch": 0}, ".MaxItemsPerBatch"),
        ({"MaxInputBytesPerBatch": 262_145}, ".MaxInputBytesPerBatch"),
        ({"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.n"}, ".MaxItemsPerBatchPath"),
        ({"MaxItemsPerBatch": 1, "BatchInput": {"a.$": "x"}}, ".BatchInput.a.$"),
        ([], ""),
    ],
)
def test_a_batcher_says_how_large_a_batch_is(batcher: object, path: str):
    """Source: step_functions facts, section 6: MaxInputBytesPerBatch at most 256 KiB."""
    assert list(problems(distributed(ItemBatcher=batcher))) == [f"States.A.ItemBatcher{path}"]
    assert check(distributed(ItemBatcher={"MaxItemsPerBatchPath": "$.n", "MaxInputBytesPerBatch": 262_144})) == []


def test_a_writer_names_where_it_writes_or_how():
    """Source: step_functions facts, section 6, ResultWriter."""
    good = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}
    assert (
        check(distributed(ResultWriter={**good, "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}))
        == []
    )
    for wrong, path in (
        ({}, ""),
        ({"Resource": "s3"}, ".Resource"),
        ({**good, "WriterConfig": {"OutputType": "CSV"}}, ".WriterConfig.OutputType"),
        ({**good, "Prefix": "x"}, ".Prefix"),
    ):
        assert list(problems(distributed(ResultWriter=wrong))) == [f"States.A.ResultWriter{path}"]
