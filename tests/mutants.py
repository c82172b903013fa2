"""Mutants of good documents: each is a copy in which a few values were replaced, moved, multiplied or taken out.

A document from a stranger is rarely nonsense from end to end; it is nearly right, and wrong in one place. Source:
Miller et al., "An empirical study of the reliability of UNIX utilities" (1990), and mutation-based fuzzing since.
"""

from copy import deepcopy
from random import Random
from typing import Any

Place = tuple[Any, ...]

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3, 10**6, 2**53, 2**62, -(2**62), 10**400, 0.5, 1e-9, 1e308, -1e308, float("nan"),
    float("inf"), "", "x", "10m", "1e9", "31d", "-5s", "\0", "<b>", "\ud800", "x" * 3000, [], {}, [[]], {"a": {}},
    [0, 0], ["a"], {"poisson": {"per_second": 1e6}}, {"constant": 1e9}, {"pareto": {"shape": 0.5, "minimum": 1}},
    {"one_of": []}, "body.address = null", "[1..9]", "emails", "shop", "poll", "dead-letter", "queue", "worker",
    {"$or": [{"a": [1]}, {"b": [2]}]}, {"a": [{"wildcard": "*a" * 60}]}, [{"anything-but": []}], [{"prefix": 5}],
    {"a": [{"cidr": "10.0.0.0/99"}]}, '{"a": [', '{"a": ["\\ud800"]}', "rate(0 minutes)", "cron(0 0 31 2 ? *)",
    "at(9999-12-31T23:59:59)", "0001-01-01T00:00:00Z", "Europe/Nowhere", "$.detail", "$..x", "<x>", "<$.body>",
    {"StartingPoint": "2026-01-05T00:00:00Z"}, {"healthyRetryPolicy": {"numRetries": 100}}, {"Arn": "nowhere"},
    {"DataType": "Number", "StringValue": "1e999"},
)  # fmt: skip


def mutant(random: Random, document: dict[str, Any]) -> dict[str, Any]:
    """A copy with one to four changes, some of which may be harmless."""
    changed = deepcopy(document)
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        places = list(_places(changed))
        if places:
            _change(random, changed, random.choice(places), random.choice(places))
    return changed


def _change(random: Random, document: Any, place: Place, other: Place) -> None:
    outer, key = _at(document, place[:-1]), place[-1]
    kind = random.random()
    if kind < 0.6:
        outer[key] = deepcopy(random.choice(ODD))
    elif kind < 0.7:
        del outer[key]
    elif kind < 0.8:
        outer[key] = deepcopy(_at(document, other))
    elif kind < 0.9:
        outer[key] = _more(random, outer[key])
    else:
        outer[key] = {str(key): outer[key]}


def _more(random: Random, value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        factor = random.choice([-1, 0, 1000, 10**12, 1e-6])
        return value * factor if abs(value) < 1e300 else -value
    if isinstance(value, (str, list)):
        return value * random.choice([0, 2, 50])
    if isinstance(value, dict):
        return value | {random.choice(["x", "id", "kind", "arrivals", "latency"]): deepcopy(random.choice(ODD))}
    return [value]


def _places(value: Any, above: Place = ()) -> Any:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*above, key)
        yield from _places(inner, (*above, key))


def _at(document: Any, place: Place) -> Any:
    for key in place:
        document = document[key]
    return document
