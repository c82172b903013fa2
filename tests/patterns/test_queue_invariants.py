"""The invariants that a faithful simulation of SQS satisfies, numbered as in docs/MODEL.md, "The laws of a queue".

Law 17, of event source mappings, is the worker's.
"""

from collections import Counter
from typing import Any

import pytest

from patterns.queue import choosing
from patterns.queue.config import IN_FLIGHT_QUOTA
from simulator.engine.run import Run
from tests.patterns.test_queue_dead_letters import failing
from tests.patterns.test_queue_life import names, received, sending
from tests.patterns.vocabulary import conserved, do, producer, queue, records, scenario, seconds, story, times, worker

LOG = 'SQS Developer Guide, "Amazon SQS at-least-once delivery"'


def counts(run: Run, name: str = "emails") -> tuple[int, int, int]:
    view = run.find(name).view()
    return view["waiting"], view["delayed"], view["inflight"]


def fifo(run: Run, group: str, count: int, first: int = 1, target: str = "orders") -> None:
    """Send so many messages of a group, each saying which it is."""
    for number in range(first, first + count):
        body = {"group": group, "number": number}
        sent = do(run, target, "SendMessage", MessageBody=body, MessageGroupId=group)
        assert sent.error is None, sent.error


def orders(**settings: Any) -> Run:
    return scenario(queue("orders", FifoQueue=True, ContentBasedDeduplication=True, **settings))


def bodies(messages: list[dict[str, Any]]) -> list[str]:
    return [message["Body"] for message in messages]


def test_law_1_what_is_stored_is_visible_delayed_or_in_flight_and_nothing_is_unaccounted_for():
    """Source: SQS API Reference, GetQueueAttributes (ApproximateNumberOfMessages…)."""
    run = scenario(
        queue("emails", dead="emails-dead", limit=2, VisibilityTimeout=3, MessageRetentionPeriod=60),
        queue("emails-dead"),
        producer("shop", to="emails", arrivals={"regular": {"per_second": 2}}, limit=100),
        worker("mailer", polls="emails", service=seconds(1), failure_probability=0.3),
    )
    for _ in range(20):
        run.advance(run.now + seconds(7))
        said = Counter(record[1] for record in run.trace.records if record[2] == run.find("emails").index)
        gone = said["deleted"] + said["expired"] + said["dead_lettered"] - said["move_failed"]
        assert said["enqueued"] - gone == sum(counts(run))
        assert conserved(run)
    assert {"deleted", "expired", "dead_lettered"} <= set(said)


@pytest.mark.parametrize("kind", [{}, {"FifoQueue": True, "ContentBasedDeduplication": True}])
def test_law_2_a_receive_gets_no_more_than_it_asks_for_and_nothing_twice(kind):
    """Source: SQS API Reference, ReceiveMessage (MaxNumberOfMessages, 1 to 10)."""
    run = scenario(queue("orders", **kind))
    fifo(run, "a", 25)
    for most in (1, 3, 10, 10):
        got = names(received(run, "orders", MaxNumberOfMessages=most))
        assert 0 < len(got) <= most or kind
        assert len(got) == len(dict.fromkeys(got))
    assert do(run, "orders", "ReceiveMessage", MaxNumberOfMessages=11).error.code == "InvalidParameterValue"


def test_law_3_while_a_message_is_in_flight_nobody_else_receives_it():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout"."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    received(run)
    for tick in range(1, 30):
        run.advance(seconds(tick))
        assert received(run, MaxNumberOfMessages=10) == []
    run.advance(seconds(30))
    assert names(received(run)) == ["you-1"]


def test_law_4_a_message_nobody_deletes_is_returned_max_receive_count_times_and_then_found_among_the_dead_letters():
    """Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS"."""
    run = scenario(queue("emails", dead="emails-dead", limit=4), queue("emails-dead"))
    sending(run, 1)
    assert failing(run, 7) == ["you-1"] * 4
    assert [record[5 - 1] for record in records(run, "received")] == [1, 2, 3, 4]
    [message] = received(run, "emails-dead")
    assert (message["Body"], message["Attributes"]["ApproximateReceiveCount"]) == ("hello 1", "5")


