"""Accessibility as far as a machine can judge it: axe-core finds no violation on any page, in light and in dark.

Source of the rules: Deque, axe-core, which checks WCAG 2.2 A and AA and best practices.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import SIZE
from tests.browser.player import Player


@pytest.fixture(params=["light", "dark"])
def reader(
    request: pytest.FixtureRequest, browser: Browser, new_page: Callable[[BrowserContext], Page]
) -> Iterator[Page]:
    """A page in a browser whose system is light or dark, and without motion, so that nothing is half faded in."""
    context = browser.new_context(viewport=SIZE, color_scheme=request.param, reduced_motion="reduce")
    yield new_page(context)
    context.close()


def test_the_pages_to_read_have_no_violation(reader: Page, house: str):
    for path in (
        "/",
        "/?q=nothing+has+this",
        "/scenarios/transactional-emails/",
        "/help/",
        "/bench/",
        "/bench/?example=5",
        "/sign-in/",
    ):
        reader.goto(house + path)
        expect(reader.get_by_role("heading", level=1)).to_be_attached()
        assert _violations(reader) == [], path


def test_the_play_page_has_no_violation_whatever_is_open(reader: Page, house: str):
    reader.goto(f"{house}/play/transactional-emails/?seed=7")
    player = Player(reader).ready()
    assert _violations(reader) == [], "at the start"
    player.press_play().stands()
    assert _violations(reader) == [], "with a story card"
    player.go_to(100).choose("emails").tab("Operations")
    for summary in player.inspector.locator("details.operation > summary").all():
        summary.click()
    assert _violations(reader) == [], "with the forms of the inspector"
    player.tab("Settings")
    assert _violations(reader) == [], "with the settings"
    player.choose("mailer").tab("Messages").inspector.locator("[data-message] a").first.click()
    expect(reader.locator("[data-journey-steps] li").first).to_be_visible()
    assert _violations(reader) == [], "with a journey"
    reader.get_by_role("tab", name="Guarantees").click()
    expect(reader.locator("[data-guarantee]").first).to_be_visible()
    assert _violations(reader) == [], "with the guarantees"
    reader.get_by_role("searchbox", name="Search in the log").fill("m-1")
    expect(reader.locator("[data-found-list] button").first).to_be_visible()
    assert _violations(reader) == [], "with what was found"
    reader.keyboard.press("Escape")
    reader.get_by_role("button", name="Text view").click()
    reader.keyboard.press("?")
    expect(reader.get_by_role("dialog")).to_be_visible()
    assert _violations(reader) == [], "with the list of keys"


def test_a_board_and_its_bench_have_no_violation(reader: Page, house: str):
    reader.goto(f"{house}/play/orders-by-team/?seed=7")
    player = Player(reader).ready().story(on=False).go_to(150).choose("events")
    assert _violations(reader) == [], "with the table of rules"
    player.tab("Bench")
    assert _violations(reader) == [], "with the bench"


def test_a_state_machine_and_an_execution_have_no_violation(reader: Page, house: str):
    reader.goto(f"{house}/play/order-saga/?seed=7")
    player = Player(reader).ready().story(on=False).go_to(60).choose("fulfilment")
    assert _violations(reader) == [], "with the list of executions"
    player.inspector.locator(".execution-link").nth(3).click()
    expect(reader.locator(".execution-map")).to_be_visible()
    reader.locator("[data-history] summary").first.click()
    assert _violations(reader) == [], "with an execution"


def test_the_form_of_a_scenario_has_no_violation_of_ours(
    reader: Page, house: str, complaints: list[str], django_user_model: Any
):
    django_user_model.objects.create_superuser("teacher", password="correct horse")
    reader.goto(f"{house}/admin/simulator/scenario/")
    reader.get_by_label("Username").fill("teacher")
    reader.get_by_label("Password").fill("correct horse")
    reader.get_by_label("Password").press("Enter")
    reader.get_by_role("link", name="Transactional e-mails").click()
    expect(reader.get_by_label("Document")).to_be_visible()
    ours = reader.locator(".form-row")
    expect(ours).not_to_have_count(0)
    assert complaints == []
    assert _violations(reader, context=".form-row") == []
    complaints.clear()  # axe tries to style the page while it measures, and the policy refuses it


def test_our_pages_of_the_administration_have_no_violation_of_ours(
    reader: Page, house: str, complaints: list[str], django_user_model: Any
):
    django_user_model.objects.create_superuser("teacher", password="correct horse")
    reader.goto(f"{house}/admin/")
    reader.get_by_label("Username").fill("teacher")
    reader.get_by_label("Password").fill("correct horse")
    reader.get_by_label("Password").press("Enter")
    expect(reader.get_by_role("link", name="What is running")).to_be_visible()
    assert _violations(reader, context=".house-links") == []
    reader.goto(f"{house}/play/transactional-emails/?seed=7")
    Player(reader).ready()
    for path in ("running/", "simulator/limits/", "simulator/scenario/import/"):
        reader.goto(f"{house}/admin/{path}")
        expect(reader.get_by_role("heading", level=1)).to_be_visible()
        assert _violations(reader, context="#content-main") == [], path
    complaints.clear()  # axe tries to style the page while it measures, and the policy refuses it


def _violations(page: Page, context: str | None = None) -> list[str]:
    """Each violation in a line: the rule, and the first places where it is broken."""
    found = Axe().run(page, context=context).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes'][:3]]}" for one in found]
