"""Intrinsic functions: `States.Format('{} of {}', $.name, States.ArrayLength($.lines))`.

Only what is certain before anything runs is a problem: the form, the name, how many arguments, and an argument written
out in the definition that is of the wrong kind. What a path will find is the run's to say (States.IntrinsicFailure).
Source: Step Functions Developer Guide, "Intrinsic functions for JSONPath states" (at most 10 inside each other).
"""

import re
from functools import lru_cache
from typing import Any

from patterns.state_machine.checking import paths
from patterns.state_machine.checking.report import Report, nearest, shown
from simulator.engine.parameters import listed

MOST_NESTED = 10
MANY = 1000

# name: kinds of the arguments; "…" repeats the last, "?" marks one that may be left out
_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "Format": ("text", "any?", "…"),
    "StringToJson": ("text",),
    "JsonToString": ("any",),
    "Array": ("any?", "…"),
    "ArrayPartition": ("array", "number"),
    "ArrayContains": ("array", "any"),
    "ArrayRange": ("number", "number", "number"),
    "ArrayGetItem": ("array", "number"),
    "ArrayLength": ("array",),
    "ArrayUnique": ("array",),
    "Base64Encode": ("text",),
    "Base64Decode": ("text",),
    "Hash": ("any", "text"),
    "JsonMerge": ("object", "object", "boolean"),
    "MathRandom": ("number", "number", "number?"),
    "MathAdd": ("number", "number"),
    "StringSplit": ("text", "text"),
    "UUID": (),
}
_CALL = re.compile(r"\s*States\.(\w+)\s*\(")
_LITERALS = (
    ("text", re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)),
    ("number", re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")),
    ("boolean", re.compile(r"(?:true|false)\b")),
    ("null", re.compile(r"null\b")),
)
_SPACE = re.compile(r"\s*")
_PATH = re.compile(r"\$(?:[^\[\]'\"(),\s]|\[(?:[^\[\]'\"]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\[[^\]]*\])*\]|\(\))*")


class _Wrong(Exception):  # noqa: N818 - it is what the text is
    """The text is no call; its text says why."""


def is_call(text: str) -> bool:
    """Whether a text is meant as a call of an intrinsic function rather than as a path."""
    return text.lstrip().startswith("States.")


def value(report: Report, where: str, given: Any) -> None:
    """A problem unless it is a path or a call: what a field whose name ends in `.$` may hold."""
    allowed = "a path ($.order, $$.Execution.Id, $name) or an intrinsic function (States.Format(…))"
    if not isinstance(given, str):
        report.add(where, f"is {shown(given)}", allowed, "Write it as text, or take .$ from the name for a constant.")
    elif is_call(given):
        if said := fault(given):
            report.add(where, said, cure="Correct the call.")
    elif said := paths.fault(given):
        cure = "Correct it, or take .$ from the name for a constant."
        report.add(where, f"{shown(given)} {said}", allowed, cure)


@lru_cache(4096)
def fault(text: str) -> str:
    """Why a text is not a correct call, or "" if it is one."""
    try:
        end = _call(text, 0, 1)
        if text[end:].strip():
            raise _Wrong(f"has {shown(text[end:].strip())} after the call's closing bracket")
    except _Wrong as wrong:
        return str(wrong)
    return ""


def _call(text: str, start: int, depth: int) -> int:
    """Read a call that begins at `start` and give where it ends."""
    if depth > MOST_NESTED:
        raise _Wrong(f"has more than {MOST_NESTED} functions inside each other")
    opened = _CALL.match(text, start)
    if not opened:
        raise _Wrong(f"is not a call: {shown(text[start : start + 40])} should be like States.Format('{{}}', $.name)")
    name = opened[1]
    if name not in _FUNCTIONS:
        there = f"There are {listed(list(_FUNCTIONS), 'and')}"
        raise _Wrong(f"calls States.{name}, which does not exist. {nearest(name, list(_FUNCTIONS)) or there}")
    place = _skip(text, opened.end())
    kinds: list[str] = []
    while text[place : place + 1] != ")":
        if kinds:
            if text[place : place + 1] != ",":
                raise _Wrong(f"States.{name} has no comma or closing bracket before {_here(text, place)}")
            place = _skip(text, place + 1)
        kind, place = _argument(text, place, name, depth)
        kinds.append(kind)
        place = _skip(text, place)
    _fits(name, kinds)
    return place + 1


def _argument(text: str, place: int, name: str, depth: int) -> tuple[str, int]:
    """The kind of the argument at `place`, "any" when only a run can tell, and where it ends."""
    if _CALL.match(text, place):
        return "any", _call(text, place, depth + 1)
    if text[place : place + 1] == "$":
        found = _PATH.match(text, place)
        assert found, "it begins with $"
        if said := paths.fault(found[0]):
            raise _Wrong(f"{shown(found[0])} {said}")
        return "any", found.end()
    for kind, form in _LITERALS:
        if literal := form.match(text, place):
            return kind, literal.end()
    raise _Wrong(f"States.{name} can't take {_here(text, place)}: an argument is a path, 'text', a number or a call")


def _fits(name: str, kinds: list[str]) -> None:
    """Raises _Wrong unless the arguments are as many and of such kinds as the function takes."""
    wanted = _FUNCTIONS[name]
    named = [kind.rstrip("?") for kind in wanted if kind != "…"]
    least = sum(not kind.endswith("?") and kind != "…" for kind in wanted)
    most = MANY if "…" in wanted else len(named)
    if not least <= len(kinds) <= most:
        count = str(least) if least == most else f"at least {least}" if most == MANY else f"{least} or {most}"
        raise _Wrong(f"States.{name} has {len(kinds)} arguments, but takes {count}")
    for number, kind in enumerate(kinds):
        want = named[min(number, len(named) - 1)]
        if "any" not in (kind, want) and kind != want:
            raise _Wrong(f"argument {number + 1} of States.{name} is {kind}, but has to be a path or {want}")


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _here(text: str, place: int) -> str:
    return shown(text[place : place + 30]) if text[place:] else "the end"
