"""The editor of definitions: problems beside the lines while somebody writes, by keyboard, in every theme."""

import json
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from simulator import catalog
from simulator.engine.errors import Problem
from simulator.models import Scenario
from simulator.pages import forms, schema, text_check
from tests.browser.conftest import Opener
from tests.browser.editor import count, problems, text_box, write

PASSWORD = "correct horse"


@pytest.fixture
def form(house: str, page: Page, django_user_model: Any) -> Page:
    """The form of a built-in scenario, open before an administrator, and checked once."""
    django_user_model.objects.create_superuser("teacher", password=PASSWORD)
    scenario = Scenario.objects.get(slug="transactional-emails")
    page.goto(f"{house}/admin/simulator/scenario/{scenario.pk}/change/")
    page.get_by_label("Username").fill("teacher")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    expect(count(page)).to_have_text("No problems")
    return page


def unreadable(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds in the editor."""
    found = Axe().run(page, context=".definition-editor").response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]


def wrong() -> str:
    document = json.loads(json.dumps(Scenario.objects.get(slug="transactional-emails").document))
    document["nodes"][1]["settings"]["VisibilityTimeout"] = 50_000
    document["links"][0]["to"] = "nowhere"
    return json.dumps(document, indent=2)


def test_problems_stand_in_the_margin_and_in_a_list_that_leads_to_them(form: Page):
    write(form, wrong())
    first = problems(form).filter(has_text="VisibilityTimeout")
    expect(first).to_have_count(1)
    expect(first).to_contain_text("43200")
    first.click()
    expect(form.locator(".cm-lint-marker-error")).not_to_have_count(0)
    expect(text_box(form)).to_be_focused()
    expect(form.locator(".cm-activeLine")).to_contain_text('"VisibilityTimeout": 50000')


def test_what_is_written_is_what_is_saved(form: Page):
    document = Scenario.objects.get(slug="transactional-emails").document
    write(form, json.dumps({**document, "summary": "Written in the editor."}))
    expect(count(form)).to_have_text("No problems")
    form.get_by_role("button", name="Save", exact=True).first.click()
    expect(form.locator(".messagelist .success")).to_be_visible()
    assert Scenario.objects.get(slug="transactional-emails").summary == "Written in the editor."


def test_broken_json_is_marked_where_it_breaks(form: Page):
    write(form, '{\n  "format": 1,\n  "title": oops\n}')
    expect(problems(form)).to_have_count(1)
    expect(problems(form)).to_contain_text("Line 3")
    problems(form).click()
    expect(form.locator(".cm-activeLine")).to_have_text('  "title": oops')


def test_the_keyboard_suffices(form: Page):
    """Tab enters and leaves, as with every field; F8 goes to the next problem; folding has its keys."""
    write(form, wrong())
    expect(problems(form)).not_to_have_count(0)
    form.keyboard.press("F8")
    expect(form.locator(".cm-tooltip-lint")).to_contain_text("VisibilityTimeout")
    form.keyboard.press("ControlOrMeta+Alt+[")
    expect(form.locator(".cm-foldPlaceholder")).not_to_have_count(0)
    form.keyboard.press("Tab")
    expect(text_box(form)).not_to_be_focused()
    form.keyboard.press("Shift+Tab")
    expect(text_box(form)).to_be_focused()


def test_the_label_leads_into_the_editor_which_says_what_it_is(form: Page):
    form.locator("label", has_text="Document").click()
    expect(text_box(form)).to_be_focused()
    expect(text_box(form)).to_have_attribute("aria-multiline", "true")
    expect(form.locator("#id_document")).to_be_hidden()


def test_without_an_answer_the_editor_says_that_nothing_was_checked(form: Page, complaints: list[str]):
    form.route("**/check/scenario/", lambda route: route.abort())
    write(form, "{}")
    expect(count(form)).to_contain_text("could not be checked")
    complaints.clear()  # the browser complains of the answer that we kept back


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_words_can_be_read_in_every_theme(form: Page, theme: str, complaints: list[str]):
    """Source: WCAG 2.2, 1.4.3: text keeps 4.5:1 to what is behind it."""
    form.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    write(form, wrong())
    expect(problems(form)).not_to_have_count(0)
    assert unreadable(form) == []
    complaints.clear()  # axe tries to style the page while it measures, and the policy refuses it


def test_without_script_it_is_a_text_field(house: str, browser: Any, django_user_model: Any):
    django_user_model.objects.create_superuser("teacher", password=PASSWORD)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{house}/admin/simulator/scenario/add/")
    page.get_by_label("Username").fill("teacher")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    page.get_by_label("Document").fill('{"format": 1')
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".field-document .errorlist li")).not_to_have_count(0)
    context.close()


@pytest.fixture
def body_is_a_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    """A house in which what a producer says is edited as a definition, and may not speak of a number."""

    def settings_of(model: Any) -> Any:
        marked = (replace(one, format="definition") if one.name == "body" else one for one in schema.settings_of(model))
        return tuple(marked)

    def check_text(setting: str, text: str) -> list[Problem]:
        return [Problem("number", "is not wanted", "anything else", "Remove it.")] if "number" in text else []

    for module in (forms, text_check):
        monkeypatch.setattr(module, "settings_of", settings_of)
    real = catalog.patterns()
    house = {**real, "producer": replace(real["producer"], check_text=check_text)}
    monkeypatch.setattr(catalog, "patterns", lambda: house)


def test_a_setting_that_is_a_definition_is_edited_beside_the_run(play: Opener, body_is_a_definition: None):
    player = play()
    player.choose("shop")  # which opens at its settings
    page = player.page
    expect(count(page)).to_have_text("No problems")
    write(page, '{\n  "number": 1\n}', "Body")
    expect(problems(page)).to_have_text("Line 2 number is not wanted. Allowed: anything else. Remove it.")
    page.keyboard.press("Space")
    expect(player.body).to_have_attribute("data-mode", "paused")
    write(page, '{"type": "greeting"}', "Body")
    expect(count(page)).to_have_text("No problems")
    player.inspector.get_by_role("button", name="Change from now on").click()
    expect(player.inspector).to_contain_text("has its new settings")
    expect(text_box(page, "Body")).to_contain_text("greeting")


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_beside_the_run_too_it_can_be_read_in_every_theme(
    play: Opener, body_is_a_definition: None, theme: str, complaints: list[str]
):
    """Source: WCAG 2.2, 1.4.3."""
    player = play()
    player.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    player.choose("shop")  # which opens at its settings
    write(player.page, '{\n  "number": 1,\n  "yes": [true, null]\n}', "Body")
    expect(problems(player.page)).to_have_count(1)
    assert unreadable(player.page) == []
    complaints.clear()  # axe tries to style the page while it measures, and the policy refuses it
