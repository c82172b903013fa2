"""Set-up: a fresh checkout to a served page, the same once more, and the bytes of the first page of a run.

The checkout is a copy of what git knows, in a temporary directory, started by the Python that has nothing installed;
packages come from wherever pip and npm get them (their caches included, so the cold figure is this machine's). Bytes
are those that travelled, headers included, to a real browser with an empty cache, until nothing more is loaded.
"""

import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks import measure

ROOT = Path(__file__).resolve().parent.parent
READY = re.compile(r"Waystation is ready: (\S+)")
PAGE = "/play/transactional-emails/"
WARM_STARTS = 5
IDLE_MILLISECONDS = 2500


def copy(into: Path) -> None:
    """The files that git knows, or would with `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)


def bare_python() -> str:
    """The interpreter behind this virtual environment."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")


@contextmanager
def started(checkout: Path) -> Iterator[tuple[str, float]]:
    """`manage.py start`: the address, and the seconds until it answered with its first page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(Path.home()), "PYTHONUNBUFFERED": "1"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [bare_python(), "manage.py", "start", str(port)],
        cwd=checkout,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if match := READY.search(line):
                address = match[1].rstrip("/")
                break
        else:
            sys.exit("the server did not start:\n" + "".join(lines[-20:]))
        with urllib.request.urlopen(f"{address}/") as answer:  # noqa: S310
            assert answer.status == 200, "the first page is not there"
            answer.read()
        yield address, time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def travelled(address: str) -> dict[str, int]:
    """Bytes by type of resource that a browser gets for the first page of a run, its sockets left out."""
    from playwright.sync_api import sync_playwright

    from tests import chromium

    bytes_of: dict[str, int] = {}
    kinds: dict[str, str] = {}
    with sync_playwright() as playwright:
        options = chromium.find(playwright.chromium)
        if options is None:
            return {}
        browser = playwright.chromium.launch(args=chromium.ARGUMENTS, **options)
        page = browser.new_page()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")

        def answered(event: dict) -> None:
            kinds[event["requestId"]] = event["type"]

        def finished(event: dict) -> None:
            kind = kinds.get(event["requestId"], "Other")
            bytes_of[kind] = bytes_of.get(kind, 0) + int(event["encodedDataLength"])
            bytes_of["requests"] = bytes_of.get("requests", 0) + 1

        network.on("Network.responseReceived", answered)
        network.on("Network.loadingFinished", finished)
        page.goto(address)
        page.wait_for_timeout(IDLE_MILLISECONDS)
        browser.close()
    return bytes_of


def main() -> int:
    measure.heading("setup")
    with tempfile.TemporaryDirectory(prefix="waystation-setup-") as directory:
        checkout = Path(directory)
        copy(checkout)
        with started(checkout) as (_, cold):
            pass
        warm = []
        for _ in range(WARM_STARTS):
            with started(checkout) as (address, seconds):
                warm.append(seconds)
                if len(warm) == WARM_STARTS:
                    found = travelled(address + PAGE)
        requests = found.pop("requests", 0)
        whole = sum(found.values())
        parts = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sorted(found.items(), key=lambda one: -one[1]))
        rows = [
            ("cold, to the first page", f"{cold:.1f} s", "< 90 s"),
            ("warm, to the first page", f"{median(warm):.1f} s ({min(warm):.1f}-{max(warm):.1f})", "< 3 s"),
            ("first load of a run", f"{whole / 1000:.1f} KB in {requests} requests", "< 100 KB"),
        ]
        measure.table("Set-up", ("what", "measured", "to reach"), rows)
        print(f"KB by type: {parts}" if found else "No browser was found, so nothing was loaded.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
