"""EventBridge Pipes. Source: EventBridge User Guide, "Amazon EventBridge Pipes" and the chapters cited."""

from itertools import chain, pairwise
from random import Random
from typing import Any

import pytest

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.mapping import FIELDS
from simulator.engine.run import Run
from simulator.folds.guarantees import Guarantees
from tests.patterns.vocabulary import (
    bus,
    conserved,
    custody,
    do,
    document,
    lines,
    name_of,
    pipe,
    producer,
    queue,
    records,
    scenario,
    story,
    target,
    times,
    worker,
)

BODY = {"InputTemplate": "<$.body>"}
NINE = {"low": 1, "high": 9}
GATHERED = {"BatchSize": 100, "MaximumBatchingWindowInSeconds": 1}


def sent(run: Run, *bodies: Any, to: str = "in", **more: Any) -> None:
    for body in bodies:
        do(run, to, "SendMessage", MessageBody=body, **more)


def node(run: Run, name: str) -> Any:
    return next(node for node in run.nodes if node.id == name)


def bodies(run: Run, name: str = "out") -> list[Any]:
    """What waits in a queue, oldest first."""
    return [entry.message.body for entry in node(run, name).visible.first(1000)]


def test_what_the_filter_wants_is_passed_on_and_the_rest_is_deleted():
    """Invariant 16 of the event bus: filtered SQS messages are deleted. Source: "Event filtering in Pipes"."""
    run = scenario(
        queue("in"), pipe("p", {"body": {"state": ["paid"]}}, source="in", to="out", link=BODY), queue("out")
    )
    sent(run, {"state": "paid", "n": 1}, {"state": "open", "n": 2}, "no JSON")
    run.advance(5 * SECOND)
    assert bodies(run) == [{"state": "paid", "n": 1}]
    assert story(run, "you-1") == ["enqueued", "received", "entered", "processed", "deleted"]
    assert story(run, "you-2") == ["enqueued", "received", "filtered_out", "deleted"]
    reasons = [record[4] for record in records(run, "filtered_out")]
    assert reasons[0] == 'did not match: $.body.state is "open"; asked for "paid"'
    assert custody(run, "in") == 0
    assert conserved(run)


def test_one_of_several_patterns_is_enough_and_text_is_compared_as_text():
    """Source: Lambda Developer Guide, "Using event filtering with an Amazon SQS event source"."""
    patterns = ({"body": {"n": [{"numeric": [">", 5]}]}}, '{"body": ["hello"]}')
    run = scenario(queue("in"), pipe("p", *patterns, source="in", to="out", link=BODY), queue("out"))
    sent(run, {"n": 9}, {"n": 3}, "hello", '{"n": 7}', "goodbye")
    run.advance(5 * SECOND)
    assert sorted(map(str, bodies(run))) == ['"hello"', "{'n': 7}", "{'n': 9}"]


def test_a_body_that_is_nested_without_end_is_text():
    """The depth is ours: what is deeper can be neither compared nor stored."""
    deep = "[" * 600 + "]" * 600
    run = scenario(queue("in"), pipe("p", {"body": [deep]}, source="in", to="out", link=BODY), queue("out"))
    sent(run, deep, "[" * 50 + "]" * 50)
    run.advance(SECOND)
    run.trace.take()
    Run.restore(run.checkpoint(), run.scenario, run.journal, len(run.journal)).advance(5 * SECOND)
    assert bodies(run) == [f'"{deep}"']


def test_a_filter_keeps_no_guarantee_from_holding():
    """What the filter did not want is neither lost nor undone."""
    run = scenario(queue("in"), pipe("p", {"body": {"x": [1]}}, source="in", to="out"), queue("out"))
    sent(run, {"x": 1}, {"x": 2})
    run.advance(5 * SECOND)
    guarantees = Guarantees(run.scenario)
    guarantees.add(run.trace.records)
    assert [row[:3] for row in guarantees.rows() if row[2] == "broken"] == []
    assert not guarantees._undone


def test_without_a_template_the_target_gets_the_record_of_the_queue():
    """Source: Lambda Developer Guide, "Using Lambda with Amazon SQS" (a record holds its body as text)."""
    run = scenario(queue("in"), pipe("p", source="in", to="out"), queue("out"))
    sent(run, {"a": 1}, MessageAttributes={"kind": {"DataType": "String", "StringValue": "x"}})
    run.advance(5 * SECOND)
    (record,) = bodies(run)
    assert record["messageId"] == "you-1"
    assert record["body"] == '{"a":1}'
    assert record["attributes"] == {"ApproximateReceiveCount": "1", "SentTimestamp": "1767571200000"}
    assert record["messageAttributes"] == {"kind": {"stringValue": "x", "dataType": "String"}}
    assert record["eventSourceARN"] == "arn:aws:sqs:us-east-1:123456789012:in"


