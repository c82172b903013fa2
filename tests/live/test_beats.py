"""The story of a run that is played: where its cards stop it, and when they are shown again."""

from simulator.engine.clock import SECOND
from simulator.live import playhead
from simulator.live.session import Session
from tests.live.audience import FAST, Page, a_session, beat, beat_at, mails, played_to, run_of


def times(session: Session, kind: str) -> list[int]:
    """When records of a kind are written in the first seconds of the same run, played by nobody."""
    whole = run_of(session.scenario.document.model_dump(by_alias=True, exclude_unset=True))
    whole.advance(20 * SECOND)
    return [record[0] for record in whole.trace.take() if record[1] == kind]


async def test_a_beat_stops_the_run_at_its_record_however_fast_it_is_played():
    session = a_session(mails(story=[beat("received", 5)]))
    page = Page(session)
    await session.set_pace(FAST)
    await session.play()
    await page.until(lambda: page.last.get("beat"))
    stopped = await page.stopped()

    assert stopped["to"] == session.run.now == times(session, "received")[4]
    assert (stopped["beat"]["title"], stopped["mode"]) == ("received 5", "paused")


async def test_a_beat_at_a_time_stops_the_run_at_that_time():
    session = a_session(mails(story=[beat_at("3s")]))
    page = Page(session)
    await session.set_pace(FAST)
    await session.play()
    await page.until(lambda: page.last.get("beat"))

    assert (await page.stopped())["to"] == 3 * SECOND


async def test_playing_on_takes_the_card_away_and_goes_to_the_next():
    session = a_session(mails(story=[beat("received"), beat("deleted")]))
    page = Page(session)
    await session.set_pace(FAST)
    for title in ("received 1", "deleted 1"):
        await session.play()
        await page.until(lambda title=title: (page.last.get("beat") or {}).get("title") == title)

    await session.play()
    await page.until(lambda: session.run.now > 5 * SECOND)

    assert page.last["beat"] is None


async def test_two_beats_of_one_record_are_shown_one_after_the_other():
    session = a_session(mails(story=[beat("received", title="one"), beat("received", title="two")]))
    page = Page(session)
    await session.set_pace(FAST)
    shown: list[str] = []
    for _ in range(2):
        await session.play()
        await page.until(lambda: page.last.get("beat") and page.last["beat"]["title"] not in shown)
        shown.append((await page.stopped())["beat"]["title"])

    assert shown == ["one", "two"]
    assert session.run.now == times(session, "received")[0]


async def test_a_story_that_is_off_stops_nothing_and_hides_its_card():
    session = a_session(mails(story=[beat("received"), beat_at("3s")]))
    page = Page(session)
    await session.set_pace(FAST)
    await session.play()
    await page.until(lambda: page.last.get("beat"))

    await session.set_story(False)
    await session.play()
    await page.until(lambda: session.run.now > 5 * SECOND)

    assert session.playing
    assert page.last["beat"] is None


async def test_a_card_that_does_not_stop_the_run_stays_for_as_long_as_it_takes_to_read(monkeypatch):
    monkeypatch.setattr(playhead, "CARD_SECONDS", 0.3)
    monkeypatch.setattr(playhead, "CARD_SECONDS_PER_CHARACTER", 0.0)
    session = a_session(mails(story=[beat("received", pause=False)]))
    page = Page(session)
    await session.play()
    await page.until(lambda: page.last.get("beat"))
    assert session.playing
    first = page.last["n"]

    await page.until(lambda: page.last["beat"] is None)

    assert session.playing
    assert page.last["n"] - first >= 2


async def test_a_step_onto_a_beat_shows_its_card():
    session = a_session(mails(story=[beat("received")]))
    page = Page(session)
    while session.run.now < times(session, "received")[0]:
        await session.step()
    for _ in range(8):
        if session._playhead.beat:
            break
        await session.step()

    await page.frame(after=session.number)

    assert session.run.now == times(session, "received")[0]
    assert page.last["beat"]["title"] == "received 1"


async def test_after_going_back_the_beats_that_lie_ahead_are_told_again_and_no_others():
    session = a_session(mails(story=[beat("received"), beat("received", 9)]))
    page = Page(session)
    await played_to(session, 10 * SECOND)
    first, ninth = times(session, "received")[0], times(session, "received")[8]

    await session.seek((first + ninth) // 2)
    await session.set_pace(FAST)
    await session.play()
    await page.until(lambda: page.last.get("beat"))

    assert page.last["beat"]["title"] == "received 9"
    assert (await page.stopped())["to"] == ninth


async def test_going_somewhere_does_not_stop_at_the_beats_on_the_way():
    session = a_session(mails(story=[beat("received"), beat_at("3s")]))
    page = Page(session)

    await session.seek(8 * SECOND)
    await page.until(lambda: page.last["to"] == 8 * SECOND)

    assert page.last["beat"] is None


async def test_a_fork_does_not_tell_again_what_its_parent_has_told():
    session = a_session(mails(story=[beat("received"), beat("received", 9)]))
    await played_to(session, times(session, "received")[2])

    fork = await session.forked(session.run.now)
    page = Page(fork)
    await fork.set_pace(FAST)
    await fork.play()
    await page.until(lambda: page.last.get("beat"))

    assert page.last["beat"]["title"] == "received 9"
