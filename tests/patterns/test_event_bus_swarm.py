"""Random buses: each target of a rule that matches gets the event at least once, and no target of one that does not.

What a rule matches is asked of the pattern by itself, not of the bus's index. Every rule's target is a queue of its
own, which nobody empties, so that what came is there to be counted.
Source: EventBridge User Guide, "Amazon EventBridge targets" (at least once).
"""

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from patterns.filters import matches
from simulator.engine import journal
from simulator.engine.clock import DAY, MINUTE, SECOND
from simulator.engine.run import Run
from simulator.engine.trace import Record, line
from tests.laws import Laws
from tests.patterns.vocabulary import bus, do, endpoint, producer, queue, scenario, store, target, worker

SEEDS = range(25)

PATTERNS: list[dict[str, Any]] = [
    {"source": ["shop"]},
    {"source": [{"prefix": "s"}], "detail-type": ["paid", "placed"]},
    {"detail": {"price": [{"numeric": [">", 40, "<=", 80]}]}},
    {"detail": {"country": [{"anything-but": ["NO"]}]}},
    {"detail": {"country": [{"exists": False}]}},
    {"$or": [{"detail-type": ["paid"]}, {"detail": {"price": [7, 8, 9]}}]},
    {"detail": {"items": {"name": [{"wildcard": "*e*"}], "count": [{"numeric": [">", 2]}]}}},
    {"source": ["nobody"]},
]
BODIES: list[Any] = [
    {
        "Source": {"one_of": ["shop", "store", "till"]},
        "DetailType": {"one_of": ["paid", "placed", "sent"]},
        "Detail": {"price": {"integer": {"low": 1, "high": 100}}, "country": {"one_of": ["NO", "SE"]}},
    },
    {
        "Source": "shop",
        "DetailType": "placed",
        "Detail": {
            "items": [
                {"name": {"one_of": ["pen", "cup"]}, "count": {"integer": {"low": 1, "high": 5}}},
                {"name": "cup", "count": {"integer": {"low": 1, "high": 5}}},
            ]
        },
    },
    {"type": {"one_of": ["paid", "free"]}, "price": {"integer": {"low": 1, "high": 100}}},
]


class Played:
    """One random bus: the run, its rules by name, and which queue is the target of which."""

    def __init__(self, seed: int) -> None:
        self.random = draw = Random(f"bus {seed}")
        self.patterns = {f"r{number}": draw.choice(PATTERNS) for number in range(draw.randint(1, 7))}
        self.sinks: dict[str, str] = {}
        targets, parts = [], []
        for rule in self.patterns:
            for number in range(draw.choice([0, 1, 1, 2])):
                name = f"{rule}-q{number}"
                self.sinks[name] = rule
                targets.append(target(rule, name, **self._settings()))
                parts.append(queue(name, MessageRetentionPeriod=1_209_600))
        others = {"f": worker("f", concurrency=2, failure_probability=0.2), "s": store("s", kind="s3")}
        others["a"] = endpoint("a", kind="api", response=0.2, failure_probability=0.3, failure_status=503)
        for name in draw.sample(list(others), draw.randint(0, 3)):
            targets.append(target(draw.choice(list(self.patterns)), name, **self._settings()))
            parts.append(others[name])
        self.run = scenario(
            producer(
                "shop",
                to="bus",
                arrivals={"poisson": {"per_second": 2}},
                limit=60,
                body=draw.choice(BODIES),
                retries=draw.choice([0, 3]),
                link={"duplication": draw.choice([0, 0.2]), "loss": draw.choice([0, 0.1])},
            ),
            bus(
                "bus",
                rules=self.patterns,
                targets=[one for place, one in enumerate(targets) if self._fits(targets, place)],
                dead="dead",
                Archives=[{"ArchiveName": "all"}],
                invocations_per_second=draw.choice([1.5, 20, 18_750]),
            ),
            queue("dead", MessageRetentionPeriod=1_209_600),
            *parts,
            seed=seed,
        )
        self.sinks = {link.target.id: link.settings.rule for link in self.run.links if link.target.id in self.sinks}

    def _settings(self) -> dict[str, Any]:
        draw = self.random
        return {
            "loss": draw.choice([0, 0, 0.2]),
            "duplication": draw.choice([0, 0, 0.2]),
            "DeadLetterConfig": draw.choice([None, {"Arn": "dead"}]),
            "RetryPolicy": draw.choice(
                [{}, {"MaximumRetryAttempts": draw.randint(0, 4)}, {"MaximumEventAgeInSeconds": 90}]
            ),
        }

    @staticmethod
    def _fits(targets: list[dict[str, Any]], place: int) -> bool:
        """Whether a target is among the first five of its rule."""
        rule = targets[place]["settings"]["rule"]
        return sum(one["settings"]["rule"] == rule for one in targets[:place]) < 5

    def mischief(self) -> None:
        """Do something to the bus or to its neighbours that leaves its rules as they are."""
        draw, run = self.random, self.run
        deed = draw.randrange(6)
        if deed == 0 and self.sinks:
            do(
                run,
                draw.choice(list(self.sinks)),
                draw.choice(["unavailable", "throttle"]),
                seconds=draw.choice([3, 70]),
            )
        elif deed == 1:
            link = draw.choice([one for one in run.links if one.source.id == "bus"])
            do(run, link.id, draw.choice(["partition", "slow", "lose", "duplicate"]), seconds=draw.choice([1, 20]))
        elif deed == 2:
            do(run, "bus", draw.choice(["unavailable", "throttle"]), seconds=draw.choice([1, 8]))
        elif deed == 3:
            name = f"replay-{len(run.journal)}"
            do(run, "bus", "StartReplay", ReplayName=name, EventSourceArn="all", EventStartTime=0, EventEndTime="1h")
        elif deed == 4:
            entry = {"Source": "shop", "DetailType": "paid", "Detail": {"price": draw.randint(1, 100)}}
            do(run, "bus", "PutEvents", Entries=[entry, {"Source": "shop"}])
        else:
            do(run, "bus", "TestEventPattern", EventPattern={"a": []}, Event={})


