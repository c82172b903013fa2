"""The keeper: sees to it that a run survives the server, whenever that ends.

No frame shows a moment later than what is stored. While a run plays, a *promise* is stored, a little ahead of what is
shown: the trace is deterministic, so a run that is opened again is computed up to the promise, and nothing is lost;
where it stops, the moment itself is stored. What somebody does is stored before they and the others see it. A store
that can't take it stops nobody: everyone is told, once, and it is tried again until it can.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import DatabaseError

from simulator.engine.clock import SECOND, Micros, stamp
from simulator.engine.journal import Intervention
from simulator.engine.run import Run
from simulator.folds.digest import Mark
from simulator.live import protocol
from simulator.live.protocol import Packet
from simulator.live.recording import Past, Recording

logger = logging.getLogger(__name__)

# A promise is so far ahead: a second of virtual time, or what so many wall seconds bring if that is more.
LEAD: Micros = SECOND
LEAD_WALL = 0.25

# A run waits so long (wall seconds) for its store, then goes on without; and asks a store that failed again so often.
PATIENCE = 1.0
AGAIN_AFTER = 1.0

# A state is worth storing when it saves computing so many records, at most so often (wall seconds), and never for more
# than this share of the time.
WORTH_KEEPING = 20_000
KEEP_EVERY = 20.0
SHARE = 0.05

NOT_STORED = protocol.error(
    "run",
    "NotStored",
    "This run can't be stored at the moment. It goes on, and is stored as soon as that is possible.",
    "Leave this page open until then, or tell whoever runs the server.",
)
STORED_AGAIN = protocol.error("run", "StoredAgain", "This run is stored again; nothing was lost.")


class RunGone(Exception):  # noqa: N818
    """There is no such run any more: somebody removed it."""


@dataclass(frozen=True)
class Standing:
    """What is stored of a run, beside its document and seed.

    `digest` is None where the one that is stored shall stay, `differs_from` as in `simulator.folds.digest`.
    """

    journal: list[list[Any]]
    reached: Micros
    digest: list[Mark] | None
    differs_from: Micros | None


class Store(Protocol):
    """Where runs are stored. Each raises DatabaseError when it can't be done now, RunGone when there is no such run."""

    async def promise(self, key: str, reached: Micros) -> None: ...

    async def save(self, key: str, standing: Standing) -> None: ...

    async def keep(self, key: str, lines: list[Intervention], past: Past) -> None:
        """Store a state, from which the run is opened quickly. Raises also OSError."""
        ...


