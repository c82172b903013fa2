"""The journal: everything that entered a run after it began, at the virtual time at which it took effect."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simulator.engine.clock import Micros


@dataclass(frozen=True)
class Intervention:
    """One line: at `time`, after everything due at or before it, `verb` was done to the node or link `target`.

    Verbs: an operation's name, a fault's name, `stop <fault>`, or `change` (of settings).
    """

    time: Micros
    target: str
    verb: str
    arguments: dict[str, Any]

    def as_list(self) -> list[Any]:
        """The line as JSON: [time, target, verb, arguments]."""
        return [self.time, self.target, self.verb, self.arguments]


def read(lines: Iterable[list[Any]]) -> list[Intervention]:
    """A stored journal, as `Intervention.as_list` wrote it, in order of time."""
    return [Intervention(int(time), str(target), str(verb), dict(arguments)) for time, target, verb, arguments in lines]
