"""A small run being played, and pages that watch it: what the tests of the live room share.

    session = a_session(mails(story=[...]))
    page = Page(session)
    await session.play()
    await page.until(lambda: session.run.now > 2 * SECOND)

Nothing sleeps: a test waits for what a page is sent, and the clock on the wall only ends a test that would hang.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import Micros
from simulator.engine.journal import Intervention
from simulator.engine.run import Run
from simulator.folds.digest import Mark
from simulator.live.followers import Follower
from simulator.live.keeper import Standing
from simulator.live.pacing import FASTEST, Pace
from simulator.live.protocol import Packet
from simulator.live.recording import Past, Recording
from simulator.live.session import Session
from tests.patterns.vocabulary import document, producer, queue, worker

PATIENCE = 8.0
FAST = Pace("steady", FASTEST)


def mails(*, per_second: float = 4, length: str = "10m", story: Any = (), service: Any = 0.5, **more: Any) -> Any:
    """The document of a shop, a queue and a mailer, as nodes 0, 1 and 2."""
    parts = [
        producer(
            "shop",
            to="emails",
            arrivals={"poisson": {"per_second": per_second}},
            body={"type": {"one_of": ["sign-up", "password-reset"]}},
        ),
        queue("emails"),
        worker("mailer", polls="emails", service={"constant": service}, concurrency=3),
    ]
    return document(*parts, length=length, **more) | {"story": list(story)}


def run_of(given: Any, journal: list[Intervention] | None = None) -> Run:
    return Run(documents.read(given, catalog.patterns()), journal=journal or [])


class Store:
    """Where a session stores its run: the last things it was given, and how often."""

    def __init__(self) -> None:
        self.lines: list[list[Any]] = []
        self.reached: Micros = 0
        self.digest: list[Mark] = []
        self.differs_from: Micros | None = None
        self.times = 0
        self.promises: list[Micros] = []
        self.pasts: list[Past] = []

    async def promise(self, key: str, reached: Micros) -> None:
        self.promises.append(reached)
        self.reached = reached

    async def save(self, key: str, standing: Standing) -> None:
        self.lines, self.reached, self.differs_from = standing.journal, standing.reached, standing.differs_from
        self.digest = self.digest if standing.digest is None else standing.digest
        self.times += 1

    async def keep(self, key: str, lines: list[Intervention], past: Past) -> None:
        self.pasts.append(past)


def a_session(given: Any = None, journal: list[Intervention] | None = None, store: Store | None = None) -> Session:
    run = run_of(mails() if given is None else given, journal)
    return Session("key", "a story", run, Recording(run), store or Store())


class Page:
    """One viewer: what it was sent, as a page reads it. It acknowledges every frame, unless it is asleep."""

    def __init__(self, session: Session, asleep: bool = False) -> None:
        self.session = session
        self.packets: list[Packet] = []
        self.messages: list[dict[str, Any]] = []
        self.asleep = asleep
        self._news = asyncio.Event()
        self.follower = Follower(self._take)
        self.follower.start()
        session.join(self.follower)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return self.of("frame")

    @property
    def last(self) -> dict[str, Any]:
        """The latest frame; before the first, one that says nothing."""
        return self.frames[-1] if self.frames else {"n": -1, "key": False, "to": -1, "mode": "", "hops": None}

    @property
    def closed(self) -> int | None:
        """The code with which the server hung up."""
        return next((one["code"] for one in self.packets if one["type"] == "websocket.close"), None)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait until something is true; it is looked at whenever this page has got something."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def frame(self, after: int | None = None) -> dict[str, Any]:
        """The next frame that arrives, or the first after number `after`."""
        known = len(self.frames)
        if after is None:
            await self.until(lambda: len(self.frames) > known)
        else:
            await self.until(lambda: self.frames and self.last["n"] >= after)
        return self.last

    async def stopped(self) -> dict[str, Any]:
        """The first frame that says the run has stopped, for now."""
        await self.until(lambda: self.frames and self.is_still)
        return self.last

    @property
    def is_still(self) -> bool:
        """Whether the run has stopped, and the last frame says so."""
        session, last = self.session, self.last
        return not session.playing and (last["n"], last["to"]) == (session.number, session.run.now)

    async def _take(self, packet: Packet) -> None:
        self.packets.append(packet)
        if packet["type"] == "websocket.send":
            message = json.loads(packet["text"])
            self.messages.append(message)
            if message["type"] == "frame" and not self.asleep:
                self.follower.saw(message["n"])
        self._news.set()


async def played_to(session: Session, to: Micros) -> Session:
    """The session at a moment, as if somebody had gone there."""
    await session.seek(to)
    if session.playing:
        page = Page(session)
        await page.until(lambda: page.is_still)
        session.leave(page.follower)
        page.follower.stop()
    assert session.run.now == to
    return session


def views(run: Run) -> list[dict[str, Any]]:
    return [node.view() for node in run.nodes]


def beat(first: str, nth: int = 1, **more: Any) -> dict[str, Any]:
    return {"when": {"first": first, "nth": nth}, "title": f"{first} {nth}", "say": "Look at {message}."} | more


def beat_at(time: str, **more: Any) -> dict[str, Any]:
    return {"when": {"at": time}, "title": f"at {time}", "say": "Look."} | more