class Keeper:
    """Stores one run. `promised` is the moment that a recovery computes up to: what is stored is at least that."""

    def __init__(self, store: Store, recording: Recording, run: Run, tell: Callable[[Packet], None]) -> None:
        self.key = ""
        self.store = store
        self.promised: Micros = 0
        self.gone = False
        self._recording = recording
        self._tell = tell
        self._saved: tuple[int, Micros] = (len(run.known_journal), run.now)
        self._durable: Micros = run.now
        self._writing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed_at: float | None = None
        self._slow = False
        self._told_difference = False
        self._keeping: asyncio.Task[None] | None = None
        self._keep_after = 0.0

    def knows(self, lines: int, reached: Micros) -> None:
        """This is stored already."""
        self._saved, self._durable = (lines, reached), reached

    @property
    def reached(self) -> Micros:
        return max(self._recording.furthest, self.promised)

    @property
    def notices(self) -> list[Packet]:
        """What whoever comes now has to be told."""
        trouble = [NOT_STORED] if self._failed_at is not None else []
        differs_from = self._recording.digest.differs_from
        return trouble if differs_from is None else [*trouble, _difference(differs_from)]

    def is_saved(self, run: Run, still: bool = True) -> bool:
        """Whether all that is known is stored; a run that is `still` has no promise beyond where it is."""
        return self._saved == (len(run.known_journal), self.reached) and not (still and self._durable > self.reached)

    async def before_showing(self, run: Run, playing: bool, rate: float) -> None:
        """Called with what is about to be shown; `rate` is virtual seconds per wall second."""
        if not self._told_difference and self._recording.digest.differs_from is not None:
            self._told_difference = True
            logger.warning("The run %s was played differently before, by another version.", self.key)
            self._tell(_difference(self._recording.digest.differs_from))
        if not playing or len(run.known_journal) != self._saved[0]:
            await self.save(run, not playing)
        if playing and self.reached > self._durable and not self._writing.locked() and not self._resting:
            ahead = self.reached + max(LEAD, int(rate * LEAD_WALL * SECOND))
            await self._patiently(self._promise(min(ahead, run.scenario.document.length)))

    async def save(self, run: Run, still: bool = True) -> None:
        """Store what the run is made of, if that has changed; wait a little for it."""
        if self.gone or self.is_saved(run, still) or (self._resting and not still):
            return
        complete = self._recording.furthest >= self.promised
        standing = Standing(
            [line.as_list() for line in run.known_journal],
            self.reached if still else max(self.reached, self._durable),
            self._recording.digest.marks() if complete else None,
            self._recording.digest.differs_from,
        )
        await self._patiently(self._save(standing, self.reached))

    async def settled(self) -> None:
        """Wait for what is being stored."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._keeping is not None:
            await asyncio.wait({self._keeping})

    def keep(self, run: Run) -> None:
        """Store a state if that is worth it, in the background."""
        latest = self._recording.checkpoints.latest
        if latest is None or self.gone or latest.count < self._recording.stored + WORTH_KEEPING:
            return
        if time.monotonic() >= self._keep_after and (self._keeping is None or self._keeping.done()):
            lines = run.known_journal[: latest.applied]
            self._keeping = asyncio.ensure_future(self._keep(lines, self._recording.past(), latest.count))

    @property
    def _resting(self) -> bool:
        return self._failed_at is not None and time.monotonic() - self._failed_at < AGAIN_AFTER

    async def _promise(self, reached: Micros) -> None:
        await self.store.promise(self.key, reached)
        self._durable = reached

    async def _save(self, standing: Standing, reached: Micros) -> None:
        await self.store.save(self.key, standing)
        self._saved = (len(standing.journal), reached)
        self._durable = standing.reached

    async def _keep(self, lines: list[Intervention], past: Past, count: int) -> None:
        begun = time.monotonic()
        try:
            await self.store.keep(self.key, lines, past)
            self._recording.stored = count
        except (OSError, DatabaseError):
            logger.warning(
                "A state of the run %s could not be stored; it can be computed again.", self.key, exc_info=True
            )
        except RunGone:
            self.gone = True
        took = time.monotonic() - begun
        self._keep_after = begun + max(KEEP_EVERY, took / SHARE)

    async def _patiently(self, writing: Awaitable[None]) -> None:
        """Wait for it, but not for long: it goes on by itself, and a store that is slow stops the run only once."""
        task = asyncio.ensure_future(self._in_turn(writing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._slow:
            await asyncio.sleep(0)
            return
        _, waiting = await asyncio.wait({task}, timeout=PATIENCE)
        if waiting:
            self._slow = True
            self._trouble("it takes long")

    async def _in_turn(self, writing: Awaitable[None]) -> None:
        async with self._writing:
            try:
                await writing
            except DatabaseError as error:
                self._trouble(str(error))
                return
            except RunGone:
                self.gone = True
                return
        self._slow = False
        if self._failed_at is not None:
            self._failed_at = None
            logger.info("The run %s is stored again.", self.key)
            self._tell(STORED_AGAIN)

    def _trouble(self, why: str) -> None:
        if self._failed_at is None:
            logger.warning("The run %s could not be stored (%s); it will be tried again.", self.key, why)
            self._tell(NOT_STORED)
        self._failed_at = time.monotonic()


def _difference(since: Micros) -> Packet:
    return protocol.error(
        "run",
        "PlayedDifferently",
        f"This run was made by another version of Waystation, which played it differently from {stamp(since)} on. "
        "What you see is what this version makes of the same scenario, seed and journal.",
    )
