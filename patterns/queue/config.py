"""What can be set on a queue and on its links.

Names, ranges and defaults are SQS's own; times are seconds, as there.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from patterns.queue.about import API, GUIDE
from patterns.queue.servers import ASKED, COPIES, SERVERS
from simulator.engine.clock import Duration
from simulator.engine.described import about
from simulator.engine.link import LinkSettings
from simulator.engine.parameters import refusal

IN_FLIGHT_QUOTA = 120_000
"""How many messages of a queue can be in flight. Source: SQS Developer Guide, "Amazon SQS message quotas"."""

LONGEST_VISIBILITY = 43_200
LONGEST_DELAY = 900
LONGEST_WAIT = 20
MOST_AT_ONCE = 10


MOST_SOURCES = 10
LARGEST_BATCH = 10_000
LAMBDA = "AWS Lambda API Reference"

# Attributes that a standard queue does not have.
FIFO_ONLY = ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")

VisibilitySeconds = Annotated[int, Field(ge=0, le=LONGEST_VISIBILITY)]


class RedrivePermission(BaseModel):
    """Which queues may use this one as their dead-letter queue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    redrivePermission: Literal["allowAll", "denyAll", "byQueue"] = "allowAll"  # noqa: N815 - as the service spells it
    sourceQueueArns: Annotated[tuple[str, ...], Field(max_length=MOST_SOURCES)] = ()  # noqa: N815

    @model_validator(mode="after")
    def _names_queues_or_not(self) -> "RedrivePermission":
        if bool(self.sourceQueueArns) != (self.redrivePermission == "byQueue"):
            raise refusal("names sourceQueueArns exactly when redrivePermission is byQueue.")
        return self

    def allows(self, *names: str) -> bool:
        """Whether the queue that has one of these names, its id or its ARN, may send its dead letters here."""
        if self.redrivePermission == "byQueue":
            return any(name in self.sourceQueueArns for name in names)
        return self.redrivePermission == "allowAll"


