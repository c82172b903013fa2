"""A receive: what it asks for, and since when and how long it waits for a message."""

from patterns.queue.deadlines import Deadline
from patterns.queue.servers import Sample
from patterns.queue.stock import NO_DEADLINE
from simulator.engine.clock import Micros
from simulator.engine.operations import Call


class Poll:
    """A receive of up to `most` messages since `since`, each to be hidden for `timeout`; `over` ends its wait.

    `sample` are the servers it asks, `attempt` the id under which it may be repeated.
    """

    __slots__ = ("attempt", "call", "most", "over", "sample", "since", "timeout")

    def __init__(
        self, call: Call, most: int, timeout: Micros, since: Micros, sample: Sample, attempt: str | None
    ) -> None:
        self.call = call
        self.most = most
        self.timeout = timeout
        self.since = since
        self.sample = sample
        self.attempt = attempt
        self.over: Deadline = NO_DEADLINE
