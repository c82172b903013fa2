"""A queue's attributes as the service shows and takes them: names with text values.

Source: SQS API Reference, GetQueueAttributes and SetQueueAttributes.
"""

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from patterns.queue import refusing
from patterns.queue.config import QueueSettings
from simulator.engine.clock import SECOND
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

ACCOUNT = "123456789012"  # the account number that AWS uses in its own examples


def arn(queue: str) -> str:
    """A queue's Amazon Resource Name; the simulated account is the one of AWS's examples."""
    return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}"


def get_queue_attributes(queue: "QueueNode", call: Call) -> None:
    if queue.is_open or not refusing.refused(queue, call, "GetQueueAttributes"):
        call.reply({"Attributes": attributes_of(queue, call.arguments.AttributeNames)})


def set_queue_attributes(queue: "QueueNode", call: Call) -> None:
    if queue.is_open or not refusing.refused(queue, call, "SetQueueAttributes"):
        given = call.arguments.Attributes
        settings = settings_with(queue.settings, given)
        how = ", ".join(f"{name} = {value}" for name, value in given.items())
        queue.record("attributes_set", 0, how)
        queue.run.reconfigure(queue, {name: getattr(settings, name) for name in given})
        call.reply(None)


def attributes_of(queue: "QueueNode", names: list[str]) -> dict[str, str]:
    """The attributes asked for; "All" means all. Raises ServiceError when one is unknown."""
    known = _all(queue)
    unknown = next((name for name in names if name != "All" and name not in known and name != "RedrivePolicy"), None)
    if unknown is not None:
        raise ServiceError("InvalidAttributeName", f"Unknown Attribute {unknown}.")
    return {name: value for name, value in known.items() if "All" in names or name in names}


def settings_with(settings: QueueSettings, given: dict[str, Any]) -> QueueSettings:
    """The settings with some attributes replaced. Raises ServiceError with the service's sentence when one is wrong."""
    fields = QueueSettings.model_fields
    for name in given:
        if name not in fields:
            raise ServiceError("InvalidAttributeName", f"Unknown Attribute {name}.")
    try:
        return QueueSettings.model_validate(settings.model_dump() | given)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]["loc"][0]
        raise ServiceError("InvalidAttributeValue", f"Invalid value for the parameter {wrong}.") from None


def _all(queue: "QueueNode") -> dict[str, str]:
    known = {
        "QueueArn": arn(queue.id),
        "ApproximateNumberOfMessages": str(queue.visible.count),
        "ApproximateNumberOfMessagesNotVisible": str(len(queue.in_flight)),
        "ApproximateNumberOfMessagesDelayed": str(len(queue.delays)),
        "CreatedTimestamp": "0",
        "LastModifiedTimestamp": str(queue.modified // SECOND),
    }
    known |= {name: str(value) for name, value in queue.settings.model_dump().items()}
    if queue.dead_link is not None:
        policy = {"deadLetterTargetArn": arn(queue.dead_link.target.id), "maxReceiveCount": queue.limit}
        known["RedrivePolicy"] = json.dumps(policy)
    return known
