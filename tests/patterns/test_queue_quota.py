"""How many calls a second a FIFO queue answers, and what it says to one more."""

import pickle
from collections.abc import Iterable

from patterns.queue.quota import CALLS, PARTITIONS, REGION_CALLS, Quota, partition
from simulator.engine.clock import SECOND

OTHERS = [f"group-{number}" for number in range(2000)]


def passed(quota: Quota, verb: str, per_second: int, seconds: int, groups: Iterable[str] = ("a",)) -> int:
    """How many of these evenly spaced calls are answered."""
    times = range(0, seconds * SECOND, SECOND // per_second)
    return sum(quota.refuses(verb, groups, now) is None for now in times)


def test_three_hundred_calls_a_second_pass():
    """With batches of ten that is 3,000 messages. Source: SQS Developer Guide, "Amazon SQS message quotas"."""
    assert passed(Quota(), "SendMessageBatch", CALLS, 60) >= 60 * CALLS


def test_above_three_hundred_calls_a_second_the_rest_is_throttled():
    """Source: SQS Developer Guide, "Amazon SQS message quotas" (300 transactions a second, each action)."""
    answered = passed(Quota(), "SendMessage", 2 * CALLS, 60)

    assert 60 * CALLS <= answered <= 61 * CALLS + 60


def test_each_action_has_its_own_quota():
    """Source: SQS Developer Guide, "Amazon SQS message quotas" (for each API action)."""
    quota = Quota()
    while quota.refuses("SendMessage", ("a",), 0) is None:
        pass

    assert quota.refuses("ReceiveMessage", (), 0) is None
    assert quota.refuses("SendMessage", ("b",), 0) is not None


def test_the_refusal_has_the_services_code_and_says_which_quota_it_was():
    """Source: SQS API Reference, "Common Errors" (ThrottlingException)."""
    quota = Quota()
    said = [quota.refuses("SendMessage", ("a",), 0) for _ in range(CALLS + 1)]

    assert said[:CALLS] == [None] * CALLS
    assert said[CALLS] is not None
    assert said[CALLS].code == "ThrottlingException"
    assert said[CALLS].message == (
        "The request was denied due to request throttling: a FIFO queue answers 300 SendMessage calls a second."
    )


def test_in_high_throughput_each_partition_has_a_quota_of_its_own():
    """Source: SQS Developer Guide, "Partitions and data distribution for high throughput for SQS FIFO queues"."""
    quota = Quota(by_partition=True)
    elsewhere = next(name for name in OTHERS if partition(name) != partition("a"))
    beside = next(name for name in OTHERS if partition(name) == partition("a"))
    while quota.refuses("SendMessage", ("a",), 0) is None:
        pass

    assert quota.refuses("SendMessage", (elsewhere,), 0) is None
    assert quota.refuses("SendMessage", (beside,), 0) is not None
    assert quota.refuses("SendMessageBatch", (elsewhere, "a"), 0) is None


def test_in_high_throughput_the_whole_queue_is_held_to_the_quota_of_its_region():
    """Source: SQS Developer Guide, "Amazon SQS message quotas" (high throughput, us-east-1)."""
    quota = Quota(by_partition=True)
    answered = sum(quota.refuses("ReceiveMessage", (), 0) is None for _ in range(REGION_CALLS + 5000))

    assert REGION_CALLS <= answered <= 1.03 * REGION_CALLS


def test_groups_are_spread_over_all_partitions():
    """Source: SQS Developer Guide, "Partitions and data distribution": the group's hash chooses the partition."""
    used = sorted({partition(name) for name in OTHERS * 2 + [f"customer/{number}" for number in range(2000)]})

    assert used == list(range(PARTITIONS))


def test_a_quota_that_is_pickled_goes_on_as_it_was():
    quota = Quota(by_partition=True)
    for _ in range(CALLS):
        quota.refuses("SendMessage", ("a",), 0)

    again = pickle.loads(pickle.dumps(quota))

    assert again.refuses("SendMessage", ("a",), 0) is not None
    assert again.refuses("SendMessage", ("a",), SECOND) is None
