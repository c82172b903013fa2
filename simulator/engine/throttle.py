"""A meter that lets only so many requests a second through."""

from simulator.engine.clock import SECOND, Micros


class Throttle:
    """Lets `per_second` requests through, and at once as many as one second is worth.

    Source of the method: ITU-T I.371, the generic cell rate algorithm (virtual scheduling).
    """

    __slots__ = ("_gap", "_most", "_next")

    def __init__(self, per_second: float) -> None:
        self._gap: Micros = max(1, round(SECOND / per_second))
        self._most: Micros = max(SECOND, self._gap)
        self._next: Micros = 0

    def refuses(self, now: Micros) -> bool:
        """Whether a request at `now` is one too many; if not, it is counted."""
        following = (self._next if self._next > now else now) + self._gap
        if following - now > self._most:
            return True
        self._next = following
        return False
