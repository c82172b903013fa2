"""A state machine on the page: its chart with executions on it; of one execution token, row and state agree."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from simulator.models import Scenario
from tests.browser.conftest import Opener
from tests.browser.player import Player

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
ORDERS: dict[str, Any] = {
    "format": 1,
    "title": "Orders step by step",
    "seed": 7,
    "length": "5m",
    "nodes": [
        {
            "id": "shop",
            "pattern": "producer",
            "settings": {"arrivals": {"regular": {"per_second": 0.1}}, "body": {"total": 120}},
            "at": [0, 0],
        },
        {
            "id": "orders",
            "pattern": "state_machine",
            "settings": {
                "definition": {
                    "StartAt": "Large?",
                    "States": {
                        "Large?": {
                            "Type": "Choice",
                            "Choices": [{"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Cool off"}],
                            "Default": "Charge card",
                        },
                        "Cool off": {"Type": "Wait", "Seconds": 20, "Next": "Charge card"},
                        "Charge card": {
                            "Type": "Task",
                            "Resource": FUNCTION + "charge",
                            "ResultPath": "$.payment",
                            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Refuse"}],
                            "Next": "Done",
                        },
                        "Done": {"Type": "Succeed"},
                        "Refuse": {"Type": "Fail", "Error": "NotPaid"},
                    },
                }
            },
            "at": [1, 0],
        },
        {
            "id": "charge",
            "pattern": "worker",
            "settings": {"kind": "function", "service": 2, "failure_probability": 1},
            "at": [2, 0],
        },
    ],
    "links": [
        {"from": "shop", "to": "orders", "settings": {"latency": 0.02}},
        {"from": "orders", "to": "charge", "kind": "task", "settings": {"latency": 0.02}},
    ],
}


@pytest.fixture
def machine(house: str) -> str:
    Scenario.objects.create(slug="steps", title="Orders", document=ORDERS, status=Scenario.Status.PUBLISHED)
    return "steps"


def state(player: Player, name: str) -> Locator:
    """A state of the chart on the stage."""
    return player.page.locator("[data-id=orders] .state").filter(has=player.page.locator("title", has_text=name))


def in_panel(player: Player, name: str) -> Locator:
    """A state of the chart of the execution that is open."""
    return player.page.locator(".execution-map .state").filter(has=player.page.locator("title", has_text=name))


def shown_stay(player: Player) -> str | None:
    return player.page.locator('[data-visit][data-latest="true"]').get_attribute("data-state-name")


def open_first(player: Player) -> None:
    """Open the execution that began first."""
    player.choose("orders")
    player.inspector.locator(".execution-link").last.click()
    expect(player.page.locator("#execution")).to_be_visible()
    expect(in_panel(player, "Large?")).to_be_visible()


def test_an_execution_stands_on_its_state_and_what_it_waits_for_drains(machine: str, play: Opener):
    player = play(machine).go_to(15)
    expect(state(player, "Cool off")).to_have_class("state is-wait is-here")
    assert "16 s" in (state(player, "Cool off").text_content() or "")
    player.go_to(25)
    assert "6 s" in (state(player, "Cool off").text_content() or "")
    expect(state(player, "Refuse")).to_have_class("state is-fail is-new")


def test_a_click_on_a_token_opens_its_execution(machine: str, play: Opener):
    player = play(machine).go_to(15)
    spot = player.page.evaluate(
        """() => {
          const { stage } = window.waystation;
          const glyph = stage.messages.resting.find(({ place }) => place === 'state');
          const [box, at] = [stage.host.getBoundingClientRect(), stage.screen(glyph)];
          return [box.x + at.x, box.y + at.y, glyph.id];
        }"""
    )
    player.page.mouse.click(spot[0], spot[1])
    expect(player.page.locator(f'#execution[data-of-message="{spot[2]}"]')).to_be_visible()
    assert player.page.evaluate("window.waystation.playhead.followed") == spot[2]
    expect(in_panel(player, "Cool off")).to_have_class("state is-wait is-here is-chosen")


def test_a_row_of_the_history_sets_the_clock_and_chooses_its_state(machine: str, play: Opener):
    player = play(machine).go_to(60)
    open_first(player)
    entered = player.page.locator("[data-history] tr").filter(has_text="WaitStateEntered")
    entered.locator("button.time").click()
    player.until(lambda: abs(player.now - int(entered.get_attribute("data-time") or 0)) < 1000, "the clock is there")
    player.stands()
    assert shown_stay(player) == "Cool off"
    expect(in_panel(player, "Cool off")).to_have_class("state is-wait is-here is-chosen")
    expect(in_panel(player, "Charge card")).to_have_class("state is-task is-new")
    expect(player.page.locator('[data-history] tr[data-latest="true"]')).to_contain_text("WaitStateEntered")


def test_a_state_chooses_its_stay_and_sets_the_clock(machine: str, play: Opener):
    player = play(machine).go_to(60)
    open_first(player)
    in_panel(player, "Charge card").focus()
    player.page.keyboard.press("Enter")
    stay = player.page.locator('[data-visit][data-state-name="Charge card"]')
    player.until(lambda: abs(player.now - int(stay.get_attribute("data-entered") or 0)) < 1000, "the clock is there")
    expect(stay.locator("details")).to_have_attribute("open", "")
    expect(stay).to_contain_text("ResultPath" if stay.get_attribute("data-failed") == "false" else "Error")
    state(player, "Large?").click()
    expect(player.page.locator('[data-visit][data-latest="true"]')).to_have_attribute("data-state-name", "Large?")


def test_the_chart_of_an_execution_follows_the_clock(machine: str, play: Opener):
    player = play(machine).go_to(60)
    open_first(player)
    expect(in_panel(player, "Charge card")).to_have_class("state is-task is-failed")
    taken = player.page.locator(".execution-map .wire.is-kind-3.is-taken")
    expect(taken).to_have_count(1)
    player.go_to(15)
    expect(in_panel(player, "Charge card")).to_have_class("state is-task is-new")
    expect(taken).to_have_count(0)


def test_the_list_keeps_up_with_what_runs(machine: str, play: Opener):
    player = play(machine).go_to(15)
    player.choose("orders")
    expect(player.inspector.locator(".execution-link")).to_have_count(1)
    player.pace(10).press_play()
    expect(player.inspector.locator(".execution-link")).not_to_have_count(1, timeout=12_000)


def test_there_can_be_more_room_for_an_execution(machine: str, play: Opener):
    player = play(machine).go_to(60)
    open_first(player)
    narrow = player.page.locator("#execution").bounding_box()
    button = player.page.get_by_role("button", name="More room")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    wide = player.page.locator("#execution").bounding_box()
    assert narrow is not None
    assert wide is not None
    assert wide["width"] > 1.5 * narrow["width"]
    player.page.get_by_role("link", name="All").click()
    expect(player.inspector.locator("[data-executions]")).to_be_visible()
    expect(player.page.locator("[data-play]")).to_have_attribute("data-wide", "false")


def test_one_can_look_closer_at_the_chart_and_see_everything_again(machine: str, play: Opener):
    player = play(machine).go_to(15)
    glass = player.page.locator("[data-id=orders] [data-closer]")
    before = state(player, "Cool off").bounding_box()
    glass.click()
    expect(player.stage).to_have_class("stage-host is-zoomed")
    after = state(player, "Cool off").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 1.2 * before["width"]
    glass.click()
    expect(player.stage).to_have_class("stage-host")
