"""Retracing: what each field of a state did to the data, told after the fact from the history.

Inputs, parameters, results and outputs stand in the history. What lies between them is computed again with the compiled
state, in a flow of its own that draws no chance from the run: where a function of chance was at work, the values from
the history are shown, and the output always is.
Source: Step Functions Developer Guide, "Processing input and output", "Transforming data with JSONata".
"""

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from patterns.state_machine.data.sources import View
from patterns.state_machine.errors import StateError
from patterns.state_machine.execution import Execution
from patterns.state_machine.flow import Flow
from patterns.state_machine.history import HistoryEvent
from patterns.state_machine.machine import Scope
from patterns.state_machine.pipeline import PathPipeline, QueryPipeline, placed, read
from patterns.state_machine.states.ends import Pass
from patterns.state_machine.states.items import MapState
from patterns.state_machine.states.parallel import Parallel
from patterns.state_machine.states.state import State
from simulator.engine.clock import Micros
from simulator.engine.details import Step, text

NOTHING: Any = object()

# Types of states whose output is their input, but for InputPath and OutputPath.
WITHOUT_RESULT = ("Wait", "Choice", "Succeed")


class Onlooker:
    """The world of an execution that is only looked at, at one moment of its past."""

    def __init__(self, now: Micros, epoch: Micros) -> None:
        self.now = now
        self.epoch = epoch
        self.random = Random(0)


class Visited:
    """One stay in a state as the history tells it: `result` and `error` of its work, `given` what that was handed."""

    __slots__ = ("entered", "error", "exited", "given", "result", "tries", "variables")

    def __init__(self, entered: HistoryEvent, variables: dict[str, Any]) -> None:
        self.entered = entered
        self.exited: HistoryEvent | None = None
        self.variables = variables
        self.given: Any = NOTHING
        self.result: Any = NOTHING
        self.error: dict[str, Any] | None = None
        self.tries = 0


def states_of(scope: Scope) -> dict[str, State]:
    """Every state by its name, those inside others among them."""
    found: dict[str, State] = {}
    for name, state in scope.states.items():
        found[name] = state
        inner = state.branches if isinstance(state, Parallel) else ()
        inner = (state.processor,) if isinstance(state, MapState) else inner
        for one in inner:
            found |= states_of(one)
    return found


def visits_of(execution: Execution) -> list[Visited]:
    """The stays of an execution in its states, in the order in which it came to them."""
    visits: list[Visited] = []
    at: dict[int, Visited | None] = {}
    variables: dict[int, dict[str, Any]] = {0: {}}
    for event in execution.events:
        visit = at.get(event.previous)
        known = variables.get(event.previous, {})
        if event.type.endswith("StateEntered"):
            visit = Visited(event, known)
            visits.append(visit)
        elif event.state is not None:
            visit = _of(event, visit, visits)
            if visit is not None and event.type.endswith("StateExited"):
                visit.exited = event
                known = {**visit.variables, **(event.more or {})}
            elif visit is not None:
                _learn(visit, event)
        at[event.id], variables[event.id] = visit, known
    return visits


def steps_of(execution: Execution, state: State, visit: Visited) -> tuple[Step, ...]:
    """What became of the data, field by field; where that can't be told again, only what the history says."""
    steps = [("Input", visit.entered.value)]
    try:
        steps += _between(_flow(execution, state, visit), state, visit)
    except StateError as error:
        steps.append((error.location or "Error", {"Error": error.name, "Cause": error.cause}))
    if visit.exited is not None:
        if visit.exited.more:
            steps.append(("Assign", visit.exited.more))
        steps.append(("Output", visit.exited.value))
    told: list[Step] = []
    before: Any = NOTHING
    for field, value in steps:
        told.append(Step(field, text(value), before is NOTHING or value != before))
        before = value
    return tuple(told)


def _of(event: HistoryEvent, visit: Visited | None, visits: list[Visited]) -> Visited | None:
    """The visit that an event is about: that of the event before it, or, where paths meet, the last open one."""
    if visit is not None and visit.entered.state == event.state and visit.exited is None:
        return visit
    open_ones = (one for one in reversed(visits) if one.entered.state == event.state and one.exited is None)
    return next(open_ones, None)


def _learn(visit: Visited, event: HistoryEvent) -> None:
    told: dict[str, Any] = event.more or {}
    if event.type.endswith("Scheduled"):
        visit.given = told.get("parameters", told.get("input"))
        visit.tries += 1
        visit.result, visit.error = NOTHING, None
    elif event.type.endswith("Succeeded") and "output" in told:
        visit.result = told["output"]
    elif event.type.endswith(("Failed", "TimedOut")) and not event.type.startswith("Map"):
        visit.error = {"Error": told.get("error", ""), "Cause": told.get("cause", "")}


def _flow(execution: Execution, state: State, visit: Visited) -> Flow:
    """A flow that stands where the visit was."""
    looked: Execution = copy.copy(execution)
    surroundings = execution.surroundings
    time = visit.entered.time
    looked.surroundings = Onlooker(time, surroundings.epoch - surroundings.now + time)  # type: ignore[assignment]
    flow = Flow(looked, execution.machine.scope, visit.entered.value)
    flow.state, flow.entered, flow.variables = state, visit.entered.id, visit.variables
    flow.tries = max(0, visit.tries - 1)
    return flow


def _between(flow: Flow, state: State, visit: Visited) -> Iterator[tuple[str, Any]]:
    """The steps between input and output. Raises StateError."""
    if isinstance(state.pipeline, PathPipeline):
        yield from _of_paths(flow, state, state.pipeline, visit)
    elif isinstance(state.pipeline, QueryPipeline):
        if visit.given is not NOTHING and state.pipeline.arguments is not None:
            yield "Arguments", visit.given
        if visit.result is not NOTHING:
            yield "Result", visit.result
        if visit.error is not None:
            yield "Error", visit.error


def _of_paths(flow: Flow, state: State, pipeline: PathPipeline, visit: Visited) -> Iterator[tuple[str, Any]]:
    narrowed = pipeline.narrowed(flow)
    if pipeline.input_path is None or pipeline.input_path.text != "$":
        yield "InputPath", narrowed
    result = visit.result
    if pipeline.parameters is not None:
        given = visit.given if visit.given is not NOTHING else pipeline.given(flow, narrowed)
        yield "Parameters", given
        result = given if isinstance(state, Pass) else result
    if isinstance(state, Pass) and state.has_result:
        result = state.result
        yield "Result", result
    elif visit.result is not NOTHING:
        yield "Result", result
    if visit.error is not None:
        yield "Error", visit.error
        return
    if visit.exited is None or (result is NOTHING and state.kind not in WITHOUT_RESULT):
        return
    output = narrowed
    if result is not NOTHING:
        if pipeline.selector is not None:
            result = pipeline.selector.fill(View(result, flow))
            yield "ResultSelector", result
        output = placed(flow.input, pipeline.result_path, result)
        if pipeline.result_path != ():
            yield "ResultPath", output
    if pipeline.output_path is None or pipeline.output_path.text != "$":
        yield "OutputPath", {} if pipeline.output_path is None else read(pipeline.output_path, View(output, flow))
