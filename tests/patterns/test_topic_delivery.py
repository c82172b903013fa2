"""What is published reaches those who want it, however long it takes, or goes where what failed goes."""

import itertools
from typing import Any

import pytest

from patterns.topic.phases import CUSTOMER, HTTP, MANAGED, Schedule
from simulator.engine.clock import DAY, HOUR, SECOND
from simulator.engine.errors import Refused, ServiceError
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    conserved,
    custody,
    do,
    endpoint,
    producer,
    queue,
    records,
    scenario,
    seconds,
    subscription,
    times,
    topic,
    worker,
)


def rows(run: Run, name: str = "news") -> list[dict[str, Any]]:
    """The subscriptions as the view shows them."""
    keys = (
        "link",
        "protocol",
        "state",
        "delivered",
        "filtered",
        "failed",
        "retrying",
        "due",
        "tries",
        "of",
        "why",
        "at",
    )
    found = run.find(name)
    assert found is not None
    return [dict(zip(keys, row, strict=True)) for row in found.view()["subscriptions"]]


def waiting(run: Run, name: str) -> list[Any]:
    """The bodies of what waits in a queue, in its order."""
    found: Any = run.find(name)
    return [entry.message.body for entry in found.visible.first(1000)]


def publish(run: Run, message: Any, name: str = "news", **more: Any) -> Any:
    call = do(run, name, "Publish", Message=message, **more)
    if call.error is not None:
        raise call.error
    return call.result


def test_each_message_has_one_end_for_each_subscription():
    """Laws 1 and 2; source: SNS Developer Guide, metrics (NumberOfNotifications…)."""
    run = scenario(
        producer(
            "shop",
            to="news",
            arrivals={"regular": {"per_second": 10}},
            limit=50,
            body={"type": {"one_of": ["order", "visit"]}},
        ),
        queue("all"),
        queue("orders"),
        endpoint("hook", failure_probability=0.5, confirms_after=0),
        topic(
            "news",
            subscription("orders", policy={"type": ["order"]}, FilterPolicyScope="MessageBody"),
            to=["all", "hook"],
        ),
    )
    run.advance(seconds(12))
    assert conserved(run) and custody(run, "news") == sum(1 for _ in run.find("news").held())
    run.advance(seconds(600))
    for row in rows(run):
        ends = [record for record in records(run, "delivered", "gave_up", "filtered_out") if record[4] == row["link"]]
        assert row["delivered"] + row["failed"] + row["filtered"] == len(ends) == 50
        assert row["retrying"] == 0
    orders = rows(run)[0]
    assert 0 < orders["filtered"] < 50 and orders["delivered"] == len(waiting(run, "orders"))
    assert conserved(run) and custody(run, "news") == 0


def test_a_dead_endpoint_delays_no_other():
    """Law 3; source: SNS Developer Guide, "Fanout"."""
    run = scenario(endpoint("hook"), queue("office"), topic("news", to=["hook", "office"]))
    run.advance(seconds(5))
    do(run, "hook", "down")
    for number in range(20):
        publish(run, f"m{number}")
    run.advance(seconds(6))
    assert len(waiting(run, "office")) == 20
    assert {record[6] for record in records(run, "delivered")} == {20_000}
    assert rows(run)[0]["retrying"] == 20


def test_without_a_subscription_publishing_succeeds_and_the_message_is_gone():
    """Law 4; source: SNS API Reference, Publish."""
    run = scenario(topic("news"))
    assert publish(run, "hello") == {"MessageId": "you-1"}
    assert [record[1] for record in records(run)] == ["intervened", "sent_by_hand", "accepted", "fanned_out"]
    assert conserved(run)


def test_a_queue_that_is_down_for_ever_is_tried_in_four_phases():
    """Law 8; source: SNS Developer Guide, "Amazon SNS message delivery retries"."""
    run = scenario(queue("office"), topic("news", to="office"))
    do(run, "office", "unavailable")
    publish(run, "hello")
    run.advance(seconds(400))
    pauses = [record[6] / SECOND for record in records(run, "retrying")]
    assert pauses[:15] == [0, 0, 0, 1, 1, 1, 2, 4, 8, 16, 20, 20, 20, 20, 20]
    assert {record[8] for record in records(run, "retrying")[15:]} == {"post-backoff"}
    row = rows(run)[0]
    assert (row["retrying"], row["of"], row["why"]) == (1, 100_015, "ServiceUnavailable")
    assert row["due"] > run.now and row["tries"] == len(pauses)
    assert conserved(run) and custody(run, "news") == 1
    do(run, "office", "stop unavailable")
    run.advance(seconds(430))
    assert rows(run)[0]["delivered"] == 1 and rows(run)[0]["retrying"] == 0


