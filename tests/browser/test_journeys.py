"""Following one message, reading the charts, and finding what became of a poison message."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opener

POISON = 4

# Depth, in flight, age of the oldest, throughput and latency of the queue.
FIGURES = {"emails.waiting", "emails.inflight", "emails.age", "emails.in", "emails.out", "emails.latency.p50"}


def test_clicking_a_message_on_the_stage_follows_it(play: Opener):
    player = play().pause_with_a_message_on_its_way()
    hop = player.on_its_way("shop", "emails")
    assert hop is not None
    player.stage.click(position={"x": hop["x"], "y": hop["y"]})
    journey = player.page.get_by_role("tabpanel", name="Journey")
    expect(journey.get_by_role("heading")).to_contain_text(f"m-{hop['id'] // 256}")
    expect(journey.locator("[data-journey-steps] li").first).to_contain_text("shop sends")
    player.page.keyboard.press("Escape")
    expect(journey.get_by_role("button", name="Follow", exact=True)).to_be_visible()


def test_a_journey_gives_the_reason_at_each_step_and_leads_to_its_moments(play: Opener):
    player = play().go_to(150).choose("emails-dead").tab("Messages")
    player.inspector.locator("[data-message] a").first.click()
    journey = player.page.get_by_role("tabpanel", name="Journey")
    steps = journey.locator("[data-journey-steps] li")
    expect(steps.filter(has_text="poison")).to_have_count(3)
    expect(steps.filter(has_text="passed without a delete")).to_have_count(3)
    expect(steps.filter(has_text="after 3 receives without a delete")).not_to_have_count(0)
    times = [int(time or 0) for time in steps.evaluate_all("(rows) => rows.map((row) => row.dataset.time)")]
    assert times == sorted(times)
    steps.nth(3).get_by_role("button", name=re.compile(r"\d\d:\d\d")).click()
    player.until(lambda: player.now == times[3], "the run is at the moment of the fourth step").stands()
    expect(steps.nth(3)).to_have_attribute("data-later", "false")
    expect(steps.last).to_have_attribute("data-later", "true")


def test_a_poison_message_reaches_the_dead_letter_queue_and_looks_it(play: Opener):
    player = play().go_to(200)
    expect(player.page.locator(".track-mark[data-kind=dead]")).not_to_have_count(0)
    dead = player.view("emails-dead")
    assert dead["dead"]
    assert dead["waiting"] >= 1
    assert all(capsule[2] & POISON for capsule in dead["head"])
    expect(player.page.locator(".stage-legend")).to_contain_text("can't be processed")
    player.choose("emails-dead").tab("Messages")
    expect(player.inspector.locator("[data-message]").first).to_contain_text("poison")


def test_the_charts_of_the_queue_have_data_and_follow_the_playhead(play: Opener):
    player = play().choose("emails").go_to(120)
    charts = player.page.locator("[data-charts] .chart")
    expect(charts).not_to_have_count(0)
    expect(charts.locator("canvas")).to_have_count(charts.count())
    series = player.page.evaluate("() => window.waystation.timeline.history.series")
    assert len(series["time"]) > 50
    for key in FIGURES:
        assert len(series[key]) == len(series["time"])
        assert max(value or 0 for value in series[key]) > 0, f"{key} shows something"
    shown = player.page.evaluate("() => window.waystation.timeline.hello.charts")
    assert {key for chart in shown for key in (chart["key"], *chart["with"])} >= FIGURES
    before = charts.locator(".chart-now").first.get_attribute("style")
    player.go_to(30)
    expect(charts.locator(".chart-now").first).not_to_have_attribute("style", before or "")


def test_clicking_a_chart_goes_to_that_moment(play: Opener):
    player = play().go_to(120)
    plot = player.page.locator("[data-charts] .u-over").first
    expect(plot).to_be_visible()
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    player.until(lambda: abs(player.now - player.furthest / 2) < 5e6, "the run is half-way").stands()


def test_a_search_narrows_the_log_to_what_is_looked_for(play: Opener):
    player = play().go_to(60)
    player.page.keyboard.press("/")
    search = player.page.get_by_role("searchbox", name="Search in the log")
    expect(search).to_be_focused()
    search.fill("deletes")
    expect(player.log.locator("li").first).to_be_visible()
    expect(player.log.locator("li:not(:has-text('deletes'))")).to_have_count(0)
