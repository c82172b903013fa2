"""A FIFO topic: its order, its memory of what it has had, its archive; and a run that can be stopped at any moment."""

import itertools
from random import Random
from typing import Any

import pytest

from patterns.topic import archiving
from simulator.engine.clock import DAY, MINUTE
from simulator.engine.message import as_text
from simulator.engine.run import Run
from tests.laws import Laws
from tests.patterns.vocabulary import (
    conserved,
    custody,
    do,
    endpoint,
    lines,
    producer,
    queue,
    records,
    scenario,
    seconds,
    subscription,
    topic,
    worker,
)

FIFO = {"FifoQueue": True, "ContentBasedDeduplication": True}


def waiting(run: Run, name: str) -> list[Any]:
    """What waits in a queue, in the order in which it came."""
    found: Any = run.find(name)
    return [entry.message for entry in found.entries.values()]


def publish(run: Run, message: Any, group: str | None = "g", **more: Any) -> Any:
    given = {"MessageGroupId": group} if group is not None else {}
    call = do(run, "news", "Publish", Message=message, **given, **more)
    if call.error is not None:
        raise call.error
    return call.result


def news(*subscriptions: dict[str, Any], **settings: Any) -> Any:
    return topic("news", *subscriptions, **{"FifoTopic": True, "ContentBasedDeduplication": True, **settings})


def test_a_group_and_an_id_are_asked_for():
    """Source: SNS API Reference, Publish."""
    run = scenario(news(ContentBasedDeduplication=False))
    for given, sentence in (
        ({}, "The MessageGroupId parameter is required for FIFO topics"),
        ({"MessageGroupId": "g"}, "The topic should either have ContentBasedDeduplication enabled or"),
        ({"MessageGroupId": "a b", "MessageDeduplicationId": "1"}, "MessageGroupId can only include"),
    ):
        call = do(run, "news", "Publish", Message="x", **given)
        assert call.error is not None and sentence in call.error.message
    assert set(publish(run, "x", MessageDeduplicationId="1")) == {"MessageId", "SequenceNumber"}


@pytest.mark.parametrize("seed", range(3))
def test_each_queue_gets_every_group_in_the_order_of_publishing(seed: int):
    """Law 12; source: SNS Developer Guide, "Message ordering and deduplication strategies…"."""
    run = scenario(
        producer(
            "shop",
            to="news",
            arrivals={"poisson": {"per_second": 20}},
            limit=200,
            body={"customer": {"integer": {"low": 1, "high": 5}}, "number": {"sequence": {}}},
            group="customer",
            deduplication="number",
        ),
        queue("one", **FIFO),
        queue("two", **FIFO),
        news(
            subscription("one", RawMessageDelivery=True, latency={"exponential": {"mean": 0.2}}, loss=0.1),
            subscription("two", RawMessageDelivery=True, latency={"exponential": {"mean": 0.05}}),
        ),
        seed=seed,
    )
    run.advance(seconds(3600))
    assert conserved(run)
    published: dict[str, list[Any]] = {}
    by_id = {message.id: message for message in run.trace.made}
    for record in records(run, "accepted"):
        if record[2] == 3:
            published.setdefault(record[4], []).append(by_id[record[3]].body)
    for name in ("one", "two"):
        came: dict[str, list[Any]] = {}
        for message in waiting(run, name):
            came.setdefault(message.group, []).append(message.body)
        assert came == published


