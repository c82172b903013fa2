"""Followers: the viewers of a run, each with a mailbox and a cursor of its own.

A frame is encoded once and put into every mailbox; a viewer that doesn't keep up gets a key frame later instead of a
growing heap of old ones. Measured against the channel layer's groups, this costs a fifth or less per delivered frame,
and nobody's slowness is anybody else's.

What has left the mailbox may still lie in the server's write buffer, which knows no bounds. So the mailbox alone does
not say who keeps up: what counts is what the page has acknowledged.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from simulator.live.protocol import Packet, closing, hang_up

# Frames a viewer may be behind with, in its mailbox and unacknowledged, before it is skipped to a key frame; and how
# many key frames it may get without a word from it.
MOST_WAITING = 12
MOST_UNSEEN = 90
MOST_KEYS_UNSEEN = 20

Send = Callable[[Packet], Awaitable[None]]


class Follower:
    """One viewer. `send` puts a packet on its socket; `wants_key` says that it must get a key frame before anything
    else, `sent` is the number of the last frame it was given, `began` of the last key frame, and `missed_news` says
    that something other than a frame was left out.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._mailbox: deque[tuple[Packet, bool]] = deque()  # what to send, and whether it is a frame
        self._filled = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self.wants_key = True
        self.missed_news = False
        self.ended = False
        self.sent = 0
        self.seen = 0
        self.began = 0
        self._keys_unseen = 0
        self._known = -1
        self._unanswered_since: float | None = None

    def start(self) -> None:
        self._pump = asyncio.ensure_future(self._deliver())

    def stop(self) -> None:
        self.ended = True
        if self._pump is not None:
            self._pump.cancel()
        self._mailbox.clear()

    def end(self, code: int, why: str) -> None:
        """Say why, and hang up."""
        if not self.ended:
            self.ended = True
            self._mailbox.clear()
            self._put(closing(why), False)
            self._put(hang_up(code), False)

    def offer(self, number: int, frame: Packet) -> None:
        """Put the next frame into the mailbox, unless this viewer is too far behind to follow frame by frame."""
        if self.wants_key or self.ended:
            return
        if len(self._mailbox) >= MOST_WAITING or number - self.seen > MOST_UNSEEN:
            self._skip()
            return
        self._put(frame, True)
        self._expect(number)

    def catch_up(self, number: int, key_frame: Packet) -> None:
        """Start again from a key frame; later, if this viewer has answered to none of many."""
        if self.ended or self._keys_unseen >= MOST_KEYS_UNSEEN:
            self._skip()
            return
        self._forget_frames()
        self._put(key_frame, True)
        self.wants_key = False
        self.began = self.seen = number
        self._keys_unseen += 1
        self._expect(number)

    @property
    def ready(self) -> bool:
        """Whether a key frame would be read: all frames so far have left, and were seen or are about to be."""
        return not self._behind and not self.ended and not any(is_frame for _, is_frame in self._mailbox)

    def tell(self, message: Packet) -> None:
        """Anything that is not a frame: a refusal, the history. Left out when the viewer does not read."""
        if self.ended:
            return
        if self._behind or len(self._mailbox) >= 2 * MOST_WAITING:
            self.missed_news = True
        else:
            self._put(message, False)

    def saw(self, number: int) -> None:
        """The viewer acknowledges that it has frame `number`."""
        self.seen = max(self.seen, min(number, self.sent))
        self._keys_unseen = 0
        self._unanswered_since = None if number >= self.sent else time.monotonic()

    def has(self, number: int) -> None:
        """The viewer comes back and has frame `number` already; it will not acknowledge that one again."""
        self._known = number
        if number == self.sent:
            self._unanswered_since = None

    def silent_for(self, now: float) -> float:
        """Wall seconds for which it has acknowledged nothing, although frames went out; 0 if it has seen the last."""
        return 0.0 if self._unanswered_since is None else now - self._unanswered_since

    @property
    def _behind(self) -> bool:
        return self.sent - self.seen > MOST_UNSEEN // 2 or self._keys_unseen >= MOST_KEYS_UNSEEN

    def _skip(self) -> None:
        self.wants_key = True
        self._forget_frames()

    def _forget_frames(self) -> None:
        """A key frame replaces those that have not left; what else is said still holds."""
        self._mailbox = deque(said for said in self._mailbox if not said[1])

    def _expect(self, number: int) -> None:
        self.sent = number
        if self._unanswered_since is None and number != self._known:
            self._unanswered_since = time.monotonic()

    def _put(self, message: Packet, is_frame: bool) -> None:
        self._mailbox.append((message, is_frame))
        self._filled.set()

    async def _deliver(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._mailbox:
                await self._send(self._mailbox.popleft()[0])
