"""The fields of their own that Task, Wait and Fail states have.

Source: Step Functions Developer Guide, "Task", "Wait" and "Fail workflow state".
"""

from typing import Any

from patterns.state_machine.checking import expressions, intrinsics, paths, templates
from patterns.state_machine.checking.place import Place
from patterns.state_machine.checking.report import below, shown
from patterns.state_machine.checking.resources import resource
from patterns.state_machine.checking.timestamps import timestamp
from simulator.engine.parameters import listed

LONGEST = 99_999_999
"""Seconds that a state can wait or take."""


def task(place: Place, path: str, state: dict[str, Any]) -> None:
    """Resource, time limits and credentials of a Task."""
    report = place.report
    if "Resource" in state:
        resource(place, below(path, "Resource"), state["Resource"])
    else:
        report.missing(path, "Resource")
    for name in ("TimeoutSeconds", "HeartbeatSeconds"):
        report.at_most_one(path, state, name, f"{name}Path")
        if name in state:
            whole(place, below(path, name), state[name], 1, LONGEST)
        if f"{name}Path" in state:
            paths.reference(report, below(path, f"{name}Path"), state[f"{name}Path"])
    limit, beat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(limit, int) and isinstance(beat, int) and 0 < limit <= beat:
        where, allowed = below(path, "HeartbeatSeconds"), f"less than TimeoutSeconds, which is {limit}"
        report.add(where, f"is {beat}", allowed, "Shorten it, or lengthen the timeout.")
    if "Credentials" in state:
        _credentials(place, below(path, "Credentials"), state["Credentials"])


def wait(place: Place, path: str, state: dict[str, Any]) -> None:
    """How long a Wait state waits, said exactly once."""
    report = place.report
    ways = ["Seconds", "Timestamp"] if place.jsonata else ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"]
    said = [name for name in ways if name in state]
    if not said:
        report.missing(path, *ways)
    report.at_most_one(path, state, *ways)
    if "Seconds" in said:
        whole(place, below(path, "Seconds"), state["Seconds"], 0, LONGEST)
    if "Timestamp" in said and not (
        place.jsonata and expressions.number_or(report, below(path, "Timestamp"), state["Timestamp"])
    ):
        timestamp(report, below(path, "Timestamp"), state["Timestamp"])
    for name in ("SecondsPath", "TimestampPath"):
        if name in said:
            paths.reference(report, below(path, name), state[name])


def fail(place: Place, path: str, state: dict[str, Any]) -> None:
    """Error and Cause of a Fail state, as texts or from paths."""
    report = place.report
    for name in ("Error", "Cause"):
        report.at_most_one(path, state, name, f"{name}Path")
        if name in state and report.text(below(path, name), state[name]) and place.jsonata:
            expressions.text(report, below(path, name), state[name])
        if f"{name}Path" in state:
            intrinsics.value(report, below(path, f"{name}Path"), state[f"{name}Path"])


def whole(place: Place, path: str, given: Any, least: int, most: int) -> None:
    """A problem unless it is a whole number in the range, or in JSONata an expression for one."""
    if not (place.jsonata and expressions.number_or(place.report, path, given)):
        place.report.whole_number(path, given, least, most)


def _credentials(place: Place, path: str, given: Any) -> None:
    names = ["RoleArn"] if place.jsonata else ["RoleArn", "RoleArn.$"]
    if not isinstance(given, dict):
        place.report.add(path, f"is {shown(given)}", "an object with RoleArn", "Write it as an object: {…}.")
        return
    templates.built(place.report, path, given, place.language)
    if not any(name in given for name in names):
        place.report.add(path, f"has no {listed(names)}", cure="Name the role to take on.")
    elif "RoleArn" in given:
        place.report.text(below(path, "RoleArn"), given["RoleArn"], "the ARN of a role")