def test_law_5_a_message_given_back_can_be_received_at_the_same_instant_and_is_hidden_as_the_queue_says():
    """Source: SQS API Reference, ChangeMessageVisibility."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    [message] = received(run, VisibilityTimeout=100)
    do(run, "emails", "ChangeMessageVisibility", ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert names(received(run)) == ["you-1"]
    run.advance(seconds(100))
    assert times(run, "redelivered") == [seconds(30)]


def test_law_6_work_longer_than_the_visibility_timeout_is_delivered_again_and_a_late_delete_may_miss():
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout"; SQS API Reference, DeleteMessage."""
    run = scenario(
        queue("emails", VisibilityTimeout=30), worker("mailer", polls="emails", service=seconds(40), concurrency=2)
    )
    sending(run, 1)
    run.advance(seconds(75))
    assert len(records(run, "received")) >= 2
    assert "delete_missed" in story(run, "you-1")
    again = orders(VisibilityTimeout=30)
    fifo(again, "a", 1)
    [message] = received(again, "orders")
    again.advance(seconds(31))
    error = do(again, "orders", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"]).error
    assert error.code == "InvalidParameterValue"
    assert error.message.endswith("for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.")
    assert story(again, "you-1")[-1] == "redelivered"


def test_law_7_a_long_poll_returns_when_a_message_comes_and_empty_exactly_at_the_end_of_its_wait():
    """Source: SQS Developer Guide, "Amazon SQS short and long polling"."""
    run = scenario(queue("emails"))
    call = do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20)
    run.advance(seconds(7))
    sending(run, 1)
    assert names(call.result["Messages"]) == ["you-1"]
    empty = do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20)
    run.advance(seconds(27) - 1)
    assert not empty.done
    run.advance(seconds(27))
    assert empty.result == {"Messages": []}


def test_law_8_a_short_poll_can_miss_a_message_that_many_of_them_or_one_long_poll_find():
    """Source: SQS Developer Guide, "Amazon SQS short and long polling" (a subset of the servers)."""
    run = scenario(queue("emails", servers_asked=4, VisibilityTimeout=0))
    sending(run, 1)
    found = [bool(received(run)) for _ in range(200)]
    assert 0 < found.count(False) < 100
    assert {record[5:] for record in records(run, "missed_by_sample")} == {(4, 1)}
    assert all(names(received(run, WaitTimeSeconds=1)) == ["you-1"] for _ in range(50))
    assert run.find("emails").view()["calls"][1] == found.count(False)


def test_law_9_a_delayed_message_is_not_received_before_its_time_and_a_fifo_queue_delays_none_by_itself():
    """Source: SQS Developer Guide, "Amazon SQS message timers"; SQS API Reference, SendMessage (DelaySeconds)."""
    run = scenario(queue("emails"))
    sending(run, 1, DelaySeconds=60)
    run.advance(seconds(60) - 1)
    assert received(run) == []
    run.advance(seconds(60))
    assert names(received(run)) == ["you-1"]
    error = do(orders(), "orders", "SendMessage", MessageBody="a", MessageGroupId="a", DelaySeconds=5).error
    assert (error.code, error.message) == (
        "InvalidParameterValue",
        (
            "Value 5 for parameter DelaySeconds is invalid. Reason: "
            "The request include parameter that is not valid for this queue type."
        ),
    )


def test_law_10_a_group_is_delivered_in_order_and_never_to_two_receives_at_a_time():
    """Source: SQS Developer Guide, "FIFO queue delivery logic"."""
    run = scenario(
        queue("orders", FifoQueue=True, ContentBasedDeduplication=True, VisibilityTimeout=5),
        producer(
            "shop",
            to="orders",
            group="group",
            arrivals={"poisson": {"per_second": 8}},
            body={"group": {"one_of": ["a", "b", "c"]}, "number": {"sequence": {}}},
            limit=300,
        ),
        worker("office", polls="orders", poll={"BatchSize": 4}, concurrency=5, service={"exponential": {"mean": 0.3}}),
    )
    run.advance(seconds(300))
    group_of = {record[3]: record[4] for record in records(run, "enqueued")}
    sent: dict[str, list[int]] = {}
    first: dict[str, list[int]] = {}
    flying: dict[str, dict[int, tuple[int, int]]] = {}
    for record in run.trace.records:
        time, kind, _, message = record[:4]
        if message not in group_of:
            continue
        group = group_of[message]
        if kind == "enqueued":
            sent.setdefault(group, []).append(message)
        elif kind == "received":
            receives = {batch for other, batch in flying.setdefault(group, {}).items() if other != message}
            assert receives <= {(time, record[6])}, f"two receives have messages of {group} at {time}"
            flying[group][message] = time, record[6]
            if message not in first.setdefault(group, []):
                first[group].append(message)
        elif kind in ("deleted", "redelivered"):
            flying[group].pop(message, None)
    assert first == sent
    assert sum(map(len, sent.values())) == 300
    assert conserved(run)


