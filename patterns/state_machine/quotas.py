"""Quotas: how many executions are started each second, from a bucket that fills again, and how many may be open.

Source: Step Functions Developer Guide, "Step Functions service quotas": StartExecution has a bucket size and a refill
rate; 1,000,000 open executions; Tanenbaum, "Computer Networks", the token bucket algorithm.
"""

from simulator.engine.clock import SECOND, Micros


class Bucket:
    """Starts that may be made at once: at most `size`, `rate` more each second."""

    __slots__ = ("_filled", "_left", "_rate", "_size")

    def __init__(self, size: int, rate: float) -> None:
        self._size = size
        self._rate = rate
        self._left = float(size)
        self._filled: Micros = 0

    def change(self, size: int, rate: float, now: Micros) -> None:
        """Another size and rate from now on."""
        self._fill(now)
        self._size, self._rate = size, rate
        self._left = min(self._left, size)

    def take(self, now: Micros) -> bool:
        """Take one out; False where there is none."""
        self._fill(now)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def _fill(self, now: Micros) -> None:
        self._left = min(self._size, self._left + self._rate * (now - self._filled) / SECOND)
        self._filled = now
