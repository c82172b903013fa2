"""What an execution asks of the world it runs in, and nothing else.

An execution is a value: it holds its state explicitly and sets bound methods as timers, so that it can be pickled at
any instant. It never waits; it asks, and is told the answer later, by a call of a method of what it handed over:

- `start_task(attempt)`: do the work of `attempt.resource` with `attempt.parameters`. Tell `attempt.started()` when the
  work begins, `attempt.submitted(output)` when a service has taken a job (`.sync`, `.waitForTaskToken`), then
  `attempt.succeeded(output)` or `attempt.failed(error, cause)`, and `attempt.heartbeat()` in between. Each returns
  False when it comes too late: the attempt had timed out or was stopped. `attempt.token` is the task token.
- `read_items(reading)`: the data set of an ItemReader (`reading.resource`, `reading.parameters`); tell
  `reading.succeeded(found)`, a text, read as the reader's InputType says, or a list of items; or
  `reading.failed(why)`.
- `write_results(writing)`: the files of a ResultWriter (`writing.files`: key → text); `writing.succeeded()` or
  `writing.failed(why)`.
- `start_child(child)`: a child execution of a distributed Map; call `child.start()`, now or later.
- `recorded(execution, event)`, `ended(execution)`: for whoever watches.

An answer may come at once, inside the call, or at any later time. Whoever drives an execution calls `start()`, then
`abort(error, cause)` (StopExecution) or, when it has failed, `redrive()`; `waits()` says in words what it waits for.

`playback.Playback` is one such world (a kernel and recorded results of tasks); the node of a scenario is another: it
keeps attempts by their tokens, sends their parameters through its links, and hands over the run's timers.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from simulator.engine.clock import Micros
from simulator.engine.kernel import Timer

if TYPE_CHECKING:
    from patterns.state_machine.attempt import Attempt
    from patterns.state_machine.execution import Execution
    from patterns.state_machine.history import HistoryEvent
    from patterns.state_machine.reading import Reading
    from patterns.state_machine.writing import Writing


class Surroundings(Protocol):
    @property
    def random(self) -> Random:
        """The stream for jitter, MathRandom, UUID, $random."""

    @property
    def now(self) -> Micros:
        """Virtual time."""

    @property
    def epoch(self) -> Micros:
        """Virtual time as Micros since 1970."""

    def after(self, delay: Micros, action: Callable[..., None], *arguments: Any) -> Timer:
        """Call `action(*arguments)` when `delay` has passed."""

    def cancel(self, timer: Timer) -> None: ...

    def start_task(self, attempt: Attempt) -> None: ...

    def stop_task(self, attempt: Attempt) -> None:
        """Nobody waits for this attempt any more."""

    def read_items(self, reading: Reading) -> None: ...

    def write_results(self, writing: Writing) -> None: ...

    def start_child(self, child: Execution) -> None: ...

    def recorded(self, execution: Execution, event: HistoryEvent) -> None: ...

    def ended(self, execution: Execution) -> None: ...
