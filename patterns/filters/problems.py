"""What can be wrong with a pattern or an event, in the service's own sentence and with the place."""

from typing import Any


class InvalidPattern(ValueError):  # noqa: N818 - the service's own name for it
    """A pattern or a filter policy that the service refuses.

    `reason` is the service's sentence (`Empty arrays are not allowed`), `place` where in the pattern it applies
    (`$.detail.state[0]`; `$` is the whole). Sentences that the service does not publish are ours, and MODEL.md says so.
    """

    def __init__(self, reason: str, place: str = "$") -> None:
        super().__init__(f"Event pattern is not valid. Reason: {reason} (at {place})")
        self.reason = reason
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.place)


class NotAnOr(InvalidPattern):
    """This `$or` is no alternative: the pattern is read once more with `$or` as a field like any other."""


class InvalidEvent(ValueError):  # noqa: N818 - the service's own name for it
    """What was given as an event is not one. The first sentence is TestEventPattern's."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Parameter Event is not valid. {reason}")
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason,)
