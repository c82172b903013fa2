"""What can be set on a topic and on its subscriptions. Names, ranges and defaults are SNS's own; times are seconds."""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from patterns.filters import FilterPolicy, InvalidPattern, filter_policy
from patterns.topic import delivery_policy, policies
from patterns.topic.about import API, GUIDE
from simulator.engine.described import about
from simulator.engine.json_text import value_of
from simulator.engine.link import LinkSettings
from simulator.engine.parameters import refusal

SMALL = 262_144
LARGE = 1_048_576

ATTRIBUTES, BODY = "MessageAttributes", "MessageBody"

FIFO_ONLY = ("ContentBasedDeduplication", "FifoThroughputScope", "ArchivePolicy")

_RETRIES = f'{GUIDE}, "Amazon SNS message delivery retries"'


class TopicSettings(BaseModel):
    """A topic's attributes as SNS knows them, and the dials of what it does not promise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    FifoTopic: Annotated[
        bool,
        Field(
            **about(
                "FIFO topic",
                "Whether it keeps the order within each message group and drops repetitions; fixed at creation.",
                source=f'{API}, CreateTopic; {GUIDE}, "Amazon SNS FIFO topics"',
            )
        ),
    ] = False
    DisplayName: Annotated[
        str, Field(max_length=100, **about("Display name", "What e-mail and SMS give as the sender.", source=API))
    ] = ""
    MaximumMessageSize: Annotated[
        int,
        Field(
            ge=1024,
            le=LARGE,
            **about(
                "Maximum message size",
                "The largest message it takes, body and attributes; beyond 256 KiB not every subscriber is possible.",
                "B",
                f"{API}, SetTopicAttributes",
            ),
        ),
    ] = SMALL
    ContentBasedDeduplication: Annotated[
        bool,
        Field(
            **about(
                "Content-based deduplication",
                "FIFO: a message published without a deduplication id gets the SHA-256 of its body as one.",
                source=f"{API}, SetTopicAttributes",
            )
        ),
    ] = False
    FifoThroughputScope: Annotated[
        Literal["Topic", "MessageGroup"],
        Field(
            **about(
                "FIFO throughput scope",
                "FIFO: 3,000 messages a second and deduplication for the topic, or a wider quota and for each group.",
                source=f'{API}, SetTopicAttributes; {GUIDE}, "High throughput FIFO topics"',
            )
        ),
    ] = "Topic"
    ArchivePolicy: Annotated[
        policies.ArchivePolicy | None,
        Field(
            **about(
                "Archive policy",
                'FIFO: {"MessageRetentionPeriod": days, 1 to 365}: what is published is kept, to be replayed.',
                source=f'{API}, SetTopicAttributes; {GUIDE}, "Message archiving for FIFO topic owners"',
            )
        ),
    ] = None
    DeliveryPolicy: Annotated[
        delivery_policy.TopicDeliveryPolicy | None,
        Field(
            **about(
                "Delivery policy",
                'For HTTP/S: {"http": {"defaultHealthyRetryPolicy": …, "defaultThrottlePolicy": …}}.',
                source=f'{GUIDE}, "Creating an HTTP/S delivery policy"',
            )
        ),
    ] = None
    publishes_per_second: Annotated[
        float,
        Field(
            gt=0,
            le=1e6,
            **about(
                "Publishes per second",
                "Standard: how many messages it takes each second; the others get Throttled.",
                "messages/s",
                f'{GUIDE}, "Amazon SNS endpoints and quotas"',
            ),
        ),
    ] = 30_000.0
    jitter: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            **about("Jitter", "Up to this share of each pause before a retry is left out, by chance.", source=_RETRIES),
        ),
    ] = 0.1

    @model_validator(mode="after")
    def _fit_together(self) -> "TopicSettings":
        """Source: SNS API Reference, CreateTopic (attributes that apply only to FIFO topics)."""
        if not self.FifoTopic:
            only = [name for name in FIFO_ONLY if getattr(self, name) != type(self).model_fields[name].default]
            if only:
                raise refusal(f"has {' and '.join(only)}, which only a FIFO topic has. Set FifoTopic, or leave it out.")
        return self


def policy_of(policy: Any, scope: str) -> FilterPolicy | None:
    """A filter policy, an object or JSON text, compiled; None where it asks for nothing. Raises InvalidPattern."""
    if policy is None or policy == "":
        return None
    found = filter_policy(policy, scope)
    return None if found.alternatives == ((),) else found


def below(place: str) -> str:
    """`$.state[0]` as a path below the policy: `state.0`."""
    return re.sub(r"\[(\d+)\]", r".\1", place.removeprefix("$")).lstrip(".")


def _as_object(given: Any) -> Any:
    """A policy that a client gives as JSON text, as the value it says."""
    if not isinstance(given, str):
        return given
    try:
        return value_of(given) if given.strip() else None
    except ValueError as error:
        raise refusal(f"Invalid parameter: failed to parse JSON: {error}") from None


class SubscriptionSettings(LinkSettings):
    """What one subscriber gets, and how often it is tried. Source: SNS API Reference, SetSubscriptionAttributes."""

    asynchronous: ClassVar[bool] = True

    FilterPolicy: Annotated[
        Any,
        Field(
            **about(
                "Filter policy",
                "Which messages it gets: an object, or JSON text; empty: all.",
                source=f'{GUIDE}, "Amazon SNS subscription filter policies"',
            )
        ),
    ] = None
    FilterPolicyScope: Annotated[
        Literal["MessageAttributes", "MessageBody"],
        Field(
            **about(
                "Filter policy scope",
                "Whether the policy looks at the attributes of a message or at its body.",
                source=f'{GUIDE}, "Amazon SNS subscription filter policy scope"',
            )
        ),
    ] = "MessageAttributes"
    RawMessageDelivery: Annotated[
        bool,
        Field(
            **about(
                "Raw message delivery",
                "Whether it gets the message as it was published, instead of JSON about it.",
                source=f'{GUIDE}, "Amazon SNS raw message delivery"',
            )
        ),
    ] = False
    DeliveryPolicy: Annotated[
        delivery_policy.DeliveryPolicy | None,
        BeforeValidator(_as_object),
        Field(
            **about(
                "Delivery policy",
                "Only for HTTP/S: healthyRetryPolicy (how often it is tried) and throttlePolicy (how much it takes).",
                source=f'{GUIDE}, "Creating an HTTP/S delivery policy"',
            )
        ),
    ] = None
    RedrivePolicy: Annotated[
        policies.RedrivePolicy | None,
        BeforeValidator(_as_object),
        Field(
            **about(
                "Redrive policy",
                'Where what could not be delivered goes: {"deadLetterTargetArn": the id of a queue}; empty: nowhere.',
                source=f'{GUIDE}, "Amazon SNS dead-letter queues (DLQs)"',
            )
        ),
    ] = None
    ReplayPolicy: Annotated[
        policies.ReplayPolicy | None,
        BeforeValidator(_as_object),
        Field(
            **about(
                "Replay policy",
                "FIFO: StartingPoint and EndingPoint of what is delivered once more from the archive.",
                source=f'{GUIDE}, "Message replay for FIFO topic subscribers"',
            )
        ),
    ] = None

    @model_validator(mode="after")
    def _is_a_policy(self) -> "SubscriptionSettings":
        try:
            policy_of(self.FilterPolicy, self.FilterPolicyScope)
        except InvalidPattern as wrong:
            said = f"Invalid parameter: FilterPolicy: {wrong.reason}"
            raise refusal(said, [(f"FilterPolicy.{below(wrong.place)}".rstrip("."), said)]) from None
        return self


class DeadLetterSettings(LinkSettings):
    """The way to a dead-letter queue; the subscriptions say which of them use it."""
