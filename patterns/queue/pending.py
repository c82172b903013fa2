"""A receive that waits for a message."""

from patterns.queue.deadlines import Deadline
from patterns.queue.stock import NO_DEADLINE
from simulator.engine.clock import Micros
from simulator.engine.operations import Call


class Poll:
    """A receive that waits for a message since `since`; `over` is when it waits no longer."""

    __slots__ = ("call", "most", "over", "since", "timeout")

    def __init__(self, call: Call, most: int, timeout: Micros, since: Micros) -> None:
        self.call = call
        self.most = most
        self.timeout = timeout
        self.since = since
        self.over: Deadline = NO_DEADLINE
