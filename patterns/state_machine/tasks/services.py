"""What a Task sends and what it makes of the answer, by the service that its Resource names.

Sources: Step Functions Developer Guide, "Invoke an AWS Lambda function with Step Functions" (Payload), "Send messages
to an Amazon SQS queue", "Publish messages to Amazon SNS topics", "Add EventBridge events", "Start a new AWS Step
Functions state machine from a running execution" (.sync:2 gives the output as JSON), "Perform DynamoDB CRUD
operations", "Call HTTPS APIs"; names of members in what SDK integrations answer are in PascalCase.
"""

from hashlib import md5
from math import isfinite
from typing import Any, NamedTuple

from patterns.state_machine.attempt import ACTIVITY, FUNCTION, Attempt
from patterns.state_machine.data.text import written
from patterns.state_machine.tasks.targets import action_of, service_of
from simulator.engine.errors import ServiceError
from simulator.engine.message import ACTION, as_text, type_of

NAME = "aws:name"
"""The attribute that names the execution that is to be started."""

_NOTHING: dict[str, Any] = {}


class Outgoing(NamedTuple):
    """A message that is to be sent."""

    body: Any
    type: str
    attributes: dict[str, Any] | None = None
    group: str | None = None
    deduplication: str | None = None


def outgoing(attempt: Attempt, kind: str) -> list[Outgoing]:
    """What is sent for an attempt, mostly one message; of type `kind` where its body says no other. Raises ServiceError
    where a parameter is missing.
    """
    service, given = service_of(attempt.resource), attempt.parameters
    if attempt.resource.kind in (FUNCTION, ACTIVITY):
        return [_plain(given, kind)]
    given = given if isinstance(given, dict) else _NOTHING
    make = _MADE.get(service)
    return make(attempt, given, kind) if make is not None else [_plain(attempt.parameters, kind)]


def result(attempt: Attempt, answers: list[Any], labels: list[str]) -> Any:
    """The task's result; `labels` name the messages that the answers are about."""
    resource, service = attempt.resource, service_of(attempt.resource)
    answer = answers[0] if answers else None
    if resource.kind in (FUNCTION, ACTIVITY):
        return answer
    if service == "lambda":
        return {"ExecutedVersion": "$LATEST", "Payload": answer, "StatusCode": 200}
    if service == "sqs":
        body = as_text(_given(attempt).get("MessageBody", ""))
        return {"MD5OfMessageBody": md5(body.encode(), usedforsecurity=False).hexdigest(), "MessageId": labels[0]}
    if service == "sns":
        return {"MessageId": labels[0]}
    if service == "events":
        return {"Entries": [{"EventId": label} for label in labels], "FailedEntryCount": 0}
    if service == "states":
        return _of_machine(resource.action, answer)
    if service in ("http", "apigateway"):
        return {"Headers": {}, "ResponseBody": answer, "StatusCode": 200, "StatusText": "OK"}
    return answer if answer is not None else {}


def failure(attempt: Attempt, answer: Any) -> tuple[str, str] | None:
    """Error and cause where the answer itself says that the work failed: of a nested execution that was waited for."""
    if service_of(attempt.resource) != "states" or not isinstance(answer, dict):
        return None
    if answer.get("status") in (None, "RUNNING", "SUCCEEDED") or not attempt.resource.pattern:
        return None
    return "States.TaskFailed", written(_pascal(answer))


def _plain(body: Any, kind: str) -> Outgoing:
    return Outgoing(body, type_of(body, kind))


def _to_function(attempt: Attempt, given: dict[str, Any], kind: str) -> list[Outgoing]:
    return [_plain(given.get("Payload", {}), kind)]


def _to_queue(attempt: Attempt, given: dict[str, Any], kind: str) -> list[Outgoing]:
    if given.get("MessageBody") in (None, ""):
        raise ServiceError("MissingParameter", "The request must contain the parameter MessageBody.")
    body = given["MessageBody"]
    group, once = _text(given, "MessageGroupId"), _text(given, "MessageDeduplicationId")
    return [Outgoing(body, type_of(body, kind), _attributes(given), group, once)]


