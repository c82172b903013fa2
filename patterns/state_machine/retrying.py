"""What a state does when it fails: wait and try again, or go on elsewhere with the error as its result.

Sources: Amazon States Language specification, "Retrying after error", "Fallback states"; Step Functions Developer
Guide, "Handling errors": the wait before the k-th retry is IntervalSeconds times BackoffRate to the power k − 1, at
most MaxDelaySeconds, and with JitterStrategy FULL drawn between 0 and that.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from patterns.state_machine.data.templates import Template
from patterns.state_machine.data.text import written
from patterns.state_machine.errors import StateError, matches
from simulator.engine.clock import SECOND, Micros

LONGEST_DELAY = 99_999_999


@dataclass(frozen=True, slots=True)
class Retrier:
    """One member of Retry, its times in seconds. `most_delay` None: not bounded."""

    errors: tuple[str, ...]
    interval: float = 1
    attempts: int = 3
    rate: float = 2.0
    most_delay: float | None = None
    jitter: bool = False

    def takes(self, error: StateError) -> bool:
        return matches(error, self.errors)

    def delay(self, retries: int, random: Random) -> Micros:
        """The wait after `retries` retries."""
        seconds = LONGEST_DELAY if retries > 400 else min(self.interval * self.rate**retries, LONGEST_DELAY)
        if self.most_delay is not None:
            seconds = min(seconds, self.most_delay)
        return int((random.uniform(0, seconds) if self.jitter else seconds) * SECOND)


@dataclass(frozen=True, slots=True)
class Catcher:
    """One member of Catch. `result_path`: where the error output is put (None: nowhere); `output`, `assign`:
    templates.
    """

    errors: tuple[str, ...]
    next: str
    result_path: tuple[str | int, ...] | None = ()
    output: Template | None = None
    assign: Template | None = None

    def takes(self, error: StateError) -> bool:
        return matches(error, self.errors)


def error_output(error: StateError) -> dict[str, Any]:
    """What Catch hands on. Source: recorded on the service, also that without a name both members are null."""
    return {"Error": error.name, "Cause": cause_text(error.cause) if error.name is not None else error.cause}


def cause_text(cause: Any) -> str:
    return "" if cause is None else cause if isinstance(cause, str) else written(cause)
