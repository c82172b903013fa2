"""How an error of a station is called in an execution, so that Retry and Catch can name it.

A function's own error has the name that it gives; where Lambda itself refuses, or no answer comes, the name begins with
`Lambda.`. A service's error is `<Service>.<its code>`, and SQS's is always the same.
Sources: Step Functions Developer Guide, "Handling errors in Step Functions workflows", "Handle transient Lambda service
exceptions", "Call HTTPS APIs in Step Functions workflows" (States.Http…), "Add EventBridge events with Step Functions"
(EventBridge.FailedEntry); AWS SDK for Java 2 (the names of services in errors of SDK integrations).
"""

from typing import Any

from patterns.state_machine.attempt import FUNCTION, Attempt
from patterns.state_machine.data.text import written
from patterns.state_machine.tasks.targets import ENDPOINT, WORKER, Need, service_of
from simulator.engine.errors import ServiceError

_SERVICES = {
    "sqs": "SQS", "sns": "SNS", "dynamodb": "DynamoDB", "events": "EventBridge", "states": "StepFunctions",
    "ecs": "ECS", "batch": "Batch", "s3": "S3",
}  # fmt: skip
_SDKS = {"sqs": "Sqs", "sns": "Sns", "dynamodb": "DynamoDb", "events": "EventBridge", "states": "Sfn", "ecs": "Ecs"}

LOST = "RequestTimeout"

# What nobody was found for, by family and service.
_NOT_FOUND = {
    "lambda": "ResourceNotFoundException",
    "sqs": "QueueDoesNotExist",
    "sns": "NotFoundException",
    "events": "ResourceNotFoundException",
    "dynamodb": "ResourceNotFoundException",
    "states": "StateMachineDoesNotExist",
    "s3": "NoSuchBucketException",
}


def named(attempt: Attempt, error: ServiceError) -> tuple[str, Any]:
    """Name and cause of what a station answered."""
    service = service_of(attempt.resource)
    if attempt.resource.kind == FUNCTION or service == "lambda":
        return _of_function(error)
    if service in ("http", "apigateway") or error.code.startswith("HTTP "):
        return _of_http(error)
    if service in ("ecs", "batch") or service not in _SERVICES:
        return _of_function(error) if error.code in ("Unhandled", "TooManyRequestsException") else _of(attempt, error)
    return _of(attempt, error)


def nobody(attempt: Attempt, need: Need) -> ServiceError:
    """The service's error where a name that only the run knows leads nowhere."""
    said = f"No {need.family or 'station'} called {need.name} can be reached from here."
    if need.family == ENDPOINT:
        return ServiceError(LOST, said)
    if need.family == WORKER and attempt.resource.kind == FUNCTION:
        return ServiceError("ResourceNotFoundException", said)
    return ServiceError(_NOT_FOUND.get(service_of(attempt.resource), "ResourceNotFoundException"), said)


def throttled(attempt: Attempt) -> ServiceError:
    """What a service answers that has too many calls."""
    code = {
        "dynamodb": "ProvisionedThroughputExceededException",
        "http": "HTTP 429",
        "apigateway": "HTTP 429",
    }.get(service_of(attempt.resource), "TooManyRequestsException")
    return ServiceError(code, "Rate exceeded")


def _of_function(error: ServiceError) -> tuple[str, Any]:
    if error.code == "Unhandled":
        kind: str = getattr(error, "error_type", "") or "Exception"
        return kind, written({"errorMessage": error.message, "errorType": kind})
    if error.code == LOST:
        return "Lambda.SdkClientException", f"Unable to execute HTTP request: {error.message}"
    if error.code == "ServiceUnavailable":
        return "Lambda.ServiceException", error.message
    return f"Lambda.{error.code}", error.message


def _of_http(error: ServiceError) -> tuple[str, Any]:
    status = error.code.removeprefix("HTTP ")
    if status.isdigit():
        return f"States.Http.StatusCode.{status}", error.message
    return "States.Http.Socket", error.message


def _of(attempt: Attempt, error: ServiceError) -> tuple[str, Any]:
    service = service_of(attempt.resource)
    if attempt.resource.service.startswith("aws-sdk:"):
        prefix = _SDKS.get(service, service[:1].upper() + service[1:])
        if error.code == LOST:
            return f"{prefix}.SdkClientException", error.message
    else:
        prefix = _SERVICES.get(service, service[:1].upper() + service[1:])
        if service == "sqs":
            return "SQS.SdkClientException" if error.code == LOST else "SQS.AmazonSQSException", error.message
        if error.code == LOST:
            return f"{prefix}.SdkClientException", error.message
    code = error.code.replace(" ", "")
    return f"{prefix}.{code if code.endswith(('Exception', 'Entry')) else f'{code}Exception'}", error.message