def test_a_template_reaches_into_the_body_and_knows_the_pipe():
    """Source: "Amazon EventBridge Pipes input transformation" (reserved variables, implicit body data parsing)."""
    text = (
        '{"n": <$.body.n>, "of": "<aws.pipes.pipe-name> <$.messageId>", "arn": <aws.pipes.source-arn>,'
        ' "at": <aws.pipes.event.ingestion-time>, "text": <aws.pipes.event>, "json": <aws.pipes.event.json>,'
        ' "no": <$.x>}'
    )
    run = scenario(queue("in"), pipe("p", source="in", to="out", link={"InputTemplate": text}), queue("out"))
    sent(run, {"n": [1, 2]})
    run.advance(5 * SECOND)
    (made,) = bodies(run)
    assert made["n"] == [1, 2]
    assert made["of"] == "p you-1"
    assert made["arn"] == "arn:aws:sqs:us-east-1:123456789012:in"
    assert made["at"] == "2026-01-05T00:00:00Z"
    assert (made["text"]["body"], made["json"]["body"]) == ('{"n":[1,2]}', {"n": [1, 2]})
    assert made["no"] == ""


def test_an_enrichments_answer_goes_on_in_the_records_place():
    """Source: "Event enrichment in Amazon EventBridge Pipes"."""
    run = scenario(
        queue("in"),
        pipe("p", source="in", asks="f", to="out", question=BODY, link={"InputTemplate": '{"got": <$.price>}'}),
        worker("f", service=SECOND, transform='{"price": body.n * 2}'),
        queue("out"),
    )
    sent(run, {"n": 4})
    run.advance(5 * SECOND)
    assert bodies(run) == [{"got": 8}]
    assert story(run, "you-1") == ["enqueued", "received", "entered", "enriched", "processed", "deleted"]
    assert story(run, "p-1") == ["accepted", "started", "processed", "finished"]
    assert conserved(run)


@pytest.mark.parametrize("nothing", ['""', "{}", "[]"])
def test_an_empty_answer_means_that_the_target_is_not_called(nothing: str):
    """Source: "Event enrichment": an empty response means that the target is not invoked."""
    run = scenario(
        queue("in"),
        pipe("p", source="in", asks="f", to="out"),
        worker("f", transform=nothing),
        queue("out"),
    )
    sent(run, {"n": 4})
    run.advance(20 * SECOND)
    assert story(run, "you-1")[-2:] == ["came_to_nothing", "deleted"]
    assert bodies(run) == []
    assert conserved(run)


def test_what_fails_comes_again_and_ends_where_the_queues_redrive_policy_says():
    """Source: "Amazon EventBridge Pipes error handling and troubleshooting"."""
    run = scenario(
        queue("in", dead="dead", limit=3, VisibilityTimeout=10),
        queue("dead"),
        pipe("p", source="in", asks="f", to="out"),
        worker("f", service=SECOND, failure_probability=1),
        queue("out"),
    )
    sent(run, {"n": 1})
    run.advance(2 * MINUTE)
    assert len(records(run, "failed")) == 6  # the function's, and the pipe's
    assert len(records(run, "withdrawn")) == 3
    assert [entry.message.body for entry in node(run, "dead").visible.first(9)] == [{"n": 1}]
    assert node(run, "p").view()["reason"] == "f did not take it: Unhandled"
    assert conserved(run)


def test_of_a_batch_only_what_failed_comes_again():
    """Source: "Pipes batching and concurrency": partial failures re-run the remainder through the whole pipe."""
    run = scenario(
        queue("in", VisibilityTimeout=10),
        pipe("p", source="in", to="f", link=BODY, DesiredState="STOPPED"),
        worker("f", service=0, concurrency=20, poison='body.n = "bad"'),
    )
    sent(run, {"n": 1}, {"n": "bad"}, {"n": 3})
    do(run, "p", "StartPipe")
    run.advance(9 * SECOND)
    assert [record[4:6] for record in records(run, "batch_in_part")] == [(1, 3)]
    assert custody(run, "in") == 1
    run.advance(25 * SECOND)
    assert len(records(run, "entered")) == 5
    assert len(records(run, "batch_failed")) == 2
    assert conserved(run)


