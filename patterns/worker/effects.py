"""The effects of a worker's work: what it has done, how often, and how long that took.

A worker that is idempotent recognises here what it has done before; one that is not counts the effects that have
happened once more, whatever brought them about: a copy of the message, or one more delivery of it.
Source: "Enterprise Integration Patterns", Idempotent Receiver.
"""

from collections import deque

from simulator.engine.clock import Micros
from simulator.engine.message import MessageId
from simulator.engine.recent import Recent

SHOWN_SERVICES = 200


class Effects:
    """`done` counts all work done, `doubled` that of it which had been done before; `services` are the last spans."""

    __slots__ = ("_known", "done", "doubled", "services")

    def __init__(self, remembers: int) -> None:
        self.done = 0
        self.doubled = 0
        self.services: deque[Micros] = deque(maxlen=SHOWN_SERVICES)
        self._known = Recent(remembers)

    def __contains__(self, message: MessageId) -> bool:
        return message in self._known

    def remember(self, most: int) -> None:
        """Know the last `most` messages from now on."""
        self._known.most = most

    def happen(self, message: MessageId, took: Micros) -> int:
        """The work on a message is done; how often it has been, as far as is known."""
        self.done += 1
        self.services.append(took)
        times = self._known.meet(message)
        self.doubled += times > 1
        return times
