"""Scenarios go out and come in from the command line as they do in the browser."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from simulator.models import Scenario

pytestmark = pytest.mark.django_db

DOCUMENT = {"format": 1, "title": "One queue", "nodes": [{"id": "emails", "pattern": "queue"}]}


def run(command: str, *words: Any, **options: Any) -> list[str]:
    out = StringIO()
    call_command(command, *words, stdout=out, **options)
    return out.getvalue().splitlines()


def test_all_scenarios_go_out_and_come_in_again(tmp_path: Path):
    for number in range(3):
        Scenario.objects.create(slug=f"s-{number}", document=DOCUMENT | {"seed": number})
    files = run("export_scenarios", to=tmp_path / "out")
    assert files == [str(tmp_path / "out" / f"s-{number}.json") for number in range(3)]
    ada = User.objects.create_user("ada")
    Scenario.objects.filter(slug="s-1").delete()
    said = run("import_scenarios", *files, author="ada")
    assert said == [
        "s-0-2: a draft (the name s-0 was taken)",
        "s-1: a draft",
        "s-2-2: a draft (the name s-2 was taken)",
    ]
    assert set(Scenario.objects.filter(author=ada).values_list("document__seed", "status")) == {
        (number, "draft") for number in range(3)
    }


def test_named_ones_go_out_alone_and_nothing_is_written_over(tmp_path: Path):
    for slug in ("one", "two"):
        Scenario.objects.create(slug=slug, document=DOCUMENT)
    assert run("export_scenarios", "two", to=tmp_path) == [str(tmp_path / "two.json")]
    with pytest.raises(CommandError, match="nothing was written"):
        run("export_scenarios", to=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["two.json"]
    with pytest.raises(CommandError, match="No scenario is called three"):
        run("export_scenarios", "three", to=tmp_path)


def test_what_is_wrong_is_told_whole_and_nothing_comes_in(tmp_path: Path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(DOCUMENT))
    bad.write_text(json.dumps(DOCUMENT | {"nodes": [{"id": "a", "pattern": "x"}, {"id": "b", "pattern": "y"}]}))
    with pytest.raises(CommandError) as refused:
        run("import_scenarios", good, bad)
    assert "bad.json, nodes.0.pattern" in str(refused.value) and "bad.json, nodes.1.pattern" in str(refused.value)
    for files, author, words in (
        ([tmp_path / "none.json"], "", "No such file"),
        ([good], "eve", "Nobody is called eve"),
    ):
        with pytest.raises(CommandError, match=words):
            run("import_scenarios", *files, author=author)
    assert not Scenario.objects.exists()
