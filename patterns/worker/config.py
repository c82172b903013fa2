"""What can be set on a worker. Times are seconds."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.engine.chance import Distribution, lognormal
from simulator.engine.clock import MINUTE, SECOND, Duration
from simulator.engine.expression import Expression

MOST_SEATS = 1000

WorkerKind = Literal["function", "server", "container", "batch"]

LONGEST_TIMEOUT = 900

_LAMBDA = "AWS Lambda Developer Guide"
_ASYNCHRONOUS = f'{_LAMBDA}, "Configuring error handling settings for Lambda asynchronous invocations"'
_SCALING = "Application Auto Scaling User Guide"


class Scaling(BaseModel):
    """How many seats there are, by how much waits in the queues: a fixed backlog for each of them is aimed at.

    Source: Amazon EC2 Auto Scaling User Guide, "Scaling policy based on Amazon SQS" (backlog per instance).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    minimum: Annotated[int, Field(ge=1, le=MOST_SEATS, title="At least", json_schema_extra={"unit": "seats"})] = 1
    maximum: Annotated[int, Field(ge=1, le=MOST_SEATS, title="At most", json_schema_extra={"unit": "seats"})] = 10
    backlog_per_worker: Annotated[
        float,
        Field(
            gt=0,
            le=1e6,
            title="Backlog per worker",
            description="How many waiting messages each may have: the longest acceptable wait divided by the time "
            "one takes.",
            json_schema_extra={"unit": "messages"},
        ),
    ] = 10.0
    every: Annotated[
        Duration,
        Field(title="Looks every", description="How often it asks how many messages wait.", ge=SECOND),
    ] = MINUTE
    scale_out_cooldown: Annotated[
        Duration,
        Field(
            title="Scale-out cooldown",
            description="After seats were added, no more are added for so long.",
            json_schema_extra={"source": f'{_SCALING}, "Target tracking scaling policies", cooldown period'},
        ),
    ] = MINUTE
    scale_in_cooldown: Annotated[
        Duration,
        Field(
            title="Scale-in cooldown",
            description="After seats were added or taken away, none is taken away for so long.",
            json_schema_extra={"source": f'{_SCALING}, "Target tracking scaling policies", cooldown period'},
        ),
    ] = 5 * MINUTE

    @model_validator(mode="after")
    def _are_in_order(self) -> "Scaling":
        if self.minimum > self.maximum:
            raise ValueError(f"minimum is {self.minimum} and maximum {self.maximum}: at least can't be above at most.")
        return self


class WorkerSettings(BaseModel):
    """How a worker works."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[
        WorkerKind, Field(title="Kind", description="What it is: decides its name and its picture, not its behaviour.")
    ] = "function"
    concurrency: Annotated[
        int,
        Field(
            ge=0,
            le=MOST_SEATS,
            title="Concurrency",
            description="How many messages, or batches of them, it works on at the same time: its seats; 0 stops a "
            "function.",
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
    timeout: Annotated[
        int | None,
        Field(
            ge=1,
            le=LONGEST_TIMEOUT,
            title="Timeout",
            description="One invocation, which may be of a whole batch, is stopped after so long and has failed; "
            "empty: never.",
            json_schema_extra={"unit": "s", "source": f'{_LAMBDA}, "Configure Lambda function timeout"'},
        ),
    ] = None
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
    delete_together: Annotated[
        bool,
        Field(
            title="Delete together",
            description="Whether messages that a seat receives together are deleted with one request, once all of "
            "them are over; else each when it is done.",
            json_schema_extra={"source": "SQS API Reference, DeleteMessageBatch"},
        ),
    ] = False
    scaling: Annotated[
        Scaling | None,
        Field(
            title="Scaling",
            description="Servers and containers: seats come and go with the backlog, in place of a fixed concurrency.",
            json_schema_extra={
                "source": 'Amazon EC2 Auto Scaling User Guide, "Scaling policy based on Amazon SQS"',
            },
        ),
    ] = None
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
    errorType: Annotated[  # noqa: N815 - the service's own spelling
        str,
        Field(
            min_length=1,
            max_length=80,
            pattern=r"^[A-Za-z][\w.]*$",
            title="Error type",
            description="The name of the error with which it fails, for whoever waits for its answer; a transform "
            "names another with $error('Name: text').",
            json_schema_extra={"source": f'{_LAMBDA}, "Lambda function errors"'},
        ),
    ] = "Exception"
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
    MaximumRetryAttempts: Annotated[
        int,
        Field(
            ge=0,
            le=2,
            title="Maximum retry attempts",
            description="How often an event of an asynchronous invocation is tried again after a failure.",
            json_schema_extra={"unit": "times", "source": _ASYNCHRONOUS},
        ),
    ] = 2
    MaximumEventAgeInSeconds: Annotated[
        int,
        Field(
            ge=60,
            le=21_600,
            title="Maximum event age",
            description="How long an event of an asynchronous invocation may wait in the function's own queue.",
            json_schema_extra={"unit": "s", "source": _ASYNCHRONOUS},
        ),
    ] = 21_600
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

    @model_validator(mode="after")
    def _has_seats(self) -> "WorkerSettings":
        if not self.concurrency and self.kind != "function":
            raise ValueError(f"concurrency is 0, which stops a function; a {self.kind} has at least 1.")
        return self

    @model_validator(mode="after")
    def _is_scaled_by_one(self) -> "WorkerSettings":
        if self.scaling is not None and self.kind == "function":
            raise ValueError(
                "a function is scaled by Lambda and its event source mapping. Take scaling away, or make it a server "
                "or a container."
            )
        return self
