"""The world of executions in a scenario: the run's timers, the machine's links, and the books that are kept of them.

It is what `Surroundings` asks for. Attempts are known by their tokens, so that whoever got one can call back; tokens of
attempts that are over are remembered for a while, to tell who calls too late from who never had a token.
Source: Step Functions API Reference, SendTaskSuccess (TaskTimedOut, InvalidToken).
"""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from patterns.state_machine import folding
from patterns.state_machine.attempt import ACTIVITY, TOKEN, Attempt
from patterns.state_machine.books import error_of
from patterns.state_machine.errors import TASK_FAILED
from patterns.state_machine.execution import Execution
from patterns.state_machine.history import HistoryEvent
from patterns.state_machine.reading import Reading
from patterns.state_machine.tasks import errors, targets
from patterns.state_machine.tasks.call import TaskCall
from patterns.state_machine.writing import Writing
from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Timer
from simulator.engine.recent import Recent

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine

REMEMBERED_TOKENS = 10_000

INVALID_TOKEN = ServiceError("InvalidToken", "Invalid Token: 'Invalid token'")
TASK_TIMED_OUT = ServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


class World:
    """`tokens` are the attempts that somebody can call back, `calls` those whose work is done over a link."""

    __slots__ = ("_begins", "_spent", "after", "calls", "cancel", "machine", "random", "tokens")

    def __init__(self, machine: "StateMachine") -> None:
        self.machine = machine
        self.random: Random = machine.stream("expressions")
        self.after: Callable[..., Timer] = machine.kernel.after
        self.cancel: Callable[[Timer], None] = machine.kernel.cancel
        self.tokens: dict[str, Attempt] = {}
        self.calls: dict[Attempt, TaskCall] = {}
        self._begins: Micros = machine.run.in_calendar(0)
        self._spent = Recent(REMEMBERED_TOKENS)

    @property
    def now(self) -> Micros:
        return self.machine.kernel.now

    @property
    def epoch(self) -> Micros:
        return self._begins + self.machine.kernel.now

    # Tasks.

    def start_task(self, attempt: Attempt) -> None:
        """Have the work of a task done."""
        cause = self.machine.running_of(attempt.flow.execution).message
        if attempt.number > 1:
            self.machine.record("tried_again", cause.id, attempt.state, attempt.number)
        if self.machine.mishaps.befall(attempt):
            return
        if cause.generation >= self.machine.GENERATIONS:
            said = f"a loop: {self.machine.GENERATIONS} messages, each made from the one before, end here"
            self.after(0, attempt.failed, TASK_FAILED, said)
            return
        if attempt.token:
            self.tokens[attempt.token] = attempt
        need = targets.need_of(attempt.resource, attempt.parameters)
        link = self.machine.link_for(attempt.state, need)
        if link is None:
            self.fail(attempt, errors.nobody(attempt, need))
            return
        if attempt.resource.kind == ACTIVITY and link.kind == "poll":
            self.machine.activities.offer(attempt, link, cause)
            return
        attempt.started()
        call = self.calls[attempt] = TaskCall(self.machine, attempt, link)
        try:
            call.go(cause)
        except ServiceError as error:
            self.fail(attempt, error)
            return
        if attempt.resource.pattern == TOKEN:
            self.machine.record("waits_for_token", cause.id, attempt.state)

    def fail(self, attempt: Attempt, error: ServiceError) -> None:
        """A task has failed before anything was sent. Told in a moment: nobody is told anything while he asks."""
        self.end_task(attempt)
        self.after(0, attempt.failed, *errors.named(attempt, error))

    def stop_task(self, attempt: Attempt) -> None:
        call = self.calls.get(attempt)
        self.end_task(attempt)
        if call is not None:
            call.hang_up()
        self.machine.activities.withdraw(attempt)

    def end_task(self, attempt: Attempt) -> None:
        """Nobody can call this attempt back any more."""
        self.calls.pop(attempt, None)
        if attempt.token and self.tokens.pop(attempt.token, None) is not None:
            self._spent.meet(attempt.token)

    def attempt_of(self, token: str) -> Attempt:
        """The attempt that waits for a call with this token. Raises ServiceError."""
        attempt = self.tokens.get(token)
        if attempt is None:
            raise TASK_TIMED_OUT if token in self._spent else INVALID_TOKEN
        return attempt

    # Data sets.

    def read_items(self, reading: Reading) -> None:
        self.machine.data_sets.read(reading)

    def write_results(self, writing: Writing) -> None:
        self.machine.data_sets.write(writing)

    # Executions.

    def start_child(self, child: Execution) -> None:
        self.machine.adopt(child)
        self.after(self.machine.settings.transition, self._begin_child, child)

    def recorded(self, execution: Execution, event: HistoryEvent) -> None:
        """Keep the books, and tell the run what of a history is worth telling."""
        machine, state = self.machine, event.state
        machine.event_count += execution in machine.running  # else all of its events are counted when it is taken in
        if machine.event_count > folding.MOST and folding.kept(execution.events) > folding.LONG:
            machine.event_count -= folding.kept(execution.events) - folding.KEPT
            execution.events = folding.folded(execution.events)
        if state is None:
            return
        one = machine.running_of(execution)
        kind, books = event.type, machine.books
        if kind.endswith("StateEntered"):
            books.enter(one, state)
            machine.record("entered", one.message.id, state)
        elif kind.endswith(("StateExited", "StateAborted")):
            machine.latest_hop = machine.settings.transition
            machine.moving_until = self.now + machine.latest_hop
            if books.leave(one, execution, state) and kind.endswith("Exited"):
                machine.record("caught", one.message.id, state)
        elif kind.endswith("Scheduled"):
            books.try_again(one, state)
        elif kind == "MapIterationFailed":
            inner = execution.events[event.previous - 1].state
            if inner is not None and inner != state:
                books.leave(one, execution, inner)
        elif kind in ("ParallelStateStarted", "MapStateStarted"):
            books.leave_inside(one, execution, state)
            books.try_again(one, state)
        elif kind.endswith("TimedOut") or (kind.endswith("Failed") and not kind.startswith(_NOT_A_STATE)):
            books.fail(one, state)
            machine.record("state_failed", one.message.id, state, error_of(event))
            if kind.startswith(("Parallel", "Map")):
                books.leave_inside(one, execution, state)

    def ended(self, execution: Execution) -> None:
        self.machine.execution_is_over(execution)

    def _begin_child(self, child: Execution) -> None:
        if not child.is_over:
            child.start()


_NOT_A_STATE = ("MapIteration", "MapRun")
