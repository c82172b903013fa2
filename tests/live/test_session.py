"""A session: play, pause, step, seek and change a run that others watch too."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError

from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused
from simulator.engine.journal import Intervention
from simulator.live import limits, playhead, protocol
from simulator.live import session as sessions
from simulator.live.keeper import Standing
from simulator.live.pacing import Pace
from simulator.live.session import InThePast
from tests.live.audience import FAST, Page, Store, a_session, mails, played_to, run_of, views

HELLO = ("emails", "SendMessage", {"MessageBody": "hello"})


async def test_whoever_comes_gets_a_key_frame_and_then_every_frame_without_a_gap():
    session = a_session()
    page = Page(session)
    await session.play()
    await page.frame(after=12)

    numbers = [frame["n"] for frame in page.frames]

    assert [frame["key"] for frame in page.frames] == [True] + [False] * (len(numbers) - 1)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all(one["to"] == two["from"] for one, two in zip(page.frames, page.frames[1:], strict=False))
    assert page.of("history")


async def test_two_viewers_are_sent_the_very_same_frames():
    session = a_session()
    one, two = Page(session), Page(session)
    await session.play()
    await one.frame(after=8)
    await session.pause()
    await one.stopped(), await two.stopped()

    assert [frame for frame in one.packets if '"n":' in frame["text"]][1:]
    assert all(
        mine is theirs for mine, theirs in zip(one.packets, two.packets, strict=True) if '"key":false' in mine["text"]
    )


async def test_a_pause_stops_the_clock_and_is_no_line_of_the_journal():
    session = a_session()
    page = Page(session)
    await session.play()
    await page.until(lambda: session.run.now > 0)

    await session.pause()
    stopped = await page.stopped()

    assert (stopped["mode"], stopped["to"]) == ("paused", session.run.now)
    assert session.run.journal == []


async def test_a_step_stops_at_the_next_thing_that_has_a_sentence():
    session, whole = a_session(), run_of(mails())
    whole.advance(5 * SECOND)
    narrator = session.recording.narrator
    told = [record[0] for record in whole.trace.take() if narrator.tells(record)]

    times = []
    for _ in range(12):
        await session.step()
        times.append(session.run.now)

    assert times == sorted(times)
    assert set(times) <= set(told)
    assert set(told[:6]) <= set(times)


async def test_a_step_goes_through_what_happens_at_the_same_moment_one_by_one():
    """Three messages sent by hand at one moment are three things that happen then."""
    session = a_session(mails(per_second=0.01))
    await played_to(session, SECOND)
    for _ in range(3):
        await session.intervene("shop", "SendOne", {})
    counts = []
    for _ in range(3):
        await session.step()
        counts.append((session.run.now, session.run.trace.count))

    assert len({time for time, _ in counts}) == 1
    assert counts[0][1] < counts[1][1] < counts[2][1]


async def test_a_step_back_goes_to_the_moment_of_the_record_before_and_stops():
    session = a_session()
    await played_to(session, 3 * SECOND)
    told = [
        record[0]
        for record in session.recording.archive.backwards(3 * SECOND)
        if session.recording.narrator.tells(record)
    ]
    await session.play()

    await session.seek(3 * SECOND)
    await session.step_back()

    assert session.run.now == told[0]
    assert (session.playing, session.mode) == (False, "past")


async def test_stepping_ends_at_the_length_of_the_scenario():
    session = a_session(mails(length="1s", per_second=1))

    for _ in range(200):
        await session.step()

    assert (session.run.now, session.mode) == (SECOND, "finished")


async def test_a_run_that_has_reached_its_length_is_finished_and_playing_it_changes_nothing():
    session = a_session(mails(length="2s"))
    page = Page(session)
    await session.set_pace(FAST)
    await session.play()
    await page.until(lambda: page.frames and page.last["mode"] == "finished")

    await session.play()

    assert (session.playing, session.mode, session.run.now) == (False, "finished", 2 * SECOND)


async def test_going_back_shows_what_was_there_and_what_follows_is_the_same_again():
    session = a_session(mails(per_second=40))
    await played_to(session, 20 * SECOND)
    then, later = views(session.run), None
    await played_to(session, 40 * SECOND)
    later = views(session.run)

    await session.seek(20 * SECOND)
    assert (views(session.run), session.mode) == (then, "past")
    await session.seek(40 * SECOND)
    assert views(session.run) == later


async def test_a_key_frame_after_going_back_holds_what_was_in_motion_there():
    session = a_session(mails(per_second=100))
    page = Page(session)
    for at in range(1, 40):
        await played_to(session, at * SECOND // 8 + 5001)
        if page.frames and (await page.stopped())["hops"]:
            break
    there = session.run.now
    await session.seek(there)
    await page.until(lambda: page.last["key"] and page.last["to"] == there)
    before = page.last["hops"]
    await played_to(session, there + 10 * SECOND)

    await session.seek(there)
    await page.until(lambda: page.last["key"] and page.last["to"] == there and page.last["n"] == session.number)

    assert before is not None
    assert _hops(page.last["hops"]) == _hops(before)


async def test_a_moment_never_reached_is_computed_visibly_and_a_paused_run_stops_there():
    session = a_session(mails(per_second=300))
    page = Page(session)

    await session.seek(60 * SECOND)
    await page.until(lambda: page.last["to"] == 60 * SECOND)

    moments = [frame["to"] for frame in page.frames]
    assert len(moments) > 2 and moments == sorted(moments)
    assert (session.playing, session.mode) == (False, "paused")


async def test_a_second_wish_while_the_first_is_computed_does_not_start_a_paused_run():
    session = a_session(mails(per_second=300))
    page = Page(session)
    await session.seek(60 * SECOND)

    await session.seek(61 * SECOND)
    await page.until(lambda: page.last["to"] == 61 * SECOND)

    assert not session.playing


async def test_going_back_while_something_is_computed_ends_that_and_a_paused_run_stays_paused():
    session = a_session(mails(per_second=300))
    page = Page(session)
    await session.seek(600 * SECOND)
    await page.until(lambda: page.last["to"] > SECOND)

    await session.seek(SECOND)

    assert (session.playing, session.run.now, session.mode) == (False, SECOND, "past")


async def test_a_run_that_plays_goes_on_playing_from_where_it_is_sent():
    session = a_session()
    page = Page(session)
    await session.play()
    await session.seek(30 * SECOND)
    await page.until(lambda: session.run.now > 30 * SECOND)

    await session.seek(10 * SECOND)

    assert (session.playing, session.mode) == (True, "replaying")


async def test_while_something_is_computed_nothing_can_be_changed_until_it_is_stopped():
    session = a_session(mails(per_second=300))
    await session.seek(600 * SECOND)

    with pytest.raises(InThePast):
        await session.intervene(*HELLO)
    await session.step()
    await session.intervene(*HELLO)

    assert len(session.run.journal) == 1
    assert not session.playing


async def test_the_past_can_not_be_changed_and_the_cure_is_a_fork():
    store = Store()
    session = a_session(store=store)
    await played_to(session, 5 * SECOND)
    await session.seek(2 * SECOND)

    with pytest.raises(InThePast) as refused:
        await session.intervene(*HELLO)

    assert "Fork" in refused.value.problems[0].cure
    assert protocol.refusal("intervene", refused.value)["text"].count('"code":"InThePast"') == 1
    assert (session.run.known_journal, store.lines) == ([], [])


async def test_what_somebody_does_is_stored_at_once_and_shown_in_a_frame():
    store = Store()
    session = a_session(store=store)
    page = Page(session)
    await played_to(session, 5 * SECOND)
    before = session.number

    await session.intervene(*HELLO)
    await page.frame(after=before + 1)

    assert store.lines == [[5 * SECOND, "emails", "SendMessage", {"MessageBody": "hello"}]]
    assert any("SendMessage" in line[4] for line in page.last["log"])


async def test_what_is_refused_is_not_stored_and_the_run_goes_on_as_if_nobody_had_asked():
    session, other = a_session(), a_session()
    await played_to(session, 5 * SECOND)

    with pytest.raises(Refused):
        await session.intervene("emails", "SendMessage", {"MessageBody": 7, "Nonsense": True})
    with pytest.raises(Refused):
        await session.intervene("nowhere", "SendMessage", {})
    await played_to(session, 9 * SECOND)
    await played_to(other, 9 * SECOND)

    assert session.run.journal == []
    assert views(session.run) == views(other.run)


async def test_commands_at_the_same_moment_take_turns():
    session = a_session(mails(per_second=200))
    page = Page(session)
    await session.play()
    await page.until(lambda: session.run.now > 0)

    await asyncio.gather(
        session.seek(20 * SECOND),
        session.step(),
        session.pause(),
        session.seek(SECOND // 10),
        session.play(),
        session.step_back(),
        session.set_pace(FAST),
        session.seek(3 * SECOND),
        session.pause(),
    )
    await session.seek(session.furthest)
    await asyncio.gather(*(session.intervene("emails", "SendMessage", {"MessageBody": str(n)}) for n in range(5)))

    assert not session.playing
    assert [line.arguments["MessageBody"] for line in session.run.journal] == ["0", "1", "2", "3", "4"]
    undisturbed = run_of(mails(per_second=200), session.run.journal)
    undisturbed.advance(session.run.now)
    assert views(session.run) == views(undisturbed)


async def test_whoever_comes_in_the_middle_of_a_command_gets_a_key_frame_when_it_is_done(monkeypatch):
    session = a_session(mails(per_second=300))
    await played_to(session, 20 * SECOND)
    monkeypatch.setattr(playhead, "SLICE", 0.0)  # however fast the machine is, a seek has a middle
    going = asyncio.ensure_future(session.seek(11 * SECOND))
    while not session._lock.locked():
        assert not going.done(), "the command had no middle"
        await asyncio.sleep(0)

    page = Page(session)
    assert page.follower.wants_key
    await going
    await page.until(lambda: page.frames)

    assert (page.last["key"], page.last["to"]) == (True, 11 * SECOND)


async def test_charts_are_the_same_however_a_run_was_played():
    """Gauges are read at fixed virtual times, whatever the slices (docs/DECISIONS.md, 7)."""
    rushed, stepped, played = a_session(), a_session(), a_session()
    await played_to(rushed, 12 * SECOND)
    while stepped.run.now < 3 * SECOND:
        await stepped.step()
    await stepped.seek(SECOND)
    await played_to(stepped, 12 * SECOND)
    page = Page(played)
    await played.set_pace(Pace("steady", 37.0))
    await played.play()
    await page.until(lambda: played.run.now >= 8 * SECOND)
    await played.pause()
    await played_to(played, 12 * SECOND)

    expected = rushed.recording.metrics.series()

    assert stepped.recording.metrics.series() == expected
    assert played.recording.metrics.series() == expected


async def test_the_steady_pace_chosen_last_is_remembered_under_follow():
    session = a_session()
    page = Page(session)
    await session.set_pace(Pace("steady", 20.0))
    await session.set_pace(Pace("follow"))

    await page.frame(after=session.number)

    assert (page.last["pace"]["kind"], page.last["pace"]["asked"]) == ("follow", 20.0)


async def test_a_run_in_which_too_much_piles_up_is_stopped_with_the_reason(monkeypatch):
    monkeypatch.setattr(limits, "MOST_MESSAGES", 300)
    session = a_session(mails(per_second=100, service=60))
    page = Page(session)
    await session.set_pace(FAST)
    await session.play()
    await page.until(lambda: page.of("error"))
    stopped = await page.stopped()

    assert stopped["mode"] == "finished"
    assert "waiting" in page.of("error")[0]["message"] or "wait" in page.of("error")[0]["message"]
    for going_on in (session.play, session.step):
        with pytest.raises(Refused):
            await going_on()
    with pytest.raises(Refused):
        await session.seek(session.length)
    await session.seek(0)
    assert session.mode == "past"


async def test_a_run_stopped_for_its_size_goes_on_when_there_is_room_again(monkeypatch):
    monkeypatch.setattr(limits, "MOST_MESSAGES", 300)
    session = a_session(mails(per_second=100, service=60))
    page = Page(session)
    await session.seek(session.length)
    await page.until(lambda: page.of("error"))

    await session.intervene("emails", "PurgeQueue", {})
    await session.step()
    await session.step()

    assert session.mode in ("paused", "finished")
    assert session.recording.metrics.inside < 300


async def test_a_mistake_in_a_run_stops_it_and_says_so_and_its_past_stays(caplog):
    """A journal that no longer fits its scenario is such a mistake."""
    session = a_session(journal=[Intervention(5 * SECOND, "nowhere", "SendMessage", {})])
    page = Page(session)
    session.recover(10 * SECOND)
    await page.until(lambda: page.of("error"))
    caplog.clear()

    await page.stopped()
    await session.seek(2 * SECOND)

    assert "nowhere" in page.of("error")[0]["message"]
    assert (session.run.now, session.playing) == (2 * SECOND, False)


async def test_what_the_store_can_not_take_now_it_is_given_later():
    class Busy(Store):
        async def save(self, key: str, standing: Standing) -> None:
            await super().save(key, standing)
            if self.times == 1:
                raise OperationalError("database is locked")

    store = Busy()
    session = a_session(store=store)
    await session.intervene(*HELLO)
    await session.save()

    assert store.times == 2
    assert len(store.lines) == 1


async def test_a_run_is_stored_only_when_it_has_changed():
    store = Store()
    session = a_session(store=store)
    await played_to(session, SECOND)
    await session.save()
    times = store.times

    await session.save()
    await session.seek(0)
    await session.save()

    assert (store.times, store.reached) == (times, SECOND)


async def test_closing_says_goodbye_stores_and_hangs_up():
    store = Store()
    session = a_session(store=store)
    page = Page(session)
    await played_to(session, SECOND)

    await session.close()
    await page.until(lambda: page.closed)

    assert (page.closed, page.messages[-1]["type"], store.reached) == (protocol.RESTART, "closing", SECOND)


async def test_nobody_watches_a_run_that_plays_so_it_is_paused(monkeypatch):
    monkeypatch.setattr(sessions, "PAUSE_UNWATCHED_AFTER", 0.1)
    session = a_session()
    await session.play()

    async with asyncio.timeout(10):
        while session.playing:
            await asyncio.sleep(0.02)

    assert session.mode == "paused"


async def test_the_journal_takes_only_so_much(monkeypatch):
    monkeypatch.setattr(sessions, "MOST_LINES", 3)
    session = a_session()
    for _ in range(3):
        await session.intervene(*HELLO)

    with pytest.raises(limits.JournalFull):
        await session.intervene(*HELLO)

    assert len(session.run.journal) == 3


async def test_the_journey_of_a_message_is_told_from_the_whole_past():
    session = a_session()
    await played_to(session, 8 * SECOND)
    message = next(record[3] for record in session.recording.archive.since(0) if record[1] == "enqueued")

    told = await session.journey(message)

    assert (told["type"], told["message"]) == ("journey", message)
    assert [step[0] for step in told["steps"]] == sorted(step[0] for step in told["steps"])


def _hops(columns: Any) -> Any:
    """Hops as a set of their values, whatever their order."""
    count = len(columns["serial"])
    wide = {name: value if isinstance(value, list) else [value] * count for name, value in columns.items()}
    serial = leave = 0
    found = []
    for place in range(count):
        serial, leave = serial + wide["serial"][place], leave + wide["leave"][place]
        found.append((serial, wide["origin"][place], wide["link"][place], leave, wide["travel"][place]))
    return sorted(found)


async def test_a_hurry_ends_with_the_moment_as_it_is():
    """What was passed on the way is thinned; where it stops, every message in motion is there."""
    session = a_session(mails(per_second=300))
    page = Page(session)
    await session.seek(20 * SECOND)
    await page.until(
        lambda: not session.playing and page.frames and page.last["to"] == 20 * SECOND and page.last["key"]
    )

    moving = [link for link in session.run.links if link.moving_until > session.run.now]
    assert moving and page.last["hops"]["weight"] == 1
    assert page.last["mode"] == "paused"
