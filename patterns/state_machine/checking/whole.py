"""A definition as a whole, and each machine in it: its start, its states, and whether they hang together."""

from typing import Any

from patterns.state_machine.checking import reading, states
from patterns.state_machine.checking.place import Names, Place
from patterns.state_machine.checking.report import Report, below, nearest, shown
from simulator.engine.errors import Problem

_MACHINE = ("Comment", "StartAt", "States", "QueryLanguage")
_WHOLE = ("Version", "TimeoutSeconds")
TYPES = ("STANDARD", "EXPRESS")


def check(definition: Any, *, type: str = "STANDARD") -> list[Problem]:
    """Every problem of a definition in the Amazon States Language, none if Step Functions would take it.

    `definition` is JSON text or the object it stands for; `type` is STANDARD or EXPRESS (which can't wait for jobs,
    tokens or activities). Paths are like `States.Order.Choices.0.Next`. Never raises, whatever it is given.
    Source: Amazon States Language specification; Step Functions API Reference, ValidateStateMachineDefinition.
    """
    report, names = Report(), Names()
    value = reading.read(report, definition)
    if isinstance(value, dict):
        place = Place(report, names, {}, express=type == "EXPRESS")
        _machine(place, "", value, _WHOLE)
        _transitions(report, names)
    elif value is not None:
        report.add("", f"is {shown(value)}", "an object with StartAt and States", "Write it as an object: {…}.")
    return report.problems


def _machine(place: Place, path: str, given: Any, extra: tuple[str, ...]) -> None:
    """One machine: the whole, a branch, or the processor of a Map; `extra` are fields of its own."""
    report = place.report
    if not isinstance(given, dict):
        report.add(path, f"is {shown(given)}", "an object with StartAt and States", "Write it as an object: {…}.")
        return
    report.known(path, given, (*_MACHINE, *extra), "a state machine" if extra is _WHOLE else "a machine inside a state")
    _plain_fields(place, path, given)
    spoken = states.language(place, path, given)
    settled = place.settled or (extra is _WHOLE and spoken == "JSONata")
    where, inside = below(path, "States"), given.get("States")
    for name in ("StartAt", "States"):
        if name not in given:
            report.missing(path, name)
    if "States" not in given or not report.filled(where, inside, dict, "an object: {name: state}"):
        return
    assert isinstance(inside, dict), "filled says so"
    here = place.within(states=inside, machine_language=spoken, settled=settled)
    for name, state in inside.items():
        _named(here, below(where, name), name)
        states.state(here, below(where, name), state, _machine)
    _connected(report, path, given, inside)


def _plain_fields(place: Place, path: str, given: dict[str, Any]) -> None:
    report = place.report
    if "Comment" in given:
        report.text(below(path, "Comment"), given["Comment"])
    if "Version" in given:
        report.one_of(below(path, "Version"), given["Version"], ("1.0",))
    if "TimeoutSeconds" in given:
        report.whole_number(below(path, "TimeoutSeconds"), given["TimeoutSeconds"], 1, 99_999_999)


def _named(place: Place, path: str, name: str) -> None:
    """A state's name: short, not empty, and the only one of its kind in the whole definition."""
    if not 1 <= len(name) <= states.LONGEST_NAME:
        said = f"has a name of {len(name)} characters"
        place.report.add(
            path, said, f"1 to {states.LONGEST_NAME}", "Take a shorter name." if name else "Give it a name."
        )
    first = place.names.where.setdefault(name, path)
    if first != path:
        said = f"has the name of the state at {first}"
        place.report.add(path, said, "names that are unique in the whole definition", "Rename one of the two.")


def _connected(report: Report, path: str, given: dict[str, Any], inside: dict[str, Any]) -> None:
    """The start exists, every state is reached from it, and the machine can end."""
    start, where = given.get("StartAt"), below(path, "StartAt")
    if "StartAt" not in given or not report.text(where, start, "the name of a state"):
        return
    if start not in inside:
        cure = nearest(start, list(inside)) or "Name one of the states."
        report.add(where, f"{shown(start)} is not a state here", cure=cure)
        return
    reached, todo = {start}, [start]
    while todo:
        for name in _followers(inside[todo.pop()]):
            if name in inside and name not in reached:
                reached.add(name)
                todo.append(name)
    for name in inside:
        if name not in reached:
            said = "can't be reached: no transition leads here from the start"
            report.add(below(below(path, "States"), name), said, cure="Lead a Next to it, or remove it.")
    if not any(_ends(state, inside) for state in inside.values()):
        said = "never ends: no state has End, and none is a Succeed or Fail state"
        report.add(below(path, "States"), said, cure='Give the last state "End": true.')


def _followers(state: Any) -> list[str]:
    """The names of all states that a state can lead to."""
    if not isinstance(state, dict):
        return []
    said = [state.get("Next"), state.get("Default") if state.get("Type") == "Choice" else None]
    for field in ("Catch", "Choices"):
        entries = state.get(field)
        said += [one.get("Next") for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    return [name for name in said if isinstance(name, str)]


def _ends(state: Any, inside: dict[str, Any]) -> bool:
    """Whether a run can end with this state, or nobody can tell, because it is wrong or leads to what is not there."""
    if not isinstance(state, dict) or state.get("Type") in states.ENDING or state.get("End"):
        return True
    followers = _followers(state)
    return not followers or any(name not in inside for name in followers)


def _transitions(report: Report, names: Names) -> None:
    """A problem for each transition to a state that is not in the same machine."""
    for path, target, inside in names.transitions:
        if target in inside:
            continue
        if target in names.where:
            said = f"{shown(target)} stands in another machine, at {names.where[target]}"
            cure = "A transition stays in its own machine: lead to a state beside this one."
            report.add(path, said, cure=cure)
        else:
            cure = nearest(target, list(inside)) or "Add the state, or name another one."
            report.add(path, f"{shown(target)} is not a state here", cure=cure)
