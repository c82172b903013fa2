"""What the records of a scenario mean: the declaration of each kind, found by the node that wrote it.

Two patterns may use the same name for kinds of their own (a worker and a store both `throttled`), so a kind is looked
up by the record's node first; kinds that every run has (hops, faults, interventions) come after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.engine.message import MessageId
from simulator.engine.run import CORE_KINDS
from simulator.engine.scenario import PlacedNode, Scenario
from simulator.engine.trace import Kind, Record

# Where the values of a record begin: before them stand time, kind, node index and message id.
VALUES = 4

# Messages whose type is remembered for what is said of them later in their lives.
MOST_REMEMBERED = 20_000


@dataclass(frozen=True)
class Field:
    """One value of a record: its name, its unit ("" where it has none), and its place in the record."""

    name: str
    unit: str
    place: int


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields a kind declares, in order."""
    split = [declared.partition(":") for declared in kind.fields]
    return tuple(Field(name, unit, place) for place, (name, _, unit) in enumerate(split, VALUES))


def field_of(kind: Kind, name: str) -> Field | None:
    return next((field for field in fields_of(kind) if field.name == name), None)


class Kinds:
    """The kinds of one scenario. `by_node[i]` are those that node i writes, its pattern's own before the core ones."""

    def __init__(self, scenario: Scenario) -> None:
        patterns = {node.pattern.name: node.pattern for node in scenario.nodes}
        known = {name: CORE_KINDS | {kind.name: kind for kind in one.kinds} for name, one in patterns.items()}
        self.by_node: list[dict[str, Kind]] = [known[node.pattern.name] for node in scenario.nodes]

    def of(self, record: Record) -> Kind | None:
        """The kind of a record, or None where nobody has declared it."""
        node = record[2]
        kinds = self.by_node[node] if 0 <= node < len(self.by_node) else CORE_KINDS
        return kinds.get(record[1])

    def everything(self) -> list[tuple[int, Kind]]:
        """Every kind with the node that can write it; the core ones also with -1, for records of no node."""
        of_nodes = [(node, kind) for node, kinds in enumerate(self.by_node) for kind in kinds.values()]
        return of_nodes + [(-1, kind) for kind in CORE_KINDS.values()]


def glyph_places(kinds: Kinds) -> dict[str, int]:
    """The kinds whose records say what a message looks like when it is made or sent, with the place of the glyph."""
    fields = [(kind, field_of(kind, "glyph")) for _, kind in kinds.everything()]
    return {kind.name: field.place for kind, field in fields if field is not None and kind.core in ("created", "sent")}


def with_looks(known: dict[MessageId, int], records: Sequence[Record], places: dict[str, int]) -> dict[MessageId, int]:
    """The colour numbers of messages, with those that `records` show added; of very many the latest are kept.

    `places` are the `glyph_places`. What is given is taken over and may be changed.
    """
    known.update([(one[3], one[places[one[1]]] >> 6) for one in records if one[1] in places])
    return known if len(known) <= 2 * MOST_REMEMBERED else dict(list(known.items())[-MOST_REMEMBERED:])


def ends_work(kind: Kind) -> bool:
    """Whether what a worker began with a record of span `working` is over with a record of this kind about the message.

    It was processed, it is left to its channel again, or somebody else had done it meanwhile.
    """
    return kind.core == "processed" or kind.span == "inflight" or kind.name == "skipped"


def asks_for_messages(node: PlacedNode) -> bool:
    """Whether a node gets its messages by asking for them: then it has copies, and the channel keeps custody."""
    return "poll" in node.pattern.takes