def test_law_11_a_repetition_within_five_minutes_is_delivered_once_and_later_twice():
    """Source: SQS Developer Guide, "Using the message deduplication ID in Amazon SQS"."""
    run = scenario(queue("orders", FifoQueue=True), queue("apart", FifoQueue=True, DeduplicationScope="messageGroup"))

    def send(group: str, target: str = "orders") -> dict[str, Any]:
        return do(
            run, target, "SendMessage", MessageBody="x", MessageGroupId=group, MessageDeduplicationId="once"
        ).result

    first = send("a")
    run.advance(seconds(300))
    again = send("b")
    assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    assert run.find("orders").view()["waiting"] == 1
    run.advance(seconds(300) + 1)
    later = send("a")
    assert later["MessageId"] != first["MessageId"]
    assert len(first["SequenceNumber"]) == 20 and later["SequenceNumber"] > first["SequenceNumber"]
    assert run.find("orders").view()["waiting"] == 2
    send("a", "apart")
    send("b", "apart")
    send("b", "apart")
    assert run.find("apart").view()["waiting"] == 2
    assert conserved(run)


@pytest.mark.parametrize("batched", [False, True])
def test_law_12_a_fifo_queue_answers_300_calls_a_second_of_each_action_and_3000_messages_in_batches(batched):
    """Source: SQS Developer Guide, "Amazon SQS message quotas"."""
    run = orders()
    verb = "SendMessageBatch" if batched else "SendMessage"
    refused = 0
    for number in range(310):
        entries = [{"Id": str(place), "MessageBody": f"{number} {place}", "MessageGroupId": "a"} for place in range(10)]
        given = {"Entries": entries} if batched else {"MessageBody": str(number), "MessageGroupId": "a"}
        error = do(run, "orders", verb, **given).error
        refused += error is not None
        assert error is None or error.code == "ThrottlingException"
    assert refused == 10
    assert run.find("orders").view()["waiting"] == (3000 if batched else 300)
    assert run.find("orders").view()["refusals"] == [0, "ThrottlingException", 10]


def test_law_13_a_batch_that_fails_in_part_leaves_the_rest_applied():
    """Source: SQS API Reference, SendMessageBatch (Successful, Failed)."""
    run = scenario(queue("emails"))
    entries = [
        {"Id": "good", "MessageBody": "hello"},
        {"Id": "late", "MessageBody": "hello", "DelaySeconds": 901},
        {"Id": "empty", "MessageBody": ""},
        {"Id": "fine", "MessageBody": "hello", "DelaySeconds": 3},
    ]
    call = do(run, "emails", "SendMessageBatch", Entries=entries)
    assert call.error is None
    assert [one["Id"] for one in call.result["Successful"]] == ["good", "fine"]
    assert [(one["Id"], one["Code"]) for one in call.result["Failed"]] == [
        ("late", "InvalidParameterValue"),
        ("empty", "MissingParameter"),
    ]
    assert counts(run) == (1, 1, 0)


def test_law_14_a_redriven_message_is_new_is_moved_once_and_no_faster_than_was_asked_for():
    """Source: SQS Developer Guide, "Configure a dead-letter queue redrive"; API Reference, StartMessageMoveTask."""
    run = scenario(queue("emails", dead="emails-dead", limit=1), queue("emails-dead", MessageRetentionPeriod=100))
    sending(run, 20)
    for _ in range(2):
        received(run, MaxNumberOfMessages=10)
    run.advance(seconds(31))
    received(run, MaxNumberOfMessages=10)
    run.advance(seconds(32))
    do(run, "emails-dead", "StartMessageMoveTask", MaxNumberOfMessagesPerSecond=5)
    run.advance(seconds(200))
    moved = times(run, "moved")
    assert len(moved) == 20
    assert all(later - earlier >= seconds(1) for earlier, later in zip(moved, moved[5:], strict=False))
    assert len({record[3] for record in records(run, "moved")}) == 20
    assert run.find("emails").view()["waiting"] == 20
    assert do(run, "emails-dead", "StartMessageMoveTask", MaxNumberOfMessagesPerSecond=501).error is not None


