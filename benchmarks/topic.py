"""A topic with ten filtered subscriptions: producer, topic, ten queues; everything recorded, all metrics folded.

What counts is a delivery that has reached its queue: about four and a half for each message, by filter policies of ten
kinds. Nobody reads the queues, so nothing else is measured. The peers do part of the work: moto, which people test
against, checks the same policies for the same messages and stores the same copies, raw, by its own models and without
HTTP, but has no time, no retries and no records; SimPy, in textbook style, has time and a process for each copy, but
no answers, no records, and policies written as Python. All must come to the number of copies that the policies ask for.
Figures are deliveries per second of this process's CPU; the wall clock's own are beside.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Generator
from random import Random
from types import ModuleType
from typing import Any

from benchmarks import measure, product
from simulator.engine.clock import SECOND
from simulator.engine.message import Message
from simulator.engine.run import Run
from simulator.engine.scenario import Scenario
from simulator.folds.metrics import Metrics

MESSAGES = 10_000
MESSAGES_FOR_MOTO = 100  # its queues look at all they hold when they take one more
PER_SECOND = 1000
WANTED = 30_000

Attributes = dict[str, Any]

POLICIES: list[dict[str, Any]] = [
    {"event": ["placed"]},
    {"event": ["paid", "sent"]},
    {"event": [{"prefix": "p"}]},
    {"event": [{"anything-but": ["placed"]}]},
    {"price": [{"numeric": [">=", 50]}]},
    {"price": [{"numeric": ["<", 20]}]},
    {"country": ["NO", "SE"]},
    {"country": [{"anything-but": ["NO"]}], "event": ["paid"]},
    {"coupon": [{"exists": False}]},
    {"event": ["sent"], "price": [{"numeric": [">", 90]}]},
]

BY_HAND: list[Callable[[Attributes], bool]] = [
    lambda given: given["event"] == "placed",
    lambda given: given["event"] in ("paid", "sent"),
    lambda given: given["event"].startswith("p"),
    lambda given: given["event"] != "placed",
    lambda given: given["price"] >= 50,
    lambda given: given["price"] < 20,
    lambda given: given["country"] in ("NO", "SE"),
    lambda given: given["country"] != "NO" and given["event"] == "paid",
    lambda given: "coupon" not in given,
    lambda given: given["event"] == "sent" and given["price"] > 90,
]


def document(**settings: Any) -> dict[str, Any]:
    """A scenario at full speed; `settings` are those of all subscriptions beside their policies."""
    queues = [f"queue-{number}" for number in range(len(POLICIES))]
    shop = {
        "arrivals": {"poisson": {"per_second": PER_SECOND}},
        "body": {"type": "order", "number": {"sequence": {}}},
        "attributes": {
            "event": {"one_of": ["placed", "paid", "packed", "sent"]},
            "country": {"one_of": ["NO", "SE", "DK", "FI"]},
            "price": {"integer": {"low": 1, "high": 100}},
        },
        "limit": MESSAGES,
    }
    return {
        "format": 1,
        "title": "Fan-out at full speed",
        "seed": 1,
        "length": "1h",
        "nodes": [
            {"id": "shop", "pattern": "producer", "settings": shop, "at": [0, 1]},
            {"id": "orders", "pattern": "topic", "at": [1, 1]},
            *({"id": name, "pattern": "queue", "at": [2, place % 3]} for place, name in enumerate(queues)),
        ],
        "links": [
            {"from": "shop", "to": "orders"},
            *(
                {"from": "orders", "to": name, "settings": {"FilterPolicy": policy, **settings}}
                for name, policy in zip(queues, POLICIES, strict=True)
            ),
        ],
    }


def play(scenario: Scenario) -> tuple[int, list[Message]]:
    """Play the scenario until every copy has arrived, every record folded: how many did, and what was published."""
    run, metrics = Run(scenario), Metrics(scenario)
    published: list[Message] = []
    until = (MESSAGES // PER_SECOND + 10) * SECOND
    while run.now < until:
        run.advance(min(metrics.next_sample, until))
        published += [message for message in run.trace.made if not message.cause]
        metrics.add(run.trace.take())
        metrics.sample(run)
    return sum(node.view()["waiting"] for node in run.nodes[2:]), published


def by_moto(models: ModuleType, published: list[Message]) -> int:
    """The same with a new topic and new queues of moto; how many copies arrive."""
    account, region = "123456789012", "us-east-1"
    topics, queues = models.sns_backends[account][region], models.sqs_backends[account][region]
    serial = len(topics.topics)
    topic = topics.create_topic(f"orders-{serial}")
    stored = []
    for number, policy in enumerate(POLICIES):
        queue = queues.create_queue(f"queue-{serial}-{number}")
        stored.append(queue)
        subscription = topics.subscribe(topic.arn, queue.queue_arn, "sqs")
        topics.set_subscription_attributes(subscription.arn, "FilterPolicy", json.dumps(policy))
        topics.set_subscription_attributes(subscription.arn, "RawMessageDelivery", True)
    for message in published:
        topics.publish(json.dumps(message.body), topic.arn, message_attributes=_typed(message.attributes or {}))
    return sum(len(queue.messages) for queue in stored)


def by_simpy(simpy: ModuleType, published: list[Message]) -> int:
    """The same in SimPy's textbook style, without records; how many copies arrive."""
    environment = simpy.Environment()
    stores = [simpy.Store(environment) for _ in POLICIES]
    gaps, latency = Random(1), Random(2)

    def shop() -> Generator[Any, Any, None]:
        for message in published:
            yield environment.timeout(gaps.expovariate(PER_SECOND))
            environment.process(topic(message.attributes or {}))

    def topic(attributes: Attributes) -> Generator[Any, Any, None]:
        yield environment.timeout(latency.expovariate(50.0))
        for store, wants in zip(stores, BY_HAND, strict=True):
            if wants(attributes):
                environment.process(deliver(attributes, store))

    def deliver(attributes: Attributes, store: Any) -> Generator[Any, Any, None]:
        yield environment.timeout(latency.expovariate(50.0))
        yield store.put(attributes)

    environment.process(shop())
    environment.run()
    return sum(len(store.items) for store in stores)


