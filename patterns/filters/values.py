"""The clauses of one field, found by a value without trying each.

Exact values are looked up; beginnings are looked up by each length that occurs, ends alike, blocks of addresses by each
size; ranges stand in a tree of intervals. A wildcard is tried where the text before its first star, after its last, or
else its longest between stars occurs. What is left is tried one by one: anything-but and exists, which hold for almost
everything anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from patterns.filters.addresses import address
from patterns.filters.intervals import Intervals
from patterns.filters.letters import fold
from patterns.filters.operators import (
    Beginning,
    Between,
    Ending,
    Exactly,
    Exists,
    IgnoringCase,
    Operator,
    SameAddress,
    Wildcard,
    Within,
)
from patterns.filters.scalars import Scalar, Spelled
from patterns.filters.substrings import Substrings

T = TypeVar("T")
U = TypeVar("U")
K = TypeVar("K")


def strength(operators: Sequence[Operator], absent: bool) -> int:
    """How well the weakest of these keeps values out: 0 exact, 1 part of a text or a range, 2 hardly, 3 not at all."""
    return 3 if absent else max(_strength(one) for one in operators)


def _strength(operator: Operator) -> int:
    match operator:
        case Exactly() | SameAddress() | IgnoringCase(part="equals-ignore-case"):
            return 0
        case Between(low, high):
            return 0 if low == high else 1
        case Beginning(text) | Ending(text) | IgnoringCase(text=text):
            return 1 if text else 2
        case Wildcard():
            return 1 if any(operator.pieces) else 2
        case Within():
            return 1
    return 2


@dataclass(slots=True, eq=False)
class _Parts(Generic[T]):
    """What stands under texts of a few different lengths."""

    of: dict[str, list[T]] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    """How many texts there are of each length."""

    def change(self, text: str, item: T, adding: bool) -> None:
        """Add the item under this text, or remove it."""
        known = text in self.of
        _list(self.of, text, item, adding)
        grown = (text in self.of) - known
        if grown:
            left = self.lengths.pop(len(text), 0) + grown
            if left:
                self.lengths[len(text)] = left

    def beginning(self, text: str) -> list[T]:
        of, whole = self.of, len(text)
        return [item for length in self.lengths if length <= whole for item in of.get(text[:length], ())]

    def ending(self, text: str) -> list[T]:
        of, whole = self.of, len(text)
        return [item for length in self.lengths if length <= whole for item in of.get(text[whole - length :], ())]


_Tried = tuple[Operator, T]
"""An operator that has to be tried before the item counts as found."""

_Key = str | float | Spelled | None | tuple[bool, ...]
"""An exact value; a boolean is wrapped, because for Python it is a number."""


@dataclass(slots=True, eq=False)
class _Inexact(Generic[T]):
    """All that is not one exact value; few fields have any of it."""

    beginnings: _Parts[T] = field(default_factory=_Parts)
    endings: _Parts[T] = field(default_factory=_Parts)
    begun: _Parts[_Tried[T]] = field(default_factory=_Parts)
    """Wildcards, by what stands before the first star; `ended`: after the last; `between`: by the longest between."""
    ended: _Parts[_Tried[T]] = field(default_factory=_Parts)
    between: Substrings[_Tried[T]] = field(default_factory=Substrings)
    folded: dict[str, list[_Tried[T]]] = field(default_factory=dict)
    folded_beginnings: _Parts[_Tried[T]] = field(default_factory=_Parts)
    folded_endings: _Parts[_Tried[T]] = field(default_factory=_Parts)
    addresses: dict[tuple[int, int], dict[int, list[T]]] = field(default_factory=dict)
    """By (bits of the family, free bits), then by the bits that are not free."""
    ranges: Intervals[T] = field(default_factory=Intervals)
    tried: list[_Tried[T]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class ValueIndex(Generic[T]):
    """Items under lists of operators; an item is found by a value for which one of its operators holds."""

    exact: dict[_Key, list[T]] = field(default_factory=dict)
    inexact: _Inexact[T] | None = None
    inexact_count: int = 0

    def add(self, operators: Sequence[Operator], item: T) -> None:
        for operator in operators:
            key = _key(operator)
            if key is not _NO_KEY:
                self.exact.setdefault(key, []).append(item)
                continue
            if self.inexact is None:
                self.inexact = _Inexact()
            self.inexact_count += 1
            _change(self.inexact, operator, item, True)

    def remove(self, operators: Sequence[Operator], item: T) -> None:
        """Remove what was added with the same operators."""
        for operator in operators:
            key = _key(operator)
            if key is not _NO_KEY:
                self.exact[key].remove(item)
                if not self.exact[key]:
                    del self.exact[key]
                continue
            assert self.inexact is not None, "nothing of this kind was added"
            _change(self.inexact, operator, item, False)
            self.inexact_count -= 1
            if not self.inexact_count:
                self.inexact = None

    def holding(self, value: Scalar) -> Sequence[T]:
        """The items for which the value is right; one can come several times."""
        found = self.exact.get((value,) if isinstance(value, bool) else value, ())
        if self.inexact is None:
            return found
        more = _holding_text(self.inexact, value) if isinstance(value, str) else []
        if type(value) is float and self.inexact.ranges:
            more = self.inexact.ranges.holding(value)
        if self.inexact.tried:
            more += _passing(self.inexact.tried, value)
        return [*found, *more] if found else more


_NO_KEY = (False, False)


def _key(operator: Operator) -> _Key:
    match operator:
        case Exactly(value):
            return (value,) if isinstance(value, bool) else value
        case Between(low, high) if low == high:
            return low
    return _NO_KEY


def _change(inexact: _Inexact[T], operator: Operator, item: T, adding: bool) -> None:
    """Add the item under this operator, or remove it."""
    tried = (operator, item)
    match operator:
        case Beginning(text):
            inexact.beginnings.change(text, item, adding)
        case Ending(text):
            inexact.endings.change(text, item, adding)
        case IgnoringCase("prefix", text):
            inexact.folded_beginnings.change(fold(text), tried, adding)
        case IgnoringCase("suffix", text):
            inexact.folded_endings.change(fold(text), tried, adding)
        case IgnoringCase(_, text):
            _list(inexact.folded, fold(text), tried, adding)
        case SameAddress(_, (bits, number)):
            _in_block(inexact, bits, 0, number, item, adding)
        case Within(bits, network, free):
            _in_block(inexact, bits, free, network, item, adding)
        case Between(low, high):
            (inexact.ranges.add if adding else inexact.ranges.remove)(low, high, item)
        case Wildcard(_, pieces) if pieces[0]:
            inexact.begun.change(pieces[0], tried, adding)
        case Wildcard(_, pieces) if pieces[-1]:
            inexact.ended.change(pieces[-1], tried, adding)
        case Wildcard(_, pieces) if any(pieces):
            inexact.between.change(max(pieces, key=len), tried, adding)
        case Exists(False):
            pass  # no value is right for it
        case _:
            (inexact.tried.append if adding else inexact.tried.remove)(tried)


def _in_block(inexact: _Inexact[T], bits: int, free: int, network: int, item: T, adding: bool) -> None:
    networks = inexact.addresses.setdefault((bits, free), {})
    _list(networks, network, item, adding)
    if not networks:
        del inexact.addresses[bits, free]


def _list(lists: dict[K, list[U]], key: K, item: U, adding: bool) -> None:
    if adding:
        lists.setdefault(key, []).append(item)
        return
    lists[key].remove(item)
    if not lists[key]:
        del lists[key]


def _holding_text(inexact: _Inexact[T], text: str) -> list[T]:
    found: list[T] = []
    if inexact.beginnings.of:
        found += inexact.beginnings.beginning(text)
    if inexact.endings.of:
        found += inexact.endings.ending(text)
    if inexact.begun.of:
        found += _passing(inexact.begun.beginning(text), text)
    if inexact.ended.of:
        found += _passing(inexact.ended.ending(text), text)
    if inexact.between.of:
        found += _passing(inexact.between.inside(text), text)
    if inexact.folded or inexact.folded_beginnings.of or inexact.folded_endings.of:
        folded = fold(text)
        found += _passing(inexact.folded.get(folded, ()), text)
        found += _passing(inexact.folded_beginnings.beginning(folded), text)
        found += _passing(inexact.folded_endings.ending(folded), text)
    spelled = address(text) if inexact.addresses else None
    if spelled is not None:
        for (bits, free), networks in inexact.addresses.items():
            if bits == spelled[0]:
                found += networks.get(spelled[1] >> free, ())
    return found


def _passing(tried: Sequence[_Tried[T]], value: Scalar) -> list[T]:
    return [item for operator, item in tried if operator.holds(value)]
