"""How fast virtual time passes, a matter of playback only: it never changes what happens.

Network hops take milliseconds, visibility timeouts half a minute, retention days. `steady` is so many virtual seconds
per wall second; `follow`, the pace of lessons, is a function of the run's state alone: slow enough that a hop can be
seen, and racing through spans in which nothing moves.
"""

from dataclasses import dataclass
from typing import Literal

from simulator.engine.clock import MILLISECOND, SECOND, Micros, words
from simulator.engine.link import Link
from simulator.engine.node import Node
from simulator.engine.run import Run

SLOWEST, FASTEST = 0.001, 10_000.0

# Wall seconds that a hop takes on the screen under `follow`.
HOP_WALL_SECONDS = 0.7

# While nothing moves, time runs the faster the longer it has been so: 1 + IDLE_GAIN per second that has passed since
# the last hop. Idle time then grows as exp(IDLE_GAIN * wall) / IDLE_GAIN: half a minute passes in 0.7 s, an hour in
# 1.3 s.
IDLE_GAIN = 8.0

# A still span at least this long is named while it is skipped.
WORTH_NAMING: Micros = 2 * SECOND


@dataclass(frozen=True)
class Pace:
    """The pace asked for; `rate` (virtual per wall seconds) matters for `steady` only."""

    kind: Literal["steady", "follow"] = "follow"
    rate: float = 1.0


@dataclass(frozen=True)
class Stride:
    """The next stretch: this `rate` holds until virtual time `until`; `skipping` names a still span that races past."""

    rate: float
    until: Micros
    skipping: str = ""


def stride(run: Run, pace: Pace, end: Micros) -> Stride:
    """How to go on from the run's present state, at the most to `end`."""
    if pace.kind == "steady":
        return Stride(pace.rate, end)
    now = run.now
    parts: list[Link | Node] = [*run.links, *run.nodes]
    moving = [part for part in parts if part.moving_until > now]
    if moving:
        shortest = max(min(part.latest_hop for part in moving), MILLISECOND)
        rate = min(shortest / SECOND / HOP_WALL_SECONDS, 1.0)
        return Stride(max(rate, SLOWEST), min(end, min(part.moving_until for part in moving)))
    coming = run.next_time()
    until = end if coming is None else min(coming, end)
    still_since = max((part.moving_until for part in parts), default=0)
    still_for = (now - still_since) / SECOND
    span = until - now
    rate = max(1.0 + IDLE_GAIN * still_for, span / SECOND if span > SECOND else 1.0)
    return Stride(rate, max(until, now), words(span) if span >= WORTH_NAMING else "")
