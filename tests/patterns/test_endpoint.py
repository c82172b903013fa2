"""The endpoint: what it answers and when, what it never answers, and what it does twice."""

import pickle
from typing import Any

import pytest

from patterns.endpoint.answers import Refusal, sms_parts
from patterns.endpoint.config import EndpointSettings
from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.message import Message
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    conserved,
    custody,
    do,
    document,
    endpoint,
    producer,
    records,
    scenario,
    seconds,
    store,
    story,
    times,
    worker,
)


def delivering(count: int = 1, retries: int = 0, link: dict[str, Any] | None = None, **settings: Any) -> Run:
    """A run in which a producer sends `count` messages, one a second, to an endpoint called `hook`."""
    settings = {"response": 0.2, **settings}
    return scenario(
        producer(
            "shop", to="hook", arrivals={"regular": {"per_second": 1}}, limit=count, retries=retries, link=link or {}
        ),
        endpoint("hook", **settings),
    )


def codes(run: Run, *kinds: str) -> list[str]:
    return [record[4] for record in records(run, *kinds)]


def test_a_request_is_answered_after_the_response_time():
    run = delivering()
    run.advance(seconds(1.1))
    assert run.find("hook").view()["busy"] == 1
    run.advance(seconds(5))
    assert story(run, "m-1") == ["requested", "processed", "finished"]
    [record] = records(run, "processed")
    assert (record[0], record[4], record[5]) == (seconds(1.21), seconds(0.2), "HTTP 200")
    assert run.inventory() == {} and custody(run, "hook") == 0


@pytest.mark.parametrize("sender_listens", [False, True])
def test_while_it_is_down_it_answers_503_at_the_door(sender_listens: bool):
    run = delivering(retries=int(sender_listens))
    do(run, "hook", "down")
    run.advance(seconds(60))
    if sender_listens:
        assert codes(run, "rejected") == ["HTTP 503"] * 2
        assert [record[4] for record in records(run, "gave_up")] == ["HTTP 503 after 2 tries"]
    else:
        assert codes(run, "turned_away") == ["HTTP 503"]
    assert conserved(run) and not run.inventory()


def test_what_is_not_answered_comes_back_after_15_seconds_from_a_webhook_and_5_from_an_api():
    """Source: SNS Developer Guide, "Message delivery retries"; EventBridge User Guide, "API destinations" (§8: 5 s)."""
    for kind, patience in (("http", 15), ("api", 5)):
        run = delivering(retries=1, kind=kind)
        do(run, "hook", "down", answer="silence")
        run.advance(seconds(5))
        assert custody(run, "hook") == 1
        run.advance(seconds(80))
        assert times(run, "unanswered")[0] == seconds(1 + patience)
        assert story(run, "m-1")[:3] == ["silent", "unanswered", "retrying"]
        assert records(run, "retrying")[0][6] == "RequestTimeout"
        assert conserved(run)


def test_a_slow_receiver_does_the_work_and_its_sender_does_not_know():
    """The sender's time is up after 15 s, the work is done after 20: so the retry does it a second time."""
    run = delivering(retries=1, response=20)
    run.advance(seconds(100))
    assert story(run, "m-1")[:2] == ["requested", "retrying"]
    assert times(run, "overdue")[0] == seconds(16)
    assert len(times(run, "processed")) == 2
    assert [record[4] for record in records(run, "doubled")] == [2]
    assert run.find("hook").view()["doubled"] == 1
    assert conserved(run) and custody(run, "hook") == 0


def test_an_idempotent_receiver_says_yes_the_second_time_and_does_nothing():
    """Source: "Enterprise Integration Patterns", Idempotent Receiver."""
    run = delivering(retries=1, response=20, idempotent=True)
    run.advance(seconds(100))
    assert len(times(run, "processed")) == 1
    assert len(times(run, "skipped")) == 1
    assert not records(run, "doubled")


def test_two_messages_are_the_same_event_where_the_key_says_so():
    run = scenario(
        producer("shop", to="hook", arrivals={"regular": {"per_second": 1}}, limit=3, body={"event": "e-7"}),
        endpoint("hook", key="event", idempotent=True, response=0),
    )
    run.advance(seconds(10))
    assert [len(records(run, kind)) for kind in ("processed", "skipped")] == [1, 2]


