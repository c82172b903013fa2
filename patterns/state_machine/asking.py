"""What a distributed Map asks of its surroundings and waits for: a data set to be read, or files to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from patterns.state_machine.execution import Execution


class Asking:
    """A request that is under way until it is answered or stopped."""

    __slots__ = ("_over", "_run", "parameters")

    def __init__(self, parameters: Any, run: Any) -> None:
        self._run = run
        self._over = False
        self.parameters = parameters

    @property
    def execution(self) -> Execution:
        """The execution whose Map this is of."""
        execution: Execution = self._run.flow.execution
        return execution

    def stop(self) -> None:
        self._over = True

    def _ends(self) -> bool:
        """Whether somebody has waited for this answer; nobody does any more."""
        waited, self._over = not self._over, True
        return waited
