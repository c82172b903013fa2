"""Refusing: a request that a fault keeps from being answered, and a message that can't be taken."""

from typing import TYPE_CHECKING

from patterns.queue import requests
from simulator.engine.errors import ServiceError
from simulator.engine.message import Message
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def objection(queue: "QueueNode") -> ServiceError | None:
    """The error that a fault answers this request with, if it does."""
    if queue.unavailable:
        return requests.UNAVAILABLE
    if queue.throttle is not None and queue.throttle.refuses(queue.kernel.now):
        return requests.THROTTLED
    return None


def refused(queue: "QueueNode", call: Call, verb: str) -> bool:
    """Whether a fault refuses this request, which then has its answer."""
    error = objection(queue)
    if error is not None:
        reject(queue, call, verb, error)
    return error is not None


def reject(queue: "QueueNode", call: Call, verb: str, error: ServiceError) -> None:
    """Answer with an error. One that a link has asked for is told here, a person's by the run."""
    if call.link is not None:
        queue.record("refused_call", 0, verb, asker(call), error.code, error.message)
    call.fail(error)


def turn_away(queue: "QueueNode", message: Message, call: Call | None, error: ServiceError) -> None:
    """Refuse a push: a sender that listens gets its message back, else the message ends here."""
    if call is not None:
        call.fail(error)
    else:
        queue.record("turned_away", message.id, f"{error.code}: {error.message}")


def asker(call: Call) -> int:
    """The index of the node that asks, or -1 for a person."""
    if call.link is None:
        return -1
    return call.link.target.index if call.back else call.link.source.index
