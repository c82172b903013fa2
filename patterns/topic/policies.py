"""What else of a topic and its subscriptions is an object of its own: archive, redrive and replay.

Source: SNS API Reference, SetTopicAttributes (ArchivePolicy) and SetSubscriptionAttributes (RedrivePolicy,
ReplayPolicy); SNS Developer Guide, "Message archiving and replay for FIFO topics".
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from simulator.engine.calendar import since_epoch
from simulator.engine.clock import Micros, parse
from simulator.engine.parameters import refusal


class ArchivePolicy(BaseModel):
    """For how many days a FIFO topic keeps what was published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    MessageRetentionPeriod: Annotated[int, Field(ge=1, le=365)]


class RedrivePolicy(BaseModel):
    """Where what could not be delivered goes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    deadLetterTargetArn: Annotated[str, Field(min_length=1, max_length=1600)]  # noqa: N815


Moment = str | float


def micros_of(given: Moment, begins: Micros) -> Micros:
    """A moment in Micros of the run: such as 2026-01-05T00:01:00Z, or how long after the run began (40s, 10m, or
    seconds). `begins` is when the run began, in Micros since 1970. Raises ValueError with a sentence.
    """
    if isinstance(given, str) and re.match(r"\d{4}-", given):
        return since_epoch(given) - begins
    return parse(given)


def _is_moment(given: Moment | None) -> Moment | None:
    if given is not None:
        try:
            micros_of(given, 0)
        except ValueError as error:
            raise refusal(str(error)) from None
    return given


class ReplayPolicy(BaseModel):
    """What of the archive is delivered once more: from a moment, and up to one or with all that follows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    PointType: Literal["Timestamp"] = "Timestamp"
    StartingPoint: Annotated[Moment, AfterValidator(_is_moment)]
    EndingPoint: Annotated[Moment | None, AfterValidator(_is_moment)] = None