def test_the_tables_have_the_totals_of_the_guide():
    """Source: SNS Developer Guide, "Amazon SNS message delivery retries": 100,015 over 23 days; 50 over 6 hours."""
    assert (MANAGED.total, CUSTOMER.total, HTTP.total) == (100_015, 50, 3)
    assert 23 * DAY < MANAGED.span() < 24 * DAY
    assert CUSTOMER.span() > 6 * HOUR
    assert MANAGED.wait(100_015) is not None and MANAGED.wait(100_016) is None


def test_a_webhook_is_tried_three_times_more_every_twenty_seconds():
    """Law 8; source: SNS Developer Guide, "Creating an HTTP/S delivery policy" (defaults)."""
    run = scenario(endpoint("hook"), topic("news", to="hook"))
    run.advance(seconds(5))
    do(run, "hook", "down")
    publish(run, "hello")
    run.advance(seconds(100))
    tries = [(time - seconds(5)) / SECOND for time in times(run, "sent")]
    assert tries == pytest.approx([0, 20, 40, 60], abs=0.1)
    assert [record[1] for record in records(run, "gave_up", "discarded")] == ["gave_up", "discarded"]
    assert "HTTP 503 after 4 tries" in records(run, "gave_up")[0][5]


def test_a_delivery_policy_of_its_own_divides_its_retries_among_the_phases():
    """Law 8; source: SNS Developer Guide, "Creating an HTTP/S delivery policy", the sample policy."""
    policy = {
        "minDelayTarget": 1,
        "maxDelayTarget": 60,
        "numRetries": 50,
        "numNoDelayRetries": 3,
        "numMinDelayRetries": 2,
        "numMaxDelayRetries": 35,
        "backoffFunction": "exponential",
    }
    run = scenario(endpoint("hook"), topic("news", subscription("hook", DeliveryPolicy={"healthyRetryPolicy": policy})))
    run.advance(seconds(5))
    do(run, "hook", "down")
    publish(run, "hello")
    run.advance(HOUR)
    phases = [record[8] for record in records(run, "retrying")]
    assert {phase: phases.count(phase) for phase in dict.fromkeys(phases)} == {
        "immediate": 3,
        "pre-backoff": 2,
        "backoff": 10,
        "post-backoff": 35,
    }
    assert len(times(run, "sent")) == 51


