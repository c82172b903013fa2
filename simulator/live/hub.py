"""The hub: the runs that are alive in this process, each once, however many watch it.

A run is stored as what it is made of: document, seed, journal, and how far it had come. A session that nobody has
watched for a while is put away; who opens its address later gets the same run, computed again.
"""

import asyncio
import time
from typing import Any

from channels.db import database_sync_to_async

from simulator import catalog, limits
from simulator.engine import journal, scenario
from simulator.engine.clock import Micros
from simulator.engine.errors import Problem, Refused
from simulator.engine.run import Run
from simulator.folds.digest import marks_of
from simulator.live import storage
from simulator.live.recording import Recording, revived
from simulator.live.session import Session
from simulator.models import Limits
from simulator.models import Run as StoredRun
from simulator.permissions import too_many_runs

# A session without viewers is put away after this many wall seconds.
PUT_AWAY_AFTER = 600.0
TIDY_EVERY = 60.0

# One that was opened so few wall seconds ago is somebody's, who is about to watch it.
JUST_OPENED = 10.0


class NoSuchRun(Exception):  # noqa: N818
    """There is no run with this key, or none that this version can play."""


class NoRoom(NoSuchRun):
    """The run may be there, but so many are being watched at this moment that it can't be opened."""


class Hub:
    """Sessions by the key of their run."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self._opening: dict[str, asyncio.Future[Session]] = {}
        self._closing: dict[str, asyncio.Future[None]] = {}
        self._tidier: asyncio.Task[None] | None = None

    async def session(self, key: str) -> Session:
        """The session of a run, opened if need be; it is not put away for a while. Raises NoSuchRun."""
        while key in self._closing:  # what it stores is what is opened next
            await asyncio.shield(self._closing[key])
        if key in self.sessions and not self.sessions[key].gone:
            self.sessions[key].touch()
            return self.sessions[key]
        if key in self._opening:
            return await asyncio.shield(self._opening[key])
        opening = self._opening[key] = asyncio.get_running_loop().create_future()
        try:
            session = await self._open(key)
            opening.set_result(session)
            return session
        except BaseException as error:
            opening.set_exception(error)
            opening.exception()
            raise
        finally:
            del self._opening[key]

    async def fork(self, key: str, at: Micros, owner: Any, visitor: str) -> StoredRun:
        """A new run, stored and alive, that shares the past of `key` up to `at`. Raises NoSuchRun, Refused."""
        parent = await self.session(key)
        if at > parent.furthest:
            raise Refused(
                [
                    Problem(
                        "at",
                        f"{at} µs has not been reached yet",
                        f"at most {parent.furthest}",
                        "Play on to that moment first.",
                    )
                ]
            )
        await _refuse_too_many(owner, visitor)
        await self._make_room()
        session = await parent.forked(at)
        stored = await _store_fork(key, session.run, at, owner, visitor)
        session.key = stored.key
        self._add(session)
        return stored

    def touched(self, key: str) -> bool:
        """Whether a run that is alive has been played or changed, which the database hears a little later."""
        session = self.sessions.get(key)
        return session is not None and (session.playing or session.furthest > 0)

    async def dismiss(self, key: str) -> bool:
        """Store and forget one run although somebody may watch it, whose page is told so; False if it is not alive."""
        session = self.sessions.get(key)
        if session is None:
            return False
        session.dismiss()
        await self._close(session)
        return True

    async def put_away(self) -> None:
        """Store and forget the sessions that nobody has watched for a while."""
        for session in list(self.sessions.values()):
            if session.gone or session.unwatched_for(time.monotonic()) > PUT_AWAY_AFTER:
                await self._close(session)

    async def close(self) -> None:
        """Store and forget every session: the server is about to end."""
        if self._tidier is not None:
            self._tidier.cancel()
        for session in list(self.sessions.values()):
            await self._close(session, quickly=True)

    async def _open(self, key: str) -> Session:
        if key in self.sessions:  # it was removed while it was here
            await self._close(self.sessions[key])
        stored = await storage.stored(key)
        if stored is None:
            raise NoSuchRun("There is no such run. It may have been removed.")
        await self._make_room()
        try:
            run = await asyncio.to_thread(_run_of, stored)  # a large document takes a second to check
        except (Refused, ValueError, TypeError) as refused:  # also a journal that somebody edited by hand
            raise NoSuchRun(f"This run was made by another version and can't be played: {refused}"[:500]) from refused
        session = await self._revived(stored, run)
        self._add(session)
        if stored.reached > 0:
            session.recover(max(min(stored.reached, session.length), session.furthest))
        return session

    async def _revived(self, stored: StoredRun, run: Run) -> Session:
        """The session of a run at its beginning, or at the state of it that is stored."""
        lines, memory, recording = run.known_journal, None, Recording(run)
        past = await storage.past_of(stored, lines)
        if past is not None:
            run, recording, memory = revived(past, run.scenario, lines)
            recording.stored = recording.archive.count
        recording.digest.expect(marks_of(stored.digest), stored.differs_from)
        return Session(stored.key, stored.title, run, recording, storage, memory)

    def _add(self, session: Session) -> None:
        self.sessions[session.key] = session
        if self._tidier is None or self._tidier.done():
            self._tidier = asyncio.ensure_future(self._tidy())

    async def _tidy(self) -> None:
        """As long as there are sessions, put away those that nobody needs."""
        while self.sessions:
            await asyncio.sleep(TIDY_EVERY)
            await self.put_away()
            await storage.sweep(self.sessions)

    async def _make_room(self) -> None:
        """Where the limits leave no room, the run unwatched for longest goes; if all are watched, raises NoRoom."""
        await self.put_away()
        most = await limits.acurrent()
        while self.sessions and self._is_full(most):
            now = time.monotonic()
            longest = max(self.sessions.values(), key=lambda one: one.unwatched_for(now))
            if longest.unwatched_for(now) <= JUST_OPENED:
                raise NoRoom(limits.too_many_live_runs(most))
            await self._close(longest)

    def _is_full(self, most: Limits) -> bool:
        memory = sum(session.recording.bytes for session in self.sessions.values())
        return len(self.sessions) >= most.live_runs or memory > most.live_megabytes * 1_000_000

    async def _close(self, session: Session, quickly: bool = False) -> None:
        if self.sessions.get(session.key) is not session:
            return
        del self.sessions[session.key]
        closed = self._closing[session.key] = asyncio.get_running_loop().create_future()
        try:
            await session.close(quickly)
        finally:
            del self._closing[session.key]
            closed.set_result(None)


def _run_of(stored: StoredRun) -> Run:
    """The run of a row, at its beginning. Raises Refused, or ValueError or TypeError for what is no journal."""
    checked = scenario.read(stored.document, catalog.patterns())
    return Run(checked, stored.seed, journal.read(stored.journal))


@database_sync_to_async
def _refuse_too_many(owner: Any, visitor: str) -> None:
    problem = too_many_runs(owner, visitor)
    if problem is not None:
        raise Refused([problem])


@database_sync_to_async
def _store_fork(key: str, run: Run, at: Micros, owner: Any, visitor: str) -> StoredRun:
    parent = StoredRun.objects.get(key=key)
    return StoredRun.objects.create(
        scenario_id=parent.scenario_id,
        title=parent.title,
        document=parent.document,
        seed=parent.seed,
        journal=[line.as_list() for line in run.journal],
        reached=at,
        parent=parent,
        forked_at=at,
        owner=owner,
        visitor=visitor,
    )


hub = Hub()
