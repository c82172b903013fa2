"""What can be set on a scheduler and on its links, and what its operations take.

Names, ranges and defaults are those of EventBridge Scheduler.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from patterns.scheduler.about import API, GUIDE
from simulator.engine import delivering, schedules, zones
from simulator.engine.calendar import moment, since_epoch
from simulator.engine.clock import Micros
from simulator.engine.described import about
from simulator.engine.link import LinkSettings
from simulator.engine.message import as_text
from simulator.engine.operations import Arguments
from simulator.engine.parameters import refusal

MOST_SCHEDULES = 100
LARGEST_INPUT = 262_144

NAME = r"^[0-9a-zA-Z\-_.]+$"


def _is_expression(text: str) -> str:
    try:
        schedules.expression(text)
    except ValueError as error:
        raise refusal(f"Invalid Schedule Expression {text[:80]}. {error}") from None
    return text


def _is_zone(name: str) -> str:
    try:
        zones.zone(name)
    except ValueError as error:
        raise refusal(str(error)) from None
    return name


def _is_small_enough(given: Any) -> Any:
    size = len(as_text(given).encode()) if given is not None else 0
    if size > LARGEST_INPUT:
        raise refusal(f"has {size:,} bytes. Allowed is at most {LARGEST_INPUT:,}.")
    return given


Moment = Annotated[str, AfterValidator(moment)]
ScheduleName = Annotated[str, Field(min_length=1, max_length=64, pattern=NAME)]


class Window(BaseModel):
    """Whether a schedule fires exactly at its time, or some time in the minutes after it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    Mode: Literal["OFF", "FLEXIBLE"] = "OFF"
    MaximumWindowInMinutes: Annotated[int | None, Field(ge=1, le=schedules.WIDEST_WINDOW)] = None

    @model_validator(mode="after")
    def _fits(self) -> "Window":
        if (self.Mode == "FLEXIBLE") != (self.MaximumWindowInMinutes is not None):
            raise refusal("has MaximumWindowInMinutes exactly when its Mode is FLEXIBLE. Add it, or set Mode to OFF.")
        return self


class Schedule(Arguments):
    """A schedule: when it fires, and what its target gets."""

    Name: Annotated[ScheduleName, Field(**about("Name", "Unique here.", source=f"{API}, CreateSchedule"))]
    ScheduleExpression: Annotated[
        str,
        AfterValidator(_is_expression),
        Field(
            max_length=256,
            **about(
                "Schedule expression",
                "rate(5 minutes), cron(0 9 ? * MON-FRI *) or at(2026-03-29T09:00:00).",
                source=f'{GUIDE}, "Schedule types"',
            ),
        ),
    ]
    ScheduleExpressionTimezone: Annotated[
        str,
        AfterValidator(_is_zone),
        Field(
            **about(
                "Time zone", "Whose clocks cron and at mean, such as Europe/Berlin.", source=f"{API}, CreateSchedule"
            )
        ),
    ] = "UTC"
    FlexibleTimeWindow: Annotated[
        Window,
        Field(
            **about(
                "Flexible time window",
                'With {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15} it fires some time within 15 minutes.',
                source=f'{GUIDE}, "Configuring flexible time windows"',
            )
        ),
    ] = Window()
    StartDate: Annotated[
        Moment | None,
        Field(**about("Start", "Before this moment what recurs does not fire.", source=f"{API}, CreateSchedule")),
    ] = None
    EndDate: Annotated[
        Moment | None,
        Field(**about("End", "After this moment what recurs does not fire.", source=f"{API}, CreateSchedule")),
    ] = None
    State: Annotated[Literal["ENABLED", "DISABLED"], Field(**about("State", "Whether it is at work."))] = "ENABLED"
    ActionAfterCompletion: Annotated[
        Literal["NONE", "DELETE"],
        Field(**about("After completion", "Whether it is deleted once it has fired for the last time.")),
    ] = "NONE"
    Input: Annotated[
        Any,
        AfterValidator(_is_small_enough),
        Field(
            **about(
                "Input",
                "What the target gets: JSON, or text; <aws.scheduler.scheduled-time> and the like are filled in.",
                source=f'{GUIDE}, "Adding context attributes in EventBridge Scheduler"',
            )
        ),
    ] = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "Schedule":
        if self.StartDate is not None and self.EndDate is not None:
            if since_epoch(self.EndDate) <= since_epoch(self.StartDate):
                raise refusal("ends before it starts. Let EndDate be later than StartDate.")
        return self

    @property
    def window(self) -> int:
        """The minutes of its flexible window; 0 without one."""
        return self.FlexibleTimeWindow.MaximumWindowInMinutes or 0

    def times(self, first: Micros) -> schedules.Schedule:
        """When it fires; a rate without a StartDate counts from `first`, in Micros since 1970."""
        start = since_epoch(self.StartDate) if self.StartDate is not None else None
        return schedules.Schedule(
            schedules.expression(self.ScheduleExpression),
            self.ScheduleExpressionTimezone,
            first if start is None else start,
            start,
            since_epoch(self.EndDate) if self.EndDate is not None else None,
        )


