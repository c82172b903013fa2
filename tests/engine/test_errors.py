"""Which errors of a target are worth another try."""

import pytest

from simulator.engine.errors import ServiceError, is_client_error


@pytest.mark.parametrize(
    "code",
    [
        "HTTP 400",
        "HTTP 401",
        "HTTP 404",
        "HTTP 410",
        "AccessDeniedException",
        "AuthorizationError",
        "AWS.SimpleQueueService.NonExistentQueue",
        "InvalidParameterValue",
        "InvalidMessageContents",
        "MissingParameter",
        "ResourceNotFoundException",
        "RequestEntityTooLarge",
        "RequestTooLargeException",
        "EndpointDisabled",
        "MalformedDetail",
        "NotAuthorizedForSourceException",
        "ValidationException",
    ],
)
def test_what_a_target_would_answer_again_is_a_client_error(code):
    """Source: SNS Developer Guide, "Amazon SNS message delivery retries" (client-side errors are not retried)."""
    assert is_client_error(ServiceError(code, ""))


@pytest.mark.parametrize(
    "code",
    [
        "HTTP 408",
        "HTTP 429",
        "HTTP 500",
        "HTTP 503",
        "RequestTimeout",
        "RequestThrottled",
        "ThrottlingException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "SlowDown",
        "ServiceUnavailable",
        "InternalError",
        "Unhandled",
    ],
)
def test_what_may_pass_is_none(code):
    """Source: EventBridge User Guide, "How EventBridge retries delivering events" (retriable errors)."""
    assert not is_client_error(ServiceError(code, ""))
