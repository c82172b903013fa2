"""A hundred thousand messages waiting in a queue: memory, frames, checkpoints, seeks and the longest wait of the loop.

The peer is the same run with a hundred waiting, in the same process and in turns. A run gets its backlog from a worker
that is away for a while; afterwards both carry the same traffic, so that their frames hold the same. What holds the
loop is CPU time of this process, because others that compete for the cores are not the run's doing.
"""

import asyncio
import gc
import sys
import time
from typing import Any

from benchmarks import measure, product
from benchmarks.memory import resident
from simulator.engine.clock import SECOND, Micros
from simulator.engine.journal import Intervention
from simulator.engine.run import Run
from simulator.folds.frame import FrameFold, encode
from simulator.live import recording as recordings
from simulator.live.keeper import Standing
from simulator.live.recording import Past, Recording
from simulator.live.session import Session

WAITING, FEW = 100_000, 300
PER_SECOND = 1000
SEATS = 56  # as many as do that much: a backlog neither grows nor shrinks
SLICE = SECOND // 20
FRAMES = 100
SEEKS = 20


def document(waiting: int) -> dict[str, Any]:
    """A run in which so many messages pile up, and stay."""
    return {
        "format": 1,
        "title": "A backlog",
        "seed": 1,
        "length": "1h",
        "nodes": [
            {
                "id": "shop",
                "pattern": "producer",
                "settings": {
                    "arrivals": {"poisson": {"per_second": PER_SECOND}},
                    "body": {"type": "order", "number": {"integer": [1, 1000]}},
                },
                "at": [0, 0],
            },
            {"id": "orders", "pattern": "queue", "at": [1, 0]},
            {
                "id": "office",
                "pattern": "worker",
                "settings": {"service": {"constant": 0.05}, "concurrency": SEATS},
                "at": [2, 0],
            },
        ],
        "links": [
            {"from": "shop", "to": "orders"},
            {"from": "orders", "to": "office", "settings": {"BatchSize": 10}},
        ],
        "faults": [{"at": "0s", "fault": "crash", "node": "office", "for": f"{waiting / PER_SECOND}s"}],
    }


class Nowhere:
    """Where a server would store the run."""

    async def promise(self, key: str, reached: Micros) -> None: ...

    async def save(self, key: str, standing: Standing) -> None: ...

    async def keep(self, key: str, lines: list[Intervention], past: Past) -> None: ...


async def played(waiting: int, until: Micros) -> tuple[Session, float]:
    """A session played up to `until` by its own loop, and the longest (CPU ms) that the loop was held meanwhile."""
    run = Run(product.read(document(waiting)))
    session = Session("benchmark", "A backlog", run, Recording(run), Nowhere())
    longest = 0.0
    session.recover(until)
    while session.playing:
        begun = time.process_time()
        await asyncio.sleep(0.001)
        longest = max(longest, time.process_time() - begun)
    return session, longest * 1000


async def longest_hold(work: Any) -> tuple[float, float]:
    """Milliseconds that a coroutine takes, and the longest that it holds the loop, in milliseconds of CPU."""
    task = asyncio.ensure_future(work)
    begun, longest = time.perf_counter(), 0.0
    while not task.done():
        last = time.process_time()
        await asyncio.sleep(0.001)
        longest = max(longest, time.process_time() - last)
    await task
    return (time.perf_counter() - begun) * 1000, longest * 1000


def frames(session: Session) -> tuple[float, float]:
    """CPU µs of a slice of the run with its folds, and of its frame, the mean of FRAMES."""
    run, recording, fold = session.run, session.recording, FrameFold(session.scenario)
    going = making = 0.0
    for number in range(FRAMES):
        since = run.now
        begun = time.process_time()
        run.advance(since + SLICE)
        records = run.trace.take()
        recording.file(run, records)
        recording.sample(run)
        middle = time.process_time()
        log, unlogged = recording.narrator.lines(records)
        encode(fold.frame(run, records, since, "running", {}, run.now, number, log=log, unlogged=unlogged))
        going += middle - begun
        making += time.process_time() - middle
    return going / FRAMES * 1e6, making / FRAMES * 1e6


def checkpoint(run: Run) -> tuple[float, float, int]:
    """CPU ms to save and to restore the state of a run, and its bytes."""
    with recordings.uncollected():
        begun = time.process_time()
        state = run.checkpoint()
        saved = time.process_time()
        Run.restore(state, run.scenario, [], 0)
        restored = time.process_time()
    return (saved - begun) * 1000, (restored - saved) * 1000, len(state)


async def run() -> None:
    before = resident()
    full, held = await played(WAITING, (WAITING // PER_SECOND + 1) * SECOND)
    gc.collect()
    memory = resident() - before
    waiting = full.run.nodes[1].view()["waiting"]
    assert waiting > 0.9 * WAITING, f"only {waiting:,} wait"
    small, _ = await played(FEW, 10 * SECOND)
    sized = checkpoint(full.run)
    seeks = [await longest_hold(full.seek(full.furthest * place // SEEKS)) for place in range(SEEKS)]
    await full.seek(full.furthest)
    pairs: dict[str, list[tuple[float, float]]] = {"full": [], "small": []}
    for _ in range(measure.ROUNDS):
        pairs["full"].append(frames(full))
        pairs["small"].append(frames(small))
    for place, what in enumerate(("slice of 50 ms, with its folds", "frame")):
        ours, theirs = ([pair[place] for pair in pairs[name]] for name in ("full", "small"))
        measure.table(
            f"{what}, CPU µs",
            ("run", "µs"),
            [
                (f"{waiting:,} waiting", measure.spread(ours).text()),
                (f"{FEW:,} waiting", measure.spread(theirs).text()),
                ("ratio", measure.ratios(ours, theirs).text(2)),
            ],
        )
    measure.table(
        f"With {waiting:,} waiting",
        ("what", "measured", "to reach"),
        [
            ("memory of the session, MB", f"{memory / 1e6:.0f}", "< 400"),
            ("checkpoints", f"{full.recording.checkpoints.sizes()}", ""),
            ("longest hold of the loop while it filled, CPU ms", f"{held:.0f}", "< 250"),
            ("save a state, CPU ms", f"{sized[0]:.0f}", ""),
            ("restore a state, CPU ms", f"{sized[1]:.0f}", ""),
            ("a state, MB", f"{sized[2] / 1e6:.1f}", ""),
            ("seek, ms, median and worst", measure.spread([one[0] for one in seeks]).text(), ""),
            ("longest hold of the loop in a seek, CPU ms", f"{max(one[1] for one in seeks):.0f}", "< 250"),
        ],
    )
    await full.close()
    await small.close()


def main() -> int:
    measure.heading("backlog")
    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
