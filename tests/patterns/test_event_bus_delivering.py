"""How long a delivery is tried, where it ends, and at what pace targets are called."""

import pytest

from simulator.engine.clock import DAY, MINUTE, SECOND
from simulator.engine.errors import Refused
from tests.patterns.vocabulary import (
    bus,
    conserved,
    do,
    endpoint,
    producer,
    queue,
    records,
    scenario,
    seconds,
    target,
    times,
)

PAID = {"Source": "shop", "DetailType": "paid", "Detail": {"price": 120}}
SHOP = {"source": ["shop"]}
EVERY_SECOND = {"every": "1s"}


def put(run, count=1):
    return do(run, "bus", "PutEvents", Entries=[PAID] * count)


def letters(run, name="dead"):
    node = next(node for node in run.nodes if node.id == name)
    return [entry.message for entry in node.entries.values()]


def one_target(to, *, dead="dead", **settings):
    more = {"DeadLetterConfig": {"Arn": dead}} if dead else {}
    return bus("bus", rules={"a": SHOP}, targets=[target("a", to, **more, **settings)], dead=dead)


def policy(attempts=185, age=86_400):
    return {"MaximumRetryAttempts": attempts, "MaximumEventAgeInSeconds": age}


def test_a_target_that_is_down_for_a_while_gets_every_event_in_the_end():
    run = scenario(one_target("mail", dead=""), queue("mail"))
    do(run, "mail", "unavailable", seconds=600)
    put(run, 10)
    run.advance(seconds(7200))
    assert len(letters(run, "mail")) == 10
    assert len(records(run, "retrying")) > 30 and not records(run, "gave_up")
    assert conserved(run)


def test_the_attempts_end_a_delivery_with_exactly_one_dead_letter():
    """Law 9 of a bus: at most MaximumRetryAttempts + 1 attempts, one message in the dead-letter queue."""
    run = scenario(one_target("mail", RetryPolicy=policy(attempts=4)), queue("mail"), queue("dead"))
    do(run, "mail", "unavailable")
    answer = put(run).result
    run.advance(seconds(3600))
    assert len(times(run, "retrying")) == 4 and len(records(run, "gave_up")) == 1
    (letter,) = letters(run)
    assert letter.body["id"] == answer["Entries"][0]["EventId"]
    assert letter.attributes == {
        "RULE_ARN": "arn:aws:events:us-east-1:123456789012:rule/a",
        "TARGET_ARN": "arn:aws:sqs:us-east-1:123456789012:mail",
        "ERROR_CODE": "ERROR_FROM_TARGET",
        "ERROR_MESSAGE": "The request has failed due to a temporary failure of the server.",
        "RETRY_ATTEMPTS": 4,
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    }
    assert conserved(run)


def test_the_age_ends_a_delivery_exactly_when_it_is_reached():
    """Law 9 of a bus: no attempt after MaximumEventAgeInSeconds."""
    run = scenario(one_target("mail", RetryPolicy=policy(age=300)), queue("mail"), queue("dead"))
    do(run, "mail", "unavailable")
    put(run, 10)
    run.advance(seconds(3600))
    assert times(run, "gave_up") == [300 * SECOND] * 10
    assert max(times(run, "refused_call")) < 301 * SECOND
    assert {letter.attributes["EXHAUSTED_RETRY_CONDITION"] for letter in letters(run)} == {"MaximumEventAgeInSeconds"}
    assert len(letters(run)) == 10 and conserved(run)


def test_by_default_a_delivery_is_tried_for_about_a_day():
    """Source: EventBridge User Guide, "How EventBridge retries delivering events": 24 hours and up to 185 times."""
    run = scenario(one_target("mail"), queue("mail", MessageRetentionPeriod=1_209_600), queue("dead"))
    do(run, "mail", "unavailable")
    put(run)
    run.advance(2 * DAY)
    (ended,) = times(run, "gave_up")
    assert 0.8 * DAY < ended <= DAY
    assert 150 < len(records(run, "retrying")) <= 185


