"""JSONata expressions over a message, made safe for a run: the same result everywhere, and never without end.

An expression is kept as text; it is compiled when it is first needed, and what is compiled is no part of a run's
state. A part of the language is left out, because a run must give the same trace on every machine ($now, $random),
and because an expression comes from a document, so it must not be able to hang the server or fill its memory
(functions of one's own, regular expressions, ranges, $power, $replace and the like). What is left still can multiply
(a path over a path over a list), so every step of an evaluation is counted, and one that takes too many is given up:
a count is the same everywhere, a time limit would not be.
Source: JSONata documentation, "Expressions" and "Function library"; the meter uses the library's own evaluation
callbacks.
"""

import sys
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, Field

from simulator.engine.parameters import listed, refusal

_limit = sys.getrecursionlimit()
from jsonata import Jsonata  # noqa: E402 - it raises the recursion limit of the whole process, which is put back
from jsonata.jexception import JException  # noqa: E402
from jsonata.parser import Parser  # noqa: E402

sys.setrecursionlimit(_limit)

LONGEST_EXPRESSION = 1000
MOST_STEPS = 20_000
LARGEST_NUMBER = 1e300
MOST_BYTES = 65_536
"""An expression is not applied to a larger message."""
LARGEST_RESULT = 262_144

_DEEPEST = 40
_STEP_BYTES = 256
"""Handling so many characters counts as one step."""

_FUNCTIONS = (
    "abs", "append", "assert", "average", "base64encode", "boolean", "ceil", "contains", "count", "error", "exists",
    "floor", "keys", "length", "lookup", "lowercase", "max", "merge", "min", "not", "number", "reverse", "sort",
    "split", "string", "substring", "substringAfter", "substringBefore", "sum", "trim", "type", "uppercase",
)  # fmt: skip
_LEFT_OUT = {
    "apply": "the ~> operator",
    "lambda": "functions of one's own",
    "parent": "the parent operator %",
    "partial": "partial application",
    "regex": "regular expressions",
    "transform": "the |…| operator",
}


class ExpressionFailed(Exception):  # noqa: N818 - it is what happened, and reads so at the call
    """An expression could not be evaluated for this message; its text says why."""


def evaluate(expression: str, given: dict[str, Any]) -> Any:
    """The value of `expression` for the input `given`, plain JSON; None where there is none. Raises
    ExpressionFailed.
    """
    meter = _Meter()
    try:
        found = _compiled(expression).evaluate(given, {"__evaluate_entry": meter.enter, "__evaluate_exit": meter.leave})
        return _plain(found)
    except ExpressionFailed:
        raise
    except JException as problem:
        raise ExpressionFailed(short(problem)) from None
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError, AttributeError) as problem:
        raise ExpressionFailed(short(problem)) from None


def holds(expression: str, given: dict[str, Any]) -> bool:
    """Whether `expression` is true for `given`, as JSONata's $boolean takes it. Raises ExpressionFailed."""
    found = evaluate(expression, given)
    return any(map(bool, found)) if isinstance(found, list) else bool(found)


def checked(expression: str) -> str:
    """The expression, stripped of space around it; for a wrong one, a refusal that says what is wrong. "" is
    allowed.
    """
    text = expression.strip()
    if not text:
        return ""
    if nesting(text) > _DEEPEST:
        raise refusal(f"the expression has more than {_DEEPEST} brackets inside each other. Make it flatter.")
    try:
        tree = _compiled(text).ast
    except JException as problem:
        raise refusal(f"the expression is not JSONata: {short(problem)}. Correct it.") from None
    except (RecursionError, TypeError, ValueError, LookupError, AttributeError) as problem:
        raise refusal(f"the expression is not JSONata ({short(problem)}). Correct it.") from None
    problems = list(dict.fromkeys(_problems(tree)))
    if problems:
        raise refusal(" ".join(problems))
    return text


Expression = Annotated[str, Field(max_length=LONGEST_EXPRESSION), AfterValidator(checked)]
"""A setting that holds a JSONata expression, or "" for none."""


@cache
def _compiled(expression: str) -> Any:
    compiled = Jsonata(expression)
    compiled.set_validate_input(False)  # a message is JSON already
    return compiled


def _plain(found: Any) -> Any:
    """The value as plain JSON of its own, if it is one that a message could carry."""
    if found is None or isinstance(found, bool | int | float):
        return found
    written = orjson.dumps(found)
    if len(written) > LARGEST_RESULT:
        raise ExpressionFailed(f"its result has {len(written):,} bytes; at most {LARGEST_RESULT:,} are taken")
    return found if isinstance(found, str) else orjson.loads(written)


@dataclass
class _Meter:
    """Counts the steps of one evaluation, and what they handle."""

    steps: int = field(default=0)

    def enter(self, expression: Any, given: Any, environment: Any) -> None:
        self._count(1)

    def leave(self, expression: Any, given: Any, environment: Any, result: Any) -> None:
        if isinstance(result, str):
            self._count(len(result) // _STEP_BYTES)
        elif isinstance(result, list | dict):
            self._count(_weight(result, MOST_STEPS))
        elif isinstance(result, int) and not -LARGEST_NUMBER < result < LARGEST_NUMBER:
            raise ExpressionFailed("a number became too large")

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise ExpressionFailed(f"it took more than {MOST_STEPS:,} steps")


def _weight(value: Any, most: int) -> int:
    """How many steps it takes to go through a value, at most a little more than `most`."""
    weight, todo = 0, [value]
    while todo and weight <= most:
        one = todo.pop()
        weight += 1
        if isinstance(one, str):
            weight += len(one) // _STEP_BYTES
        elif isinstance(one, dict):
            todo += one.values()
        elif isinstance(one, list):
            todo += one[:most]
    return weight


def _problems(part: Any, depth: int = 0) -> list[str]:
    """What in a parsed expression is not allowed here."""
    if depth > 4 * _DEEPEST:
        return ["The expression is nested too deeply. Make it flatter."]
    if isinstance(part, list | tuple):
        return [problem for inner in part for problem in _problems(inner, depth + 1)]
    if not isinstance(part, Parser.Symbol):
        return []
    found = []
    kind = getattr(part, "type", None)
    if kind in _LEFT_OUT:
        found.append(f"It uses {_LEFT_OUT[kind]}, which expressions here can't. Leave that out.")
    elif kind == "binary" and part.value == "..":
        found.append("It uses the range operator .., which expressions here can't. Leave that out.")
    elif kind == "function" and getattr(part.procedure, "value", None) not in _FUNCTIONS:
        found.append(f"It calls ${getattr(part.procedure, 'value', '')}. Functions here are {listed(_names(), 'and')}.")
    elif kind == "variable" and part.value in Jsonata.static_frame.bindings:
        found.append(f"It uses the function ${part.value} as a value. Call it, or give the variable another name.")
    inner = [
        value for name, value in vars(part).items() if name not in ("_outer_instance", "procedure", "ancestor", "slot")
    ]
    return found + _problems(inner, depth + 1)


def _names() -> list[str]:
    return [f"${name}" for name in _FUNCTIONS]


def nesting(text: str) -> int:
    """How many brackets stand inside each other, texts included: an upper bound."""
    depth = deepest = 0
    for letter in text:
        if letter in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in ")]}":
            depth -= 1
    return deepest


def short(problem: Exception, most: int = 120) -> str:
    """What went wrong in one line of at most so many characters."""
    text = " ".join(str(problem).split()) or type(problem).__name__
    return text if len(text) <= most else f"{text[: most - 1]}…"
