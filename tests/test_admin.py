"""The administration: scenarios are configured with all their problems told, and nothing somebody made is lost."""

import json
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from simulator import catalog
from simulator.catalog import Builtin
from simulator.models import Run, Scenario, fingerprint

pytestmark = pytest.mark.django_db

DOCUMENT = {"format": 1, "title": "One queue", "seed": 7, "nodes": [{"id": "emails", "pattern": "queue"}]}


@pytest.fixture
def admin(client) -> Any:
    client.force_login(User.objects.create_superuser("root"))
    return client


def scenario(slug: str = "one", **more: Any) -> Scenario:
    return Scenario.objects.create(slug=slug, document=more.pop("document", DOCUMENT), **more)


def form(document: Any, **more: Any) -> dict[str, Any]:
    text = document if isinstance(document, str) else json.dumps(document)
    return {
        "title": "One queue",
        "slug": "one",
        "summary": "",
        "level": "first steps",
        "tags": "",
        "status": "draft",
        "document": text,
    } | more


def save(admin: Any, one: Scenario, document: Any, **more: Any) -> Any:
    return admin.post(reverse("admin:simulator_scenario_change", args=[one.pk]), form(document, **more))


def act(admin: Any, action: str, *chosen: Scenario) -> list[str]:
    address = reverse("admin:simulator_scenario_changelist")
    response = admin.post(address, {"action": action, "_selected_action": [one.pk for one in chosen]})
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_document_is_saved_as_it_was_written(admin):
    one = scenario()
    response = save(admin, one, DOCUMENT | {"seed": 8, "summary": "New words."})
    assert response.status_code == 302
    one.refresh_from_db()
    assert one.document["seed"] == 8
    assert one.summary == "New words."


def test_all_problems_of_a_document_stand_at_its_field_and_nothing_is_stored(admin):
    one = scenario()
    broken = DOCUMENT | {
        "nodes": [
            {"id": "emails", "pattern": "queue", "settings": {"VisibilityTimeout": 50_000}},
            {"id": "x", "pattern": "teapot"},
        ],
        "links": [{"from": "emails", "to": "nobody"}],
    }
    response = save(admin, one, broken)
    told = " ".join(response.context["adminform"].form.errors["document"])
    for words in (
        "nodes.0.settings.VisibilityTimeout",
        "43200",
        "nodes.1.pattern",
        "'teapot'",
        "links.0.to",
        "'nobody'",
    ):
        assert words in told
    assert "50000" in response.context["adminform"].form["document"].value(), "what was typed is still there"
    one.refresh_from_db()
    assert one.document == DOCUMENT


@pytest.mark.parametrize(
    "text, words",
    [
        ("{", "not JSON"),
        ("[]", "an object with title"),
        ("[" * 50_000, "nested too deeply"),
        (json.dumps(DOCUMENT | {"about": "x" * 1_000_001}), "at most 1,000,000"),
        ("", "This field is required"),
        (json.dumps(DOCUMENT | {"format": 99}), "newer Waystation"),
    ],
)
def test_a_document_that_is_none_is_refused(admin, text, words):
    one = scenario()
    response = save(admin, one, text)
    assert response.status_code == 200
    assert words in " ".join(response.context["adminform"].form.errors["document"])


def test_ten_megabytes_are_refused_before_they_are_read(admin):
    one = scenario()
    response = save(admin, one, "x" * 10_000_000)
    assert response.status_code == 400
    one.refresh_from_db()
    assert one.document == DOCUMENT


def test_a_title_changed_in_its_field_is_written_into_the_document(admin):
    one = scenario()
    assert save(admin, one, DOCUMENT, title="Another title", tags="a, b, a, ", level="expert").status_code == 302
    one.refresh_from_db()
    assert (one.title, one.document["title"]) == ("Another title", "Another title")
    assert (one.tags, one.document["tags"], one.document["level"]) == (["a", "b"], ["a", "b"], "expert")


def test_a_new_scenario_belongs_to_whoever_made_it_and_is_a_draft(admin):
    response = admin.post(reverse("admin:simulator_scenario_add"), form(DOCUMENT, title="New", slug="new"))
    assert response.status_code == 302, response.context["adminform"].form.errors
    new = Scenario.objects.get(slug="new")
    assert (new.title, new.status, new.author.username) == ("New", "draft", "root")


def test_publish_and_retire_change_what_the_library_shows(admin):
    one = scenario()
    assert act(admin, "publish", one) == ["“One queue” is in the library."]
    assert "One queue" in admin.get("/").content.decode()
    act(admin, "retire", one)
    assert "No scenario is published yet" in admin.get("/").content.decode()


def test_a_broken_scenario_is_not_published(admin):
    one = scenario(document=DOCUMENT | {"nodes": [{"id": "x", "pattern": "teapot"}]})
    assert "was not published" in act(admin, "publish", one)[0]
    one.refresh_from_db()
    assert one.status == "draft"


def test_a_duplicate_is_a_draft_with_a_name_of_its_own(admin):
    one = scenario(status="published")
    act(admin, "duplicate", one)
    act(admin, "duplicate", one)
    copies = Scenario.objects.exclude(pk=one.pk).order_by("slug")
    assert [copy.slug for copy in copies] == ["one-copy", "one-copy-2"]
    assert {copy.status for copy in copies} == {"draft"}
    assert copies[0].title == copies[0].document["title"] == "One queue (copy)"