def test_a_message_that_fails_blocks_its_group_for_that_subscriber_only():
    """Source: SNS Developer Guide, "Amazon SNS FIFO topics", message delivery."""
    run = scenario(
        queue("small", MaximumMessageSize=1024, **FIFO),
        queue("other", **FIFO),
        queue("lost", **FIFO),
        news(
            subscription("small", dead="lost", RawMessageDelivery=True),
            subscription("other", RawMessageDelivery=True),
            dead="lost",
        ),
    )
    do(run, "small", "unavailable")
    for group, text in (("g", "first"), ("g", "second"), ("h", "else")):
        publish(run, text, group)
    run.advance(seconds(1.5))
    assert [message.body for message in waiting(run, "other")] == ["first", "else", "second"]
    assert len(records(run, "group_waits")) == 2
    assert conserved(run) and custody(run, "news") == 3
    do(run, "small", "stop unavailable")
    run.advance(seconds(5))
    assert [message.body for message in waiting(run, "small") if message.group == "g"] == ["first", "second"]
    publish(run, "x" * 2000)
    publish(run, "third")
    run.advance(seconds(6))
    assert [message.body for message in waiting(run, "small") if message.group == "g"] == ["first", "second", "third"]
    assert [message.body for message in waiting(run, "lost")] == ["x" * 2000]
    assert conserved(run) and custody(run, "news") == 0


def test_dead_letters_of_several_subscribers_do_not_take_each_other_for_repetitions():
    """Two copies of one message, given up by two subscriptions, are two dead letters, though their ids were one."""
    run = scenario(
        queue("small", MaximumMessageSize=1024, **FIFO),
        queue("tiny", MaximumMessageSize=1024, **FIFO),
        queue("lost", **FIFO),
        news(*(subscription(name, dead="lost", RawMessageDelivery=True) for name in ("small", "tiny")), dead="lost"),
    )
    publish(run, "x" * 2000, MessageDeduplicationId="one")
    run.advance(seconds(2))
    assert [message.body for message in waiting(run, "lost")] == ["x" * 2000] * 2
    assert len(records(run, "dead_lettered")) == 2 and conserved(run)


@pytest.mark.parametrize("scope", ["Topic", "MessageGroup"])
def test_what_is_published_twice_is_accepted_twice_and_delivered_once(scope: str):
    """Law 12; source: SNS API Reference, SetTopicAttributes (FifoThroughputScope)."""
    run = scenario(
        queue("one", **FIFO, DeduplicationScope="messageGroup"),
        news(subscription("one", RawMessageDelivery=True), FifoThroughputScope=scope),
    )
    first = publish(run, "a")
    assert publish(run, "a") == first
    assert publish(run, "b", MessageDeduplicationId="id") != first
    publish(run, "c", MessageDeduplicationId="id")
    publish(run, "a", "other")
    run.advance(seconds(1))
    assert sorted(message.body for message in waiting(run, "one")) == (
        ["a", "b"] if scope == "Topic" else ["a", "a", "b"]
    )
    run.advance(5 * MINUTE + 1)
    publish(run, "a")
    run.advance(run.now + seconds(1))
    assert len([message for message in waiting(run, "one") if message.group == "g" and message.body == "a"]) == 2
    assert conserved(run)


def test_a_fifo_topic_has_a_quota():
    """Source: SNS Developer Guide, "High throughput FIFO topics" (20 MB a second)."""
    run = scenario(news(MaximumMessageSize=262_144))
    texts = [f"{number:06}" + "x" * 250_000 for number in range(90)]
    calls = [do(run, "news", "Publish", Message=text, MessageGroupId="g") for text in texts]
    assert [call.error.code for call in calls if call.error is not None] == ["Throttled"] * 10


def test_a_standard_queue_may_subscribe_and_learns_the_group():
    """Source: SNS Developer Guide, "FIFO topics": FIFO topic to FIFO or standard SQS."""
    run = scenario(queue("fair"), news(subscription("fair", RawMessageDelivery=True)))
    publish(run, "a")
    run.advance(seconds(1))
    assert [(message.body, message.group) for message in waiting(run, "fair")] == [("a", "g")]


def archived(*subscriptions: dict[str, Any], **settings: Any) -> Any:
    return news(*subscriptions, ArchivePolicy={"MessageRetentionPeriod": 1}, **settings)


def replay(run: Run, target: str, policy: Any) -> None:
    call = do(
        run,
        "news",
        "SetSubscriptionAttributes",
        SubscriptionArn=target,
        AttributeName="ReplayPolicy",
        AttributeValue=policy,
    )
    assert call.error is None, call.error


