"""What each kind of record means to the guarantees: found from its declaration, so that a new pattern is judged too."""

from simulator.engine.scenario import Scenario
from simulator.engine.trace import Kind
from simulator.folds.kinds import Kinds, ends_work, field_of, fields_of

COPIED, ENTERED, RECEIVED, TAKEN, PROCESSED, SKIPPED, STORED = range(7)
FAILED, SETTLED, DISCARDED, DOUBLED, RETURNED, CHANGED, PASSED_ON = range(7, 14)

# A meaning, and where in the record two values stand that matter to it (0: nowhere).
Act = tuple[int, int, int]


def acts(scenario: Scenario) -> dict[str, list[Act | None]]:
    """For each kind that means something, by its name: what it means at each node, and last at none (index -1)."""
    found: dict[str, list[Act | None]] = {}
    for node, kind in Kinds(scenario).everything():
        act = _act(scenario, node, kind)
        if act is not None:
            found.setdefault(kind.name, [None] * (len(scenario.nodes) + 1))[node] = act
    return found


def _act(scenario: Scenario, node: int, kind: Kind) -> Act | None:
    """What a kind of record of this node (-1: of none) means to the guarantees, if anything."""
    if kind.core == "processed":
        return PROCESSED, 0, 0
    if kind.core == "discarded":
        return DISCARDED, int(kind.level == "bad"), 0
    if kind.core == "created":
        return (COPIED, 0, 0) if kind.level == "warn" else None
    if kind.name == "changed":
        return CHANGED, _place(kind, "what"), _place(kind, "how")
    if node < 0:
        return None
    pattern = scenario.nodes[node].pattern
    if pattern.role == "channel":
        lends = any(one.core == "received" for one in pattern.kinds)
        return _act_of_channel(kind, kind in pattern.kinds, lends)
    works = any(one.core == "processed" for one in pattern.kinds)
    return _act_of_consumer(kind, kind in pattern.kinds, works)


def _act_of_channel(kind: Kind, own: bool, lends: bool) -> Act | None:
    """`lends`: consumers receive from this channel and say when they are done; else it passes copies on by itself."""
    if kind.core == "received":
        return RECEIVED, _place(kind, "attempt"), _place(kind, "to")
    if kind.core == "settled":
        return (SETTLED if lends else PASSED_ON), 0, 0
    if own and kind.holds > 0:
        group = next((field for field in fields_of(kind) if field.unit == "group"), None)
        return ENTERED, group.place if group is not None else 0, 0
    if kind.span == "waiting" and field_of(kind, "attempt") is not None:
        return RETURNED, _place(kind, "reason"), 0
    return None


def _act_of_consumer(kind: Kind, own: bool, works: bool) -> Act | None:
    if kind.name in ("skipped", "filtered_out"):
        return SKIPPED, 0, 0
    if kind.name == "doubled":
        return DOUBLED, 0, 0
    if kind.core == "settled":
        return (SETTLED if works else STORED), 0, 0
    if own and not kind.core and kind.holds:
        return (TAKEN, 0, 0) if kind.holds > 0 else (RETURNED, _place(kind, "reason"), 0)
    return (FAILED, 0, 0) if ends_work(kind) else None


def _place(kind: Kind, name: str) -> int:
    """Where a field stands in the records of a kind; 0 where the kind has none of this name."""
    field = field_of(kind, name)
    return field.place if field is not None else 0
