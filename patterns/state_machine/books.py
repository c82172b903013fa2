"""The books: on which states the executions of a machine are, and how often each was entered, has failed, was caught.

They are kept from the events of histories, so that however many executions run, a look at them costs as much as there
are states. An execution that was started with an older definition counts where the new one has a state of that name.
"""

from collections.abc import Iterator
from typing import Any

from patterns.state_machine.chart import Chart
from patterns.state_machine.execution import FAILED as FAILED_EXECUTION
from patterns.state_machine.execution import Execution
from patterns.state_machine.flow import Flow
from patterns.state_machine.history import HistoryEvent
from patterns.state_machine.states.inline import Iterations
from patterns.state_machine.states.parallel import Branches
from simulator.engine.message import Message
from simulator.engine.operations import Call

THERE, ENTERED, FAILED, CAUGHT, RETRYING = range(5)

NOWHERE = -1


class Running:
    """One execution that runs: what started it, and at which states it is.

    `number` counts the executions of the machine; `call` waits for its end, if anybody does; `own` says that the
    message is in custody for it, which is not so for a child of a distributed Map. `failed` are the states that have
    failed and were not left yet: they are tried again.
    """

    __slots__ = ("call", "failed", "flags", "message", "number", "own", "places")

    def __init__(self, number: int, message: Message, flags: int, call: Call | None, own: bool) -> None:
        self.number = number
        self.message = message
        self.flags = flags
        self.call = call
        self.own = own
        self.places: list[int] = []
        self.failed: list[int] | None = None


class Books:
    """The counts by state, and the ends of executions by their status."""

    __slots__ = ("chart", "counts", "ends")

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.counts: list[list[int]] = []
        self.ends: dict[str, int] = dict.fromkeys(("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"), 0)
        self._begin()

    def change(self, chart: Chart, running: dict[Execution, Running]) -> None:
        """Count by another definition from now on; who is at a state that it has too stays there."""
        before = list(self.chart.numbers)
        self.chart = chart
        self._begin()
        for one in running.values():
            moved = [chart.numbers.get(before[place], NOWHERE) for place in one.places]
            one.places = [place for place in moved if place != NOWHERE]
            one.failed = None
            for place in one.places:
                self.counts[place][THERE] += 1

    def enter(self, one: Running, state: str) -> None:
        place = self.chart.numbers.get(state, NOWHERE)
        if place == NOWHERE:
            return
        self.counts[place][ENTERED] += 1
        if self.chart.rests[place]:
            one.places.append(place)
            self.counts[place][THERE] += 1

    def leave(self, one: Running, execution: Execution, state: str) -> bool:
        """A state is left; whether a failure of it was caught."""
        place = self.chart.numbers.get(state, NOWHERE)
        if place == NOWHERE:
            return False
        caught = one.failed is not None and place in one.failed
        if caught:
            self.counts[place][CAUGHT] += 1
        if self.chart.last[place] > place:
            self.leave_inside(one, execution, state)
        self._forget(one, place)
        return caught

    def leave_inside(self, one: Running, execution: Execution, state: str) -> None:
        """What ran inside a state is over; where another of the same runs beside it, that goes on."""
        place = self.chart.numbers.get(state, NOWHERE)
        if place == NOWHERE or not any(place < inner <= self.chart.last[place] for inner in one.places):
            return
        for inner in list(one.places):
            if place < inner <= self.chart.last[place]:
                self._forget(one, inner)
        for name in _states(execution.root):
            inner = self.chart.numbers.get(name, NOWHERE)
            if place < inner <= self.chart.last[place] and self.chart.rests[inner]:
                one.places.append(inner)
                self.counts[inner][THERE] += 1

    def fail(self, one: Running, state: str) -> None:
        place = self.chart.numbers.get(state, NOWHERE)
        if place == NOWHERE:
            return
        self.counts[place][FAILED] += 1
        one.failed = one.failed if one.failed is not None else []
        one.failed.append(place)
        self.counts[place][RETRYING] += 1

    def try_again(self, one: Running, state: str) -> bool:
        """A state begins its work; whether it had failed before."""
        place = self.chart.numbers.get(state, NOWHERE)
        if one.failed is None or place not in one.failed:
            return False
        self._mend(one, place)
        return True

    def end(self, one: Running, execution: Execution) -> None:
        """The execution is over; a state whose failing is no event of its own has failed if that was the end."""
        place = self.chart.numbers.get(execution.root.state.name, NOWHERE)
        if execution.status == FAILED_EXECUTION and place != NOWHERE and one.failed is None:
            self.counts[place][FAILED] += 1
        for place in list(one.places):
            self._forget(one, place)
        if one.own:
            self.ends[execution.status] += 1

    def find(self, one: Running, execution: Execution) -> None:
        """Count an execution that goes on where it was; what it was at before it ended is entered no second time."""
        for state in _states(execution.root):
            place = self.chart.numbers.get(state, NOWHERE)
            if place != NOWHERE and self.chart.rests[place]:
                one.places.append(place)
                self.counts[place][THERE] += 1

    def rows(self, most: int) -> list[list[int]]:
        """The states that have anything to tell, with their counts."""
        return [[place, *count] for place, count in enumerate(self.counts[:most]) if any(count)]

    def _begin(self) -> None:
        self.counts = [[0] * 5 for _ in self.chart.last]

    def _forget(self, one: Running, place: int) -> None:
        if place in one.places:
            one.places.remove(place)
            self.counts[place][THERE] -= 1
        if one.failed is not None and place in one.failed:
            self._mend(one, place)

    def _mend(self, one: Running, place: int) -> None:
        assert one.failed is not None, "what has not failed is not mended"
        one.failed.remove(place)
        self.counts[place][RETRYING] -= 1
        if not one.failed:
            one.failed = None


def inside(work: Any) -> list[Flow]:
    """The lines of control inside a state that is at work: of its branches or its items."""
    if isinstance(work, Iterations):
        return list(work.flows.values())
    return list(work.flows) if isinstance(work, Branches) else []


def _states(flow: Flow) -> Iterator[str]:
    """The states that a line of control is in, and those inside of it."""
    if flow.entered and not flow.over:
        yield flow.state.name
        for line in inside(flow.work):
            yield from _states(line)


def error_of(event: HistoryEvent) -> str:
    """The error that an event tells of, with its cause where that is short."""
    told: dict[str, Any] = event.more or {}
    return str(told.get("error") or "no name")