def measured(work: Callable[[], int], wall: list[float]) -> float:
    """CPU seconds of one delivery; its wall seconds go into `wall`."""
    gc.collect()
    counts: list[int] = []
    began = time.perf_counter()
    seconds = measure.cpu_seconds(lambda: counts.append(work()))
    wall.append((time.perf_counter() - began) / counts[0])
    return seconds / counts[0]


def main() -> int:
    measure.heading("topic")
    moto, simpy = measure.peer("moto.sns.models"), measure.peer("simpy")
    enveloped, raw = product.read(document()), product.read(document(RawMessageDelivery=True))
    copies, published = play(raw)
    few = published[:MESSAGES_FOR_MOTO]
    assert copies == by_hand(published), "our copies are not those that the policies ask for"
    works: dict[str, Callable[[], int]] = {
        "ours, JSON envelope": lambda: play(enveloped)[0],
        "ours, raw": lambda: play(raw)[0],
    }
    if moto is not None:
        works["moto"] = lambda: by_moto(moto, few)
        assert works["moto"]() == by_hand(few), "moto's copies are not those that the policies ask for"
    if simpy is not None:
        works["SimPy"] = lambda: by_simpy(simpy, published)
    wall: dict[str, list[float]] = {name: [] for name in works}
    taken = measure.interleaved({name: (lambda name=name: measured(works[name], wall[name])) for name in works})
    rows = [
        (
            name,
            measure.spread([1 / one for one in seconds]).text(),
            measure.spread([1 / one for one in wall[name]]).text(),
            *(measure.ratios(taken[peer], seconds).text(1) if peer in taken else "-" for peer in ("moto", "SimPy")),
        )
        for name, seconds in taken.items()
    ]
    title = (
        f"Deliveries per second ({copies / MESSAGES:.1f} a message), to reach: ≥ {WANTED:,}. Median (lowest-highest)"
    )
    measure.table(title, ("topic", "per CPU second", "per wall second", "× moto", "× SimPy"), rows)
    return 0


def by_hand(published: list[Message]) -> int:
    """How many copies there must be."""
    return sum(wants(message.attributes or {}) for message in published for wants in BY_HAND)


def _typed(attributes: Attributes) -> Attributes:
    """As moto's models take them, after its own reading of a request."""
    kinds = {name: "String" if isinstance(value, str) else "Number" for name, value in attributes.items()}
    return {name: {"Type": kinds[name], "Value": value} for name, value in attributes.items()}


if __name__ == "__main__":
    sys.exit(main())
