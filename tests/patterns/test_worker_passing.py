"""What a worker passes on, and what it does with messages that are pushed to it."""

import pickle
from typing import Any

from simulator.engine.run import Run
from tests.patterns.test_worker import reasons
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

ONE = {"regular": {"per_second": 1}}


def made(run: Run) -> list[Any]:
    """What the worker's node made: records of its own `created`."""
    return [record for record in records(run, "created") if len(record) > 4]


def stored(run: Run, name: str) -> int:
    count: int = run.find(name).view()["count"]
    return count


def entries(run: Run, name: str) -> list[Any]:
    node: Any = run.find(name)
    return [entry.message for entry in node.entries.values()]


def test_what_it_makes_names_its_cause_and_is_accepted_before_the_input_is_deleted():
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1),
        queue("orders"),
        worker("clerk", polls="orders", to="invoices", service=seconds(1)),
        queue("invoices"),
    )
    run.advance(seconds(10))
    [invoice] = made(run)
    assert invoice[4] == records(run, "created")[0][3]
    [message] = entries(run, "invoices")
    assert (message.cause, message.generation) == (invoice[4], 1)
    assert story(run, "m-1") == ["enqueued", "received", "started", "processed", "deleted"]
    accepted = next(record for record in records(run, "enqueued") if record[3] == invoice[3])
    assert accepted[0] < records(run, "processed")[0][0]
    assert conserved(run)


def test_an_output_keeps_the_group_and_is_sent_under_the_deduplication_id_of_its_input():
    """Source: SQS Developer Guide, "Exactly-once processing in Amazon SQS"."""
    body = {"customer": {"one_of": ["Ada"]}, "number": {"sequence": {}}}
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1, body=body, group="customer", deduplication="number"),
        queue("orders"),
        worker("clerk", polls="orders", to="invoices", service=seconds(1)),
        queue("invoices"),
    )
    do(run, "orders", "SendMessage", MessageBody="by hand")
    run.advance(seconds(10))
    sent = [(message.group, message.deduplication) for message in entries(run, "invoices")]
    assert sorted(sent, key=str) == [("Ada", "1"), (None, "you-1")]


def test_a_repeated_work_sends_its_output_under_the_same_deduplication_id():
    run = scenario(
        queue("orders", VisibilityTimeout=10),
        worker("clerk", polls="orders", to="invoices", service=seconds(15), concurrency=2),
        queue("invoices"),
    )
    do(run, "orders", "SendMessage", MessageBody="x")
    run.advance(seconds(40))
    assert [message.deduplication for message in entries(run, "invoices")] == ["you-1"] * 3


def test_every_link_gets_a_message_of_its_own():
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=3),
        queue("orders"),
        worker("clerk", polls="orders", to=["table", "bucket"], service=0),
        store("table"),
        store("bucket", kind="s3"),
    )
    run.advance(seconds(20))
    assert len(made(run)) == 6
    assert stored(run, "table") == stored(run, "bucket") == 3
    assert run.inventory() == {}


def test_transform_makes_the_body_the_type_and_the_size():
    """Source: "Enterprise Integration Patterns", Message Translator; JSONata documentation."""
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1, body={"id": 7, "lines": [{"p": 2}, {"p": 3}]}),
        queue("orders"),
        worker(
            "clerk", polls="orders", to="out", transform='{"type": "invoice", "id": body.id, "sum": $sum(body.lines.p)}'
        ),
        queue("out"),
    )
    run.advance(seconds(10))
    [message] = entries(run, "out")
    assert message.body == {"type": "invoice", "id": 7, "sum": 5}
    assert message.type == "invoice"
    assert message.size == len('{"type":"invoice","id":7,"sum":5}')


def test_without_transform_the_body_goes_on_as_it_came():
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1, body={"type": "a"}, attributes={"country": "de"}),
        queue("orders"),
        worker("clerk", polls="orders", to="out", service=0),
        queue("out"),
    )
    run.advance(seconds(10))
    [message] = entries(run, "out")
    assert (message.body, message.type, message.attributes) == ({"type": "a"}, "a", {"country": "de"})


def test_a_transform_that_makes_nothing_passes_nothing_on():
    """Source: "Enterprise Integration Patterns", Message Filter."""
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=10, body={"n": {"sequence": {}}}),
        queue("orders"),
        worker("clerk", polls="orders", to="out", service=0, transform="body.n > 7 ? body"),
        queue("out"),
    )
    run.advance(seconds(20))
    assert [message.body["n"] for message in entries(run, "out")] == [8, 9, 10]
    assert len(records(run, "deleted")) == 10


def test_a_transform_that_does_not_fit_fails_the_message():
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1),
        queue("orders"),
        worker("clerk", polls="orders", to="out", service=0, transform="body.number + type"),
        queue("out"),
    )
    run.advance(seconds(10))
    assert reasons(run, "failed")[0].startswith("transform: ")
    assert entries(run, "out") == []


