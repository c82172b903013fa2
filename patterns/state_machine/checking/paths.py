"""JSONPath in a definition: into the input (`$.a`), the context object (`$$.Execution`) and variables (`$name.a`).

Most paths are plain (names, indexes, slices, wildcards) and are read here by one expression; one with a filter is put
to the library that will evaluate it. A *reference path* names exactly one place: only names and indexes.
Sources: Amazon States Language specification, "Paths" and "Reference Paths"; Jayway JsonPath (operators and
functions), which the service's dialect follows.
"""

import re
from functools import lru_cache
from typing import Any

from jsonpath import compile as compile_path
from jsonpath.exceptions import JSONPathError

from patterns.state_machine.checking.report import Report, shown

LONGEST = 10_000
_NAME = r"[^\s.\[\]()*?'\",]+"
_ROOT = r"\$(?:\$|[^\W\d]\w*)?"
_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_REFERENCE = re.compile(rf"{_ROOT}(?:\.{_NAME}|\[\d+\]|\[(?:{_QUOTED})\])*", re.DOTALL)
_PLAIN = re.compile(
    rf"{_ROOT}(?:\.\.?{_NAME}|\.\.?\*|\.?\.?\[(?:\*|-?\d+(?:\s*,\s*-?\d+)*|-?\d*:-?\d*(?::-?\d*)?"
    rf"|(?:{_QUOTED})(?:\s*,\s*(?:{_QUOTED}))*|\(@\.length\s*-\s*\d+\))\])*",
    re.DOTALL,
)
_FUNCTION = re.compile(r"\.(?:min|max|avg|stddev|length|size|sum|keys|first|last)\(\)$")
_VARIABLE = re.compile(r"\$[^\W\d$]\w*")


def path(report: Report, where: str, value: Any, *, null: bool = False) -> None:
    """A problem unless it is a path, or null where that is allowed."""
    _judge(report, where, value, null, "path such as $.order.id, $$.Execution.Id or $name", fault)


def reference(report: Report, where: str, value: Any) -> None:
    """A problem unless it is a reference path, of whatever root."""
    _judge(
        report, where, value, False, "reference path: $, names and indexes, such as $.order.lines[0]", _not_one_place
    )


def place(report: Report, where: str, value: Any) -> None:
    """A problem unless it is a place in the state's input, for a result: a reference path that begins with `$`."""
    allowed = "reference path into the state's input, such as $.result"
    _judge(report, where, value, True, allowed, _no_place)


@lru_cache(4096)
def fault(text: str) -> str:
    """Why a text is not a path, or "" if it is one."""
    if not text.startswith("$"):
        return "does not begin with $"
    if len(text) > LONGEST:
        return f"is longer than {LONGEST:,} characters"
    body = _FUNCTION.sub("", text)
    if _PLAIN.fullmatch(body):
        return ""
    root = re.match(_ROOT, body)
    assert root, "it begins with $"
    try:
        compile_path(f"${body[root.end() :]}")
    except (JSONPathError, RecursionError) as error:
        return f"is not a path: {_first_line(error)}"
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError, re.error) as error:
        return f"is not a path ({_first_line(error)})"
    return ""


def _not_one_place(text: str) -> str:
    if _REFERENCE.fullmatch(text):
        return ""
    return fault(text) or "may find more than one value"


def _no_place(text: str) -> str:
    if text.startswith("$$"):
        return "leads into the context object, which can't be written"
    if _VARIABLE.match(text):
        return "leads into a variable; variables are set by Assign"
    return _not_one_place(text)


def _judge(report: Report, where: str, value: Any, null: bool, allowed: str, judge: Any) -> None:
    words = f"a {allowed}, or null" if null else f"a {allowed}"
    if value is None and null:
        return
    if not isinstance(value, str):
        report.add(where, f"is {shown(value)}", words, "Write a path in double quotes.")
    elif said := judge(value):
        report.add(where, f"{shown(value)} {said}", words, "Correct the path.")


def _first_line(error: BaseException) -> str:
    text = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return text if len(text) <= 120 else f"{text[:119]}…"
