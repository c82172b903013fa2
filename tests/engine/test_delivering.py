"""The limits of a delivery: its pauses, its policy, and what a dead letter says of its last error."""

from random import Random

import pytest
from pydantic import ValidationError

from simulator.engine.clock import HOUR, SECOND
from simulator.engine.delivering import MOST_RETRIES, RetryPolicy, error_code, pause
from simulator.engine.errors import ServiceError


def test_the_pauses_grow_twofold_from_a_second_and_are_drawn_from_the_whole_range():
    """Source: AWS Architecture Blog, "Exponential backoff and jitter" (full jitter)."""
    random = Random(1)
    drawn = {tries: [pause(tries, random) for _ in range(2000)] for tries in (1, 2, 5, 11, 12, 185)}
    for tries, ceiling in {1: 1, 2: 2, 5: 16, 11: 1024, 12: 1024, 185: 1024}.items():
        waits = drawn[tries]
        assert min(waits) < 0.01 * ceiling * SECOND
        assert 0.98 * ceiling * SECOND < max(waits) < ceiling * SECOND


def test_a_hundred_and_eighty_five_retries_fill_about_a_day():
    """Source: EventBridge User Guide, "How EventBridge retries delivering events": 24 hours and up to 185 times."""
    days = [sum(pause(tries, Random(f"{day} {tries}")) for tries in range(1, MOST_RETRIES + 1)) for day in range(50)]
    assert 23.5 * HOUR < sum(days) / len(days) < 26 * HOUR


@pytest.mark.parametrize(
    "given",
    [
        {"MaximumRetryAttempts": 186},
        {"MaximumRetryAttempts": -1},
        {"MaximumEventAgeInSeconds": 59},
        {"MaximumEventAgeInSeconds": 86_401},
        {"Attempts": 3},
    ],
    ids=str,
)
def test_a_policy_beyond_the_limits_is_refused(given):
    """Source: EventBridge API Reference, RetryPolicy."""
    with pytest.raises(ValidationError):
        RetryPolicy.model_validate(given)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("RequestTimeout", "TIMEOUT"),
        ("RequestThrottled", "THROTTLING"),
        ("TooManyRequestsException", "THROTTLING"),
        ("HTTP 429", "THROTTLING"),
        ("HTTP 404", "NO_RESOURCE"),
        ("ResourceNotFoundException", "NO_RESOURCE"),
        ("AccessDeniedException", "NO_PERMISSIONS"),
        ("HTTP 401", "NO_PERMISSIONS"),
        ("HTTP 503", "ERROR_FROM_TARGET"),
        ("InvalidParameterValue", "SDK_CLIENT_ERROR"),
    ],
)
def test_a_dead_letter_names_the_sort_of_its_last_error(code, told):
    """Source: EventBridge User Guide, "Considerations when using a dead-letter queue" (ERROR_CODE)."""
    assert error_code(ServiceError(code, "It did not work.")) == told
