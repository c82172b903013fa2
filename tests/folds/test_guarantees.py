"""Guarantees: each holds, or names the first record that broke it, however the records come."""

import pickle
import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.message import BY_HAND, message_id
from simulator.engine.run import Run
from simulator.engine.trace import Kind, Record
from simulator.folds import guarantees, order
from simulator.folds.guarantees import TITLES, Guarantees
from tests.folds.runs import EMAILS, MAILER, mails, records_of, slices, with_kinds
from tests.patterns.vocabulary import Part, bus, do, producer, queue, scenario, target, worker

YOU1, YOU2 = message_id(1, BY_HAND), message_id(2, BY_HAND)


def verdicts(run: Run, records: list[Record]) -> dict[str, list[Any]]:
    fold = Guarantees(run.scenario)
    fold.add(records)
    return {row[0]: row[2:] for row in fold.rows()}


def broken(run: Run, records: list[Record]) -> list[str]:
    return [key for key, row in verdicts(run, records).items() if row[0] == "broken"]


def small(*more: Part, limit: int = 3, **mailer: Any) -> Run:
    """A queue with a limit of 3 receives, its dead-letter queue and a mailer, as nodes 0, 1 and 2."""
    return scenario(
        queue("emails", dead="emails-dead", limit=limit, VisibilityTimeout=10),
        queue("emails-dead"),
        worker("mailer", polls="emails", **{"service": SECOND, **mailer}),
        *more,
    )


def test_nothing_is_judged_before_anything_happens() -> None:
    rows = verdicts(mails(), [])
    assert list(rows) == list(TITLES)
    assert {row[0] for row in rows.values()} == {"n/a"}
    assert all(row[1:4] == [None, 0, -1] and row[4] for row in rows.values())


def test_a_system_that_keeps_up_holds_everything_it_can_be_asked() -> None:
    run = mails(per_second=1, service=0.2, concurrency=1)
    rows = verdicts(run, records_of(run, 2 * MINUTE))
    assert {key: row[0] for key, row in rows.items()} == dict.fromkeys(TITLES, "holds") | {"max_receives": "n/a"}
    assert "no queue here has a dead-letter queue" in rows["max_receives"][4].lower()


def test_a_message_that_expires_is_lost() -> None:
    """Source: SQS Developer Guide, "Amazon SQS message quotas", message retention."""
    run = scenario(queue("emails", MessageRetentionPeriod=60))
    do(run, "emails", "SendMessage", MessageBody="hello")
    rows = verdicts(run, records_of(run, 2 * MINUTE))
    assert rows["no_loss"][:4] == ["broken", MINUTE, YOU1, 0]
    assert "MessageRetentionPeriod of 1 min passed" in rows["no_loss"][4]


def test_what_somebody_purges_is_no_loss() -> None:
    run = scenario(queue("emails"))
    do(run, "emails", "SendMessage", MessageBody="hello")
    do(run, "emails", "PurgeQueue")
    assert verdicts(run, records_of(run, SECOND))["no_loss"][0] == "holds"


def test_what_the_network_loses_is_lost_unless_the_sender_tries_again() -> None:
    """A sender that listens has a copy until it hears that the message has arrived."""
    link = {"loss": 0.3}
    forgetful, stubborn = (
        scenario(
            producer("shop", to="emails", link=link, arrivals={"regular": {"per_second": 1}}, retries=retries),
            queue("emails"),
        )
        for retries in (0, 10)
    )
    records = records_of(forgetful, MINUTE)
    lost = next(record for record in records if record[1] == "lost")
    row = verdicts(forgetful, records)["no_loss"]
    assert row[:3] == ["broken", lost[0], lost[3]]
    assert "is lost between shop and emails" in row[4]
    records = records_of(stubborn, MINUTE)
    assert any(record[1] == "lost" for record in records)
    assert verdicts(stubborn, records)["no_loss"][0] == "holds"