class QueueSettings(BaseModel):
    """The attributes of a queue, and two dials for what a standard queue does rarely and a lesson wants to see."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    FifoQueue: Annotated[
        bool,
        Field(
            **about(
                "FIFO queue",
                "Whether it keeps the order within each message group and drops repeated sends; fixed at creation.",
                source=f'{API}, CreateQueue; {GUIDE}, "Amazon SQS FIFO queues"',
            )
        ),
    ] = False
    VisibilityTimeout: Annotated[
        VisibilitySeconds,
        Field(
            **about(
                "Visibility timeout",
                "How long a received message is hidden from others; if it is not deleted by then, it comes back.",
                "s",
                f'{API}, SetQueueAttributes; {GUIDE}, "Amazon SQS visibility timeout"',
            )
        ),
    ] = 30
    DelaySeconds: Annotated[
        int,
        Field(
            ge=0,
            le=LONGEST_DELAY,
            **about(
                "Delivery delay",
                "How long a new message is hidden before anybody can receive it; a change applies to later messages.",
                "s",
                f'{API}, SetQueueAttributes; {GUIDE}, "Amazon SQS delay queues"',
            ),
        ),
    ] = 0
    MessageRetentionPeriod: Annotated[
        int,
        Field(
            ge=60,
            le=1_209_600,
            **about(
                "Retention period",
                "How long a message is kept if nobody deletes it, counted from when it was first sent.",
                "s",
                f"{API}, SetQueueAttributes",
            ),
        ),
    ] = 345_600
    MaximumMessageSize: Annotated[
        int,
        Field(
            ge=1024,
            le=1_048_576,
            **about(
                "Maximum message size",
                "The largest message the queue takes: its body and its attributes together.",
                "B",
                f"{API}, SetQueueAttributes",
            ),
        ),
    ] = 1_048_576
    ReceiveMessageWaitTimeSeconds: Annotated[
        int,
        Field(
            ge=0,
            le=LONGEST_WAIT,
            **about(
                "Receive wait time",
                "How long a receive that doesn't say so itself waits for a message; more than 0 is long polling.",
                "s",
                f'{API}, SetQueueAttributes; {GUIDE}, "Amazon SQS short and long polling"',
            ),
        ),
    ] = 0

    ContentBasedDeduplication: Annotated[
        bool,
        Field(
            **about(
                "Content-based deduplication",
                "FIFO: a message sent without a deduplication id gets the SHA-256 of its body as one.",
                source=f"{API}, SetQueueAttributes",
            )
        ),
    ] = False
    DeduplicationScope: Annotated[
        Literal["queue", "messageGroup"],
        Field(
            **about(
                "Deduplication scope",
                "FIFO: whether a deduplication id counts in the whole queue or in its message group only.",
                source=f"{API}, SetQueueAttributes",
            )
        ),
    ] = "queue"
    FifoThroughputLimit: Annotated[
        Literal["perQueue", "perMessageGroupId"],
        Field(
            **about(
                "FIFO throughput limit",
                "FIFO: 300 calls of an action each second for the queue, or, with scope messageGroup, for each group.",
                source=f'{API}, SetQueueAttributes; {GUIDE}, "High throughput for FIFO queues"',
            )
        ),
    ] = "perQueue"
    RedriveAllowPolicy: Annotated[
        RedrivePermission | None,
        Field(
            **about(
                "Redrive allow policy",
                "Which queues may use this one for their dead letters: allowAll, denyAll, or byQueue with their ids.",
                source=f"{API}, SetQueueAttributes",
            )
        ),
    ] = None
    duplicates: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            **about(
                "Duplicates",
                "Standard: probability that a server missed a receive or a delete and gives a copy out once more.",
                source=f'{GUIDE}, "Amazon SQS at-least-once delivery"',
            ),
        ),
    ] = 0.0
    disorder: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            **about(
                "Disorder",
                "Standard: probability that a receive takes not the oldest message but one of the next few.",
                source=f'{GUIDE}, "Amazon SQS standard queues" (best-effort ordering)',
            ),
        ),
    ] = 0.0
    servers_asked: Annotated[
        int,
        Field(
            ge=1,
            le=SERVERS,
            **about(
                "Servers asked",
                f"Standard: how many of {SERVERS} servers a short poll asks; each message lies on {COPIES} of them.",
                "servers",
                f'{GUIDE}, "Amazon SQS short and long polling"',
            ),
        ),
    ] = ASKED

    @model_validator(mode="after")
    def _fit_together(self) -> "QueueSettings":
        """Source: SQS API Reference, SetQueueAttributes (attributes that apply only to FIFO queues)."""
        if not self.FifoQueue:
            only = [name for name in FIFO_ONLY if getattr(self, name) != type(self).model_fields[name].default]
            if only:
                raise refusal(f"has {' and '.join(only)}, which only a FIFO queue has. Set FifoQueue, or leave it out.")
        elif self.duplicates or self.disorder:
            raise refusal("is a FIFO queue, which has neither duplicates nor disorder. Set them to 0.")
        if self.FifoThroughputLimit == "perMessageGroupId" and self.DeduplicationScope != "messageGroup":
            raise refusal("has FifoThroughputLimit perMessageGroupId, which takes DeduplicationScope messageGroup.")
        return self


class PollSettings(LinkSettings):
    """How a consumer asks this queue for messages."""

    BatchSize: Annotated[
        int,
        Field(
            ge=1,
            le=MOST_AT_ONCE,
            **about(
                "Batch size",
                "How many messages the consumer asks for at a time; it may get fewer.",
                "messages",
                f"{API}, ReceiveMessage (MaxNumberOfMessages)",
            ),
        ),
    ] = 1
    WaitTimeSeconds: Annotated[
        int,
        Field(
            ge=0,
            le=LONGEST_WAIT,
            **about(
                "Wait time",
                "How long one request waits for a message before it is answered empty; 0 is short polling.",
                "s",
                f'{API}, ReceiveMessage; {GUIDE}, "Amazon SQS short and long polling"',
            ),
        ),
    ] = 20
    VisibilityTimeout: Annotated[
        VisibilitySeconds | None,
        Field(
            **about(
                "Visibility timeout here",
                "Overrides the queue's visibility timeout for what this consumer receives.",
                "s",
                f"{API}, ReceiveMessage",
            )
        ),
    ] = None
    heartbeat: Annotated[
        Duration | None,
        Field(
            **about(
                "Heartbeat",
                "Every so often the consumer extends the visibility of what it holds, back to the visibility timeout.",
                "s",
                f'{GUIDE}, "Amazon SQS visibility timeout"',
            )
        ),
    ] = None
    pause: Annotated[
        Duration,
        Field(
            **about("Pause", "How long the consumer rests after an empty answer before it asks again.", "s"),
        ),
    ] = 0
    delete: Annotated[
        Literal["after work", "before work"],
        Field(
            **about(
                "Delete",
                "When the consumer deletes a message: after its work, or before it (and then a crash loses it).",
                source=f"{API}, DeleteMessage",
            )
        ),
    ] = "after work"


class MappingSettings(LinkSettings):
    """An event source mapping: how a function's own pollers receive from this queue and invoke it.

    Source: AWS Lambda API Reference, CreateEventSourceMapping.
    """

    BatchSize: Annotated[
        int,
        Field(
            ge=1,
            le=LARGEST_BATCH,
            **about(
                "Batch size",
                "How many messages one invocation gets at most; 10 for a FIFO queue, above 10 needs a window.",
                "messages",
                f"{LAMBDA}, CreateEventSourceMapping",
            ),
        ),
    ] = 10
    MaximumBatchingWindowInSeconds: Annotated[
        int,
        Field(
            ge=0,
            le=300,
            **about(
                "Batching window",
                "How long messages are gathered before the function is invoked; not for a FIFO queue.",
                "s",
                f"{LAMBDA}, CreateEventSourceMapping",
            ),
        ),
    ] = 0
    MaximumConcurrency: Annotated[
        int | None,
        Field(
            ge=2,
            le=1000,
            **about(
                "Maximum concurrency",
                "How many invocations this queue may have running at a time; empty: as many as the function.",
                "invocations",
                f"{LAMBDA}, ScalingConfig",
            ),
        ),
    ] = None
    ReportBatchItemFailures: Annotated[
        bool,
        Field(
            **about(
                "Report batch item failures",
                "The function names the messages that failed, and the others are deleted; else one failure fails all.",
                source=f"{LAMBDA}, CreateEventSourceMapping (FunctionResponseTypes)",
            )
        ),
    ] = False

    @model_validator(mode="after")
    def _large_batches_take_time(self) -> "MappingSettings":
        if self.BatchSize > MOST_AT_ONCE and not self.MaximumBatchingWindowInSeconds:
            raise refusal(
                f"has BatchSize {self.BatchSize}; above {MOST_AT_ONCE} it needs "
                "MaximumBatchingWindowInSeconds of 1 or more."
            )
        return self


class DeadLetterSettings(LinkSettings):
    """When a message is given up and moved to the dead-letter queue."""

    maxReceiveCount: Annotated[  # noqa: N815 - as the service spells it
        int,
        Field(
            ge=1,
            le=1000,
            **about(
                "Maximum receives",
                "How often a message may be received; instead of one more time it is moved to the dead-letter queue.",
                "receives",
                f'{API}, SetQueueAttributes (RedrivePolicy); {GUIDE}, "Using dead-letter queues in Amazon SQS"',
            ),
        ),
    ] = 10
