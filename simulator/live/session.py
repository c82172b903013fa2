"""A session: one run being played for everyone who watches it.

It moves the run in small slices of wall time, so that a heavy run slows down visibly instead of freezing the server;
turns what happened into numbered frames, each encoded once; and can go back to any moment, because it keeps
checkpoints. Nothing here changes what happens in a run, except `intervene`.
"""

import asyncio
import contextlib
import logging
import time
from typing import Any, Literal

from simulator.engine.clock import Micros
from simulator.engine.errors import Problem, Refused
from simulator.engine.message import MessageId
from simulator.engine.operations import Call
from simulator.engine.run import Run
from simulator.engine.trace import Record
from simulator.folds.journey import journey
from simulator.folds.search import Search
from simulator.live import protocol
from simulator.live.broadcast import Scene
from simulator.live.followers import Follower
from simulator.live.keeper import AGAIN_AFTER, Keeper, Store
from simulator.live.limits import MOST_JOURNAL_BYTES, MOST_LINES, JournalFull, journal_bytes, mistake, obstacle, weight
from simulator.live.pacing import Pace
from simulator.live.playhead import Playhead
from simulator.live.protocol import Packet
from simulator.live.recording import Memory, Recording
from simulator.live.transport import Transport

logger = logging.getLogger(__name__)

# A frame is made this often (wall seconds).
TICK = 0.06

HISTORY_EVERY = 0.5

# A search looks through a run for so long (wall seconds) before the event loop gets its turn.
SEARCH_SLICE = 0.005
SAVE_EVERY = 5.0
PAUSE_UNWATCHED_AFTER = 30.0

# A viewer that acknowledges nothing for so long, although frames go out, is let go. A page does so every second, but
# in a tab that is out of sight browsers run its timers only once a minute.
SILENT_AFTER = 90.0

# While nothing moves, the viewers are looked after this often (wall seconds).
LOOK_EVERY = 15.0

Mode = Literal["running", "paused", "past", "replaying", "finished"]

PAST = Problem("", "This moment is past: the run has gone on from here.", cure="Fork from here to change what happens.")

TOO_SLOW = "This page has not kept up for a while."
PUT_AWAY = "An administrator has put this run away. Reload the page to open it again."
REMOVED = "This run has been removed."
GOODBYE = "The server is going to stop; this page will come back by itself."


class InThePast(Refused):
    """Somebody wants to change what has already gone on differently."""

    code = "InThePast"


