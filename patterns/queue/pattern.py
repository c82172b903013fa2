"""The queue, declared: everything the house needs to know of it."""

from typing import Any

from patterns.queue import arguments, config
from patterns.queue.attributes import arn
from patterns.queue.kinds import KINDS
from patterns.queue.node import QueueNode
from simulator.engine.errors import Problem
from simulator.engine.faults import Fault, Nothing
from simulator.engine.operations import Operation
from simulator.engine.pattern import LinkKind, Measure, Pattern, Way


def names(settings: config.QueueSettings) -> dict[str, str]:
    return {"neutral": "Queue", "aws": f"SQS {'FIFO' if settings.FifoQueue else 'standard'} queue"}


def kind_of(settings: config.QueueSettings) -> str:
    return "fifo" if settings.FifoQueue else "standard"


def allows(settings: Any) -> dict[str, str]:
    """What the service does not promise. Source: SQS Developer Guide, "Amazon SQS at-least-once delivery" and "FIFO
    delivery logic".
    """
    if kind_of(settings) == "fifo":
        again = "A FIFO queue stores a message once, and still gives it out again when nobody deletes it in time."
        return {"no_duplicates": again}
    return {
        "no_duplicates": "A standard queue may do so: it delivers at least once.",
        "group_order": "A standard queue does not promise an order.",
    }


def check(settings: config.QueueSettings, outs: list[Way]) -> list[Problem]:
    """A queue has one redrive policy, and so one dead-letter queue, of its own type, that lets it.

    Source: SQS API Reference, SetQueueAttributes (RedrivePolicy, RedriveAllowPolicy).
    """
    dead = [way for way in outs if way.draw == "dead"]
    if len(dead) > 1:
        several = f"has {len(dead)} dead-letter queues"
        return [Problem("", several, "at most one", "Remove the other dead-letter links.")]
    problems = []
    for way in dead:
        if way.settings.FifoQueue != settings.FifoQueue:
            own, other = ("FIFO", "standard") if settings.FifoQueue else ("standard", "FIFO")
            said = f"is a {own} queue, and its dead-letter queue {way.target} a {other} one"
            problems.append(Problem("", said, "two of the same type", "Set FifoQueue alike in both."))
        allowed = way.settings.RedriveAllowPolicy
        if allowed is not None and not allowed.allows(way.source, arn(way.source)):
            said = f"may not use {way.target} as its dead-letter queue: {allowed.redrivePermission}"
            problems.append(Problem("", said, cure=f"Name it in the RedriveAllowPolicy of {way.target}."))
    return problems


def check_poll(poll: config.PollSettings, queue: config.QueueSettings, consumer: Any) -> list[Problem]:
    """Some consumers don't poll by themselves."""
    if not getattr(consumer, "polls_by_mapping", False):
        return []
    return [Problem("kind", "is a plain poll by a node that has pollers of its own", "mapping", "Make it a mapping.")]


def check_mapping(mapping: config.MappingSettings, queue: config.QueueSettings, function: Any) -> list[Problem]:
    """What Lambda refuses when a mapping is created. Source: AWS Lambda API Reference, CreateEventSourceMapping;
    AWS Lambda Developer Guide, "Using Lambda with Amazon SQS" (visibility timeout and function timeout).
    """
    problems = []
    kind = getattr(function, "kind", "function")
    if kind != "function":
        problems.append(
            Problem(
                "kind", f"is a mapping to a {kind}", "a function", "Make the link a poll, or the worker a function."
            )
        )
    timeout, hidden = getattr(function, "timeout", None) or 0, queue.VisibilityTimeout
    if timeout > hidden:
        said = f"Queue visibility timeout: {hidden} seconds is less than Function timeout: {timeout} seconds"
        problems.append(Problem("", said, cure="Lengthen the queue's VisibilityTimeout, or shorten the timeout."))
    if queue.FifoQueue and mapping.BatchSize > config.MOST_AT_ONCE:
        fifo = f"at most {config.MOST_AT_ONCE} from a FIFO queue"
        problems.append(Problem("settings.BatchSize", f"is {mapping.BatchSize}", fifo))
    if queue.FifoQueue and mapping.MaximumBatchingWindowInSeconds:
        window = f"is {mapping.MaximumBatchingWindowInSeconds}"
        problems.append(Problem("settings.MaximumBatchingWindowInSeconds", window, "0: a FIFO queue has no window"))
    return problems


