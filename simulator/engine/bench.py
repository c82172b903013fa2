"""The bench of a pattern that filters: try an event against a rule, and see clause by clause why it matches or not.

The house knows no filters. A pattern that has some declares what can be tried there and how it is judged; the pages
offer the same form for all of them, beside a node prefilled with what is set on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from simulator.engine.node import Node

MOST_CLAUSES = 100
LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """One of the things of which any is enough for a field, in the words of the rule."""

    text: str
    holds: bool


@dataclass(frozen=True)
class Clause:
    """One field: what was asked of it, and what stands there in the event; `found` is "" where nothing does."""

    field: str
    asked: tuple[Asked, ...]
    found: str
    holds: bool


@dataclass(frozen=True)
class Verdict:
    """What came of it. `matched` is None where the rule or the event can't be read: `about` says which.

    Then `sentence` is the service's own and `place` where it applies (`$.detail.state[0]`). Else `clauses` are those of
    the alternative that matched or came nearest, at most MOST_CLAUSES, texts of at most LONGEST letters.
    """

    matched: bool | None
    sentence: str
    clauses: tuple[Clause, ...] = ()
    about: Literal["", "pattern", "event"] = ""
    place: str = ""


@dataclass(frozen=True)
class Example:
    """Something to try: both are texts, usually JSON; `event` may be ""."""

    title: str
    dialect: str
    pattern: str
    event: str


@dataclass(frozen=True)
class Dialect:
    """A kind of rule, and how an event is judged by it; both come as text, of whatever somebody has typed."""

    name: str
    title: str
    pattern_title: str
    event_title: str
    judge: Callable[[str, str], Verdict]
    examples: tuple[Example, ...] = ()


def nothing_set(node: "Node") -> list[Example]:
    """There is no rule on this node."""
    return []


@dataclass(frozen=True)
class Bench:
    """What can be tried at a pattern: `examples(node)` are the rules set there now, with a recent event."""

    dialects: tuple[Dialect, ...]
    examples: Callable[["Node"], list[Example]] = nothing_set
