"""Built-in scenarios are loaded again and again, and what somebody did to them is never undone by it."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from simulator import catalog
from simulator.catalog import Builtin
from simulator.models import Scenario

pytestmark = pytest.mark.django_db

DOCUMENT = {"format": 1, "title": "One queue", "summary": "It waits.", "nodes": [{"id": "emails", "pattern": "queue"}]}
NEWER = DOCUMENT | {"seed": 2}
BROKEN = DOCUMENT | {"nodes": [{"id": "x", "pattern": "teapot"}]}


@pytest.fixture
def folder(monkeypatch) -> dict[str, Any]:
    """The documents in the patterns' folders, by path."""
    documents: dict[str, Any] = {"queue/one": DOCUMENT}
    monkeypatch.setattr(
        catalog,
        "builtin_scenarios",
        lambda: [Builtin(path, path.split("/")[1], document) for path, document in documents.items()],
    )
    return documents


def load(*restore: str) -> str:
    out = StringIO()
    call_command("load_scenarios", restore=list(restore), stdout=out, stderr=out)
    return out.getvalue()


def test_loading_publishes_and_loading_again_changes_nothing(folder):
    assert load() == "one: loaded\n"
    one = Scenario.objects.get()
    assert (one.status, one.builtin, one.edited, one.title) == ("published", "queue/one", False, "One queue")
    assert load() == "one: is as it was\n"
    assert Scenario.objects.get().changed == one.changed


def test_a_newer_document_replaces_one_that_nobody_edited(folder):
    load()
    folder["queue/one"] = NEWER
    assert load() == "one: updated\n"
    assert Scenario.objects.get().document == NEWER
    assert not Scenario.objects.get().edited


def test_an_edited_copy_is_never_overwritten_unless_named(folder):
    load()
    one = Scenario.objects.get()
    one.document = DOCUMENT | {"title": "Mine"}
    one.save()
    folder["queue/one"] = NEWER
    assert "kept: it was edited" in load()
    assert Scenario.objects.get().title == "Mine"
    assert load("one") == "one: restored; the edited document is the draft one-edited\n"
    one.refresh_from_db()
    assert (one.document, one.edited) == (NEWER, False)
    assert Scenario.objects.get(slug="one-edited").document["title"] == "Mine (edited)"


def test_all_restores_every_one(folder):
    folder["queue/two"] = DOCUMENT
    load()
    for scenario in Scenario.objects.all():
        scenario.document = DOCUMENT | {"title": "Mine"}
        scenario.save()
    assert load("all").count("restored; the edited document is the draft") == 2
    assert Scenario.objects.count() == 4


def test_retired_stays_retired_also_when_updated(folder):
    load()
    Scenario.objects.update(status="retired")
    folder["queue/one"] = NEWER
    load()
    assert Scenario.objects.get().status == "retired"


def test_a_document_that_is_gone_is_reported_and_kept(folder):
    load()
    folder.clear()
    assert "no longer there; kept" in load()
    assert Scenario.objects.count() == 1


def test_a_document_that_moved_to_another_folder_stays_the_same_scenario(folder):
    load()
    folder["stream/one"] = folder.pop("queue/one")
    assert load() == "one: updated\n"
    assert Scenario.objects.get().builtin == "stream/one"


def test_somebodys_own_scenario_with_that_name_is_theirs(folder):
    Scenario.objects.create(slug="one", document=NEWER)
    assert "somebody's own scenario" in load("one")
    assert Scenario.objects.get().document == NEWER


def test_a_broken_document_is_told_with_its_problems_and_the_others_are_loaded(folder):
    folder["queue/broken"] = BROKEN
    folder["queue/zero"] = DOCUMENT
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 3"):
        call_command("load_scenarios", stdout=out, stderr=out)
    assert "queue/broken is broken" in out.getvalue()
    assert "nodes.0.pattern" in out.getvalue()
    assert set(Scenario.objects.values_list("slug", flat=True)) == {"one", "zero"}


def test_a_name_that_is_not_built_in_is_told_with_those_that_are(folder):
    with pytest.raises(CommandError, match=r"No built-in scenario is called other\. There are: one\."):
        load("other")
