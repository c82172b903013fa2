"""The instances of a worker: processes, or execution environments, which are cold when they are new.

Instances are apart from seats: the one used last is used again first, as Lambda's are, so that few of them stay warm
under little load.
Source: AWS Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle".
"""

from collections import deque
from random import Random

from patterns.worker.config import WorkerSettings
from simulator.engine.clock import Micros
from simulator.engine.kernel import Kernel


class Instances:
    """Those that are free, each by when it was used last. `start_cold` says whether getting a new one ready takes time;
    a worker without cold starts has no use for the rest."""

    __slots__ = ("_idle", "_kernel", "_sampler", "_stream", "_warm", "start_cold")

    def __init__(self, kernel: Kernel, stream: Random, settings: WorkerSettings) -> None:
        self._kernel = kernel
        self._stream = stream
        self._warm: deque[Micros] = deque()
        self.use(settings)

    def use(self, settings: WorkerSettings) -> None:
        """Do as these settings say from now on; the stream goes on."""
        cold = settings.cold_start
        self._sampler = cold.sampler(self._stream) if cold is not None else None
        self._idle = settings.idle_timeout
        self.start_cold = cold is not None

    def get_ready(self, slowness: float) -> Micros:
        """Take an instance for a message; how long it takes to get it ready, 0 when one is warm."""
        now, idle = self._kernel.now, self._idle
        while self._warm:
            used = self._warm.pop()
            if idle is None or now - used <= idle:
                return 0
        assert self._sampler is not None, "there are no cold starts here"
        cold = self._sampler.micros()
        return int(cold * slowness) if slowness != 1.0 else cold

    def free(self, most: int) -> None:
        """The instance that worked is warm, and the first to be used again; of more than `most`, the others go."""
        self._warm.append(self._kernel.now)
        if len(self._warm) > most:
            self._warm.popleft()

    def clear(self) -> None:
        """All are gone."""
        self._warm.clear()
