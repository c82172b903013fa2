"""JSONata in a definition: text of the form `{% expression %}`, as a whole, in any value of a JSONata state.

Parsed by the library that will evaluate it. Simple paths, the most frequent, are recognised without it, and what has
been parsed once is remembered: an editor asks again after every few letters.
Source: Step Functions Developer Guide, "Transforming data with JSONata in Step Functions".
"""

import re
import sys
from typing import Any

from patterns.state_machine.checking.report import Report, below
from simulator.engine.expression import nesting, short

_limit = sys.getrecursionlimit()
from jsonata.jexception import JException  # noqa: E402 - the library raises the recursion limit, which is put back
from jsonata.parser import Parser  # noqa: E402

sys.setrecursionlimit(_limit)

OPENING, CLOSING = "{%", "%}"
_DEEPEST = 100
_SIMPLE = re.compile(r"\s*\$?[A-Za-z_]\w*(?:\.(?!(?:and|or|in)\b)[A-Za-z_]\w*)*\s*", re.ASCII)
_MOST_KNOWN = 8192
_known: dict[str, str] = {}
_WORDS = ("and", "or", "in", "function", "λ")


def values(report: Report, where: str, given: Any) -> None:
    """A problem for every wrong expression anywhere in a value."""
    if isinstance(given, str):
        text(report, where, given)
    elif isinstance(given, dict):
        for name, inner in given.items():
            values(report, below(where, name), inner)
    elif isinstance(given, list):
        for place, inner in enumerate(given):
            values(report, below(where, place), inner)


def text(report: Report, where: str, given: str) -> None:
    """A problem if the text is meant as an expression and is none."""
    opened, closed = given.startswith(OPENING), given.endswith(CLOSING)
    if opened != closed:
        said = f"is an expression without its {'closing %}' if opened else 'opening {%'}"
        report.add(
            where, said, '"{% expression %}" as the whole text', "Begin with {% and end with %}, nothing around."
        )
    elif opened and (said := _fault(report, given[2:-2])):
        report.add(where, f"is not JSONata: {said}", cure="Correct the expression.")


def is_expression(given: Any) -> bool:
    """Whether a value is meant as an expression."""
    return isinstance(given, str) and given.startswith(OPENING)


def _fault(report: Report, expression: str) -> str:
    """As `fault`, with the report's own parser, which is made when it is first needed and anew after each mistake."""
    if report.parser is None or "%" in expression:
        report.parser = Parser()
    if said := fault(expression, report.parser):
        report.parser = None
    return said


def fault(expression: str, parser: Parser | None = None) -> str:
    """Why an expression can't be parsed, or "" if it can. To make a parser costs more than to use it: give one."""
    if _SIMPLE.fullmatch(expression) and expression.strip() not in _WORDS:
        return ""
    if (known := _known.get(expression)) is not None:
        return known
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[expression] = said = _parsed(expression, parser or Parser())
    return said


def _parsed(expression: str, parser: Parser) -> str:
    if nesting(expression) > _DEEPEST:
        return f"more than {_DEEPEST} brackets inside each other"
    try:
        parser.parse(expression)
    except JException as problem:
        return short(problem)
    except RecursionError:
        return "it is nested too deeply"
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, re.error) as problem:
        return short(problem)
    return ""


def number_or(report: Report, where: str, given: Any) -> bool:
    """Whether a value that should be a number is left to an expression, which is checked; False if it is none."""
    if not isinstance(given, str) or not (given.startswith(OPENING) or given.endswith(CLOSING)):
        return False
    text(report, where, given)
    return True
