"""What the operations of a state machine take, with the names and ranges of Step Functions."""

from typing import Annotated, Any

from pydantic import Field

from simulator.engine.operations import Arguments

Execution = Annotated[
    str,
    Field(
        max_length=256,
        title="Execution",
        description="Its name or its ARN; empty: the latest that it can be done to.",
    ),
]
Token = Annotated[
    str,
    Field(
        max_length=2048,
        title="Task token",
        description="The token that the task has sent out; empty: the one that has waited longest.",
    ),
]


class StartExecution(Arguments):
    input: Annotated[Any, Field(title="Input", description="JSON of at most 262,144 bytes, as a value or as text.")] = (
        "{}"
    )
    name: Annotated[
        str,
        Field(
            max_length=80,
            title="Name",
            description="With a name, a second start with the same input gives the same execution; empty: a new one.",
        ),
    ] = ""


class OfExecution(Arguments):
    executionArn: Execution = ""  # noqa: N815 - the service's own spelling


class StopExecution(OfExecution):
    error: Annotated[str, Field(max_length=256, title="Error", description="What is told of why it was stopped.")] = ""
    cause: Annotated[str, Field(max_length=4096, title="Cause", description="More of it.")] = ""


class GetExecutionHistory(OfExecution):
    maxResults: Annotated[  # noqa: N815 - the service's own spelling
        int, Field(ge=1, le=1000, title="Events", description="How many at most.", json_schema_extra={"unit": "events"})
    ] = 100
    reverseOrder: Annotated[  # noqa: N815 - the service's own spelling
        bool, Field(title="Latest first", description="Whether the latest events come first.")
    ] = False


class ListExecutions(Arguments):
    statusFilter: Annotated[  # noqa: N815 - the service's own spelling
        str,
        Field(
            pattern="^(|RUNNING|SUCCEEDED|FAILED|TIMED_OUT|ABORTED)$",
            title="Status",
            description="RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; empty: all.",
        ),
    ] = ""
    maxResults: Annotated[  # noqa: N815 - the service's own spelling
        int, Field(ge=1, le=100, title="Executions", description="How many at most, the latest first.")
    ] = 20


class SendTaskSuccess(Arguments):
    taskToken: Token = ""  # noqa: N815 - the service's own spelling
    output: Annotated[Any, Field(title="Output", description="JSON: what the task gives, as a value or as text.")] = (
        "{}"
    )


class SendTaskFailure(Arguments):
    taskToken: Token = ""  # noqa: N815 - the service's own spelling
    error: Annotated[str, Field(max_length=256, title="Error", description="The name that Retry and Catch see.")] = (
        "Rejected"
    )
    cause: Annotated[str, Field(max_length=32_768, title="Cause", description="More of it.")] = ""


class SendTaskHeartbeat(Arguments):
    taskToken: Token = ""  # noqa: N815 - the service's own spelling


class UpdateStateMachine(Arguments):
    definition: Annotated[
        Any,
        Field(
            title="Definition",
            description="The new definition; executions that run go on with the old one.",
            json_schema_extra={"format": "definition"},
        ),
    ]


class ValidateDefinition(Arguments):
    definition: Annotated[
        Any,
        Field(
            title="Definition",
            description="What is to be checked, as a value or as text.",
            json_schema_extra={"format": "definition"},
        ),
    ]
