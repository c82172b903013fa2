"""Scenarios and runs as they are stored."""

import pytest

from simulator.models import Run, Scenario, fingerprint, new_key, patterns_of

pytestmark = pytest.mark.django_db


def test_a_fingerprint_sees_the_meaning_and_not_the_writing():
    assert fingerprint({"a": 1, "b": [1, 2]}) == fingerprint({"b": [1, 2], "a": 1})
    assert fingerprint({"a": [1, 2]}) != fingerprint({"a": [2, 1]})


def test_the_library_reads_its_columns_from_the_document():
    scenario = Scenario(
        slug="s",
        document={"title": "T", "summary": "S", "level": "expert", "tags": ["a"], "nodes": [{"pattern": "queue"}]},
    )
    scenario.save()
    scenario.refresh_from_db()
    assert (scenario.title, scenario.summary, scenario.level, scenario.tags, scenario.patterns) == (
        "T",
        "S",
        "expert",
        ["a"],
        ["queue"],
    )


def test_a_saved_document_brings_its_columns_along_also_when_only_it_is_saved():
    scenario = Scenario.objects.create(slug="s", document={"title": "before"})
    scenario.document = {"title": "after"}
    scenario.save(update_fields=["document"])
    scenario.refresh_from_db()
    assert scenario.title == "after"


def test_an_edited_built_in_is_known_as_such():
    document = {"title": "T"}
    scenario = Scenario(slug="s", builtin="queue/s", pristine=fingerprint(document), document=document)
    scenario.save()
    assert not scenario.edited
    scenario.document = {"title": "T", "seed": 2}
    scenario.save()
    assert scenario.edited


@pytest.mark.parametrize("broken", [None, [], "text", {"nodes": 3}, {"nodes": [1, None, {"pattern": ["x"]}, {}]}])
def test_broken_documents_name_no_patterns_and_harm_nothing(broken):
    assert patterns_of(broken) == []


def test_the_address_of_a_run_cannot_be_guessed():
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert min(map(len, keys)) >= 22


def test_a_run_outlives_its_scenario():
    scenario = Scenario.objects.create(slug="s", document={"title": "T"})
    run = Run.objects.create(scenario=scenario, title="T", document=scenario.document, seed=1)
    scenario.delete()
    run.refresh_from_db()
    assert run.scenario is None
    assert run.document == {"title": "T"}


@pytest.mark.parametrize("touched", [{"reached": 1}, {"journal": [[0, "a", "b", {}]]}])
def test_a_run_is_untouched_until_somebody_plays_or_does_something(touched):
    assert Run(title="T", document={}, seed=1).untouched
    assert not Run(title="T", document={}, seed=1, **touched).untouched
