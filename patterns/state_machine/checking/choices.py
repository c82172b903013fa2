"""The rules of a Choice state: one comparison, or several joined by And, Or and Not; a Condition in JSONata.

Source: Amazon States Language specification, "Choice State"; Developer Guide, "Choice workflow state".
"""

from typing import Any

from patterns.state_machine.checking import expressions, paths, templates, variables
from patterns.state_machine.checking.place import Place
from patterns.state_machine.checking.report import below, nearest, shown
from patterns.state_machine.checking.timestamps import timestamp

_ORDERS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
_KINDS = {"String": str, "Numeric": float, "Timestamp": str}
TESTS = ("IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp")
COMPARATORS = (
    *(f"{kind}{order}{path}" for kind in _KINDS for order in _ORDERS for path in ("", "Path")),
    "StringMatches",
    "BooleanEquals",
    "BooleanEqualsPath",
    *TESTS,
)
_JOINING = ("And", "Or", "Not")
_KNOWN = frozenset(COMPARATORS)


def choice(place: Place, path: str, state: dict[str, Any]) -> None:
    """A problem for whatever is wrong in the fields Choices and Default."""
    if "Default" in state:
        place.leads_to(below(path, "Default"), state["Default"])
    where = below(path, "Choices")
    if "Choices" not in state:
        place.report.missing(path, "Choices")
    elif place.report.filled(where, state["Choices"], list, "an array of rules"):
        for number, rule in enumerate(state["Choices"]):
            _top_rule(place, below(where, number), rule)


def _top_rule(place: Place, path: str, rule: Any) -> None:
    report = place.report
    if not isinstance(rule, dict):
        report.add(path, f"is {shown(rule)}", "an object", "Write the rule as an object: {…}.")
        return
    if "Next" in rule:
        place.leads_to(below(path, "Next"), rule["Next"])
    else:
        report.missing(path, "Next")
    if "Assign" in rule:
        variables.assign(report, below(path, "Assign"), rule["Assign"], place.language, place.outer)
    if place.jsonata:
        _condition(place, path, rule)
    else:
        _rule(place, path, rule, ("Next", "Assign", "Comment"))


def _condition(place: Place, path: str, rule: dict[str, Any]) -> None:
    report = place.report
    report.known(path, rule, ("Condition", "Next", "Assign", "Output", "Comment"), "a rule in JSONata")
    if "Output" in rule:
        templates.built(report, below(path, "Output"), rule["Output"], place.language)
    where = below(path, "Condition")
    given: Any = rule.get("Condition")
    if "Condition" not in rule:
        report.missing(path, "Condition")
    elif expressions.is_expression(given):
        expressions.text(report, where, given)
    elif not isinstance(given, bool):
        report.add(where, f"is {shown(given)}", '"{% expression %}", true or false', "Write an expression.")


def _rule(place: Place, path: str, rule: Any, extra: tuple[str, ...]) -> None:
    """A rule in JSONPath; `extra` are fields that it may have besides, for only the outermost one leads anywhere."""
    report = place.report
    if not isinstance(rule, dict):
        report.add(path, f"is {shown(rule)}", "an object", "Write the rule as an object: {…}.")
        return
    if "Comment" in rule:
        report.text(below(path, "Comment"), rule["Comment"])
    joined = [name for name in _JOINING if name in rule]
    compared = [name for name in rule if name in _KNOWN]
    for name in rule:
        if name not in (*_JOINING, "Variable", *extra, "Comment") and name not in _KNOWN:
            _unknown_field(place, below(path, name), name)
    if len(joined) + len(compared) > 1:
        said = f"has {' and '.join([*joined, *compared])}"
        report.add(path, said, "one comparison, or one of And, Or, Not", "Join several comparisons by And or Or.")
    elif not joined and not compared:
        report.add(path, "compares nothing", "one of the comparisons, or And, Or, Not", "Add StringEquals or the like.")
    for name in joined:
        _joined(place, below(path, name), name, rule[name])
    if joined and "Variable" in rule:
        report.add(below(path, "Variable"), f"stands beside {joined[0]}", cure="Move it into the rules inside.")
    elif not joined and "Variable" not in rule:
        report.missing(path, "Variable")
    elif "Variable" in rule:
        paths.reference(report, below(path, "Variable"), rule["Variable"])
    for name in compared:
        _operand(place, below(path, name), name, rule[name])


def _joined(place: Place, path: str, name: str, given: Any) -> None:
    if name == "Not":
        _rule(place, path, given, ())
    elif place.report.filled(path, given, list, "an array of rules"):
        for number, rule in enumerate(given):
            _rule(place, below(path, number), rule, ())


def _operand(place: Place, path: str, name: str, given: Any) -> None:
    report = place.report
    if name.endswith("Path"):
        paths.reference(report, path, given)
    elif name.startswith(("Is", "Boolean")):
        if not isinstance(given, bool):
            report.add(path, f"is {shown(given)}", "true or false", "Write it without quotes.")
    elif name.startswith("Numeric"):
        report.number(path, given, float("-inf"))
    elif name.startswith("Timestamp"):
        timestamp(report, path, given)
    else:
        report.text(path, given)


def _unknown_field(place: Place, path: str, name: str) -> None:
    if name in ("Next", "Assign"):
        place.report.add(path, "stands in a rule inside another", cure="Only the outermost rule has it: move it there.")
    elif name in ("Condition", "Output"):
        cure = 'Compare with Variable and StringEquals or the like, or set "QueryLanguage": "JSONata".'
        place.report.add(path, "is for JSONata, and this state uses JSONPath", cure=cure)
    else:
        cure = nearest(name, [*COMPARATORS, *_JOINING, "Variable"]) or "Remove it, or correct its name."
        place.report.add(path, "is not a field of a choice rule", "Variable and one comparison", cure)
