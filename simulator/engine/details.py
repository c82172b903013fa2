"""Details: what a node can tell of one thing that is going on in it, such as an execution of a state machine.

A view is small and made for every frame; details are asked for when somebody looks. A pattern that has some says what
can be looked at and what there is to see: facts, the steps it went through with what each did to its data, and a
history. Texts are cut, so that an answer stays of bounded size whatever the data.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.engine.clock import Micros
from simulator.engine.message import MessageId

if TYPE_CHECKING:
    from simulator.engine.node import Node

LONGEST = 4096
"""Characters of one text; LONGEST_ENTRY of one of a history."""

LONGEST_ENTRY = 1000

MOST_LISTED = 200
MOST_VISITS = 200
MOST_HAPPENED = 500


@dataclass(frozen=True)
class Listed:
    """One thing that can be looked at; `key` names it, `ended` is None while it goes on, `message` 0 for none."""

    key: str
    title: str
    status: str
    began: Micros
    ended: Micros | None
    message: MessageId
    note: str = ""


@dataclass(frozen=True)
class Step:
    """What one field did to the data: its name, and the data after it as text; `changed`: it is not as before."""

    field: str
    text: str
    changed: bool


@dataclass(frozen=True)
class Visit:
    """One stay in a state: `exited` is None while it lasts, or where it was never left. `note` says what went wrong."""

    name: str
    type: str
    entered: Micros
    exited: Micros | None
    failed: bool
    steps: tuple[Step, ...]
    note: str = ""


@dataclass(frozen=True)
class Happened:
    """One entry of a history; `previous` is the id of what it followed, `text` its details as JSON."""

    id: int
    previous: int
    time: Micros
    type: str
    state: str
    text: str


@dataclass(frozen=True)
class Detail:
    """What there is to see: `facts` are (name, text). `left_out` says how many visits and entries there are besides."""

    key: str
    title: str
    status: str
    facts: tuple[tuple[str, str], ...]
    visits: tuple[Visit, ...]
    events: tuple[Happened, ...]
    left_out: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Details:
    """What can be looked at in the nodes of a pattern: `listed` newest first, at most MOST_LISTED; `shown` None where
    the key names nothing (any more).
    """

    listed: Callable[["Node"], list[Listed]]
    shown: Callable[["Node", str], Detail | None]


def text(value: Any, most: int = LONGEST) -> str:
    """A JSON value as it is shown: over several lines, and cut with a note that says how long it is."""
    written = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    if len(written) <= most:
        return written
    return f"{written[:most]}\n… ({len(written):,} characters in all)"
