"""The bench: a rule and an event are judged field by field, with and without JavaScript, whatever somebody types."""

import itertools
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from simulator.pages import bench

pytestmark = pytest.mark.django_db

EVENT = json.dumps({"source": "shop.orders", "detail": {"country": "NL", "total": 12}})
RULE = json.dumps({"detail": {"country": [{"anything-but": "NL"}], "total": [{"numeric": [">", 5]}]}})


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&quot;", '"').replace("&gt;", ">").split())


def tried(client: Client, pattern: str, event: str, dialect: str = "event", **headers: str) -> str:
    given = {"dialect": dialect, "pattern": pattern, "event": event}
    response = client.post(reverse("bench"), given, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_bench_is_in_the_navigation_and_begins_with_an_example(client: Client):
    assert f'href="{reverse("bench")}"' in client.get("/").content.decode()
    shown = client.get(reverse("bench")).content.decode()
    assert "It matches" in shown and "A number in a range" in shown
    shown = client.get(reverse("bench"), {"dialect": "event", "example": "1"}).content.decode()
    assert "It does not match" in shown


def test_without_javascript_the_page_comes_back_with_the_verdict_and_what_was_typed(client: Client):
    shown = tried(client, RULE, EVENT)
    assert "<!doctype html>" in shown and "anything-but" in shown
    said = text_of(shown)
    assert "It does not match" in said
    assert 'Did not match: $.detail.country is "NL"; asked for anything-but "NL"' in said
    assert re.search(r'\$\.detail\.country "NL" anything-but "NL" ✗ no', said)
    assert re.search(r'\$\.detail\.total 12 numeric \[">",5\] holds ✓ yes', said)


def test_htmx_gets_the_verdict_alone(client: Client):
    shown = tried(client, RULE, EVENT, hx_request="true", hx_target="bench-verdict")
    assert shown.startswith('<div id="bench-verdict"') and "<textarea" not in shown
    assert "<textarea" in tried(client, RULE, EVENT, hx_request="true", hx_target="bench")


def test_a_pattern_that_is_refused_says_so_in_the_words_of_the_service_and_where(client: Client):
    said = text_of(tried(client, '{"detail": {"total": [{"numeric": [">", "5"]}]}}', EVENT))
    assert "Event pattern can't be used" in said
    assert "Event pattern is not valid. Reason: Value of > must be numeric At $.detail.total[0].numeric" in said


@pytest.mark.parametrize(
    ("pattern", "event", "words"),
    [
        ("{", EVENT, "Event pattern is not valid"),
        (RULE, "[1, 2", "Parameter Event is not valid"),
        (RULE, "", "Parameter Event is not valid"),
        ("", EVENT, "Give a rule and an event"),
        ("[" * 5000, EVENT, "Event pattern is not valid"),
        (RULE, "[" * 5000, "Parameter Event is not valid"),
        ("x" * (bench.MOST_PATTERN + 1), EVENT, "8,193 characters; the bench takes 8,192"),
        (RULE, "x" * (bench.MOST_EVENT + 1), "32,769 characters; the bench takes 32,768"),
        ('{"a": ["\\ud800"]}', EVENT, "half a character"),
        (RULE, '{"a": "\\ud800"}', "half a character"),
        ('{"a": [{"wildcard": "' + "*a" * 200 + '"}]}', EVENT, "Event pattern is not valid"),
    ],
)
def test_whatever_somebody_types_gets_a_sentence(client: Client, pattern: str, event: str, words: str):
    assert words in text_of(tried(client, pattern, event))


@pytest.mark.parametrize("dialect", [one.name for one in bench.dialects()])
def test_half_a_character_is_no_error_in_any_dialect(client: Client, dialect: str):
    for pattern, event in itertools.product(
        [RULE, '{"a": ["x"]}', '{"a": ["\\ud800"]}'], ['{"a": "\\ud800"}', '{"a": "x"}']
    ):
        assert tried(client, pattern, event, dialect)


@pytest.mark.parametrize(
    "asked",
    [
        "?dialect=none",
        "?example=99999999999",
        "?example=0009",
        "?example=00099999",
        "?example=-1",
        "?example=²",
        "?dialect=",
    ],
)
def test_an_address_that_names_nothing_shows_the_first_example(client: Client, asked: str):
    response = client.get(reverse("bench") + asked)
    assert response.status_code == 200
    assert "It matches" in response.content.decode()


def test_what_somebody_types_is_shown_as_text(client: Client):
    shown = tried(client, '{"<script>alert(1)</script>": ["</textarea><script>alert(2)</script>"]}', "{}")
    assert "<script>alert" not in shown and "</textarea><script" not in shown


def test_a_form_from_elsewhere_is_refused():
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("bench"), {"pattern": RULE, "event": EVENT}).status_code == 403


def test_no_rules_to_try_are_no_error():
    assert bench.trial((), {}) is None