def test_refused_writes_are_tried_again_and_then_the_work_has_failed():
    """Source: AWS SDKs and Tools Reference Guide, "Retry behavior"."""
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1),
        queue("orders", VisibilityTimeout=60),
        worker("clerk", polls="orders", to="table", service=0, write_attempts=4),
        store("table"),
    )
    do(run, "table", "unavailable")
    run.advance(seconds(50))
    assert len(records(run, "throttled")) == 4
    assert len(records(run, "retrying")) == 3
    assert reasons(run, "given_up") == ["table did not take it: ServiceUnavailable after 4 tries"]
    assert reasons(run, "failed") == ["table did not take it: ServiceUnavailable"]
    assert run.find("orders").view()["inflight"] == 1
    assert conserved(run)


def test_when_one_target_takes_its_message_and_another_does_not_the_first_gets_it_twice():
    """At least once, end to end; a key makes it harmless."""
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1, body={"id": 1}),
        queue("orders", VisibilityTimeout=20),
        worker("clerk", polls="orders", to=["good", "bad"], service=0, write_attempts=1),
        store("good"),
        store("bad"),
    )
    do(run, "bad", "unavailable", seconds=10)
    run.advance(seconds(60))
    assert [record[5] for record in records(run, "stored") if record[2] == 3] == ["new", "overwritten"]
    assert stored(run, "good") == stored(run, "bad") == 1
    assert story(run, "m-1")[-1] == "deleted"
    assert conserved(run)


def test_a_seat_waits_for_the_store():
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=2),
        queue("orders"),
        worker("clerk", polls="orders", to="table", service=0),
        store("table", service=5),
    )
    run.advance(seconds(4))
    assert run.find("clerk").view()["busy"] == 1
    assert len(records(run, "started")) == 1
    run.advance(seconds(30))
    assert [record[4] for record in records(run, "processed")] == [seconds(5.02)] * 2


def test_a_crash_while_it_waits_for_the_store_leaves_the_input_to_the_queue():
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1, body={"id": 1}),
        queue("orders", VisibilityTimeout=20),
        worker("clerk", polls="orders", to=["table", "other"], service=0),
        store("table", service=5),
        store("other"),
    )
    do(run, "other", "unavailable", seconds=10)
    run.advance(seconds(1.5))
    do(run, "clerk", "crash", seconds=1)
    assert conserved(run)
    assert custody(run, "clerk") == len(list(run.find("clerk").held()))
    run.advance(seconds(60))
    assert story(run, "m-1")[-1] == "deleted"
    assert [record[5] for record in records(run, "stored") if record[2] == 3] == ["new", "overwritten"]
    assert conserved(run)


def test_a_loop_of_messages_comes_to_an_end_with_its_reason():
    """Source: AWS Lambda Developer Guide, "Use Lambda recursive loop detection" (after about 16 invocations)."""
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1),
        queue("orders", VisibilityTimeout=600),
        worker("clerk", polls="orders", to="orders", service=0),
    )
    run.advance(seconds(300))
    assert reasons(run, "failed") == [
        "RecursiveInvocationException: a loop, 16 messages, each made from the one before"
    ]
    assert len(made(run)) == 16
    assert conserved(run)


def test_a_loop_of_servers_goes_on_for_64_messages():
    """Nobody watches over what servers do; here every chain of messages has an end."""
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1),
        queue("orders", VisibilityTimeout=600),
        worker("clerk", polls="orders", to="orders", service=0, kind="server"),
    )
    run.advance(seconds(300))
    assert reasons(run, "failed") == ["a loop: 64 messages, each made from the one before, end here"]
    assert len(made(run)) == 64


def test_a_loop_across_two_functions_is_seen_by_the_first_of_them():
    run = scenario(
        producer("shop", to="orders", arrivals=ONE, limit=1),
        queue("orders", VisibilityTimeout=600),
        worker("clerk", polls="orders", to="packer", service=0),
        worker("packer", to="orders", service=0),
    )
    run.advance(seconds(300))
    clerk = run.find("clerk")
    assert sum(record[2] == clerk.index for record in made(run)) == 16  # type: ignore[union-attr]
    assert "RecursiveInvocationException" in reasons(run, "failed")[0]


def test_a_pushed_message_takes_a_free_seat_and_is_answered_when_it_is_done():
    run = scenario(
        producer("app", to="service", arrivals=ONE, limit=1, retries=1),
        worker("service", service=seconds(2)),
    )
    run.advance(seconds(2))
    assert list(run.inventory().values()) == [1]
    assert custody(run, "service") == 1
    run.advance(seconds(10))
    assert story(run, "m-1") == ["accepted", "started", "processed", "finished"]
    assert run.inventory() == {}


