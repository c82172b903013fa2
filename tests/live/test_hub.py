"""The hub: each run once in this process, put away when nobody needs it, and back with all it was."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from simulator import limits
from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused
from simulator.live import hub as hubs
from simulator.live import protocol
from simulator.live.hub import Hub, NoRoom, NoSuchRun
from simulator.models import Run
from tests.live.audience import Page, mails, played_to, views

pytestmark = pytest.mark.django_db(transaction=True)

HELLO = ("emails", "SendMessage", {"MessageBody": "hello"})


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    one = Hub()
    yield one
    await one.close()


async def stored(**more: Any) -> str:
    given = {"title": "a story", "document": mails(), "seed": 1, "visitor": "somebody"}
    return (await Run.objects.acreate(**given | more)).key


async def test_a_run_is_opened_once_however_many_ask_at_the_same_moment(hub: Hub):
    key = await stored()

    sessions = await asyncio.gather(*(hub.session(key) for _ in range(5)))

    assert all(session is sessions[0] for session in sessions)
    assert len(hub.sessions) == 1


async def test_a_run_that_is_not_there_is_said_to_be_so_to_everyone_who_asks(hub: Hub):
    answers = await asyncio.gather(*(hub.session("nothing") for _ in range(3)), return_exceptions=True)

    assert all(isinstance(answer, NoSuchRun) for answer in answers)
    assert hub.sessions == {}


async def test_a_document_of_another_version_can_not_be_played_and_says_why(hub: Hub):
    key = await stored(document={"format": 99, "title": "later"})

    with pytest.raises(NoSuchRun, match="another version"):
        await hub.session(key)


async def test_a_session_that_was_put_away_comes_back_with_its_journal_and_its_moment(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    key = await stored()
    session = await hub.session(key)
    await played_to(session, 5 * SECOND)
    await session.intervene(*HELLO)
    await played_to(session, 8 * SECOND)
    then = views(session.run)

    monkeypatch.setattr(hubs, "PUT_AWAY_AFTER", 0.0)
    await hub.put_away()
    assert hub.sessions == {}
    monkeypatch.undo()
    again = await hub.session(key)
    page = Page(again)
    await page.until(lambda: page.last["to"] == 8 * SECOND)

    assert again is not session
    assert views(again.run) == then


async def test_a_session_that_somebody_watches_is_not_put_away(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hubs, "PUT_AWAY_AFTER", 0.0)
    watched, other = await stored(), await stored()
    Page(await hub.session(watched))
    await hub.session(other)

    await hub.put_away()

    assert list(hub.sessions) == [watched]


async def test_sessions_are_put_away_by_themselves_and_then_nothing_is_left_running(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hubs, "PUT_AWAY_AFTER", 0.0)
    monkeypatch.setattr(hubs, "TIDY_EVERY", 0.01)
    await hub.session(await stored())
    tidier = hub._tidier
    assert tidier is not None

    async with asyncio.timeout(10):
        await tidier

    assert hub.sessions == {}


async def test_whoever_opens_a_run_while_it_is_put_away_gets_what_was_stored(hub: Hub):
    key = await stored()
    session = await hub.session(key)
    await played_to(session, 5 * SECOND)
    await session.intervene(*HELLO)
    await played_to(session, 9 * SECOND)

    closing = asyncio.ensure_future(hub.close())
    while key in hub.sessions:
        await asyncio.sleep(0)
    again = await hub.session(key)
    await closing

    assert again is not session
    assert (again._keeper.promised, len(again.run.known_journal)) == (9 * SECOND, 1)


async def test_when_all_places_are_taken_the_one_unwatched_for_longest_goes(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    await sync_to_async(limits.change)(None, live_runs=2)
    monkeypatch.setattr(hubs, "JUST_OPENED", 0.0)
    first, second, third = [await stored() for _ in range(3)]
    await hub.session(first)
    await hub.session(second)
    (await hub.session(first)).touch()

    await hub.session(third)

    assert set(hub.sessions) == {first, third}


async def test_when_all_runs_are_watched_no_more_are_opened(hub: Hub):
    await sync_to_async(limits.change)(None, live_runs=1)
    Page(await hub.session(await stored()))

    with pytest.raises(NoRoom, match="administrator can change this limit"):
        await hub.session(await stored())


async def test_a_fork_is_stored_with_where_it_came_from_and_is_alive(hub: Hub):
    key = await stored()
    session = await hub.session(key)
    await played_to(session, 5 * SECOND)
    await session.intervene(*HELLO)
    await played_to(session, 9 * SECOND)

    fork = await hub.fork(key, 7 * SECOND, None, "somebody else")

    row = await Run.objects.aget(key=fork.key)
    assert (row.parent_id, row.forked_at, row.reached, row.visitor) == (key, 7 * SECOND, 7 * SECOND, "somebody else")
    assert row.journal == [line.as_list() for line in session.run.journal]
    assert hub.sessions[fork.key].run.now == 7 * SECOND


async def test_a_moment_that_was_never_reached_can_not_be_forked(hub: Hub):
    key = await stored()

    with pytest.raises(Refused, match="not been reached"):
        await hub.fork(key, SECOND, None, "")

    assert await Run.objects.acount() == 1


async def test_a_run_is_put_away_although_somebody_watches_and_their_page_is_told(hub: Hub):
    key = await stored()
    session = await hub.session(key)
    page = Page(session)
    await played_to(session, 2 * SECOND)
    await session.play()

    assert await hub.dismiss(key)

    assert key not in hub.sessions and not session.playing
    await page.until(lambda: page.closed is not None)
    assert page.closed == protocol.PUT_AWAY
    assert (await Run.objects.aget(key=key)).reached >= 2 * SECOND
    assert not await hub.dismiss(key)
