"""An API destination behind a bus: what its answers make of a delivery.

Facts: eventbridge.md §8, from the EventBridge User Guide, "API destinations"; sns.md §5.
"""

from typing import Any

import pytest

from patterns.endpoint.config import USUAL
from simulator.engine.errors import ServiceError, is_client_error
from simulator.engine.run import Run
from tests.patterns.vocabulary import bus, conserved, do, endpoint, records, scenario, seconds, target, times


def called(**settings: Any) -> Run:
    """A run in which a bus has one event for an API destination called `hook`."""
    policy = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 600}
    return scenario(
        bus("bus", rules={"all": {"source": ["shop"]}}, targets=[target("all", "hook", RetryPolicy=policy)]),
        endpoint("hook", kind="api", **settings),
    )


def put(run: Run) -> None:
    do(run, "bus", "PutEvents", Entries=[{"Source": "shop", "DetailType": "paid", "Detail": {}}])


@pytest.mark.parametrize(("status", "calls"), [(400, 1), (404, 1), (429, 3), (500, 3), (503, 3)])
def test_its_status_decides_whether_a_bus_tries_again(status: int, calls: int):
    """EventBridge §8: retry on 429 and 5xx; other 4xx not retried."""
    run = called(failure_probability=1, failure_status=status, response=0)
    put(run)
    run.advance(seconds(600))
    assert len(records(run, "failed")) == calls
    assert conserved(run) and not run.inventory()


def test_retry_after_puts_the_next_call_off():
    """EventBridge §8: Retry-After honoured if larger than own delay."""
    run = called(failure_probability=1, failure_status=503, response=0, retry_after=100)
    put(run)
    run.advance(seconds(600))
    first, second, *_ = times(run, "failed")
    assert second - first == seconds(100.02)


def test_a_negative_retry_after_ends_the_delivery():
    """EventBridge §8: negative stops retries."""
    run = called(failure_probability=1, failure_status=503, response=0, retry_after=-1)
    put(run)
    run.advance(seconds(600))
    assert len(records(run, "failed")) == 1


def test_a_bus_gets_itself_a_new_token_and_the_event_is_delivered():
    """EventBridge §8: 401/407 refresh OAuth."""
    run = called(response=0, AuthorizationType="OAUTH_CLIENT_CREDENTIALS", token_lifetime=10)
    run.advance(seconds(11))
    put(run)
    run.advance(seconds(60))
    assert [record[4] for record in records(run, "rejected")] == ["HTTP 401"]
    assert len(records(run, "authorized")) == len(records(run, "processed")) == 1
    assert conserved(run)


@pytest.mark.parametrize(
    ("code", "again"),
    [
        *((usual.gone, False) for usual in USUAL.values()),
        *((usual.unavailable, True) for usual in USUAL.values()),
        *((usual.busy, True) for usual in USUAL.values()),
        ("InvalidParameter", False),
        ("InvalidArgumentException", False),
        ("InternalError", True),
        ("RequestTimeout", True),
    ],
)
def test_every_code_says_whether_it_is_worth_trying_again(code: str, again: bool):
    """SNS §5: client-side errors are not retried, server-side errors are."""
    assert is_client_error(ServiceError(code, "")) is not again