def test_it_fails_with_the_status_that_is_set_after_its_response_time():
    run = delivering(retries=1, failure_probability=1, failure_status=500)
    run.advance(seconds(60))
    assert story(run, "m-1")[:3] == ["requested", "failed", "retrying"]
    assert times(run, "failed")[0] == seconds(1.21)
    assert codes(run, "failed") == ["HTTP 500"] * 2
    assert conserved(run)


def test_a_failure_that_nobody_listens_to_is_a_loss():
    run = delivering(failure_probability=1)
    run.advance(seconds(60))
    assert story(run, "m-1") == ["requested", "given_up"]
    assert conserved(run) and not run.inventory()


def test_above_its_rate_it_answers_429_with_retry_after():
    """Source: EventBridge User Guide, "API destinations" (§8: Retry-After)."""
    run = scenario(
        producer("shop", to="hook", arrivals={"regular": {"per_second": 4}}, limit=20, retries=1),
        endpoint("hook", rate=2, retry_after=7, response=0),
    )
    run.advance(seconds(4.9))
    assert dict.fromkeys(codes(run, "rejected")) == {"HTTP 429": None}
    assert len(records(run, "processed")) <= 2 + 2 * 4.9
    hook = run.find("hook")
    assert hook._refusal_at_door(_message("x")).retry_after == 7  # type: ignore[union-attr]


def test_a_refusal_keeps_its_retry_after_in_a_checkpoint():
    again = pickle.loads(pickle.dumps(Refusal("HTTP 429", "Later.", -1)))
    assert (again.code, again.message, again.retry_after) == ("HTTP 429", "Later.", -1)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("http", "HTTP 404"),
        ("api", "HTTP 404"),
        ("push", "EndpointDisabled"),
        ("firehose", "ResourceNotFoundException"),
    ],
)
def test_what_is_gone_says_so_in_the_words_of_its_kind(kind: str, code: str):
    """SNS §5: "client-side error: endpoint deleted"; what is gone is not tried again by whoever reads the code."""
    run = delivering(kind=kind)
    do(run, "hook", "gone")
    run.advance(seconds(5))
    assert codes(run, "turned_away") == [code]
    assert run.find("hook").view()["state"] == "gone"


def test_what_was_begun_fails_where_the_receiver_goes_down_meanwhile():
    run = delivering(response=5)
    run.advance(seconds(2))
    do(run, "hook", "down")
    run.advance(seconds(10))
    assert story(run, "m-1") == ["requested", "given_up"]


def test_an_expired_token_is_answered_401_until_there_is_a_new_one():
    """EventBridge §8: "401/407 refresh OAuth"."""
    run = delivering(6, kind="api", AuthorizationType="OAUTH_CLIENT_CREDENTIALS", token_lifetime=3)
    run.advance(seconds(4.5))
    assert codes(run, "turned_away") == ["HTTP 401", "HTTP 401"]
    [link] = run.links
    answers: list[Any] = []
    link.ask("authorize", None, lambda result, error: answers.append(error), back=False)
    run.advance(seconds(6.5))
    assert answers == [None] and len(records(run, "authorized")) == 1
    assert len(records(run, "processed")) == 4


def test_credentials_that_are_no_longer_valid_stay_so():
    run = delivering(2, kind="api")
    do(run, "hook", "unauthorized")
    errors: list[Any] = []
    run.links[0].ask("authorize", None, lambda result, error: errors.append(error.code), back=False)
    run.advance(seconds(5))
    assert codes(run, "turned_away") == ["HTTP 401"] * 2 and errors == ["HTTP 401"]


def test_a_text_message_has_parts_of_140_bytes_and_at_most_1600_characters():
    """Source: SNS Developer Guide, "Publishing to a mobile phone" (§3: ≤140 B per part, ≤1,600 characters)."""
    assert [sms_parts(_message(text)) for text in ("", "a" * 140, "a" * 141, "ü" * 71)] == [1, 1, 2, 2]
    run = scenario(endpoint("phone", kind="sms", response=0), producer("shop", to="phone", arrivals={"none": {}}))
    do(run, "shop", "SendOne", body="a" * 1600)
    do(run, "shop", "SendOne", body="a" * 1601)
    run.advance(seconds(5))
    assert [record[5] for record in records(run, "processed")] == ["sent in 12 parts"]
    assert codes(run, "turned_away") == ["InvalidParameter"]


