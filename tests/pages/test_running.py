"""What is running: every live run with what it costs, for staff, who can stop one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from django.contrib.auth.models import User
from django.test import AsyncClient
from django.urls import reverse

from simulator.engine.clock import SECOND
from simulator.live.hub import hub
from simulator.models import Run
from simulator.pages.running import rows_of
from tests.live.audience import Page, mails, played_to

HOSTILE = "<script>alert(1)</script>"


@pytest_asyncio.fixture
async def staff(transactional_db: None) -> AsyncIterator[AsyncClient]:
    client = AsyncClient()
    await client.aforce_login(await User.objects.acreate_user("sam", is_staff=True))
    yield client
    await hub.close()


async def live(title: str = "Mails", **more: Any) -> str:
    run = await Run.objects.acreate(title=title, document=mails(), seed=1, **more)
    await hub.session(run.key)
    return run.key


async def table(client: AsyncClient, **headers: str) -> str:
    response = await client.get(reverse("running"), headers=headers)
    assert response.status_code == 200
    return str(response.content.decode())


async def test_with_nothing_running_it_says_so(staff: AsyncClient):
    page = await table(staff)
    assert "0 live runs of at most 200" in page and "Nothing is running" in page


async def test_a_run_is_told_with_whose_it_is_and_what_it_costs(staff: AsyncClient):
    ada = await User.objects.acreate_user("ada")
    key = await live(HOSTILE, owner=ada)
    await live("Of a visitor", visitor="token-nobody-may-read")
    session = hub.sessions[key]
    await played_to(session, 5 * SECOND)
    watching = [Page(session), Page(session)]

    page = await table(staff)

    assert HOSTILE not in page and "&lt;script&gt;" in page
    assert "ada" in page and "a visitor" in page and "token-nobody-may-read" not in page
    assert "2 live runs of at most 200, 2 viewers" in page
    assert reverse("run", args=[key]) in page and "00:05" in page
    assert f">{session.recording.archive.count}<" in page
    for one in watching:
        session.leave(one.follower)
        one.follower.stop()


async def test_htmx_gets_the_table_alone_and_asks_again_by_itself(staff: AsyncClient):
    key = await live()
    page, part = await table(staff), await table(staff, **{"HX-Request": "true"})
    assert 'hx-trigger="every 3s"' in page and "htmx-2.min.js" in page
    assert "<html" not in part and part.lstrip().startswith('<div id="running">') and key in part


async def test_two_hundred_runs_take_the_queries_of_one(staff: AsyncClient, django_assert_num_queries: Any):
    for number in range(200):
        await live(f"run {number}")

    with django_assert_num_queries(1):  # in this thread, whose connection it is that counts
        rows = rows_of(list(hub.sessions.values()))

    assert len(rows) == 200
    page = await table(staff)
    assert page.count("Put away</button>") == 200 and "200 live runs" in page


async def test_a_run_is_paused_by_staff_and_goes_on_for_its_owner(staff: AsyncClient):
    key = await live(visitor="somebody")
    session = hub.sessions[key]
    await session.play()

    response = await staff.post(reverse("stop", args=[key]), {"do": "pause"}, follow=True)

    assert "“Mails” is paused." in response.content.decode()
    assert key in hub.sessions and not session.playing


async def test_a_run_is_put_away_with_what_it_had_reached(staff: AsyncClient):
    key = await live(visitor="somebody")
    await played_to(hub.sessions[key], 3 * SECOND)

    response = await staff.post(reverse("stop", args=[key]), {"do": "put away"}, follow=True)

    assert "is put away" in response.content.decode()
    assert key not in hub.sessions
    assert (await Run.objects.aget(key=key)).reached == 3 * SECOND
    again = await staff.post(reverse("stop", args=[key]), {"do": "put away"}, follow=True)
    assert "not live any more" in again.content.decode()


async def test_what_is_not_done_here_is_said_and_what_is_not_there_not_found(staff: AsyncClient):
    key = await live()
    said = await staff.post(reverse("stop", args=[key]), {"do": HOSTILE}, follow=True)
    assert "is not something done to a run here" in said.content.decode() and HOSTILE not in said.content.decode()
    assert (await staff.post(reverse("stop", args=["absent"]), {"do": "pause"})).status_code == 404
    assert (await staff.get(reverse("stop", args=[key]))).status_code == 405


@pytest.mark.parametrize("role", ["stranger", "author"])
async def test_others_neither_see_what_runs_nor_stop_it(transactional_db: None, role: str):
    client = AsyncClient()
    if role == "author":
        await client.aforce_login(await User.objects.acreate_user("ada"))
    key = await live(visitor="somebody")
    await hub.sessions[key].play()

    seen = await client.get(reverse("running"))
    stopped = await client.post(reverse("stop", args=[key]), {"do": "put away"})

    assert seen.status_code == (302 if role == "stranger" else 403) and stopped.status_code == 403
    assert hub.sessions[key].playing
    await hub.close()
