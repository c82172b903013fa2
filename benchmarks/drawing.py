"""Drawing: ten thousand messages on their way in a browser, by our two ways and by the two that come to mind first.

What counts is the main thread's CPU time per animation frame, as Chromium accounts it (script, style, layout and
paint together), because that is taken from everything else on the page; and the frames per second, at most 60. Without
a graphics processor WebGL is computed by the CPU in another process, so its frames per second say nothing here, while
its main-thread time carries over.
Source: Chrome DevTools Protocol, Performance.getMetrics (TaskDuration), Performance.setTimeDomain (threadTicks).
"""

import http.server
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import measure

ROOT = Path(__file__).resolve().parent.parent
PORT = 8105
SECONDS = 2.5
SETTLE_SECONDS = 1.0
FEWEST_FRAMES, PATIENCE = 20, 15
# WebGL computed by the CPU; everything else is drawn in a browser that has no graphics processor at all.
WITH_WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
PAGE = """<!doctype html><meta charset="utf-8"><title>Drawing</title>
<style>body { margin: 0 } main > * { position: absolute; top: 0; left: 0; width: 1600px; height: 900px }</style>
<script type="importmap">{"imports": {"app/": "/static/js/"}}</script>
<main></main><script type="module" src="/benchmarks/drawing.js"></script>"""

MANNERS = {
    "webgl2": ("ours, WebGL2", "≤ 2 ms"),
    "raster": ("ours, pixels by hand", "≤ 6 ms, 60 fps"),
    "canvas": ("an arc each on a canvas", ""),
    "svg": ("a circle each in SVG", ""),
}


class Files(http.server.SimpleHTTPRequestHandler):
    """The checkout's files, and one page."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments, directory=str(ROOT))

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Files) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{PORT}/"
        server.shutdown()


def drawn(page: Any, performance: Any, manner: str) -> tuple[float, float]:
    """Milliseconds of the main thread per frame, and frames per second."""
    name = page.evaluate("manner => window.begin(manner)", manner)
    assert name == manner, f"asked for {manner}, this browser draws by {name}"
    time.sleep(SETTLE_SECONDS)

    def state() -> tuple[float, float, float]:
        metrics = {one["name"]: one["value"] for one in performance.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"], page.evaluate("() => window.count()"), time.perf_counter()

    before = after = state()
    while after[2] - before[2] < SECONDS or (after[1] - before[1] < FEWEST_FRAMES and after[2] - before[2] < PATIENCE):
        time.sleep(SECONDS / 5)
        after = state()
    page.evaluate("() => window.end()")
    page.wait_for_timeout(200)
    busy, frames, passed = (later - earlier for later, earlier in zip(after, before, strict=True))
    return busy / frames * 1000, frames / passed


def opened(browser: Any, address: str) -> tuple[Any, Any]:
    """A tab with the benchmark's page, and what tells its thread's time."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.on("pageerror", lambda error: print(error, file=sys.stderr))
    page.goto(address)
    page.wait_for_function("() => window.begin")
    performance = page.context.new_cdp_session(page)
    performance.send("Performance.enable", {"timeDomain": "threadTicks"})
    return page, performance


def main() -> int:
    measure.heading("drawing")
    if measure.peer("playwright") is None:
        return 1
    from playwright.sync_api import sync_playwright

    from tests import chromium

    with served() as address, sync_playwright() as playwright:
        options = chromium.find(playwright.chromium)
        if options is None:
            print(chromium.ADVICE, file=sys.stderr)
            return 1
        plain = playwright.chromium.launch(args=chromium.ARGUMENTS, **options)
        others = [one for one in chromium.ARGUMENTS if one != "--disable-gpu"]
        with_webgl = playwright.chromium.launch(args=others + WITH_WEBGL, **options)
        tabs = {manner: opened(with_webgl if manner == "webgl2" else plain, address) for manner in MANNERS}
        busy: dict[str, list[float]] = {manner: [] for manner in MANNERS}
        rates: dict[str, list[float]] = {manner: [] for manner in MANNERS}
        for _ in range(measure.ROUNDS):
            for manner, (page, performance) in tabs.items():
                page.bring_to_front()
                milliseconds, rate = drawn(page, performance, manner)
                busy[manner].append(milliseconds)
                rates[manner].append(rate)
        plain.close()
        with_webgl.close()
    rows = [
        (
            title,
            measure.spread(busy[manner]).text(2),
            measure.spread(rates[manner]).text(),
            measure.ratios(busy["canvas"], busy[manner]).text(1),
            wanted,
        )
        for manner, (title, wanted) in MANNERS.items()
    ]
    columns = ("drawing", "main thread, ms per frame", "frames per second", "× canvas arcs", "to reach")
    measure.table("10,000 messages moving, 1600 × 900", columns, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
