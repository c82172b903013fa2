"""The playhead: where a run is being shown, and everything that has to go with it when it moves.

Going on files what is new, reads the gauges when their times come, looks for beats of the story and keeps
checkpoints; going back restores one. All of it gives the event loop its turn every SLICE, so that a heavy run is slow
and never in the way of the others.
"""

import asyncio
import time
from typing import Any

from simulator.engine.clock import Micros
from simulator.engine.run import Run
from simulator.engine.trace import Record
from simulator.folds.story import Story
from simulator.live.broadcast import Broadcast
from simulator.live.limits import Actions
from simulator.live.recording import Memory, Recording

# The run computes for at most this long (wall seconds) before the event loop gets its turn.
SLICE = 0.005

# Records that a step back looks through before the event loop gets its turn.
LOOKED_THROUGH = 2000

# A card that does not stop the run stays for so many wall seconds, and so many more for each character of it.
CARD_SECONDS, CARD_SECONDS_PER_CHARACTER = 4.0, 0.05


class Playhead:
    """A run at its present moment. `beat` is the card shown there; `broadcast` hears of everything that happens."""

    def __init__(self, run: Run, recording: Recording, memory: Memory | None = None) -> None:
        self.run = run
        self.recording = recording
        self.length: Micros = run.scenario.document.length
        self.broadcast = Broadcast(run, recording)
        self.story_on = bool(run.scenario.document.story)
        self.beat: dict[str, Any] | None = None
        self._actions = Actions()
        self._card_seconds = 0.0
        self._story = Story(run.scenario)
        if memory is not None:
            self._remember(memory)
        self.absorb(whole=False)

    async def compute(self, target: Micros, deadline: float, listening: bool) -> bool:
        """Go on to `target`, or to the wall clock's `deadline`, or to a beat that stops the run: then True.

        `target` is what `reachable` said. A listening run advances action by action while a beat is to come.
        """
        listening = listening and self.story_on and self._story.pending()
        if listening and self._listen([]):  # one moment can complete several beats: the next of them
            return True
        while True:
            begun = time.perf_counter()
            while time.perf_counter() - begun < SLICE:
                whole, stops = self._advance(target, listening)
                if whole or stops:
                    return stops
            await asyncio.sleep(0)
            if time.perf_counter() > deadline:
                return False

    def reachable(self, target: Micros, listening: bool) -> Micros:
        """Not further than the next beat that is a time, and the next reading of the gauges."""
        beat = self._story.next_time() if listening and self.story_on else None
        if beat is not None:
            target = min(target, max(beat, self.run.now))
        return min(target, max(self.recording.metrics.next_sample, self.run.now))

    def absorb(self, whole: bool, listening: bool = False) -> bool:
        """Take what the run has written, and say whether a beat stops it here.

        `whole`: everything due at this moment has happened. Gauges are read only then: what they say must not depend
        on how the run was cut into slices.
        """
        records = self.run.trace.take()
        self.broadcast.add(records)
        self.recording.file(self.run, records)
        if whole:
            self.recording.sample(self.run)
        stops = False
        if listening:
            stops = self._listen(records)
        else:
            self._story.all(records, self.run.now)
        self.recording.keep(self.run, (self.broadcast.motion(self.run.now), self._story.snapshot()))
        return stops

    async def step(self) -> None:
        """On to the next thing that has a sentence, or to a beat."""
        while self.run.now < self.length:
            coming = self.run.next_time()
            target = self.length if coming is None else min(coming, self.length)
            whole = self.run.advance(self.reachable(target, True), 1) < 1
            told = any(map(self.recording.narrator.tells, self.run.trace.records))
            if self.absorb(whole, self.story_on) or told:
                return
            await asyncio.sleep(0)

    async def time_before(self) -> Micros:
        """When the last thing before now happened that has a sentence; 0 if there is none."""
        for place, record in enumerate(self.recording.archive.backwards(self.run.now)):
            if self.recording.narrator.tells(record):
                time: Micros = record[0]
                return time
            if place % LOOKED_THROUGH == LOOKED_THROUGH - 1:
                await asyncio.sleep(0)
        return 0

    async def go_to(self, to: Micros) -> None:
        """Bring the run to a moment that has been computed before."""
        kept = self.recording.checkpoints.before(to)
        if not kept.time <= self.run.now <= to:
            self.run, memory = self.recording.restore(self.run, to)
            self._remember(memory)
        begun = time.perf_counter()
        whole = False
        while not whole:
            whole, _ = self._advance(to, False)
            if time.perf_counter() - begun > SLICE:
                self.broadcast.skip(self.run.now)
                await asyncio.sleep(0)
                begun = time.perf_counter()

    async def catch_up(self, to: Micros) -> None:
        """Compute what this recording lacks up to `to`, with the readings that belong to it."""
        while self.run.now < to:
            await self.compute(self.reachable(to, False), float("inf"), False)
            self.broadcast.skip(self.run.now)
            await asyncio.sleep(0)
        await self.go_to(to)

    def show_card(self, wall: float) -> None:
        """Wall time passes while the run goes on: a card that has not stopped it has been read by and by."""
        self._card_seconds -= wall
        if self._card_seconds <= 0:
            self.beat = None

    def _advance(self, target: Micros, listening: bool) -> tuple[bool, bool]:
        """Some actions on the way to `target`: whether it is reached, and whether a beat stops the run."""
        limit, begun = 1 if listening else self._actions.limit, time.perf_counter()
        whole = self.run.advance(target, limit) < limit
        stops = (whole or bool(self.run.trace.records)) and self.absorb(whole, listening)
        if not whole and not listening:
            self._actions.took(time.perf_counter() - begun)
        return whole, stops

    def _listen(self, records: list[Record]) -> bool:
        """Show the card of a beat that has just come; whether it stops the run."""
        beat = self._story.find(records, self.run.now)
        if beat is None:
            return False
        self.beat = self._story.card(*beat, self.run.looks)
        self._card_seconds = CARD_SECONDS + CARD_SECONDS_PER_CHARACTER * len(self.beat["say"])
        return self._story.pauses(beat[0])

    def _remember(self, memory: Memory) -> None:
        motion, told = memory
        self.broadcast.rewind(motion)
        self._story.restore(told)
