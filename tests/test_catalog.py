"""The catalog finds patterns by looking into folders, and says everything that is wrong with them."""

import json
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks

from simulator import catalog
from simulator.engine import scenario
from simulator.engine.errors import Refused

PATTERN = """
from pydantic import BaseModel
from simulator.engine.node import Node
from simulator.engine.pattern import Pattern

class Settings(BaseModel):
    pass

PATTERN = Pattern(
    module={module}, name="{name}", role="channel", sentence="It waits.", Settings=Settings, Node=Node,
    names=lambda settings: {{"neutral": "{name}", "aws": "{name}"}}, kind_of=lambda settings: "plain", kinds=(),
)
"""


@pytest.fixture
def package(tmp_path, monkeypatch, request):
    """A package of patterns on disk, called `make.package`, to which `make("name")` adds a folder."""
    name = f"patterns_of_{request.node.name}"
    root = tmp_path / name
    root.mkdir()
    (root / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(folder: str, called: str = "", module: str = "__name__", text: str = "", inside: str = "") -> Path:
        where = (tmp_path / inside if inside else root) / folder
        where.mkdir(parents=True)
        if inside and not (where.parent / "__init__.py").exists():
            (where.parent / "__init__.py").write_text("")
        (where / "__init__.py").write_text("")
        (where / "pattern.py").write_text(text or PATTERN.format(module=module, name=called or folder))
        return where

    make.package = name  # type: ignore[attr-defined]
    yield make
    for loaded in [module for module in sys.modules if module.startswith("patterns_of_")]:
        del sys.modules[loaded]


def test_finding_the_folder_is_the_registration(package):
    package("pipe")
    package("tap")
    (package("drawer").parent / "drawer" / "pattern.py").unlink()  # a folder without pattern.py is none
    found, folders, problems = catalog.look_into([package.package])
    assert list(found) == ["pipe", "tap"]
    assert problems == []
    assert folders["pipe"].name == "pipe"


def test_a_second_package_adds_its_patterns(package):
    package("pipe")
    package("valve", inside="patterns_of_others")
    found, _, problems = catalog.look_into([package.package, "patterns_of_others"])
    assert (list(found), problems) == (["pipe", "valve"], [])


def test_everything_wrong_is_said_at_once(package):
    package("pipe")
    package("pipe", inside="patterns_of_others")
    package("misnamed", called="other")
    package("lying", module='"elsewhere.pattern"')
    package("empty", text="SOMETHING = 1\n")
    _, _, problems = catalog.look_into([package.package, "patterns_of_others", "patterns_of_nobody"])
    told = "\n".join(map(str, problems))
    assert len(problems) == 5
    for words in (
        "calls itself 'other'",
        "holds no PATTERN",
        "'elsewhere.pattern'",
        "second pattern called 'pipe'",
        "patterns_of_nobody",
    ):
        assert words in told


def test_wrong_folders_stop_the_server(package, settings):
    package("misnamed", called="other")
    settings.PATTERN_PACKAGES = [package.package]
    with pytest.raises(Refused, match="calls itself 'other'"):
        catalog.patterns()


def test_a_lesson_is_the_folders_markdown(package, settings):
    (package("pipe") / "lesson.md").write_text("# Pipes\n", encoding="utf-8")
    package("tap")
    settings.PATTERN_PACKAGES = [package.package]
    assert catalog.lesson(catalog.patterns()["pipe"]) == "# Pipes\n"
    assert catalog.lesson(catalog.patterns()["tap"]) == ""


def test_broken_and_double_documents_are_reported_and_the_good_ones_stay(package, settings):
    for pattern in ("pipe", "tap"):
        folder = package(pattern) / "scenarios"
        folder.mkdir()
        (folder / "same.json").write_text(json.dumps({"title": pattern}))
    (folder / "broken.json").write_text("{")
    settings.PATTERN_PACKAGES = [package.package]
    found = {one.path: one for one in catalog.builtin_scenarios()}
    assert list(found) == ["pipe/same", "tap/broken", "tap/same"]
    assert found["pipe/same"].document == {"title": "pipe"}
    assert "is not JSON" in str(found["tap/broken"].problems[0])
    assert "same name as pipe/same" in str(found["tap/same"].problems[0])


def test_every_pattern_of_the_house_is_found_and_speaks():
    patterns = catalog.patterns()
    assert {"queue", "producer", "worker", "store"} <= set(patterns)
    for name, pattern in patterns.items():
        assert pattern.sentence, f"{name} says nothing of itself"
        assert catalog.lesson(pattern), f"{name} has no lesson"
        schema = pattern.Settings.model_json_schema(by_alias=True)
        silent = [field for field, told in schema.get("properties", {}).items() if not told.get("description")]
        assert silent == [], f"settings of {name} without a sentence: {silent}"


def test_every_built_in_scenario_can_be_run():
    builtins = catalog.builtin_scenarios()
    assert {"transactional-emails", "crashed-consumer"} <= {one.slug for one in builtins}
    for builtin in builtins:
        assert builtin.problems == ()
        assert scenario.check(builtin.document, catalog.patterns()) == [], builtin.path
        assert builtin.document.get("summary"), f"{builtin.path} has no summary for its card"


def test_wrong_folders_are_told_by_every_command_that_checks(package, settings):
    package("misnamed", called="other")
    settings.PATTERN_PACKAGES = [package.package]
    told = run_checks()
    assert [error.id for error in told if error.id == "simulator.E001"] == ["simulator.E001"]
