"""The library: what is there, how it is found, and that all of it works without a script, too."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, BrowserContext, Page, expect

from simulator import catalog
from tests.browser.conftest import SIZE


def test_the_library_shows_the_built_in_scenarios(house: str, page: Page):
    page.goto(f"{house}/")
    expect(page.get_by_role("heading", level=2)).to_contain_text(["Crashed consumer", "Transactional e-mails"])
    expect(page.get_by_role("status").filter(has_text="scenarios")).to_have_text(
        re.compile(f"{len(catalog.builtin_scenarios())} scenarios")
    )


def test_a_search_narrows_the_library_in_place(house: str, page: Page):
    page.goto(f"{house}/")
    page.evaluate("() => { window.sameDocument = true; }")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("e-mails mailer")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card")).to_contain_text("Transactional e-mails")
    expect(page).to_have_url(re.compile("q=e-mails"))
    page.get_by_role("searchbox").fill("nothing has this word")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    assert page.evaluate("() => window.sameDocument"), "the page was never loaded anew"


def test_a_filter_narrows_the_library_and_can_be_cleared(house: str, page: Page):
    page.goto(f"{house}/")
    page.get_by_label("Subject").select_option("crash")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card")).to_contain_text("Crashed consumer")
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.locator(".card")).to_have_count(len(catalog.builtin_scenarios()))


def test_opening_a_scenario_shows_its_stage(house: str, page: Page):
    page.goto(f"{house}/")
    page.get_by_role("link", name="Open Transactional e-mails").click()
    expect(page).to_have_url(re.compile("/runs/"))
    for station in ("shop", "emails", "mailer", "emails-dead"):
        expect(page.locator(f"[data-node][data-id='{station}']")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-mode", "paused")


def test_a_scenario_that_was_played_is_opened_afresh_and_the_old_run_is_still_there(house: str, page: Page):
    page.goto(f"{house}/play/transactional-emails/")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes")
    first = page.url
    page.get_by_role("group", name="Transport").get_by_role("button", name="Play").click()
    expect(page.locator("body")).to_have_attribute("data-mode", re.compile("running|paused"))
    expect(page.locator("[data-log-lines] li").first).to_be_visible()
    page.goto(f"{house}/play/transactional-emails/")
    assert page.url != first
    page.goto(first)
    expect(page.locator("[data-log-lines] li").first).to_be_visible()


def test_without_a_script_everything_can_be_reached_by_links_and_forms(
    house: str, browser: Browser, new_page: Callable[[BrowserContext], Page]
):
    context = browser.new_context(java_script_enabled=False, viewport=SIZE)
    page = new_page(context)
    page.goto(f"{house}/")
    page.get_by_role("searchbox").fill("visibility")
    page.get_by_label("Subject").select_option("crash")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_role("link", name="Crashed consumer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Crashed consumer")
    page.get_by_role("main").get_by_role("button", name="Open").click()
    page.locator("input[name=to]").fill("50s")
    page.get_by_role("button", name="Go", exact=True).click()
    row = page.get_by_role("row").filter(has_text="mailer")
    expect(row).to_contain_text(re.compile("crash|down", re.IGNORECASE))
    page.get_by_role("link", name="emails", exact=True).click()
    page.get_by_role("link", name="Operations").click()
    page.locator("summary", has_text="Send a message").click()
    page.get_by_label("Message body").fill("by hand")
    page.get_by_role("button", name="Send a message").click()
    expect(page.get_by_role("status").filter(has_text="done")).to_be_visible()
    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Crashed consumer").click()
    page.get_by_role("link", name="Read the log").click()
    expect(page.get_by_role("main")).to_contain_text("you-1")
    context.close()