@pytest.mark.parametrize("fault", ["gone", "unauthorized"])
def test_an_error_that_would_come_again_is_not_tried_again(fault):
    """Law 9 of a bus: non-retriable: one attempt."""
    run = scenario(one_target("hook"), endpoint("hook", kind="http"), queue("dead"))
    do(run, "hook", fault)
    put(run)
    run.advance(seconds(600))
    assert not records(run, "retrying")
    (letter,) = letters(run)
    assert letter.attributes["RETRY_ATTEMPTS"] == 0 and "EXHAUSTED_RETRY_CONDITION" not in letter.attributes
    assert conserved(run)


def test_without_a_dead_letter_queue_what_fails_is_discarded_and_counted():
    """Law 10 of a bus: dropped, and counted in FailedInvocations."""
    run = scenario(one_target("mail", dead="", RetryPolicy=policy(attempts=0)), queue("mail"))
    do(run, "mail", "unavailable")
    put(run, 3)
    run.advance(seconds(60))
    assert len(records(run, "discarded")) == 3
    assert run.nodes[0].gauges()["failed"] == 3 and run.nodes[0].view()["dropped"] == 3
    assert conserved(run) and not run.inventory()


def test_a_dead_letter_queue_that_does_not_answer_is_tried_again_and_then_the_event_is_gone():
    run = scenario(one_target("mail", RetryPolicy=policy(attempts=0)), queue("mail"), queue("dead"))
    do(run, "mail", "unavailable")
    do(run, "dead", "unavailable", seconds=15)
    put(run)
    run.advance(seconds(60))
    assert len(records(run, "dead_letter_refused")) == 2 and len(letters(run)) == 1
    do(run, "dead", "unavailable")
    put(run)
    run.advance(seconds(120))
    assert len(records(run, "discarded")) == 1 and conserved(run)


def test_a_lost_answer_brings_an_event_twice_and_never_not_at_all():
    """At least once. Source: EventBridge User Guide, "Amazon EventBridge targets"."""
    run = scenario(one_target("mail", dead="", loss=0.3), queue("mail"))
    for _ in range(10):
        put(run, 10)
    run.advance(DAY)
    ids = [letter.body["id"] for letter in letters(run, "mail")]
    assert len(dict.fromkeys(ids)) == 100 < len(ids)
    assert conserved(run)


def test_over_the_quota_of_invocations_events_are_late_and_none_is_lost():
    """Law 11 of a bus: late, never lost."""
    run = scenario(
        bus("bus", rules={"a": SHOP}, targets=[target("a", "mail")], invocations_per_second=2), queue("mail")
    )
    put(run, 10)
    assert len(list(run.nodes[0].held())) == 8
    run.advance(seconds(2))
    assert len(letters(run, "mail")) == 5 and conserved(run)
    run.advance(seconds(60))
    assert len(letters(run, "mail")) == 10
    assert len(records(run, "held_back")) == 8 and conserved(run)


def test_an_api_destination_is_never_called_faster_than_its_rate():
    """Law 17 of a bus: at most the rate limit in every second."""
    run = scenario(
        producer("shop", to="bus", arrivals={"bursts": {"size": 60, "every": "20s"}}, body=PAID, limit=120),
        one_target("api", dead="", InvocationRateLimitPerSecond=5),
        endpoint("api", kind="api", response=0.1),
    )
    run.advance(seconds(120))
    calls = [record[0] for record in records(run, "sent") if record[2] == 1]
    assert len(calls) == 120
    assert all(later - earlier >= SECOND for earlier, later in zip(calls, calls[5:], strict=False))


def test_what_waits_too_long_for_an_api_destination_goes_to_the_dead_letter_queue():
    """Source: EventBridge User Guide, "API destinations": backlog older than the event's age goes to the DLQ."""
    run = scenario(
        one_target("api", InvocationRateLimitPerSecond=1, RetryPolicy=policy(age=60)),
        endpoint("api", kind="api", response=0.1),
        queue("dead"),
    )
    for _ in range(10):
        put(run, 10)
    run.advance(10 * MINUTE)
    assert len(records(run, "delivered")) == 60 and len(letters(run)) == 40
    assert {letter.attributes["EXHAUSTED_RETRY_CONDITION"] for letter in letters(run)} == {"MaximumEventAgeInSeconds"}
    assert {letter.attributes["RETRY_ATTEMPTS"] for letter in letters(run)} == {0}
    assert conserved(run)


