"""What a queue has not finished: receives that wait for a message, and messages moving to the dead-letter queue."""

from typing import TYPE_CHECKING, Any

from patterns.queue.deadlines import Deadline
from patterns.queue.stock import NO_DEADLINE, Entry
from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


class Poll:
    """A receive that waits for a message since `since`; `over` is when it waits no longer."""

    __slots__ = ("call", "most", "over", "since", "timeout")

    def __init__(self, call: Call, most: int, timeout: Micros, since: Micros) -> None:
        self.call = call
        self.most = most
        self.timeout = timeout
        self.since = since
        self.over: Deadline = NO_DEADLINE


class Move:
    """A message on its way to the dead-letter queue; its own queue waits to hear that it arrived."""

    __slots__ = ("entry", "queue")

    def __init__(self, queue: "QueueNode", entry: Entry) -> None:
        self.queue = queue
        self.entry = entry

    def heard(self, result: Any, error: ServiceError | None) -> None:
        if error is not None:
            self.queue.take_back(self.entry, error)
