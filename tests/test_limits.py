"""The limits that administrators set: read rarely, changed at once, kept as a history, and told in one sentence."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from simulator import catalog, limits
from simulator.engine import scenario as documents
from simulator.engine.clock import DAY, MINUTE
from simulator.models import Limits, Run, Scenario
from tests.patterns.vocabulary import document, producer, queue

pytestmark = pytest.mark.django_db


def mails(rate: float = 4, length: str = "10m") -> dict[str, Any]:
    shops = [producer(f"shop{n}", to="emails", arrivals={"poisson": {"per_second": rate}}) for n in range(2)]
    return document(*shops, queue("emails")) | {"length": length}


def told(given: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in limits.exceeded(documents.read(given, catalog.patterns()))]


def test_without_a_row_the_defaults_hold_and_are_asked_for_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert limits.current().viewers == Limits._meta.get_field("viewers").default
        assert limits.current().longest_run == 31 * DAY


def test_a_change_holds_at_once_keeps_the_others_and_stays_known():
    ada = User.objects.create_superuser("ada")
    limits.change(ada, viewers=30)
    limits.change(None, live_runs=7)
    assert (limits.current().viewers, limits.current().live_runs) == (30, 7)
    history = list(Limits.objects.values_list("viewers", "live_runs", "changed_by__username"))
    assert history == [(30, 7, None), (30, 200, "ada")]


async def test_a_coroutine_reads_them_without_blocking(transactional_db: None):
    assert (await limits.acurrent()).viewers == 500


def test_everything_out_of_range_is_told_and_nothing_is_stored():
    with pytest.raises(ValidationError) as refused:
        limits.change(None, viewers=0, longest_run=MINUTE - 1, live_runs=10**9)
    assert set(refused.value.message_dict) == {"viewers", "longest_run", "live_runs"}
    assert not Limits.objects.exists()


def test_a_scenario_beyond_the_limits_is_told_each_with_who_can_change_it():
    limits.change(None, longest_run=5 * MINUTE, messages_per_second=9)
    assert told(mails(rate=4, length="5m")) == []
    length, rate = told(mails(rate=5, length="6m"))
    assert "length: is 6 min, longer than runs may be here. Allowed: at most 5 min." in length
    assert "the producers send up to 10 messages a second together. Allowed: at most 9." in rate
    assert limits.ASK in length and limits.ASK in rate


def test_what_is_beyond_the_limits_is_not_played_and_can_be_again_when_they_change(client: Client):
    Scenario.objects.create(slug="mails", document=mails(rate=5), status=Scenario.Status.PUBLISHED)
    limits.change(None, messages_per_second=9)
    page = client.get(reverse("play", args=["mails"]), follow=True).content.decode()
    assert "send up to 10 messages a second together" in page
    assert not Run.objects.exists()
    limits.change(None, messages_per_second=10)
    assert client.get(reverse("play", args=["mails"]))["Location"].startswith("/runs/")
