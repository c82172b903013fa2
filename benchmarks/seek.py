"""Seeking in, and forking from, a run with a million records, through a real session; the peer replays from the start.

The run is in a steady state. The milliseconds are of the wall clock, because they are what a person waits.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from benchmarks import measure, product
from benchmarks.backlog import Nowhere
from benchmarks.memory import resident
from simulator.engine.clock import SECOND, Micros
from simulator.engine.run import Run
from simulator.engine.scenario import Scenario
from simulator.live.recording import Recording
from simulator.live.session import Session

RECORDS = 1_000_000
MOMENTS = 50
REPLAYS = 5
WANTED = 150


def document(per_second: int, seats: int, service: float, length: int) -> dict[str, Any]:
    return {
        "format": 1,
        "title": "A million records",
        "seed": 1,
        "length": f"{length}s",
        "nodes": [
            {
                "id": "shop",
                "pattern": "producer",
                "settings": {"arrivals": {"poisson": {"per_second": per_second}}, "body": {"type": "order"}},
                "at": [0, 0],
            },
            {"id": "orders", "pattern": "queue", "at": [1, 0]},
            {
                "id": "office",
                "pattern": "worker",
                "settings": {"service": {"exponential": {"mean": service}}, "concurrency": seats},
                "at": [2, 0],
            },
        ],
        "links": [{"from": "shop", "to": "orders"}, {"from": "orders", "to": "office"}],
    }


async def played(scenario: Scenario) -> Session:
    """A session that has been played to its end, as fast as it can, by its own loop."""
    run = Run(scenario)
    session = Session("benchmark", "A million records", run, Recording(run), Nowhere())
    session.recover(session.length)
    while session.playing:
        await asyncio.sleep(0.05)
    return session


async def measured(name: str, scenario: Scenario) -> tuple[str, ...]:
    gc.collect()
    before = resident()
    session = await played(scenario)
    gc.collect()
    memory = resident() - before
    count, checkpoints = session.recording.archive.count, session.recording.checkpoints.sizes()
    assert count >= RECORDS, f"only {count:,} records"
    draw = Random(1)
    moments = [draw.randrange(session.furthest) for _ in range(MOMENTS)]
    seeks = [await milliseconds(lambda moment=moment: session.seek(moment)) for moment in moments]
    assert session.run.now == moments[-1], "a seek ended elsewhere"
    forks = [await milliseconds(lambda moment=moment: session.forked(moment)) for moment in moments]
    replays = [replay(scenario, moment) for moment in moments[:REPLAYS]]
    await session.close()
    ratio = sum(replays) / sum(seeks[:REPLAYS])
    return (
        name,
        f"{count:,}",
        worst(seeks),
        worst(forks),
        worst(replays),
        f"{ratio:.0f}",
        f"{memory / 1e6:.0f} MB",
        f"{checkpoints['checkpoints']}, {checkpoints['bytes'] / 1e6:.0f} MB",
    )


async def milliseconds(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return (time.perf_counter() - begun) * 1000


def replay(scenario: Scenario, moment: Micros) -> float:
    """Milliseconds to compute the run anew up to a moment."""
    run = Run(scenario)
    begun = time.perf_counter()
    while run.now < moment:
        run.advance(min(run.now + SECOND, moment))
        run.trace.take()
    return (time.perf_counter() - begun) * 1000


def worst(values: list[float]) -> str:
    found = measure.spread(values)
    return f"{found.median:,.0f}, {found.high:,.0f}"


async def run() -> None:
    steady = product.read(document(1000, 80, 0.03, 115))
    columns = ("run", "records", "seek", "fork", "replay", "replay/seek", "memory", "checkpoints")
    title = f"Milliseconds, median and worst of {MOMENTS} moments; to reach: < {WANTED}"
    measure.table(title, columns, [await measured("steady", steady)])


def main() -> int:
    measure.heading("seek")
    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
