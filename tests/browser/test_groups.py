"""A FIFO queue on the page: groups that hold each other up are seen, named, and explained."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from simulator.models import Scenario
from tests.browser.conftest import Opener

HELD = 1
# Every order of ann's is poison: her group is held, comes back, and holds up what is behind it.
ORDERS: dict[str, Any] = {
    "format": 1,
    "title": "Orders in order",
    "seed": 7,
    "length": "5m",
    "nodes": [
        {
            "id": "shop",
            "pattern": "producer",
            "settings": {
                "arrivals": {"regular": {"per_second": 1}},
                "body": {
                    "type": "order",
                    "number": {"sequence": {}},
                    "customer": {"one_of": ["ann", "bob", "customer-12"]},
                },
                "group": "customer",
            },
            "at": [0, 0],
        },
        {
            "id": "orders",
            "pattern": "queue",
            "settings": {"FifoQueue": True, "ContentBasedDeduplication": True, "VisibilityTimeout": 30},
            "at": [1, 0],
        },
        {
            "id": "biller",
            "pattern": "worker",
            "settings": {
                "kind": "function",
                "concurrency": 2,
                "service": {"constant": 0.5},
                "poison": "body.customer = 'ann'",
            },
            "at": [2, 0],
        },
    ],
    "links": [
        {"from": "shop", "to": "orders"},
        {"from": "orders", "to": "biller", "kind": "mapping", "settings": {"BatchSize": 1, "MaximumConcurrency": 2}},
    ],
}


@pytest.fixture
def orders(house: str) -> str:
    Scenario.objects.create(slug="orders", title="Orders in order", document=ORDERS, status=Scenario.Status.PUBLISHED)
    return "orders"


def test_a_held_group_waits_behind_its_lock(orders: str, play: Opener):
    """Source: SQS Developer Guide, "FIFO queue delivery logic"."""
    player = play(orders).go_to(25)
    view = player.view("orders")
    assert [name for name, *_, state in view["groups"] if state & HELD] == ["ann"]
    lanes = player.page.locator("[data-id=orders] .lane[visibility=visible]")
    expect(lanes.filter(has_text="ann")).to_have_class("lane is-held")
    expect(player.page.locator("[data-id=orders] .tube")).to_have_class("tube card is-fifo")
    expect(player.page.locator(".stage-legend")).to_contain_text("its group is held")
    player.choose("orders").tab("Messages")
    expect(player.inspector.locator("[data-live-table=groups] tbody tr").filter(has_text="ann")).to_contain_text("held")
    waiting = player.inspector.locator("[data-message]")
    expect(waiting.filter(has_text="group ann is held")).to_have_count(1)
    expect(waiting.filter(has_text="of group ann").first).to_contain_text("behind m-")


def test_the_words_for_the_stage_name_groups_and_pollers(orders: str, play: Opener):
    player = play(orders).go_to(25)
    player.page.get_by_role("button", name="Text view").click()
    table = player.page.locator("[data-text-rows]")
    expect(table.locator("tr").filter(has_text="orders").first).to_contain_text(
        re.compile(r"message groups?: ann \d+ waiting, 1 in flight, (held|blocked)")
    )
    expect(table.locator("tr").filter(has_text="biller").last).to_contain_text("of at most 2 invocations running")


def test_a_send_that_the_queue_refuses_is_answered_in_the_words_of_the_service(orders: str, play: Opener):
    """Source: SQS API Reference, SendMessage, MessageGroupId."""
    player = play(orders).go_to(25).choose("orders").tab("Operations")
    player.operate("Send a message", {"Message body": '{"type": "order"}'}, answered=False)
    expect(player.inspector.locator(".notice").first).to_contain_text("MissingParameter")
