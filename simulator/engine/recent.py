"""What was met lately: how a consumer recognises what it has seen before, in bounded memory.

A dictionary in order of the last meeting, cut back now and then instead of at every step, and exact all the same:
each key carries the number of its last meeting, and a number too far back counts as forgotten.
"""

from array import array
from collections.abc import Hashable, Iterable
from itertools import accumulate, islice
from operator import sub
from typing import Any


class Recent:
    """Remembers the keys of the last `most` meetings, and how often each was met without being forgotten in between."""

    __slots__ = ("_again", "_last", "_number", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self._last: dict[Hashable, int] = {}
        self._again: dict[Hashable, int] = {}
        self._number = 0

    def __contains__(self, key: Hashable) -> bool:
        last = self._last.get(key)
        return last is not None and self._number - last < self.most

    def meet(self, key: Hashable) -> int:
        """Remember the key; return how often it was met, this time included."""
        self._number = number = self._number + 1
        last = self._last.pop(key, None)
        self._last[key] = number
        if last is None:
            if len(self._last) > self.most + self.most // 8 + 8:
                self._cut()
            return 1
        if number - last > self.most:
            self._again.pop(key, None)
            return 1
        self._again[key] = times = self._again.get(key, 1) + 1
        return times

    def __reduce__(self) -> tuple[Any, ...]:
        """In few bytes, since what a busy worker remembers would be the largest part of every checkpoint."""
        return _restored, (self.most, _packed(list(self._last)), self._numbers(), self._again, self._number)

    def _numbers(self) -> Any:
        """The numbers of the last meetings: consecutive, unless some key was met again."""
        numbers = self._last.values()
        first = next(iter(numbers), 0)
        return range(first, first + len(numbers)) if first + len(numbers) - 1 == self._number else list(numbers)

    def _cut(self) -> None:
        self._last = dict(islice(self._last.items(), len(self._last) - self.most, None))
        self._again = {key: times for key, times in self._again.items() if key in self._last}


def _packed(keys: list[Any]) -> Any:
    """Keys in few bytes where they are numbers, most of which are near the one before: as differences."""
    try:
        return keys[0], array("i", map(sub, keys[1:], keys)).tobytes()
    except (IndexError, TypeError, OverflowError):
        return keys


def _unpacked(packed: Any) -> Iterable[Hashable]:
    if isinstance(packed, list):
        return packed
    first, differences = packed
    return accumulate(array("i", differences), initial=first)


def _restored(most: int, keys: Any, numbers: Iterable[int], again: dict[Hashable, int], number: int) -> Recent:
    recent = Recent(most)
    recent._last = dict(zip(_unpacked(keys), numbers, strict=True))
    recent._again, recent._number = again, number
    return recent
