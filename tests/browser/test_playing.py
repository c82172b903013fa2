"""Playing, pausing, stepping and changing the pace, and what is drawn meanwhile."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener

FIRST = 256  # m-1: serial * 256 + origin (docs/PROTOCOL.md)

PAINTED = """([x, y]) => {
  // The opacity of what the canvas of messages shows at a point of the stage.
  const canvas = document.querySelector("[data-stage] > canvas");
  const scale = canvas.width / canvas.clientWidth;
  return canvas.getContext("2d").getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data[3];
}"""


def test_pressing_play_moves_messages_from_the_shop_through_the_queue_to_the_mailer(play: Opener):
    player = play()
    player.press_play()
    player.until(lambda: len(player.picture()["drawn"]["hops"]) > 0, "a message is on its way")
    player.until(lambda: player.view("emails")["inflight"] > 0, "the queue has handed out a message")
    player.until(lambda: player.view("mailer")["busy"] > 0, "the mailer works on it")
    expect(player.log).to_contain_text("shop sends m-1")
    expect(player.log).to_contain_text("mailer")


def test_a_message_is_drawn_at_the_share_of_its_way_that_time_has_passed(play: Opener):
    """A straight line in space and time: equal times, equal distances, from the shop's edge to the queue's."""
    player = play()
    nodes = player.picture()["drawn"]["nodes"]
    left, right = nodes["shop"]["x"] + nodes["shop"]["width"], nodes["emails"]["x"]
    player.press_play()
    sightings: list[tuple[int, float]] = []
    for frame in player.film(120):
        sightings += [(frame["now"], hop["x"]) for hop in frame["hops"] if hop["id"] == FIRST and hop["x"] < right]
    (begun, start), (ended, end) = min(sightings), max(sightings)
    assert len(sightings) >= 8
    assert start < left + 60
    assert end > right - 60
    for now, x in sightings:
        assert x == pytest.approx(start + (end - start) * (now - begun) / (ended - begun), abs=1)


def test_where_a_message_is_said_to_be_the_canvas_is_painted(play: Opener):
    player = play().pause_with_a_message_on_its_way()
    picture = player.picture()["drawn"]
    assert picture["hops"]
    for hop in picture["hops"]:
        assert player.page.evaluate(PAINTED, [hop["x"], hop["y"]]) > 200
    corner = picture["nodes"]["shop"]
    assert player.page.evaluate(PAINTED, [corner["x"] - 20, corner["y"] - 20]) == 0


def test_pausing_stops_the_clock_and_what_is_drawn_stays(play: Opener):
    player = play().pause_with_a_message_on_its_way()
    first, last = player.film(40)[::39]
    assert first == last
    assert player.mode == "paused"
    expect(player.button("Play")).to_be_visible()


def test_a_step_goes_to_the_next_event_and_a_step_back_to_the_one_before(play: Opener):
    player = play()
    moments = [player.now]
    for _ in range(4):
        player.button("To the next event").click()
        player.until(lambda: player.now > moments[-1], "a step leads on").stands()
        moments.append(player.now)
    lines = player.log.locator("li")
    expect(lines.first).to_contain_text("emails")
    for moment in reversed(moments[1:-1]):
        player.button("To the event before").click()
        player.until(lambda moment=moment: player.now == moment, f"a step back leads to {moment}")
    assert player.mode == "past"
    player.button("To the next event").click()
    player.until(lambda: player.now == moments[2], "the next event is the same one")


def test_the_pace_that_is_chosen_is_the_pace_at_which_time_passes(play: Opener):
    player = play()
    player.pace(60).press_play()
    player.until(lambda: player.now > 20e6, "20 s have passed")
    expect(player.page.locator("[data-pace-words]")).to_contain_text("60")
    player.pace(None)
    player.until(lambda: player.page.evaluate("() => window.waystation.timeline.pace.kind") == "follow", "it follows")
    player.press_pause()
