"""What can be set on a pipe and on its links, and what its faults take.

Names, ranges and defaults are those of EventBridge Pipes.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from patterns.pipe import filtering, shaping
from patterns.pipe.about import API, GUIDE
from simulator.engine.described import about
from simulator.engine.errors import Problem
from simulator.engine.link import LinkSettings
from simulator.engine.operations import Arguments
from simulator.engine.parameters import refusal

_TRANSFORMATION = f'{GUIDE}, "Amazon EventBridge Pipes input transformation"'


def _refuse(wrong: list[Problem]) -> None:
    if wrong:
        told = [(one.path, str(Problem("", one.problem, one.allowed, one.cure))) for one in wrong]
        raise refusal(told[0][1], told)


def _is_pattern(pattern: Any) -> Any:
    _refuse(filtering.problems(pattern))
    return pattern


def _is_template(text: str) -> str:
    _refuse(shaping.problems(text))
    return text


class FilterPattern(BaseModel):
    """One pattern: an object, or JSON text as in the service."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    Pattern: Annotated[Any, AfterValidator(_is_pattern)]


class Criteria(BaseModel):
    """Patterns, of which one is enough."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    Filters: Annotated[tuple[FilterPattern, ...], Field(max_length=filtering.MOST_FILTERS)] = ()


class PipeSettings(BaseModel):
    """What a pipe lets through, and whether it runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    polls_by_mapping: ClassVar[bool] = True

    DesiredState: Annotated[
        Literal["RUNNING", "STOPPED"],
        Field(**about("Desired state", "Whether it asks its source for messages.", source=f"{API}, CreatePipe")),
    ] = "RUNNING"
    FilterCriteria: Annotated[
        Criteria | None,
        Field(
            **about(
                "Filter criteria",
                'Which messages go on: {"Filters": [{"Pattern": {"body": {"state": ["paid"]}}}]}; empty: all do.',
                source=f'{GUIDE}, "Event filtering in Amazon EventBridge Pipes"',
            )
        ),
    ] = None


TemplateText = Annotated[
    str,
    AfterValidator(_is_template),
    Field(
        **about(
            "Input template",
            "What it gets, with <$.body.id> and the like for parts of the record; empty: the record as it is.",
            source=_TRANSFORMATION,
        )
    ),
]


class EnrichmentSettings(LinkSettings):
    """What the enrichment is asked; its answer is what goes on."""

    InputTemplate: TemplateText = ""

    sync: ClassVar[bool] = True
    """A state machine that enriches is waited for."""

    @property
    def part(self) -> str:
        return "enrichment"


class QueueParameters(BaseModel):
    """What a queue wants to know besides: constants, or paths into the record such as $.attributes.MessageGroupId."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    MessageGroupId: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    MessageDeduplicationId: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class BusParameters(BaseModel):
    """How a record becomes an event on a bus: as its Detail."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    DetailType: Annotated[str, Field(min_length=1, max_length=128)]
    Source: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[/\.\-_A-Za-z0-9]+$")]


class TargetSettings(LinkSettings):
    """What the target gets, and how."""

    InputTemplate: TemplateText = ""
    InvocationType: Annotated[
        Literal["REQUEST_RESPONSE", "FIRE_AND_FORGET"],
        Field(
            **about(
                "Invocation type",
                "Whether a function or an Express state machine is waited for; its failure is then the pipe's.",
                source=f"{API}, PipeTargetLambdaFunctionParameters",
            )
        ),
    ] = "REQUEST_RESPONSE"
    SqsParameters: Annotated[
        QueueParameters | None,
        Field(
            **about(
                "Queue parameters",
                "MessageGroupId, which a FIFO queue needs, and MessageDeduplicationId: constants or paths.",
                source=f"{API}, PipeTargetSqsQueueParameters",
            )
        ),
    ] = None
    EventBridgeParameters: Annotated[
        BusParameters | None,
        Field(
            **about(
                "Bus parameters",
                "DetailType and Source of the event that a bus gets.",
                source=f"{API}, PipeTargetEventBridgeEventBusParameters",
            )
        ),
    ] = None

    @property
    def sync(self) -> bool:
        """Whether an Express state machine is waited for."""
        return not self.asynchronous

    @property
    def asynchronous(self) -> bool:
        """Whether a function puts it into a queue of its own and answers at once."""
        return self.InvocationType == "FIRE_AND_FORGET"


class Limit(Arguments):
    per_second: Annotated[
        float,
        Field(
            gt=0,
            le=10_000,
            title="Batches per second",
            description="It begins with so many batches a second; the others wait.",
            json_schema_extra={"unit": "batches/s"},
        ),
    ] = 1.0
