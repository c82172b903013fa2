"""Fan-out: what it costs a server to bring one frame to one viewer, by our mailboxes and by `group_send`, on Daphne.

The servers are processes of their own, and this one is all the viewers, on loopback; the viewers acknowledge once a
second, as the page does. Then one viewer stops reading while the others go on: their delay, and the server's memory.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles

from benchmarks import measure

VIEWERS = 120
FRAMES_PER_SECOND = 20
SECONDS = 4
STALL_SECONDS = 24
SETTLE_SECONDS = 1.5


class Page(asyncio.Protocol):
    """One viewer: counts the frames it gets, and how long each was under way."""

    def __init__(self, address: str, port: int) -> None:
        self.address = address
        self.port = port
        self.opened = asyncio.get_running_loop().create_future()
        self.delays: list[int] = []
        self.number = 0
        self._buffer = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        lines = (
            f"GET {self.address} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
        )
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done():
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head[:200]
            self._buffer = bytearray(rest)
            self.opened.set_result(None)
        self._read()

    def stop_reading(self) -> None:
        self._transport.pause_reading()

    def acknowledge(self) -> None:
        """Say which frame has come. A client's frames are masked; a mask of zeros is one. Source: RFC 6455, 5.3."""
        said = json.dumps({"type": "seen", "n": self.number}).encode()
        self._transport.write(bytes((0x81, 0x80 | len(said), 0, 0, 0, 0)) + said)

    def close(self) -> None:
        self._transport.abort()

    def _read(self) -> None:
        """Take whole frames out of the buffer. Source: RFC 6455, section 5.2 (base framing)."""
        buffer = self._buffer
        while len(buffer) >= 4:
            length, begin = buffer[1] & 127, 2
            if length == 126:
                length, begin = int.from_bytes(buffer[2:4], "big"), 4
            assert length != 127, "a frame is too long for this reader"
            if len(buffer) < begin + length:
                return
            if buffer[0] & 15 == 1:
                self._met(bytes(buffer[begin : begin + 100]))
            del buffer[: begin + length]

    def _met(self, text: bytes) -> None:
        before, found, at = text.partition(b'"at": ')
        if found:
            self.delays.append(time.monotonic_ns() - int(at.partition(b",")[0]))
            self.number = int(before.partition(b'"n": ')[2].partition(b",")[0])


@dataclass(frozen=True)
class Watched:
    """CPU microseconds per delivered frame, the 95th percentile of delays in milliseconds, the share of frames that
    came, and the bytes of the server second by second.
    """

    cost: float
    delay: float
    share: float
    memory: list[float]


class Way:
    """One way of sending frames: its server, and the address of its sockets."""

    def __init__(self, address: str, port: int) -> None:
        self.address = address
        self.port = port

    def used(self) -> dict[str, float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/used") as answer:
            found: dict[str, float] = json.load(answer)
            return found

    async def watched(self, seconds: float, stalled: int = 0) -> "Watched":
        """Connect the viewers, wait a little, and watch.

        `stalled` viewers more connect, and read nothing.
        """
        loop = asyncio.get_running_loop()
        pages = []
        for _ in range(VIEWERS + stalled):
            _, page = await loop.create_connection(lambda: Page(self.address, self.port), "127.0.0.1", self.port)
            await page.opened
            pages.append(page)
        for page in pages[VIEWERS:]:
            page.stop_reading()
        await asyncio.sleep(SETTLE_SECONDS)
        reading = pages[:VIEWERS]
        for page in reading:
            page.delays.clear()
        memory = []
        begun = await asyncio.to_thread(self.used)
        since = time.monotonic()
        while time.monotonic() - since < seconds:
            await asyncio.sleep(1)
            if self.address.startswith("/ours"):
                for page in reading:
                    page.acknowledge()
            memory.append((await asyncio.to_thread(self.used))["bytes"])
        delays = [delay / 1e6 for page in reading for delay in page.delays]
        due = (time.monotonic() - since) * VIEWERS * FRAMES_PER_SECOND
        ended = await asyncio.to_thread(self.used)
        for page in pages:
            page.close()
        await asyncio.sleep(0.5)
        cost = (ended["cpu"] - begun["cpu"]) / len(delays) * 1e6
        return Watched(cost, quantiles(delays, n=20)[-1], len(delays) / due, memory)


@contextmanager
def server(address: str) -> Iterator[Way]:
    """A server on a free port, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.fanout_server", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"ready"), "the server did not start"
        yield Way(address, port)
    finally:
        process.terminate()
        process.wait()


def main() -> int:
    measure.heading("fanout")
    with server("/ours/benchmark/") as ours, server("/group/") as group:
        ways = {"mailbox per viewer": ours, "group_send, in memory": group}
        seen: dict[str, list[Watched]] = {name: [] for name in ways}
        for _ in range(measure.ROUNDS):
            for name, way in ways.items():
                seen[name].append(asyncio.run(way.watched(SECONDS)))
        theirs = [one.cost for one in seen["group_send, in memory"]]
        rows = [
            (
                name,
                measure.spread([one.cost for one in found]).text(),
                measure.spread([one.delay for one in found]).text(),
                measure.spread([one.share for one in found]).text(2),
                measure.ratios([one.cost for one in found], theirs).text(2),
            )
            for name, found in seen.items()
        ]
        title = f"{VIEWERS} viewers, {FRAMES_PER_SECOND} frames of 4 KB a second; to reach: ≤ 0.33 of group_send"
        measure.table(title, ("way", "CPU µs per frame", "p95 delay ms", "delivered", "ratio"), rows)
        stall(ours)
    return 0


def stall(ours: Way) -> None:
    """One viewer stops reading: the delay of the others, and the memory of the server."""
    rows = []
    for name, stalled in (("all read", 0), ("one more reads nothing", 1)):
        seen = asyncio.run(ours.watched(STALL_SECONDS, stalled))
        half = len(seen.memory) // 2
        growth = [(part[-1] - part[0]) / 1e6 for part in (seen.memory[:half], seen.memory[half:])]
        rows.append((name, f"{seen.delay:.0f}", f"{seen.share:.2f}", *(f"{value:+.1f}" for value in growth)))
    columns = ("viewers", "p95 delay ms", "delivered", "MB in the first half", "in the second half")
    measure.table(f"A viewer that stops reading, over {STALL_SECONDS} s", columns, rows)


if __name__ == "__main__":
    sys.exit(main())
