"""Followers: who keeps up gets every frame, who does not gets a key frame later, and nobody's heap grows."""

import asyncio
import time
from typing import Any

from simulator.live import followers, protocol
from simulator.live.followers import MOST_KEYS_UNSEEN, MOST_UNSEEN, MOST_WAITING, Follower
from simulator.live.protocol import Packet, encode

FRAME = encode({"type": "frame"})
KEY = encode({"type": "frame", "key": True})
NEWS = encode({"type": "history"})


class Line:
    """A socket of which a test sees what was sent; it can be blocked, like that of somebody who does not read."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.free = asyncio.Event()
        self.free.set()

    async def send(self, packet: Packet) -> None:
        await self.free.wait()
        self.packets.append(packet)


async def begun(line: Line) -> Follower:
    follower = Follower(line.send)
    follower.start()
    follower.catch_up(0, KEY)
    await settled()
    return follower


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_frames_arrive_in_order_and_as_they_are():
    line = Line()
    follower = await begun(line)
    frames = [encode({"n": n}) for n in range(1, 6)]

    for number, frame in enumerate(frames, start=1):
        follower.offer(number, frame)
    await settled()

    assert all(got is sent for got, sent in zip(line.packets[1:], frames, strict=True))


async def test_a_viewer_that_does_not_read_keeps_no_heap_of_frames():
    line = Line()
    follower = await begun(line)
    line.free.clear()

    for number in range(1, 10_000):
        follower.offer(number, FRAME)
        follower.tell(NEWS)

    assert follower.wants_key
    assert len(follower._mailbox) <= 3 * MOST_WAITING


async def test_a_viewer_whose_socket_takes_everything_but_who_acknowledges_nothing_is_sent_only_so_much():
    """The write buffer of a server knows no bounds: what left the mailbox may still lie there."""
    line = Line()
    follower = await begun(line)

    for number in range(1, 10_000):
        follower.offer(number, FRAME)
        follower.tell(NEWS)
        if follower.wants_key and follower.ready:
            follower.catch_up(number, KEY)
        await asyncio.sleep(0)
    await settled()

    assert len(line.packets) <= 2 * MOST_UNSEEN + 2


async def test_who_jumps_about_and_acknowledges_nothing_is_sent_only_so_many_key_frames():
    line = Line()
    follower = await begun(line)

    for number in range(1, 500):
        follower.catch_up(number, KEY)
        await settled()

    assert len(line.packets) == MOST_KEYS_UNSEEN
    follower.saw(follower.sent)
    assert follower.wants_key and follower.ready


async def test_a_viewer_who_fell_behind_starts_again_from_a_key_frame_when_it_is_back():
    line = Line()
    follower = await begun(line)
    for number in range(1, MOST_UNSEEN + 3):
        follower.offer(number, FRAME)
        await asyncio.sleep(0)
    assert (follower.wants_key, follower.ready) == (True, False)

    follower.saw(MOST_UNSEEN)
    assert follower.ready
    follower.catch_up(200, KEY)
    follower.offer(201, FRAME)
    await settled()

    assert line.packets[-2:] == [KEY, FRAME]


async def test_a_key_frame_replaces_the_frames_that_have_not_left_but_nothing_else_that_was_said():
    line = Line()
    follower = await begun(line)
    line.free.clear()
    follower.offer(1, FRAME)
    follower.tell(NEWS)

    follower.catch_up(2, KEY)
    line.free.set()
    await settled()

    assert line.packets[1:] == [NEWS, KEY]


async def test_news_that_was_left_out_is_remembered_as_missed():
    line = Line()
    follower = await begun(line)
    line.free.clear()

    for _ in range(200):
        follower.tell(NEWS)

    assert follower.missed_news
    assert len(follower._mailbox) <= 2 * MOST_WAITING


async def test_silence_counts_from_the_first_frame_that_is_not_acknowledged():
    line = Line()
    follower = await begun(line)
    now = time.monotonic()
    assert follower.silent_for(now + 60) >= 59

    follower.saw(0)
    assert follower.silent_for(now + 60) == 0
    follower.offer(1, FRAME)
    follower.offer(2, FRAME)
    follower.saw(1)

    assert 0 < follower.silent_for(time.monotonic() + 60) <= 61


async def test_a_page_that_has_the_frame_already_is_not_silent_for_not_acknowledging_it_again():
    """After a reconnection the key frame can be the very frame that the page saw last."""
    follower = Follower(Line().send)
    follower.has(7)
    follower.catch_up(7, KEY)

    assert follower.silent_for(time.monotonic() + 1000) == 0


async def test_an_acknowledgement_of_what_was_never_sent_changes_nothing_but_the_silence():
    follower = await begun(Line())

    follower.saw(10**9)
    follower.offer(1, FRAME)

    assert (follower.seen, follower.sent) == (0, 1)


async def test_whoever_is_let_go_hears_why_and_then_nothing_more():
    line = Line()
    follower = await begun(line)
    follower.offer(1, FRAME)

    follower.end(protocol.TOO_SLOW, "Too slow.")
    follower.offer(2, FRAME)
    follower.catch_up(3, KEY)
    follower.tell(NEWS)
    await settled()

    assert line.packets[1:] == [protocol.closing("Too slow."), {"type": "websocket.close", "code": 4408}]


async def test_one_who_does_not_read_is_nobody_elses_trouble():
    slow, quick = Line(), Line()
    sleeper, reader = await begun(slow), await begun(quick)
    slow.free.clear()

    for number in range(1, 400):
        for follower in (sleeper, reader):
            follower.offer(number, FRAME)
        await settled()
        reader.saw(number)

    assert len(quick.packets) == 400
    assert len(slow.packets) == 1


def test_limits_bound_what_one_viewer_can_hold():
    """90 frames and 20 key frames of at most 32 KB are less than 4 MB."""
    most: Any = followers.MOST_UNSEEN + followers.MOST_KEYS_UNSEEN

    assert most * 32_768 < 4_000_000
