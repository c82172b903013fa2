"""What the stage shows of a state machine: bounded however many executions run. Shape: docs/PROTOCOL.md, Views.

States show counts; only the newest executions are shown as tokens, one for each state that an execution is in, and of
these only is looked into what they wait for.
"""

from itertools import islice
from typing import TYPE_CHECKING, Any

from patterns.state_machine.attempt import Attempt
from patterns.state_machine.books import NOWHERE, Running, inside
from patterns.state_machine.chart import CATCH, MOST_STATES
from patterns.state_machine.execution import ABORTED, FAILED, SUCCEEDED, TIMED_OUT, Execution
from patterns.state_machine.flow import Flow, Pause
from patterns.state_machine.states.inline import Iterations
from patterns.state_machine.states.maprun import MapRun
from simulator.engine.clock import Micros
from simulator.engine.parameters import plain

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine

SHOWN_TOKENS = 24
SHOWN_MAPS = 6
SHOWN_LAST = 6

# How an execution has ended, as it is sent.
ENDS = {SUCCEEDED: 0, FAILED: 1, TIMED_OUT: 2, ABORTED: 3}

TIMER, TASK, TOKEN, RETRY, FAILED_HERE = 1, 2, 4, 8, 16


def view_of(machine: "StateMachine") -> dict[str, Any]:
    books = machine.books
    look = Look(machine)
    look.at_newest()
    return {
        "kind": machine.settings.type.lower(),
        "chart": machine.version,
        "running": machine.open_count,
        "succeeded": books.ends[SUCCEEDED],
        "failed": books.ends[FAILED],
        "timedOut": books.ends[TIMED_OUT],
        "aborted": books.ends[ABORTED],
        "refused": machine.refused,
        "states": books.rows(MOST_STATES),
        "tokens": look.tokens,
        "maps": look.maps,
        "last": [
            [one.message.id, one.message.look, one.flags, ENDS[execution.status], execution.events[-1].time]
            for execution, one in machine.ended.latest(SHOWN_LAST)
        ],
        "caption": _caption(machine),
    }


class Look:
    """A look at the newest executions: their tokens and their Maps, as rows."""

    def __init__(self, machine: "StateMachine") -> None:
        self.machine = machine
        self.numbers = machine.books.chart.numbers
        self.edges = machine.books.chart.edges
        self.tokens: list[list[int]] = []
        self.maps: list[list[int]] = []

    def at_newest(self) -> None:
        """Collect the rows; the newest execution first."""
        machine = self.machine
        for execution, one in islice(reversed(machine.running.items()), SHOWN_TOKENS):
            if len(self.tokens) >= SHOWN_TOKENS:
                break
            self._flow(execution, one, execution.root)

    def _flow(self, execution: Execution, one: Running, flow: Flow) -> None:
        """A line of control: a token where it is, or those of the lines inside."""
        work = flow.work
        inner = inside(work)
        if isinstance(work, Iterations | MapRun):
            self._map(flow, work)
        if inner:
            for line in inner:
                if not line.over and len(self.tokens) < SHOWN_TOKENS:
                    self._flow(execution, one, line)
        elif not isinstance(work, MapRun):
            self._token(execution, one, flow)

    def _token(self, execution: Execution, one: Running, flow: Flow) -> None:
        since, came_from, was_caught = _arrival(execution, flow)
        state = self.numbers.get(flow.state.name, NOWHERE)
        if not 0 <= state < MOST_STATES:
            return
        work, bits, until, tries = flow.work, 0, 0, flow.tries
        if isinstance(work, Attempt):
            bits |= TOKEN if work.resource.pattern == "waitForTaskToken" else TASK
            until = work.until
        elif isinstance(work, Pause) and flow.entered:
            bits |= RETRY if flow.state.is_retried else TIMER
            until = work.timer[0]
        if tries:
            bits |= FAILED_HERE
        message = one.message
        before = self.numbers.get(came_from, NOWHERE) if came_from else NOWHERE
        glyph = [message.id, message.look, one.flags]
        way = [before, self._edge(before, state, was_caught)]
        self.tokens.append([*glyph, state, since, until, tries, _most_tries(flow), bits, one.number, *way])

    def _edge(self, before: int, state: int, was_caught: bool) -> int:
        """The kind of the edge from one state to another that was taken."""
        kinds = [edge[2] for edge in self.edges if edge[0] == before and edge[1] == state]
        if was_caught and CATCH in kinds:
            return CATCH
        return next((kind for kind in kinds if kind != CATCH), 0)

    def _map(self, flow: Flow, work: Iterations | MapRun) -> None:
        place = self.numbers.get(flow.state.name, NOWHERE)
        if len(self.maps) >= SHOWN_MAPS or not 0 <= place < MOST_STATES:
            return
        if isinstance(work, Iterations):
            running = len(work.flows)
            self.maps.append([place, len(work.items), work.next - running, 0, running, work.limit])
        else:
            counts = work.counts
            failed = counts["failed"] + counts["timedOut"] + counts["aborted"]
            self.maps.append([place, counts["total"], counts["succeeded"], failed, counts["running"], work.limit])


def _arrival(execution: Execution, flow: Flow) -> tuple[Micros, str, bool]:
    """When a line of control has entered its state, or will; where it came from; whether a failure has led there."""
    events = execution.events
    if flow.entered:
        since, came_by = events[flow.entered - 1].time, events[flow.entered - 1].previous
    else:
        since, came_by = (
            flow.work.timer[0] if isinstance(flow.work, Pause) else execution.surroundings.now,
            flow.previous,
        )
    before = events[came_by - 1] if came_by else None
    if before is None or before.state is None or not before.type.endswith("StateExited"):
        return since, "", False
    cause = events[before.previous - 1].type if before.previous else ""
    return since, before.state, cause.endswith(("Failed", "TimedOut"))


def _most_tries(flow: Flow) -> int:
    """How often the retrier that is at work here tries again at most; 0 where none is."""
    for retrier, used in zip(flow.state.retriers, flow.retries or (), strict=False):
        if used:
            return retrier.attempts
    return 0


def _caption(machine: "StateMachine") -> list[str]:
    settings = machine.settings
    states = len(machine.books.chart.last)
    lines = [f"{states} state{'' if states == 1 else 's'}"]
    if settings.starts_per_second is not None:
        lines.append(f"{plain(settings.starts_per_second)} starts per second")
    return lines
