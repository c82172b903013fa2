"""Findings: what it costs to judge the guarantees and to keep what messages say; and how long a search takes.

The peer is our own metrics fold on the same records in the same round. Everything holds in this run, so that all six
guarantees are judged to its end. Folds in CPU time; searches in milliseconds, with the longest part in which the event
loop waits.
"""

import sys
import time
from collections.abc import Callable

from benchmarks import measure, product
from benchmarks.seek import document
from simulator.engine.clock import SECOND
from simulator.engine.message import Message
from simulator.engine.run import Run
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Record
from simulator.folds.bodies import Bodies
from simulator.folds.guarantees import Guarantees
from simulator.folds.metrics import Metrics
from simulator.folds.search import Search
from simulator.live.recording import Recording

SLICE = SECOND // 5
FOLDED = 60  # virtual seconds, 60,000 messages
RECORDS = 1_000_000
QUERIES = ("m-41", "order", "nothing like it", "long poll")

Slices = list[tuple[list[Record], list[Message]]]


def slices(scenario: Scenario, seconds: int) -> Slices:
    """What a run writes, and the messages it makes, a slice at a time."""
    run, written = Run(scenario), []
    while run.now < seconds * SECOND:
        run.advance(run.now + SLICE)
        written.append((run.trace.take(), run.trace.told))
    return written


def folds(scenario: Scenario, written: Slices) -> list[tuple[str, str, str]]:
    """Microseconds a message for each fold, and as a share of what the metrics take."""
    messages = sum(len(made) for _, made in written)

    def fold(new: Callable[[], Metrics | Guarantees]) -> Callable[[], float]:
        def work() -> None:
            one = new()
            for records, _ in written:
                one.add(records)

        return lambda: measure.cpu_seconds(work)

    def keep() -> None:
        bodies = Bodies()
        for _, made in written:
            bodies.add(made)

    taken = measure.interleaved(
        {
            "metrics": fold(lambda: Metrics(scenario)),
            "guarantees": fold(lambda: Guarantees(scenario)),
            "bodies": lambda: measure.cpu_seconds(keep),
        }
    )
    return [
        (
            name,
            measure.spread([one / messages for one in values]).text(2, 1e6),
            measure.ratios(values, taken["metrics"]).text(2),
        )
        for name, values in taken.items()
    ]


def searches(scenario: Scenario) -> list[tuple[str, str, str, str]]:
    """Milliseconds of each search, first and again, and of its longest part."""
    run = Run(scenario)
    recording = Recording(run)
    while recording.archive.count < RECORDS:
        run.advance(run.now + SLICE)
        recording.file(run, run.trace.take())
    rows = []
    for query in QUERIES:
        (first, longest), (again, _) = searched(recording, query), searched(recording, query)
        rows.append((query, f"{first:,.0f}", f"{again:,.0f}", f"{longest:,.0f}"))
    return rows


def searched(recording: Recording, query: str) -> tuple[float, float]:
    search = Search(query, recording.archive, recording.bodies, recording.scenario, recording.narrator)
    begun = last = time.perf_counter()
    longest = 0.0
    for _ in search.parts():
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return (time.perf_counter() - begun) * 1000, longest * 1000


def main() -> int:
    measure.heading("findings")
    scenario = product.read(document(1000, 80, 0.03, 3600))
    rows = folds(scenario, slices(scenario, FOLDED))
    measure.table("CPU time of folds", ("fold", "µs a message", "of the metrics"), rows)
    columns = ("query", "first", "again", "longest part")
    measure.table(f"Milliseconds to search {RECORDS:,} records", columns, searches(scenario))
    return 0


if __name__ == "__main__":
    sys.exit(main())
