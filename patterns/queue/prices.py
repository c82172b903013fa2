"""What a queue's calls cost: requests as the service bills them, and their list price.

Every call is at least one request, also a receive that finds nothing, and a batch is one call; each further 64 KiB of
what it carries is one more. Prices are for us-east-1 without the free tier, and each tier's price holds for the
requests in it.
Source: Amazon SQS pricing (aws.amazon.com/sqs/pricing), list prices of March 2026; the upper tiers of FIFO queues
and the surcharge for fair queues come from others' lists only.
"""

from typing import NamedTuple

CHUNK = 64 * 1024

MILLION = 1_000_000
BILLION = 1000 * MILLION


class Tier(NamedTuple):
    """So many requests a month cost so many micro-dollars each; 0 requests: all the others."""

    requests: int
    micro_dollars: float


STANDARD = (Tier(100 * BILLION, 0.40), Tier(100 * BILLION, 0.30), Tier(0, 0.24))
FIFO = (Tier(100 * BILLION, 0.50), Tier(100 * BILLION, 0.40), Tier(0, 0.35))
FAIR_SURCHARGE = 0.10
"""Micro-dollars more for each request of a standard queue whose messages have a MessageGroupId."""


class Bill:
    """What has been billed since the beginning: requests by verb, and how many receives found nothing."""

    __slots__ = ("by_verb", "empty_receives")

    def __init__(self) -> None:
        self.by_verb: dict[str, int] = {}
        self.empty_receives = 0

    def charge(self, verb: str, size: int = 0) -> None:
        """One call that carried `size` bytes, in its request or in its answer."""
        by_verb = self.by_verb
        by_verb[verb] = by_verb.get(verb, 0) + (1 if size <= CHUNK else requests(size))

    @property
    def requests(self) -> int:
        """All requests that have been billed."""
        return sum(self.by_verb.values())


def requests(size: int) -> int:
    """As how many requests a call that carries `size` bytes is billed."""
    return max(1, -(-size // CHUNK))


def micro_dollars(count: int, tiers: tuple[Tier, ...], surcharge: float = 0.0) -> int:
    """The price of `count` requests, rounded to a millionth of a dollar."""
    total, left = count * surcharge, count
    for tier in tiers:
        within = min(left, tier.requests) if tier.requests else left
        total += within * tier.micro_dollars
        left -= within
    return round(total)
