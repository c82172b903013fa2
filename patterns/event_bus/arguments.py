"""What the operations of a bus take, by the service's own names.

Arguments are not held to their ranges here: they go to the bus, which answers a wrong one with the service's own code
and sentence.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from patterns.event_bus.about import API
from simulator.engine.described import about
from simulator.engine.operations import Arguments
from simulator.engine.parameters import deeper_than

DEEPEST = 32


def not_too_deep(value: Any) -> Any:
    """The value. Raises ValueError where its objects and arrays are nested too deeply."""
    if deeper_than(value, DEEPEST):
        raise ValueError(f"is nested too deeply; at most {DEEPEST} levels are taken")
    return value


Json = Annotated[Any, AfterValidator(not_too_deep)]


class PutEventsEntry(Arguments):
    """One event. Source: EventBridge API Reference, PutEventsRequestEntry."""

    Source: str | None = None
    DetailType: str | None = None
    Detail: Json = None
    Time: str | float | None = None
    Resources: list[str] | None = None
    EventBusName: str | None = None
    TraceHeader: str | None = None


class PutEvents(Arguments):
    Entries: Annotated[
        tuple[PutEventsEntry, ...],
        Field(
            **about(
                "Entries",
                "Up to ten, each with Source, DetailType and Detail (an object, or JSON text of one).",
                source=f"{API}, PutEvents",
            )
        ),
    ]


RuleName = Annotated[str, Field(max_length=300, **about("Name", "The name of the rule.", source=f"{API}, PutRule"))]
PatternArgument = Annotated[
    Json, Field(**about("Event pattern", "Which events it matches: an object, or JSON text.", source=f"{API}, PutRule"))
]


class PutRule(Arguments):
    Name: RuleName
    EventPattern: PatternArgument = None
    ScheduleExpression: Annotated[
        str | None, Field(**about("Schedule", "rate(5 minutes) or cron(0 12 * * ? *).", source=f"{API}, PutRule"))
    ] = None
    State: Annotated[str, Field(**about("State", "ENABLED or DISABLED.", source=f"{API}, PutRule"))] = "ENABLED"
    Description: Annotated[str, Field(**about("Description", "What it is for.", source=f"{API}, PutRule"))] = ""


class OneRule(Arguments):
    """For what is done to one rule."""

    Name: RuleName


class PutTargets(Arguments):
    Rule: RuleName
    Targets: Annotated[
        tuple[dict[str, Any], ...],
        Field(
            **about(
                "Targets",
                "Up to ten, each with Id (of a line out of this bus), and what of Input, InputPath, InputTransformer, "
                "RetryPolicy, DeadLetterConfig and SqsParameters it shall have.",
                source=f"{API}, PutTargets",
            )
        ),
    ]


class RemoveTargets(Arguments):
    Rule: RuleName
    Ids: Annotated[tuple[str, ...], Field(**about("Ids", "Of lines out of this bus.", source=f"{API}, RemoveTargets"))]


class TestEventPattern(Arguments):
    EventPattern: PatternArgument
    Event: Annotated[
        Json,
        Field(
            **about(
                "Event", "A whole event, with its envelope: an object, or JSON text.", source=f"{API}, TestEventPattern"
            )
        ),
    ]


class CreateArchive(Arguments):
    ArchiveName: Annotated[str, Field(**about("Name", "The name of the archive.", source=f"{API}, CreateArchive"))]
    EventPattern: PatternArgument = None
    RetentionDays: Annotated[
        int, Field(**about("Retention", "0: for ever.", "days", f"{API}, CreateArchive", minimum=0))
    ] = 0


class OneArchive(Arguments):
    """For what is done to one archive."""

    ArchiveName: Annotated[str, Field(**about("Name", "The name of the archive.", source=f"{API}, DeleteArchive"))]


_MOMENT = "A moment such as 2026-01-05T00:01:00Z, or how long after the run began: 40s, 10m, or seconds."


class ReplayDestination(Arguments):
    """Where a replay goes: to the same bus (empty: this one), for all rules or for those named."""

    Arn: str = ""
    FilterArns: tuple[str, ...] = ()


class StartReplay(Arguments):
    ReplayName: Annotated[str, Field(**about("Name", "The name of the replay.", source=f"{API}, StartReplay"))]
    EventSourceArn: Annotated[
        str, Field(**about("Archive", "The archive, by its name or ARN.", source=f"{API}, StartReplay"))
    ]
    EventStartTime: Annotated[str | float, Field(**about("From", _MOMENT, source=f"{API}, StartReplay"))]
    EventEndTime: Annotated[
        str | float,
        Field(**about("Until", f"{_MOMENT} What came then is left out.", source=f"{API}, StartReplay")),
    ]
    Destination: Annotated[
        ReplayDestination,
        Field(
            **about(
                "Destination",
                "FilterArns: the rules, by name or ARN, for which it is replayed; empty: all.",
                source=f"{API}, ReplayDestination",
            )
        ),
    ] = ReplayDestination()


class OneReplay(Arguments):
    """For what is done to one replay."""

    ReplayName: Annotated[str, Field(**about("Name", "The name of the replay.", source=f"{API}, CancelReplay"))]


class Limit(Arguments):
    """How much a throttled bus still takes."""

    per_second: Annotated[
        float, Field(gt=0, le=1e6, **about("Requests per second", "How many requests are answered each second."))
    ] = 10.0
