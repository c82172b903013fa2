"""The order in which messages entered the groups of channels, and whether their effects come in the same order.

What has left is forgotten, and so is a group without messages: who comes later is later. The state is then as large as
what the channels hold, and because every checkpoint holds a copy, it is pickled as columns that compress well.
"""

import zlib
from array import array
from collections.abc import Iterable
from itertools import accumulate
from operator import sub
from typing import Any

from simulator.engine.message import MessageId

# Messages whose places are remembered at once, at most; then the oldest are forgotten.
MOST_PLACES = 300_000

_LEVEL = 1

# The channel, and the name of the group in it ("" for messages without a group).
Name = tuple[int, str]


class Group:
    """A message group in one channel: how many of its messages are there, and how far each consumer has come."""

    __slots__ = ("latest", "live", "name")

    def __init__(self, name: Name, live: int = 0, latest: dict[int, tuple[int, MessageId]] | None = None) -> None:
        self.name = name
        self.live = live
        self.latest: dict[int, tuple[int, MessageId]] = {} if latest is None else latest

    def __reduce__(self) -> tuple[Any, ...]:
        return Group, (self.name, self.live, self.latest)


class Order:
    """Where each message stands among those that entered the same group. Places are numbered as they are taken."""

    __slots__ = ("_groups", "_places", "_taken")

    def __init__(self) -> None:
        self._taken = 0
        self._places: dict[MessageId, tuple[int, Group]] = {}
        self._groups: dict[Name, Group] = {}

    def enter(self, message: MessageId, channel: int, group: str) -> None:
        """A channel stores a message. A second copy in the same channel has the place of the first."""
        before = self._places.get(message)
        if before is not None:
            if before[1].name[0] == channel:
                return
            self.leave(message)
        name = channel, group
        entered = self._groups.get(name)
        if entered is None:
            entered = self._groups[name] = Group(name)
        entered.live += 1
        self._taken = place = self._taken + 1
        self._places[message] = place, entered
        if len(self._places) > MOST_PLACES:
            self.leave(next(iter(self._places)))

    def channel_of(self, message: MessageId) -> int:
        """The channel in whose order a message stands, or -1."""
        entry = self._places.get(message)
        return entry[1].name[0] if entry is not None else -1

    def act(self, message: MessageId, consumer: int) -> tuple[Name, MessageId] | None:
        """A consumer has done its work on a message; if it had done so on a later one of the group before, which."""
        entry = self._places.get(message)
        if entry is None:
            return None
        place, group = entry
        latest = group.latest.get(consumer)
        if latest is None or latest[0] <= place:
            group.latest[consumer] = place, message
            return None
        return group.name, latest[1]

    def leave(self, message: MessageId) -> None:
        """A message is gone, if it was there."""
        entry = self._places.pop(message, None)
        if entry is not None:
            group = entry[1]
            group.live -= 1
            if not group.live:
                del self._groups[group.name]

    def drop(self, channel: int) -> None:
        """Forget a channel whose order is of no interest any more."""
        self._places = {one: entry for one, entry in self._places.items() if entry[1].name[0] != channel}
        self._groups = {name: group for name, group in self._groups.items() if name[0] != channel}

    def __reduce__(self) -> tuple[Any, ...]:
        groups = list(self._groups.values())
        numbers = {group.name: number for number, group in enumerate(groups)}
        places = self._places.values()
        columns = (
            _packed(self._places),
            _packed([place for place, _ in places]),
            _packed([numbers[group.name] for _, group in places]),
        )
        return _restored, (self._taken, groups, columns)


def _restored(taken: int, groups: list[Group], columns: tuple[bytes, bytes, bytes]) -> Order:
    order = Order()
    order._taken = taken
    order._groups = {group.name: group for group in groups}
    messages, places, numbers = map(_unpacked, columns)
    order._places = {
        message: (place, groups[number]) for message, place, number in zip(messages, places, numbers, strict=True)
    }
    return order


def _packed(numbers: Iterable[int]) -> bytes:
    """Numbers as their differences, which repeat themselves."""
    column = list(numbers)
    return zlib.compress(array("q", map(sub, column, [0, *column])).tobytes(), _LEVEL)


def _unpacked(packed: bytes) -> Iterable[int]:
    return accumulate(array("q", zlib.decompress(packed)))