def test_mail_and_text_messages_say_how_fast_they_may_come():
    """SNS §5: "email 10 msg/s per subscription, SMS 20 msg/s"; EventBridge §8: 300 a second."""
    paces = {kind: EndpointSettings(kind=kind).pace for kind in ("http", "email", "sms", "push", "firehose", "api")}
    assert paces == {"http": None, "email": 10, "sms": 20, "push": None, "firehose": None, "api": 300}
    assert EndpointSettings(kind="api", InvocationRateLimitPerSecond=5).pace == 5


# Confirming a subscription.


def asked(**settings: Any) -> tuple[Run, list[Any]]:
    """A run in which `hook` was asked to confirm, and the answers so far, each as its time."""
    run = scenario(producer("topic", to="hook", arrivals={"none": {}}), endpoint("hook", **settings))
    answers: list[Any] = []
    run.links[0].ask("confirm_subscription", None, lambda result, error: answers.append(run.now), back=False)
    return run, answers


def test_a_subscription_is_confirmed_when_the_receiver_gets_round_to_it():
    """Source: SNS Developer Guide, "Confirm the subscription"."""
    run, answers = asked(confirms_after="1m")
    run.advance(seconds(30))
    assert run.find("hook").view()["state"] == "unconfirmed" and not answers
    run.advance(seconds(90))
    assert answers == [seconds(60.02)]
    assert run.find("hook").view()["state"] == "up"


def test_who_never_confirms_can_be_made_to():
    run, answers = asked(confirms_after=None)
    run.advance(seconds(3600))
    assert not answers
    assert do(run, "hook", "ConfirmSubscription").result == {"confirmed": 1}
    run.advance(seconds(3601))
    assert len(answers) == 1
    error = do(run, "hook", "ConfirmSubscription").error
    assert error is not None and error.code == "NotFound"


def test_who_is_down_confirms_when_it_is_up_again():
    run, answers = asked(confirms_after=5)
    do(run, "hook", "down", seconds=60)
    run.advance(seconds(59))
    assert not answers
    run.advance(seconds(61))
    assert answers == [seconds(60.01)]


def test_a_changed_wait_also_holds_for_who_would_not_have_confirmed_by_itself():
    run, answers = asked(confirms_after=None)
    run.advance(seconds(10))
    do(run, "hook", "change", confirms_after=5)
    run.advance(seconds(20))
    assert answers == [seconds(15.01)]


def test_a_phone_has_nothing_to_confirm():
    run, answers = asked(kind="sms")
    run.advance(seconds(1))
    assert answers == [seconds(0.02)]


# What a scenario may say.


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"kind": "http", "InvocationRateLimitPerSecond": 3}, "belongs to the kind 'api'"),
        ({"kind": "sms", "BufferingHints": {}}, "belongs to the kind 'firehose'"),
        ({"kind": "api", "token_lifetime": 60}, "only a token of OAUTH_CLIENT_CREDENTIALS has a lifetime"),
        ({"kind": "fax"}, "is 'fax'"),
        ({"failure_status": 200}, "at least 400"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], said: str):
    [problem] = documents.check(document(endpoint("hook", **settings)), catalog.patterns())
    assert said in str(problem)


def test_only_a_delivery_stream_passes_on_and_only_to_one_place():
    hook = document(endpoint("hook", to="archive"), store("archive"))
    assert "passes nothing on" in str(documents.check(hook, catalog.patterns())[0])
    twice = document(endpoint("hook", kind="firehose", to=["a", "b"]), store("a"), store("b"))
    assert "several places" in str(documents.check(twice, catalog.patterns())[0])


def test_a_worker_can_call_an_api_and_hears_how_it_went():
    run = scenario(
        producer("shop", to="caller", arrivals={"regular": {"per_second": 1}}, limit=1, retries=3),
        worker("caller", to="api", service=0, write_attempts=1),
        endpoint("api", kind="api", response=0.1),
    )
    run.advance(seconds(10))
    assert story(run, "caller-1") == ["requested", "processed", "finished"]
    assert conserved(run)


def _message(text: str) -> Message:
    return Message(1, "x", 0, text, len(text.encode()), 0)
