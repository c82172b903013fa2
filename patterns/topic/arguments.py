"""What the operations of a topic take, by the service's own names.

Arguments are not held to their ranges here: they go to the topic, which answers a wrong one with the service's own
code and sentence.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from patterns.topic.about import API
from simulator.engine.described import about
from simulator.engine.operations import Arguments
from simulator.engine.parameters import deeper_than

DEEPEST_BODY = 32


def not_too_deep(body: Any) -> Any:
    """The body. Raises ValueError where its objects and arrays are nested too deeply."""
    if deeper_than(body, DEEPEST_BODY):
        raise ValueError(f"is nested too deeply; at most {DEEPEST_BODY} levels are taken")
    return body


class Publish(Arguments):
    Message: Annotated[
        Any,
        AfterValidator(not_too_deep),
        Field(**about("Message", "Text, or any JSON value.", source=f"{API}, Publish")),
    ]
    Subject: Annotated[
        str | None, Field(**about("Subject", "Of an e-mail; less than 100 characters.", source=f"{API}, Publish"))
    ] = None
    MessageStructure: Annotated[
        str | None,
        Field(
            **about(
                "Message structure",
                "json: the message is an object that says what each protocol gets, and by default.",
                source=f"{API}, Publish",
            )
        ),
    ] = None
    MessageAttributes: Annotated[
        dict[str, Any],
        AfterValidator(not_too_deep),
        Field(**about("Message attributes", "Names with their values, to filter on.", source=f"{API}, Publish")),
    ] = {}
    MessageGroupId: Annotated[
        str | None,
        Field(
            **about(
                "Message group",
                "FIFO: the line in which this message stands, required; standard: for fair queues.",
                source=f"{API}, Publish",
            )
        ),
    ] = None
    MessageDeduplicationId: Annotated[
        str | None,
        Field(
            **about(
                "Deduplication id",
                "FIFO: a second message with the same id within 5 min is accepted and not delivered.",
                source=f"{API}, Publish",
            )
        ),
    ] = None


class PublishEntry(Publish):
    """One entry of PublishBatch."""

    Id: Annotated[str, Field(**about("Id", "Names this entry in the answer.", source=f"{API}, PublishBatch"))]


class PublishBatch(Arguments):
    PublishBatchRequestEntries: Annotated[
        tuple[PublishEntry, ...],
        Field(**about("Entries", "Up to ten, each with Id and Message.", source=f"{API}, PublishBatch")),
    ]


Name = Annotated[str, Field(max_length=100, **about("Attribute", "Its name.", source=f"{API}, SetTopicAttributes"))]
Value = Annotated[
    Any,
    AfterValidator(not_too_deep),
    Field(**about("Value", "Text, as the service takes it, or the value itself.", source=f"{API}, SetTopicAttributes")),
]
Subscription = Annotated[
    str,
    Field(
        max_length=300,
        **about(
            "Subscription",
            "By its ARN, or by the id of its line or of its subscriber.",
            source=f"{API}, SetSubscriptionAttributes",
        ),
    ),
]


class SetTopicAttributes(Arguments):
    AttributeName: Name
    AttributeValue: Value = None


class SetSubscriptionAttributes(Arguments):
    SubscriptionArn: Subscription
    AttributeName: Name
    AttributeValue: Value = None


class GetSubscriptionAttributes(Arguments):
    SubscriptionArn: Subscription


class GetTopicAttributes(Arguments):
    """Nothing to say: all are answered."""


class ConfirmSubscription(Arguments):
    Token: Annotated[
        str,
        Field(
            max_length=300,
            **about(
                "Token",
                "What the subscriber was sent: here its id, or that of its line.",
                source=f"{API}, ConfirmSubscription",
            ),
        ),
    ]


class Limit(Arguments):
    """How much a throttled topic still takes."""

    per_second: Annotated[
        float, Field(gt=0, le=1e6, **about("Requests per second", "How many requests are answered each second."))
    ] = 10.0
