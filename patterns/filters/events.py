"""An event as a pattern sees it: paths with the values that stand there, and in which array elements they stand.

`{"a": {"b": [1, 2]}}` and `{"a.b": [1, 2]}` are the same: two values at `a.b`. An object or an array without elements
leaves no value, so its path is absent. For values inside arrays of objects (or of arrays) the array and the place in it
are kept, because two fields of a pattern must be satisfied by one and the same element.
Source: aws/event-ruler, Event (traverseObject, traverseArray) and ArrayMembership.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from patterns.filters.problems import InvalidEvent
from patterns.filters.scalars import Json, Scalar, read, scalar

Place = tuple[tuple[int, int], ...]
"""(array, index) for every array whose elements hold the value, outermost first. Arrays are numbered as they come."""


@dataclass(slots=True)
class Event:
    """`values` by path in document order; `places` likewise, and without a path none of whose values has one."""

    values: dict[str, list[Scalar]] = field(default_factory=dict)
    places: dict[str, list[Place]] = field(default_factory=dict)


def event_of(given: Json, decimals: int | None = None, wanted: Container[str] | None = None) -> Event:
    """Flatten an event; it may be JSON text. Raises InvalidEvent.

    `decimals`: round numbers. `wanted`: leave out every path that is not in it, and all below.
    """
    if isinstance(given, Event):
        return given
    try:
        tree = read(given) if isinstance(given, str) else given
        if not isinstance(tree, dict):
            raise InvalidEvent("An event must be a JSON object.")
        event = Event()
        _Flattening(event, wanted).object(tree, "", ())
    except InvalidEvent:
        raise
    except (TypeError, ValueError) as error:
        raise InvalidEvent(str(error)) from None
    except RecursionError:
        raise InvalidEvent("It is nested too deeply.") from None
    if decimals is not None:
        for values in event.values.values():
            values[:] = [round(value, decimals) if type(value) is float else value for value in values]
    return event


class _Flattening:
    """One walk through an event."""

    def __init__(self, event: Event, wanted: Container[str] | None) -> None:
        self.event = event
        self.wanted = wanted
        self.arrays = 0

    def object(self, members: dict[str, Json], before: str, place: Place) -> None:
        values, wanted = self.event.values, self.wanted
        for name, value in members.items():
            path = before + name
            if wanted is not None and path not in wanted:
                continue
            if type(value) is str and not place and path not in values:
                values[path] = [value]
            else:
                self.any(value, path, place)

    def any(self, value: Json, path: str, place: Place) -> None:
        if isinstance(value, dict):
            self.object(value, path + ".", place)
        elif isinstance(value, list | tuple):
            self.array(value, path, place)
        else:
            self.scalar(value, path, place)

    def array(self, elements: Sequence[Json], path: str, place: Place) -> None:
        array = self.arrays
        self.arrays += 1
        for index, element in enumerate(elements):
            if isinstance(element, dict | list | tuple):
                self.any(element, path, (*place, (array, index)))
            else:
                self.scalar(element, path, place)

    def scalar(self, value: Json, path: str, place: Place) -> None:
        found = self.event.values.setdefault(path, [])
        if place or path in self.event.places:
            places = self.event.places.setdefault(path, [])
            places += [()] * (len(found) - len(places))
            places.append(place)
        found.append(scalar(value))