def test_law_15_a_message_older_than_the_retention_is_never_returned_also_not_from_a_dead_letter_queue():
    """Source: SQS Developer Guide, "Using dead-letter queues" (the original enqueue time; a FIFO queue's is new)."""
    for kind, left in (({}, 0), ({"FifoQueue": True, "ContentBasedDeduplication": True}, 1)):
        run = scenario(
            queue("orders", dead="orders-dead", limit=1, **kind),
            queue("orders-dead", MessageRetentionPeriod=60, **kind),
        )
        fifo(run, "a", 1)
        received(run, "orders")
        run.advance(seconds(50))
        received(run, "orders")
        run.advance(seconds(61))
        assert len(received(run, "orders-dead")) == left
        run.advance(seconds(111))
        assert counts(run, "orders-dead") == (0, 0, 0)
        assert conserved(run)


def test_law_16_a_noisy_tenant_waits_and_the_quiet_ones_do_not():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work"."""

    def waits(grouped: bool) -> tuple[float, float, int]:
        quiet = {"one_of": ["b", "c", "d"]}
        run = scenario(
            queue("jobs", VisibilityTimeout=600),
            producer(
                "flood",
                to="jobs",
                group="tenant",
                link={"grouped": grouped},
                arrivals={"bursts": {"size": 1000, "every": "1h"}},
                body={"tenant": "a", "number": {"sequence": {}}},
                limit=1000,
            ),
            producer(
                "others",
                to="jobs",
                group="tenant",
                link={"grouped": grouped},
                arrivals={"regular": {"per_second": 2}},
                body={"tenant": quiet, "number": {"sequence": {}}},
                limit=100,
            ),
            worker("office", polls="jobs", concurrency=50, service=seconds(5)),
        )
        run.advance(seconds(3700))
        run.advance(seconds(3800))
        since = {record[3]: record[0] for record in records(run, "enqueued")}
        noisy = run.find("flood").index
        spans: dict[bool, list[int]] = {True: [], False: []}
        for record in records(run, "received"):
            spans[record[3] % 256 == noisy].append(record[0] - since[record[3]])
        assert conserved(run)
        return max(spans[False]) / 1e6, max(spans[True]) / 1e6, len(records(run, "deleted"))

    quiet_fair, noisy_fair, done_fair = waits(grouped=True)
    quiet_plain, noisy_plain, done_plain = waits(grouped=False)
    assert done_fair == done_plain == 1100
    assert quiet_fair < 10
    assert noisy_fair >= noisy_plain - 1 > 80
    assert quiet_plain >= quiet_fair


def test_law_18_requests_are_billed_by_the_64_kib_empty_receives_among_them():
    """Source: Amazon SQS pricing (each 64 KB chunk of a payload is a request)."""
    run = scenario(queue("emails"))
    sizes = [10, 65_536, 65_537, 200_000]
    for size in sizes:
        do(run, "emails", "SendMessage", MessageBody="x" * size)
    got = received(run, MaxNumberOfMessages=10)
    received(run)
    for message in got:
        do(run, "emails", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
    sent = sum(-(-size // 65_536) for size in sizes)
    billed, empty, price = run.find("emails").view()["calls"]
    assert (billed, empty) == (sent + -(-sum(sizes) // 65_536) + 1 + len(sizes), 1)
    assert price == round(billed * 0.4)


def test_a_fifo_queue_at_its_in_flight_quota_gives_nothing_and_no_error(monkeypatch):
    """Source: SQS Developer Guide, "Amazon SQS message quotas" (FIFO: no error)."""
    assert IN_FLIGHT_QUOTA == 120_000
    monkeypatch.setattr(choosing, "IN_FLIGHT_QUOTA", 2)
    run = orders()
    for group in "abc":
        fifo(run, group, 1)
    assert len(received(run, "orders", MaxNumberOfMessages=10)) == 2
    assert received(run, "orders") == []


@pytest.mark.parametrize("changed, visible_at", [(0, 10), (30, 30)])
def test_a_changed_delay_of_a_fifo_queue_holds_for_what_is_delayed_already(changed, visible_at):
    """Source: SQS Developer Guide, "Amazon SQS delay queues" (retroactive for FIFO queues)."""
    run = orders(DelaySeconds=60)
    fifo(run, "a", 1)
    run.advance(seconds(10))
    do(run, "orders", "SetQueueAttributes", Attributes={"DelaySeconds": changed})
    run.advance(seconds(120))
    assert times(run, "visible") == [seconds(visible_at)]
