"""A compiled pattern: whether an event matches, and if not, why not.

Fields are joined by AND, operators of a field by OR, an event's array matches with any element, and fields below one
array of objects must be satisfied by one element of it. `satisfied` searches for such elements: it goes through the
fields by path and keeps the sets of elements chosen so far, forgetting arrays that no later field stands in.
Source: EventBridge User Guide, "Event patterns"; aws/event-ruler, ACFinder and README, "JSON Array Matching".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from patterns.filters.events import Event, Place, event_of
from patterns.filters.explanation import Explanation, explained
from patterns.filters.grammar import Alternative, alternatives
from patterns.filters.scalars import Json, Scalar


@dataclass(frozen=True)
class Pattern:
    """An event pattern, compiled: reusable, immutable, without any state."""

    alternatives: tuple[Alternative, ...]

    def matches(self, event: Json) -> bool:
        """Whether this event (an object, or JSON text of one) matches. Raises InvalidEvent."""
        flat = event_of(event)
        return any(satisfied(one, flat) for one in self.alternatives)

    def explain(self, event: Json) -> Explanation:
        """The same, with the reason. Raises InvalidEvent."""
        flat = event_of(event)
        return explained(self.alternatives, flat, [satisfied(one, flat) for one in self.alternatives])


def compiled(pattern: Json) -> Pattern:
    """Compile an event pattern, an object or JSON text; the last 512 texts are remembered. Raises InvalidPattern."""
    return _compiled(pattern) if isinstance(pattern, str) else Pattern(alternatives(pattern))


@lru_cache(maxsize=512)
def _compiled(text: str) -> Pattern:
    return Pattern(alternatives(text))


def satisfied(alternative: Alternative, event: Event) -> bool:
    """Whether all fields of an alternative hold, within the same array elements."""
    values = event.values
    for clause in alternative:
        found = values.get(clause.path)
        if found is None:
            if not clause.absent:
                return False
        elif not (clause.absent and clause.path in event.places) and not any(
            one.holds(value) for one in clause.operators for value in found
        ):
            return False
    return not event.places or _consistent(alternative, event)


def _consistent(alternative: Alternative, event: Event) -> bool:
    """Search for array elements, one of each array, with which every clause holds."""
    chosen: list[Place] = [()]
    for clause, later in zip(alternative, _later_arrays(alternative, event), strict=True):
        right, all_ = _Places(), _Places()
        for value, place in _placed(clause.path, event):
            all_.add(place)
            if any(one.holds(value) for one in clause.operators):
                right.add(place)
        following: dict[Place, None] = {}
        for so_far in chosen:
            elements = dict(so_far)
            for place in right.compatible(elements):
                both = elements | dict(place)
                following[tuple(sorted(step for step in both.items() if step[0] in later))] = None
            if clause.absent and not any(True for _ in all_.compatible(elements)):
                following[tuple(step for step in so_far if step[0] in later)] = None
        if not following:
            return False
        chosen = list(following)
    return True


def _placed(path: str, event: Event) -> Iterator[tuple[Scalar, Place]]:
    values = event.values.get(path, [])
    return zip(values, event.places.get(path) or [()] * len(values), strict=True)


def _later_arrays(alternative: Alternative, event: Event) -> list[frozenset[int]]:
    """For each clause the arrays in which a later one may stand."""
    later: list[frozenset[int]] = [frozenset()]
    for clause in reversed(alternative[1:]):
        here = frozenset(array for place in event.places.get(clause.path, ()) for array, _ in place)
        later.append(later[-1] | here)
    return later[::-1] if alternative else []


class _Places:
    """Places as a tree, so that those compatible with elements chosen before are found without trying each."""

    def __init__(self) -> None:
        self.ends = False
        self.arrays: dict[int, dict[int, _Places]] = {}

    def add(self, place: Place) -> None:
        tree = self
        for array, index in place:
            tree = tree.arrays.setdefault(array, {}).setdefault(index, _Places())
        tree.ends = True

    def compatible(self, elements: dict[int, int]) -> Iterator[Place]:
        """The places that need no other element of an array than the one chosen, if one was chosen."""
        if self.ends:
            yield ()
        for array, inner in self.arrays.items():
            index = elements.get(array)
            open_ = inner if index is None else {index: inner[index]} if index in inner else {}
            for number, tree in open_.items():
                for place in tree.compatible(elements):
                    yield ((array, number), *place)
