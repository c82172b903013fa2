"""Refusing: a request that a fault keeps from being answered, and a message that can't be taken."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from patterns.queue import receipts, requests
from simulator.engine.clock import SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.message import Message
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

# For how long what happened is shown as just now.
RECENT: Micros = 5 * SECOND


def objection(queue: "QueueNode", verb: str, groups: Sequence[str] = ()) -> ServiceError | None:
    """The error that a fault or the quota of a FIFO queue answers this request with, if it does."""
    if queue.unavailable:
        return requests.UNAVAILABLE
    if queue.throttle is not None and queue.throttle.refuses(queue.kernel.now):
        return requests.THROTTLED
    return queue.quota.refuses(verb, groups, queue.kernel.now) if queue.quota is not None else None


def refused(queue: "QueueNode", call: Call, verb: str, groups: Sequence[str] = ()) -> bool:
    """Whether a fault or the quota refuses this request, which then has its answer; `groups` are those it names."""
    error = objection(queue, verb, groups)
    if error is not None:
        reject(queue, call, verb, error)
    return error is not None


def note(queue: "QueueNode", code: str) -> None:
    """Count a refusal with those of the same code a moment ago."""
    time, before, count = queue.latest_refusal
    now = queue.kernel.now
    queue.latest_refusal = (now, code, count + 1 if before == code and now - time <= RECENT else 1)


def reject(queue: "QueueNode", call: Call, verb: str, error: ServiceError) -> None:
    """Answer with an error. One that a link has asked for is told here, a person's by the run."""
    note(queue, error.code)
    if call.link is not None:
        queue.record("refused_call", 0, verb, asker(call), error.code, error.message)
    call.fail(error)


def turn_away(queue: "QueueNode", message: Message, call: Call | None, error: ServiceError) -> None:
    """Refuse a push: a sender that listens gets its message back, else the message ends here."""
    note(queue, error.code)
    if call is not None:
        link = call.link
        if link is not None and link.kind != "dead":
            queue.record("refused_call", message.id, "SendMessage", link.source.index, error.code, error.message)
        call.fail(error)
    else:
        queue.record("turned_away", message.id, f"{error.code}: {error.message}")


def groups_of(queue: "QueueNode", handles: Iterable[Any]) -> list[str]:
    """The message groups that these receipt handles name, where a quota wants to know."""
    if queue.quota is None or not queue.quota.by_partition:
        return []
    known = [one if one.__class__ is tuple else receipts.found(queue, one) for one in handles]
    entries = [queue.entries.get(handle[0]) for handle in known if handle is not None]
    return [entry.message.group or "" for entry in entries if entry is not None]


def asker(call: Call) -> int:
    """The index of the node that asks, or -1 for a person."""
    if call.link is None:
        return -1
    return call.link.target.index if call.back else call.link.source.index
