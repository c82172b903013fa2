"""A queue's attributes as the service shows and takes them: names with text values.

Source: SQS API Reference, GetQueueAttributes and SetQueueAttributes.
"""

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from patterns.queue import refusing
from patterns.queue.config import FIFO_ONLY, QueueSettings, RedrivePermission
from simulator.engine.arns import station_arn
from simulator.engine.clock import SECOND
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

# Attributes that a queue may be without.
_UNSET = ("RedrivePolicy", "RedriveAllowPolicy")


def arn(queue: str) -> str:
    """A queue's Amazon Resource Name."""
    return station_arn("queue", queue)


def get_queue_attributes(queue: "QueueNode", call: Call) -> None:
    if queue.is_open or not refusing.refused(queue, call, "GetQueueAttributes"):
        call.reply({"Attributes": attributes_of(queue, call.arguments.AttributeNames)})


def set_queue_attributes(queue: "QueueNode", call: Call) -> None:
    if queue.is_open or not refusing.refused(queue, call, "SetQueueAttributes"):
        given = call.arguments.Attributes
        settings = settings_with(queue.settings, given)
        how = ", ".join(f"{name} = {value}" for name, value in given.items())
        queue.record("attributes_set", 0, how)
        queue.run.reconfigure(queue, settings.model_dump(mode="json", include=set(given)))
        call.reply(None)


def attributes_of(queue: "QueueNode", names: list[str]) -> dict[str, str]:
    """The attributes asked for; "All" means all. Raises ServiceError when one is unknown."""
    known = _all(queue)
    unknown = next((name for name in names if name != "All" and name not in known and name not in _UNSET), None)
    if unknown is not None:
        raise ServiceError("InvalidAttributeName", f"Unknown Attribute {unknown}.")
    return {name: value for name, value in known.items() if "All" in names or name in names}


def settings_with(settings: QueueSettings, given: dict[str, Any]) -> QueueSettings:
    """The settings with some attributes replaced. Raises ServiceError with the service's sentence when one is wrong."""
    known = _names(settings)
    for name, value in given.items():
        if name not in known:
            raise ServiceError("InvalidAttributeName", f"Unknown Attribute {name}.")
        if name == "FifoQueue" and str(value).lower() != "true":
            raise _invalid(name, " Reason: Modifying queue type is not supported.")
    values = {name: _plain(name, value) for name, value in given.items()}
    try:
        return QueueSettings.model_validate(settings.model_dump() | values)
    except ValidationError as error:
        where = error.errors(include_url=False)[0]["loc"]
        raise _invalid(str(where[0]) if where else next(iter(given))) from None


def _names(settings: QueueSettings) -> list[str]:
    """The attributes that a queue of this type has; our own dials are no client's business."""
    only_fifo = () if settings.FifoQueue else ("FifoQueue", *FIFO_ONLY)
    return [name for name in QueueSettings.model_fields if name[0].isupper() and name not in only_fifo]


def _plain(name: str, value: Any) -> Any:
    """The service's text as a value: a policy is JSON."""
    if name != "RedriveAllowPolicy" or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise _invalid(name) from None


def _invalid(name: str, reason: str = "") -> ServiceError:
    return ServiceError("InvalidAttributeValue", f"Invalid value for the parameter {name}.{reason}")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, RedrivePermission):
        return json.dumps(value.model_dump(exclude=set() if value.sourceQueueArns else {"sourceQueueArns"}))
    return str(value)


def _all(queue: "QueueNode") -> dict[str, str]:
    known = {
        "QueueArn": arn(queue.id),
        "ApproximateNumberOfMessages": str(queue.visible.count),
        "ApproximateNumberOfMessagesNotVisible": str(len(queue.in_flight)),
        "ApproximateNumberOfMessagesDelayed": str(len(queue.delays)),
        "CreatedTimestamp": "0",
        "LastModifiedTimestamp": str(queue.modified // SECOND),
    }
    for name in _names(queue.settings):
        value = getattr(queue.settings, name)
        if value is not None:
            known[name] = _text(value)
    if queue.dead_link is not None:
        policy = {"deadLetterTargetArn": arn(queue.dead_link.target.id), "maxReceiveCount": queue.limit}
        known["RedrivePolicy"] = json.dumps(policy)
    return known
