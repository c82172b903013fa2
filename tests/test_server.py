"""The server that `start` and the browser tests run: what it refuses, and how it ends. Here it runs an echo."""

import base64
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Running = tuple[subprocess.Popen[str], int]  # and its port
ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30  # seconds for a server to come up on a busy machine
LIMIT = 256 * 1024
SERVE = """
import django
django.setup()
from django.conf import settings
settings.ASGI_APPLICATION = "tests.test_server.echo"
from simulator import server
echoing = server.build("127.0.0.1", 0, lambda: print(echoing.port, flush=True))
echoing.run()
print("ended", flush=True)
"""


async def echo(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answers a socket message with its length, and any request with 200."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    while True:
        event = await receive()
        if event["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        elif event["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": str(len(event["text"]))})
        else:
            return


class Socket:
    """A WebSocket client of few words. Source: RFC 6455, sections 1.3 and 5.2."""

    def __init__(self, port: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection.sendall(
            f"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self.connection.recv(1)
        assert answer.startswith(b"HTTP/1.1 101"), answer

    def say(self, text: bytes) -> None:
        size = len(text)
        length = bytes([0x80 | size]) if size < 126 else b"\xff" + size.to_bytes(8, "big")
        if 126 <= size < 1 << 16:
            length = b"\xfe" + size.to_bytes(2, "big")
        mask = b"\0\0\0\0"
        self.connection.sendall(b"\x81" + length + mask + text)

    def hear(self) -> bytes:
        """One short text frame's text, or nothing when the server has closed."""
        try:
            head = self.connection.recv(2)
            return self.connection.recv(head[1]) if head[:1] == b"\x81" else b""
        except ConnectionError:
            return b""


@pytest.fixture
def server() -> Iterator[Running]:
    """A running server and its port. The variables are those of this test process (tests/settings.py)."""
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "simulator.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE], cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def test_a_socket_message_over_the_limit_closes_that_socket_and_no_other(server: Running):
    """Source: RFC 6455, section 7.4.1 (close code 1009)."""
    _, port = server
    quiet, loud = Socket(port), Socket(port)
    with closing(quiet.connection), closing(loud.connection):
        loud.say(b"a" * LIMIT)
        assert loud.hear() == str(LIMIT).encode()
        loud.say(b"a" * (LIMIT + 1))
        assert loud.hear() == b""
        quiet.say(b"still here")
        assert quiet.hear() == b"10"


def test_it_ends_cleanly_with_connections_in_every_state(server: Running):
    process, port = server
    states = (
        b"",
        b"GET / HTT",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
    )
    connections = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in states]
    for connection, sent in zip(connections, states, strict=True):
        connection.sendall(sent)
    assert connections[2].recv(12) == b"HTTP/1.1 200"
    open_socket = Socket(port)
    open_socket.say(b"hello")
    assert open_socket.hear() == b"5"
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (0, "ended\n")
    for connection in (*connections, open_socket.connection):
        connection.close()
