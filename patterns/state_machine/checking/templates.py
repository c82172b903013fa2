"""What is built from a state's data: templates with `.$` names in JSONPath, values with expressions in JSONata.

Source: Amazon States Language specification, "Payload Template"; Developer Guide, "Transforming data with JSONata".
"""

from typing import Any

from patterns.state_machine.checking import expressions, intrinsics
from patterns.state_machine.checking.report import Report, below, shown

DYNAMIC = ".$"


def built(report: Report, where: str, given: Any, language: str) -> None:
    """A problem for whatever is wrong in a value that is built in this query language."""
    if language == "JSONata":
        expressions.values(report, where, given)
    elif isinstance(given, dict | list):
        template(report, where, given)
    else:
        allowed = "an object or an array"
        report.add(
            where, f"is {shown(given)}", allowed, 'Write an object; {"name.$": "$.path"} takes a value from a path.'
        )


def template(report: Report, where: str, given: Any) -> None:
    """A problem for every field with a `.$` name that holds no path, and for names that stand twice without it."""
    if isinstance(given, list):
        for place, inner in enumerate(given):
            template(report, below(where, place), inner)
    elif isinstance(given, dict):
        for name, inner in given.items():
            if not name.endswith(DYNAMIC):
                template(report, below(where, name), inner)
                continue
            intrinsics.value(report, below(where, name), inner)
            if name.removesuffix(DYNAMIC) in given:
                said = f"sets the same field as {name.removesuffix(DYNAMIC)} beside it"
                report.add(below(where, name), said, cure="Keep one of the two.")
