"""The socket of a page: what one page says wrong costs it an answer or its socket, and nobody else anything.

Source: docs/PROTOCOL.md.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from simulator import limits
from simulator.live import consumers, protocol
from simulator.live.hub import hub
from simulator.live.routing import websocket_urlpatterns
from simulator.models import Run
from tests.live.audience import mails

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 5


class Socket:
    """A page's end of a socket, of a visitor with this token."""

    def __init__(self, key: str, visitor: str) -> None:
        self.line = WebsocketCommunicator(URLRouter(websocket_urlpatterns), f"/ws/runs/{key}/")
        self.line.scope["session"] = {"visitor": visitor}

    async def open(self) -> "Socket":
        accepted, _ = await self.line.connect(timeout=WAIT)
        assert accepted
        return self

    async def say(self, message: Any) -> None:
        await self.line.send_to(text_data=message if isinstance(message, str) else json.dumps(message))

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of this type."""
        while True:
            message: dict[str, Any] = json.loads(await self.line.receive_from(timeout=WAIT))
            if message["type"] == kind:
                return message

    async def closed(self) -> int:
        """The code with which the server hangs up, whatever it says before."""
        while True:
            event = await self.line.receive_output(timeout=WAIT)
            if event["type"] == "websocket.close":
                code: int = event["code"]
                return code


@pytest_asyncio.fixture
async def key() -> AsyncIterator[str]:
    run = await Run.objects.acreate(title="a story", document=mails(), seed=1, visitor="owner")
    yield run.key
    await hub.close()


@pytest_asyncio.fixture
async def owner(key: str) -> AsyncIterator[Socket]:
    socket = await Socket(key, "owner").open()
    yield socket
    await socket.line.disconnect(timeout=WAIT)


@pytest_asyncio.fixture
async def guest(key: str) -> AsyncIterator[Socket]:
    socket = await Socket(key, "guest").open()
    yield socket
    await socket.line.disconnect(timeout=WAIT)


async def lives(socket: Socket) -> bool:
    """Whether the run still obeys this page."""
    await socket.say({"type": "story", "on": True})
    return (await socket.hear("frame"))["n"] >= 0


async def test_hello_comes_first_and_says_what_one_may_do(owner: Socket, guest: Socket):
    assert (await owner.hear("hello"))["may"] == ["watch", "control", "fork"]
    assert (await guest.hear("hello"))["may"] == ["watch", "fork"]


async def test_then_a_key_frame_and_the_history(owner: Socket):
    assert (await owner.hear("frame"))["key"]
    assert (await owner.hear("history"))["furthest"] == 0


async def test_everyone_sees_what_the_owner_does(owner: Socket, guest: Socket):
    await guest.hear("frame")
    await owner.say({"type": "play"})

    modes = [(await guest.hear("frame"))["mode"] for _ in range(3)]

    assert "running" in modes


@pytest.mark.parametrize(
    "message",
    [
        {"type": "play"},
        {"type": "step"},
        {"type": "seek", "to": 10},
        {"type": "pace", "kind": "follow"},
        {"type": "story", "on": False},
        {"type": "intervene", "target": "emails", "verb": "PurgeQueue"},
    ],
)
async def test_who_does_not_own_a_run_does_not_control_it(guest: Socket, owner: Socket, message: dict[str, Any]):
    await guest.say(message)

    refused = await guest.hear("error")

    assert (refused["code"], refused["about"]) == ("NotAllowed", message["type"])
    assert "Fork" in refused["cure"]
    assert await lives(owner)


async def test_anybody_may_fork_and_the_fork_is_their_own(guest: Socket):
    await guest.say({"type": "fork", "at": 0})

    address = (await guest.hear("forked"))["url"]

    fork = await Run.objects.aget(key=address.split("/")[2])
    assert (fork.visitor, fork.forked_at) == ("guest", 0)


@pytest.mark.parametrize(
    "text", [" ", "{", "null", "[]", "7", '{"type":"dance"}', '{"type":"seek","to":"soon"}', "\x00"]
)
async def test_a_message_that_is_wrong_is_answered_and_the_run_goes_on(owner: Socket, text: str):
    await owner.say(text)

    refused = await owner.hear("error")

    assert refused["message"]
    assert await lives(owner)


async def test_too_many_wrong_messages_cost_the_socket_and_nobody_elses(owner: Socket, guest: Socket):
    for _ in range(consumers.MISTAKES + 1):
        await guest.say("{")

    assert await guest.closed() == protocol.TOO_MANY
    assert await lives(owner)


async def test_too_many_messages_at_once_cost_the_socket_and_nobody_elses(owner: Socket, guest: Socket):
    for _ in range(int(consumers.BURST) + 20):
        await guest.say({"type": "seen", "n": 1})

    assert await guest.closed() == protocol.TOO_MANY
    assert await lives(owner)


async def test_a_message_that_is_too_large_costs_the_socket_and_nobody_elses(owner: Socket, guest: Socket):
    await guest.say(json.dumps({"type": "intervene", "target": "x" * protocol.LARGEST, "verb": "y"}))

    assert await guest.closed() == protocol.TOO_LARGE
    assert await lives(owner)


async def test_bytes_are_no_message(owner: Socket, guest: Socket):
    await guest.line.send_to(bytes_data=b"\x00" * 100)

    assert await guest.closed() == protocol.TOO_LARGE
    assert await lives(owner)


async def test_a_run_that_is_not_there_is_said_to_be_so(db: None):
    socket = await Socket("nothing", "owner").open()

    assert "no such run" in (await socket.hear("closing"))["message"]
    assert await socket.closed() == protocol.NO_SUCH_RUN


async def test_only_so_many_can_watch_one_run(owner: Socket, key: str):
    await sync_to_async(limits.change)(None, viewers=1)
    await owner.hear("frame")

    one_more = await Socket(key, "guest").open()

    assert await one_more.closed() == protocol.FULL
    assert await lives(owner)


async def test_whoever_leaves_is_forgotten(owner: Socket, key: str):
    guest = await Socket(key, "guest").open()
    await guest.hear("frame")
    await guest.line.disconnect(timeout=WAIT)

    assert len(hub.sessions[key].followers) == 1


async def test_a_page_that_comes_back_goes_on_where_the_run_is(owner: Socket, key: str):
    await owner.say({"type": "seek", "to": 1_000_000})
    while (await owner.hear("frame"))["to"] < 1_000_000:
        pass
    again = await Socket(key, "owner").open()

    await again.say({"type": "resume", "after": 1})
    frame = await again.hear("frame")

    assert (frame["key"], frame["to"]) == (True, 1_000_000)
    await again.line.disconnect(timeout=WAIT)


async def test_what_the_past_refuses_is_said_with_the_cure(owner: Socket):
    await owner.say({"type": "seek", "to": 1_000_000})
    while (await owner.hear("frame"))["to"] < 1_000_000:
        pass
    await owner.say({"type": "seek", "to": 500_000})
    await owner.say({"type": "intervene", "target": "emails", "verb": "SendMessage", "arguments": {"MessageBody": "x"}})

    refused = await owner.hear("error")

    assert refused["code"] == "InThePast"
    assert "Fork" in refused["cure"]


async def test_a_search_is_answered_to_the_page_that_asked(owner: Socket, guest: Socket):
    await guest.say({"type": "search", "query": "m-1"})

    assert (await guest.hear("found"))["query"] == "m-1"


async def test_a_journey_is_answered_to_the_page_that_asked(owner: Socket, guest: Socket):
    await guest.say({"type": "journey", "message": 256})

    assert (await guest.hear("journey"))["message"] == 256
