"""One execution by itself: a kernel of its own, and tasks that answer what was recorded for them.

`execute` is for trying a definition, for tests and for the public cases; in a scenario, tasks are done by other nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from patterns.state_machine.attempt import SERVICE, Attempt
from patterns.state_machine.data.text import is_too_large
from patterns.state_machine.errors import TASK_FAILED, TIMEOUT, StateError
from patterns.state_machine.execution import EXPRESS, STANDARD, Execution
from patterns.state_machine.history import HistoryEvent
from patterns.state_machine.machine import Machine
from patterns.state_machine.reading import Reading
from patterns.state_machine.writing import Writing
from simulator.engine.calendar import MONDAY, since_epoch
from simulator.engine.clock import SECOND, Micros
from simulator.engine.kernel import Kernel, Timer

MOST_ACTIONS = 50_000_000


def execute(
    definition: Any,
    input: Any,
    *,
    tasks: Iterable[dict[str, Any]] | None = None,
    type: str = STANDARD,
    data: dict[str, Any] | None = None,
    begins: str = MONDAY,
    seed: int = 1,
) -> Execution:
    """Run one execution to its end in virtual time; returns it, with status, output, error, cause and events.

    `definition`: JSON text, what it says, or a Machine. `tasks`: what becomes of the attempts, for each state in this
    order: `{"state": name, "ok": value}` or `{"state": name, "error": name, "cause": text}` (also as `"fail":
    {"error", "cause"}`), with `"seconds"` if it takes time, `"heartbeats": seconds` if it sends some, and
    `"submitted": value` what a service said when it took a job (also as an entry before the one that says how it
    ended). A task that nothing is recorded for fails. An error States.Timeout of a state with a time limit lets the
    limit pass. `data`: what ItemReaders find, by `bucket/key` or `bucket/prefix`: a text or a list of items; a
    ResultWriter's files are put there. `begins`: the date at virtual time 0. Raises InvalidDefinition, and ValueError
    for an input over 262,144 bytes.
    """
    machine = definition if isinstance(definition, Machine) else Machine(definition)
    if type not in (STANDARD, EXPRESS):
        raise ValueError(f"type is {type!r}; allowed is {STANDARD} or {EXPRESS}")
    try:
        refused = "it is larger than 262144 bytes" if is_too_large(input) else ""
    except StateError as problem:
        refused = str(problem.cause)
    if refused:
        raise ValueError(f"InvalidExecutionInput: {refused}")
    world = Playback(tasks or (), data if data is not None else {}, since_epoch(begins), Random(seed))
    execution = Execution(machine, input, world, type=type)
    execution.start()
    world.run()
    return execution


class Playback:
    """The surroundings of an execution by itself."""

    __slots__ = ("_begins", "_tasks", "after", "cancel", "data", "kernel", "random")

    def __init__(self, tasks: Iterable[dict[str, Any]], data: dict[str, Any], begins: Micros, random: Random) -> None:
        self.kernel = Kernel()
        self.after: Callable[..., Timer] = self.kernel.after
        self.cancel: Callable[[Timer], None] = self.kernel.cancel
        self.random = random
        self.data = data
        self._begins = begins
        self._tasks: dict[str, list[dict[str, Any]]] = {}
        for task in tasks:
            self._tasks.setdefault(task["state"], []).append(task)
        for recorded in self._tasks.values():
            recorded.reverse()

    @property
    def now(self) -> Micros:
        return self.kernel.now

    @property
    def epoch(self) -> Micros:
        return self._begins + self.kernel.now

    def run(self) -> None:
        """Until nothing is left to happen."""
        kernel = self.kernel
        while (due := kernel.peek()) is not None:
            kernel.run(due)

    def start_task(self, attempt: Attempt) -> None:
        recorded = self._tasks.get(attempt.state)
        if not recorded:
            attempt.failed(TASK_FAILED, "Nothing is recorded for this attempt of the task.")
            return
        task = recorded.pop()
        if "submitted" in task and recorded and not {"ok", "error", "fail"} & task.keys():
            task = {**recorded.pop(), "submitted": task["submitted"]}
        failure = task.get("fail") or (
            {"error": task["error"], "cause": task.get("cause")} if "error" in task else None
        )
        ending = str(task.get("via", "")).removeprefix(attempt.resource.kind)
        if ending in ("StartFailed", "SubmitFailed", "ScheduleFailed") and failure is not None:
            attempt.failed(failure.get("error"), failure.get("cause"), ending)
            return
        attempt.started()
        if attempt.resource.kind == SERVICE and attempt.resource.pattern:
            attempt.submitted(task.get("submitted", {}))
        if "heartbeats" in task:
            self._beat(attempt, int(task["heartbeats"] * SECOND), int(task.get("seconds", 0) * SECOND))
        if "seconds" in task:
            self.after(int(task["seconds"] * SECOND), self._finish, attempt, task, failure)
        else:
            self._finish(attempt, task, failure)

    def stop_task(self, attempt: Attempt) -> None:
        """Its answer is not listened to any more."""

    def read_items(self, reading: Reading) -> None:
        parameters = reading.parameters if isinstance(reading.parameters, dict) else {}
        place = f"{parameters.get('Bucket')}/{parameters.get('Key', parameters.get('Prefix', ''))}"
        if place in self.data:
            self.after(0, reading.succeeded, self.data[place])
        else:
            self.after(0, reading.failed, f"The data set {place} does not exist.")

    def write_results(self, writing: Writing) -> None:
        for key, text in writing.files.items():
            self.data[f"{writing.bucket}/{key}"] = text
        self.after(0, writing.succeeded)

    def start_child(self, child: Execution) -> None:
        self.after(0, child.start)

    def recorded(self, execution: Execution, event: HistoryEvent) -> None:
        """Nobody watches."""

    def ended(self, execution: Execution) -> None:
        """Nobody watches."""

    def _beat(self, attempt: Attempt, every: Micros, left: Micros) -> None:
        if every and left > every:
            self.after(every, self._next_beat, attempt, every, left - every)

    def _next_beat(self, attempt: Attempt, every: Micros, left: Micros) -> None:
        if attempt.heartbeat():
            self._beat(attempt, every, left)

    def _finish(self, attempt: Attempt, task: dict[str, Any], failure: dict[str, Any] | None) -> None:
        if failure is None:
            attempt.succeeded(task.get("ok"))
        elif failure.get("error") == TIMEOUT:
            if not attempt.is_limited:
                attempt.timed_out()
        else:
            attempt.failed(failure.get("error"), failure.get("cause"))
