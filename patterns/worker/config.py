"""What can be set on a worker. Times are seconds."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.engine.chance import Distribution, lognormal
from simulator.engine.clock import Duration
from simulator.engine.expression import Expression

MOST_SEATS = 1000

WorkerKind = Literal["function", "server", "container", "batch"]

_LAMBDA = "AWS Lambda Developer Guide"


class WorkerSettings(BaseModel):
    """How a worker works."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[
        WorkerKind, Field(title="Kind", description="What it is: decides its name and its picture, not its behaviour.")
    ] = "function"
    concurrency: Annotated[
        int,
        Field(
            ge=1,
            le=MOST_SEATS,
            title="Concurrency",
            description="How many messages, or batches of them, it works on at the same time: its seats.",
            json_schema_extra={"unit": "seats", "source": f'{_LAMBDA}, "Understanding Lambda function scaling"'},
        ),
    ] = 1
    service: Annotated[
        Distribution,
        Field(
            title="Service time",
            description="How long the work on one message takes.",
            json_schema_extra={"unit": "s", "source": 'Law, "Simulation Modeling and Analysis", section 6.2'},
        ),
    ] = lognormal(0.2, 1)
    cold_start: Annotated[
        Distribution | None,
        Field(
            title="Cold start",
            description="How long it takes to get a new instance ready before its first message; empty: no time.",
            json_schema_extra={
                "unit": "s",
                "source": f'{_LAMBDA}, "Understanding the Lambda execution environment lifecycle"',
            },
        ),
    ] = None
    idle_timeout: Annotated[
        Duration | None,
        Field(
            title="Idle timeout",
            description="An instance that has had nothing to do for so long is taken down; empty: never.",
            json_schema_extra={
                "unit": "s",
                "source": f'{_LAMBDA}, "Understanding the Lambda execution environment lifecycle"',
            },
        ),
    ] = None
    failure_probability: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            title="Failure probability",
            description="The share of attempts that fail by chance, after the work.",
        ),
    ] = 0.0
    poison: Annotated[
        Expression,
        Field(
            title="Poison",
            description="JSONata over body, attributes, type and attempt: where it is true, the work can only fail.",
            json_schema_extra={
                "source": 'JSONata documentation; "Enterprise Integration Patterns", Invalid Message Channel'
            },
        ),
    ] = ""
    idempotent: Annotated[
        bool,
        Field(
            title="Idempotent",
            description="Whether it recognises a message that it has done before, and then does nothing.",
            json_schema_extra={"source": '"Enterprise Integration Patterns", Idempotent Receiver'},
        ),
    ] = False
    remembers: Annotated[
        int,
        Field(
            ge=0,
            le=100_000,
            title="Remembers",
            description="Of how many messages it knows that it has done them.",
            json_schema_extra={"unit": "messages"},
        ),
    ] = 100_000
    transform: Annotated[
        Expression,
        Field(
            title="Transform",
            description="JSONata that makes the body of what it passes on, or nothing; empty: the body as it came.",
            json_schema_extra={
                "source": 'JSONata documentation; "Enterprise Integration Patterns", Message Translator'
            },
        ),
    ] = ""
    write_attempts: Annotated[
        int,
        Field(
            ge=1,
            le=10,
            title="Write attempts",
            description="How often it tries to pass a message on before the work counts as failed.",
            json_schema_extra={"unit": "times", "source": 'AWS SDKs and Tools Reference Guide, "Retry behavior"'},
        ),
    ] = 3
    backlog: Annotated[
        int,
        Field(
            ge=0,
            le=100_000,
            title="Backlog",
            description="How many messages pushed to it may wait in its memory for a free seat; more are refused.",
            json_schema_extra={"unit": "messages"},
        ),
    ] = 0