def status(run: Run, target: str) -> str:
    return do(run, "news", "GetSubscriptionAttributes", SubscriptionArn=target).result["Attributes"].get("ReplayStatus")


def test_a_replay_delivers_what_was_archived_in_its_span_to_one_subscriber_in_order():
    """Law 14; source: SNS Developer Guide, "Message replay for FIFO topic subscribers"."""
    run = scenario(queue("one", **FIFO), queue("two", **FIFO), archived(subscription("one"), subscription("two")))
    for number in range(60):
        publish(run, str(number), str(number % 3))
        run.advance(run.now + seconds(10))
    run.advance(seconds(1200))
    before = {name: len(waiting(run, name)) for name in ("one", "two")}
    replay(run, "one", {"StartingPoint": "2026-01-05T00:01:40Z", "EndingPoint": "300s"})
    assert status(run, "one") == "Pending"
    run.advance(seconds(1201.0))
    run.advance(seconds(1201.01))
    assert run.find("news").view()["archive"][0] == 60
    run.advance(seconds(1230))
    assert status(run, "one") == "Completed"
    assert {name: len(waiting(run, name)) for name in ("one", "two")} == {
        "one": before["one"] + 21,
        "two": before["two"],
    }
    again = [message.body for message in waiting(run, "one")[before["one"] :]]
    assert all(one["Replayed"] is True for one in again)
    for group in range(3):
        texts = [int(one["Message"]) for one in again if int(one["Message"]) % 3 == group]
        assert texts == [number for number in range(10, 31) if number % 3 == group]
    publish(run, "later", "1")
    run.advance(seconds(1240))
    assert len(waiting(run, "one")) == before["one"] + 21 and len(records(run, "withheld")) == 1
    assert len(waiting(run, "two")) == before["two"] + 1
    replay(run, "one", "")
    publish(run, "latest", "1")
    run.advance(seconds(1250))
    assert len(waiting(run, "one")) == before["one"] + 22
    assert conserved(run)


def test_a_replay_without_an_end_goes_over_into_what_follows():
    """Source: SNS API Reference, ReplayPolicy without EndingPoint."""
    run = scenario(
        producer(
            "shop",
            to="news",
            arrivals={"regular": {"per_second": 50}},
            limit=3000,
            body={"number": {"sequence": {}}, "group": {"integer": {"low": 1, "high": 20}}},
            group="group",
        ),
        queue("one", **FIFO),
        archived(subscription("one", RawMessageDelivery=True)),
    )
    do(run, "one", "PurgeQueue")
    run.advance(seconds(400))
    first = len(waiting(run, "one"))
    assert first == 3000
    do(run, "shop", "change", limit=3200)
    replay(run, "one", {"StartingPoint": 0})
    run.advance(seconds(401.5))
    assert run.find("news").view()["archive"][1] is True
    run.advance(seconds(450))
    assert status(run, "one") == "Completed"
    came = list(waiting(run, "one")[first:])
    assert sorted(message.body["number"] for message in came) == list(range(1, 3201))
    late = [message.body["number"] for message in came if "Replayed" not in (message.attributes or {})]
    assert sorted(late) == list(range(3051, 3201)), "what was published while the replay was pending is replayed too"
    for _, one in itertools.groupby(sorted(came, key=lambda message: message.group), lambda message: message.group):
        numbers = [message.body["number"] for message in one]
        assert numbers == sorted(numbers)
    assert conserved(run)


def test_a_replay_waits_for_an_end_that_is_to_come():
    run = scenario(queue("one", **FIFO), archived(subscription("one", RawMessageDelivery=True)))
    publish(run, "old")
    run.advance(seconds(400))
    replay(run, "one", {"StartingPoint": 0, "EndingPoint": "500s"})
    run.advance(seconds(450))
    publish(run, "new")
    run.advance(seconds(451))
    assert status(run, "one") == "In progress"
    assert [message.body for message in waiting(run, "one")] == ["old", "old", "new"]
    run.advance(seconds(501))
    assert status(run, "one") == "Completed"