def test_without_a_free_seat_a_push_is_refused_as_too_many_requests():
    """Source: AWS Lambda API Reference, Invoke: TooManyRequestsException, 429."""
    run = scenario(
        producer("app", to="service", arrivals={"regular": {"per_second": 10}}, limit=3, retries=10),
        worker("service", service=seconds(2)),
    )
    run.advance(seconds(1))
    assert {record[5] for record in records(run, "returned")} == {"TooManyRequestsException"}
    run.advance(seconds(200))
    assert len(records(run, "finished")) + len(records(run, "gave_up")) == 3
    assert len(records(run, "finished")) >= 2
    assert conserved(run)


def test_a_push_that_nobody_waits_for_is_turned_away_for_good():
    """What a queue is for: without one, a rush is lost."""
    run = scenario(
        producer("app", to="service", arrivals={"bursts": {"size": 10, "every": "1h"}}),
        worker("service", concurrency=3, service=seconds(2)),
    )
    run.advance(seconds(60))
    assert len(records(run, "finished")) == 3
    assert reasons(run, "turned_away") == ["TooManyRequestsException: 429: all 3 seats are taken"] * 7
    assert conserved(run)


def test_a_backlog_holds_so_many_and_a_crash_loses_them():
    run = scenario(
        producer("app", to="service", arrivals={"bursts": {"size": 10, "every": "1h"}}),
        worker("service", service=seconds(2), backlog=4),
    )
    run.advance(seconds(1))
    assert run.find("service").gauges()["backlog"] == 4
    assert len(records(run, "turned_away")) == 5
    assert custody(run, "service") == len(list(run.find("service").held())) == 5
    run.advance(seconds(3))
    do(run, "service", "crash")
    assert reasons(run, "given_up") == ["service crashed, and nobody else has a copy"] * 4
    assert run.inventory() == {}
    assert conserved(run)


def test_a_sender_that_waits_gets_its_message_back_when_the_work_fails():
    run = scenario(
        producer("app", to="service", arrivals=ONE, limit=1, retries=1),
        worker("service", service=seconds(0.5), poison="type = 'app'"),
    )
    run.advance(seconds(60))
    once = ["accepted", "started", "failed", "handed_back"]
    assert story(run, "m-1") == [*once, "retrying", *once, "gave_up"]
    assert run.inventory() == {}
    assert conserved(run)


def test_a_sender_that_waits_gets_its_message_back_when_the_worker_crashes():
    run = scenario(
        producer("app", to="service", arrivals=ONE, limit=1, retries=10), worker("service", service=seconds(2))
    )
    run.advance(seconds(2))
    do(run, "service", "crash", seconds=1)
    assert story(run, "m-1") == ["accepted", "started", "handed_back"]
    assert conserved(run)
    run.advance(seconds(120))
    assert story(run, "m-1")[-1] == "finished"
    assert conserved(run)


def test_a_worker_can_poll_and_be_pushed_to_at_the_same_time():
    run = scenario(
        producer("shop", to=["orders", "clerk"], arrivals={"regular": {"per_second": 2}}, limit=20, retries=10),
        queue("orders"),
        worker("clerk", polls="orders", concurrency=2, service=seconds(0.2), backlog=5),
    )
    run.advance(seconds(60))
    assert len(records(run, "finished")) == 20
    assert len(records(run, "deleted")) == 20
    assert run.inventory() == {}


def test_a_pipeline_with_everything_in_it_goes_on_identically_from_a_pickle():
    run = scenario(
        producer(
            "shop", to=["orders", "direct"], arrivals={"poisson": {"per_second": 8}}, retries=2, link={"loss": 0.05}
        ),
        queue("orders", VisibilityTimeout=5),
        worker("clerk", polls="orders", to=["table", "base"], concurrency=4, service=0.3, link={"loss": 0.03}),
        worker("direct", to="base", concurrency=2, backlog=3, service=0.2),
        store("table", kind="dynamodb", writes_per_second=3, burst=1),
        store("base", concurrency=2, waiting=2, service=0.1),
        seed=9,
    )
    run.advance(seconds(12.34))
    copy = pickle.loads(pickle.dumps(run))
    for one in (run, copy):
        do(one, "direct", "crash", seconds=3)
        do(one, "clerk", "change", concurrency=2)
        one.advance(seconds(40))
        do(one, "clerk", "crash", seconds=5)
        one.advance(seconds(60))
    assert lines(run) == lines(copy)
    assert conserved(run)
    for node in run.nodes:
        assert custody(run, node.id) == len(list(node.held())), node.id
    assert {record[1] for record in run.trace.records} >= {
        "handed_back",
        "given_up",
        "retrying",
        "abandoned",
        "timed_out",
    }
