"""JSONata in a state: the whole language with the service's own functions, the same on every machine, never without
end.

An expression is compiled once a process and is no part of an execution's state. Time is virtual ($now, $millis) and
chance comes from the execution's stream ($random, $uuid, $shuffle). Every step of an evaluation is counted, with what
it builds; one that takes too many, or goes too deep, ends in an error, as a time-out of the service would.
Sources: JSONata documentation; Step Functions Developer Guide, "Transforming data with JSONata" (the functions that the
service adds; $eval is left out); recorded on the service: the sentences of its errors.
"""

import math
import re
import sys
from functools import cache
from typing import Any

from jsonata import Jsonata
from jsonata.jexception import JException
from jsonata.utils import Utils

from patterns.state_machine.data.functions import FUNCTIONS, NULL, Chance, given_nulls
from patterns.state_machine.data.regular import Regular, Spent
from simulator.engine.expression import short

MOST_STEPS = 100_000
DEEPEST = 400
LARGEST_NUMBER = 1e300
LONGEST_TEXT = 2_000_000
LONGEST_EXPRESSION = 100_000
LONGEST_REASON = 300

_FRAMES = 12_000
_STEP_LETTERS = 256
_STEP_MEMBERS = 8

_COMPARING = ("=", "!=", "in")
_WALKING = ("boolean", "distinct", "hash", "merge", "not", "string")
"""Functions that go through all of a value."""
_BUILDING = ("apply", "unary")


class QueryFailed(Exception):  # noqa: N818 - it is what happened, and reads so at the call
    """An expression has no value: its text goes on from “The JSONata expression '…' specified for the field '…'”."""


class BadExpression(ValueError):  # noqa: N818 - it is what the text is
    """A text that is no JSONata."""


UNDEFINED = "returned nothing (undefined)."
UNSUPPORTED = "returned an unsupported result type."


def is_expression(value: Any) -> bool:
    """Whether a value in a JSONata state is an expression: a text `{% … %}`."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}") and len(value) >= len("{%%}")


def inside(text: str) -> str:
    """The expression in `{% … %}`."""
    return text[2:-2].strip()


def compile_expression(expression: str) -> None:
    """Compile now rather than at the first evaluation. Raises BadExpression."""
    _compiled(expression)


def evaluate(expression: str, bindings: dict[str, Any], chance: Chance) -> Any:
    """The value of an expression as plain JSON. Raises QueryFailed."""
    meter = _Meter()
    Spent.work = 0.0
    names = {name: given_nulls(value) for name, value in bindings.items()}
    frame = {**chance.functions, **FUNCTIONS, **names, "__evaluate_entry": meter.enter, "__evaluate_exit": meter.leave}
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        found = _compiled(expression).evaluate(None, frame)
        if found is None:
            raise QueryFailed(UNDEFINED)
        return _Plain().of(found)
    except QueryFailed:
        raise
    except JException as problem:
        raise QueryFailed(f"threw an error during evaluation. {short(problem, LONGEST_REASON)}") from None
    except BadExpression as problem:
        raise QueryFailed(f"is not valid. {problem}") from None
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError, AttributeError, re.error) as problem:
        raise QueryFailed(f"threw an error during evaluation. {short(problem, LONGEST_REASON)}") from None
    finally:
        sys.setrecursionlimit(limit)


@cache
def _compiled(expression: str) -> Any:
    if len(expression) > LONGEST_EXPRESSION:
        raise BadExpression(f"The expression is longer than {LONGEST_EXPRESSION:,} characters.")
    try:
        compiled = Jsonata(expression, Regular)
    except JException as problem:
        raise BadExpression(short(problem, LONGEST_REASON)) from None
    except (RecursionError, TypeError, ValueError, LookupError, AttributeError, re.error) as problem:
        raise BadExpression(short(problem, LONGEST_REASON)) from None
    compiled.set_validate_input(False)  # what is bound is JSON already
    compiled.set_output_convert_nulls(False)  # null and nothing are not the same
    return compiled


class _Meter:
    """Counts the steps of one evaluation, what they build, and how deep they are inside each other."""

    __slots__ = ("depth", "steps", "weighed")

    def __init__(self) -> None:
        self.steps = 0
        self.depth = 0
        self.weighed: set[Any] = set()

    def enter(self, expression: Any, given: Any, environment: Any) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise QueryFailed(f"threw an error during evaluation. It went more than {DEEPEST} steps deep.")
        self._count(1)
        kind = expression.type
        if kind == "binary" and expression.value in _COMPARING:
            self.weighed.update((expression.lhs, expression.rhs))
        elif kind == "function" and expression.procedure.value in _WALKING:
            self.weighed.update(expression.arguments)

    def leave(self, expression: Any, given: Any, environment: Any, result: Any) -> None:
        self.depth -= 1
        if isinstance(result, str):
            if len(result) > LONGEST_TEXT:
                raise QueryFailed(f"threw an error during evaluation. It built more than {LONGEST_TEXT:,} characters.")
            self._count(len(result) // _STEP_LETTERS)
        elif isinstance(result, list):
            self._count(len(result) // _STEP_MEMBERS)
        elif isinstance(result, int) and not -LARGEST_NUMBER < result < LARGEST_NUMBER:
            raise QueryFailed("threw an error during evaluation. A number became too large.")
        if isinstance(result, list | dict) and (expression.type in _BUILDING or expression in self.weighed):
            self._count(_weight(result, _STEP_MEMBERS * MOST_STEPS) // _STEP_MEMBERS)

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise QueryFailed(f"threw an error during evaluation. It took more than {MOST_STEPS:,} steps.")


def _weight(value: Any, most: int) -> int:
    """How many values there are in a value, at most a little more than `most`: shared parts count each time."""
    weight, todo = 0, [value]
    while todo and weight <= most:
        one = todo.pop()
        weight += 1
        if isinstance(one, str):
            weight += len(one) // _STEP_LETTERS
        elif isinstance(one, dict):
            todo += one.values()
        elif isinstance(one, Utils.RangeList):
            weight += len(one)
        elif isinstance(one, list):
            todo += one
    return weight


class _Plain:
    """Makes plain JSON of what the library found: no sequences of its own, null for its null, whole numbers whole."""

    most = 1_000_000

    def __init__(self) -> None:
        self.count = 0

    def of(self, found: Any) -> Any:
        self.count += 1
        if self.count > self.most:
            raise QueryFailed(f"threw an error during evaluation. It built more than {self.most:,} values.")
        if found is NULL or found is None:
            return None
        if isinstance(found, bool | str):
            return found
        if isinstance(found, int):
            return found if -(2**63) <= found < 2**63 else float(found)
        if isinstance(found, float):
            return self._number(found)
        if isinstance(found, dict):
            return {name: self.of(value) for name, value in found.items()}
        if isinstance(found, list):
            return [self.of(value) for value in found]
        raise QueryFailed(UNSUPPORTED)

    def _number(self, found: float) -> int | float:
        if not math.isfinite(found):
            raise QueryFailed("threw an error during evaluation. A number became too large.")
        return int(found) if found.is_integer() and abs(found) < 2**53 else found


def kind(value: Any) -> str:
    """What JSON calls a value: array, object, string, number, boolean, null."""
    if value is None:
        return "null"
    return _KINDS[type(value)]


_KINDS = {list: "array", dict: "object", str: "string", bool: "boolean", int: "number", float: "number"}
