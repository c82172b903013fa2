"""The socket of a page that watches a run: one method per type of message.

A page can say anything; what it says is checked, counted and answered, and a mistake costs it an error frame, never the
socket of somebody else. Frames do not pass through the channel layer (`channel_layer_alias` is None): the session puts
them into this viewer's mailbox.
"""

import time
from typing import ClassVar

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from simulator import limits, permissions
from simulator.engine.errors import Refused, ServiceError
from simulator.live import protocol
from simulator.live.followers import Follower
from simulator.live.hub import NoRoom, NoSuchRun, hub
from simulator.live.pacing import Pace
from simulator.live.session import Session
from simulator.models import Run

# A page may send this many messages at once, and this many a second for long; and make this many mistakes in a minute.
BURST, PER_SECOND = 60.0, 30.0
MISTAKES = 20

# What each message needs; what is not listed needs only that one may watch.
NEEDS = {
    "play": "control",
    "pause": "control",
    "step": "control",
    "pace": "control",
    "seek": "control",
    "intervene": "control",
    "story": "control",
    "fork": "fork",
}


class Viewer(AsyncWebsocketConsumer):
    """One page's connection to one run."""

    channel_layer_alias: ClassVar[None] = None

    session: Session | None = None
    follower: Follower | None = None
    _hung_up = False

    async def connect(self) -> None:
        await self.accept()
        self._allowance, self._counted_at = BURST, time.monotonic()
        self._mistakes: list[float] = []
        key = self.scope["url_route"]["kwargs"]["key"]
        try:
            self.may = await self._allowed(key)
            most = await limits.acurrent()
            session = await hub.session(key)
        except NoRoom as full:
            await self._close(protocol.FULL, str(full))
            return
        except NoSuchRun as missing:
            await self._close(protocol.NO_SUCH_RUN, str(missing))
            return
        if len(session.followers) >= most.viewers:
            await self._close(protocol.FULL, limits.too_many_viewers(most))
            return
        self.key = key
        await self._send(session.hello(self.may))
        self.session = session
        self.follower = Follower(self._send)
        self.follower.start()
        session.join(self.follower)

    async def disconnect(self, code: int) -> None:
        if self.session is not None and self.follower is not None:
            self.session.leave(self.follower)
            self.follower.stop()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.session is None or self._hung_up:
            return
        if text_data is None or len(text_data) > protocol.LARGEST:
            await self._close(
                protocol.TOO_LARGE, f"A message may have at most {protocol.LARGEST:,} characters of text."
            )
            return
        if not self._may_speak():
            await self._close(protocol.TOO_MANY, "That is too much at once; wait a little.")
            return
        about = "?"
        try:
            said = protocol.read(text_data)
            about = said.type
            need = NEEDS.get(said.type, "watch")
            if need not in self.may:
                cure = "Fork it: the fork is yours." if "fork" in self.may else ""
                await self._send(
                    protocol.error(about, "NotAllowed", "Only whoever started this run controls it.", cure)
                )
                return
            await getattr(self, f"on_{said.type}")(said)
        except (Refused, ServiceError) as refused:
            await self._send(protocol.refusal(about, refused))
            await self._count_mistake()
        except NoSuchRun as full:
            await self._send(protocol.error(about, "Unavailable", str(full)))

    async def on_play(self, said: protocol.Play) -> None:
        await self._session.play()

    async def on_pause(self, said: protocol.Pause) -> None:
        await self._session.pause()

    async def on_step(self, said: protocol.Step) -> None:
        await (self._session.step_back() if said.back else self._session.step())

    async def on_pace(self, said: protocol.SetPace) -> None:
        await self._session.set_pace(Pace(said.kind, said.rate))

    async def on_seek(self, said: protocol.Seek) -> None:
        await self._session.seek(said.to)

    async def on_story(self, said: protocol.SetStory) -> None:
        await self._session.set_story(said.on)

    async def on_intervene(self, said: protocol.Intervene) -> None:
        await self._session.intervene(said.target, said.verb, said.arguments)

    async def on_fork(self, said: protocol.Fork) -> None:
        user = self.scope.get("user")
        visitor = await self._visitor()
        fork = await hub.fork(self.key, said.at, user if user is not None and user.is_authenticated else None, visitor)
        await self._send(protocol.encode({"type": "forked", "url": fork.get_absolute_url()}))

    async def on_journey(self, said: protocol.Journey) -> None:
        await self._send(protocol.encode(await self._session.journey(said.message)))

    async def on_search(self, said: protocol.Search) -> None:
        await self._send(protocol.encode(await self._session.search(said.query)))

    async def on_seen(self, said: protocol.Seen) -> None:
        assert self.follower is not None
        self.follower.saw(said.n)
        self._session.serve(self.follower)

    async def on_resume(self, said: protocol.Resume) -> None:
        assert self.follower is not None
        self._session.resume(self.follower, said.after)

    @property
    def _session(self) -> Session:
        assert self.session is not None
        return self.session

    @database_sync_to_async
    def _allowed(self, key: str) -> list[str]:
        run = Run.objects.only("key", "owner_id", "visitor").filter(key=key).first()
        if run is None:
            raise NoSuchRun("There is no such run. It may have been removed.")
        return [str(action) for action in permissions.allowed(self.scope.get("user"), self._token(), run)]

    @database_sync_to_async
    def _visitor(self) -> str:
        return self._token()

    def _token(self) -> str:
        return permissions.visitor_of(self.scope["session"]) if "session" in self.scope else ""

    def _may_speak(self) -> bool:
        """A token bucket: BURST tokens at most, PER_SECOND new ones each second."""
        now = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now - self._counted_at) * PER_SECOND)
        self._counted_at = now
        self._allowance -= 1
        return self._allowance >= 0

    async def _count_mistake(self) -> None:
        now = time.monotonic()
        self._mistakes = [*(one for one in self._mistakes if now - one < 60), now]
        if len(self._mistakes) > MISTAKES:
            await self._close(protocol.TOO_MANY, "Too many of this page's messages were wrong.")

    async def _close(self, code: int, why: str) -> None:
        """Say why, and hang up; whatever else the page says is not heard any more."""
        self._hung_up = True
        if self.session is not None and self.follower is not None:
            self.session.leave(self.follower)
            self.follower.stop()
        await self._send(protocol.closing(why))
        await self._send(protocol.hang_up(code))

    async def _send(self, packet: protocol.Packet) -> None:
        """Put a packet on the wire as it is: `send` would copy it once more for every viewer."""
        await self.base_send(packet)
