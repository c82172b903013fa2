"""Guarantees that lead to the moment at which they were broken, and the search for a message."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opener


def test_a_broken_guarantee_leads_to_its_moment_and_its_message(play: Opener):
    player = play().go_to(150)
    page = player.page
    tab = page.get_by_role("tab", name=re.compile(r"^Guarantees\W+\d broken"))
    tab.click()
    panel = page.get_by_role("tabpanel", name=re.compile("^Guarantees"))
    expect(panel.locator("[data-guarantee]")).to_have_count(6)
    held = panel.locator("[data-guarantee=no_loss]")
    expect(held).to_contain_text("✓")
    expect(held).to_contain_text("holds")
    broken = panel.locator("[data-guarantee=no_duplicates]")
    expect(broken).to_contain_text("✕")
    expect(broken).to_contain_text("passed without a delete")
    rows = page.evaluate("() => window.waystation.timeline.history.guarantees")
    _, _, state, time, message, _, sentence = next(row for row in rows if row[0] == "no_duplicates")
    assert state == "broken"

    broken.get_by_role("button", name=sentence[:40]).press("Enter")

    player.until(lambda: player.now == time, "the run is at the moment of the second receive").stands()
    assert page.evaluate("() => window.waystation.playhead.followed") == message
    journey = page.get_by_role("tabpanel", name="Journey")
    expect(journey).to_be_focused()
    expect(journey.get_by_role("heading")).to_contain_text(f"m-{message // 256}")
    expect(journey.locator("[data-journey-steps] li[data-latest=true]")).to_contain_text("attempt 2")


def test_a_guarantee_broken_later_is_still_to_come(play: Opener):
    player = play().go_to(150).go_to(1)
    player.page.get_by_role("tab", name=re.compile("^Guarantees")).click()
    expect(player.page.locator("[data-guarantee=no_duplicates]")).to_contain_text("will be broken at")


def test_a_message_is_found_by_its_name_and_followed_with_enter(play: Opener):
    player = play().go_to(60)
    page = player.page
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search in the log")
    search.fill("m-12")
    expect(page.locator("[data-found-status]")).to_contain_text("1 message; Enter follows the first.")
    expect(page.locator("[data-found-list] button")).to_contain_text("m-12")
    search.press("Enter")
    journey = page.get_by_role("tabpanel", name="Journey")
    expect(journey.get_by_role("heading")).to_contain_text("m-12")
    assert page.evaluate("() => window.waystation.playhead.followed") == 12 * 256


def test_messages_are_found_by_what_they_say_and_by_what_became_of_them(play: Opener):
    player = play().go_to(150).choose("emails")
    player.operate("Send a message", {"Message body": "Zebra crossing"})
    page = player.page
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search in the log")
    search.fill("zebra")
    found = page.locator("[data-found-list] button")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("you-1")
    search.fill("poison")
    expect(page.locator("[data-found-status]")).to_contain_text("messages")
    search.press("ArrowDown")
    expect(found.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel", name="Journey").locator("[data-journey-steps]")).to_contain_text("poison")
    search.fill("")
    expect(page.locator("[data-found]")).to_be_hidden()


def test_a_redriven_message_is_followed_from_what_it_was(play: Opener):
    player = play().go_to(150).choose("emails-dead")
    player.tab("Operations").operate("Start a redrive", {})
    page = player.page
    player.press_play()
    player.until(lambda: any("stores emails-dead-1" in sentence for _, sentence in player.told()), "it is moved back")
    player.press_pause()
    page.keyboard.press("/")
    page.get_by_role("searchbox", name="Search in the log").fill("emails-dead-1")
    expect(page.locator("[data-found-list] button")).to_have_count(1)
    page.keyboard.press("Enter")
    journey = page.get_by_role("tabpanel", name="Journey")
    expect(journey.get_by_role("heading")).to_contain_text("emails-dead-1")
    whose = journey.locator(".lane-whose")
    expect(whose.first).to_contain_text("m-")
    expect(whose.last).to_contain_text("emails-dead-1")
    expect(journey.locator("[data-journey-steps]")).to_contain_text("once more, as a move task brings it")
