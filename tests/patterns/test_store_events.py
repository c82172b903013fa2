"""What a bucket tells a bus.

Source: Amazon S3 User Guide, "Using EventBridge" and "EventBridge event message structure".
"""

from hashlib import md5
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
    producer,
    queue,
    records,
    scenario,
    seconds,
    store,
    target,
    worker,
)

CREATED = {"source": ["aws.s3"], "detail-type": ["Object Created"]}


def bucket(**settings: Any) -> Part:
    part = store("photos", kind="s3", service=0.1, **settings)
    part.links.append({"from": "photos", "to": "bus", "settings": {"latency": 0.01}})
    return part


def writing(count: int = 1, body: Any = None, **settings: Any) -> Run:
    """A run in which objects are written into `photos`, of which `index` hears by a rule of `bus`."""
    return scenario(
        producer(
            "app",
            to="photos",
            arrivals={"regular": {"per_second": 1}},
            limit=count,
            body=body or {"n": {"sequence": {}}},
        ),
        bucket(**settings),
        bus("bus", rules={"created": CREATED}, targets=[target("created", "index")]),
        queue("index"),
    )


def events(run: Run) -> list[Any]:
    index: Any = run.find("index")
    return [entry.message.body for entry in index.entries.values()]


def test_a_bus_hears_of_an_object_after_it_was_written():
    run = writing(body={"id": "cat.jpg", "of": "Ada"})
    run.advance(seconds(10))
    [event] = events(run)
    assert (event["source"], event["detail-type"]) == ("aws.s3", "Object Created")
    assert event["resources"] == ["arn:aws:s3:::photos"]
    written = b'{"id":"cat.jpg","of":"Ada"}'
    assert event["detail"]["bucket"] == {"name": "photos"}
    assert event["detail"]["object"] == {
        "key": "cat.jpg",
        "size": len(written),
        "etag": md5(written, usedforsecurity=False).hexdigest(),
        "sequencer": "0000000000000001",
    }
    assert records(run, "created")[1][0] == records(run, "stored")[0][0]
    assert conserved(run)


def test_an_object_without_a_key_is_named_after_its_message():
    run = writing(2)
    run.advance(seconds(10))
    assert [event["detail"]["object"]["key"] for event in events(run)] == ["m-1", "m-2"]
    assert [event["detail"]["object"]["sequencer"][-1] for event in events(run)] == ["1", "2"]


def test_what_was_refused_is_not_told():
    run = writing(5)
    do(run, "photos", "unavailable")
    run.advance(seconds(20))
    assert not events(run) and conserved(run)


def test_a_bus_that_can_not_take_an_event_is_asked_again():
    run = writing(3)
    do(run, "bus", "unavailable", seconds=120)
    run.advance(seconds(60))
    assert custody(run, "photos") == 3 and conserved(run)
    run.advance(seconds(600))
    assert len(events(run)) == 3 and conserved(run)


def test_after_a_day_an_event_is_lost_and_says_so():
    run = writing(1)
    do(run, "bus", "unavailable")
    run.advance(seconds(87_000))
    assert len(records(run, "event_lost")) == 1
    assert conserved(run) and not run.inventory()


def test_a_function_that_writes_into_the_bucket_whose_events_invoke_it_comes_to_an_end():
    run = scenario(
        producer("app", to="photos", arrivals={"regular": {"per_second": 1}}, limit=1),
        bucket(),
        bus("bus", rules={"created": CREATED}, targets=[target("created", "shrink")]),
        worker("shrink", to="photos", service=0),
    )
    run.advance(seconds(7200))
    assert any("loop" in str(record) for record in records(run, "failed", "given_up", "looped"))
    assert 10 < len(records(run, "stored")) < 40
    assert conserved(run) and not run.inventory()


def test_a_run_restored_while_an_event_waits_goes_on():
    run = writing(3)
    do(run, "bus", "unavailable", seconds=60)
    run.advance(seconds(30))
    run.trace.take()
    again = Run.restore(run.checkpoint(), run.scenario, run.journal, len(run.journal))
    for one in (run, again):
        one.advance(seconds(300))
    assert again.trace.records == run.trace.records
    assert len(events(again)) == 3


@pytest.mark.parametrize("kind", ["database", "dynamodb", "redshift", "emr"])
def test_only_a_bucket_tells_what_is_written(kind: str):
    part = store("table", kind=kind)
    part.links.append({"from": "table", "to": "bus"})
    [problem] = documents.check(document(part, bus("bus", rules={})), catalog.patterns())
    assert "Only buckets tell" in str(problem)


def test_only_a_bus_is_told():
    part = store("photos", kind="s3")
    part.links.append({"from": "photos", "to": "other"})
    [problem] = documents.check(document(part, queue("other")), catalog.patterns())
    assert "is no event bus" in str(problem)
