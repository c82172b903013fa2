"""What calls are billed as and what that costs. Source: Amazon SQS pricing."""

import pytest

from patterns.queue.prices import BILLION, FAIR_SURCHARGE, FIFO, MILLION, STANDARD, Bill, micro_dollars, requests

KIB = 1024


@pytest.mark.parametrize(
    "size, billed",
    [(0, 1), (1, 1), (64 * KIB, 1), (64 * KIB + 1, 2), (256 * KIB, 4), (640 * KIB, 10), (1024 * KIB, 16)],
)
def test_each_64_kib_of_a_call_is_one_request_and_an_empty_one_is_one_too(size: int, billed: int):
    """Source: Amazon SQS pricing, "How are Amazon SQS requests priced"."""
    bill = Bill()

    bill.charge("SendMessage", size)

    assert requests(size) == billed
    assert bill.by_verb == {"SendMessage": billed}


def test_a_bill_adds_up_by_verb():
    bill = Bill()

    for verb, size in (("SendMessageBatch", 640 * KIB), ("ReceiveMessage", 0), ("ReceiveMessage", 100 * KIB)):
        bill.charge(verb, size)

    assert bill.by_verb == {"SendMessageBatch": 10, "ReceiveMessage": 3}
    assert bill.requests == 13


@pytest.mark.parametrize(
    "tiers, count, dollars",
    [
        (STANDARD, 11 * MILLION, 4.40),  # ten million messages in batches of ten, less the free million
        (STANDARD, 29 * MILLION, 11.60),  # the same one by one
        (FIFO, 29 * MILLION, 14.50),
        (STANDARD, 100 * BILLION, 40_000),
        (STANDARD, 150 * BILLION, 40_000 + 15_000),
        (STANDARD, 300 * BILLION, 40_000 + 30_000 + 24_000),
        (FIFO, 300 * BILLION, 50_000 + 40_000 + 35_000),
        (STANDARD, 0, 0),
    ],
)
def test_the_price_of_a_tier_holds_for_the_requests_in_it(tiers: tuple, count: int, dollars: float):
    """Source: Amazon SQS pricing, list prices of us-east-1."""
    assert micro_dollars(count, tiers) == round(dollars * MILLION)


def test_a_fair_queue_costs_a_little_more():
    assert micro_dollars(MILLION, STANDARD, FAIR_SURCHARGE) == 500_000


def test_one_request_more_never_costs_less():
    costs = [micro_dollars(count, STANDARD) for count in range(50)]

    assert costs == sorted(costs)
    assert costs[5] == 2