class SchedulerSettings(BaseModel):
    """The schedules, and the quota of their invocations."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    Schedules: Annotated[
        tuple[Schedule, ...],
        Field(
            max_length=MOST_SCHEDULES,
            **about(
                "Schedules",
                "Each with Name, ScheduleExpression and what else CreateSchedule takes.",
                source=f"{API}, CreateSchedule",
            ),
        ),
    ] = ()
    invocations_per_second: Annotated[
        float,
        Field(
            gt=0,
            le=1e6,
            **about(
                "Invocations per second",
                "How many targets it calls each second; beyond that firings are late, and none is lost.",
                "calls/s",
                f'{GUIDE}, "Quotas for Amazon EventBridge Scheduler"',
            ),
        ),
    ] = 1000.0

    @model_validator(mode="after")
    def _has_each_once(self) -> "SchedulerSettings":
        names = [one.Name for one in self.Schedules]
        twice = [place for place, name in enumerate(names) if name in names[:place]]
        if twice:
            told = [(f"Schedules.{place}.Name", f"is {names[place]!r}, which another one has.") for place in twice]
            raise refusal(told[0][1], told)
        return self

    def schedule(self, name: str) -> Schedule | None:
        return next((one for one in self.Schedules if one.Name == name), None)


class QueueParameters(BaseModel):
    """What a queue wants to know besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    MessageGroupId: Annotated[str, Field(min_length=1, max_length=128)]


class BusParameters(BaseModel):
    """How an input becomes an event on a bus: as its Detail."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    DetailType: Annotated[str, Field(min_length=1, max_length=128)]
    Source: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[/\.\-_A-Za-z0-9]+$")]


class TargetSettings(LinkSettings):
    """The target of one schedule, or of all that have no target of their own, and how long it is tried."""

    asynchronous: ClassVar[bool] = True

    schedule: Annotated[
        str,
        Field(
            max_length=64,
            **about("Schedule", "The schedule whose target this is; empty: of all that have none of their own."),
        ),
    ] = ""
    RetryPolicy: delivering.RetryPolicyField = delivering.RetryPolicy()
    DeadLetterConfig: delivering.DeadLetterField = None
    SqsParameters: Annotated[
        QueueParameters | None,
        Field(**about("Queue parameters", "MessageGroupId, which a FIFO queue needs.", source=f"{API}, SqsParameters")),
    ] = None
    EventBridgeParameters: Annotated[
        BusParameters | None,
        Field(
            **about(
                "Bus parameters",
                "DetailType and Source of the event that a bus gets; the input becomes its Detail.",
                source=f"{API}, EventBridgeParameters",
            )
        ),
    ] = None

    @property
    def part(self) -> str:
        return self.schedule


class DeadLetterSettings(LinkSettings):
    """The way to a dead-letter queue; the targets say which of them use it."""


class ByName(Arguments):
    """A schedule that is there."""

    Name: Annotated[ScheduleName, Field(**about("Name", "Which schedule."))]
