"""What can be set on an event bus and on its links.

Names, ranges and defaults are EventBridge's own; times are seconds, as there.
"""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from patterns.event_bus import answers, inputs
from patterns.event_bus.about import API, GUIDE
from patterns.filters import InvalidPattern, compiled
from simulator.engine import delivering, schedules
from simulator.engine.described import about
from simulator.engine.errors import Problem
from simulator.engine.link import LinkSettings
from simulator.engine.message import as_text
from simulator.engine.parameters import refusal

MOST_RULES = 300
MOST_TARGETS = 5
MOST_ARCHIVES = 100
LONGEST_PATTERN = 4096
DEFAULT_BUS = "default"

_QUOTAS = f'{GUIDE}, "Amazon EventBridge quotas"'

RuleState = Literal["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]
RuleName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\.\-_A-Za-z0-9]+$")]


def pattern_problem(pattern: Any) -> Problem | None:
    """What the service says to an event pattern, an object or JSON text, with the place below it; None if it is one.

    Source: EventBridge API Reference, PutRule (InvalidEventPatternException).
    """
    text = pattern if isinstance(pattern, str) else as_text(pattern)
    if len(text) > LONGEST_PATTERN:
        said = f"Event pattern is not valid. Reason: it has {len(text):,} characters"
        return Problem("", said, f"at most {LONGEST_PATTERN:,}", "Make several rules of it.")
    try:
        compiled(pattern)
    except InvalidPattern as wrong:
        return Problem(_below(wrong.place), str(wrong))
    return None


def _below(place: str) -> str:
    """`$.detail.state[0]` as a path below the pattern: `detail.state.0`."""
    return re.sub(r"\[(\d+)\]", r".\1", place.removeprefix("$")).lstrip(".")


def _is_pattern(pattern: Any) -> Any:
    problem = pattern_problem(pattern) if pattern is not None else None
    if problem is not None:
        said = str(Problem("", problem.problem, problem.allowed, problem.cure))
        raise refusal(said, [(problem.path, said)])
    return pattern


PatternJson = Annotated[Any, AfterValidator(_is_pattern)]


def _is_schedule(text: str | None) -> str | None:
    try:
        if text is not None:
            schedules.expression(text, once=False)
    except ValueError as error:
        raise refusal(f"{answers.NO_SCHEDULE.message} {error}") from None
    return text


class Rule(BaseModel):
    """A rule: which events it matches, or when it fires by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    Name: Annotated[RuleName, Field(**about("Name", "Unique on this bus.", source=f"{API}, PutRule"))]
    EventPattern: Annotated[
        PatternJson, Field(**about("Event pattern", "Which events it matches: an object, or JSON text."))
    ] = None
    ScheduleExpression: Annotated[
        Annotated[str, Field(max_length=256)] | None,
        AfterValidator(_is_schedule),
        Field(**about("Schedule", "rate(5 minutes) or cron(0 12 * * ? *), on the default bus only.")),
    ] = None
    State: Annotated[RuleState, Field(**about("State", "Whether it is at work."))] = "ENABLED"
    Description: Annotated[str, Field(max_length=512, **about("Description", "What it is for."))] = ""

    @model_validator(mode="after")
    def _does_something(self) -> "Rule":
        if self.EventPattern is None and self.ScheduleExpression is None:
            raise refusal(answers.NOTHING_TO_MATCH.message)
        return self

    @property
    def enabled(self) -> bool:
        return self.State != "DISABLED"


class ArchiveSettings(BaseModel):
    """An archive: which events of the bus it keeps, and for how long."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ArchiveName: Annotated[str, Field(min_length=1, max_length=48, pattern=r"^[\.\-_A-Za-z0-9]+$")]
    EventPattern: PatternJson = None
    RetentionDays: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class BusSettings(BaseModel):
    """The rules and archives of a bus, and its quotas."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    EventBusName: Annotated[
        str,
        Field(
            min_length=1,
            max_length=256,
            pattern=r"^[/\.\-_A-Za-z0-9]+$",
            **about(
                "Name of the bus",
                "Events that name another bus pass it by; only the one called default has schedules.",
                source=f"{API}, CreateEventBus",
            ),
        ),
    ] = DEFAULT_BUS
    Rules: Annotated[
        tuple[Rule, ...],
        Field(
            max_length=MOST_RULES,
            **about(
                "Rules",
                "Each with Name, EventPattern or ScheduleExpression, State and Description.",
                source=f"{API}, PutRule; {_QUOTAS}",
            ),
        ),
    ] = ()
    Archives: Annotated[
        tuple[ArchiveSettings, ...],
        Field(
            max_length=MOST_ARCHIVES,
            **about(
                "Archives",
                "Each with ArchiveName, EventPattern (empty: every event) and RetentionDays (0: for ever).",
                source=f"{API}, CreateArchive",
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
                "How many targets it calls each second; beyond that deliveries are late, and none is lost.",
                "calls/s",
                _QUOTAS,
            ),
        ),
    ] = 18_750.0
    puts_per_second: Annotated[
        float,
        Field(
            gt=0,
            le=1e6,
            **about(
                "PutEvents per second",
                "How many requests it takes each second; the others get ThrottlingException.",
                "requests/s",
                _QUOTAS,
            ),
        ),
    ] = 10_000.0

    @model_validator(mode="after")
    def _fit_together(self) -> "BusSettings":
        found = [
            *_repeated("Rules", "Name", [rule.Name for rule in self.Rules]),
            *_repeated("Archives", "ArchiveName", [archive.ArchiveName for archive in self.Archives]),
        ]
        if self.EventBusName != DEFAULT_BUS:
            found += [
                (f"Rules.{place}.ScheduleExpression", answers.NO_SCHEDULE_HERE.message)
                for place, rule in enumerate(self.Rules)
                if rule.ScheduleExpression is not None
            ]
        if found:
            raise refusal(found[0][1], found)
        return self

    def rule(self, name: str) -> Rule | None:
        return next((rule for rule in self.Rules if rule.Name == name), None)


def _repeated(place: str, member: str, names: list[str]) -> list[tuple[str, str]]:
    twice = [at for at, name in enumerate(names) if name in names[:at]]
    return [(f"{place}.{at}.{member}", f"is {names[at]!r}, which another one has. Give each its own.") for at in twice]


class Transformer(BaseModel):
    """A template, and the paths whose values are inserted into it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    InputPathsMap: dict[str, str] = {}
    InputTemplate: str


