"""How long SNS waits before each retry: four phases, one after the other, and then it gives up.

Immediate retries, some after the shortest delay, some with a growing delay, and some after the longest. Whoever is
delivered to decides how many of each; only HTTP/S endpoints let the owner of a subscription choose.
Simplified: the formulas of the four backoff functions are not published. Here linear grows by equal steps, arithmetic
by steps that themselves grow equally, geometric by a constant ratio, and exponential doubles until it reaches the
longest delay. "Jitter is applied", says the guide; here each delay is shortened by a random share, up to the topic's
`jitter`, so that the totals of the tables are upper bounds.
Source: SNS Developer Guide, "Amazon SNS message delivery retries" and "Creating an HTTP/S delivery policy".
"""

import math
from typing import Literal, NamedTuple

from simulator.engine.clock import SECOND, Micros

Backoff = Literal["linear", "arithmetic", "geometric", "exponential"]

IMMEDIATE, PRE, GROWING, POST = "immediate", "pre-backoff", "backoff", "post-backoff"


class Schedule(NamedTuple):
    """How many retries each phase has, and the delays of the phases; `shortest` and `longest` in Micros."""

    immediate: int
    pre: int
    growing: int
    post: int
    shortest: Micros
    longest: Micros
    function: Backoff = "linear"

    @property
    def total(self) -> int:
        """How many retries there are in all."""
        return self.immediate + self.pre + self.growing + self.post

    def wait(self, retry: int) -> tuple[str, Micros] | None:
        """Phase and delay of the `retry`-th retry, from 1; None when there is none any more."""
        place = retry - 1
        if place < self.immediate:
            return IMMEDIATE, 0
        place -= self.immediate
        if place < self.pre:
            return PRE, self.shortest
        place -= self.pre
        if place < self.growing:
            return GROWING, self._grown(place)
        return (POST, self.longest) if place - self.growing < self.post else None

    def span(self) -> Micros:
        """How long all retries take together."""
        growing = sum(self._grown(place) for place in range(self.growing))
        return self.pre * self.shortest + growing + self.post * self.longest

    def _grown(self, place: int) -> Micros:
        """The delay of the `place`-th retry with backoff, from 0: the first is the shortest, the last the longest."""
        steps, more = self.growing - 1, self.longest - self.shortest
        if not steps or not more:
            return self.shortest
        if self.function == "linear":
            return self.shortest + more * place // steps
        if self.function == "arithmetic":
            return self.shortest + more * (place * (place + 1)) // (steps * (steps + 1))
        if self.function == "geometric":
            return round(self.shortest * math.pow(self.longest / self.shortest, place / steps))
        return min(self.longest, self.shortest << min(place, 40))


MANAGED = Schedule(3, 2, 10, 100_000, SECOND, 20 * SECOND, "exponential")
"""For what AWS itself runs: 100,015 retries in more than 23 days."""

CUSTOMER = Schedule(0, 2, 10, 38, 10 * SECOND, 600 * SECOND, "exponential")
"""For e-mail, SMS and mobile push: 50 retries in more than 6 hours."""

HTTP = Schedule(0, 0, 3, 0, 20 * SECOND, 20 * SECOND, "linear")
"""For HTTP/S endpoints whose owner has chosen nothing."""
