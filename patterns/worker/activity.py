"""Activities: a worker that asks a state machine for work, does it, and tells the machine what has become of it.

To a seat that is a channel like a queue: it asks with a long poll, of a minute, and gets one piece of work. But what it
has done it does not delete; it tells the result. A failure it tells as well, and nothing comes back by itself.
Source: Step Functions Developer Guide, "Learn about activities in Step Functions"; API Reference, GetActivityTask.
"""

from typing import Any

from patterns.worker.work import Source
from simulator.engine.callback import TaskFailure, TaskHeartbeat, TaskSuccess
from simulator.engine.link import Link
from simulator.engine.message import Message
from simulator.engine.polling import Delivery


class ActivitySource(Source):
    """The activities of a machine; the handle of a delivery is its task token."""

    __slots__ = ()

    tells = True

    def done(self, message: Message, handle: Any, value: Any) -> None:
        self.link.ask("task_succeeded", TaskSuccess(handle, value), None, about=message)

    def failed(self, message: Message, handle: Any, error_type: str, reason: str) -> None:
        self.link.ask("task_failed", TaskFailure(handle, error_type, reason), None, about=message)

    def delete_all(self, deliveries: list[Delivery]) -> None:
        raise AssertionError("work of activities comes one by one")

    def beat(self, held: list[tuple[Message, Any]]) -> None:
        """Say of each piece of work that it goes on."""
        for message, handle in held:
            self.link.ask("task_goes_on", TaskHeartbeat(handle), None, about=message)


def source_of(link: Link) -> Source:
    """What is polled over a link: a queue, or a machine with activities."""
    return ActivitySource(link) if hasattr(link.settings, "activity") else Source(link)