def test_restoring_a_built_in_keeps_the_edited_document_as_a_draft(admin, monkeypatch):
    monkeypatch.setattr(catalog, "builtin_scenarios", lambda: [Builtin("queue/one", "one", DOCUMENT)])
    edited = DOCUMENT | {"seed": 99}
    one = scenario(document=edited, builtin="queue/one", pristine=fingerprint(DOCUMENT), status="published")
    assert "the edited document is the draft one-edited" in act(admin, "restore", one)[0]
    one.refresh_from_db()
    assert (one.document, one.edited) == (DOCUMENT, False)
    kept = Scenario.objects.get(slug="one-edited")
    assert (kept.document["seed"], kept.status, kept.builtin) == (99, "draft", "")


def test_all_built_ins_come_back_what_was_edited_is_kept_and_what_is_missing_is_loaded(admin, monkeypatch):
    paths = ("queue/edited", "queue/missing", "queue/whole", "queue/retired", "queue/own")
    found = [Builtin(path, path.split("/")[1], DOCUMENT) for path in paths]
    broken = Builtin("queue/broken", "broken", DOCUMENT | {"nodes": [{"id": "x", "pattern": "teapot"}]})
    monkeypatch.setattr(catalog, "builtin_scenarios", lambda: [*found, broken])
    came = {"pristine": fingerprint(DOCUMENT)}
    scenario("edited", document=DOCUMENT | {"seed": 99}, builtin="queue/edited", status="published", **came)
    scenario("whole", builtin="queue/whole", status="published", **came)
    scenario("retired", document=DOCUMENT | {"seed": 98}, builtin="queue/retired", status="retired", **came)
    scenario("own", document=DOCUMENT | {"seed": 97})
    address = reverse("admin:simulator_scenario_restore-built-ins")
    assert admin.get(address).status_code == 405
    for _ in range(2):  # the second time there is nothing left to do
        said = admin.post(address, follow=True).content.decode()
    assert "“missing”: is as it was" in said and "“queue/broken” was not loaded" in said
    assert set(Scenario.objects.values_list("slug", "document__seed", "status", "author__username")) == {
        ("edited", 7, "published", None),
        ("edited-edited", 99, "draft", "root"),
        ("missing", 7, "published", None),
        ("whole", 7, "published", None),
        ("retired", 7, "retired", None),
        ("retired-edited", 98, "draft", "root"),
        ("own", 97, "draft", None),
    }


def test_what_is_nobodys_built_in_cannot_be_restored(admin):
    assert "no built-in document" in act(admin, "restore", scenario())[0]


def test_a_draft_is_previewed_by_staff_and_hidden_from_visitors(admin):
    one = scenario()
    page = admin.get(reverse("admin:simulator_scenario_change", args=[one.pk])).content.decode()
    assert reverse("play", args=["one"]) in page
    assert admin.get(reverse("play", args=["one"])).status_code == 302
    assert Client().get(reverse("play", args=["one"])).status_code == 404


def test_the_list_of_scenarios_takes_the_same_queries_for_one_and_for_many(admin, django_assert_max_num_queries):
    author = User.objects.get(username="root")
    for number in range(40):
        one = scenario(f"s-{number}", author=author)
        Run.objects.create(scenario=one, title="r", document={}, seed=1)
    with django_assert_max_num_queries(6) as counted:
        page = admin.get(reverse("admin:simulator_scenario_changelist")).content.decode()
    assert page.count("Play it") == 40
    assert not any('"simulator_scenario"."document"' in query["sql"] for query in counted.captured_queries)


@pytest.mark.parametrize(
    "query",
    ["?q=queue", "?status__exact=draft", "?source=edited", "?source=own", "?source=builtin", "?level__exact=expert"],
)
def test_scenarios_are_searched_and_filtered(admin, query):
    scenario()
    assert admin.get(reverse("admin:simulator_scenario_changelist") + query).status_code == 200


def test_the_list_of_runs_takes_the_same_queries_for_one_and_for_many(admin, django_assert_max_num_queries):
    one, owner = scenario(), User.objects.get(username="root")
    first = Run.objects.create(scenario=one, title="r", document={}, seed=1, owner=owner)
    for number in range(40):
        Run.objects.create(
            scenario=one, title=f"r {number}", document={}, seed=1, owner=owner, parent=first, forked_at=5
        )
    with django_assert_max_num_queries(9):
        assert admin.get(reverse("admin:simulator_run_changelist")).status_code == 200


def test_the_journal_of_a_run_is_read_as_a_table(admin):
    journal = [[12_500_000, "emails", "SendMessage", {"MessageBody": "<b>hello</b>"}], ["broken"]]
    run = Run.objects.create(title="r", document=DOCUMENT, seed=1, journal=journal, reached=20_000_000)
    page = admin.get(reverse("admin:simulator_run_change", args=[quote(run.pk)])).content.decode()
    assert "00:12.5" in page
    assert "SendMessage" in page
    assert "&lt;b&gt;hello" in page
    assert run.get_absolute_url() in page


def test_runs_are_not_written_by_hand(admin):
    run = Run.objects.create(title="r", document=DOCUMENT, seed=1)
    assert admin.get(reverse("admin:simulator_run_add")).status_code == 403
    assert admin.post(reverse("admin:simulator_run_change", args=[quote(run.pk)]), {"seed": 2}).status_code == 403


def test_the_administration_has_our_name_and_no_inline_scripts(admin):
    page = admin.get(reverse("admin:index")).content.decode()
    assert "Waystation administration" in page
    scenario()
    page = admin.get(reverse("admin:simulator_scenario_add")).content.decode()
    assert "scenario-document" in page
    assert " onclick=" not in page


def test_visitors_are_sent_to_the_door(client):
    assert client.get(reverse("admin:simulator_scenario_changelist")).status_code == 302