def _to_topic(attempt: Attempt, given: dict[str, Any], kind: str) -> list[Outgoing]:
    if given.get("Message") in (None, ""):
        raise ServiceError("InvalidParameter", "Invalid parameter: Empty message")
    body = given["Message"]
    group, once = _text(given, "MessageGroupId"), _text(given, "MessageDeduplicationId")
    return [Outgoing(body, type_of(body, kind), _attributes(given), group, once)]


def _to_bus(attempt: Attempt, given: dict[str, Any], kind: str) -> list[Outgoing]:
    entries = given.get("Entries")
    if not isinstance(entries, list) or not 1 <= len(entries) <= 10:
        raise ServiceError("ValidationException", "Entries must hold 1 to 10 entries.")
    return [Outgoing(_entry(entry), type_of(entry, kind)) for entry in entries]


def _to_store(attempt: Attempt, given: dict[str, Any], kind: str) -> list[Outgoing]:
    return [Outgoing(given, kind, {ACTION: action_of(attempt.resource)})]


def _to_machine(attempt: Attempt, given: dict[str, Any], kind: str) -> list[Outgoing]:
    body, attributes = given.get("Input", {}), {ACTION: attempt.resource.action.removesuffix(".waitForTaskToken")}
    if "Name" in given:
        attributes[NAME] = str(given["Name"])
    return [Outgoing(body, type_of(body, kind), attributes)]


def _to_endpoint(attempt: Attempt, given: dict[str, Any], kind: str) -> list[Outgoing]:
    return [_plain(given.get("RequestBody", {}), kind)]


_MADE = {
    "lambda": _to_function,
    "sqs": _to_queue,
    "sns": _to_topic,
    "events": _to_bus,
    "dynamodb": _to_store,
    "s3": _to_store,
    "states": _to_machine,
    "http": _to_endpoint,
    "apigateway": _to_endpoint,
}


def _given(attempt: Attempt) -> dict[str, Any]:
    return attempt.parameters if isinstance(attempt.parameters, dict) else _NOTHING


def _text(given: dict[str, Any], name: str) -> str | None:
    value = given.get(name)
    return None if value is None else as_text(value)


def _attributes(given: dict[str, Any]) -> dict[str, Any] | None:
    """MessageAttributes as a message has them: name and value."""
    attributes = given.get("MessageAttributes")
    if not isinstance(attributes, dict):
        return None
    return {name: _value(one) for name, one in attributes.items()}


def _value(attribute: Any) -> Any:
    if not isinstance(attribute, dict):
        return as_text(attribute)
    value: Any = attribute.get("StringValue", attribute.get("BinaryValue", ""))
    if not isinstance(value, str):
        value = as_text(value)
    if str(attribute.get("DataType", "")).startswith("Number"):
        try:
            number = float(value)
        except ValueError:
            return value
        if not isfinite(number):
            return value
        return int(number) if number.is_integer() else number
    return value


def _entry(entry: Any) -> Any:
    """An entry without the name of its bus, which its way has said."""
    if not isinstance(entry, dict):
        return entry
    return {name: value for name, value in entry.items() if name != "EventBusName"}


def _of_machine(action: str, answer: Any) -> Any:
    """What a state machine answered: StartExecution's answer, or the description of an execution that has ended."""
    told = _pascal(answer) if isinstance(answer, dict) else {}
    if not action.startswith("startExecution.sync") and action != "startSyncExecution":
        return told
    if not action.endswith(":2"):
        for name in ("Input", "Output"):
            if name in told:
                told[name] = written(told[name])
    return told


def _pascal(answer: dict[str, Any]) -> dict[str, Any]:
    return {f"{name[0].upper()}{name[1:]}": value for name, value in answer.items()}