def test_the_backoff_functions_rise_from_the_shortest_to_the_longest_delay():
    """Source: SNS Developer Guide, "Creating an HTTP/S delivery policy", backoff functions (5 to 260 s in 10 steps)."""
    for function in ("linear", "arithmetic", "geometric", "exponential"):
        schedule = Schedule(0, 0, 10, 0, 5 * SECOND, 260 * SECOND, function)
        waits = [schedule.wait(retry)[1] for retry in range(1, 11)]
        assert waits[0] == 5 * SECOND and waits[-1] == 260 * SECOND
        assert waits == sorted(waits)
    linear = [Schedule(0, 0, 4, 0, SECOND, 10 * SECOND, "linear").wait(retry)[1] for retry in range(1, 5)]
    assert linear == [1 * SECOND, 4 * SECOND, 7 * SECOND, 10 * SECOND]
    arithmetic = [Schedule(0, 0, 4, 0, SECOND, 7 * SECOND, "arithmetic").wait(retry)[1] for retry in range(1, 5)]
    assert arithmetic == [1 * SECOND, 2 * SECOND, 4 * SECOND, 7 * SECOND]
    geometric = [Schedule(0, 0, 4, 0, SECOND, 8 * SECOND, "geometric").wait(retry)[1] for retry in range(1, 5)]
    assert geometric == [1 * SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert Schedule(0, 0, 1, 0, SECOND, 8 * SECOND, "geometric").wait(1)[1] == SECOND


def test_pauses_are_shortened_by_chance():
    """Source: SNS Developer Guide, "Amazon SNS message delivery retries": jitter is applied."""
    run = scenario(queue("office"), topic("news", to="office", jitter=0.5))
    do(run, "office", "unavailable")
    for _ in range(20):
        publish(run, "hello")
    run.advance(seconds(3))
    pauses = [record[6] for record in records(run, "retrying") if record[8] == "pre-backoff"]
    assert all(SECOND // 2 < pause <= SECOND for pause in pauses)
    assert len(dict.fromkeys(pauses)) > 20


@pytest.mark.parametrize(
    ("policy", "taken"),
    [
        ({"numRetries": 100, "minDelayTarget": 36, "maxDelayTarget": 36}, True),
        ({"numRetries": 100, "minDelayTarget": 37, "maxDelayTarget": 37}, False),
        ({"numRetries": 2, "minDelayTarget": 10, "maxDelayTarget": 3600}, False),
        ({"numRetries": 101}, False),
        ({"numRetries": 3, "numNoDelayRetries": 2, "numMaxDelayRetries": 2}, False),
        ({"minDelayTarget": 30}, False),
    ],
)
def test_a_delivery_policy_of_more_than_an_hour_is_refused(policy: dict[str, Any], taken: bool):
    """Law 9; source: SNS Developer Guide, "Creating an HTTP/S delivery policy" (3,600 seconds)."""
    made = topic("news", subscription("hook", DeliveryPolicy={"healthyRetryPolicy": policy}))
    if taken:
        scenario(endpoint("hook"), made)
    else:
        with pytest.raises(Refused):
            scenario(endpoint("hook"), made)


@pytest.mark.parametrize("error", ["gone", "404", "too large"])
def test_a_client_error_is_exactly_one_attempt(error: str):
    """Law 10; source: SNS Developer Guide, "Message delivery retries", client-side errors."""
    target = (
        queue("office", MaximumMessageSize=1024) if error == "too large" else endpoint("office", failure_status=404)
    )
    run = scenario(target, topic("news", to="office"))
    run.advance(seconds(5))
    if error == "gone":
        do(run, "office", "gone")
    elif error == "404":
        do(run, "office", "fail", probability=1)
    publish(run, "x" * 2000)
    run.advance(HOUR)
    assert len(times(run, "sent")) == 1
    assert not records(run, "retrying") and len(records(run, "discarded")) == 1
    assert rows(run)[0]["failed"] == 1
    assert conserved(run)


def test_what_was_given_up_goes_to_the_dead_letter_queue_of_its_subscription():
    """Source: SNS Developer Guide, "Amazon SNS dead-letter queues (DLQs)"."""
    run = scenario(
        endpoint("hook"),
        endpoint("other"),
        queue("lost"),
        topic("news", subscription("hook", dead="lost"), to="other", dead="lost"),
    )
    run.advance(seconds(5))
    do(run, "hook", "gone")
    do(run, "other", "gone")
    publish(run, "hello", MessageAttributes={"tier": "gold"})
    run.advance(seconds(6))
    found: Any = run.find("lost")
    (entry,) = found.visible.first(9)
    assert entry.message.body["Message"] == "hello"
    assert entry.message.attributes["ErrorCode"] == "HTTP 404"
    assert set(entry.message.attributes) == {"RequestID", "ErrorCode", "ErrorMessage"}
    assert len(records(run, "dead_lettered")) == 1 and len(records(run, "discarded")) == 1
    assert [row["state"] & 4 for row in rows(run)] == [4, 0]
    assert conserved(run)


def test_a_dead_letter_queue_that_is_down_is_asked_three_times():
    run = scenario(endpoint("hook"), queue("lost"), topic("news", subscription("hook", dead="lost"), dead="lost"))
    run.advance(seconds(5))
    do(run, "hook", "gone")
    do(run, "lost", "unavailable")
    publish(run, "hello")
    run.advance(seconds(15))
    assert custody(run, "news") == 1 == sum(1 for _ in run.find("news").held())
    run.advance(seconds(60))
    assert len(records(run, "dead_letter_refused")) == 2 and len(records(run, "discarded")) == 1
    assert conserved(run)


def test_a_subscriber_gets_no_more_a_second_than_its_policy_says():
    """Law 15; source: SNS Developer Guide, "Creating an HTTP/S delivery policy", throttlePolicy."""
    policy = {"throttlePolicy": {"maxReceivesPerSecond": 2}}
    run = scenario(
        producer("shop", to="news", arrivals={"regular": {"per_second": 5}}, limit=100),
        endpoint("hook", confirms_after=0),
        topic("news", subscription("hook", DeliveryPolicy=policy)),
    )
    run.advance(seconds(20))
    sent = [record[0] for record in records(run, "sent") if record[2] == 2]
    assert all(later - sooner >= SECOND for sooner, later in zip(sent, sent[2:], strict=False))
    node: Any = run.find("news")
    assert len(node.waiting) > 40 and rows(run)[0]["state"] & 2
    assert conserved(run) and custody(run, "news") == len(node.waiting)
    run.advance(seconds(120))
    assert rows(run)[0]["delivered"] == 100 and not rows(run)[0]["state"] & 2


def test_an_mailbox_gets_ten_and_a_phone_twenty_messages_a_second():
    """Source: SNS Developer Guide, quotas (e-mail 10, SMS 20 a second)."""
    run = scenario(endpoint("mail", kind="email"), endpoint("phone", kind="sms"), topic("news", to=["mail", "phone"]))
    run.advance(seconds(5))
    for number in range(100):
        publish(run, f"m{number}")
    run.advance(seconds(20))
    for link, gap in ((0, 100_000), (1, 50_000)):
        sent = [record[0] for record in records(run, "sent") if record[4] == link]
        assert {later - sooner for sooner, later in itertools.pairwise(sent)} == {gap}


def test_a_subscription_that_is_not_confirmed_gets_nothing_and_vanishes():
    """Source: SNS API Reference, Subscribe (tokens are valid for two days)."""
    run = scenario(endpoint("hook", confirms_after=None), topic("news", to="hook"))
    run.advance(seconds(5))
    publish(run, "hello")
    assert rows(run)[0]["state"] & 1 and not records(run, "filtered_out")
    run.advance(2 * DAY + 1)
    assert len(records(run, "unconfirmed")) == 1 and not rows(run)[0]["state"] & 1
    call = do(run, "news", "ConfirmSubscription", Token="hook")
    assert call.error is not None and call.error.message == "Invalid parameter: Token"
    publish(run, "hello")
    run.advance(3 * DAY)
    assert rows(run)[0]["delivered"] == 0


def test_a_subscription_is_confirmed_by_its_owner_or_with_its_token():
    """Source: SNS API Reference, ConfirmSubscription."""
    run = scenario(
        endpoint("hook", confirms_after=None),
        endpoint("mail", kind="email", confirms_after=None),
        topic("news", to=["hook", "mail"]),
    )
    run.advance(seconds(5))
    answer = do(run, "news", "ConfirmSubscription", Token="news-hook").result
    assert answer == {"SubscriptionArn": "arn:aws:sns:us-east-1:123456789012:news:news-hook"}
    do(run, "mail", "ConfirmSubscription")
    run.advance(seconds(6))
    publish(run, "hello")
    run.advance(seconds(20))
    assert [row["delivered"] for row in rows(run)] == [1, 1]


def test_a_request_for_confirmation_that_was_lost_is_sent_again():
    run = scenario(endpoint("hook"), topic("news", subscription("hook", loss=1)))
    run.advance(HOUR)
    do(run, "news-hook", "change", loss=0)
    run.advance(3 * HOUR)
    assert len(records(run, "confirmation_asked")) > 1 and len(records(run, "confirmed")) == 2


def test_a_function_is_not_waited_for():
    """Source: SNS Developer Guide, "Fanout to Lambda": Lambda is invoked asynchronously."""
    run = scenario(worker("office", service=seconds(30)), topic("news", to="office"))
    publish(run, "hello")
    run.advance(seconds(1))
    assert rows(run)[0]["delivered"] == 1


@pytest.mark.parametrize("fault", ["unavailable", "throttle"])
def test_a_topic_that_is_not_available_refuses_what_is_published(fault: str):
    """Source: SNS API Reference, Publish (InternalError, Throttled)."""
    run = scenario(queue("office"), topic("news", to="office"))
    do(run, "news", fault, **({"per_second": 1} if fault == "throttle" else {}))
    answers = []
    for _ in range(3):
        try:
            answers.append(publish(run, "hello"))
        except ServiceError as error:
            answers.append(error.code)
    assert "ServiceUnavailable" in answers if fault == "unavailable" else answers[1:] == ["Throttled", "Throttled"]
    do(run, "news", f"stop {fault}")
    assert publish(run, "hello")


def test_a_producer_gets_back_what_a_topic_refuses_and_sends_it_again():
    run = scenario(
        producer("shop", to="news", arrivals={"regular": {"per_second": 1}}, limit=5, retries=10),
        queue("office"),
        topic("news", to="office"),
        faults=[{"node": "news", "fault": "unavailable", "at": 0, "for": 4}],
    )
    run.advance(seconds(60))
    assert len(records(run, "refused_call")) > 0
    assert rows(run)[0]["delivered"] == 5
    assert conserved(run)