def test_an_archive_forgets_what_is_too_old_and_is_never_too_large(monkeypatch: pytest.MonkeyPatch):
    """Source: SNS API Reference, SetTopicAttributes (MessageRetentionPeriod)."""
    monkeypatch.setattr(archiving, "MOST_MESSAGES", 5)
    run = scenario(archived())
    for number in range(9):
        publish(run, str(number))
    assert run.find("news").view()["archive"] == [5, False, 0] and len(records(run, "archive_full")) == 1
    run.advance(DAY)
    assert run.find("news").view()["archive"] == [0, False, 0]


def busy(seed: int) -> Run:
    """A FIFO and a standard topic with everything that can go wrong."""
    return scenario(
        producer(
            "shop",
            to=["news", "loud"],
            arrivals={"poisson": {"per_second": 4}},
            body={"type": {"one_of": ["order", "visit"]}, "group": {"integer": {"low": 1, "high": 4}}},
            group="group",
            link={"loss": 0.05, "duplication": 0.05},
        ),
        queue("one", MaximumMessageSize=1024, **FIFO),
        queue("fair"),
        queue("lost", **FIFO),
        queue("dropped"),
        endpoint("hook", failure_probability=0.3),
        endpoint("mail", kind="email", confirms_after=20),
        worker("office", failure_probability=0.2, concurrency=2),
        archived(
            subscription("one", dead="lost", loss=0.2),
            subscription("fair", policy={"type": ["order"]}, FilterPolicyScope="MessageBody"),
            dead="lost",
        ),
        topic(
            "loud",
            subscription("hook", dead="dropped", duplication=0.1),
            subscription("office", loss=0.1),
            subscription("mail", loss=0.1),
            dead="dropped",
            jitter=0.2,
        ),
        seed=seed,
        faults=[
            {"node": "one", "fault": "unavailable", "at": "10s", "for": "15s"},
            {"node": "hook", "fault": "gone", "at": "20s", "for": "10s"},
        ],
    )


@pytest.mark.parametrize("seed", range(2))
def test_the_laws_hold_and_a_run_goes_on_from_any_moment(seed: int):
    """DESIGN: a run is a value; conservation of messages, custody exactly as the records say."""
    whole, run, random = busy(seed), busy(seed), Random(seed)
    laws = Laws(run)
    told: list[Any] = []
    for step in range(30):
        run.advance(run.now + random.randrange(1, seconds(4)))
        if step == 10:
            call = do(
                run,
                "news",
                "SetSubscriptionAttributes",
                SubscriptionArn="one",
                AttributeName="ReplayPolicy",
                AttributeValue={"StartingPoint": 3},
            )
            assert call.error is None
        taken = run.trace.take()
        told += taken
        laws.read(taken)
        laws.hold(run)
        run = Run.restore(run.checkpoint(), run.scenario, run.journal, len(run.journal))
    for line in run.journal:
        whole.advance(line.time)
        whole.intervene(line.target, line.verb, dict(line.arguments))
    whole.advance(run.now)
    assert whole.trace.records == told
    assert lines(whole)
    assert {record[1] for record in told} >= {
        "replay_started",
        "retrying",
        "filtered_out",
        "dead_lettered",
        "group_waits",
    }


def test_the_view_is_bounded_whatever_there_is():
    """docs/PROTOCOL.md, Views: topic."""
    names = [f"q{number}" for number in range(20)]
    run = scenario(*map(queue, names), topic("news", *(subscription(name, policy={"a": ["x"]}) for name in names)))
    for _ in range(20):
        do(run, "news", "Publish", Message="x", MessageAttributes={"a": "y" * 300})
    view = run.find("news").view()
    assert len(view["subscriptions"]) == 12 and view["count"] == 20
    assert len(view["heap"]) == 8 and view["published"] == 20
    assert all(len(row[10]) <= 80 and row[2] == 8 for row in view["subscriptions"])
    assert as_text(view)
