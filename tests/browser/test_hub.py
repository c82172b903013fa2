"""A topic on the page: a message parts into its copies at the hub's rim, and what is filtered out falls on a heap."""

import re
from math import hypot
from typing import Any

import pytest
from playwright.sync_api import expect

from simulator.models import Scenario
from tests.browser.conftest import Opener
from tests.browser.player import Player

CHAT: dict[str, Any] = {
    "format": 1,
    "title": "A message for three",
    "seed": 7,
    "length": "5m",
    "nodes": [
        {
            "id": "ann",
            "pattern": "producer",
            "settings": {
                "arrivals": {"regular": {"per_second": 0.1}},
                "body": {"type": "chat", "room": {"one_of": ["kitchen", "garden"]}},
            },
            "at": [0, 1],
        },
        {"id": "chat", "pattern": "topic", "at": [1, 1]},
        {"id": "archive", "pattern": "queue", "at": [2, 0]},
        {"id": "kitchen", "pattern": "queue", "at": [2, 1]},
        {"id": "hook", "pattern": "endpoint", "settings": {"kind": "http"}, "at": [2, 2]},
        {"id": "dead", "pattern": "queue", "at": [1, 2]},
    ],
    "links": [
        {"from": "ann", "to": "chat", "settings": {"latency": 0.02}},
        {"from": "chat", "to": "archive", "settings": {"latency": 0.02}},
        {
            "from": "chat",
            "to": "kitchen",
            "settings": {
                "latency": 0.02,
                "FilterPolicy": {"room": ["kitchen"]},
                "FilterPolicyScope": "MessageBody",
            },
        },
        {
            "from": "chat",
            "to": "hook",
            "settings": {"latency": 0.02, "RedrivePolicy": {"deadLetterTargetArn": "dead"}},
        },
        {"from": "chat", "to": "dead", "kind": "dead-letter"},
    ],
    "faults": [{"at": "40s", "fault": "down", "node": "hook", "for": "200s"}],
}

# The copies that lie on a hub's heap, and where the hub is: map coordinates.
HEAP = """(id) => {
  const { stage } = window.waystation;
  const box = stage.plan.boxes[stage.hello.nodes.findIndex((node) => node.id === id)];
  const heap = stage.messages.resting.filter((glyph) => glyph.place === "heap");
  return { hub: { x: box.x, y: box.y, radius: box.shape.radius }, heap: heap.map(({ id, x, y }) => ({ id, x, y })) };
}"""


@pytest.fixture
def chat(house: str) -> str:
    Scenario.objects.create(slug="chat", title="Chat", document=CHAT, status=Scenario.Status.PUBLISHED)
    return "chat"


def copies(player: Player) -> list[dict[str, Any]]:
    """What travels right of the middle of the hub."""
    drawn = player.picture()["drawn"]
    hub = player.page.locator("[data-id=chat] .hub").bounding_box()
    stage = player.stage.bounding_box()
    assert hub and stage
    middle = {"x": hub["x"] + hub["width"] / 2 - stage["x"], "y": hub["y"] + hub["height"] / 2 - stage["y"]}
    return [
        {**hop, "away": hypot(hop["x"] - middle["x"], hop["y"] - middle["y"]) / (hub["width"] / 2)}
        for hop in drawn["hops"]
        if hop["x"] > middle["x"]
    ]


def step_until_it_parts(player: Player) -> list[dict[str, Any]]:
    for _ in range(60):
        found = copies(player)
        if len(found) > 1:
            return found
        player.button("To the next event").click()
        player.stands()
    raise AssertionError("no message parted")


def test_copies_part_at_the_rim_each_on_its_side(chat: str, play: Opener):
    player = play(chat).go_to(5)
    found = step_until_it_parts(player)
    assert len({hop["id"] for hop in found}) == len(found), "each copy is a message of its own"
    assert all(0.9 < hop["away"] < 1.35 for hop in found), found
    assert max(hop["y"] for hop in found) - min(hop["y"] for hop in found) > 15
    expect(player.page.locator("[data-id=chat] .tab")).to_have_count(3)
    expect(player.page.locator("[data-id=chat] .funnel[visibility=visible]")).to_have_count(1)


def test_what_is_filtered_out_lies_on_a_heap_that_can_be_opened(chat: str, play: Opener):
    player = play(chat).go_to(100)
    kitchen = player.view("chat")["subscriptions"][1]
    assert kitchen[4] > 0, "some of what was said in the garden was not for the kitchen"
    picture = player.page.evaluate(HEAP, "chat")
    assert len(picture["heap"]) == min(8, kitchen[4])
    for glyph in picture["heap"]:
        assert glyph["y"] > picture["hub"]["y"] + picture["hub"]["radius"]
    expect(player.page.locator(".stage-legend")).to_contain_text("filtered out")
    expect(player.page.locator("[data-id=chat]")).to_contain_text(f"{kitchen[4]} filtered out")
    player.choose("chat")
    row = player.inspector.locator("[data-live-table=subscriptions] tbody tr").filter(has_text="kitchen")
    expect(row).to_contain_text(re.compile(r'\$\.room is "garden"'))
    expect(player.inspector.locator("[data-message]").first).to_contain_text("not for kitchen")
    expect(player.inspector.locator("[data-live-sentence=pushes]")).to_contain_text("no publisher knows them")


def test_a_receiver_that_is_down_has_a_ring_that_drains_until_the_next_try(chat: str, play: Opener):
    player = play(chat).go_to(100)
    tab = player.page.locator("[data-id=chat] .tab.is-retrying")
    expect(tab).to_have_count(1)
    expect(tab).to_contain_text(re.compile(r"retry \d+/\d+ in \d+"))
    expect(tab.locator(".countdown")).to_have_attribute("d", re.compile("^M0"))
    hook = player.page.locator("[data-id=hook] .picture")
    expect(hook).to_have_class(re.compile("is-down"))
    expect(hook).to_contain_text("✕ down")


def test_the_bench_of_a_topic_begins_with_its_policies(chat: str, play: Opener):
    player = play(chat).go_to(25).choose("chat").tab("Bench")
    expect(player.inspector.get_by_label("Kind of rule")).to_have_value("body")
    expect(player.inspector.get_by_role("textbox", name="Rule")).to_have_value(re.compile("kitchen"))
    expect(player.inspector.get_by_role("textbox", name="Event attributes")).to_have_value(re.compile("room"))
    expect(player.inspector.locator("#bench-verdict tr")).not_to_have_count(0)
