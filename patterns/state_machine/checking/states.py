"""One state: its type, its query language, the fields that many types share, and then those of its type."""

from collections.abc import Callable
from typing import Any

from patterns.state_machine.checking import (
    choices,
    errors,
    expressions,
    fields,
    maps,
    paths,
    simple,
    templates,
    variables,
)
from patterns.state_machine.checking.maps import Inner
from patterns.state_machine.checking.place import Place
from patterns.state_machine.checking.report import below, shown

LONGEST_NAME = 80
ENDING = ("Succeed", "Fail")

_OWN: dict[str, Callable[[Place, str, dict[str, Any]], None]] = {
    "Task": simple.task,
    "Wait": simple.wait,
    "Fail": simple.fail,
    "Choice": choices.choice,
}
_AROUND_MACHINES: dict[str, Callable[[Place, str, dict[str, Any], Inner], None]] = {
    "Map": maps.map_state,
    "Parallel": maps.parallel,
}


def state(place: Place, path: str, given: Any, inner: Inner) -> None:
    """A problem for whatever is wrong in a state; `inner` checks the machines inside it."""
    report = place.report
    if not isinstance(given, dict):
        report.add(path, f"is {shown(given)}", "an object with Type", "Write the state as an object: {…}.")
        return
    if "Type" not in given:
        report.missing(path, "Type")
        return
    if not report.one_of(below(path, "Type"), given["Type"], fields.TYPES):
        return
    here = place.within(language=language(place, path, given))
    kept = fields.known(report, path, given, here.language)
    _shared(here, path, kept)
    kind = given["Type"]
    if kind in _OWN:
        _OWN[kind](here, path, kept)
    if kind in _AROUND_MACHINES:
        _AROUND_MACHINES[kind](here, path, kept, inner)
    if kind not in (*ENDING, "Choice"):
        _leads_on(here, path, kept)


def language(place: Place, path: str, given: dict[str, Any]) -> str:
    """The query language in which a machine or a state is written; a problem where it can't be."""
    said = given.get("QueryLanguage", place.machine_language)
    where = below(path, "QueryLanguage")
    if not isinstance(said, str) or said not in fields.LANGUAGES:
        place.report.one_of(where, said, fields.LANGUAGES)
        return place.machine_language
    if place.settled and said == "JSONPath":
        cure = "Remove it here, or take JSONata from the whole and set it for single states."
        place.report.add(where, "is JSONPath, and the state machine as a whole is in JSONata", "JSONata", cure)
    return said


def _shared(place: Place, path: str, given: dict[str, Any]) -> None:
    """The fields that mean the same in every type of state that has them."""
    report = place.report
    if "Comment" in given:
        report.text(below(path, "Comment"), given["Comment"])
    if "Assign" in given:
        variables.assign(report, below(path, "Assign"), given["Assign"], place.language, place.outer)
    if "Retry" in given:
        errors.retriers(place, below(path, "Retry"), given["Retry"])
    if "Catch" in given:
        errors.catchers(place, below(path, "Catch"), given["Catch"])
    for name in ("InputPath", "OutputPath"):
        if name in given:
            paths.path(report, below(path, name), given[name], null=True)
    if "ResultPath" in given:
        paths.place(report, below(path, "ResultPath"), given["ResultPath"])
    for name in ("Parameters", "ResultSelector"):
        if name in given:
            templates.built(report, below(path, name), given[name], place.language)
    if "Output" in given:
        templates.built(report, below(path, "Output"), given["Output"], place.language)
    if "Arguments" in given:
        arguments, where = given["Arguments"], below(path, "Arguments")
        templates.built(report, where, arguments, place.language)
        if given["Type"] == "Task" and not isinstance(arguments, dict) and not expressions.is_expression(arguments):
            report.add(
                where, f"is {shown(arguments)}", 'an object or "{% expression %}"', "Write it as an object: {…}."
            )


def _leads_on(place: Place, path: str, given: dict[str, Any]) -> None:
    """Exactly one of Next and End."""
    report, end = place.report, given.get("End", False)
    if "Next" in given:
        place.leads_to(below(path, "Next"), given["Next"])
    if not isinstance(end, bool):
        report.add(below(path, "End"), f"is {shown(end)}", "true", "Write true without quotes, or give it a Next.")
    elif "Next" in given and end:
        report.add(path, "has both Next and End", "one of them", "Keep Next to go on, or End to end here.")
    elif "Next" not in given and not end:
        report.add(path, "has neither Next nor End", cure='Say what follows: "Next": "…", or "End": true.')
