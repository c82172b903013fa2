"""How much a topic takes each second: so many messages, and a FIFO topic so many bytes.

Source: SNS Developer Guide, "Amazon SNS endpoints and quotas" and "High throughput FIFO topics": 3,000 messages or
20 MB a second for a FIFO topic whose scope is the topic; else the quota of the Region.
"""

from patterns.topic.config import TopicSettings
from simulator.engine.clock import SECOND, Micros
from simulator.engine.throttle import Throttle

FIFO_MESSAGES = 3_000
REGION_MESSAGES = 30_000
FIFO_BYTES = 20_000_000


class Quota:
    """Refuses what is beyond it; what it lets through is counted."""

    __slots__ = ("_bytes_until", "_counts_bytes", "_messages")

    def __init__(self, settings: TopicSettings) -> None:
        self._counts_bytes = settings.FifoTopic and settings.FifoThroughputScope == "Topic"
        wide = REGION_MESSAGES if settings.FifoTopic else settings.publishes_per_second
        self._messages = Throttle(FIFO_MESSAGES if self._counts_bytes else wide)
        self._bytes_until: Micros = 0

    def refuses(self, now: Micros, size: int) -> bool:
        """Whether a message of `size` bytes is one too many now."""
        if self._counts_bytes:
            until = max(self._bytes_until, now) + size * SECOND // FIFO_BYTES
            if until - now > SECOND or self._messages.refuses(now):
                return True
            self._bytes_until = until
            return False
        return self._messages.refuses(now)
