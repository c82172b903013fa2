"""How many calls a second a FIFO queue answers: for the whole queue, or in high throughput for each of its partitions.

A quota counts calls and not messages: 300 calls with ten messages each are the 3,000 messages a second of the service's
tables. In high throughput a group belongs to one partition, which a hash of its name says, so a partition's 300 calls
are the most that a group can have as well. A receive asks for no group and is held to the Region's quota only.
Simplified: each quota may be used up at once for a second, then evenly (as `Throttle` does); all partitions are there
from the beginning, while the service adds them with the traffic.
Source: SQS Developer Guide, "Amazon SQS message quotas", "High throughput for FIFO queues" and "Partitions and data
distribution for high throughput for SQS FIFO queues".
"""

from collections.abc import Sequence
from zlib import crc32

from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.throttle import Throttle

CALLS = 300
"""Calls a second of each action, by queue or by partition."""

REGION_CALLS = 70_000
"""Calls a second of each action in high throughput in us-east-1, the Region of every simulated queue."""

PARTITIONS = -(-REGION_CALLS // CALLS)


class Quota:
    """The quota of one FIFO queue; `by_partition` is high throughput (FifoThroughputLimit = perMessageGroupId).

    A call that a partition refuses does not count in the Region, and one for several groups counts in each of their
    partitions up to the one that refuses.
    """

    __slots__ = ("_partitions", "_whole", "by_partition")

    def __init__(self, by_partition: bool = False) -> None:
        self.by_partition = by_partition
        self._whole: dict[str, Throttle] = {}
        self._partitions: dict[str, dict[int, Throttle]] = {}

    def refuses(self, verb: str, groups: Sequence[str], now: Micros) -> ServiceError | None:
        """The error that a call at `now` is answered with, or None and it is counted.

        `verb` is the action as the service spells it; `groups` are those of the messages that it names.
        """
        if self.by_partition and groups:
            partitions = self._partitions.get(verb)
            if partitions is None:
                self._partitions[verb] = partitions = {}
            places = map(partition, groups)
            for place in places if len(groups) == 1 else dict.fromkeys(places):
                throttle = partitions.get(place)
                if throttle is None:
                    partitions[place] = throttle = Throttle(CALLS)
                if throttle.refuses(now):
                    return _refusal(f"partition {place + 1} of {PARTITIONS}", verb, CALLS)
        whole = self._whole.get(verb)
        if whole is None:
            self._whole[verb] = whole = Throttle(self._most)
        if whole.refuses(now):
            return _refusal("a FIFO queue", verb, self._most)
        return None

    @property
    def _most(self) -> int:
        return REGION_CALLS if self.by_partition else CALLS


def partition(group: str) -> int:
    """The partition, counted from 0, in which a group is kept."""
    return crc32(group.encode()) % PARTITIONS


def _refusal(who: str, verb: str, most: int) -> ServiceError:
    """The service's code and sentence, and which quota it was. Source: SQS API Reference, "Common Errors"."""
    said = f"The request was denied due to request throttling: {who} answers {most:,} {verb} calls a second."
    return ServiceError("ThrottlingException", said)
