"""The library: cards of what is published, found by words and filters, with and without JavaScript."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from simulator.models import Run, Scenario

pytestmark = pytest.mark.django_db

DOCUMENT = {
    "title": "Transactional e-mails",
    "summary": "A shop queues mails for a slow mailer.",
    "level": "first steps",
    "tags": ["e-mail", "visibility timeout"],
    "nodes": [
        {"id": "shop", "pattern": "producer"},
        {"id": "emails", "pattern": "queue"},
        {"id": "mailer", "pattern": "worker"},
    ],
    "links": [{"from": "shop", "to": "emails"}, {"from": "emails", "to": "mailer"}],
}


def publish(slug: str, status: str = "published", **parts: object) -> Scenario:
    return Scenario.objects.create(slug=slug, status=status, document={**DOCUMENT, **parts})


@pytest.fixture
def shelf() -> None:
    publish("emails")
    publish(
        "orders",
        title="Orders",
        summary="Into a warehouse.",
        tags=["store"],
        level="expert",
        nodes=[{"id": "table", "pattern": "store"}],
        links=[],
    )
    publish("draft", status="draft", title="A draft")
    publish("old", status="retired", title="An old one")


def titles(response: object) -> list[str]:
    return [card["scenario"].title for card in response.context["cards"]]  # type: ignore[attr-defined]


def test_only_what_is_published_is_on_the_shelf_easy_ones_first(client, shelf):
    assert titles(client.get("/")) == ["Transactional e-mails", "Orders"]


@pytest.mark.parametrize(
    "query, expected",
    [
        ("q=mailer", ["Transactional e-mails"]),
        ("q=WAREHOUSE+into", ["Orders"]),
        ("q=visibility+warehouse", []),
        ("pattern=store", ["Orders"]),
        ("tag=e-mail", ["Transactional e-mails"]),
        ("level=expert", ["Orders"]),
        ("level=expert&pattern=queue", []),
        ("q=%00%27%3B--", []),
        ("page=99", ["Transactional e-mails", "Orders"]),
        ("page=nonsense", ["Transactional e-mails", "Orders"]),
    ],
)
def test_words_and_filters_narrow_it_down(client, shelf, query, expected):
    assert titles(client.get(f"/?{query}")) == expected


def test_nothing_found_says_so_and_shows_the_way_back(client, shelf):
    page = client.get("/?q=nonsense").content.decode()
    assert "Nothing fits" in page
    assert "Show all scenarios" in page


def test_an_empty_house_says_how_to_fill_it(client):
    assert "manage.py load_scenarios" in client.get("/").content.decode()


def test_htmx_gets_the_results_alone_and_a_restored_page_is_whole(client, shelf):
    part = client.get("/?q=mail", headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<section")
    assert "HX-Request" in part["Vary"]
    assert part["HX-Push-Url"] == "/?q=mail", "the address is short enough to be shared"
    restored = client.get("/?q=mail", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<!doctype html>" in restored.content.decode()


def test_what_people_wrote_is_text_and_never_markup(client):
    publish(
        "evil",
        title="<script>alert(1)</script>",
        summary='"><img src=x>',
        nodes=[{"id": "<b>", "pattern": "queue"}],
        links=[],
    )
    page = client.get("/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;b&gt;" in page


def test_looking_sets_no_cookie_but_the_one_that_guards_forms(client, shelf):
    assert set(client.get("/").cookies) <= {"waystation_csrf"}


def test_a_library_of_many_pages_takes_two_queries(client, django_assert_num_queries):
    for number in range(60):
        publish(f"s-{number}", title=f"Scenario {number:02}")
    with django_assert_num_queries(2):
        page = client.get("/?page=2")
    assert len(page.context["cards"]) == 24
    assert page.context["cards"][0]["scenario"].title == "Scenario 24"


def test_a_visitor_finds_the_runs_they_played(client):
    scenario = publish("emails")
    session = client.session
    session["visitor"] = "token"
    session.save()
    Run.objects.create(title="played", document={}, seed=1, visitor="token", reached=90_000_000, scenario=scenario)
    Run.objects.create(title="untouched", document={}, seed=1, visitor="token", scenario=scenario)
    Run.objects.create(title="another's", document={}, seed=1, visitor="other", reached=5, scenario=scenario)
    page = client.get("/").content.decode()
    assert "Go on where you were" in page
    assert "1 min 30 s played" in page
    assert [run.title for run in client.get("/").context["recent"]] == ["played"]


def test_the_runs_of_a_user_follow_them_to_another_computer():
    user = User.objects.create_user("ada")
    Run.objects.create(title="mine", document={}, seed=1, owner=user, reached=5)
    elsewhere = Client()
    elsewhere.force_login(user)
    assert [run.title for run in elsewhere.get("/").context["recent"]] == ["mine"]


@pytest.mark.parametrize("name", ["library", "help", "sign-in", "robots"])
def test_every_page_stands_under_the_strict_policy(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    page = response.content.decode()
    assert " style=" not in page
    assert " onclick=" not in page


def test_a_page_that_is_not_there_helps_on(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "All scenarios" in response.content.decode()


def test_a_form_that_comes_from_elsewhere_is_refused_in_words():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(reverse("sign-out"))
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()


@pytest.mark.parametrize("onwards, target", [("", "/"), ("/help/", "/help/"), ("https://example.org/", "/")])
def test_signing_in_goes_on_where_one_was_and_nowhere_else(client, onwards, target):
    User.objects.create_user("ada", password="correct horse battery")
    response = client.post(
        reverse("sign-in"), {"username": "ada", "password": "correct horse battery", "next": onwards}
    )
    assert response.status_code == 302
    assert response["Location"] == target
    assert "Sign out" in client.get("/").content.decode()
    client.post(reverse("sign-out"))
    assert "Sign in" in client.get("/").content.decode()
