"""Frames: 500 hops built and encoded from records as columns of integers; the peer is a list of objects in JSON.

Size and time of what a session does at the end of each slice, and the size of a frame while a hundred thousand
messages move. Times are CPU time, of the whole frame with its counts and views, and of the hops alone.
"""

import json
import sys
from collections.abc import Callable
from random import Random

from benchmarks import measure, product
from benchmarks.seek import document
from simulator.engine.clock import MILLISECOND, Micros
from simulator.engine.run import Run
from simulator.engine.trace import Record
from simulator.folds import frame as frames
from simulator.folds.frame import FrameFold, columns, encode

HOPS = 500
MANY = 100_000
REPEATS = 400
PACE = {"kind": "steady", "rate": 1.0, "slowed": False, "skipping": "", "asked": 1.0}
SINCE: Micros = 3600_000 * MILLISECOND


def hops(count: int) -> list[Record]:
    """Records of hops that leave within 60 ms, one after another, on two links, of messages made one after another."""
    draw = Random(1)
    times = sorted(SINCE + draw.randrange(60 * MILLISECOND) for _ in range(count))
    return [
        (
            time,
            "sent" if place % 3 else "carried",
            place % 3,
            (1_000_000 + place // 3) * 256,
            place % 3 // 2,
            int(place % 3 == 0),
            time + draw.randrange(5 * MILLISECOND, 80 * MILLISECOND),
            (place % 5) << 6 | (place % 17 == 0),
        )
        for place, time in enumerate(times)
    ]


def as_objects(records: list[Record]) -> bytes:
    """The same hops as a page would get them without further thought."""
    listed = [
        {
            "message": record[3],
            "link": record[4],
            "back": record[5],
            "t0": record[0],
            "t1": record[6],
            "look": record[7],
        }
        for record in records
    ]
    return json.dumps({"type": "frame", "hops": listed}, separators=(",", ":")).encode()


def time_of(work: Callable[[], object]) -> float:
    """Microseconds of CPU time that one of many repetitions takes."""

    def repeated() -> None:
        for _ in range(REPEATS):
            work()

    return measure.cpu_seconds(repeated) / REPEATS * 1e6


def main() -> int:
    measure.heading("frames")
    run = Run(product.read(document(100, 8, 0.05, 60)))
    run.advance(SINCE // 360)
    fold = FrameFold(run.scenario)
    records = hops(HOPS)

    def ours() -> bytes:
        return encode(fold.frame(run, records, SINCE, "running", PACE, SINCE, 7))

    contenders: dict[str, Callable[[], object]] = {
        "ours, whole frame": ours,
        "ours, hops alone": lambda: encode({"hops": columns(records, SINCE, 1)}),
        "list of objects, json": lambda: as_objects(records),
    }
    taken = measure.interleaved({name: lambda work=work: time_of(work) for name, work in contenders.items()})
    sizes = {"ours, whole frame": ours(), "list of objects, json": as_objects(records)}
    sizes["ours, hops alone"] = encode({"hops": columns(records, SINCE, 1)})
    peer = taken["list of objects, json"]
    rows = [
        (
            name,
            f"{len(sizes[name]):,}",
            measure.spread(times).text(),
            measure.ratios(peer, times).text(1),
            f"{len(sizes['list of objects, json']) / len(sizes[name]):.1f}",
        )
        for name, times in taken.items()
    ]
    title = f"A frame of {HOPS} hops; to reach: ≤ 8,192 bytes, ≤ 150 µs"
    measure.table(title, ("frame", "bytes", "µs", "times as fast", "times as small"), rows)
    many(run)
    return 0


def many(run: Run) -> None:
    """The size of frames and of a key frame when so many messages move at once."""
    fold = FrameFold(run.scenario)
    records = hops(MANY)
    encoded = [encode(fold.frame(run, records, SINCE, "running", PACE, SINCE, number)) for number in range(3)]
    key = encode(fold.key_frame(run, "running", PACE, SINCE, 4))
    rows = [
        ("frame", f"{max(map(len, encoded)):,}"),
        ("key frame", f"{len(key):,}"),
        ("objects", f"{len(as_objects(records)):,}"),
    ]
    measure.table(f"{MANY:,} messages moving; to reach: ≤ {frames.LARGEST:,} bytes", ("what", "bytes"), rows)


if __name__ == "__main__":
    sys.exit(main())
