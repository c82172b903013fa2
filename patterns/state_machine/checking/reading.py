"""From the text of a definition, or from values, to plain JSON that is safe to walk through: small and flat enough.

The text is read once, with everything that a parser usually hides: fields that stand twice, NaN, and where it breaks.
Source: Step Functions API Reference, CreateStateMachine, `definition` (at most 1,048,576 characters); RFC 8259,
section 4 (names within an object should be unique).
"""

import json
from typing import Any

from patterns.state_machine.checking.report import Report, below, shown

MOST_CHARACTERS = 1_048_576
DEEPEST = 100
"""Objects and arrays inside each other. Ours: the service's own limit is not published."""


class _Twice(dict[str, Any]):
    """An object in which fields stood more than once; the last one counts."""

    repeated: tuple[str, ...] = ()


class _NoNumber(ValueError):  # noqa: N818 - it is what the text is
    """NaN or Infinity, which JavaScript knows and JSON does not."""


def read(report: Report, definition: Any) -> Any:
    """The definition as JSON values, or None when it can't be walked through at all; then the report says why."""
    value = _parsed(report, definition) if isinstance(definition, str) else definition
    if value is None or not _plain(report, value):
        if value is None and definition is None:
            report.add("", "is null", "an object with StartAt and States", "Write the definition.")
        return None
    return value


def _parsed(report: Report, text: str) -> Any:
    if len(text) > MOST_CHARACTERS:
        _too_large(report, f"{len(text):,}")
        return None
    if not text.strip():
        report.add("", "is empty", "an object with StartAt and States", "Write or paste a definition.")
        return None
    try:
        value = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        report.add("", f"is not JSON: line {error.lineno}, column {error.colno}: {_said(error)}", cure=_cure(error))
        return None
    except RecursionError:
        _too_deep(report, "")
        return None
    except _NoNumber as error:
        report.add("", f"is not JSON: {error}", cure="Write a number that JSON has.")
        return None
    except ValueError:  # Python's own limit, against texts that take long to read
        report.add("", "holds a number of more than 4,300 digits", cure="Write a shorter number.")
        return None
    if value is None:
        report.add("", "is null", "an object with StartAt and States", "Write the definition.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) == len(pairs):
        return given
    names = [name for name, _ in pairs]
    twice = _Twice(given)
    twice.repeated = tuple(name for name in given if names.count(name) > 1)
    return twice


def _constant(name: str) -> Any:
    raise _NoNumber(f"{name} is no number in JSON")


def _said(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]


def _cure(error: json.JSONDecodeError) -> str:
    """What is probably wrong at the place where reading stopped."""
    rest, before = error.doc[error.pos :].lstrip(), error.doc[: error.pos].rstrip()
    if not rest:
        return "The text ends too early: close every bracket and quote."
    if rest[0] == "'":
        return "Use double quotes."
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments; use the field Comment."
    if rest[0] in "}]" and before.endswith(","):
        return "Remove the comma before the closing bracket."
    if "delimiter" in error.msg:
        return "Add the comma or colon that is missing before this."
    return "Correct it there."


def _plain(report: Report, value: Any) -> bool:
    """Whether it is JSON, flat and small enough; what stands twice is a problem but does not stop the check."""
    walkable, characters = True, 0
    todo: list[tuple[str, Any, int]] = [("", value, 1)]
    while todo:
        path, one, depth = todo.pop()
        inner: Any = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        characters += 2 * len(one) + 2 if isinstance(one, dict | list) else len(one) + 2 if isinstance(one, str) else 1
        if isinstance(one, _Twice):
            for name in one.repeated:
                report.add(below(path, name), "stands more than once", cure="Keep one; only the last would count.")
        if depth > DEEPEST and isinstance(one, dict | list):
            _too_deep(report, path)
            return False
        if characters > MOST_CHARACTERS:
            _too_large(report, f"more than {MOST_CHARACTERS:,}")
            return False
        if not _is_json(one):
            walkable = False
            report.add(path, f"is {shown(one)}", "what JSON has", "Write it as JSON.")
        for name, part in inner:
            if isinstance(one, list) or (isinstance(name, str) and _is_json(name)):
                characters += len(str(name))
                todo.append((below(path, name), part, depth + 1))
            else:
                walkable = False
                report.add(path, f"has a field named {shown(name)}", "names that are text", "Write it as JSON.")
    return walkable


def _is_json(one: Any) -> bool:
    """Whether a value is one of JSON's kinds; half of a character, which can be escaped but not sent, is none."""
    if isinstance(one, str) and not one.isascii():
        return not any("\ud800" <= letter <= "\udfff" for letter in one)
    return one is None or isinstance(one, str | bool | int | float | dict | list)


def _too_large(report: Report, count: str) -> None:
    cure = "Move parts into state machines of their own."
    report.add("", f"has {count} characters", f"at most {MOST_CHARACTERS:,}", cure)


def _too_deep(report: Report, path: str) -> None:
    said = f"is nested in more than {DEEPEST} objects and arrays"
    where = ".".join(path.split(".")[:6])
    report.add(where, said, f"at most {DEEPEST} inside each other", "Make it flatter.")
