"""One line of control: it is in one state at a time, and goes from state to state until an End, a failure or a stop.

An execution has one; a Parallel state has one for each branch, an inline Map one for each running item. A state does
its work in `state.attempt(flow)`, which returns whether the flow goes on at once; if not, the flow is told later by
`resume`. Variables are copied when they are assigned, so that a flow inside sees those outside and its own never leak.
Sources: Amazon States Language specification, "States", "Retrying after error", "Fallback states"; Step Functions
Developer Guide, "Passing data between states with variables" (256 KiB each and for each Assign, 10 MiB for all).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from patterns.state_machine.data.text import LARGEST_PAYLOAD, is_too_large, size
from patterns.state_machine.errors import LONGEST_CAUSE, StateError, runtime, too_large
from patterns.state_machine.retrying import Catcher, cause_text, error_output
from simulator.engine.calendar import date_of

if TYPE_CHECKING:
    from patterns.state_machine.execution import Execution
    from patterns.state_machine.machine import Scope

MOST_VARIABLES = 10 * 1024 * 1024


class Work(Protocol):
    """What a flow waits for in its state: a timer, an attempt, inner flows, a map run."""

    def stop(self, telling: bool = False) -> Kept | None:
        """Nothing of it happens any more; `telling`: what is inside is written to be aborted.

        Returns itself if it can go on from there after a redrive.
        """

    def waits(self) -> list[str]:
        """What is waited for, in words, one entry for each flow that waits."""


class Kept(Work, Protocol):
    """Work that had got somewhere when it failed, and can go on from there."""

    def redrive(self) -> None: ...


class Container(Protocol):
    """The Parallel or Map that a flow runs in."""

    def finished(self, flow: Flow, output: Any) -> None: ...

    def broken(self, flow: Flow, error: StateError) -> None: ...


class Flow:
    """`index` is its branch or item; `item` what the context object says of the item; `hops`: it takes turns with
    others.
    """

    __slots__ = ("answer", "busy", "container", "entered", "execution", "hops", "index", "input", "item", "kept",
                 "over", "previous", "retries", "scope", "sizes", "state", "token", "tries", "variables",
                 "work")  # fmt: skip

    def __init__(self, execution: Execution, scope: Scope, given: Any, container: Container | None = None) -> None:
        self.execution = execution
        self.scope = scope
        self.container = container
        self.state = scope.states[scope.start]
        self.input = given
        self.variables: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.entered = self.previous = self.index = self.tries = 0
        self.item: dict[str, Any] | None = None
        self.retries: list[int] | None = None
        self.token: str | None = None
        self.work: Work | None = None
        self.kept: Kept | None = None
        self.over = self.busy = False
        self.answer: tuple[Callable[..., bool], tuple[Any, ...]] | None = None
        self.hops = execution.transition > 0

    def inner(self, scope: Scope, given: Any, index: int, container: Container) -> Flow:
        """A flow inside this one's state."""
        flow = Flow(self.execution, scope, given, container)
        flow.variables, flow.sizes, flow.item = self.variables, self.sizes, self.item
        flow.index, flow.hops = index, True
        return flow

    def proceed(self) -> None:
        """Enter the state that the flow has come to, and go from state to state until one has to wait."""
        if not self.over:
            self.work = None
            self._drive(None, ())

    def take_turn(self, delay: int) -> None:
        """Proceed when a delay has passed."""
        turn = self.work = Pause(self)
        turn.timer = self.execution.surroundings.after(delay, self.proceed)

    def resume(self, action: Callable[..., bool], *arguments: Any) -> None:
        """Something that the state waited for has happened: go on with `action(self, *arguments)`.

        It may happen at once, while the state still asks for it; then it has to wait for its turn.
        """
        if self.over:
            return
        self.work = None
        if self.busy:
            self.answer = action, arguments
        else:
            self._drive(action, arguments)

    def resume_with(self, error: StateError) -> None:
        """What the state waited for has failed."""
        self.resume(_raise, error)

    def wait(self, delay: int, action: Callable[..., bool]) -> bool:
        """Go on with `action(self)` when a delay has passed."""
        pause = self.work = Pause(self)
        pause.begin(delay, action)
        return False

    def leave(self, output: Any, assigned: dict[str, Any] | None, next: str | None) -> bool:
        """The state is done: write it, keep what it assigned, and go on to the next."""
        state = self.state
        if output is not self.input and is_too_large(output):
            raise too_large(state.name)
        if assigned:
            self._assign(assigned)
        self.execution.record(self, state.exited, state.name, output, assigned)
        if self.over:
            return False
        if next is None:
            return self._finish(output)
        found = self.scope.states.get(next)
        if found is None:
            raise runtime(f"There is no state '{next}'.")
        self.state, self.input = found, output
        self.retries = self.token = self.kept = None
        self.tries = self.entered = 0
        if self.hops:
            self.take_turn(self.execution.transition)
            return False
        return True

    def fail(self, error: StateError) -> bool:
        """The state has failed: retry it, go on where its Catch says, or fail with it. Returns whether to go on at
        once.
        """
        if self.over:
            return False
        work, self.work = self.work, None
        if work is not None:
            self.kept = work.stop(telling=True)
        own = error.prefixed
        if own:
            self._place(error)
        if error.location:
            told = {"state": self.state.name, "error": error.name, "cause": error.cause, "location": error.location}
            self.execution.record(self, "EvaluationFailed", self.state.name, None, told)
            error.location = ""
        if self._retries_after(error):
            return False
        if not (own and error.fatal):
            self.state.broken(self, error)
        if self.execution.is_over:
            return False
        for catcher in self.state.catchers:
            if catcher.takes(error):
                return self._catch(catcher, error)
        return self.break_down(error)

    def break_down(self, error: StateError) -> bool:
        """Fail for good."""
        self.over = True
        if self.container is None:
            self.execution.fail(error.name, error.cause)
        else:
            self.container.broken(self, error)
        return False

    def stop(self, telling: bool = False) -> None:
        """Be stopped from outside; `telling`: the state is written to be aborted."""
        if self.over:
            return
        work, self.work = self.work, None
        if work is not None:
            self.kept = work.stop(telling)
        if telling and self.entered and self.state.aborted:
            self.execution.record(self, self.state.aborted, self.state.name)
        self.over = True

    def redrive(self) -> None:
        """Go on after the end of the execution: with what is left of the state, or from its beginning."""
        self.over = False
        self.retries = self.answer = None
        self.tries = 0
        kept, self.kept = self.kept, None
        if kept is not None:
            self.work = kept
            kept.redrive()
        elif self.entered:
            self.wait(0, self.state.attempt)
        else:
            self.take_turn(0)

    def waits(self) -> list[str]:
        """What the flow waits for: `Pack: the answer of arn:…`; nothing if it is over."""
        if self.over:
            return []
        return [f"{self.state.name}: its turn"] if self.work is None else list(self.work.waits())

    def context(self, item: Any = None) -> dict[str, Any]:
        """The context object. Source: Developer Guide, "Accessing execution data from the Context object"."""
        execution, state = self.execution, self.state
        told = execution.context()
        entered = execution.events[self.entered - 1].time if self.entered else execution.surroundings.now
        told["State"] = {"Name": state.name, "EnteredTime": written_time(execution.epoch_of(entered))}
        if state.is_retried:
            told["State"]["RetryCount"] = self.tries
        if self.token is not None:
            told["Task"] = {"Token": self.token}
        if item is not None or self.item is not None:
            told["Map"] = {"Item": item if item is not None else self.item}
        return told

    def _drive(self, action: Callable[..., bool] | None, arguments: tuple[Any, ...]) -> None:
        """Perform an action, or enter the state where there is none, and all that follows at once."""
        execution = self.execution
        self.busy = True
        goes_on = action is None
        while not self.over and not execution.parked:
            try:
                if goes_on:
                    state = self.state
                    self.entered = execution.record(self, state.entered, state.name, self.input)
                    goes_on = self.entered != 0 and state.attempt(self)
                else:
                    assert action is not None, "a flow that does not go on has something to do"
                    goes_on = action(self, *arguments)
            except StateError as error:
                goes_on = self.fail(error)
            if not goes_on:
                if self.answer is None:
                    break
                action, arguments = self.answer
                self.answer = None
        self.busy = False

    def _retries_after(self, error: StateError) -> bool:
        """Whether a retrier takes the error and has tries left: then the state is tried again after its wait."""
        for place, retrier in enumerate(self.state.retriers):
            if retrier.takes(error):
                if self.retries is None:
                    self.retries = [0] * len(self.state.retriers)
                if self.retries[place] >= retrier.attempts:
                    return False
                delay = retrier.delay(self.retries[place], self.execution.surroundings.random)
                self.retries[place] += 1
                self.tries += 1
                self.kept = None
                self.wait(delay, self.state.attempt)
                return True
        return False

    def _catch(self, catcher: Catcher, error: StateError) -> bool:
        try:
            output, assigned = self.state.caught(self, catcher, error_output(error))
            return self.leave(output, assigned, catcher.next)
        except StateError as second:
            self._place(second)
            return self.break_down(second)

    def _place(self, error: StateError) -> None:
        """Have the cause of an error say in which state it happened, if it is of a kind that does."""
        if error.prefixed:
            place = f"'{self.state.name}' (entered at the event id #{self.entered})"
            said = f"An error occurred while executing the state {place}. {cause_text(error.cause)}"
            error.cause = said[:LONGEST_CAUSE]
            error.prefixed = False

    def _assign(self, assigned: dict[str, Any]) -> None:
        sizes = {name: size(value) for name, value in assigned.items()}
        if sum(sizes.values()) > LARGEST_PAYLOAD:
            raise too_large(self.state.name, "variables assigned in the state")
        every = {**self.sizes, **sizes}
        if sum(every.values()) > MOST_VARIABLES:
            raise too_large(self.state.name, "variables stored at the state")
        self.variables, self.sizes = {**self.variables, **assigned}, every

    def _finish(self, output: Any) -> bool:
        self.over = True
        if self.container is None:
            self.execution.succeed(output)
        else:
            self.container.finished(self, output)
        return False


def _raise(flow: Flow, error: StateError) -> bool:
    raise error


class Pause:
    """A wait of a flow: of a Wait state, before a retry, or for its turn."""

    __slots__ = ("flow", "timer")

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.timer: Any = None

    def begin(self, delay: int, action: Callable[..., bool]) -> None:
        self.timer = self.flow.execution.surroundings.after(delay, self.flow.resume, action)

    def stop(self, telling: bool = False) -> None:
        self.flow.execution.surroundings.cancel(self.timer)

    def waits(self) -> list[str]:
        return [f"{self.flow.state.name}: {'a time' if self.flow.entered else 'its turn'}"]


def written_time(epoch: int) -> str:
    """A moment in Micros since 1970, as the context object has it."""
    return date_of(epoch).isoformat(timespec="milliseconds").replace("+00:00", "Z")
