"""The store: what it takes, what it refuses, and what a second write of the same item does."""

import pickle
from typing import Any

import pytest

from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    conserved,
    custody,
    do,
    lines,
    producer,
    queue,
    records,
    scenario,
    seconds,
    store,
    story,
    worker,
)


def writing(per_second: float, seconds_: float = 100, body: Any = None, **settings: Any) -> Run:
    """A run in which a producer that does not retry writes evenly to a store called `table`."""
    run = scenario(
        producer(
            "shop", to="table", arrivals={"regular": {"per_second": per_second}}, body=body or {"n": {"sequence": {}}}
        ),
        store("table", **settings),
    )
    run.advance(seconds(seconds_))
    return run


def test_a_write_takes_its_time_and_settles_the_message():
    run = writing(1, 1.5, service=0.2)
    assert story(run, "m-1") == ["arrived", "stored"]
    [record] = records(run, "stored")
    assert (record[0], record[4], record[5]) == (seconds(1.21), seconds(0.2), "new")
    assert run.inventory() == {}


def test_a_second_write_of_the_same_key_replaces_the_item():
    """Source: DynamoDB API Reference, PutItem: an item with the same primary key is replaced."""
    run = writing(1, 10.5, body={"id": {"integer": {"low": 1, "high": 3}}}, service=0)
    how = [record[5] for record in records(run, "stored")]
    assert len(how) == 10
    assert how.count("new") == 3
    assert run.find("table").view()["count"] == 3


def test_without_the_key_every_message_is_an_item_of_its_own():
    run = writing(1, 10.5, key="order", service=0)
    assert [record[5] for record in records(run, "stored")] == ["new"] * 10


def test_the_retry_of_a_write_whose_answer_was_lost_is_an_overwrite():
    """An idempotent write makes retrying safe. Source: Amazon Builders' Library, "Making retries safe with
    idempotent APIs".
    """
    run = scenario(
        producer("shop", to="table", arrivals={"regular": {"per_second": 2}}, limit=60, retries=5, link={"loss": 0.2}),
        store("table", service=0),
        seed=2,
    )
    run.advance(seconds(200))
    how = [record[5] for record in records(run, "stored")]
    assert how.count("overwritten") > 0
    assert how.count("new") == len({record[3] for record in records(run, "stored")}) <= 60
    assert conserved(run)


def test_unused_capacity_is_saved_for_five_minutes_and_then_writes_are_refused():
    """Source: DynamoDB Developer Guide, "Burst and adaptive capacity": up to 300 s of unused capacity."""
    run = scenario(
        producer("shop", to="table", arrivals={"none": {}}),
        store("table", kind="dynamodb", writes_per_second=2, service=0),
    )
    run.advance(seconds(100))
    do(run, "shop", "Burst", count=500)
    run.advance(seconds(101))
    assert len(records(run, "stored")) == 202
    assert len(records(run, "turned_away")) == 298
    run.advance(seconds(2000))
    do(run, "shop", "Burst", count=1000)
    run.advance(seconds(2001))
    assert len(records(run, "stored")) == 202 + 600


def test_in_the_long_run_it_writes_what_its_capacity_is():
    run = writing(10, 1000, kind="dynamodb", writes_per_second=4, burst=1, service=0)
    assert abs(len(records(run, "stored")) / 1000 - 4) < 0.02


@pytest.mark.parametrize(("size", "units"), [(100, 1), (1024, 1), (1025, 2), (5000, 5)])
def test_a_write_costs_one_unit_for_each_kilobyte_begun(size, units):
    """Source: DynamoDB Developer Guide, "Provisioned capacity mode"."""
    body = "x" * (size - 2)
    run = writing(100, 60, body=body, kind="dynamodb", writes_per_second=20, burst=1, service=0)
    assert abs(len(records(run, "stored")) / 60 - 20 / units) < 0.5


