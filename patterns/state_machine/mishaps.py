"""Mishaps: the faults of a machine's tasks, which befall an attempt before anything is sent.

It fails with an error, is refused because there are too many calls, or is never answered; then the state's own time
limit ends it, or else the fault's.
"""

from random import Random
from typing import TYPE_CHECKING, Any

from patterns.state_machine.attempt import Attempt
from patterns.state_machine.config import FailingTask, SilentTask, ThrottledTask
from patterns.state_machine.tasks import errors

if TYPE_CHECKING:
    from patterns.state_machine.world import World


class Mishaps:
    """The faults in force, None for those that are not."""

    __slots__ = ("_chances", "_world", "failing", "silent", "throttled")

    def __init__(self, world: "World", chances: Random) -> None:
        self._world = world
        self._chances = chances
        self.failing: FailingTask | None = None
        self.silent: SilentTask | None = None
        self.throttled: ThrottledTask | None = None

    def befall(self, attempt: Attempt) -> bool:
        """Whether something befalls an attempt; then all is done that will be done for it."""
        if self.failing is not None and self._strikes(self.failing, attempt):
            attempt.started()
            self._world.after(0, attempt.failed, self.failing.error, "A fault of the scenario.")
        elif self.throttled is not None and self._strikes(self.throttled, attempt):
            self._world.fail(attempt, errors.throttled(attempt))
        elif self.silent is not None and self._strikes(self.silent, attempt):
            attempt.started()
            self._world.after(self.silent.span, attempt.timed_out)
        else:
            return False
        return True

    def _strikes(self, fault: Any, attempt: Attempt) -> bool:
        return fault.state in ("", attempt.state) and self._chances.random() < fault.probability
