"""Texts are checked while they are typed: a scenario's document, and settings that are definitions."""

import json
from dataclasses import replace
from typing import Annotated, Any

import pytest
from django.test import Client
from django.urls import reverse
from pydantic import BaseModel, ConfigDict, Field

from simulator import catalog
from simulator.engine.errors import Problem
from simulator.pages.forms import LONGEST_DEFINITION, form_for
from simulator.pages.text_check import address

pytestmark = pytest.mark.django_db


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[str, Field(json_schema_extra={"format": "definition"})] = ""
    tree: Annotated[dict[str, Any], Field(json_schema_extra={"format": "definition"})] = Field(default_factory=dict)
    either: Annotated[dict[str, Any] | str, Field(json_schema_extra={"format": "definition"})] = ""
    plain: str = ""


def sent(client: Client, where: str, text: str | bytes) -> Any:
    return client.post(where, text, content_type="text/plain; charset=utf-8")


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A house with a pattern whose settings hold definitions, and which dislikes every one of them."""
    real = catalog.patterns()

    def check(setting: str, text: str) -> list[Problem]:
        return [Problem("States.A", f"{setting} has {len(text)} letters", "none", "Remove it.")]

    added = replace(real["queue"], name="machine", Settings=Settings, check_text=check)
    monkeypatch.setattr(catalog, "patterns", lambda: {**real, "machine": added})


@pytest.fixture
def writer(client: Client, django_user_model: Any) -> Client:
    client.force_login(django_user_model.objects.create_user("writer"))
    return client


def test_a_document_is_checked_as_saving_it_would(writer: Client):
    where = reverse("check-scenario")
    good = next(one.document for one in catalog.builtin_scenarios() if one.document is not None)
    assert sent(writer, where, json.dumps(good)).json() == {"problems": []}
    bad = json.dumps({**good, "seed": "x"})
    [problem] = sent(writer, where, bad).json()["problems"]
    assert problem["path"] == "seed" and set(problem) == {"path", "problem", "allowed", "cure"}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", b"\xff", "x" * 10, "[" * 100_000, '{"a": NaN}'])
def test_whatever_is_typed_is_answered_with_problems(writer: Client, text: str | bytes):
    response = sent(writer, reverse("check-scenario"), text)
    assert response.status_code == 200 and response.json()["problems"]
    assert response["Cache-Control"] == "no-store"


def test_a_document_is_checked_only_for_those_who_write(client: Client):
    assert sent(client, reverse("check-scenario"), "{}").status_code == 403
    assert client.get(reverse("check-scenario")).status_code == 405


def test_a_pattern_checks_the_texts_of_its_definitions(client: Client, machines: None):
    [problem] = sent(client, address("machine", "text"), "größe").json()["problems"]
    assert problem == {"path": "States.A", "problem": "text has 5 letters", "allowed": "none", "cure": "Remove it."}
    [problem] = sent(client, address("machine", "tree"), "x" * (LONGEST_DEFINITION + 1)).json()["problems"]
    assert problem["problem"] == "has 1,048,577 characters"


@pytest.mark.parametrize(("pattern", "setting"), [("machine", "plain"), ("machine", "none"), ("none", "text")])
def test_only_definitions_can_be_checked(client: Client, machines: None, pattern: str, setting: str):
    assert sent(client, address(pattern, setting), "x").status_code == 404


def test_a_text_is_checked_only_for_pages_of_ours():
    """Source: Django, "Cross Site Request Forgery protection"."""
    assert sent(Client(enforce_csrf_checks=True), address("queue", "x"), "x").status_code == 403


def test_a_definition_in_a_form_knows_where_it_is_checked():
    form = form_for(Settings, current=Settings(tree={"a": [1]}), prefix="f", check=lambda name: f"/check/{name}/")
    assert 'data-definition="/check/text/"' in str(form["text"])
    assert 'data-definition="/check/tree/"' in str(form["tree"])
    assert "data-definition" not in str(form["plain"])
    assert "data-definition" not in str(form_for(Settings, prefix="f")["text"])


def test_json_in_a_definition_is_written_over_lines_and_comes_back_as_json():
    current = Settings(tree={"a": [1]}, text='{"b":  2}')
    shown = form_for(Settings, current=current, prefix="f")
    assert shown["tree"].initial == '{\n  "a": [\n    1\n  ]\n}'
    assert shown["text"].initial == '{"b":  2}'
    data = {"f-tree": '{"a": [2]}', "f-text": '{"b":  2}', "f-either": "", "f-plain": ""}
    form = form_for(Settings, data=data, current=current, prefix="f")
    assert form.is_valid()
    assert form.arguments(unless=current.model_dump()) == {"tree": {"a": [2]}}


@pytest.mark.parametrize("given", [{"a": 1}, '{\n "a":  1\n}\n'])
def test_a_definition_that_nobody_touched_is_not_changed_whether_it_is_text_or_json(given: Any):
    """A browser sends the lines of a text field ended by CR LF. Source: HTML Standard, "The textarea element"."""
    current = Settings(either=given)
    shown = form_for(Settings, current=current, prefix="f")["either"].initial
    data = {"f-either": shown.replace("\n", "\r\n"), "f-plain": ""}
    form = form_for(Settings, data=data, current=current, prefix="f")
    assert form.is_valid()
    assert form.arguments(unless=current.model_dump()) == {}


def test_what_is_no_json_is_said_at_its_field():
    form = form_for(Settings, data={"f-tree": '{"a": '}, current=Settings(), prefix="f")
    assert not form.is_valid() and "not JSON" in str(form.errors["tree"])
    form = form_for(Settings, data={"f-text": "x" * (LONGEST_DEFINITION + 1)}, current=Settings(), prefix="f")
    assert not form.is_valid() and "1,048,577" in str(form.errors["text"])
