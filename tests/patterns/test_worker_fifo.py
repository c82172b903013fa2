"""A worker on a FIFO queue: order by group, failures that hold up what follows, and repeated work."""

from typing import Any

from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    conserved,
    producer,
    queue,
    records,
    scenario,
    seconds,
    story,
    times,
    worker,
)


def shop(*, rate: float = 20, limit: int | None = None, customers: tuple[str, ...] = ("Ada", "Ben", "Cleo")) -> Any:
    """A producer that sends for so many customers, each a message group."""
    body = {"customer": {"one_of": list(customers)}, "number": {"sequence": {}}}
    more = {} if limit is None else {"limit": limit}
    arrivals = {"regular": {"per_second": rate}}
    return producer("shop", to="emails", arrivals=arrivals, body=body, group="customer", deduplication="number", **more)


def processed(run: Run) -> list[int]:
    """The serial numbers of what was processed, in order."""
    return [record[3] // 256 for record in records(run, "processed")]


def test_a_function_that_reports_failures_stops_at_the_first_and_returns_what_follows():
    """Source: AWS Lambda Developer Guide, "Handling errors for an SQS event source in Lambda" (FIFO queues)."""
    run = scenario(
        shop(limit=5, rate=1000, customers=("Ada",)),
        queue("emails", FifoQueue=True, VisibilityTimeout=30),
        worker(
            "mailer",
            maps="emails",
            service=seconds(1),
            poison="body.number = 3 and attempt = 1",
            poll={"ReportBatchItemFailures": True},
            concurrency=5,
        ),
    )
    run.advance(seconds(20))
    assert [record[5] for record in records(run, "invoked")] == [1, 4], "the first message came alone"
    assert [record[4:6] for record in records(run, "batch_in_part")] == [(3, 4)]
    assert [story(run, f"m-{number}")[-1] for number in (1, 2, 3, 4, 5)] == [
        "deleted",
        "deleted",
        "failed",
        "abandoned",
        "abandoned",
    ]
    run.advance(seconds(120))
    assert processed(run) == [1, 2, 3, 4, 5]
    assert run.inventory() == {}


def test_no_more_batches_run_than_groups_are_active():
    """Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS", FIFO queues: concurrency by active groups."""
    run = scenario(
        shop(),
        queue("emails", FifoQueue=True, VisibilityTimeout=120),
        worker("mailer", maps="emails", concurrency=100, service=seconds(1), poll={"BatchSize": 1}),
    )
    highest = 0
    for moment in range(1, 90):
        run.advance(seconds(moment))
        pollers, running, _ = run.find("mailer").view()["pollers"]
        highest = max(highest, running)
    assert highest == 3
    assert pollers <= 20
    assert conserved(run)


def test_each_group_is_worked_on_in_order_however_many_seats_there_are():
    """Invariant 10 of the reference. Source: SQS Developer Guide, "FIFO delivery logic in Amazon SQS"."""
    run = scenario(
        shop(limit=60),
        queue("emails", FifoQueue=True, VisibilityTimeout=60),
        worker("mailer", polls="emails", concurrency=10, service={"exponential": {"mean": 0.5}}),
    )
    names = {}
    while run.now < seconds(120):
        run.advance(run.now + seconds(1))
        names |= {entry.message.id: entry.message.group for entry in run.find("emails").entries.values()}
    of = [(names[record[3]], record[3]) for record in records(run, "processed") if record[3] in names]
    assert len(processed(run)) == 60
    for group in ("Ada", "Ben", "Cleo"):
        mine = [number for name, number in of if name == group]
        assert len(mine) > 5
        assert mine == sorted(mine)


def test_what_a_repeated_work_makes_is_stored_once_in_a_fifo_queue():
    """Source: SQS Developer Guide, "Exactly-once processing in Amazon SQS"."""

    def stored(fifo: bool) -> int:
        run = scenario(
            shop(limit=1, rate=1),
            queue("emails", VisibilityTimeout=10),
            worker("mailer", polls="emails", to="sent", concurrency=2, service=seconds(15)),
            queue("sent", **({"FifoQueue": True} if fifo else {})),
        )
        run.advance(seconds(60))
        assert len(times(run, "doubled")) > 0
        return len(run.find("sent").entries)

    assert stored(fifo=True) == 1
    assert stored(fifo=False) > 1