OPERATIONS = (
    Operation(
        "SendMessage",
        arguments.SendMessage,
        "send_message",
        "Send a message of your own to this queue.",
        "Send a message",
    ),
    Operation(
        "SendMessageBatch",
        arguments.SendMessageBatch,
        "send_message_batch",
        "Send up to ten messages in one request.",
        "Send a batch",
    ),
    Operation(
        "ReceiveMessage",
        arguments.ReceiveMessage,
        "receive_message",
        "Be the consumer: receive the oldest messages.",
        "Receive messages",
    ),
    Operation(
        "DeleteMessage",
        arguments.DeleteMessage,
        "delete_message",
        "Delete a received message by its receipt handle.",
        "Delete a message",
    ),
    Operation(
        "ChangeMessageVisibility",
        arguments.ChangeMessageVisibility,
        "change_message_visibility",
        "Hide a received message for longer, or give it back at once.",
        "Change a message's visibility",
    ),
    Operation(
        "DeleteMessageBatch",
        arguments.DeleteMessageBatch,
        "delete_message_batch",
        "Delete up to ten received messages in one request.",
        "Delete a batch",
    ),
    Operation(
        "ChangeMessageVisibilityBatch",
        arguments.ChangeMessageVisibilityBatch,
        "change_message_visibility_batch",
        "Hide up to ten received messages for longer, or give them back.",
        "Change the visibility of a batch",
    ),
    Operation(
        "PurgeQueue",
        arguments.PurgeQueue,
        "purge_queue",
        "Throw away every message of this queue.",
        "Purge the queue",
        danger=True,
    ),
    Operation(
        "StartMessageMoveTask",
        arguments.StartMessageMoveTask,
        "start_message_move_task",
        "Move what waits in this dead-letter queue back, or elsewhere.",
        "Start a redrive",
    ),
    Operation(
        "ListMessageMoveTasks",
        arguments.ListMessageMoveTasks,
        "list_message_move_tasks",
        "See how far the latest moves are.",
        "List redrives",
    ),
    Operation(
        "CancelMessageMoveTask",
        arguments.CancelMessageMoveTask,
        "cancel_message_move_task",
        "Stop a move; what was moved stays moved.",
        "Cancel a redrive",
    ),
    Operation(
        "GetQueueAttributes",
        arguments.GetQueueAttributes,
        "get_queue_attributes",
        "Ask for settings and counts.",
        "Get attributes",
    ),
    Operation(
        "SetQueueAttributes",
        arguments.SetQueueAttributes,
        "set_queue_attributes",
        "Change settings as a client does.",
        "Set attributes",
    ),
)

FAULTS = (
    Fault(
        "unavailable",
        "Unavailable",
        "answers every request with ServiceUnavailable",
        Nothing,
        QueueNode.set_unavailable,
    ),
    Fault(
        "throttle",
        "Throttle",
        "answers only so many requests a second, the others with RequestThrottled",
        arguments.Limit,
        QueueNode.set_throttle,
    ),
)

LINKS = (
    LinkKind(
        "poll", "The consumer asks for messages and deletes what it has done.", config.PollSettings, "poll", check_poll
    ),
    LinkKind(
        "mapping",
        "An event source mapping: its pollers receive batches and invoke the function with them.",
        config.MappingSettings,
        "poll",
        check_mapping,
    ),
    LinkKind("dead-letter", "What was received too often goes here.", config.DeadLetterSettings, "dead"),
)

MEASURES = (
    Measure("waiting", "waiting", "messages", gauge="waiting"),
    Measure("inflight", "in flight", "messages", gauge="inflight", beside="waiting"),
    Measure("in", "in", "messages/s", counts=("enqueued", "delayed")),
    Measure("out", "deleted", "messages/s", counts=("deleted",), beside="in"),
    Measure("age", "age of the oldest", "s", gauge="age"),
    Measure("latency", "from sent to deleted", "s", values=("deleted", "age")),
    Measure("requests", "requests billed", "requests", gauge="requests"),
    Measure("empty", "empty receives", "receives/s", counts=("empty_receive", "missed_by_sample")),
)

PATTERN = Pattern(
    module="patterns.queue.pattern",
    name="queue",
    role="channel",
    sentence="A queue holds each message until one consumer has received it, done its work and deleted it.",
    Settings=config.QueueSettings,
    Node=QueueNode,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=LINKS,
    operations=OPERATIONS,
    faults=FAULTS,
    measures=MEASURES,
    takes=("send", "dead"),
    check=check,
    allows=allows,
)
