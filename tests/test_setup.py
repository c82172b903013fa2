"""The set-up: what a fresh machine gets, what a server's owner may choose, and how files reach the browser."""

import gzip
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from simulator import bootstrap
from simulator.management.commands import start

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds for a server to come up on a busy machine
READY = re.compile(r"Waystation is ready: (\S+)")


def environment(**more: str) -> dict[str, str]:
    """A process of its own that has not seen the test's settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("WAYSTATION_", "DJANGO_"))}
    return {**ours, "PYTHONUNBUFFERED": "1", **more}


def manage(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment(**more), capture_output=True, text=True, check=False)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and the bytes that travelled."""
    try:
        with urlopen(Request(url, headers={"Accept-Encoding": "gzip"}), timeout=PATIENCE) as response:  # noqa: S310
            return response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()
    except HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


@contextmanager
def started(directory: Path) -> Iterator[tuple[str, list[str]]]:
    """`manage.py start` on a data directory, without the installing: its address and what it had printed by then."""
    code = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
    variables = environment(WAYSTATION_DATA_DIR=str(directory), DJANGO_SETTINGS_MODULE="simulator.settings")
    process = subprocess.Popen(
        [sys.executable, "-c", code, "start", str(free_port())],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if match := READY.search(line):
                yield match[1].rstrip("/"), lines
                break
        else:
            pytest.fail("the server did not come up:\n" + "".join(lines))
        process.send_signal(signal.SIGTERM)
        lines.append(process.stdout.read())
        assert process.wait(PATIENCE) == 0, "".join(lines)
        assert "Waystation has stopped." in lines[-1]
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with nothing but a key, as manage.py leaves it before `start` runs."""
    directory = tmp_path_factory.mktemp("data")
    (directory / "secret_key").write_text("k" * 67, encoding="ascii")
    return directory


def test_start_serves_pages_and_hashed_compressed_files_and_shows_the_password_once(data: Path):
    with started(data) as (url, lines):
        assert sum("Administrator for /admin/: admin" in line for line in lines) == 1
        status, _, body = get(f"{url}/healthz")
        assert status == 200 and json.loads(body)["status"] == "ok"
        _, headers, page = get(f"{url}/admin/login/")
        assert headers["content-encoding"] == "gzip"
        style = re.search(r'href="(/static/admin/css/base\.[0-9a-f]{12}\.css)"', gzip.decompress(page).decode())
        assert style
        status, headers, _ = get(url + style[1])
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert "immutable" in headers["cache-control"]
    with started(data) as (_, lines):
        assert not any("Administrator" in line for line in lines)


def test_a_page_loads_in_few_requests_and_under_100_kb(data: Path):
    """The size that travels, gzip and not Brotli: what a lecture hall's phones get over plain http."""
    with started(data) as (url, _):
        for path in ("/", "/play/transactional-emails/"):
            _, _, page = get(url + path)
            text = gzip.decompress(page).decode()
            assert 'type="importmap"' not in text
            files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
            answers = {file: get(url + file) for file in files}
            assert {file: status for file, (status, _, _) in answers.items() if status != 200} == {}
            assert all("immutable" in headers["cache-control"] for _, headers, _ in answers.values())
            assert len(files) < 30
            assert len(page) + sum(len(body) for _, _, body in answers.values()) < 100_000


def test_a_taken_port_is_refused_before_anything_is_changed(tmp_path: Path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = manage("start", str(port), WAYSTATION_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert f"Cannot serve at 127.0.0.1:{port}" in done.stderr and "manage.py start" in done.stderr
    assert not (tmp_path / "waystation.sqlite3").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("127.0.0.1", 8000)),
        ("8001", ("127.0.0.1", 8001)),
        ("0.0.0.0:8001", ("0.0.0.0", 8001)),  # noqa: S104
        ("[::1]:8001", ("::1", 8001)),
    ],
)
def test_an_address_is_a_port_or_a_host_and_a_port(text: str, expected: tuple[str, int]):
    assert start.address(text, "127.0.0.1") == expected


@pytest.mark.parametrize("text", ["abc", "0", "65536", "localhost:", "1:2:x"])
def test_what_is_no_address_is_refused_with_what_is_allowed(text: str):
    with pytest.raises(start.CommandError, match="port from 1 to 65535"):
        start.address(text, "127.0.0.1")


def test_a_production_server_passes_djangos_deployment_check(tmp_path: Path):
    """Source: Django, "Deployment checklist"."""
    done = manage(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        WAYSTATION_SECRET_KEY="".join(chr(33 + number % 90) for number in range(67)),
        WAYSTATION_HTTPS="1",
        WAYSTATION_ALLOWED_HOSTS="waystation.example",
        WAYSTATION_DATA_DIR=str(tmp_path),
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_server_without_a_key_says_so_and_does_not_start(tmp_path: Path):
    variables = environment(WAYSTATION_DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="simulator.settings")
    command = [sys.executable, "-c", "import django; django.setup()"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "WAYSTATION_SECRET_KEY is not set" in done.stderr


def test_manage_writes_a_key_once_that_only_its_owner_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WAYSTATION_SECRET_KEY")
    monkeypatch.setenv("WAYSTATION_DATA_DIR", str(tmp_path / "new"))
    bootstrap.secret_key()
    file = tmp_path / "new" / "secret_key"
    key = file.read_text(encoding="ascii")
    bootstrap.secret_key()
    assert file.read_text(encoding="ascii") == key and len(key) > 50
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], True),
        (["-m", "long"], True),
        (["-m", "not browser"], False),
        (["tests/engine/test_clock.py"], False),
        (["tests/browser", "-x"], True),
        (["tests"], True),
    ],
)
def test_a_browser_is_fetched_only_for_tests_that_use_one(arguments: list[str], wanted: bool):
    assert bootstrap.wants_browser(arguments) is wanted


def test_every_package_the_product_brings_along_is_pinned():
    """So that a set-up today and one next year install the same. Source: pip, "Repeatable installs"."""
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = [Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]
    pinned = {canonicalize_name(one.name) for one in listed}
    assert [str(one) for one in listed if not str(one.specifier).startswith("==")] == []
    missing = []
    for name in sorted(pinned):
        try:
            wanted = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:  # for another system than this one
            continue
        applying = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
        missing += [f"{name} needs {one.name}" for one in applying if canonicalize_name(one.name) not in pinned]
    assert missing == []
