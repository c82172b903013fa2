"""The archive of a FIFO topic: what was published is kept, to be replayed to a subscriber.

Simplified: it keeps at most 20,000 messages of 16 MiB in all; then the oldest are forgotten.
Source: SNS Developer Guide, "Message archiving for FIFO topic owners"; SNS API Reference, SetTopicAttributes
(ArchivePolicy).
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from patterns.topic.published import Published
from simulator.engine.clock import DAY, Micros

if TYPE_CHECKING:
    from patterns.topic.node import Topic

MOST_MESSAGES = 20_000
MOST_BYTES = 16 * 1024 * 1024


class Archive:
    """What is kept, oldest first, without gaps in the numbers."""

    __slots__ = ("bytes", "days", "full", "messages")

    def __init__(self, days: int) -> None:
        self.days = days
        self.messages: deque[Published] = deque()
        self.bytes = 0
        self.full = False

    def __len__(self) -> int:
        return len(self.messages)

    def add(self, given: Published) -> None:
        self.expire(given.time)
        self.messages.append(given)
        self.bytes += given.message.size

    @property
    def overflows(self) -> bool:
        return len(self.messages) > MOST_MESSAGES or self.bytes > MOST_BYTES

    def expire(self, now: Micros) -> None:
        """Let go of what has been kept for as long as it should be."""
        while self.messages and self.messages[0].time + self.days * DAY <= now:
            self.forget()

    def forget(self) -> None:
        """Let go of the oldest."""
        self.bytes -= self.messages.popleft().message.size

    def since(self, time: Micros) -> int:
        """The number of the first message published at `time` or later; of the next one, where none was."""
        low, high = 0, len(self.messages)
        while low < high:
            middle = (low + high) // 2
            if self.messages[middle].time < time:
                low = middle + 1
            else:
                high = middle
        return self.messages[low].number if low < len(self.messages) else 0

    def starting_with(self, number: int) -> Iterator[Published]:
        """The messages from this number on, or from the oldest that is kept."""
        if self.messages:
            place = max(0, number - self.messages[0].number)
            while place < len(self.messages):
                yield self.messages[place]
                place += 1


def use(topic: "Topic") -> None:
    """Have an archive if the settings say so; one that stays keeps what it has."""
    policy = topic.settings.ArchivePolicy
    if policy is None:
        topic.archive = None
    elif topic.archive is None:
        topic.archive = Archive(policy.MessageRetentionPeriod)
    else:
        topic.archive.days = policy.MessageRetentionPeriod


def keep(topic: "Topic", given: Published) -> None:
    """Keep a message, if there is an archive."""
    archive = topic.archive
    if archive is None:
        return
    archive.add(given)
    while archive.overflows:
        archive.forget()
        if not archive.full:
            archive.full = True
            topic.record("archive_full", 0)