@pytest.mark.parametrize("seed", SEEDS)
def test_every_target_of_a_rule_that_matches_gets_the_event_and_no_other(seed: int) -> None:
    print(f"bus swarm seed {seed}")
    played = Played(seed)
    run, laws, told = played.run, Laws(played.run), []
    for stretch in range(20):
        run.advance(run.now + round(played.random.random() * 8 * SECOND))
        played.mischief()
        told += run.trace.take()
        laws.read(told[laws.count :])
        laws.hold(run)
        if stretch == 10:
            state, applied, count = run.checkpoint(), len(run.journal), len(told)
    run.advance(run.now + 3 * DAY)
    told += run.trace.take()
    laws.read(told[laws.count :])
    laws.hold(run)
    _routes_rightly(played, told)
    restored = Run.restore(state, run.scenario, run.journal, applied)
    restored.advance(run.now)
    assert [*map(line, restored.trace.records)] == [*map(line, told[count:])]
    again = Run(run.scenario, run.seed, journal.read(json.loads(json.dumps([one.as_list() for one in run.journal]))))
    again.advance(run.now)
    assert [*map(line, again.trace.records)] == [*map(line, told)]


def test_the_random_buses_are_lively_enough_to_prove_something() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        played = Played(seed)
        for _ in range(20):
            played.run.advance(played.run.now + 5 * SECOND)
            played.mischief()
        played.run.advance(played.run.now + 90 * MINUTE)
        seen.update(record[1] for record in played.run.trace.records)
    expected = ["matched", "delivered", "retrying", "gave_up", "dead_lettered", "discarded", "held_back", "replayed"]
    expected += ["replay_ended", "entry_failed", "turned_away", "refused_call", "returned", "timed_out", "duplicated"]
    assert [kind for kind in expected if not seen[kind]] == []


def _routes_rightly(played: Played, told: list[Record]) -> None:
    """Hold what lies in the queues against what the patterns say of every event that was accepted.

    The network can put a message on the bus twice: then it is two events.
    """
    run = played.run
    bus_at = next(node.index for node in run.nodes if node.id == "bus")
    events = {one.event["id"]: one.event for one in run.nodes[bus_at].archives["all"].events}
    origins: dict[int, list[str]] = {}
    lost: dict[tuple[str, str], bool] = {}
    for record in told:
        _, kind, node, message, *values = record
        if node != bus_at:
            continue
        if kind == "accepted":
            origins.setdefault(message, []).append(values[1])
        elif kind in ("created", "replayed"):
            origins[message] = origins[values[0]]
        elif kind == "gave_up":
            lost |= {(identity, run.links[values[0]].target.id): True for identity in origins[message]}
    assert set(events) == {record[5] for record in told if record[1] == "accepted" and record[2] == bus_at}
    for name, rule in played.sinks.items():
        queue_at = next(node for node in run.nodes if node.id == name)
        there = {entry.message.body["id"] for entry in queue_at.entries.values()}
        right = {identity for identity, event in events.items() if matches(played.patterns[rule], event)}
        assert there <= right, f"{name} has events that {rule} does not match"
        missing = right - there
        assert all((identity, name) in lost for identity in missing), f"{name} lacks events that were not given up"
