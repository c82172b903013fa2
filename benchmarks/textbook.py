"""The peers in SimPy, written as its documentation teaches: a Resource, and a process for every customer.

Source: SimPy documentation, "Shared Resources" and the example "Bank Renege" (generators that request and release).
"""

from collections.abc import Generator
from random import Random
from typing import Any


class Totals:
    """What the customers met."""

    def __init__(self) -> None:
        self.customers = 0
        self.spent = 0.0


def stations(simpy: Any, customers: int, per_second: float, servers: int, count: int) -> Totals:
    """So many customers, arriving at random, pass through `count` stations with `servers` each, one after another."""
    environment = simpy.Environment()
    totals = Totals()
    resources = [simpy.Resource(environment, servers) for _ in range(count)]
    environment.process(_source(environment, resources, customers, per_second, Random(1), Random(2), totals))
    environment.run()
    return totals


def _source(
    environment: Any,
    resources: list[Any],
    customers: int,
    per_second: float,
    gaps: Random,
    services: Random,
    totals: Totals,
) -> Generator[Any, Any, None]:
    for _ in range(customers):
        yield environment.timeout(gaps.expovariate(per_second))
        environment.process(_customer(environment, resources, services, totals))


def _customer(environment: Any, resources: list[Any], services: Random, totals: Totals) -> Generator[Any, Any, None]:
    arrived = environment.now
    for resource in resources:
        with resource.request() as request:
            yield request
            yield environment.timeout(services.expovariate(1.0))
    totals.customers += 1
    totals.spent += environment.now - arrived


def timers(simpy: Any, periods: list[int], until: int) -> list[int]:
    """A process for each period that sleeps and counts, over and over; the counts."""
    environment = simpy.Environment()
    counts = [0] * len(periods)
    for place, period in enumerate(periods):
        environment.process(_timer(environment, counts, place, period))
    environment.run(until=until + 1)
    return counts


def _timer(environment: Any, counts: list[int], place: int, period: int) -> Generator[Any, Any, None]:
    while True:
        yield environment.timeout(period)
        counts[place] += 1


def pipeline(simpy: Any, messages: int, per_second: float, seats: int, service: float) -> Totals:
    """Producer, queue, worker, deletion: each message crosses a network four times, as in our own pipeline.

    It is sent, stored, handed to a seat that has asked for it, worked on, and deleted by a request; what is in flight
    has a timeout that brings it back unless it is deleted first. Nothing is recorded.
    """
    environment = simpy.Environment()
    totals = Totals()
    queue: Any = simpy.Store(environment)
    environment.process(_producer(environment, queue, messages, per_second, Random(1), Random(2)))
    for place in range(seats):
        environment.process(_seat(simpy, environment, queue, Random(place + 3), totals, messages, service))
    environment.run()
    return totals


def _producer(
    environment: Any, queue: Any, messages: int, per_second: float, gaps: Random, latency: Random
) -> Generator[Any, Any, None]:
    for number in range(messages):
        yield environment.timeout(gaps.expovariate(per_second))
        environment.process(_push(environment, queue, number, latency))


def _push(environment: Any, queue: Any, number: int, latency: Random) -> Generator[Any, Any, None]:
    message = {"id": number, "created": environment.now}
    yield environment.timeout(latency.expovariate(50.0))
    yield queue.put(message)


def _seat(
    simpy: Any, environment: Any, queue: Any, chance: Random, totals: Totals, messages: int, service: float
) -> Generator[Any, Any, None]:
    while totals.customers < messages:
        yield environment.timeout(chance.expovariate(50.0))
        message = yield queue.get()
        deleted = environment.event()
        environment.process(_visibility_timeout(environment, queue, message, deleted))
        yield environment.timeout(chance.expovariate(50.0))
        yield environment.timeout(chance.expovariate(1 / service))
        totals.customers += 1
        totals.spent += environment.now - message["created"]
        environment.process(_delete(environment, deleted, chance))


def _visibility_timeout(
    environment: Any, queue: Any, message: dict[str, Any], deleted: Any
) -> Generator[Any, Any, None]:
    yield environment.timeout(30.0) | deleted
    if not deleted.triggered:
        yield queue.put(message)


def _delete(environment: Any, deleted: Any, chance: Random) -> Generator[Any, Any, None]:
    yield environment.timeout(chance.expovariate(50.0))
    deleted.succeed()
