"""Retry and Catch: which errors they match, and what a retrier may say.

Source: Step Functions Developer Guide, "Handling errors in Step Functions workflows"; Amazon States Language
specification, "Errors" (names that begin with `States.` are reserved).
"""

import re
from typing import Any

from patterns.state_machine.checking import expressions, paths, variables
from patterns.state_machine.checking.place import Place
from patterns.state_machine.checking.report import Report, below, nearest, shown

RESERVED = (
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
)
_STATUS = re.compile(r"States\.Http\.StatusCode\.\d{3}")
MOST = 99_999_999
LONGEST_DELAY = 31_622_399

_RETRIER = (
    "ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment",
)  # fmt: skip
_CATCHER = {
    "JSONPath": ("ErrorEquals", "Next", "ResultPath", "Assign", "Comment"),
    "JSONata": ("ErrorEquals", "Next", "Output", "Assign", "Comment"),
}


def retriers(place: Place, path: str, given: Any) -> None:
    """A problem for whatever is wrong in a field Retry."""
    report = place.report
    for where, retrier, last in _each(report, path, given, "retriers"):
        report.known(where, retrier, _RETRIER, "a retrier")
        _matched(report, where, retrier, last)
        for name, least, most in (
            ("IntervalSeconds", 1, MOST),
            ("MaxAttempts", 0, MOST),
            ("MaxDelaySeconds", 1, LONGEST_DELAY),
        ):
            if name in retrier:
                report.whole_number(below(where, name), retrier[name], least, most)
        if "BackoffRate" in retrier:
            report.number(below(where, "BackoffRate"), retrier["BackoffRate"], 1)
        if "JitterStrategy" in retrier:
            report.one_of(below(where, "JitterStrategy"), retrier["JitterStrategy"], ("NONE", "FULL"))
        _comment(report, where, retrier)


def catchers(place: Place, path: str, given: Any) -> None:
    """A problem for whatever is wrong in a field Catch."""
    report = place.report
    for where, catcher, last in _each(report, path, given, "catchers"):
        report.known(where, catcher, _CATCHER[place.language], f"a catcher in {place.language}")
        _matched(report, where, catcher, last)
        if "Next" in catcher:
            place.leads_to(below(where, "Next"), catcher["Next"])
        else:
            report.missing(where, "Next")
        if "ResultPath" in catcher and not place.jsonata:
            paths.place(report, below(where, "ResultPath"), catcher["ResultPath"])
        if "Output" in catcher and place.jsonata:
            expressions.values(report, below(where, "Output"), catcher["Output"])
        if "Assign" in catcher:
            variables.assign(report, below(where, "Assign"), catcher["Assign"], place.language, place.outer)
        _comment(report, where, catcher)


def _each(report: Report, path: str, given: Any, noun: str) -> list[tuple[str, dict[str, Any], bool]]:
    """(path, entry, whether it is the last) of every entry that is an object."""
    if not isinstance(given, list):
        report.add(path, f"is {shown(given)}", f"an array of {noun}", "Write it as an array: […].")
        return []
    found = []
    for number, one in enumerate(given):
        where = below(path, number)
        if isinstance(one, dict):
            found.append((where, one, number == len(given) - 1))
        else:
            report.add(where, f"is {shown(one)}", "an object with ErrorEquals", "Write it as an object: {…}.")
    return found


def _matched(report: Report, where: str, entry: dict[str, Any], last: bool) -> None:
    """The names in ErrorEquals: some, known where the language reserves them, and States.ALL alone and at the end."""
    if "ErrorEquals" not in entry:
        report.missing(where, "ErrorEquals")
        return
    path, names = below(where, "ErrorEquals"), entry["ErrorEquals"]
    if not report.filled(path, names, list, "an array of error names"):
        return
    for number, name in enumerate(names):
        at = below(path, number)
        if report.text(at, name, "the name of an error") and name.startswith("States."):
            if name not in RESERVED and not _STATUS.fullmatch(name):
                cure = nearest(name, list(RESERVED)) or "Names of your own must not begin with States."
                report.add(at, f"{shown(name)} is no error that Step Functions has", cure=cure)
    if "States.ALL" in names:
        if len(names) > 1:
            report.add(path, "has States.ALL beside other names", cure="It matches them all: let it stand alone.")
        if not last:
            report.add(
                path, "has States.ALL, and others follow that could never be reached", cure="Move it to the end."
            )


def _comment(report: Report, where: str, entry: dict[str, Any]) -> None:
    if "Comment" in entry:
        report.text(below(where, "Comment"), entry["Comment"])
