"""The keeper: nothing is shown that is not stored, and a store that can't take it stops nobody."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError

from simulator.engine.clock import SECOND, Micros
from simulator.engine.journal import Intervention
from simulator.live import keeper, protocol, recording
from simulator.live.keeper import RunGone, Standing
from simulator.live.pacing import Pace
from tests.live.audience import FAST, Page, Store, a_session, mails, played_to

HELLO = ("emails", "SendMessage", {"MessageBody": "hello"})


class Busy(Store):
    """A database that is locked as long as `locked` is true."""

    def __init__(self) -> None:
        super().__init__()
        self.locked = True
        self.asked = 0

    async def promise(self, key: str, reached: Micros) -> None:
        self._refuse()
        await super().promise(key, reached)

    async def save(self, key: str, standing: Standing) -> None:
        self._refuse()
        await super().save(key, standing)

    def _refuse(self) -> None:
        self.asked += 1
        if self.locked:
            raise OperationalError("database is locked")


class Stuck(Store):
    """A database that answers nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.free = asyncio.Event()

    async def promise(self, key: str, reached: Micros) -> None:
        await self.free.wait()
        await super().promise(key, reached)

    async def save(self, key: str, standing: Standing) -> None:
        await self.free.wait()
        await super().save(key, standing)


@pytest.mark.parametrize("pace", [FAST, Pace("steady", 1.0), Pace("follow")])
async def test_no_frame_shows_a_moment_later_than_what_is_stored(pace: Pace):
    store = Store()
    session = a_session(mails(per_second=0.1, length="30d"), store=store)
    later: list[tuple[Micros, Micros]] = []
    page = Page(session)
    offer = page.follower.offer

    def looked_at(number: int, frame: Any) -> None:
        if session.run.now > store.reached:
            later.append((session.run.now, store.reached))
        offer(number, frame)

    page.follower.offer = looked_at  # type: ignore[method-assign]
    await session.set_pace(pace)
    await session.play()
    await page.frame(after=session.number + 15)
    await session.pause()
    await page.stopped()

    assert later == []
    assert store.promises
    assert store.reached == session.run.now


async def test_a_slow_run_is_not_stored_with_every_frame():
    store = Store()
    session = a_session(store=store)
    page = Page(session)
    await session.play()
    await page.frame(after=session.number + 12)
    await session.pause()

    assert len(store.promises) <= 4


async def test_what_somebody_does_is_stored_before_anybody_sees_it():
    store = Store()
    session = a_session(store=store)
    page = Page(session)
    seen: list[int] = []
    offer = page.follower.offer

    def looked_at(number: int, frame: Any) -> None:
        if "SendMessage" in frame["text"]:
            seen.append(len(store.lines))
        offer(number, frame)

    page.follower.offer = looked_at  # type: ignore[method-assign]
    await session.play()
    await page.frame(after=session.number + 3)
    await session.intervene(*HELLO)
    await page.frame(after=session.number)

    assert seen == [1]


async def test_a_store_that_can_not_take_it_stops_nobody_and_everyone_is_told_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeper, "AGAIN_AFTER", 0.05)
    store = Busy()
    session = a_session(store=store)
    page = Page(session)
    await session.play()
    await page.frame(after=session.number + 3)
    await session.intervene(*HELLO)
    await page.frame(after=session.number + 5)
    late = Page(session)
    await late.until(lambda: late.of("error"))

    store.locked = False
    await page.until(lambda: len(page.of("error")) > 1)
    await session.pause()

    assert [one["code"] for one in page.of("error")] == ["NotStored", "StoredAgain"]
    assert late.of("error")[0]["code"] == "NotStored"
    assert store.lines == [line.as_list() for line in session.run.journal]
    assert store.reached == session.run.now
    assert store.asked < 60


async def test_what_could_not_be_stored_of_a_run_that_stands_still_is_stored_by_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("simulator.live.session.AGAIN_AFTER", 0.05)
    store = Busy()
    session = a_session(store=store)
    page = Page(session)
    await session.intervene(*HELLO)

    store.locked = False
    await page.until(lambda: len(page.of("error")) > 1)

    assert len(store.lines) == 1


async def test_a_store_that_is_stuck_holds_a_run_up_only_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeper, "PATIENCE", 0.1)
    store = Stuck()
    session = a_session(store=store)
    page = Page(session)
    await session.play()
    await page.frame(after=session.number + 10)

    assert [one["code"] for one in page.of("error")] == ["NotStored"]
    store.free.set()
    await session.pause()
    await page.until(lambda: len(page.of("error")) > 1)
    assert store.reached == session.run.now


async def test_a_run_that_is_removed_while_it_is_played_ends_for_everyone_with_the_reason():
    class Removed(Store):
        async def promise(self, key: str, reached: Micros) -> None:
            raise RunGone

    session = a_session(store=Removed())
    one, two = Page(session), Page(session)
    await session.play()
    await one.until(lambda: one.closed)
    await two.until(lambda: two.closed)

    assert (one.closed, two.closed) == (protocol.NO_SUCH_RUN, protocol.NO_SUCH_RUN)
    assert "removed" in one.messages[-1]["message"]
    assert (session.gone, session.playing) == (True, False)


async def test_a_replay_that_tells_another_story_says_from_when_on_and_to_everyone(caplog: pytest.LogCaptureFixture):
    before = Store()
    session = a_session(mails(service=0.5), store=before)
    await played_to(session, 60 * SECOND)
    await session.save()

    store = Store()
    changed = a_session(mails(service=0.5, faults=[{"at": "30s", "fault": "crash", "node": "mailer"}]), store=store)
    changed.recording.digest.expect(before.digest)
    page = Page(changed)
    changed.recover(before.reached)
    await page.until(lambda: page.of("error"))
    await page.stopped()
    late = Page(changed)
    await late.until(lambda: late.of("error"))
    await changed.seek(65 * SECOND)
    await page.until(lambda: page.last["to"] == 65 * SECOND)
    await page.stopped()

    told = page.of("error")
    assert [one["code"] for one in told] == ["PlayedDifferently"]
    assert late.of("error")[0] == told[0]
    assert store.differs_from is not None
    assert 10 * SECOND < store.differs_from <= 30 * SECOND
    assert "played differently before" in caplog.text


async def test_a_replay_that_is_the_same_says_nothing():
    before = Store()
    session = a_session(store=before)
    await played_to(session, 60 * SECOND)
    await session.intervene(*HELLO)

    again = a_session(journal=[Intervention(*line) for line in before.lines])
    again.recording.digest.expect(before.digest)
    page = Page(again)
    again.recover(before.reached)
    await page.until(lambda: page.is_still and page.last["to"] == before.reached)

    assert page.of("error") == []
    assert again.recording.digest.marks() == session.recording.digest.marks()


async def test_a_state_is_stored_when_it_is_worth_it_and_not_again_and_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recording, "RECORDS_BETWEEN", 100)
    monkeypatch.setattr(keeper, "WORTH_KEEPING", 1000)
    store = Store()
    session = a_session(mails(per_second=40), store=store)
    await played_to(session, 60 * SECOND)
    await session.close()

    assert 1 <= len(store.pasts) <= 2
    assert store.pasts[-1].archive.count == store.pasts[-1].checkpoints[-1].count
