"""The library, the themes and the inspector as somebody with a browser meets them."""

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from simulator import catalog


@pytest.fixture
def library(live: str, page: Page) -> Iterator[Page]:
    """The library with the built-in scenarios; the test fails on any complaint of the browser."""
    call_command("load_scenarios", verbosity=0)
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live}/")
    yield page
    assert complaints == []


def test_cards_are_narrowed_down_while_one_types_and_back_goes_back(library: Page):
    everything = len(catalog.builtin_scenarios())
    expect(library.locator(".card")).to_have_count(everything)
    library.keyboard.press("/")
    library.keyboard.type("neighbour")
    expect(library.locator(".card")).to_have_count(1)
    expect(library).to_have_url(re.compile(r"/\?q=neighbour$"))
    library.reload()
    expect(library.get_by_label("Search")).to_have_value("neighbour")
    expect(library.locator(".card")).to_have_count(1)
    library.get_by_role("link", name="Clear all filters").click()
    expect(library.locator(".card")).to_have_count(everything)


def test_a_theme_is_worn_at_once_and_kept(library: Page):
    library.get_by_role("button", name="theme").click()
    library.get_by_label("Projector").check()
    expect(library.locator("html")).to_have_attribute("data-theme", "projector")
    library.reload()
    expect(library.locator("html")).to_have_attribute("data-theme", "projector")
    library.get_by_role("button", name="theme").click()
    library.get_by_label("Auto").check()
    expect(library.locator("html")).not_to_have_attribute("data-theme", "projector")


def test_the_whole_card_leads_to_its_scenario(library: Page):
    library.locator(".card", has_text="Transactional e-mails").locator(".card-map").click(force=True)
    expect(library.get_by_role("heading", level=1)).to_have_text("Transactional e-mails")


def test_a_message_is_sent_and_a_wrong_setting_told_without_leaving_the_panel(library: Page, live: str):
    library.goto(f"{live}/play/transactional-emails/")
    library.goto(f"{library.url}inspect/emails/")
    library.locator("summary", has_text="Send a message").click()
    library.get_by_label("Message body").fill("hello")
    library.get_by_role("button", name="Send a message").click()
    expect(library.get_by_role("status")).to_contain_text("MessageId you-1")
    library.get_by_role("link", name="Settings").click()
    library.locator("#id_change-VisibilityTimeout").fill("50000")
    library.get_by_role("button", name="Change from now on").click()
    expect(library.get_by_role("alert")).to_contain_text("correct Visibility timeout")
    expect(library.locator("#id_change-VisibilityTimeout_error")).to_contain_text("43200")
    expect(library.locator("#id_change-VisibilityTimeout")).to_have_value("50000")
