"""Who watches: pages that come back, pages that fell behind, and pages that have gone without a word."""

import asyncio

from simulator.live import protocol
from simulator.live import session as sessions
from tests.live.audience import Page, a_session


async def test_a_page_that_comes_back_and_has_missed_nothing_is_sent_nothing():
    session = a_session()
    page = Page(session)
    await page.until(lambda: page.frames)
    known = len(page.frames)

    session.resume(page.follower, page.last["n"])
    await session.set_story(False)
    await page.frame(after=session.number)

    assert [frame["key"] for frame in page.frames[known:]] == [False]


async def test_a_page_that_lost_a_frame_starts_again_from_a_key_frame():
    session = a_session()
    page = Page(session)
    for _ in range(4):
        await session.set_story(True)
    await page.frame(after=session.number)

    session.resume(page.follower, page.last["n"] - 2)
    await page.until(lambda: page.last["key"])

    assert page.last["n"] == session.number


async def test_a_page_that_reconnects_is_sent_one_key_frame_not_two():
    session = a_session()
    await session.set_story(True)
    page = Page(session)
    session.resume(page.follower, 0)
    await page.until(lambda: page.frames)
    await session.set_story(True)
    await page.frame(after=session.number)

    assert [frame["key"] for frame in page.frames] == [True, False]


async def test_a_viewer_that_acknowledges_nothing_is_let_go_and_the_others_stay(monkeypatch):
    monkeypatch.setattr(sessions, "SILENT_AFTER", 0.4)
    session = a_session()
    page, sleeper = Page(session), Page(session, asleep=True)
    await session.play()

    await page.until(lambda: sleeper.closed)
    number = session.number
    await page.frame(after=number + 2)

    assert sleeper.closed == protocol.TOO_SLOW
    assert sleeper.messages[-1]["type"] == "closing"
    assert session.followers == [page.follower]


async def test_a_paused_run_that_has_said_nothing_new_lets_nobody_go(monkeypatch):
    monkeypatch.setattr(sessions, "SILENT_AFTER", 0.05)
    monkeypatch.setattr(sessions, "LOOK_EVERY", 0.02)
    session = a_session()
    page, sleeper = Page(session), Page(session, asleep=True)

    async with asyncio.timeout(5):
        while sleeper.closed is None:
            await asyncio.sleep(0.01)

    assert page.closed is None
    assert session.followers == [page.follower]
