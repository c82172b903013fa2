"""Finds a Chromium-family browser for the browser tests, or gets one: `python -m tests.chromium`.

What counts is that it starts with our flags, so that is what is tried, cheapest first. On Debian the distribution's
Chromium comes with every library it needs; elsewhere Playwright fetches its own build. Sources: Playwright,
"Browsers"; Chromium, "List of command-line switches".
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "brave-browser",
)
WAY_SECONDS = 600
ADVICE = """No browser for the browser tests was found or could be fetched. Install Chrome or Chromium, or run
    python -m playwright install --with-deps chromium
or name one with CHROMIUM=/path/to/chrome. To test without a browser:
    python3 manage.py test -m 'not browser'"""


def main() -> int:
    """0 when there is a browser in the end."""
    if _starts():
        return 0
    for way in _ways():
        if all(_succeeds(*words) for words in way) and _starts():
            return 0
    print(ADVICE, file=sys.stderr)
    return 1


def find(browser_type: Any) -> dict[str, str] | None:
    """Playwright's launch options for the first browser that really starts, or None."""
    from playwright.sync_api import Error

    for options in _candidates():
        try:
            browser = browser_type.launch(args=ARGUMENTS, **options)
        except Error:
            continue
        browser.close()
        return options
    return None


def _candidates() -> Iterator[dict[str, str]]:
    if named := os.environ.get("CHROMIUM"):
        yield {"executable_path": named}
        return
    yield from ({"executable_path": path} for name in NAMES if (path := shutil.which(name)))
    yield {}  # Playwright's own build
    yield {"channel": "chrome"}  # where macOS and Windows keep it
    yield {"channel": "msedge"}


def _starts() -> bool:
    """In a process of its own: on slim images Playwright's driver itself may not start (it needs libatomic)."""
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "from tests.chromium import find\n"
        "with sync_playwright() as playwright: raise SystemExit(find(playwright.chromium) is None)"
    )
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL, check=False).returncode == 0


def _ways() -> Iterator[tuple[tuple[str, ...], ...]]:
    """What may bring a browser, each a series of commands."""
    playwright = (sys.executable, "-m", "playwright", "install", "chromium")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
        yield ("apt-get", "update", "-qq"), (*install, "chromium", "fonts-liberation", "libatomic1")
        yield (*install, "libatomic1"), (*playwright, "--with-deps")  # Ubuntu's own chromium is a snap
    yield (playwright,)


def _succeeds(*words: str) -> bool:
    print("+", *words, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(words, timeout=WAY_SECONDS, stdin=subprocess.DEVNULL, env=environment, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
