"""State changes: what EC2 tells a bus of a server's instances, without being asked.

A server is one instance; a fleet has one for each seat. An instance that begins or has recovered is running, one that
has crashed is stopped, and one that a fleet no longer wants is terminated. Events of this sort are sent once, and
nobody waits for an answer.
Source: Amazon EC2 User Guide, "Instance state change events"; EventBridge User Guide, "Events from AWS services" (best
effort).
"""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from simulator.engine.arns import arn
from simulator.engine.errors import Problem
from simulator.engine.link import Link, LinkSettings
from simulator.engine.message import SERVICE
from simulator.engine.template import size, size_of_attributes

if TYPE_CHECKING:
    from patterns.worker.node import Worker

STATE_CHANGES = "state-changes"

SOURCE = "aws.ec2"
DETAIL_TYPE = "EC2 Instance State-change Notification"

# Instances whose changes are told; a larger fleet's others are not.
MOST = 100


def check_state_changes(settings: LinkSettings, source: Any, target: Any) -> list[Problem]:
    """Servers have instances, and a bus hears of them."""
    if source.kind != "server":
        return [Problem("from", f"is a {source.kind}", "a server", "Only servers tell of their instances.")]
    if not hasattr(target, "Rules"):
        return [Problem("to", "is no event bus", "an event bus", "Lead it to a bus.")]
    return []


class StateChanges:
    """The instances of one worker, by their numbers, and the links that lead to buses."""

    __slots__ = ("_links", "_next", "_running", "_worker")

    def __init__(self, worker: "Worker") -> None:
        self._worker = worker
        self._links: list[Link] = []
        self._running: list[int] = []
        self._next = 0

    def start(self) -> None:
        """Time begins: every instance is running."""
        self._links = self._worker.ways(STATE_CHANGES)
        self.follow()

    def follow(self) -> None:
        """There may be more seats now, or fewer."""
        if not self._links:
            return
        worker = self._worker
        wanted = 1 if worker.fleet is None else min(len(worker.seats), MOST)
        while len(self._running) < wanted:
            self._next += 1
            self._running.append(self._next)
            self._tell(self._next, "running")
        while len(self._running) > wanted:
            self._tell(self._running.pop(), "terminated")

    def tell_all(self, state: str) -> None:
        """Every instance is in this state now."""
        for number in self._running:
            self._tell(number, state)

    def _tell(self, number: int, state: str) -> None:
        worker = self._worker
        instance = f"i-{sha256(f'{worker.id} {number}'.encode(), usedforsecurity=False).hexdigest()[:17]}"
        body = {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Resources": [arn("ec2", f"instance/{instance}")],
            "Detail": {"instance-id": instance, "state": state},
        }
        attributes = {SERVICE: SOURCE}
        for link in self._links:
            made = worker.make(DETAIL_TYPE, body, size(body) + size_of_attributes(attributes), attributes=attributes)
            worker.record("state_changed", made.id, instance, state)
            link.send(made)
