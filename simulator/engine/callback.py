"""Calling back: what somebody says who has got a task token, and where a token stands in a message.

Who waits for the call gives out tokens in messages and takes these requests over a link or from the one who polls:

    link.ask("task_succeeded", TaskSuccess(…), then)      answered by {}, or refused when nobody waits (any more)
    link.ask("task_failed", TaskFailure(…), then)
    link.ask("task_goes_on", TaskHeartbeat(…), then)

Source: Step Functions API Reference, SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat.
"""

from typing import Any, NamedTuple

MEMBERS = ("TaskToken", "taskToken")
DEEPEST = 4


class TaskSuccess(NamedTuple):
    taskToken: str  # noqa: N815 - the service's own spelling
    output: Any


class TaskFailure(NamedTuple):
    taskToken: str  # noqa: N815 - the service's own spelling
    error: str
    cause: str


class TaskHeartbeat(NamedTuple):
    taskToken: str  # noqa: N815 - the service's own spelling


def token_in(body: Any, depth: int = DEEPEST) -> str:
    """The task token that a body holds in its member TaskToken, also some objects deeper (the detail of an event, the
    body in a record of a pipe); "" where there is none.
    """
    if not isinstance(body, dict):
        return ""
    for name in MEMBERS:
        token = body.get(name)
        if isinstance(token, str):
            return token
    inner = (token_in(value, depth - 1) for value in body.values()) if depth > 1 else ()
    return next((token for token in inner if token), "")
