"""Django's admin works under the strict content-security policy of every page."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

PASSWORD = "correct horse"


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console says against the page; a refusal by the policy is an error there."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_an_administrator_adds_a_group_and_the_policy_refuses_nothing(
    live: str, page: Page, complaints: list[str], django_user_model: Any
):
    django_user_model.objects.create_superuser("teacher", password=PASSWORD)
    page.goto(f"{live}/admin/auth/group/add/")
    page.get_by_label("Username").fill("teacher")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("input[type=submit], button[type=submit]").first.click()
    page.get_by_label("Name:").fill("instructors")
    page.get_by_role("listbox", name="Available permissions").select_option(index=0)
    page.get_by_role("button", name="Choose selected permissions").click()
    expect(page.get_by_role("listbox", name="Chosen permissions").locator("option")).to_have_count(1)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("tr", has_text="instructors")).to_be_visible()
    assert complaints == []
