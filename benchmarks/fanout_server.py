"""A Daphne that sends a frame twenty times a second to everyone connected: `python -m benchmarks.fanout_server PORT`.

At /ours frames go the way of the product: its own consumer, and a mailbox for each viewer. At /group they go through
`group_send` and the channel layer in memory, as the Channels tutorial sends messages. What was used is told at /used.
Source: Channels documentation, "Channel Layers: Groups".
"""

import asyncio
import json
import os
import sys
import time
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from django.urls import path

from benchmarks import product  # before the imports below: they need the settings
from benchmarks.memory import resident
from simulator.live import protocol
from simulator.live.consumers import Viewer
from simulator.live.followers import Follower
from simulator.live.hub import hub

PER_SECOND = 20
BYTES = 4096
GROUP = "viewers"

assert product  # imported for its effect
_sending: list[asyncio.Task[None]] = []


def frame(number: int) -> bytes:
    """A frame of the usual size that says when it was made."""
    head = json.dumps({"type": "frame", "n": number, "at": time.monotonic_ns()})
    return (head[:-1] + ', "rest": "' + "x" * (BYTES - len(head) - 12) + '"}').encode()


class Broadcast:
    """What a session is to its viewers, with frames of our own making."""

    def __init__(self) -> None:
        self.followers: list[Follower] = []
        self.number = 0

    def touch(self) -> None:
        """Nothing puts this one away."""

    def hello(self, may: list[str]) -> protocol.Packet:
        return protocol.encode({"type": "hello"})

    def join(self, follower: Follower) -> None:
        self.followers.append(follower)
        self.serve(follower)

    def leave(self, follower: Follower) -> None:
        self.followers.remove(follower)

    def serve(self, follower: Follower) -> None:
        if follower.wants_key and follower.ready:
            follower.catch_up(self.number, protocol.packet(frame(self.number)))

    async def tick(self) -> None:
        self.number += 1
        packet = protocol.packet(frame(self.number))
        for follower in self.followers:
            follower.offer(self.number, packet)


class OurViewer(Viewer):
    """The product's consumer, for a run that is in no database."""

    async def connect(self) -> None:
        begin(broadcast.tick)
        await super().connect()

    async def _allowed(self, key: str) -> list[str]:
        return ["watch"]


class GroupViewer(AsyncWebsocketConsumer):
    """A consumer as the tutorial writes it."""

    async def connect(self) -> None:
        begin(send_to_group)
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def frame(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


async def send_to_group() -> None:
    await get_channel_layer().group_send(GROUP, {"type": "frame", "text": frame(0).decode()})


def begin(tick: Any) -> None:
    """Tick from the first viewer on; this process serves one of the two ways only."""
    if not _sending:
        _sending.append(asyncio.ensure_future(_tick_for_ever(tick)))


async def _tick_for_ever(tick: Any) -> None:
    coming = time.monotonic()
    while True:
        coming = max(coming + 1 / PER_SECOND, time.monotonic() - 0.2)
        await asyncio.sleep(max(0.0, coming - time.monotonic()))
        await tick()


async def used(scope: Any, receive: Any, send: Any) -> None:
    """CPU seconds and bytes in memory so far."""
    body = json.dumps({"cpu": time.process_time(), "bytes": resident()}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


broadcast = Broadcast()
hub.sessions["benchmark"] = broadcast  # type: ignore[assignment]
application = ProtocolTypeRouter(
    {
        "http": used,
        "websocket": URLRouter([path("ours/<str:key>/", OurViewer.as_asgi()), path("group/", GroupViewer.as_asgi())]),
    }
)


def main() -> None:
    endpoints = build_endpoint_description_strings(host="127.0.0.1", port=int(sys.argv[1]))
    Server(application, endpoints=endpoints, ready_callable=lambda: print("ready", os.getpid(), flush=True)).run()


if __name__ == "__main__":
    main()
