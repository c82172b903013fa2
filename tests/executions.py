"""The law of executions: each ends or waits for a named reason, its history is well-formed, and the books are right."""

from collections import Counter
from collections.abc import Iterator

from patterns.state_machine.books import NOWHERE, THERE, inside
from patterns.state_machine.execution import Execution
from patterns.state_machine.flow import Flow
from patterns.state_machine.node import StateMachine
from simulator.engine.run import Run
from tests.patterns.machines import assert_well_formed

MOST_EVENTS = 2_000
"""Longer histories are judged only now and then, when their length is a multiple of it."""


def hold(run: Run) -> None:
    """Ask every machine, but not in the middle of an instant, in which something is still going to happen."""
    if run.next_time() == run.now:
        return
    for node in run.nodes:
        if isinstance(node, StateMachine):
            _hold(node)


def _hold(machine: StateMachine) -> None:
    there: Counter[int] = Counter()
    for execution, one in machine.running.items():
        assert not execution.is_over, f"{execution.name} has ended, and is said to run"
        assert execution.waits() or execution.parked or not execution.events, f"{execution.name} waits for nothing"
        if len(execution.events) < MOST_EVENTS:
            _well_formed(execution)
        places = [machine.books.chart.numbers.get(state, NOWHERE) for state in _states(execution.root)]
        assert sorted(one.places) == sorted(
            place for place in places if place != NOWHERE and machine.books.chart.rests[place]
        ), f"{execution.name} is lost"
        there.update(one.places)
    counts = {place: count[THERE] for place, count in enumerate(machine.books.counts) if count[THERE]}
    assert counts == dict(there), f"{machine.id} counts {counts}, and there are {dict(there)}"
    assert machine.open_count == sum(one.own for one in machine.running.values())
    for execution, _ in machine.ended.latest(3):
        assert execution.is_over and execution.waits() == []
        if len(execution.events) < MOST_EVENTS:
            _well_formed(execution)
    for attempt in [*machine.world.calls, *machine.world.tokens.values()]:
        assert not attempt.is_over, f"{attempt.state} is over, and somebody is still waited for"
        assert attempt.flow.execution in machine.running


def _well_formed(execution: Execution) -> None:
    """A redriven execution has had several ends, and is not judged; a child may not have begun."""
    if execution.events and not execution.redrives:
        assert_well_formed(execution)


def _states(flow: Flow) -> Iterator[str]:
    """The states that a line of control is in."""
    if flow.over or not flow.entered:
        return
    yield flow.state.name
    for line in inside(flow.work):
        yield from _states(line)
