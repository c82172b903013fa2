"""Reaching into a run: messages of one's own, faults, settings, and what comes of them."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opener

BY_HAND = 256 + 255  # you-1: serial * 256 + origin (docs/PROTOCOL.md)


def test_a_message_of_my_own_appears_in_the_queue_as_mine(play: Opener):
    player = play()
    player.choose("mailer").tab("Faults").operate("Crash", {})
    player.choose("emails").operate("Send a message", {"Message body": '{"address": "me@example.org"}'})
    expect(player.log).to_contain_text("you-1")
    player.tab("Messages")
    expect(player.inspector.locator(f"[data-message='{BY_HAND}']")).to_contain_text("you-1")
    assert [capsule[0] for capsule in player.view("emails")["head"]] == [BY_HAND]
    assert player.picture()["drawn"]["glyphs"] == 1


def test_what_a_crashed_mailer_held_comes_back_after_the_visibility_timeout(play: Opener):
    player = play().go_to(20)
    player.pace(10).press_play().until(lambda: player.view("mailer")["busy"] >= 2, "two seats are busy").press_pause()
    player.choose("mailer").tab("Faults").operate("Crash", {"For": "20"})
    crashed = player.now
    held = {capsule[0]: capsule[5] for capsule in player.view("emails")["shelf"]}
    assert player.view("mailer")["crashed"] == crashed + 20_000_000
    assert player.view("mailer")["busy"] == 0
    assert len(held) >= 2

    player.pace(30).press_play()
    player.until(lambda: player.now > crashed + 36e6, "the crash and the visibility timeout are over").press_pause()
    player.log.page.get_by_role("searchbox", name="Search in the log").fill("VisibilityTimeout passed")
    expect(player.log.locator("li").first).to_be_visible()
    mark = player.page.locator(".track-mark[data-kind=redelivered]").first
    expect(mark).to_be_attached()

    first = min(held.values())
    player.page.evaluate("() => document.activeElement.blur()")
    player.until(lambda: _back_to_mark(player) <= first, "the mark before leads to the first that came back").stands()
    assert player.now == first, "exactly when its time was over"
    back = next(identity for identity, until in held.items() if until == first)
    assert player.view("emails")["head"][0][0] == back, "ahead of the younger ones"
    for _ in range(150):  # a seat may be busy for seconds, in which much is sent
        if back in [capsule[0] for capsule in player.view("emails")["shelf"]]:
            break
        player.button("To the next event").click()
        player.stands()
    again = next(capsule for capsule in player.view("emails")["shelf"] if capsule[0] == back)
    assert again[3] == 2, "received for the second time"
    player.choose("emails").tab("Messages")
    expect(player.inspector.locator(f"[data-message='{back}']")).to_contain_text("×2")


def test_a_link_that_loses_messages_says_so(play: Opener):
    player = play()
    player.page.locator("[data-link='0']").first.focus()
    player.page.keyboard.press("Enter")
    expect(player.inspector.locator("[data-inspect]")).to_have_attribute("data-inspect", re.compile("shop"))
    player.tab("Faults")
    player.inspector.locator("summary", has_text="Lose").click()
    player.inspector.get_by_role("button", name=re.compile("Lose")).click()
    expect(player.inspector.locator(".fault-on")).to_be_visible()
    player.pace(10).press_play()
    expect(player.log).to_contain_text("lost")
    player.press_pause()
    player.inspector.get_by_role("button", name="End it").click()
    expect(player.inspector.locator(".fault-on")).to_have_count(0)


def test_a_changed_setting_holds_from_now_on(play: Opener):
    player = play().go_to(20)
    assert player.view("mailer")["concurrency"] == 3
    player.choose("mailer").tab("Settings")
    player.inspector.get_by_label("Concurrency").fill("2")
    player.inspector.get_by_role("button", name="Change from now on").click()
    expect(player.inspector).to_contain_text("has its new settings")
    player.until(lambda: player.view("mailer")["concurrency"] == 2, "the mailer has two seats")


def test_a_setting_out_of_range_is_refused_at_its_field(play: Opener):
    player = play()
    player.choose("emails").tab("Settings")
    player.inspector.get_by_label("Visibility timeout").fill("50000")
    player.inspector.get_by_role("button", name="Change from now on").click()
    expect(player.inspector.locator(".field-error")).to_contain_text(re.compile("43,?200"))
    expect(player.inspector.get_by_label("Visibility timeout")).to_have_value("50000")
    assert player.view("emails")["caption"] == ["visibility timeout 30 s"]


def _back_to_mark(player) -> int:
    player.page.keyboard.press("PageUp")
    return player.stands().now
