"""Going to any moment of a run: scrubbing, replaying, forking, and what can't be done to the past."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.player import Player, same_picture

PAINTING = '() => document.querySelector("[data-stage] > canvas").toDataURL()'


def test_scrubbing_back_shows_the_very_picture_that_was_there_then(play: Opener):
    player = play().pause_with_a_message_on_its_way()
    then = player.picture()
    player.press_on_track("ArrowRight", 3)
    assert player.now == then["now"] + 3_000_000
    player.press_on_track("ArrowLeft", 3)
    again = player.picture()
    assert again["drawn"]["hops"], "a message is on its way again"
    assert again["mode"] == "past"
    assert same_picture(again, {**then, "mode": "past"})


def test_dragging_the_head_finds_the_same_pixels_again(play: Opener):
    player = play().go_to(120).drag_to(60).drag_to(100)
    player.drag_to(60)
    picture, pixels = player.picture(), player.page.evaluate(PAINTING)
    player.drag_to(100)
    assert player.picture()["views"] != picture["views"]
    player.drag_to(60)
    assert player.picture() == picture
    assert player.page.evaluate(PAINTING) == pixels


def test_playing_the_past_again_tells_the_same_story(play: Opener):
    player = play().pace(4).press_play()
    player.until(lambda: player.now > 9e6, "9 s have passed").press_pause()
    first = [line for line in player.told() if line[0] <= 8e6]
    player.press_on_track("Home")
    expect(player.page.locator("[data-mode-word]")).to_have_text("In the past")
    player.press_play()
    expect(player.page.locator("[data-mode-word]")).to_have_text("Replaying the past")
    player.until(lambda: player.now > 9e6, "the same time has passed").press_pause()
    again = [line for line in player.told() if line[0] <= 8e6]
    known = max(first[0][0], again[0][0])  # a page that lagged starts from a key frame, with the last lines only
    assert len([line for line in first if line[0] >= known]) > 20
    assert [line for line in again if line[0] > known] == [line for line in first if line[0] > known]


def test_a_moment_that_was_never_played_is_computed_and_then_stands(play: Opener):
    player = play().go_to(300)
    assert player.mode == "paused"
    assert player.furthest == player.now
    assert player.view("mailer")["done"] > 500


def test_a_finished_run_begins_anew_when_play_is_pressed(play: Opener):
    player = play().go_to(590)
    player.pace(60).press_play().is_in("finished").stands()
    assert player.now == player.length
    player.press_play()
    player.until(lambda: 0 < player.now < player.length - 100e6, "the run is near its start again")
    assert player.mode == "replaying"


def test_a_fork_has_an_address_of_its_own_shares_the_past_and_can_be_changed(play: Opener):
    player = play().go_to(60).go_to(45)
    address, past = player.page.url, player.picture()
    told = player.told()
    fork = _fork(player)
    assert fork.page.url != address
    assert fork.mode == "paused", "its own future has not come yet"
    assert same_picture(fork.picture(), {**past, "mode": "paused"})
    assert fork.told() == told
    fork.choose("emails").operate("Send a message", {"Message body": "only here"})
    expect(fork.log).to_contain_text("you-1")
    fork.page.goto(address)
    assert "you-1" not in " ".join(sentence for _, sentence in player.ready().told())


def test_the_past_cannot_be_changed_but_a_fork_is_offered(play: Opener):
    player = play().go_to(60).go_to(30)
    address, moment = player.page.url, player.now
    player.choose("mailer").tab("Faults").operate("Crash", {}, answered=False)
    notice = player.inspector.get_by_role("alert")
    expect(notice).to_contain_text("This moment is past")
    notice.get_by_role("button", name="Fork from here").click()
    player.page.wait_for_url(lambda url: url != address)
    player.ready().stands()
    assert player.now == moment
    player.choose("mailer").tab("Faults").operate("Crash", {})
    assert player.view("mailer")["crashed"] != 0


def test_a_shared_link_opens_the_run_at_its_moment(play: Opener):
    player = play().go_to(90).go_to(40)
    player.page.get_by_role("button", name=re.compile("Share")).click()
    note = player.page.get_by_role("log", name="Notes")
    expect(note).to_contain_text("00:")
    field = note.get_by_role("textbox")
    assert field.count() == 0 or re.search(r"[#?].*\d", field.input_value())


def _fork(player: Player) -> Player:
    address = player.page.url
    player.button("Fork from here").click()
    player.page.wait_for_url(lambda url: url != address)
    return player.ready().stands()
