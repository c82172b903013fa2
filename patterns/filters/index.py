"""Very many rules, matched together.

The alternatives of all rules form a tree. A step down is one clause, and rules that begin with the same clauses share
the steps, so `source` is looked at once however many rules name it. In a node the clauses of one field stand in a
`ValueIndex`, which finds those that hold for a value without trying each. Within a rule the clauses that are cheap to
find and reject most come first: exact values, then beginnings, ranges and blocks, at last what holds for almost
anything. The tree knows nothing about elements of arrays; where an event has them, what it finds is checked again.
Source: the idea is event-ruler's and quamina's ("the time does not depend on the number of rules"), the order is ours.
"""

from dataclasses import dataclass, field

from patterns.filters.events import event_of
from patterns.filters.grammar import Alternative, Clause
from patterns.filters.matcher import Pattern, compiled, satisfied
from patterns.filters.operators import Operator
from patterns.filters.policies import FilterPolicy
from patterns.filters.scalars import Json, Scalar
from patterns.filters.values import ValueIndex, strength


@dataclass(slots=True, eq=False)
class _Node:
    """Where some clauses hold. `rules`: those that ask for no more, by serial, each with the alternative that ends here
    and the paths of its fields."""

    rules: dict[int, tuple[Alternative, tuple[str, ...]]] = field(default_factory=dict)
    fields: dict[str, "_Branches"] = field(default_factory=dict)
    absences: dict[str, list["_Node"]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Branches:
    """The clauses of one field below one node."""

    nodes: dict[tuple[Operator, ...], _Node] = field(default_factory=dict)
    values: ValueIndex[_Node] = field(default_factory=ValueIndex)


class RuleIndex:
    """Rules by name: event patterns, or filter policies of one scope; their messages are given as `message_fields`.

    Plain data: it can be pickled, and the order of what it finds is the order of adding.
    """

    def __init__(self) -> None:
        self._root = _Node()
        self._serials: dict[str, int] = {}
        self._rules: dict[int, tuple[str, Pattern | FilterPolicy]] = {}
        self._next = 0
        self._wanted: dict[str, int] = {}
        """The paths that rules name, and those on the way to them, with how many clauses want them."""

    def __len__(self) -> int:
        return len(self._rules)

    def __contains__(self, rule: str) -> bool:
        return rule in self._serials

    def add(self, rule: str, pattern: Pattern | FilterPolicy | Json) -> None:
        """Add a rule; one of the same name is replaced and keeps its place in the order. Raises InvalidPattern."""
        made = pattern if isinstance(pattern, Pattern | FilterPolicy) else compiled(pattern)
        serial = self._serials.get(rule)
        if serial is None:
            serial = self._serials[rule] = self._next
            self._next += 1
        else:
            self._withdraw(serial)
        self._rules[serial] = (rule, made)
        for alternative in made.alternatives:
            self._insert(serial, alternative)

    def remove(self, rule: str) -> None:
        """Raises KeyError for a rule that is not there."""
        serial = self._serials.pop(rule)
        self._withdraw(serial)
        del self._rules[serial]

    def pattern(self, rule: str) -> Pattern | FilterPolicy:
        """The pattern of a rule, to explain it. Raises KeyError."""
        return self._rules[self._serials[rule]][1]

    def match(self, event: Json) -> list[str]:
        """The names of all rules that match, in the order in which they were added. Raises InvalidEvent."""
        flat = event_of(event, wanted=self._wanted)
        values, places = flat.values, flat.places
        found: dict[int, None] = {}
        reached = [self._root]
        for node in reached:  # it grows on the way
            for serial, (alternative, paths) in node.rules.items():
                if not places or places.keys().isdisjoint(paths) or satisfied(alternative, flat):
                    found[serial] = None
            following = _following(node.fields, values)
            if node.absences:
                absent = [path for path in node.absences if path not in values or path in places]
                following = list(dict.fromkeys([*following, *(one for path in absent for one in node.absences[path])]))
            reached += following
        return [self._rules[serial][0] for serial in sorted(found)]

    def _insert(self, serial: int, alternative: Alternative) -> None:
        node = self._root
        for clause in _by_strength(alternative):
            branches = node.fields.get(clause.path)
            if branches is None:
                branches = node.fields[clause.path] = _Branches()
            following = branches.nodes.get(clause.operators)
            if following is None:
                following = branches.nodes[clause.operators] = _Node()
                branches.values.add(clause.operators, following)
                if clause.absent:
                    node.absences.setdefault(clause.path, []).append(following)
            node = following
        node.rules[serial] = (alternative, tuple(clause.path for clause in alternative))
        self._want(alternative, 1)

    def _withdraw(self, serial: int) -> None:
        for alternative in self._rules[serial][1].alternatives:
            self._want(alternative, -1)
            self._take_out(self._root, _by_strength(alternative), serial)

    def _want(self, alternative: Alternative, more: int) -> None:
        for clause in alternative:
            steps = clause.path.split(".")
            for length in range(1, len(steps) + 1):
                path = ".".join(steps[:length])
                wanted = self._wanted.pop(path, 0) + more
                if wanted:
                    self._wanted[path] = wanted

    def _take_out(self, node: _Node, clauses: list[Clause], serial: int) -> None:
        """Remove a rule below a node, and every node that holds nothing any more."""
        if not clauses:
            node.rules.pop(serial, None)
            return
        clause, *others = clauses
        branches = node.fields[clause.path]
        following = branches.nodes[clause.operators]
        self._take_out(following, others, serial)
        if following.rules or following.fields:
            return
        del branches.nodes[clause.operators]
        branches.values.remove(clause.operators, following)
        if clause.absent:
            node.absences[clause.path].remove(following)
            if not node.absences[clause.path]:
                del node.absences[clause.path]
        if not branches.nodes:
            del node.fields[clause.path]


def _by_strength(alternative: Alternative) -> list[Clause]:
    return sorted(alternative, key=lambda clause: (strength(clause.operators, clause.absent), clause.path))


def _following(fields: dict[str, _Branches], values: dict[str, list[Scalar]]) -> list[_Node]:
    """The nodes whose clause holds for a value of its field, once each."""
    following: list[_Node] = []
    for path in fields if len(fields) < len(values) else values:
        branches, found = fields.get(path), values.get(path)
        if branches is None or found is None:
            continue
        nodes = branches.values.holding(found[0])
        if len(found) > 1:
            nodes = [*nodes, *(node for value in found[1:] for node in branches.values.holding(value))]
        if nodes:
            following += nodes if len(nodes) == 1 else dict.fromkeys(nodes)
    return following
