"""Faults: what can be made to go wrong, on any node or link, now or on a schedule, for a span.

A fault is one function that begins it (given its arguments) or ends it (given None). Button, journal line, sentence and
replay follow from the declaration.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from simulator.engine.clock import SECOND
from simulator.engine.link import Link
from simulator.engine.operations import Arguments
from simulator.engine.throttle import Throttle
from simulator.engine.trace import Kind

KINDS = (
    Kind(
        "fault_began",
        "{what}: {fault} begins{how}.",
        ("what:target", "fault", "until:time", "how"),
        "",
        "bad",
        mark="fault",
    ),
    Kind("fault_ended", "{what}: {fault} is over.", ("what:target", "fault"), "", "good", mark="fault"),
)


@dataclass(frozen=True)
class Fault:
    """`apply(target, arguments)` begins the fault, `apply(target, None)` ends it; beginning again replaces."""

    name: str
    title: str
    sentence: str
    arguments: type[Arguments]
    apply: Callable[[Any, Any], None]


class Nothing(Arguments):
    """For a fault or an operation that takes no arguments."""


class Factor(Arguments):
    factor: Annotated[
        float, Field(gt=1, le=1000, title="Times slower", description="How many times longer it takes.")
    ] = 5.0


class Share(Arguments):
    probability: Annotated[
        float, Field(gt=0, le=1, title="Probability", description="Share of messages it happens to.")
    ] = 0.2


class Spread(Arguments):
    spread: Annotated[
        float,
        Field(
            gt=0,
            le=3600,
            title="Spread",
            description="Up to this much is added to each latency.",
            json_schema_extra={"unit": "s"},
        ),
    ] = 2.0


def slow_link(link: Link, factor: Factor | None) -> None:
    link.slowness = factor.factor if factor else 1.0
    link.weather()


def partition(link: Link, nothing: Nothing | None) -> None:
    link.cut = nothing is not None
    link.weather()


def lose(link: Link, share: Share | None) -> None:
    link.lossiness = share.probability if share else 0.0
    link.weather()


def duplicate(link: Link, share: Share | None) -> None:
    link.copies = share.probability if share else 0.0
    link.weather()


def reorder(link: Link, spread: Spread | None) -> None:
    link.disorder = math.floor(spread.spread * SECOND) if spread else 0
    link.weather()


def slow_node(node: Any, factor: Factor | None) -> None:
    """For patterns that list it: everything the node begins takes longer."""
    node.slowness = factor.factor if factor else 1.0


def crash_node(node: Any, nothing: Nothing | None) -> None:
    """For patterns that list it: a node that can `crash` and `recover`."""
    if nothing is not None:
        node.crash()
    else:
        node.recover()


def unavailable_node(node: Any, nothing: Nothing | None) -> None:
    """For patterns that list it: a node with `unavailable`, which it looks at itself."""
    node.unavailable = nothing is not None


def throttle_node(node: Any, limit: Any) -> None:
    """For patterns that list it: a node with a `throttle`; the arguments have `per_second`."""
    node.throttle = Throttle(limit.per_second) if limit is not None else None


LINK_FAULTS = (
    Fault("slow", "Slow", "takes longer to carry everything", Factor, slow_link),
    Fault("partition", "Partition", "is cut: nothing gets through in either direction", Nothing, partition),
    Fault("lose", "Lose messages", "loses some of what it carries", Share, lose),
    Fault("duplicate", "Duplicate", "delivers some pushes twice", Share, duplicate),
    Fault("reorder", "Reorder", "lets messages overtake each other", Spread, reorder),
)

SLOW = Fault("slow", "Slow down", "works several times slower", Factor, slow_node)
