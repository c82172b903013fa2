"""A delivery stream: an endpoint that gathers records and writes them as one.

Source: Amazon Data Firehose Developer Guide, "Configure buffering hints" and "Handle data delivery failures".
"""

from typing import Any

from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    Part,
    conserved,
    custody,
    do,
    endpoint,
    name_of,
    producer,
    records,
    scenario,
    seconds,
    store,
)


def streaming(count: int, archive: dict[str, Any] | None = None, **hints: Any) -> Run:
    """A run in which a producer puts a record a second into a delivery stream, which writes to `archive`, if any."""
    parts: list[Part] = [store("archive", **archive)] if archive is not None else []
    return scenario(
        producer("shop", to="stream", arrivals={"regular": {"per_second": 1}}, limit=count),
        endpoint("stream", to="archive" if parts else "", kind="firehose", response=0, BufferingHints=hints),
        *parts,
    )


def test_a_delivery_stream_gathers_until_its_interval_is_over_and_writes_one_object():
    """Source: Amazon Data Firehose Developer Guide, "Configure buffering hints"."""
    run = streaming(12, {"kind": "s3", "service": 0}, IntervalInSeconds=10)
    run.advance(seconds(10.5))
    stream = run.find("stream")
    assert stream.view()["buffer"][0] == 10 and custody(run, "stream") == 10
    run.advance(seconds(60))
    assert [(record[0], record[4]) for record in records(run, "flushed")] == [(seconds(11.01), 10), (seconds(21.01), 2)]
    assert len(records(run, "stored")) == 2
    assert len(records(run, "finished")) == 12
    assert conserved(run) and not run.inventory()


def test_a_delivery_stream_writes_as_soon_as_there_is_enough():
    run = streaming(1, {"kind": "s3"}, IntervalInSeconds=900, SizeInMBs=1)
    for _ in range(5):
        do(run, "shop", "SendOne", body="a" * 250_000)
    run.advance(seconds(5))
    assert [(record[4], record[5]) for record in records(run, "flushed")] == [(5, "1 MiB are there")]
    assert run.find("stream").view()["buffer"][0] == 1


def test_without_a_place_to_write_to_its_records_end_with_the_batch():
    run = streaming(3, IntervalInSeconds=0)
    run.advance(seconds(10))
    assert len(records(run, "flushed")) == len(records(run, "finished")) == 3
    assert not run.inventory()


def test_a_batch_that_can_not_be_written_is_tried_for_a_day_and_then_lost_with_its_records():
    """Source: Amazon Data Firehose Developer Guide, "Handle data delivery failures": Amazon S3, up to 24 hours."""
    run = streaming(3, {"kind": "s3"}, IntervalInSeconds=10)
    do(run, "archive", "unavailable")
    run.advance(seconds(3600))
    assert custody(run, "stream") + custody(run, "archive") >= 3 and conserved(run)
    run.advance(seconds(87_000))
    assert len(records(run, "write_failed")) == 1
    assert sorted(name_of(run, record[3]) for record in records(run, "given_up")) == ["m-1", "m-2", "m-3"]
    assert conserved(run) and not run.inventory()
