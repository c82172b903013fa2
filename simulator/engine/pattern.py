"""The contract between the engine and a pattern: everything the house needs to know of one, in one value.

A folder `patterns/<name>/` whose `pattern.py` holds a `PATTERN` is registered by being found. Validation, forms, admin,
buttons, sentences, charts and lessons all come from this declaration.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from simulator.engine.bench import Bench
from simulator.engine.details import Details
from simulator.engine.errors import Problem
from simulator.engine.faults import Fault
from simulator.engine.link import LinkSettings
from simulator.engine.node import Node
from simulator.engine.operations import Operation
from simulator.engine.trace import Kind

Role = Literal["producer", "channel", "consumer"]
Draw = Literal["send", "poll", "dead"]


def no_objection(settings: Any, source: Any, target: Any) -> list[Problem]:
    """Nothing is wrong between these ends."""
    return []


@dataclass(frozen=True)
class LinkKind:
    """A way out of a pattern's node, its settings, and how it is used and drawn.

    `send`: the source pushes, to a node that takes pushes; `poll`: the target asks, and takes polls; `dead`: a
    dead-letter line, to a node that takes dead letters. `spontaneous`: what travels there is not caused by what came
    in, so that it closes no circle. `check(settings, source, target)` adds problems that need the
    settings of both ends, with paths below the link; of an end of another pattern it knows what its settings have.
    """

    name: str
    sentence: str
    settings: type[LinkSettings]
    draw: Draw = "send"
    check: Callable[[Any, Any, Any], list[Problem]] = no_objection
    spontaneous: bool = False


@dataclass(frozen=True)
class Measure:
    """Something to chart. Exactly one of:

    `gauge`: key in `Node.gauges()`, sampled; `counts`: kinds of record, per second; `values`: (kind, field) whose
    value is a span, of which `quantiles` are shown.
    """

    key: str
    title: str
    unit: str
    gauge: str = ""
    counts: tuple[str, ...] = ()
    values: tuple[str, str] | None = None
    quantiles: tuple[int, ...] = (50, 95)
    beside: str = ""


class Way(NamedTuple):
    """A link out of a node as its pattern's check sees it; `settings` are the target's, `link` its own."""

    draw: Draw
    source: str
    target: str
    settings: Any
    link: Any = None


@dataclass(frozen=True)
class Pattern:
    """One integration pattern. `module` is the dotted name of the module that holds this value as PATTERN.

    `copies` says whether the node makes a message for every link it sends on (then a cycle through two of them
    multiplies); `kind_of(settings)` is the value of the view's `kind`; `names(settings)` gives the vendor-neutral and
    the AWS name; `check(settings, outs)` adds problems that need the whole neighbourhood; `types(settings)` lists the
    message types it can make, for the legend. `allows(settings)` says, by the key of a guarantee
    (simulator/folds/guarantees.py), in a sentence why the service may break it. `bench` is what can be tried out where
    the pattern filters, `details` what can be looked at more closely in a node. `check_text(setting, text)` judges what
    is typed for a setting whose JSON Schema says `"format": "definition"`, before anybody sends it, with paths below
    the text.
    """

    module: str
    name: str
    role: Role
    sentence: str
    Settings: type[BaseModel]
    Node: type[Node]
    names: Callable[[Any], Mapping[str, str]]
    kind_of: Callable[[Any], str]
    kinds: tuple[Kind, ...]
    links: tuple[LinkKind, ...] = ()
    operations: tuple[Operation, ...] = ()
    faults: tuple[Fault, ...] = ()
    measures: tuple[Measure, ...] = ()
    takes: tuple[Draw, ...] = ()
    copies: bool = False
    check: Callable[[Any, list[Way]], list[Problem]] = lambda settings, outs: []
    types: Callable[[Any], list[str]] = lambda settings: []
    allows: Callable[[Any], Mapping[str, str]] = lambda settings: {}
    bench: Bench | None = None
    details: Details | None = None
    check_text: Callable[[str, str], list[Problem]] = lambda setting, text: []

    def __reduce__(self) -> tuple[Any, ...]:
        return pattern_in, (self.module,)

    def operation(self, name: str) -> Operation | None:
        return next((operation for operation in self.operations if operation.name == name), None)


def pattern_in(module: str) -> Pattern:
    """The PATTERN of a module, so that a pickled run names its patterns instead of containing them."""
    found: Pattern = importlib.import_module(module).PATTERN
    return found
