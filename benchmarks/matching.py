"""Matching one event against many rules, against moto's matcher; and whether ten thousand rules cost more than ten.

The rules are those of a bus that many teams share: each names the source and asks one thing more, of ten kinds (a
value, a beginning, an end, a wildcard, a range, a block of addresses, a value in any case, anything but, an absent
field, $or), each of one store, shelf, price, … of its own. Each event is right for ten of them, however many there are.
Both sides have compiled their rules beforehand and must name the same rules for every event.
"""

import sys
from collections.abc import Callable
from itertools import cycle, islice
from types import ModuleType
from typing import Any

from benchmarks import measure
from patterns.filters import Pattern, RuleIndex, compiled

COUNTS = (10, 100, 1_000, 10_000)
BESIDE_THE_PEER = 1_000
EVENTS = 2_000
EVENTS_FOR_THE_PEER = 20
EVENTS_ONE_BY_ONE = 200

Rule = dict[str, Any]


def rules(count: int) -> dict[str, Rule]:
    """Rules by name, of all kinds in turn."""
    return {f"rule-{number}": _rule(number) for number in range(count)}


def events(rules_: int, count: int) -> list[Rule]:
    """Events, of which each is right for some of so many rules."""
    return [_event(7 * number % rules_) for number in range(count)]


def _rule(number: int) -> Rule:
    value = number // 10
    asked: dict[int, Rule] = {
        0: {"store": [f"store-{value}"], "status": ["paid", "sent"]},
        1: {"sku": [{"prefix": f"{value:05}-"}]},
        2: {"file": [{"suffix": f"-{value:05}.csv"}, {"wildcard": f"*-{value:05}.csv.*"}]},
        3: {"path": [{"wildcard": f"/shelf/{value}/*.json"}]},
        4: {"price": [{"numeric": [">=", 10 * value, "<", 10 * value + 10]}]},
        5: {"address": [{"cidr": f"10.{value // 256}.{value % 256}.0/24"}]},
        6: {"city": [{"equals-ignore-case": f"City-{value}"}]},
        7: {"store": [f"store-{value}"], "status": [{"anything-but": ["lost", "returned"]}]},
        8: {"store": [f"store-{value}"], "coupon": [{"exists": False}]},
        9: {"$or": [{"customer": [f"c-{value}"]}, {"seller": [f"c-{value}"]}]},
    }
    return {"source": ["shop.orders"], "detail-type": ["OrderPlaced"], "detail": asked[number % 10]}


def _event(number: int) -> Rule:
    value = number // 10
    return {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "OrderPlaced",
        "source": "shop.orders",
        "account": "111122223333",
        "time": "2026-11-25T18:43:48Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:events:eu-west-1:111122223333:shop/orders"],
        "detail": {
            "store": f"store-{value}",
            "status": "paid",
            "sku": f"{value:05}-red",
            "file": f"orders-{value:05}.csv",
            "path": f"/shelf/{value}/box.json",
            "price": 10 * value + 5.5,
            "address": f"10.{value // 256}.{value % 256}.7",
            "city": f"CITY-{value}",
            "customer": f"c-{value}",
            "items": [{"name": "hat", "count": 2}, {"name": "scarf", "count": 1}],
        },
    }


def _indexed(made: dict[str, Rule]) -> RuleIndex:
    index = RuleIndex()
    for name, rule in made.items():
        index.add(name, rule)
    return index


def _one_by_one(made: dict[str, Pattern], event: Rule) -> list[str]:
    return [name for name, pattern in made.items() if pattern.matches(event)]


def _by_peer(peer: ModuleType, made: dict[str, Rule]) -> Callable[[Rule], list[str]]:
    patterns = {name: peer.EventPattern(None, rule) for name, rule in made.items()}
    return lambda event: [name for name, pattern in patterns.items() if pattern.matches_event(event)]


def _seconds(match: Callable[[Rule], object], given: list[Rule], times: int) -> Callable[[], float]:
    """CPU seconds for one event."""
    taken = list(islice(cycle(given), times))
    return lambda: measure.cpu_seconds(lambda: [match(event) for event in taken]) / times


def flatness() -> None:
    """Microseconds for one event, with ever more rules."""
    contenders: dict[str, Callable[[], float]] = {}
    found: dict[str, float] = {}
    for count in COUNTS:
        index, given = _indexed(rules(count)), events(count, 100)
        found[str(count)] = sum(len(index.match(event)) for event in given) / len(given)
        contenders[str(count)] = _seconds(index.match, given, EVENTS)
    taken = measure.interleaved(contenders)
    rows = [
        (
            f"{count:,}",
            measure.spread(taken[str(count)]).text(1, 1e6),
            f"{found[str(count)]:.1f}",
            measure.ratios(taken[str(count)], taken[str(COUNTS[0])]).text(2),
            "< 1.5" if count == COUNTS[-1] else "",
        )
        for count in COUNTS
    ]
    measure.table("One event", ("rules", "µs", "rules that match", "× 10 rules", "to reach"), rows)


def beside_the_peer() -> None:
    peer = measure.peer("moto.events.models")
    made, given = rules(BESIDE_THE_PEER), events(BESIDE_THE_PEER, 100)
    index, singly = _indexed(made), {name: compiled(rule) for name, rule in made.items()}
    contenders = {
        "ours, index": _seconds(index.match, given, EVENTS),
        "ours, one by one": _seconds(lambda event: _one_by_one(singly, event), given, EVENTS_ONE_BY_ONE),
    }
    for event in given:
        assert index.match(event) == _one_by_one(singly, event), "the index finds other rules"
    if peer is not None:
        by_peer = _by_peer(peer, made)
        for event in given[:EVENTS_FOR_THE_PEER]:
            assert index.match(event) == by_peer(event), "the two do not do the same work"
        contenders["moto"] = _seconds(by_peer, given, EVENTS_FOR_THE_PEER)
    taken = measure.interleaved(contenders)
    rows = [
        (
            name,
            measure.spread(taken[name]).text(1, 1e6),
            measure.ratios(taken["moto"], taken[name]).text(1) if "moto" in taken else "-",
            "≥ 100" if name == "ours, index" else "",
        )
        for name in taken
    ]
    measure.table(f"One event, {BESIDE_THE_PEER:,} rules", ("matcher", "µs", "times as fast", "to reach"), rows)


def main() -> int:
    measure.heading("matching")
    flatness()
    beside_the_peer()
    return 0


if __name__ == "__main__":
    sys.exit(main())