def test_writes_at_the_same_time_are_limited_and_the_next_ones_wait():
    """Source: Amazon Redshift Database Developer Guide, "Manual WLM": a queue has slots, further queries wait."""
    run = writing(100, 0.12, kind="redshift", service=1, waiting=3)
    assert run.find("table").view() | {"last": [], "caption": []} == {
        "kind": "redshift", "count": 0, "busy": 5, "capacity": 5, "waiting": 3, "throttled": 3,
        "last": [], "caption": [],
    }  # fmt: skip
    run.advance(seconds(1.1))
    assert len(records(run, "stored")) > 0
    assert custody(run, "table") == len(list(run.find("table").held())) == 8
    assert conserved(run)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("dynamodb", "ProvisionedThroughputExceededException"),
        ("s3", "SlowDown"),
        ("database", "too_many_connections"),
        ("redshift", "ActiveStatementsExceededException"),
        ("emr", "ValidationException"),
    ],
)
def test_each_kind_refuses_in_its_own_words(kind, code):
    """Sources: API references of DynamoDB, S3, Redshift Data and EMR; PostgreSQL documentation, appendix A."""
    run = scenario(
        producer("shop", to="table", arrivals={"regular": {"per_second": 100}}, retries=1),
        store("table", kind=kind, writes_per_second=1, concurrency=1, waiting=0, burst=1),
    )
    run.advance(seconds(1))
    assert {record[4] for record in records(run, "throttled")} == {code}
    assert {record[5] for record in records(run, "returned")} == {code}
    assert conserved(run)


def test_a_throttled_worker_tries_again_and_then_fails_so_that_the_queue_keeps_the_backlog():
    """Back-pressure. Source: AWS SDKs and Tools Reference Guide, "Retry behavior"."""
    run = scenario(
        producer("shop", to="orders", arrivals={"regular": {"per_second": 8}}),
        queue("orders", VisibilityTimeout=20),
        worker("writer", polls="orders", to="table", concurrency=20, service=0),
        store("table", kind="dynamodb", writes_per_second=2, burst=1, service=0),
    )
    run.advance(seconds(120))
    assert len(records(run, "stored")) <= 2 * 121
    assert len(records(run, "retrying")) > 50
    assert {record[4] for record in records(run, "failed")} == {
        "table did not take it: ProvisionedThroughputExceededException"
    }
    assert run.find("orders").view()["waiting"] + run.find("orders").view()["inflight"] > 300
    assert conserved(run)


def test_an_unavailable_store_refuses_everything_until_it_is_back():
    run = scenario(
        producer("shop", to="table", arrivals={"regular": {"per_second": 1}}, retries=10), store("table", service=0)
    )
    do(run, "table", "unavailable", seconds=10)
    run.advance(seconds(10))
    assert records(run, "stored") == []
    run.advance(seconds(120))
    assert story(run, "m-1")[-1] == "stored"
    assert conserved(run)


def test_the_throttle_fault_refuses_its_share():
    run = scenario(
        producer("shop", to="table", arrivals={"regular": {"per_second": 100}}), store("table", service=0), seed=4
    )
    do(run, "table", "throttle", probability=0.3)
    run.advance(seconds(40))
    share = len(records(run, "turned_away")) / 4000
    assert abs(share - 0.3) < 3 * (0.3 * 0.7 / 4000) ** 0.5


def test_a_slow_store_writes_more_slowly():
    run = scenario(producer("shop", to="table", arrivals={"regular": {"per_second": 1}}), store("table", service=0.1))
    do(run, "table", "slow", factor=5)
    run.advance(seconds(3))
    assert {record[4] for record in records(run, "stored")} == {seconds(0.5)}


def test_more_capacity_takes_effect_at_once():
    run = writing(100, 0.5, service=10, concurrency=1, waiting=40)
    assert run.find("table").view()["busy"] == 1
    do(run, "table", "change", concurrency=10)
    assert run.find("table").view()["busy"] == 10


def test_a_run_that_is_pickled_in_the_middle_goes_on_identically():
    run = scenario(
        producer(
            "shop",
            to="table",
            arrivals={"poisson": {"per_second": 20}},
            body={"id": {"integer": {"low": 1, "high": 50}}},
            retries=2,
        ),
        store("table", kind="dynamodb", writes_per_second=5, burst=2, concurrency=2, waiting=3),
        seed=6,
    )
    run.advance(seconds(10.01))
    copy = pickle.loads(pickle.dumps(run))
    for one in (run, copy):
        one.advance(seconds(30))
    assert lines(run) == lines(copy)
    assert len(records(run, "throttled")) > 5


def test_the_last_writes_are_shown_and_no_more_than_six():
    run = writing(10, 2, service=0)
    last = run.find("table").view()["last"]
    assert len(last) == 6
    assert [capsule[0] // 256 for capsule in last] == list(range(14, 20))
