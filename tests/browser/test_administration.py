"""The administrator's day: repairing a scenario, duplicating, publishing, retiring, and reading a run's journal."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from simulator import catalog
from simulator.models import Scenario
from tests.browser.editor import write
from tests.browser.player import Player

PASSWORD = "correct horse"


@pytest.fixture
def admin(house: str, page: Page, django_user_model: Any) -> Page:
    """A page on which an administrator has signed in, at the list of scenarios."""
    django_user_model.objects.create_superuser("teacher", password=PASSWORD)
    page.goto(f"{house}/admin/simulator/scenario/")
    page.get_by_label("Username").fill("teacher")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").or_(page.locator("input[type=submit]")).first.click()
    expect(page.get_by_role("link", name="Transactional e-mails")).to_be_visible()
    return page


def test_every_problem_of_a_scenario_is_listed_at_its_field_and_nothing_is_stored(admin: Page):
    admin.get_by_role("link", name="Transactional e-mails").click()
    document = json.loads(admin.locator("#id_document").input_value())
    document["nodes"][1]["settings"]["VisibilityTimeout"] = 50_000
    document["links"][0]["to"] = "nowhere"
    write(admin, json.dumps(document, indent=2))
    admin.get_by_role("button", name="Save", exact=True).first.click()
    errors = admin.locator(".field-document .errorlist li")
    expect(errors.filter(has_text="43200").or_(errors.filter(has_text="43,200"))).to_have_count(1)
    expect(errors.filter(has_text="nowhere")).not_to_have_count(0)
    assert "nowhere" in admin.locator("#id_document").input_value(), "what was written is still there"
    assert Scenario.objects.get(slug="transactional-emails").document["links"][0]["to"] == "emails"


def test_a_duplicate_is_a_draft_that_can_be_previewed_published_and_retired(admin: Page, house: str):
    _act(admin, "Transactional e-mails", "Duplicate as drafts")
    expect(admin.get_by_text("Made Transactional e-mails (copy), a draft.")).to_be_visible()
    copy = admin.get_by_role("row").filter(has_text="Transactional e-mails (copy)")
    expect(copy).to_contain_text("Draft")
    copy.get_by_role("link", name="Play it").click()
    Player(admin).ready()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Transactional e-mails (copy)")

    admin.goto(f"{house}/admin/simulator/scenario/")
    _act(admin, "Transactional e-mails (copy)", "Publish: show in the library")
    expect(admin.get_by_text("is in the library")).to_be_visible()
    admin.goto(f"{house}/")
    expect(admin.locator(".card")).to_have_count(len(catalog.builtin_scenarios()) + 1)
    admin.goto(f"{house}/admin/simulator/scenario/")
    _act(admin, "Transactional e-mails (copy)", "Retire: take out of the library")
    admin.goto(f"{house}/")
    expect(admin.locator(".card")).to_have_count(len(catalog.builtin_scenarios()))


def test_a_run_is_listed_with_its_journal(admin: Page, house: str):
    admin.goto(f"{house}/play/transactional-emails/")
    player = Player(admin).ready().story(on=False)
    player.go_to(20).choose("mailer").tab("Faults").operate("Crash", {})
    admin.goto(f"{house}/admin/simulator/run/")
    row = admin.get_by_role("row").filter(has_text="Transactional e-mails")
    expect(row).to_contain_text("teacher")
    row.get_by_role("link", name="Transactional e-mails").click()
    journal = admin.locator("table.journal")
    expect(journal.get_by_role("row")).to_have_count(2)
    expect(journal).to_contain_text("mailer")
    expect(journal).to_contain_text("crash")


def _act(page: Page, title: str, action: str) -> None:
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=title, exact=True))
    row.get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label=action)
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go", exact=True)).first.click()
