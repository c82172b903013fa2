"""An event bus on the page: the latest event lights the cards it matched, the others show the clause that failed."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from simulator.models import Scenario
from tests.browser.conftest import Opener

COUNTRY = "detail.country is"
ORDERS: dict[str, Any] = {
    "format": 1,
    "title": "Orders on a bus",
    "seed": 7,
    "length": "5m",
    "nodes": [
        {
            "id": "shop",
            "pattern": "producer",
            "settings": {
                "arrivals": {"regular": {"per_second": 0.1}},
                "body": {"Source": "shop", "DetailType": "placed", "Detail": {"country": {"one_of": ["NL", "DE"]}}},
            },
            "at": [0, 1],
        },
        {
            "id": "orders",
            "pattern": "event_bus",
            "settings": {
                "Rules": [
                    {"Name": "home", "EventPattern": {"detail": {"country": ["NL"]}}},
                    {"Name": "abroad", "EventPattern": {"detail": {"country": [{"anything-but": ["NL"]}]}}},
                    {"Name": "idle", "EventPattern": {"source": ["shop"]}, "State": "DISABLED"},
                ]
            },
            "at": [1, 1],
        },
        {"id": "dutch", "pattern": "queue", "at": [2, 0]},
        {"id": "others", "pattern": "queue", "at": [2, 2]},
    ],
    "links": [
        {"from": "shop", "to": "orders", "settings": {"latency": 0.02}},
        {"from": "orders", "to": "dutch", "settings": {"rule": "home", "latency": 0.02}},
        {"from": "orders", "to": "others", "settings": {"rule": "abroad", "latency": 0.02}},
    ],
}


@pytest.fixture
def orders(house: str) -> str:
    Scenario.objects.create(slug="bus", title="Orders on a bus", document=ORDERS, status=Scenario.Status.PUBLISHED)
    return "bus"


def cards(player: Any) -> dict[str, tuple[str, str]]:
    """The class and the text of each card on the board, by its rule."""
    found = player.page.locator("[data-id=orders] .rule[visibility=visible]").all()
    said = [(one.get_attribute("class") or "", one.text_content() or "") for one in found]
    return {name: one for one in said for name in ("home", "abroad", "idle") if one[1].startswith(name)}


def latest_is(player: Any, seconds: float) -> bool:
    latest = player.view("orders")["latest"]
    return bool(latest) and latest[3] / 1e6 > seconds


def test_an_event_lights_the_cards_it_matched_and_the_others_show_why_not(orders: str, play: Opener):
    player = play(orders).go_to(25)
    seen = player.view("orders")["latest"][3] / 1e6
    for _ in range(30):
        if latest_is(player, seen):
            break
        player.button("To the next event").click()
        player.stands()
    shown = cards(player)
    lit = {name for name, (kind, _) in shown.items() if "is-lit" in kind}
    missed = {name for name, (kind, _) in shown.items() if "is-missed" in kind}

    assert lit | missed == {"home", "abroad"} and len(lit) == 1
    (hit,), (miss,) = lit, missed
    assert "✓ matched" in shown[hit][1]
    assert f"✗ {COUNTRY}" in shown[miss][1], "the clause that failed stands on the card itself"
    assert "is-off" in shown["idle"][0] and "off" in shown["idle"][1]
    legend = player.page.locator("[data-id=orders]")
    expect(legend).to_have_attribute("aria-label", re.compile("not the latest: " + COUNTRY))


def test_a_copy_leaves_at_the_card_of_its_rule(orders: str, play: Opener):
    player = play(orders).go_to(25)
    for _ in range(60):
        drawn = player.picture()["drawn"]
        board = drawn["nodes"]["orders"]
        beyond = [hop for hop in drawn["hops"] if hop["x"] > board["x"] + board["width"] - 3]
        if beyond:
            break
        player.button("To the next event").click()
        player.stands()
    lit = player.page.locator("[data-id=orders] .rule.is-lit .rule-plate").bounding_box()
    stage = player.stage.bounding_box()
    assert lit and stage and beyond, "an event matched a rule, and its copy is on its way"
    y = beyond[0]["y"] + stage["y"]
    assert lit["y"] <= y <= lit["y"] + lit["height"]


def test_the_panel_lists_the_rules_and_says_that_nobody_asks(orders: str, play: Opener):
    player = play(orders).go_to(25).choose("orders")
    rows = player.inspector.locator("[data-live-table=rules] tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="idle")).to_contain_text("off")
    expect(rows.filter(has_text=re.compile(r"\$\.detail\.country is"))).to_have_count(1)
    expect(player.inspector.locator("[data-live-sentence=pushes]")).to_contain_text("none of them asks")


def test_the_bench_of_a_bus_begins_with_its_rules_and_its_latest_event(orders: str, play: Opener):
    player = play(orders).go_to(25).choose("orders").tab("Bench")
    player.inspector.get_by_role("link", name="abroad", exact=True).click()
    rule = player.inspector.get_by_role("textbox", name="Rule")
    expect(rule).to_have_value(re.compile("anything-but"))
    expect(player.inspector.get_by_role("textbox", name="Event attributes")).to_have_value(re.compile('"country"'))
    rule.fill('{"detail": {"country": ["FR"]}}')
    verdict = player.inspector.locator("#bench-verdict")
    expect(verdict).to_contain_text("It does not match")
    expect(verdict.locator("tr[data-holds=no]")).to_contain_text("$.detail.country")
    rule.fill('{"detail": {"country": []}}')
    expect(verdict).to_contain_text("Empty arrays are not allowed")
    expect(verdict).to_contain_text("$.detail.country")
    expect(rule).to_be_focused()


def test_on_the_page_a_verdict_follows_what_is_typed(page: Any, house: str):
    page.goto(f"{house}/bench/")
    verdict = page.locator("#bench-verdict")
    expect(verdict).to_contain_text("It matches")
    page.get_by_role("textbox", name="Rule").fill('{"detail": {"total": [{"numeric": [">", 500]}]}}')
    expect(verdict).to_contain_text("It does not match")
    expect(verdict.locator("tr[data-holds=no]")).to_contain_text('numeric [">",500]')
    page.get_by_role("link", name="Anything but").click()
    expect(page.get_by_role("textbox", name="Rule")).to_have_value(re.compile("anything-but"))
    expect(verdict).to_contain_text("It does not match")


def test_the_bench_needs_no_script(browser: Any, new_page: Any, house: str):
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    page = new_page(context)
    page.goto(f"{house}/bench/")
    page.get_by_role("textbox", name="Rule").fill('{"source": ["elsewhere"]}')
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#bench-verdict")).to_contain_text("It does not match")
    expect(page.get_by_role("textbox", name="Rule")).to_have_value('{"source": ["elsewhere"]}')
    context.close()
