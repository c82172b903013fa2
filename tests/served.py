"""A real server in a process of its own, that can be killed at any moment, and a page of few words that watches a run.

house = House(directory)
key = house.new_run(document)
with house.served() as server:
    page = Line(server.port, key, house.cookie)
    page.say(type="play")
    page.until(lambda: page.shown > 5 * SECOND)
    server.kill()
"""

import base64
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30  # seconds for anything at all, on a busy machine
PREPARE = """
import django, json, sys
django.setup()
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
call_command("migrate", verbosity=0)
visit = SessionStore()
visit["visitor"] = "me"
visit.save()
print(visit.session_key)
"""
SERVE = """
import django
django.setup()
from simulator import server
from simulator.live.hub import hub
waystation = server.build("127.0.0.1", 0, lambda: print(waystation.port, flush=True), farewell=hub.close)
waystation.run()
"""
NEW_RUN = """
import django, json, sys
django.setup()
from simulator.models import Run
print(Run.objects.create(title="A story", document=json.load(sys.stdin), seed=1, visitor="me").key)
"""


class House:
    """A data directory with a database, and the servers that use it one after another."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.variables = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "simulator.settings",
            "WAYSTATION_DATA_DIR": str(directory),
            "WAYSTATION_SECRET_KEY": "for-tests-only-" + "x" * 50,
        }
        self.cookie = self._python(PREPARE)

    def new_run(self, document: Any) -> str:
        return self._python(NEW_RUN, json.dumps(document))

    def row(self, key: str) -> dict[str, Any]:
        """What is stored of a run, read past the server."""
        with sqlite3.connect(self.directory / "waystation.sqlite3") as database:
            database.row_factory = sqlite3.Row
            found = dict(database.execute("select * from simulator_run where key = ?", [key]).fetchone())
        return found | {name: json.loads(found[name]) for name in ("journal", "digest", "document")}

    @contextmanager
    def served(self, **variables: str) -> Iterator["Served"]:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=ROOT,
            env=self.variables | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            yield Served(process, int(process.stdout.readline()))
        finally:
            process.kill()
            process.communicate()

    def _python(self, program: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=self.variables, input=given, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


class Served:
    """A server that runs."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port

    def kill(self) -> str:
        """End it as a power cut would, in the middle of whatever it does; what it had logged."""
        self.process.kill()
        return self.process.communicate()[1]

    def stop(self) -> str:
        """Let it end as it should; what it had logged."""
        self.process.terminate()
        return self.process.communicate(timeout=PATIENCE)[1]


class Line:
    """A WebSocket to a run. Source: RFC 6455, sections 1.3 and 5.2."""

    def __init__(self, port: int, key: str, cookie: str) -> None:
        self.messages: list[dict[str, Any]] = []
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.sendall(
            f"GET /ws/runs/{key}/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Origin: http://localhost\r\nCookie: waystation_session={cookie}\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self._read(1)
        assert answer.startswith(b"HTTP/1.1 101"), answer

    @property
    def frames(self) -> list[dict[str, Any]]:
        return self.of("frame")

    @property
    def shown(self) -> int:
        """The latest moment that a page has seen."""
        return max((frame["to"] for frame in self.frames), default=-1)

    @property
    def mode(self) -> str:
        return str(self.frames[-1]["mode"]) if self.frames else ""

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    def moments(self, words: str) -> set[int]:
        """When there was a line of the log that holds these words."""
        return {line[0] for frame in self.frames for line in frame["log"] if words in line[4]}

    def say(self, **message: Any) -> None:
        text = json.dumps(message).encode()
        size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + len(text).to_bytes(2, "big")
        self._socket.sendall(b"\x81" + size + b"\0\0\0\0" + text)

    def until(self, true: Callable[[], Any]) -> None:
        """Listen until something is true."""
        while not true():
            self.hear()

    def hear(self) -> None:
        head = self._read(2)
        size = head[1] & 0x7F
        if size > 125:
            size = int.from_bytes(self._read(2 if size == 126 else 8), "big")
        content = self._read(size)
        if head[0] == 0x81:
            self.messages.append(json.loads(content))
            if self.messages[-1]["type"] == "frame":
                self.say(type="seen", n=self.messages[-1]["n"])

    def drain(self) -> None:
        """Read what has arrived before the server ended."""
        try:
            while True:
                self.hear()
        except ConnectionError:
            self._socket.close()

    def _read(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            part = self._socket.recv(size - len(content))
            if not part:
                raise ConnectionError("the server has hung up")
            content += part
        return content
