"""The documents of swarms: legal ones, with something missing in each."""

from random import Random
from typing import Any

from tests.swarm.buses import enrich_bus
from tests.swarm.clocks import add_clocks
from tests.swarm.machines import add_machine
from tests.swarm.outside import add_outside
from tests.swarm.parts import link_settings, placed, some, way
from tests.swarm.settings import (
    mapping_settings,
    poll_settings,
    producer_settings,
    queue_settings,
    store_settings,
    worker_settings,
)
from tests.swarm.topics import add_topic


def document(draw: Random, seed: int) -> dict[str, Any]:
    """A random scenario that is legal: sources, queues with and without dead-letter queues, workers, stores."""
    nodes: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    queues = [f"queue-{number}" for number in range(draw.randint(1, 3))]
    workers = [f"worker-{number}" for number in range(draw.randint(0, 3))]
    stores = [f"store-{number}" for number in range(draw.randint(0, 2))]
    risky = draw.random() < 0.5
    for name in queues:
        fifo = draw.random() < 0.4
        nodes.append(placed(name, "queue", queue_settings(draw, fifo)))
        if draw.random() < 0.5:
            nodes.append(placed(f"{name}-dead", "queue", queue_settings(draw, fifo)))
            settings = link_settings(draw, risky) | {"maxReceiveCount": draw.randint(1, 4)}
            links.append(way(name, f"{name}-dead", "dead-letter", settings))
    for place, name in enumerate(workers):
        settings = worker_settings(draw)
        for queue in draw.sample(queues, draw.randint(0, len(queues))):
            source = next(node["settings"] for node in nodes if node["id"] == queue)
            if draw.random() < 0.4 and source["VisibilityTimeout"] and settings.get("kind") is None:
                if "timeout" in settings:
                    settings["timeout"] = min(settings["timeout"], source["VisibilityTimeout"])
                links.append(way(queue, name, "mapping", mapping_settings(draw, risky, "FifoQueue" in source)))
            else:
                links.append(way(queue, name, "poll", poll_settings(draw, risky)))
        nodes.append(placed(name, "worker", settings))
        for target in some(draw, [*stores, *workers[place + 1 :]]):
            links.append(way(name, target, "send", link_settings(draw, risky)))
    nodes += [placed(name, "store", store_settings(draw)) for name in stores]
    for name in [f"producer-{number}" for number in range(draw.randint(1, 2))]:
        nodes.append(placed(name, "producer", producer_settings(draw)))
        for target in some(draw, [*queues, *queues, *workers, *stores]) or queues[:1]:
            links.append(way(name, target, "send", link_settings(draw, risky)))
    draw.shuffle(nodes)
    add_outside(Random(f"outside {seed} {draw.random()}"), nodes, links, risky)
    enrich_bus(Random(f"buses {seed} {draw.random()}"), nodes, links, risky)
    add_topic(Random(f"topic {seed}"), nodes, links, risky)
    add_clocks(Random(f"clocks {seed} {draw.random()}"), nodes, links, risky)
    add_machine(Random(f"machines {seed} {draw.random()}"), nodes, links, risky)
    unique = list({link.get("id", f"{link['from']}-{link['to']}"): link for link in links}.values())
    return {"format": 1, "title": f"swarm {seed}", "seed": seed, "length": "31d", "nodes": nodes, "links": unique}
