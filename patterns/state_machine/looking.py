"""Looking at executions: the list of them, and one with its states, what each did to the data, and its history."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from patterns.state_machine.books import Running
from patterns.state_machine.execution import Execution
from patterns.state_machine.history import HistoryEvent
from patterns.state_machine.retracing import NOTHING, Visited, states_of, steps_of, visits_of
from patterns.state_machine.retrying import cause_text
from patterns.state_machine.telling import date
from simulator.engine.details import (
    LONGEST_ENTRY,
    MOST_HAPPENED,
    MOST_LISTED,
    MOST_VISITS,
    Detail,
    Happened,
    Listed,
    Visit,
    text,
)
from simulator.engine.message import label
from simulator.engine.node import Node

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine


def listed(node: Node) -> list[Listed]:
    """The executions that run and the last that have ended, the newest first."""
    machine: StateMachine = node  # type: ignore[assignment]
    running = ((execution, one) for execution, one in reversed(machine.running.items()) if one.own)
    newest = [*islice(running, MOST_LISTED), *machine.ended.latest(MOST_LISTED)]
    newest.sort(key=_number, reverse=True)
    return [_row(machine, execution, one) for execution, one in newest[:MOST_LISTED]]


def shown(node: Node, key: str) -> Detail | None:
    """The execution of this name, as far as it is still known."""
    machine: StateMachine = node  # type: ignore[assignment]
    execution = machine.named(key)
    if execution is None:
        return None
    states, visits, events = states_of(execution.machine.scope), visits_of(execution), execution.events
    told = [
        _visit(execution, states[one.entered.state or ""], one) for one in visits[-MOST_VISITS:] if one.entered.state
    ]
    return Detail(
        execution.name,
        f"Execution {execution.name}",
        execution.status,
        tuple(_facts(machine, execution)),
        tuple(told),
        tuple(_happened(event) for event in events[-MOST_HAPPENED:]),
        (max(0, len(visits) - MOST_VISITS), max(0, len(events) - MOST_HAPPENED)),
    )


def _row(machine: "StateMachine", execution: Execution, one: Running) -> Listed:
    ended = execution.events[-1].time if execution.is_over else None
    note = execution.error or "" if execution.is_over else execution.root.state.name
    message, prefixes = one.message, machine.run.scenario.prefixes
    title = execution.name if execution.name == label(message.id, prefixes) else f"{execution.name} ({message.type})"
    return Listed(execution.name, title, execution.status, execution.started_at, ended, message.id, note)


def _facts(machine: "StateMachine", execution: Execution) -> Iterator[tuple[str, str]]:
    """What DescribeExecution tells."""
    yield "executionArn", execution.arn
    yield "startDate", date(machine, execution.started_at)
    if execution.is_over:
        yield "stopDate", date(machine, execution.events[-1].time)
    if execution.redrives:
        yield "redriveCount", str(execution.redrives)
    yield "input", text(execution.input)
    if execution.status == "SUCCEEDED":
        yield "output", text(execution.output)
    if execution.error is not None:
        yield "error", execution.error
    if execution.cause is not None:
        yield "cause", text(cause_text(execution.cause))
    for reason in execution.waits()[:5]:
        yield "waits for", reason


def _visit(execution: Execution, state: Any, visit: Visited) -> Visit:
    exited = visit.exited
    failed = visit.error is not None and (exited is None or visit.result is NOTHING)
    notes = []
    if visit.tries > 1:
        notes.append(f"{visit.tries} attempts")
    if failed and visit.error is not None:
        notes.append(f"{'caught' if exited is not None else 'failed'}: {visit.error['Error'] or 'no name'}")
    return Visit(
        state.name,
        state.kind,
        visit.entered.time,
        exited.time if exited is not None else None,
        failed,
        steps_of(execution, state, visit),
        ", ".join(notes),
    )


def _happened(event: HistoryEvent) -> Happened:
    return Happened(
        event.id, event.previous, event.time, event.type, event.state or "", text(event.details, LONGEST_ENTRY)
    )


def _number(entry: tuple[Execution, Running]) -> int:
    return entry[1].number