def test_a_bus_gets_entries_and_parameters_may_be_paths():
    """Source: Pipes API Reference, PipeTargetEventBridgeEventBusParameters, PipeTargetSqsQueueParameters."""
    run = scenario(
        queue("in"),
        pipe("p", source="in", to="bus", link=BODY),
        bus("bus", rules={"all": {"source": ["Pipe p"]}}, targets=[target("all", "out")]),
        queue("out"),
    )
    sent(run, {"n": 1})
    run.advance(5 * SECOND)
    (event,) = bodies(run)
    assert (event["source"], event["detail-type"], event["detail"]) == ("Pipe p", "Event from aws:sqs", {"n": 1})


def test_a_group_keeps_its_order_through_the_pipe_whatever_is_lost_on_the_way():
    """Invariant 16 of the event bus: a pipe keeps the source's order per group."""
    for seed in range(6):
        parameters = {"MessageGroupId": "$.attributes.MessageGroupId", "MessageDeduplicationId": "$.messageId"}
        rough = {"latency": {"uniform": {"low": 0, "high": 3}}, "loss": 0.1, "SqsParameters": parameters} | BODY
        run = scenario(
            queue("in", FifoQueue=True, ContentBasedDeduplication=True, VisibilityTimeout=30),
            pipe("p", source="in", to="out", link=rough),
            queue("out", FifoQueue=True),
            seed=seed,
        )
        random = Random(seed)
        for number in range(40):
            sent(run, {"n": number}, MessageGroupId=random.choice("abc"))
        run.advance(60 * MINUTE)
        arrived: dict[str, list[int]] = {"a": [], "b": [], "c": []}
        for entry in node(run, "out").visible.first(100):
            arrived[entry.message.group].append(entry.message.body["n"])
        assert sorted(chain(*arrived.values())) == list(range(40))
        assert all(numbers == sorted(numbers) for numbers in arrived.values()), f"seed {seed}: {arrived}"
        assert conserved(run)


def test_a_failure_in_a_group_holds_up_what_is_behind_it():
    run = scenario(
        queue("in", FifoQueue=True, ContentBasedDeduplication=True, VisibilityTimeout=10),
        pipe("p", source="in", to="f", link=BODY),
        worker("f", service=0.2, concurrency=10, poison="body.n = 2"),
    )
    sent(run, {"n": 1}, {"n": 2}, {"n": 3}, MessageGroupId="g")
    run.advance(9 * SECOND)
    done = [name_of(run, record[3]) for record in records(run, "processed") if record[2] == node(run, "p").index]
    assert done == ["you-1"]
    assert [name_of(run, record[3]) for record in records(run, "abandoned")] == ["you-3"]


def test_no_more_are_under_way_than_a_request_to_the_target_holds():
    """Source: "Pipes batching and concurrency": a batch for SQS, SNS or a bus has at most ten entries."""
    run = scenario(
        queue("in"),
        pipe(
            "p",
            source="in",
            to="out",
            poll=GATHERED,
            link={"latency": 5},
        ),
        queue("out"),
    )
    sent(run, *({"n": number} for number in range(60)))
    most = 0
    for second in range(60):
        run.advance(second * SECOND)
        for execution in node(run, "p").executions:
            most = max(most, len(execution._active))
    assert most == 10
    assert len(bodies(run)) == 60


def test_an_execution_ends_after_five_minutes():
    """Source: quotas of pipes: an execution may take five minutes."""
    run = scenario(
        queue("in", VisibilityTimeout=900),
        pipe("p", source="in", to="f", poll={"BatchSize": 2, "MaximumBatchingWindowInSeconds": 1}),
        worker("f", service=400 * SECOND, concurrency=5),
    )
    sent(run, {"n": 1}, {"n": 2})
    run.advance(6 * MINUTE)
    assert [record[4] for record in records(run, "failed")] == ["an execution may take five minutes"] * 2
    assert node(run, "p").executions == {}
    run.advance(16 * MINUTE)
    assert len(records(run, "entered")) == 4
    assert conserved(run)


def test_a_pipe_stops_and_starts_and_finishes_what_it_has():
    """Source: Pipes API Reference, StartPipe, StopPipe."""
    run = scenario(queue("in"), pipe("p", source="in", to="out", link={"latency": 2}), queue("out"))
    sent(run, {"n": 1})
    run.advance(SECOND)
    assert do(run, "p", "StopPipe").result["CurrentState"] == "STOPPED"
    run.advance(30 * SECOND)
    assert len(bodies(run)) == 1
    assert node(run, "p").gauges()["pollers"] == 0
    sent(run, {"n": 2})
    run.advance(60 * SECOND)
    assert (len(bodies(run)), node(run, "p").view()["state"]) == (1, "stopped")
    do(run, "p", "StartPipe")
    run.advance(70 * SECOND)
    assert len(bodies(run)) == 2
    assert do(run, "p", "DescribePipe").result["delivered"] == 2
    assert len(records(run, "pipe_started")) == len(records(run, "pipe_stopped")) == 1


