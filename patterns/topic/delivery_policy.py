"""The delivery policy of an HTTP/S endpoint, on a subscription or as the default of a topic.

Source: SNS Developer Guide, "Creating an HTTP/S delivery policy"; SNS API Reference, SetSubscriptionAttributes and
SetTopicAttributes (DeliveryPolicy).
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from patterns.topic.phases import HTTP, Backoff, Schedule
from simulator.engine.clock import SECOND
from simulator.engine.parameters import refusal

LONGEST_TOTAL = 3_600
"""Seconds that all retries of an HTTP/S delivery may take together."""

Delay = Annotated[int, Field(ge=1, le=LONGEST_TOTAL)]
Count = Annotated[int, Field(ge=0, le=100)]


class HealthyRetryPolicy(BaseModel):
    """How often and when it is tried again. Times are seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minDelayTarget: Delay = 20  # noqa: N815
    maxDelayTarget: Delay = 20  # noqa: N815
    numRetries: Count = 3  # noqa: N815
    numNoDelayRetries: Count = 0  # noqa: N815
    numMinDelayRetries: Count = 0  # noqa: N815
    numMaxDelayRetries: Count = 0  # noqa: N815
    backoffFunction: Backoff = "linear"  # noqa: N815

    @model_validator(mode="after")
    def _fits_together(self) -> "HealthyRetryPolicy":
        if self.maxDelayTarget < self.minDelayTarget:
            raise refusal("healthyRetryPolicy.maxDelayTarget must be greater than or equal to minDelayTarget")
        if self.numNoDelayRetries + self.numMinDelayRetries + self.numMaxDelayRetries > self.numRetries:
            said = "healthyRetryPolicy.numRetries must be greater than or equal to the sum of"
            raise refusal(f"{said} numNoDelayRetries, numMinDelayRetries and numMaxDelayRetries")
        seconds = self.schedule.span() / SECOND
        if seconds > LONGEST_TOTAL:
            raise refusal(
                f"all retries together would take {seconds:,.0f} s; the total of an HTTP/S delivery policy must not "
                f"exceed {LONGEST_TOTAL:,} s. Make fewer retries, or shorter delays."
            )
        return self

    @property
    def schedule(self) -> Schedule:
        first = self.numNoDelayRetries + self.numMinDelayRetries
        return Schedule(
            self.numNoDelayRetries,
            self.numMinDelayRetries,
            self.numRetries - first - self.numMaxDelayRetries,
            self.numMaxDelayRetries,
            self.minDelayTarget * SECOND,
            self.maxDelayTarget * SECOND,
            self.backoffFunction,
        )


class ThrottlePolicy(BaseModel):
    """At most so many deliveries a second; more are late."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    maxReceivesPerSecond: Annotated[int | None, Field(ge=1, le=1_000_000)] = None  # noqa: N815


class RequestPolicy(BaseModel):
    """What the requests look like."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    headerContentType: Annotated[str, Field(min_length=1, max_length=200)] = "text/plain; charset=UTF-8"  # noqa: N815


class DeliveryPolicy(BaseModel):
    """Of one subscription."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    healthyRetryPolicy: HealthyRetryPolicy | None = None  # noqa: N815
    throttlePolicy: ThrottlePolicy | None = None  # noqa: N815
    requestPolicy: RequestPolicy | None = None  # noqa: N815
    sicklyRetryPolicy: None = None  # noqa: N815
    guaranteed: bool = False


class HttpDefaults(BaseModel):
    """What holds for every HTTP/S subscription of a topic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    defaultHealthyRetryPolicy: HealthyRetryPolicy | None = None  # noqa: N815
    defaultThrottlePolicy: ThrottlePolicy | None = None  # noqa: N815
    defaultRequestPolicy: RequestPolicy | None = None  # noqa: N815
    disableSubscriptionOverrides: bool = False  # noqa: N815


class TopicDeliveryPolicy(BaseModel):
    """Of a topic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    http: HttpDefaults = HttpDefaults()


def effective(topic: TopicDeliveryPolicy | None, own: DeliveryPolicy | None) -> tuple[Schedule, int | None]:
    """The schedule and the deliveries a second of an HTTP/S subscription: its own policy, else the topic's, else HTTP.

    A topic can forbid subscriptions a policy of their own.
    """
    defaults = topic.http if topic is not None else HttpDefaults()
    given = DeliveryPolicy() if own is None or defaults.disableSubscriptionOverrides else own
    retries = given.healthyRetryPolicy or defaults.defaultHealthyRetryPolicy
    throttle = given.throttlePolicy or defaults.defaultThrottlePolicy
    return retries.schedule if retries else HTTP, throttle.maxReceivesPerSecond if throttle else None