class Session:
    """A run, its recording, and its followers. Every public coroutine leaves the run between two actions.

    `memory` comes with a run that is in the middle already. Commands take turns; one that takes long lets the event
    loop go on, but no other command.
    """

    def __init__(
        self, key: str, title: str, run: Run, recording: Recording, store: Store, memory: Memory | None = None
    ) -> None:
        self.title = title
        self.recording = recording
        self.scenario = run.scenario
        self.length: Micros = run.scenario.document.length
        self._playhead = Playhead(run, recording, memory)
        self._broadcast = self._playhead.broadcast
        self._transport = Transport(self._playhead)
        self._keeper = Keeper(store, recording, run, self._broadcast.tell)
        self.key = key
        self._journal_bytes = journal_bytes(run.known_journal)
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._unwatched_since = time.monotonic()
        self._saved_at = time.monotonic()
        self._history_at = 0.0
        self._history_of: tuple[Micros, int] = (-1, 0)

    @property
    def key(self) -> str:
        return self._keeper.key

    @key.setter
    def key(self, key: str) -> None:
        self._keeper.key = key

    @property
    def gone(self) -> bool:
        """Whether somebody has removed the run while it was here."""
        return self._keeper.gone

    @property
    def run(self) -> Run:
        return self._playhead.run

    @property
    def playing(self) -> bool:
        return self._transport.playing

    @property
    def pace(self) -> Pace:
        return self._transport.pace

    @property
    def story_on(self) -> bool:
        return self._playhead.story_on

    @property
    def number(self) -> int:
        """The number of the last frame."""
        return self._broadcast.number

    @property
    def furthest(self) -> Micros:
        return self.recording.furthest

    @property
    def mode(self) -> Mode:
        now = self.run.now
        if self.playing:
            return "replaying" if now < self.furthest else "running"
        if now < self.furthest:
            return "past"
        return "finished" if now >= self.length or self._obstacle else "paused"

    # Who watches.

    @property
    def followers(self) -> list[Follower]:
        return self._broadcast.followers

    def hello(self, may: list[str]) -> Packet:
        return protocol.hello(self.key, self.title, self.scenario, self.run.seed, self.run.looks, may, self.story_on)

    def join(self, follower: Follower) -> None:
        """A viewer is here: it gets a key frame, the history, and every frame from now on."""
        if not self.followers and not self.playing and self.run.now == self.furthest < self._keeper.promised:
            self.recover(self._keeper.promised)
        self.followers.append(follower)
        self.serve(follower)
        for packet in (self._history(), *self._keeper.notices):
            follower.tell(packet)
        self._awake()

    def leave(self, follower: Follower) -> None:
        if follower in self.followers:
            self.followers.remove(follower)
            self.touch()

    def resume(self, follower: Follower, after: int) -> None:
        """A page comes back; unless it has missed nothing, or a key frame is on its way, it starts from one."""
        follower.has(after)
        if follower.began <= after != follower.sent:
            follower.wants_key = True
            self._awake()
        self.serve(follower)

    def serve(self, follower: Follower) -> None:
        """Give a viewer what it has missed, if it can take it; in the middle of a tick, at its end."""
        if not follower.ready or self._lock.locked():
            return
        if follower.wants_key:
            self._broadcast.serve(self._scene())
        if follower.missed_news:
            follower.missed_news = False
            follower.tell(self._history())

    def touch(self) -> None:
        """Somebody is interested in this run at this moment."""
        self._unwatched_since = time.monotonic()

    def unwatched_for(self, now: float) -> float:
        """Wall seconds since somebody was interested; 0 while there are viewers."""
        return 0.0 if self.followers else max(now - self._unwatched_since, 0.0)

    # What people do.

    async def play(self) -> None:
        async with self._lock:
            self._refuse_if_stuck()
            if self.run.now < self.length:
                self._transport.play()
                self._playhead.beat = None
            self._publish()
        self._awake()

    async def pause(self) -> None:
        async with self._lock:
            self._transport.stop()
            await self._show()

    async def set_pace(self, pace: Pace) -> None:
        async with self._lock:
            self._transport.set_pace(pace)
            self._publish()

    async def set_story(self, on: bool) -> None:
        async with self._lock:
            self._playhead.story_on = on
            if not on:
                self._playhead.beat = None
            self._publish()

    async def step(self) -> None:
        """On to the next thing that has a sentence, and stop there."""
        async with self._lock:
            self._refuse_if_stuck()
            self._transport.stop()
            self._playhead.beat = None
            await self._playhead.step()
            await self._show()
        self._awake()

    async def step_back(self) -> None:
        """Back to the moment of the record before this one, and stop there."""
        async with self._lock:
            self._transport.stop()
            await self._seek(await self._playhead.time_before())

    async def seek(self, to: Micros) -> None:
        """Go to a moment. The past comes back at once; what was never computed is computed first, visibly.

        A run that was playing goes on from there, a run that was not stops there.
        """
        async with self._lock:
            await self._seek(max(0, min(to, self.length)))
        self._awake()

    def recover(self, reached: Micros) -> None:
        """Compute again, visibly, what a stored run had reached, and stop there."""
        self._keeper.promised = min(reached, self.length)
        self._keeper.knows(len(self.run.known_journal), self._keeper.promised)
        self._transport.hurry(self._keeper.promised, stop_there=True)
        self._awake()

    async def intervene(self, target: str, verb: str, arguments: dict[str, Any]) -> Call | None:
        """Do something to the run now. Raises InThePast before the furthest moment, Refused when it can't be done."""
        async with self._lock:
            if self.run.now < self._keeper.reached or self._transport.rush is not None:
                raise InThePast([PAST])
            more = weight(arguments)
            if len(self.run.journal) >= MOST_LINES or self._journal_bytes + more > MOST_JOURNAL_BYTES:
                raise JournalFull
            try:
                call = self.run.intervene(target, verb, arguments)
                self._journal_bytes += more
            finally:
                self._playhead.absorb(whole=False)
                await self._show()
        return call

    async def forked(self, at: Micros) -> "Session":
        """A session of its own that shares the past of this one up to `at` (at most `furthest`): the run, what is in
        motion, and how far the story has been told. Its key is given by whoever stores it.
        """
        run, recording, memory = self.recording.forked(self.run, at)
        fork = Session("", self.title, run, recording, self._keeper.store, memory)
        fork._transport.set_pace(self.pace)
        fork._playhead.story_on = self.story_on
        await fork._playhead.catch_up(at)
        fork._broadcast.jump(fork._scene())
        fork._keeper.knows(len(fork.run.known_journal), at)
        return fork

    async def journey(self, message: MessageId) -> dict[str, Any]:
        """The life of one message, as docs/PROTOCOL.md says."""
        records: list[Record] = []
        for part in self.recording.archive.of_message(message):
            records = part + records
            await asyncio.sleep(0)
        return {"type": "journey", **journey(records, message, self.scenario, self.run.looks)}

    async def search(self, query: str) -> dict[str, Any]:
        """The messages that somebody may mean, as docs/PROTOCOL.md says."""
        recording = self.recording
        search = Search(query, recording.archive, recording.bodies, self.scenario, recording.narrator)
        turn = time.perf_counter()
        for _ in search.parts():
            if time.perf_counter() - turn > SEARCH_SLICE:
                await asyncio.sleep(0)
                turn = time.perf_counter()
        return {"type": "found", **search.answer()}

    async def save(self) -> None:
        """Store what the run is made of, if that has changed. A store that can't take it is asked again later."""
        self._saved_at = time.monotonic()
        await self._keeper.save(self.run, still=not self.playing)

    def dismiss(self) -> None:
        """Let the viewers go, whose pages do not come back by themselves."""
        for follower in list(self.followers):
            follower.end(protocol.PUT_AWAY, PUT_AWAY)
            self.leave(follower)

    async def close(self, quickly: bool = False) -> None:
        """Stop playing, store, and let the viewers go. `quickly`: without a state to be opened from later."""
        async with self._lock:
            self._transport.stop()
            if self._task is not None:
                self._task.cancel()
                self._task = None
        await self.save()
        self._say_goodbye()
        if not quickly:
            self._keeper.keep(self.run)
        await self._keeper.settled()

    def _say_goodbye(self) -> None:
        """Let the viewers go, with the reason."""
        for follower in self.followers:
            follower.end(*((protocol.NO_SUCH_RUN, REMOVED) if self.gone else (protocol.RESTART, GOODBYE)))

    def _awake(self) -> None:
        """There may be something to do: see to it that the loop looks."""
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._live())
        self._wake.set()

    async def _live(self) -> None:
        last = time.perf_counter()
        while not self.gone:
            if not self.playing:
                await self._rest()
                last = time.perf_counter() - TICK
            self._wake.clear()
            now = time.perf_counter()
            async with self._lock:
                if self.playing:
                    await self._tick_or_stop(min(max(now - last, TICK / 10), 4 * TICK))
                self._broadcast.serve(self._scene())
            last = now
            await self._housekeeping()
            await asyncio.sleep(max(0.0, TICK - (time.perf_counter() - now)))
        self._transport.stop()
        self._say_goodbye()

    async def _rest(self) -> None:
        """Until there is something to do, or it is time to look after the viewers, or to store what could not be."""
        look = LOOK_EVERY if self.followers else None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(look if self._keeper.is_saved(self.run) else AGAIN_AFTER):
                await self._wake.wait()

    async def _tick_or_stop(self, wall: float) -> None:
        """One tick and its frame. A mistake of ours stops this run, says in which run it can be seen again, and is
        nobody else's trouble.
        """
        rushed = self._transport.rush is not None
        try:
            await self._transport.tick(wall, TICK)
            if self._obstacle is not None and self.playing and self.run.now >= self.furthest:
                self._transport.stop()
                self._broadcast.tell(protocol.refusal("play", Refused([self._obstacle])))
            await self._show()
            if rushed and not self.playing:  # what was passed in a hurry was thinned: show the moment as it is
                self._broadcast.jump(self._scene())
        except Exception as error:
            logger.exception("The run %s was stopped by a mistake.", self.key)
            self._transport.stop()
            self._broadcast.tell(protocol.refusal("play", Refused([mistake(self.run, error)])))
            self._broadcast.jump(self._scene())

    async def _seek(self, to: Micros) -> None:
        goes_on = self._transport.goes_on
        self._playhead.beat = None
        if to > self.furthest:
            await self._playhead.go_to(self.furthest)
            self._refuse_if_stuck()
            self._transport.hurry(to, stop_there=not goes_on)
        else:
            await self._playhead.go_to(to)
            self._transport.stop()
            if goes_on and to < self.length:
                self._transport.play()
        self._broadcast.jump(self._scene())

    @property
    def _obstacle(self) -> Problem | None:
        return obstacle(self.run, self.recording)

    def _refuse_if_stuck(self) -> None:
        if self.run.now >= self.furthest and (problem := self._obstacle) is not None:
            raise Refused([problem])

    async def _housekeeping(self) -> None:
        """Now and then: the history for the charts, the store, and a pause when nobody watches."""
        now = time.monotonic()
        state = (self.furthest, len(self.run.known_journal))
        if state != self._history_of and (not self.playing or now - self._history_at > HISTORY_EVERY):
            self._history_at, self._history_of = now, state
            self._broadcast.tell(self._history())
        for follower in [one for one in self.followers if one.silent_for(now) > SILENT_AFTER]:
            follower.end(protocol.TOO_SLOW, TOO_SLOW)
            self.leave(follower)
        if not self.playing or now - self._saved_at > SAVE_EVERY:
            await self.save()
        self._keeper.keep(self.run)
        if self.playing and self.unwatched_for(now) > PAUSE_UNWATCHED_AFTER:
            await self.pause()

    # Frames.

    def _scene(self) -> Scene:
        return Scene(self.run, self.mode, self._transport.as_dict(), self._playhead.beat)

    async def _show(self) -> None:
        """Make a frame of what has happened, once that is stored."""
        await self._keeper.before_showing(self.run, self.playing, self._transport.rate)
        self._publish()
        if self.gone:
            self._awake()

    def _publish(self) -> None:
        self._broadcast.publish(self._scene())

    def _history(self) -> Packet:
        return protocol.encode(
            {
                "type": "history",
                "furthest": self.furthest,
                "series": self.recording.metrics.series(),
                "marks": self.recording.marks.rows(),
                "guarantees": self.recording.guarantees.rows(),
            }
        )
