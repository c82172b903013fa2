"""The pace of calls: so many a second, and who comes too early waits for a place instead of being refused."""

import math

from simulator.engine.clock import SECOND, Micros


class Pace:
    """Gives out places in line, `per_second`; as many as `burst` is worth at once, the others evenly after them.

    Without a burst no second ever has more than `per_second` places.
    Source of the method: ITU-T I.371, the generic cell rate algorithm (virtual scheduling), with waiting.
    """

    __slots__ = ("_burst", "_gap", "_next")

    def __init__(self, per_second: float, burst: Micros = 0) -> None:
        self._next: Micros = 0
        self.change(per_second, burst)

    def change(self, per_second: float, burst: Micros = 0) -> None:
        """Another rate from now on; places that were given out stay."""
        self._gap: Micros = max(1, math.ceil(SECOND / per_second))
        self._burst: Micros = max(0, burst - self._gap)

    def wait(self, now: Micros, within: Micros) -> Micros | None:
        """Take the next place: how long from `now` until it comes; None, and nothing taken, where not `within`."""
        place = self._next if self._next > now else now
        wait = max(0, place - self._burst - now)
        if wait >= within:
            return None
        self._next = place + self._gap
        return wait

    def is_behind(self, now: Micros) -> bool:
        """Whether whoever came now would have to wait."""
        return self._next - self._burst > now
