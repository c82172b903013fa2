"""Variables: which names a state may assign.

A machine inside a Parallel or Map state reads the variables around it and can't assign them, so that a name there must
not be one of theirs; children of a distributed Map see none of them.
Source: Step Functions Developer Guide, "Passing data between states with variables" (names, scope, limits).
"""

import re
from typing import Any

from patterns.state_machine.checking import templates
from patterns.state_machine.checking.report import Report, below, shown

MOST_CHARACTERS = 80
_NAME = re.compile(r"[^\W\d]\w*")


def assign(report: Report, where: str, given: Any, language: str, outer: frozenset[str]) -> None:
    """A problem for whatever is wrong in a field Assign; `outer` are the variables of the machines around."""
    if not isinstance(given, dict):
        report.add(where, f"is {shown(given)}", "an object: {variable: value}", "Write it as an object.")
        return
    for written in given:
        name = _name(written, language)
        if name == "states":
            report.add(below(where, written), "is a reserved name", cure="Take another name.")
        elif len(name) > MOST_CHARACTERS:
            said = f"has {len(name)} characters"
            report.add(below(where, written), said, f"at most {MOST_CHARACTERS}", "Shorten the name.")
        elif not _NAME.fullmatch(name):
            allowed = "letters, digits and _, not beginning with a digit"
            report.add(below(where, written), "is no name of a variable", allowed, "Take another name.")
        elif name in outer:
            said = "is a variable of the machine around this one, which can be read here but not assigned"
            report.add(below(where, written), said, cure="Take another name, or pass the value on as output.")
    templates.built(report, where, given, language)


def assigned(states: dict[str, Any], language: str) -> frozenset[str]:
    """The names of all variables that states of one machine assign, those of the machines inside left out."""
    found = set()
    for state in states.values():
        if not isinstance(state, dict):
            continue
        own = state.get("QueryLanguage", language)
        parts = [state]
        for field in ("Catch", "Choices"):
            listed = state.get(field)
            parts += [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        for part in parts:
            if isinstance(part.get("Assign"), dict):
                found |= {_name(name, own) for name in part["Assign"]}
    return frozenset(found)


def _name(written: str, language: Any) -> str:
    return written if language == "JSONata" else written.removesuffix(templates.DYNAMIC)
