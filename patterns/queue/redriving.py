"""Redriving: what waits in a dead-letter queue is moved back, message by message, at a rate.

A moved message is a new one, with a new id and its retention from the beginning. The service receives, sends and
deletes by itself: it is billed like that, held to no quota, and loses nothing on the way.
Source: SQS API Reference, StartMessageMoveTask; SQS Developer Guide, "Configure a dead-letter queue redrive".
"""

from typing import TYPE_CHECKING, Any

from patterns.queue import moves, refusing
from patterns.queue.attributes import arn
from patterns.queue.config import DeadLetterSettings
from patterns.queue.moves import MoveTask
from patterns.queue.receipts import MOVED, REDRIVEN
from patterns.queue.stock import GONE, IN_FLIGHT
from simulator.engine.clock import MILLISECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.message import label
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode
    from simulator.engine.link import Link

# How long a message is on its way to a queue to which no line is drawn.
WAY: Micros = 20 * MILLISECOND

NO_SOURCE = "CouldNotDetermineMessageSource"


def start(queue: "QueueNode", call: Call) -> None:
    """Begin to move what waits here to `DestinationArn`, or each message to the queue it came from.

    Only out of a dead-letter queue of another queue: one that takes dead letters of topics, buses, schedules or
    functions alone is answered as any other queue. Source: SQS API Reference, StartMessageMoveTask (SourceArn).
    """
    arguments = call.arguments
    try:
        if not any(isinstance(link.settings, DeadLetterSettings) for link in queue.ins):
            raise moves.NOT_A_DEAD_LETTER_QUEUE
        to = _destination(queue, arguments.DestinationArn)
        most = arguments.MaxNumberOfMessagesPerSecond
        task = queue.moves.start(arn(to.id) if to is not None else None, most, queue.visible.count)
    except ServiceError as error:
        refusing.reject(queue, call, "StartMessageMoveTask", error)
        return
    queue.destination = to
    queue.record("move_started", 0, to.title if to is not None else "where it came from", task.to_move)
    call.reply({"TaskHandle": task.handle})


def listed(queue: "QueueNode", call: Call) -> None:
    try:
        call.reply({"Results": queue.moves.listed(arn(queue.id), call.arguments.MaxResults)})
    except ServiceError as error:
        refusing.reject(queue, call, "ListMessageMoveTasks", error)


def cancel(queue: "QueueNode", call: Call) -> None:
    try:
        call.reply({"ApproximateNumberOfMessagesMoved": queue.moves.cancel(call.arguments.TaskHandle)})
    except ServiceError as error:
        refusing.reject(queue, call, "CancelMessageMoveTask", error)


def move_next(queue: "QueueNode") -> bool | None:
    """Move the message that comes next: True when it is on its way, False when none is left, None for later."""
    if queue.unavailable or (queue.visible.count and not queue.visible.ready):
        return None
    entry = queue.visible.take() if queue.visible.ready else None
    if entry is None:
        return False
    message = entry.message
    origin = (message.attributes or {}).get(MOVED)
    link = _link_to(queue, origin["from"] if origin is not None else "")
    to = queue.destination or (link.source if link is not None else None)
    if to is None:
        queue.visible.add(entry, IN_FLIGHT)
        assert queue.moves.active is not None, "only a task moves messages"
        queue.moves.active.fail(NO_SOURCE)
        return None
    if link is None or link.source is not to:
        link = _link_to(queue, arn(to.id))
    entry.state = GONE
    if queue.grouped:
        queue.visible.forget(entry, IN_FLIGHT)
    queue.ages.forget(entry, IN_FLIGHT)
    del queue.entries[entry.number]
    queue.bill.charge("ReceiveMessage", message.size)
    queue.bill.charge("DeleteMessage")
    attributes = {name: value for name, value in (message.attributes or {}).items() if name != MOVED}
    attributes[REDRIVEN] = 1
    made = queue.make(
        message.type, message.body, message.size, cause=message, group=message.group, attributes=attributes
    )
    if queue.fifo:
        made = made._replace(deduplication=label(made.id, queue.run.scenario.prefixes))
    queue.record("moved", message.id, to.index)
    queue.record("created", made.id, message.id)
    delay = link.show(made, back=True) if link is not None else WAY
    queue.kernel.after(delay, to.accept, made, None, 0)
    return True


def ended(queue: "QueueNode", task: MoveTask) -> None:
    status = f"{task.status}: {task.reason}" if task.reason else task.status
    queue.record("move_ended", 0, status, task.moved)


def view_of(queue: "QueueNode") -> list[Any] | None:
    """The task that is at work: messages moved, messages to move, rate asked for or 0, where to."""
    task = queue.moves.active
    if task is None:
        return None
    return [task.moved, task.to_move, task.asked or 0, queue.destination.title if queue.destination else ""]


def _destination(queue: "QueueNode", given: str | None) -> "QueueNode | None":
    """The queue that a person names by its ARN or its id. Raises ServiceError when it can't take these messages."""
    if given is None:
        return None
    # Nodes of other patterns have other classes; a queue is known by being of the same.
    found = next((node for node in queue.run.nodes if given in (node.id, arn(node.id))), None)
    if not isinstance(found, type(queue)):
        raise moves.NO_DESTINATION
    if found is queue:
        raise moves.SAME_QUEUE
    if found.fifo != queue.fifo:
        raise moves.OTHER_TYPE
    return found


def _link_to(queue: "QueueNode", source: str) -> "Link | None":
    """The dead-letter line by which the messages of a queue, known by its ARN, come here."""
    return next((link for link in queue.ins if link.kind == "dead" and arn(link.source.id) == source), None)