def test_a_copy_that_ends_is_no_loss_while_another_one_lives() -> None:
    shop = producer("shop", to="mailer", link={"duplication": 1}, arrivals={"regular": {"per_second": 1}})
    run = scenario(shop, worker("mailer", service=SECOND // 10))
    records = records_of(run, 10 * SECOND)
    assert any(record[1] == "turned_away" for record in records)
    assert verdicts(run, records)["no_loss"][0] == "holds"


def test_a_second_receive_breaks_no_duplicates_with_its_reason() -> None:
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout"."""
    run = small(service=15 * SECOND, concurrency=2)
    do(run, "emails", "SendMessage", MessageBody="hello")
    records = records_of(run, 20 * SECOND)
    state, time, message, node, sentence = verdicts(run, records)["no_duplicates"]
    again = [record for record in records if record[1] == "received"][1]
    assert (state, time, message, node) == ("broken", again[0], YOU1, 0)
    assert "VisibilityTimeout of 10 s passed without a delete" in sentence
    assert "it delivers at least once" in sentence


def test_a_copy_that_the_network_makes_is_a_duplicate_even_after_the_delete() -> None:
    shop = producer("shop", to="emails", link={"duplication": 1}, arrivals={"regular": {"per_second": 1}})
    run = scenario(shop, queue("emails"), worker("mailer", polls="emails", service=SECOND // 10))
    assert broken(run, records_of(run, 10 * SECOND)) == ["no_duplicates", "exactly_once_effect"]


def test_work_that_is_pushed_twice_is_a_duplicate() -> None:
    shop = producer("shop", to="mailer", link={"duplication": 1}, arrivals={"regular": {"per_second": 1}})
    run = scenario(shop, worker("mailer", service=SECOND // 10, concurrency=2, idempotent=True))
    rows = verdicts(run, records_of(run, 10 * SECOND))
    assert rows["no_duplicates"][0] == "broken"
    assert "mailer gets m-1 once more" in rows["no_duplicates"][4]
    assert rows["exactly_once_effect"][0] == "holds"


def test_a_dead_letter_that_is_received_for_the_first_time_there_is_no_duplicate() -> None:
    """It was received as often as the limit says, and each of these was the first in its queue."""
    run = small(limit=1, failure_probability=1)
    do(run, "emails", "SendMessage", MessageBody="hello")
    records = records_of(run, MINUTE)
    do(run, "emails-dead", "ReceiveMessage", VisibilityTimeout=1)
    records += run.trace.take()
    assert broken(run, records) == []
    records += records_of(run, MINUTE + 5 * SECOND)
    do(run, "emails-dead", "ReceiveMessage")
    assert broken(run, records + run.trace.take()) == ["no_duplicates"]


def test_the_second_effect_of_a_message_breaks_exactly_once() -> None:
    run = small(service=15 * SECOND, concurrency=2)
    do(run, "emails", "SendMessage", MessageBody="hello")
    records = records_of(run, MINUTE)
    state, time, message, node, sentence = verdicts(run, records)["exactly_once_effect"]
    doubled = next(record for record in records if record[1] == "doubled")
    assert (state, time, message, node) == ("broken", doubled[0], YOU1, 2)
    assert "has now happened 2 times" in sentence


def test_an_effect_at_two_consumers_is_an_effect_too_many() -> None:
    run = scenario(
        queue("emails", VisibilityTimeout=10),
        worker("slow", polls="emails", service=15 * SECOND, concurrency=2),
        worker("quick", polls="emails", service=SECOND),
    )
    do(run, "emails", "SendMessage", MessageBody="one")
    do(run, "emails", "SendMessage", MessageBody="two")
    assert "by quick and again by slow" in verdicts(run, records_of(run, MINUTE))["exactly_once_effect"][4]


def test_messages_without_a_group_are_one_line_per_queue() -> None:
    """Source: SQS Developer Guide, "Amazon SQS standard queues": best-effort ordering."""
    run = mails(per_second=5, service={"exponential": {"mean": 1}}, concurrency=3)
    records = records_of(run, MINUTE)
    state, time, message, node, sentence = verdicts(run, records)["group_order"]
    assert (state, node) == ("broken", MAILER)
    came = [record[3] for record in records if record[1] == "enqueued"]
    effects = [(record[0], record[3]) for record in records if record[1] == "processed"]
    overtaken = next(
        (when, late)
        for place, (when, late) in enumerate(effects)
        if any(came.index(late) < came.index(before) for _, before in effects[:place])
    )
    assert (time, message) == overtaken
    assert "none of the two has a group" in sentence
    assert "does not promise an order" in sentence


def with_groups() -> Run:
    """The shop, the queue and the mailer, with a queue that says the group of what it stores."""
    says = Kind("enqueued", "{node} stores {message}.", ("group:group",), holds=1, span="waiting")
    return with_kinds(mails(), EMAILS, says)


def record(what: str, message: int, time: int, group: str | None = None) -> Record:
    """A message enters the emails queue in a group, or is processed, or is deleted."""
    values = {"enqueued": (group or "",), "processed": (1,), "deleted": (1, 1)}[what]
    return time, what, MAILER if what == "processed" else EMAILS, message * 256, *values


def test_each_group_has_its_own_order() -> None:
    """Source: SQS Developer Guide, "FIFO delivery logic": ordered within a message group."""
    run = with_groups()
    came = [record("enqueued", 1, 1, "a"), record("enqueued", 2, 2, "b"), record("enqueued", 3, 3, "a")]
    first, second, third = (record("processed", message, 9) for message in (1, 2, 3))
    assert broken(run, [*came, second, first, third]) == []
    assert broken(run, [*came, third, second, first]) == ["group_order"]
    assert "(in group a)" in verdicts(run, [*came, third, first])["group_order"][4]


@pytest.mark.parametrize("fifo", [True, False])
def test_the_same_orders_keep_their_order_in_a_fifo_queue_and_lose_it_in_a_standard_one(fifo: bool) -> None:
    """Source: SQS Developer Guide, "FIFO delivery logic"."""
    body = {"order": {"one_of": ["a", "b", "c"]}, "step": {"sequence": {}}}
    run = scenario(
        producer("shop", to="orders", group="order", body=body, arrivals={"poisson": {"per_second": 4}}),
        queue("orders", **({"FifoQueue": True, "ContentBasedDeduplication": True} if fifo else {})),
        worker("packer", polls="orders", service={"exponential": {"mean": 0.4}}, concurrency=3),
    )
    rows = verdicts(run, records_of(run, 2 * MINUTE))
    assert rows["group_order"][0] == ("holds" if fifo else "broken")
    assert fifo or re.search(r"\(in group [abc]\)", rows["group_order"][4])


def test_a_queue_that_keeps_its_order_is_named_beside_one_that_does_not() -> None:
    run = scenario(
        producer("shop", to=["loose", "strict"], arrivals={"poisson": {"per_second": 4}}),
        queue("loose"),
        queue("strict"),
        worker("one", polls="loose", service={"exponential": {"mean": 0.4}}, concurrency=3),
        worker("two", polls="strict", service=SECOND // 20),
    )
    rows = verdicts(run, records_of(run, MINUTE))
    assert rows["group_order"][0] == "broken"
    assert "came to loose first" in rows["group_order"][4]
    assert rows["group_order"][4].endswith("strict kept the order of every group so far.")


def test_a_delete_before_work_that_then_fails_breaks_at_least_once() -> None:
    """A worker that deletes first and fails afterwards has done nothing, and nobody will."""
    run = mails()
    before = [(1, "enqueued", EMAILS, 256, ""), (2, "received", EMAILS, 256, 1, 9, MAILER)]
    deleted = [(3, "deleted", EMAILS, 256, 1, 2), (3, "started", MAILER, 256, 1, 5, 0)]
    assert broken(run, [*before, *deleted, (5, "processed", MAILER, 256, 2)]) == []
    rows = verdicts(run, [*before, *deleted, (5, "failed", MAILER, 256, "poison")])
    assert rows["at_least_once"][:4] == ["broken", 5, 256, MAILER]
    assert "emails deleted m-1 before it was processed" in rows["at_least_once"][4]
    assert "mailer fails on m-1: poison" in rows["at_least_once"][4]


@pytest.mark.parametrize("fails", [0, 1])
def test_a_worker_that_deletes_before_the_work_does_it_at_most_once(fails: int) -> None:
    run = small(poll={"delete": "before work"}, failure_probability=fails)
    do(run, "emails", "SendMessage", MessageBody="hello")
    records = records_of(run, MINUTE)
    assert [record[1] for record in records].index("deleted") < [record[1] for record in records].index("started") + 2
    assert broken(run, records) == (["no_loss", "at_least_once"] if fails else [])
    rows = verdicts(run, records)
    assert rows["at_least_once"][0] == ("broken" if fails else "holds")
    assert rows["group_order"][4].startswith("Nothing" if fails else "1 message")


def test_a_queue_whose_servers_miss_a_delete_keeps_its_other_promises() -> None:
    """Source: SQS Developer Guide, "Amazon SQS at-least-once delivery"."""
    run = scenario(
        producer("shop", to="emails", arrivals={"regular": {"per_second": 5}}),
        queue("emails", duplicates=0.2),
        worker("mailer", polls="emails", service=SECOND // 20, idempotent=True),
    )
    records = records_of(run, 2 * MINUTE)
    assert {"copy_kept", "seen_twice"} <= {record[1] for record in records}
    assert broken(run, records) == ["no_duplicates"]


def test_a_person_who_receives_and_deletes_is_a_consumer() -> None:
    run = scenario(queue("emails"))
    do(run, "emails", "SendMessage", MessageBody="hello")
    handle = do(run, "emails", "ReceiveMessage").result["Messages"][0]["ReceiptHandle"]
    do(run, "emails", "DeleteMessage", ReceiptHandle=handle)
    rows = verdicts(run, run.trace.take())
    assert rows["at_least_once"][0] == "holds"
    assert rows["no_duplicates"][0] == "holds"


def orders() -> Run:
    """A bus whose one rule wants what is paid, for a mailer that works one second, and twenty events, some paid."""
    body = {"Source": "shop", "DetailType": {"one_of": ["paid", "placed"]}, "Detail": {}}
    return scenario(
        producer("shop", to="bus", limit=20, body=body),
        bus("bus", rules={"paid": {"detail-type": ["paid"]}}, targets=[target("paid", "mailer")], dead="dead"),
        queue("dead"),
        worker("mailer", service=SECOND, concurrency=9),
    )


def test_what_no_rule_of_a_bus_wanted_is_neither_lost_nor_remembered() -> None:
    """Source: EventBridge User Guide, "Amazon EventBridge rules" (an event that no rule matches is discarded)."""
    run = orders()
    records = records_of(run, 10 * MINUTE)
    rows = verdicts(run, records)
    assert {row[0] for row in rows.values()} <= {"holds", "n/a"}
    assert rows["at_least_once"][0] == "holds" and rows["max_receives"][0] == "n/a"
    fold = Guarantees(run.scenario)
    fold.add(records)
    assert not fold._undone and not fold._done


@pytest.mark.parametrize("letters", [False, True])
def test_what_a_bus_gives_up_is_lost_only_without_a_dead_letter_queue(letters: bool) -> None:
    """Source: EventBridge User Guide, "Using dead-letter queues to process undelivered events"."""
    more = {"DeadLetterConfig": {"Arn": "dead"}} if letters else {}
    mail = target("paid", "mails", RetryPolicy={"MaximumRetryAttempts": 1}, **more)
    run = scenario(
        bus("bus", rules={"paid": {"detail-type": ["paid"]}}, targets=[mail], dead="dead"),
        queue("mails"),
        queue("dead"),
    )
    do(run, "mails", "unavailable")
    do(run, "bus", "PutEvents", Entries=[{"Source": "shop", "DetailType": "paid", "Detail": {}}])
    assert broken(run, records_of(run, 10 * MINUTE)) == ([] if letters else ["no_loss"])


def test_the_limit_of_receives_follows_the_settings() -> None:
    """Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS", maxReceiveCount."""
    run = small(limit=2, failure_probability=1)
    do(run, "emails", "SendMessage", MessageBody="hello")
    records = records_of(run, 5 * SECOND)
    link = run.scenario.links[0].id
    do(run, link, "change", maxReceiveCount=4)
    records += records_of(run, 5 * MINUTE)
    received = [record for record in records if record[1] == "received"]
    assert len(received) == 4
    assert verdicts(run, records)["max_receives"][0] == "holds"
    unchanged = [record for record in records if record[1] != "changed"]
    state, time, *_, sentence = verdicts(run, unchanged)["max_receives"]
    assert (state, time) == ("broken", received[2][0])
    assert "is received 3 times, and emails allows 2" in sentence


@cache
def trouble() -> tuple[Run, list[Record]]:
    """A run in which much goes wrong, and its records."""
    link = {"loss": 0.01, "duplication": 0.05}
    run = scenario(
        producer("shop", to="emails", link=link, arrivals={"poisson": {"per_second": 5}}),
        queue("emails", dead="emails-dead", limit=2, VisibilityTimeout=3),
        queue("emails-dead", MessageRetentionPeriod=60),
        worker("mailer", polls="emails", service={"exponential": {"mean": 2}}, concurrency=4, failure_probability=0.2),
    )
    return run, records_of(run, 3 * MINUTE)


@given(some.integers(1, 40), some.sampled_from([1, 7, 50]))
def test_what_is_broken_does_not_depend_on_how_the_records_come(at_once: int, pickled_every: int) -> None:
    run, records = trouble()
    whole = Guarantees(run.scenario)
    whole.add(records)
    parts = Guarantees(run.scenario)
    for turn, begin in enumerate(range(0, len(records), at_once)):
        parts.add(records[begin : begin + at_once])
        if turn % pickled_every == 0:
            parts = pickle.loads(pickle.dumps(parts))
    assert parts.rows() == whole.rows()
    assert {row[0] for row in whole.rows() if row[2] == "broken"} >= {"no_loss", "no_duplicates", "group_order"}


def first_out_of_order(happened: list[tuple[str, int]], group_of: dict[int, str]) -> int | None:
    """The slow model: when the first effect came after the effect of a message that entered its group later."""
    for moment, (what, message) in enumerate(happened):
        if what != "processed":
            continue
        entered = [other for what, other in happened[:moment] if what == "enqueued"]
        later = [other for other in entered[entered.index(message) + 1 :] if group_of[other] == group_of[message]]
        if any(("processed", other) in happened[:moment] for other in later):
            return moment
    return None


@given(some.data())
def test_the_order_is_judged_as_a_slow_model_judges_it(data: some.DataObject) -> None:
    group_of = {message: data.draw(some.sampled_from(["a", "b", ""])) for message in range(1, 8)}
    steps = {message: ["enqueued", "processed", "deleted"] for message in group_of}
    happened: list[tuple[str, int]] = []
    while steps:
        message = data.draw(some.sampled_from(sorted(steps)))
        happened.append((steps[message].pop(0), message))
        if not steps[message]:
            del steps[message]
    run = with_groups()
    told = [record(what, message, time, group_of[message] or None) for time, (what, message) in enumerate(happened)]
    state, time, *_ = verdicts(run, told)["group_order"]
    expected = first_out_of_order(happened, group_of)
    assert (state, time) == (("holds", None) if expected is None else ("broken", expected))


def test_what_is_settled_is_forgotten() -> None:
    """Hours of running do not make it grow."""
    run = mails(per_second=20, service=0.01, concurrency=1)
    fold = Guarantees(run.scenario)
    for records in slices(run, 10 * SECOND, SECOND):
        fold.add(records)
    early = len(pickle.dumps(fold))
    for records in slices(run, 10 * MINUTE, SECOND):
        fold.add(records)
    assert fold.rows()[3][2] == "holds"
    assert len(pickle.dumps(fold)) < early + 8 * guarantees.MOST_MET


def test_a_long_line_costs_a_checkpoint_little() -> None:
    """Every checkpoint holds a copy: ten thousand waiting messages shall not outweigh the run's own state."""
    run = mails()
    fold = Guarantees(run.scenario)
    fold.add([record("enqueued", message, message) for message in range(1, 10_000)])
    assert len(pickle.dumps(fold)) < 20_000
    again = pickle.loads(pickle.dumps(fold))
    late = [record("processed", 9_000, 10_001), record("processed", 8_999, 10_002)]
    fold.add(late)
    again.add(late)
    assert again.rows() == fold.rows()
    assert fold.rows()[3][2] == "broken"


def test_with_more_messages_than_it_remembers_nobody_is_accused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarantees, "MOST", 10)
    monkeypatch.setattr(order, "MOST_PLACES", 10)
    run = mails()
    told = [record("enqueued", message, message) for message in range(1, 50)]
    told += [record("processed", message, 100 + message) for message in range(1, 50)]
    told += [record("deleted", message, 200 + message) for message in range(1, 50)]
    assert broken(run, told) == []