@pytest.mark.parametrize(("status", "tries"), [(503, 3), (429, 3), (409, 3), (400, 1), (404, 1), (422, 1)])
def test_http_statuses_decide_whether_an_api_destination_is_tried_again(status, tries):
    """Law 17 of a bus: 404 gives one attempt, 503 up to policy. Source: User Guide, "API destinations"."""
    run = scenario(
        one_target("api", RetryPolicy=policy(attempts=2)),
        endpoint("api", kind="api", response=0.1, failure_probability=1, failure_status=status),
        queue("dead"),
    )
    put(run)
    run.advance(seconds(600))
    assert len([record for record in records(run, "sent") if record[2] == 0]) == tries + 1  # and to the dead letters
    assert len(letters(run)) == 1 and conserved(run)


def test_an_api_destination_has_five_seconds_to_answer():
    """Source: EventBridge User Guide, "API destinations": maximum client execution timeout of 5 seconds."""
    run = scenario(
        one_target("api", RetryPolicy=policy(attempts=1)), endpoint("api", kind="api", response=8), queue("dead")
    )
    put(run)
    run.advance(seconds(600))
    assert times(run, "timed_out")[0] == 5 * SECOND
    assert [letter.attributes["ERROR_CODE"] for letter in letters(run)] == ["TIMEOUT"]
    assert conserved(run)


def test_retry_after_is_waited_for_and_a_negative_one_ends_it():
    """Source: EventBridge User Guide, "API destinations" (Retry-After)."""

    def told(after):
        run = scenario(
            one_target("api", RetryPolicy=policy(attempts=1)),
            endpoint("api", kind="api", response=0.1, failure_probability=1, failure_status=429, retry_after=after),
            queue("dead"),
        )
        put(run)
        run.advance(seconds(600))
        return [record[0] for record in records(run, "sent") if record[2] == 0]

    first, second, _ = told(100)
    assert second - first >= 100 * SECOND
    assert len(told(-1)) == 2


def test_new_credentials_are_asked_for_when_the_old_ones_have_run_out():
    """Source: EventBridge User Guide, "Connections for API destinations": 401 or 407 refreshes an OAuth token."""
    run = scenario(
        one_target("api"),
        endpoint("api", kind="api", response=0.1, AuthorizationType="OAUTH_CLIENT_CREDENTIALS", token_lifetime="30s"),
        queue("dead"),
    )
    put(run)
    run.advance(seconds(60))
    put(run)
    run.advance(seconds(120))
    assert len(records(run, "delivered")) == 2 and len(records(run, "authorized_anew")) >= 1
    assert not letters(run) and conserved(run)
    do(run, "api", "unauthorized")
    put(run)
    run.advance(seconds(180))
    assert [letter.attributes["ERROR_CODE"] for letter in letters(run)] == ["NO_PERMISSIONS"]
    assert [letter.attributes["RETRY_ATTEMPTS"] for letter in letters(run)] == [1]


def test_a_rule_has_at_most_five_targets():
    """Law 8 of a bus: LimitExceededException."""
    names = [f"q{number}" for number in range(6)]
    with pytest.raises(
        Refused, match="LimitExceededException: The requested resource exceeds the maximum number allowed"
    ):
        scenario(bus("bus", rules={"a": SHOP}, targets=[target("a", name) for name in names]), *map(queue, names))


def test_the_view_counts_what_is_retried_and_says_when():
    run = scenario(one_target("mail", RetryPolicy=policy(attempts=3)), queue("mail"), queue("dead"))
    do(run, "mail", "unavailable")
    put(run, 2)
    run.advance(seconds(0.1))
    (row,) = run.nodes[0].view()["rules"]
    assert row[:5] == ["a", 1, 2, 0, ""] and row[5:9] == [1, 0, 0, 2]
    assert run.now < row[9] < seconds(2)
    run.advance(seconds(600))
    (row,) = run.nodes[0].view()["rules"]
    assert row[5:] == [1, 0, 2, 0, 0]
