"""Recursive loops: what a function makes comes back to it, is worked on, comes back, and so on without end.

Lambda counts in how many turns a function was invoked for one and the same event, and stops after about sixteen. Here
the count goes along with what the function makes, across a queue, a topic, a bus or one more function. What takes a
longer way round ends with its 64th generation.
Source: AWS Lambda Developer Guide, "Use Lambda recursive loop detection to prevent infinite loops".
"""

from simulator.engine.message import ORIGINS, Message, MessageId

MOST_TURNS = 16

# Messages that are on their way round, at most; of more the oldest are forgotten.
MOST_KEPT = 10_000


class Turns:
    """In which turn the messages that one worker makes are; only those that are in a loop are remembered."""

    __slots__ = ("_index", "_kept")

    def __init__(self, index: int) -> None:
        self._index = index
        self._kept: dict[MessageId, int] = {}

    def of(self, message: Message) -> int:
        """How often the worker has worked on what led to this message."""
        kept, index = self._kept, self._index
        known = max(kept.get(message.id, 0), kept.get(message.cause, 0)) if kept else 0
        return known or int(message.id % ORIGINS == index or (message.cause > 0 and message.cause % ORIGINS == index))

    def made(self, message: MessageId, cause: Message) -> None:
        """The worker has made a message from another."""
        before = self.of(cause) if cause.generation else 0
        if before:
            self._kept[message] = before + 1
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]


def stopped(turns: int) -> str:
    """Why a message that comes round once more is not worked on."""
    return f"RecursiveInvocationException: a loop, {turns} messages, each made from the one before"
