"""Intervals of numbers, and which of them hold a number: in time for those that do, and little more.

A centred interval tree, built when it is first asked after a change.
Source: Edelsbrunner, "Dynamic data structures for orthogonal intersection queries", 1980; de Berg and others,
"Computational Geometry", 10.1.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_Item = tuple[float, float, T]


@dataclass(slots=True, eq=False)
class _Tree(Generic[T]):
    """All items that hold `centre`, by low end up and by high end down, and those wholly below and above it."""

    centre: float
    by_low: list[_Item[T]]
    by_high: list[_Item[T]]
    below: "_Tree[T] | None"
    above: "_Tree[T] | None"


@dataclass(slots=True, eq=False)
class Intervals(Generic[T]):
    """Items with a low and a high end, both included; an end may be infinite."""

    items: list[_Item[T]] = field(default_factory=list)
    tree: _Tree[T] | None = None

    def __bool__(self) -> bool:
        return bool(self.items)

    def add(self, low: float, high: float, item: T) -> None:
        if low <= high:
            self.items.append((low, high, item))
            self.tree = None

    def remove(self, low: float, high: float, item: T) -> None:
        if low <= high:
            self.items.remove((low, high, item))
            self.tree = None

    def holding(self, number: float) -> list[T]:
        if self.tree is None:
            self.tree = _grown(self.items)
        found: list[T] = []
        tree = self.tree
        while tree is not None:
            if number < tree.centre:
                for low, _, item in tree.by_low:
                    if low > number:
                        break
                    found.append(item)
                tree = tree.below
            else:
                for _, high, item in tree.by_high:
                    if high < number:
                        break
                    found.append(item)
                tree = tree.above
        return found


def _grown(items: list[_Item[T]]) -> _Tree[T] | None:
    if not items:
        return None
    ends = sorted(end for low, high, _ in items for end in (low, high))
    centre = ends[len(ends) // 2]
    here = [item for item in items if item[0] <= centre <= item[1]]
    return _Tree(
        centre,
        sorted(here, key=lambda item: item[0]),
        sorted(here, key=lambda item: -item[1]),
        _grown([item for item in items if item[1] < centre]),
        _grown([item for item in items if item[0] > centre]),
    )
