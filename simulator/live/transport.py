"""The transport: whether a run is being played, how fast, and how far it goes on by itself.

Like the buttons of a recorder, it knows nothing of who watches. One `tick` moves the playhead by as much virtual time
as belongs to a stretch of wall time, or by as much of it as can be computed meanwhile.
"""

import time
from typing import Any

from simulator.engine.clock import SECOND, Micros
from simulator.live.pacing import Pace, stride
from simulator.live.playhead import Playhead

# Computing takes at most this share of the wall time between two frames.
SHARE = 0.6


class Transport:
    """`rush` is the moment that a run hurries to, in order to stop there if `stops_after_rush`; `rate` is how fast the
    last tick was, in virtual seconds per wall second.
    """

    def __init__(self, playhead: Playhead) -> None:
        self.pace = Pace()
        self.playing = False
        self.rush: Micros | None = None
        self.stops_after_rush = True
        self._playhead = playhead
        self.rate = 0.0
        self._slowed = False
        self._skipping = ""

    @property
    def goes_on(self) -> bool:
        """Whether the run is played also after a rush that may be under way."""
        return self.playing and (self.rush is None or not self.stops_after_rush)

    def play(self) -> None:
        self.playing, self.stops_after_rush = True, False

    def stop(self) -> None:
        self.playing, self.rush = False, None

    def hurry(self, to: Micros, stop_there: bool) -> None:
        self.playing, self.rush, self.stops_after_rush = True, to, stop_there

    def set_pace(self, pace: Pace) -> None:
        """Another pace; under `follow` the rate of the steady pace chosen last is remembered."""
        self.pace = pace if pace.kind == "steady" else Pace("follow", self.pace.rate)

    async def tick(self, wall: float, tick: float) -> None:
        """Let `wall` seconds pass, computing for a share of `tick` seconds at the most."""
        head, rush = self._playhead, self.rush
        deadline = time.perf_counter() + tick * SHARE
        begun, left = head.run.now, wall
        end = head.length if rush is None else rush
        self._skipping = ""
        head.show_card(wall)
        while left > 1e-4 and self.playing and head.run.now < end and time.perf_counter() < deadline:
            if rush is not None:
                target, rate = end, float("inf")
            else:
                going = stride(head.run, self.pace, end)
                rate = going.rate
                target = min(going.until, head.run.now + max(1, int(rate * left * SECOND)))
                self._skipping = going.skipping or self._skipping
            before = head.run.now
            if await head.compute(head.reachable(target, rush is None), deadline, rush is None):
                self.playing = False
            left -= (head.run.now - before) / SECOND / rate
        self.rate = (head.run.now - begun) / SECOND / wall
        self._slowed = rush is None and left > wall / 2 and time.perf_counter() >= deadline
        if head.run.now >= end:
            if (rush is not None and self.stops_after_rush) or head.run.now >= head.length:
                self.playing = False
            self.rush = None

    def as_dict(self) -> dict[str, Any]:
        """The pace as a frame says it (docs/PROTOCOL.md)."""
        rate = self.rate if self.playing else (self.pace.rate if self.pace.kind == "steady" else 1.0)
        return {
            "kind": self.pace.kind,
            "rate": round(rate, 5),
            "slowed": self.playing and self._slowed,
            "skipping": self._skipping if self.playing else "",
            "asked": self.pace.rate,
        }
