"""What can be set on a queue and on its links, and what its operations take.

Names, ranges and defaults are SQS's own; times are seconds, as there. Settings are checked when they are given. The
arguments of an operation are not held to their ranges here: they go to the queue, which answers a wrong one with the
service's own code and sentence. Their ranges stand in the schema all the same, so that a form can show them.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from simulator.engine.link import LinkSettings
from simulator.engine.operations import Arguments
from simulator.engine.parameters import deeper_than

API = "SQS API Reference"
GUIDE = "SQS Developer Guide"

IN_FLIGHT_QUOTA = 120_000
"""How many messages of a standard queue can be in flight. Source: SQS Developer Guide, "Amazon SQS message quotas"."""

LONGEST_VISIBILITY = 43_200
LONGEST_DELAY = 900
LONGEST_WAIT = 20
MOST_AT_ONCE = 10
DEEPEST_BODY = 32


def _about(title: str, description: str, unit: str = "", source: str = "", **more: Any) -> dict[str, Any]:
    extra = {"unit": unit, "source": source, **more}
    return {
        "title": title,
        "description": description,
        "json_schema_extra": {key: value for key, value in extra.items() if value != ""},
    }


VisibilitySeconds = Annotated[int, Field(ge=0, le=LONGEST_VISIBILITY)]


class QueueSettings(BaseModel):
    """The attributes of a standard queue."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    VisibilityTimeout: Annotated[
        VisibilitySeconds,
        Field(
            **_about(
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
            **_about(
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
            **_about(
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
            **_about(
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
            **_about(
                "Receive wait time",
                "How long a receive that doesn't say so itself waits for a message; more than 0 is long polling.",
                "s",
                f'{API}, SetQueueAttributes; {GUIDE}, "Amazon SQS short and long polling"',
            ),
        ),
    ] = 0


class PollSettings(LinkSettings):
    """How a consumer asks this queue for messages."""

    BatchSize: Annotated[
        int,
        Field(
            ge=1,
            le=MOST_AT_ONCE,
            **_about(
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
            **_about(
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
            **_about(
                "Visibility timeout here",
                "Overrides the queue's visibility timeout for what this consumer receives.",
                "s",
                f"{API}, ReceiveMessage",
            )
        ),
    ] = None


class DeadLetterSettings(LinkSettings):
    """When a message is given up and moved to the dead-letter queue."""

    maxReceiveCount: Annotated[  # noqa: N815 - as the service spells it
        int,
        Field(
            ge=1,
            le=1000,
            **_about(
                "Maximum receives",
                "How often a message may be received; instead of one more time it is moved to the dead-letter queue.",
                "receives",
                f'{API}, SetQueueAttributes (RedrivePolicy); {GUIDE}, "Using dead-letter queues in Amazon SQS"',
            ),
        ),
    ] = 10


def not_too_deep(body: Any) -> Any:
    """The body. Raises ValueError where its objects and arrays are nested too deeply."""
    if deeper_than(body, DEEPEST_BODY):
        raise ValueError(f"is nested too deeply; at most {DEEPEST_BODY} levels are taken")
    return body


class SendMessage(Arguments):
    MessageBody: Annotated[
        Any,
        AfterValidator(not_too_deep),
        Field(**_about("Message body", "Text, or any JSON value.", source=f"{API}, SendMessage")),
    ]
    DelaySeconds: Annotated[
        int | None,
        Field(
            **_about(
                "Delay",
                "How long this message is hidden at first; empty: as the queue is set.",
                "s",
                f"{API}, SendMessage",
                minimum=0,
                maximum=LONGEST_DELAY,
            )
        ),
    ] = None
    MessageAttributes: Annotated[
        dict[str, Any],
        Field(**_about("Message attributes", "Up to ten names with their values.", source=f"{API}, SendMessage")),
    ] = {}


class ReceiveMessage(Arguments):
    MaxNumberOfMessages: Annotated[
        int,
        Field(
            **_about(
                "At most",
                "How many messages at a time.",
                "messages",
                f"{API}, ReceiveMessage",
                minimum=1,
                maximum=MOST_AT_ONCE,
            )
        ),
    ] = 1
    WaitTimeSeconds: Annotated[
        int | None,
        Field(
            **_about(
                "Wait time",
                "How long to wait for a message; empty: as the queue is set.",
                "s",
                f"{API}, ReceiveMessage",
                minimum=0,
                maximum=LONGEST_WAIT,
            )
        ),
    ] = None
    VisibilityTimeout: Annotated[
        int | None,
        Field(
            **_about(
                "Visibility timeout",
                "How long the message is hidden from others; empty: as the queue is set.",
                "s",
                f"{API}, ReceiveMessage",
                minimum=0,
                maximum=LONGEST_VISIBILITY,
            )
        ),
    ] = None


Receipt = Annotated[
    str,
    Field(
        max_length=1024,
        **_about("Receipt handle", "The handle that the receive gave.", source=f"{API}, DeleteMessage"),
    ),
]


class DeleteMessage(Arguments):
    ReceiptHandle: Receipt


class ChangeMessageVisibility(Arguments):
    ReceiptHandle: Receipt
    VisibilityTimeout: Annotated[
        int,
        Field(
            **_about(
                "Visibility timeout",
                "How long the message stays hidden from now on; 0 gives it back at once.",
                "s",
                f"{API}, ChangeMessageVisibility",
                minimum=0,
                maximum=LONGEST_VISIBILITY,
            )
        ),
    ]


class PurgeQueue(Arguments):
    """Nothing to say: everything goes."""


class GetQueueAttributes(Arguments):
    AttributeNames: Annotated[
        list[str],
        Field(
            max_length=50,
            **_about("Attributes", 'Names of attributes, or "All".', source=f"{API}, GetQueueAttributes"),
        ),
    ] = ["All"]


class SetQueueAttributes(Arguments):
    Attributes: Annotated[
        dict[str, Any],
        Field(
            **_about("Attributes", "Names of attributes with their new values.", source=f"{API}, SetQueueAttributes")
        ),
    ]


class Limit(Arguments):
    """How much a throttled queue still takes."""

    per_second: Annotated[
        float,
        Field(
            gt=0,
            le=1e6,
            **_about("Requests per second", "How many requests of all kinds are answered each second."),
        ),
    ] = 10.0