class QueueParameters(BaseModel):
    """What a queue wants to know besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    MessageGroupId: Annotated[str, Field(min_length=1, max_length=128)]


def _as_json(given: Any) -> Any:
    """A constant as JSON text; one that is written as a value is turned into it."""
    return given if given is None or isinstance(given, str) else as_text(given)


class TargetSettings(LinkSettings):
    """What one target of a rule gets, and how long it is tried. Source: EventBridge API Reference, Target."""

    asynchronous: ClassVar[bool] = True

    rule: Annotated[
        str,
        Field(
            max_length=64, **about("Rule", "The rule of this bus whose target this is.", source=f"{API}, PutTargets")
        ),
    ] = ""
    Input: Annotated[
        str | None,
        BeforeValidator(_as_json),
        Field(**about("Input", "A constant, as JSON text, instead of the event.", source=f"{API}, Target")),
    ] = None
    InputPath: Annotated[
        str | None,
        Field(**about("Input path", "Only this part of the event, such as $.detail.", source=f"{API}, Target")),
    ] = None
    InputTransformer: Annotated[
        Transformer | None,
        Field(
            **about(
                "Input transformer",
                "InputPathsMap names parts of the event, InputTemplate is what is made of them.",
                source=f'{API}, InputTransformer; {GUIDE}, "Amazon EventBridge input transformation"',
            )
        ),
    ] = None
    RetryPolicy: delivering.RetryPolicyField = delivering.RetryPolicy()
    DeadLetterConfig: delivering.DeadLetterField = None
    SqsParameters: Annotated[
        QueueParameters | None,
        Field(
            **about(
                "Queue parameters",
                "MessageGroupId: the group of every event in a FIFO or fair queue.",
                source=f"{API}, SqsParameters",
            )
        ),
    ] = None
    InvocationRateLimitPerSecond: Annotated[
        int | None,
        Field(
            ge=1,
            le=300_000,
            **about(
                "Rate limit",
                "Only for an API destination: how many calls it gets each second; empty: 300.",
                "calls/s",
                f'{API}, CreateApiDestination; {GUIDE}, "API destinations"',
            ),
        ),
    ] = None

    @property
    def part(self) -> str:
        return self.rule

    @property
    def transformer(self) -> dict[str, Any] | None:
        """The transformer as the service writes it."""
        return self.InputTransformer.model_dump() if self.InputTransformer is not None else None

    @model_validator(mode="after")
    def _takes_one_input(self) -> "TargetSettings":
        wrong = inputs.problems(self.rule or "target", self.Input, self.InputPath, self.transformer)
        if wrong:
            told = [(one.path, str(Problem("", one.problem, one.allowed, one.cure))) for one in wrong]
            raise refusal(told[0][1], told)
        return self


class DeadLetterSettings(LinkSettings):
    """The way to a dead-letter queue; the targets say which of them use it."""
