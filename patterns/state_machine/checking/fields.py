"""Which fields a state may have: by its type, and by the query language it is written in.

Source: Amazon States Language specification, "Table of State Types and Fields"; Developer Guide, "Transforming data
with JSONata in Step Functions" (what replaces what).
"""

from typing import Any

from patterns.state_machine.checking.report import Report, below, nearest
from simulator.engine.parameters import listed

LANGUAGES = ("JSONPath", "JSONata")

_COMMON = ("Type", "Comment", "QueryLanguage")
_FLOW = ("Next", "End")
_ERRORS = ("Retry", "Catch")
# type: (fields in both languages, only in JSONPath, only in JSONata)
_FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "Task": (
        ("Resource", "TimeoutSeconds", "HeartbeatSeconds", "Credentials", "Assign", *_FLOW, *_ERRORS),
        (
            "InputPath", "OutputPath", "Parameters", "ResultSelector", "ResultPath", "TimeoutSecondsPath",
            "HeartbeatSecondsPath",
        ),
        ("Arguments", "Output"),
    ),
    "Parallel": (
        ("Branches", "Assign", *_FLOW, *_ERRORS),
        ("InputPath", "OutputPath", "Parameters", "ResultSelector", "ResultPath"),
        ("Arguments", "Output"),
    ),
    "Map": (
        (
            "ItemProcessor", "Iterator", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter", "MaxConcurrency",
            "ToleratedFailureCount", "ToleratedFailurePercentage", "Label", "Assign", *_FLOW, *_ERRORS,
        ),
        (
            "InputPath", "OutputPath", "ItemsPath", "Parameters", "ResultSelector", "ResultPath", "MaxConcurrencyPath",
            "ToleratedFailureCountPath", "ToleratedFailurePercentagePath",
        ),
        ("Items", "Output"),
    ),
    "Pass": (("Assign", *_FLOW), ("InputPath", "OutputPath", "Parameters", "Result", "ResultPath"), ("Output",)),
    "Wait": (
        ("Seconds", "Timestamp", "Assign", *_FLOW),
        ("InputPath", "OutputPath", "SecondsPath", "TimestampPath"),
        ("Output",),
    ),
    "Choice": (("Choices", "Default", "Assign"), ("InputPath", "OutputPath"), ("Output",)),
    "Succeed": ((), ("InputPath", "OutputPath"), ("Output",)),
    "Fail": (("Error", "Cause"), ("ErrorPath", "CausePath"), ()),
}  # fmt: skip
TYPES = tuple(_FIELDS)
_OF = {
    kind: {
        "JSONPath": frozenset((*_COMMON, *both, *path)),
        "JSONata": frozenset((*_COMMON, *both, *jsonata)),
    }
    for kind, (both, path, jsonata) in _FIELDS.items()
}
_ANYWHERE = frozenset(name for of in _OF.values() for names in of.values() for name in names)
_INSTEAD = {
    "InputPath": "Select with $states.input in Arguments or Output.",
    "OutputPath": "Select in Output.",
    "Parameters": "Use Arguments.",
    "ResultSelector": "Use Output, with $states.result.",
    "ResultPath": "Use Output, or Assign.",
    "Result": "Use Output.",
    "ItemsPath": 'Use Items: "{% $states.input.items %}".',
    "Arguments": "Use Parameters.",
    "Output": "Use ResultSelector, ResultPath and OutputPath.",
    "Items": "Use ItemsPath.",
}


def known(report: Report, path: str, state: dict[str, Any], language: str) -> dict[str, Any]:
    """The state's fields that its type has in its query language; a problem for each of the others."""
    kind = state["Type"]
    allowed = _OF[kind][language]
    for name in state:
        if name not in allowed:
            _refuse(report, below(path, name), name, kind, language)
    return {name: value for name, value in state.items() if name in allowed}


def _refuse(report: Report, path: str, name: str, kind: str, language: str) -> None:
    other = LANGUAGES[language == "JSONPath"]
    if name in _OF[kind][other]:
        instead = _INSTEAD.get(name) or f"Write {name.removesuffix('Path')} with an expression."
        cure = f'{instead} Or set "QueryLanguage": "{other}" for this state.' if other == "JSONata" else instead
        report.add(path, f"is for {other}, and this state uses {language}", cure=cure)
        return
    names = [
        one for one in (*_COMMON, *(part for parts in _FIELDS[kind] for part in parts)) if one in _OF[kind][language]
    ]
    if name in _ANYWHERE:
        cure = (
            "A Choice leads on by the Next of its rules and by Default." if kind == "Choice" and name in _FLOW else ""
        )
        cure = cure or "Remove it, or take another type of state."
        report.add(path, f"is not a field of a {kind} state", listed(names), cure)
    else:
        report.add(path, "is not a field of any state", listed(names), nearest(name, names) or "Remove it.")
