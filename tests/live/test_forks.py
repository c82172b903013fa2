"""Forks and recovery: the same past in another session, and another future."""

import pytest

from simulator.engine.clock import SECOND
from simulator.engine.journal import Intervention
from simulator.live.pacing import Pace
from simulator.live.session import InThePast
from tests.live.audience import Page, Store, a_session, mails, played_to, run_of, views

HELLO = ("emails", "SendMessage", {"MessageBody": "hello"})


async def test_a_fork_shares_the_past_and_then_goes_its_own_way():
    session = a_session(mails(per_second=40))
    await played_to(session, 20 * SECOND)
    await session.intervene(*HELLO)
    await played_to(session, 30 * SECOND)

    fork = await session.forked(25 * SECOND)
    assert (fork.run.now, fork.furthest, fork.run.journal) == (25 * SECOND, 25 * SECOND, session.run.journal)
    await fork.intervene("emails", "PurgeQueue", {})
    await played_to(fork, 40 * SECOND)
    await played_to(session, 40 * SECOND)

    assert len(session.run.journal) == 1
    assert views(fork.run) != views(session.run)
    assert fork.recording.archive.since(0)[:500] == session.recording.archive.since(0)[:500]


async def test_a_fork_that_nobody_changes_is_the_same_run():
    session = a_session(mails(per_second=40))
    await played_to(session, 30 * SECOND)

    fork = await session.forked(11 * SECOND)
    await played_to(fork, 30 * SECOND)

    assert fork.recording.archive.since(0) == session.recording.archive.since(0)
    assert fork.recording.metrics.series() == session.recording.metrics.series()
    assert fork.recording.marks.rows() == session.recording.marks.rows()


@pytest.mark.parametrize("at", [0, 30 * SECOND])
async def test_a_run_can_be_forked_at_its_beginning_and_where_it_stands(at):
    session = a_session()
    await played_to(session, 30 * SECOND)

    fork = await session.forked(at)
    await fork.intervene(*HELLO)

    assert (fork.run.now, len(fork.run.journal), len(session.run.journal)) == (at, 1, 0)


async def test_a_fork_of_a_fork_knows_the_whole_past():
    session = a_session(mails(per_second=40))
    await played_to(session, 10 * SECOND)
    await session.intervene(*HELLO)
    child = await session.forked(10 * SECOND)
    await played_to(child, 20 * SECOND)
    await child.intervene(*HELLO)

    grandchild = await child.forked(15 * SECOND)
    await grandchild.intervene("emails", "SendMessage", {"MessageBody": "its own"})
    await grandchild.seek(5 * SECOND)
    await played_to(grandchild, 30 * SECOND)

    assert [line.time for line in grandchild.run.journal] == [10 * SECOND, 15 * SECOND]
    alone = run_of(mails(per_second=40), grandchild.run.journal)
    alone.advance(30 * SECOND)
    assert views(grandchild.run) == views(alone)


async def test_a_fork_can_be_made_while_its_parent_plays_and_does_not_disturb_it():
    session = a_session(mails(per_second=40))
    page = Page(session)
    await session.set_pace(Pace("steady", 5.0))
    await session.play()
    await page.until(lambda: session.run.now > SECOND)
    before = page.last["n"]

    fork = await session.forked(SECOND // 2)
    await page.frame(after=before + 2)

    assert fork.run.now == SECOND // 2
    assert not any(frame["key"] for frame in page.frames[1:])


async def test_the_first_frame_of_a_fork_holds_the_hops_that_are_in_motion():
    session = a_session(mails(per_second=200))
    page = Page(session)
    await played_to(session, 5 * SECOND)
    while not session._scene().run.links[0].moving_until > session.run.now + 2000:
        await session.step()
    await session.seek(session.run.now)
    await page.frame(after=session.number)
    there = await page.stopped()

    fork = await session.forked(session.run.now)
    other = Page(fork)
    await other.until(lambda: other.frames)

    assert there["hops"] is not None
    assert sorted(_wide(other.last["hops"])) == sorted(_wide(there["hops"]))


async def test_a_run_comes_back_from_its_store_with_all_that_was_done_to_it():
    store = Store()
    session = a_session(store=store)
    await played_to(session, 10 * SECOND)
    await session.intervene(*HELLO)
    await played_to(session, 20 * SECOND)
    await session.intervene("mailer", "crash", {"seconds": 5})
    await played_to(session, 30 * SECOND)
    await session.save()

    again = a_session(journal=[Intervention(*line) for line in store.lines])
    page = Page(again)
    again.recover(store.reached)
    await page.until(lambda: page.last["to"] == 30 * SECOND)

    assert views(again.run) == views(session.run)
    assert again.recording.archive.since(0) == session.recording.archive.since(0)
    assert (again.playing, again.mode) == (False, "paused")


async def test_stopping_a_recovery_forgets_nothing_of_what_is_stored():
    store = Store()
    again = a_session(mails(per_second=300), [Intervention(500 * SECOND, *HELLO)], store)
    page = Page(again)
    again.recover(600 * SECOND)
    await page.until(lambda: page.last["to"] > SECOND)

    await again.pause()

    with pytest.raises(InThePast):
        await again.intervene(*HELLO)
    await again.seek(0)
    await again.save()
    assert store.times == 0 or (store.reached, len(store.lines)) == (600 * SECOND, 1)


async def test_a_recovery_that_nobody_watched_to_its_end_goes_on_when_somebody_comes():
    again = a_session()
    again.recover(30 * SECOND)
    await again.pause()

    page = Page(again)
    await page.until(lambda: page.last["to"] == 30 * SECOND)

    assert not again.playing


def _wide(columns):
    count = len(columns["serial"])
    return list(
        zip(*[value if isinstance(value, list) else [value] * count for value in columns.values()], strict=True)
    )
