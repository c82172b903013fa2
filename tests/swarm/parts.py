"""What the documents of swarms are put together from."""

from random import Random
from typing import Any


def placed(name: str, pattern: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "pattern": pattern, "settings": settings}


def way(source: str, target: str, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"from": source, "to": target, "kind": kind, "settings": settings}


def some(draw: Random, names: list[str]) -> list[str]:
    return draw.sample(names, draw.randint(0, min(2, len(names))))


def a_time(draw: Random, most: float) -> Any:
    """A distribution of times up to about `most` seconds, sometimes no time at all."""
    span = draw.choice([0.0, 0.001, 0.05, 0.3, 1.0]) * most
    shape = draw.choice(["constant", "exponential", "lognormal", "uniform"])
    if not span or shape == "constant":
        return span
    if shape == "exponential":
        return {"exponential": {"mean": span}}
    if shape == "uniform":
        return {"uniform": {"low": 0, "high": span}}
    return {"lognormal": {"median": span / 3, "p99": span}}


def link_settings(draw: Random, risky: bool) -> dict[str, Any]:
    chances = [0, 0, 0.02, 0.3, 1] if risky else [0]
    return {"latency": a_time(draw, 2), "loss": draw.choice(chances[:4]), "duplication": draw.choice(chances)}