def test_a_pipe_that_shall_be_stopped_begins_so():
    run = scenario(queue("in"), pipe("p", source="in", to="out", DesiredState="STOPPED"), queue("out"))
    sent(run, {"n": 1})
    run.advance(MINUTE)
    assert bodies(run) == []
    do(run, "p", "change", DesiredState="RUNNING")
    run.advance(2 * MINUTE)
    assert len(bodies(run)) == 1


def test_an_unavailable_pipe_polls_nothing_until_it_is_back():
    run = scenario(
        queue("in"),
        pipe("p", source="in", to="out"),
        queue("out"),
        faults=[{"at": "0s", "fault": "unavailable", "node": "p", "for": "60s"}],
    )
    run.advance(30 * SECOND)
    sent(run, {"n": 1})
    run.advance(59 * SECOND)
    assert bodies(run) == []
    run.advance(65 * SECOND)
    assert len(bodies(run)) == 1


def test_a_throttled_pipe_begins_with_so_many_batches_a_second():
    run = scenario(
        queue("in", VisibilityTimeout=600),
        pipe("p", source="in", to="out", poll={"BatchSize": 1}),
        queue("out"),
        faults=[{"at": "0s", "fault": "throttle", "node": "p", "arguments": {"per_second": 0.5}}],
    )
    sent(run, *({"n": number} for number in range(10)))
    run.advance(40 * SECOND)
    begun = times(run, "invoked")
    assert len(begun) == 10
    assert all(later - before >= 2 * SECOND - 1 for before, later in pairwise(begun))
    assert len(records(run, "invocation_refused")) > 5


def test_messages_that_are_made_from_one_another_for_ever_come_to_an_end():
    """A pipe that leads back to its own source is a loop."""
    run = scenario(
        queue("in", dead="dead", limit=1, VisibilityTimeout=1),
        queue("dead"),
        pipe("p", source="in", to="in", link=BODY),
    )
    sent(run, {"n": 1})
    run.advance(5 * MINUTE)
    assert "a loop: 64 messages" in records(run, "failed")[0][4]
    assert custody(run, "in") == 0
    assert conserved(run)


def test_a_run_that_was_stored_goes_on_as_the_one_that_was_not():
    """DESIGN, idea 3: a run is a value."""
    run = scenario(
        producer("shop", to="in", arrivals={"poisson": {"per_second": 3}}, body={"n": {"integer": NINE}}),
        queue("in", VisibilityTimeout=10),
        pipe("p", {"body": {"n": [{"numeric": ["<", 8]}]}}, source="in", asks="f", to="out", question=BODY),
        worker("f", service=2, failure_probability=0.2, concurrency=4),
        queue("out"),
    )
    run.advance(30 * SECOND)
    run.trace.take()
    again = Run.restore(run.checkpoint(), run.scenario, run.journal, len(run.journal))
    for one in (run, again):
        one.advance(2 * MINUTE)
    assert lines(again) == lines(run)
    assert len(node(run, "p").view()["batch"]) <= 10
    assert node(run, "p").view()["batch"] == node(again, "p").view()["batch"]


def test_the_view_tells_where_each_record_is():
    run = scenario(
        queue("in"),
        pipe("p", {"body": {"n": [1, 2]}}, source="in", asks="f", to="out", poll={"BatchSize": 1}),
        worker("f", service=10 * SECOND),
        queue("out"),
    )
    sent(run, {"n": 1}, {"n": 3})
    run.advance(SECOND)
    view = node(run, "p").view()
    assert [glyph[3] for glyph in view["batch"]] == [2]
    assert {key: view[key] for key in ("received", "filtered", "enriched", "delivered", "failed")} == {
        "received": 2,
        "filtered": 1,
        "enriched": 0,
        "delivered": 0,
        "failed": 0,
    }
    assert (view["enrichment"], view["caption"]) == ("f", ["1 filter", "at most 10 at a time"])


@pytest.mark.parametrize("name", ["worker", "pipe"])
def test_whatever_has_a_mapping_declares_what_its_pollers_write(name: str):
    kinds = {kind.name: kind.fields for kind in catalog.patterns()[name].kinds}
    assert {key: kinds.get(key) for key in FIELDS} == FIELDS


def test_a_document_with_a_pipe_can_be_written_and_read_again():
    parts = (queue("in"), pipe("p", {"body": {"a": [1]}}, source="in", to="out"), queue("out"))
    written = document(*parts)
    assert documents.read(written, catalog.patterns()).source == written
