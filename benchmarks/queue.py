"""The whole pattern: producer, queue, worker, deletion; everything recorded, all metrics folded, in one process.

Each message makes nine records and, received one by one, six events of the kernel; a consumer in a hurry asks for ten
at a time, as SQS advises where there is much to do. The FIFO queue has a thousand groups in high throughput, because a
plain one answers 300 calls a second, and knows repetitions by their content. The peer is the standard pipeline in
SimPy's textbook style, without trace and metrics. Figures are messages per second of this process's CPU, which is what
a wall second gives on a machine that does nothing else; the wall clock's own are beside.
"""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks import measure, product, textbook
from simulator.engine.clock import SECOND
from simulator.engine.run import Run
from simulator.engine.scenario import Scenario
from simulator.folds.metrics import Metrics

MESSAGES = 40_000
PER_SECOND = 1000
SEATS = {1: 80, 10: 40}  # by BatchSize: whoever asks for one message at a time spends half of it asking
SERVICE = 0.03
WANTED, WANTED_FIFO = 40_000, 30_000

GROUPED = {"type": "order", "customer": {"integer": {"low": 1, "high": 1000}}, "number": {"sequence": {}}}
HIGH_THROUGHPUT = {
    "FifoQueue": True,
    "ContentBasedDeduplication": True,
    "DeduplicationScope": "messageGroup",
    "FifoThroughputLimit": "perMessageGroupId",
}


def fifo_document() -> dict[str, Any]:
    """The same at full speed on a FIFO queue, for a consumer that asks for ten messages at a time."""
    whole = document(10)
    shop, orders, _ = whole["nodes"]
    shop["settings"] |= {"body": GROUPED, "group": "customer"}
    orders["settings"] = HIGH_THROUGHPUT
    return whole


def document(batch: int) -> dict[str, Any]:
    """A scenario at full speed: defaults everywhere but for rates, and for how many messages a request asks for."""
    return {
        "format": 1,
        "title": "Full speed",
        "seed": 1,
        "length": "1h",
        "nodes": [
            {
                "id": "shop",
                "pattern": "producer",
                "settings": {
                    "arrivals": {"poisson": {"per_second": PER_SECOND}},
                    "body": {"type": "order"},
                    "limit": MESSAGES,
                },
                "at": [0, 0],
            },
            {"id": "orders", "pattern": "queue", "at": [1, 0]},
            {
                "id": "office",
                "pattern": "worker",
                "settings": {"service": {"exponential": {"mean": SERVICE}}, "concurrency": SEATS[batch]},
                "at": [2, 0],
            },
        ],
        "links": [
            {"from": "shop", "to": "orders"},
            {"from": "orders", "to": "office", "settings": {"BatchSize": batch}},
        ],
    }


def play(scenario: Scenario) -> dict[str, Any]:
    """Play the scenario to its last deletion, every record folded; its summary."""
    run, metrics = Run(scenario), Metrics(scenario)
    until = (MESSAGES // PER_SECOND + 10) * SECOND
    while run.now < until:
        run.advance(min(metrics.next_sample, until))
        metrics.add(run.trace.take())
        metrics.sample(run)
    return metrics.summary(run.now)


def measured(work: Callable[[], object], wall: list[float]) -> float:
    """CPU seconds of the work; its wall seconds go into `wall`."""
    gc.collect()
    began = time.perf_counter()
    seconds = measure.cpu_seconds(work)
    wall.append(time.perf_counter() - began)
    return seconds


def main() -> int:
    measure.heading("queue")
    simpy = measure.peer("simpy")
    wall: dict[str, list[float]] = {}
    contenders: dict[str, Callable[[], float]] = {}

    def enter(name: str, work: Callable[[], object]) -> None:
        wall[name] = []
        contenders[name] = lambda: measured(work, wall[name])

    documents = {f"ours, BatchSize {batch}": document(batch) for batch in SEATS}
    for name, written in (documents | {"ours, FIFO with deduplication, BatchSize 10": fifo_document()}).items():
        scenario = product.read(written)
        inside = play(scenario)["nodes"]["orders"]["little"]["inside"]
        assert inside == 0, f"{inside} messages were not deleted in time"
        enter(name, lambda scenario=scenario: play(scenario))
    if simpy is not None:
        totals = textbook.pipeline(simpy, MESSAGES, PER_SECOND, SEATS[1], SERVICE)
        assert totals.customers >= MESSAGES, "a message was never worked on"
        enter("SimPy", lambda: textbook.pipeline(simpy, MESSAGES, PER_SECOND, SEATS[1], SERVICE))
    taken = measure.interleaved(contenders)
    peer = taken.get("SimPy")
    rows = [
        (
            name,
            measure.spread([MESSAGES / one for one in seconds]).text(),
            measure.spread([MESSAGES / one for one in wall[name]]).text(),
            measure.ratios(peer, seconds).text(2) if peer else "-",
        )
        for name, seconds in taken.items()
    ]
    title = f"Messages per second, to reach: ≥ {WANTED:,}, FIFO ≥ {WANTED_FIFO:,}. Median (lowest-highest)"
    measure.table(title, ("pipeline", "per CPU second", "per wall second", "× SimPy"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
