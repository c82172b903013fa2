"""What can be set on a state machine and on its links, and what its faults take.

Names, ranges and defaults are those of AWS Step Functions.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from patterns.state_machine.definition import Definition
from simulator.engine.clock import MILLISECOND, SECOND, Duration, Micros
from simulator.engine.link import LinkSettings
from simulator.engine.operations import Arguments

GUIDE = "AWS Step Functions Developer Guide"
QUOTAS = f'{GUIDE}, "Step Functions service quotas"'

HELLO: dict[str, Any] = {
    "StartAt": "Hello",
    "States": {"Hello": {"Type": "Pass", "Result": "Hello, world!", "End": True}},
}

# Starts at once and a second, by type, in a large Region.
STARTS = {"STANDARD": (1300, 300.0), "EXPRESS": (6000, 6000.0)}
MOST_OPEN = 1_000_000


def about(title: str, sentence: str, unit: str = "", source: str = "", **more: Any) -> dict[str, Any]:
    extra = {name: value for name, value in (("unit", unit), ("source", source)) if value}
    return {"title": title, "description": sentence, "json_schema_extra": extra, **more}


class MachineSettings(BaseModel):
    """A state machine: what it does, and how much of it at once. `None` is as usual for its type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[
        Literal["STANDARD", "EXPRESS"],
        Field(
            **about(
                "Type",
                "STANDARD: up to a year, exactly-once steps, waits for jobs and people; EXPRESS: five minutes at most, "
                "many and cheap.",
                source=f'{GUIDE}, "Choosing workflow type in Step Functions"',
            )
        ),
    ] = "STANDARD"
    definition: Annotated[
        Definition,
        Field(
            **about(
                "Definition",
                "The states and how they lead to each other, in the Amazon States Language: an object, or JSON text.",
                source="Amazon States Language specification",
            )
        ),
    ] = Definition(HELLO)
    transition: Annotated[
        Duration,
        Field(
            **about(
                "Transition",
                "How long it takes from one state to the next.",
                source="measured on the service: some tens of milliseconds for STANDARD, less for EXPRESS",
                ge=0,
                le=60 * SECOND,
            )
        ),
    ] = 20 * MILLISECOND
    starts_per_second: Annotated[
        float | None,
        Field(
            gt=0,
            le=100_000,
            **about("Starts", "How many executions it starts each second in the long run.", "1/s", QUOTAS),
        ),
    ] = None
    start_burst: Annotated[
        int | None,
        Field(
            ge=1, le=100_000, **about("Burst", "How many it starts at once after a quiet time.", "executions", QUOTAS)
        ),
    ] = None
    open_executions: Annotated[
        int,
        Field(ge=1, le=MOST_OPEN, **about("Open executions", "How many may run at a time.", "executions", QUOTAS)),
    ] = MOST_OPEN

    @property
    def enriches(self) -> bool:
        """Whether a pipe can ask it. Source: EventBridge User Guide, "Event enrichment in Amazon EventBridge Pipes"."""
        return self.type == "EXPRESS"

    @property
    def rate(self) -> float:
        return self.starts_per_second if self.starts_per_second is not None else STARTS[self.type][1]

    @property
    def burst(self) -> int:
        return self.start_burst if self.start_burst is not None else STARTS[self.type][0]


class TaskSettings(LinkSettings):
    """The way to what does the work of Task states."""

    states: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=80)], ...],
        Field(
            max_length=100,
            **about(
                "States",
                "Task states whose work is done there, whatever their Resource says; empty: those that name it.",
            ),
        ),
    ] = ()


class ActivitySettings(LinkSettings):
    """The way on which a worker asks for the work of an activity, and says what has become of it."""

    WaitTimeSeconds: ClassVar[int] = 60

    activity: Annotated[
        str,
        Field(
            max_length=80,
            **about(
                "Activity",
                "The name of the activity; empty: the worker's own id.",
                source="Step Functions API Reference, GetActivityTask",
            ),
        ),
    ] = ""
    heartbeat: Annotated[
        Duration | None,
        Field(
            **about(
                "Heartbeat",
                "How often the worker says that it is still at work; empty: never.",
                source="Step Functions API Reference, SendTaskHeartbeat",
                ge=MILLISECOND,
            )
        ),
    ] = None


class FailingTask(Arguments):
    """Which tasks fail, how often, and with which error."""

    state: Annotated[str, Field(max_length=80, title="State", description="The name of the state; empty: all.")] = ""
    probability: Annotated[
        float, Field(gt=0, le=1, title="Probability", description="Share of attempts it happens to.")
    ] = 1.0
    error: Annotated[
        str, Field(min_length=1, max_length=256, title="Error", description="The name that Retry and Catch see.")
    ] = "Lambda.ServiceException"


class SilentTask(Arguments):
    """Which tasks get no answer."""

    state: Annotated[str, Field(max_length=80, title="State", description="The name of the state; empty: all.")] = ""
    probability: Annotated[
        float, Field(gt=0, le=1, title="Probability", description="Share of attempts it happens to.")
    ] = 1.0
    after: Annotated[
        Duration,
        Field(title="After", description="When the call counts as timed out, if the state sets no earlier limit."),
    ] = 60 * SECOND

    @property
    def span(self) -> Micros:
        return self.after


class ThrottledTask(Arguments):
    """Which tasks are refused because there are too many calls."""

    state: Annotated[str, Field(max_length=80, title="State", description="The name of the state; empty: all.")] = ""
    probability: Annotated[
        float, Field(gt=0, le=1, title="Probability", description="Share of attempts it happens to.")
    ] = 0.5
