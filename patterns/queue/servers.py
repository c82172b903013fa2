"""Which messages a short poll can find: a queue lies on many servers, and a short poll asks only some of them.

Each message lies on three of twelve servers, which follow from its number and the queue's salt; a short poll asks four,
drawn anew each time. So it misses about a quarter of the messages, and asking again finds them sooner or later. A long
poll asks all servers.
Simplified: the service publishes neither its number of servers nor how often it copies a message nor the weights of its
sample; these numbers are chosen so that false empty answers are seen in a small queue and rarely matter in a large one.
Source: SQS Developer Guide, "Amazon SQS short and long polling" (a subset of servers, a weighted random distribution).
"""

from itertools import combinations
from random import Random

SERVERS = 12
COPIES = 3
ASKED = 4

ALL = (1 << SERVERS) - 1
"""The sample of a long poll: every server."""

Sample = int
"""Servers as bits."""


def _choices(count: int) -> tuple[Sample, ...]:
    return tuple(sum(1 << server for server in chosen) for chosen in combinations(range(SERVERS), count))


_PLACES = _choices(COPIES)
_SAMPLES = {count: _choices(count) for count in range(1, SERVERS + 1)}


class Servers:
    """The servers of one queue. `salt` makes two queues keep equal numbers in different places."""

    __slots__ = ("_random", "_salt")

    def __init__(self, salt: int, random: Random) -> None:
        self._salt = salt
        self._random = random

    def sample(self, asked: int = ASKED) -> Sample:
        """The servers that the next short poll asks."""
        samples = _SAMPLES[asked]
        return samples[int(self._random.random() * len(samples))]

    def places(self, number: int) -> Sample:
        """The servers on which the queue's `number`-th message lies."""
        return _PLACES[_mixed(number ^ self._salt) % len(_PLACES)]

    def finds(self, number: int, sample: Sample) -> bool:
        """Whether a poll that asks the servers of `sample` finds the queue's `number`-th message."""
        return self.places(number) & sample != 0


def _mixed(number: int) -> int:
    """A number whose low bits depend on all bits of this one. Source: Steele et al., SplitMix64's finalizer (2014)."""
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    number = (number ^ number >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return number ^ number >> 31
