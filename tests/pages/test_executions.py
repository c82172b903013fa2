"""Executions in the inspector: the list, and one with its states, its data and its history, all without JavaScript."""

import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.urls import reverse

from simulator.engine.clock import SECOND
from simulator.engine.details import Happened, Visit
from simulator.live.hub import hub
from simulator.models import Scenario
from simulator.pages.executions import MOST_SHOWN, _visit_of

pytestmark = pytest.mark.django_db(transaction=True)

DEFINITION = {
    "StartAt": "Price",
    "States": {
        "Price": {"Type": "Pass", "Result": {"total": 12}, "ResultPath": "$.price", "Next": "Cool off"},
        "Cool off": {"Type": "Wait", "Seconds": 5, "OutputPath": "$.price", "Next": "Enough?"},
        "Enough?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Done"}],
            "Default": "Refuse",
        },
        "Done": {"Type": "Succeed"},
        "Refuse": {"Type": "Fail", "Error": "TooLittle", "Cause": "only <12>"},
    },
}
DOCUMENT = {
    "format": 1,
    "title": "Orders",
    "seed": 7,
    "length": "5m",
    "nodes": [
        {"id": "shop", "pattern": "producer", "settings": {"arrivals": {"regular": {"per_second": 1}}}},
        {"id": "orders", "pattern": "state_machine", "settings": {"definition": DEFINITION}},
    ],
    "links": [{"from": "shop", "to": "orders"}],
}


@pytest.fixture
async def opened() -> Any:
    """A visitor, and the address of the machine's panel ten seconds into the run."""
    await Scenario.objects.acreate(slug="orders", document=DOCUMENT, status="published")
    client = AsyncClient()
    response = await client.get(reverse("play", args=["orders"]))
    key = response["Location"].rstrip("/").rpartition("/")[2]
    await go_to(client, key, "10s")
    session = await hub.session(key)
    yield client, session, reverse("inspect", args=[key, "orders"])
    for one in list(hub.sessions.values()):
        await one.close()
    hub.sessions.clear()


async def go_to(client: AsyncClient, key: str, moment: str) -> None:
    await client.post(reverse("control", args=[key]), {"do": "seek", "to": moment})


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


async def test_the_panel_lists_executions_the_newest_first(opened: Any):
    client, _, address = opened
    page = text_of(await client.get(address))
    titles = re.findall(r"</span><b>(m-\d+)</b>", page)
    assert titles == sorted(titles, key=lambda title: -int(title[2:]))
    assert "running<" in page
    assert "· Cool off" in page
    assert "failed<" in page
    assert "· TooLittle" in page


async def test_one_shows_what_each_state_did_to_the_data(opened: Any):
    client, _, address = opened
    page = text_of(await client.get(address, {"tab": "executions", "look": "m-2"}))
    assert re.findall(r'data-state-name="([^"]+)"', page) == ["Price", "Cool off", "Enough?", "Refuse"]
    price = page[page.index('data-state-name="Price"') : page.index('data-state-name="Cool off"')]
    assert re.findall("<dt>([^<]+)</dt>", price) == ["Input", "Result", "ResultPath", "Output"]
    assert "&quot;price&quot;: { &quot;total&quot;: 12 }" in price
    assert '<div class="unchanged"><dt>Output</dt><dd><span class="soft">as before</span>' in price


async def test_its_history_has_the_names_of_the_service(opened: Any):
    client, _, address = opened
    page = text_of(await client.get(address, {"tab": "executions", "look": "m-2"}))
    events = re.findall(r"<summary>(\w+)(?: <small>|</summary>)", page)
    assert events[:2] == ["ExecutionStarted", "PassStateEntered"]
    assert events[-1] == "ExecutionFailed"
    visits = re.findall(r'data-of-visit="(-?\d+)"', page)
    assert visits == ["-1", "0", "0", "1", "1", "2", "2", "3", "-1"]


async def test_a_message_names_its_execution(opened: Any):
    client, session, address = opened
    newest = session.run.find("orders").view()["tokens"][0][0]
    page = text_of(await client.get(address, {"tab": "executions", "message": str(newest)}))
    assert f'data-of-message="{newest}"' in page
    assert 'data-status="RUNNING"' in page
    assert "data-ended" not in page


async def test_one_that_is_not_known_is_said_to_be_so(opened: Any):
    client, _, address = opened
    for asked in ({"look": "m-9999"}, {"look": "<script>"}, {"message": "99999999"}):
        response = await client.get(address, {"tab": "executions", **asked})
        assert response.status_code == 200
        assert "not known here at this moment" in text_of(response)
    assert "not known" not in text_of(await client.get(address, {"message": "²"}))


async def test_what_data_says_is_never_markup(opened: Any):
    client, _, address = opened
    page = text_of(await client.get(address, {"tab": "executions", "look": "m-2"}))
    assert "only &lt;12&gt;" in page
    assert "only <12>" not in page


async def test_the_list_is_bounded_and_says_so(opened: Any):
    client, session, address = opened
    await go_to(client, address.split("/")[2], "100s")
    assert session.run.now == 100 * SECOND
    page = text_of(await client.get(address))
    assert page.count("execution-link") == MOST_SHOWN
    assert re.search(r"\d+ earlier ones are not listed", page)


async def test_a_fragment_is_the_panel_alone(opened: Any):
    client, _, address = opened
    part = await client.get(address, {"tab": "executions", "look": "m-2"}, headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    assert 'id="execution"' in text_of(part)


async def test_a_pattern_without_details_has_no_such_tab(opened: Any):
    client, _, address = opened
    page = text_of(await client.get(address.replace("/orders/", "/shop/"), {"tab": "executions"}))
    assert "Executions" not in page
    assert await sync_to_async(Scenario.objects.count)() == 1


def test_an_event_belongs_to_the_last_stay_in_its_state_that_was_not_over():
    stays = tuple(
        Visit(name, "Task", entered, exited, False, ())
        for name, entered, exited in (("a", 0, 5), ("b", 5, 9), ("a", 9, None))
    )
    found = [
        _visit_of(Happened(1, 0, time, "TaskStateEntered", state, ""), stays)
        for time, state in ((5, "a"), (5, "b"), (12, "a"), (12, "b"), (1, ""))
    ]
    assert found == [0, 1, 2, -1, -1]
