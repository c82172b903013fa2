"""What can be set on a store, and what each kind is like when nothing is set. Times are seconds."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.engine.chance import Distribution, lognormal

StoreKind = Literal["database", "dynamodb", "s3", "redshift", "emr"]

_DYNAMODB = "Amazon DynamoDB Developer Guide"


@dataclass(frozen=True)
class Usual:
    """What a kind of store is like: `writes_per_second` and `concurrency` are None where there is no such limit.

    `code` and `sentence` are how it refuses a write. `unit` is the size that one write may have before it counts as
    several; 0: any size is one write.
    """

    neutral: str
    aws: str
    service: Distribution
    code: str
    sentence: str
    writes_per_second: float | None = None
    burst: float = 1.0
    concurrency: int | None = None
    waiting: int = 0
    unit: int = 0


USUAL: dict[StoreKind, Usual] = {
    # PostgreSQL documentation, appendix A: class 53300. A pool of connections, and clients that wait for one.
    "database": Usual(
        "Database",
        "RDS database",
        lognormal(0.005, 0.05),
        "too_many_connections",
        "All connections are in use, and the queue of those that wait for one is full.",
        concurrency=20,
        waiting=100,
    ),
    # Developer Guide, "Provisioned capacity mode" (1 KB per unit), "Burst and adaptive capacity" (300 s).
    "dynamodb": Usual(
        "Key-value table",
        "DynamoDB table",
        lognormal(0.005, 0.02),
        "ProvisionedThroughputExceededException",
        "The table's write capacity is used up, and so is what it had saved for a burst.",
        writes_per_second=5,
        burst=300,
        unit=1024,
    ),
    # S3 User Guide, "Best practices design patterns": 3,500 writes per second and prefix, 503 beyond.
    "s3": Usual(
        "Object store",
        "S3 bucket",
        lognormal(0.03, 0.2),
        "SlowDown",
        "503: more writes than one prefix takes.",
        writes_per_second=3500,
    ),
    # Redshift Database Developer Guide, "Manual WLM": 5 at a time; Data API quotas: 500 active statements.
    "redshift": Usual(
        "Data warehouse",
        "Redshift cluster",
        lognormal(1, 8),
        "ActiveStatementsExceededException",
        "As many statements as the warehouse keeps are running or waiting.",
        concurrency=5,
        waiting=495,
    ),
    # EMR Management Guide, "Submit work to a cluster": one step at a time by default, 256 pending and running.
    "emr": Usual(
        "Cluster",
        "EMR cluster",
        lognormal(60, 300),
        "ValidationException",
        "As many steps as the cluster keeps are running or pending.",
        concurrency=1,
        waiting=255,
    ),
}


class StoreSettings(BaseModel):
    """How much a store can write. What is left empty is as usual for its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[
        StoreKind, Field(title="Kind", description="What it is: decides its name, its picture, and what is usual.")
    ] = "database"
    writes_per_second: Annotated[
        float | None,
        Field(
            gt=0,
            le=1_000_000,
            title="Write capacity",
            description="Writes each second in the long run (DynamoDB: write units of 1 KB); empty: as usual.",
            json_schema_extra={"unit": "1/s", "source": f'{_DYNAMODB}, "Provisioned capacity mode"'},
        ),
    ] = None
    burst: Annotated[
        float | None,
        Field(
            ge=1,
            le=3600,
            title="Saved capacity",
            description="How many seconds' worth of unused capacity it saves for a burst; empty: as usual.",
            json_schema_extra={"unit": "s", "source": f'{_DYNAMODB}, "Burst and adaptive capacity"'},
        ),
    ] = None
    concurrency: Annotated[
        int | None,
        Field(
            ge=1,
            le=10_000,
            title="Concurrency",
            description="How many writes it performs at the same time; empty: as usual.",
            json_schema_extra={"unit": "writes", "source": 'Amazon Redshift Database Developer Guide, "Manual WLM"'},
        ),
    ] = None
    waiting: Annotated[
        int | None,
        Field(
            ge=0,
            le=100_000,
            title="Waiting writes",
            description="How many more may wait for their turn; beyond that, writes are refused; empty: as usual.",
            json_schema_extra={"unit": "writes"},
        ),
    ] = None
    service: Annotated[
        Distribution | None,
        Field(
            title="Write time",
            description="How long one write takes; empty: as usual.",
            json_schema_extra={"unit": "s"},
        ),
    ] = None
    key: Annotated[
        str,
        Field(
            max_length=100,
            title="Key",
            description="The member of the body that says which item is written; without it, each message is an item.",
            json_schema_extra={"source": f'{_DYNAMODB}, "Core components of Amazon DynamoDB"'},
        ),
    ] = "id"

    @property
    def usual(self) -> Usual:
        return USUAL[self.kind]

    @property
    def rate(self) -> float | None:
        """Writes a second, None for no limit."""
        return self.writes_per_second if self.writes_per_second is not None else self.usual.writes_per_second

    @property
    def saved(self) -> float:
        """The most writes at once, after a quiet time."""
        return (self.burst if self.burst is not None else self.usual.burst) * (self.rate or 0)

    @property
    def at_once(self) -> int | None:
        """Writes at the same time, None for no limit."""
        return self.concurrency if self.concurrency is not None else self.usual.concurrency

    @property
    def most_waiting(self) -> int:
        return self.waiting if self.waiting is not None else self.usual.waiting

    @property
    def write_time(self) -> Distribution:
        return self.service if self.service is not None else self.usual.service
