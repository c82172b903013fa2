"""The functions that the service adds to JSONata, and those of the library that must be bounded or made repeatable.

$partition, $range, $hash, $random with a seed, $uuid, $parse are the service's; $eval is not there. $now, $millis,
$random, $shuffle and $uuid depend on the moment and on chance, which an execution gives (`Chance`). $pad and $replace
could build texts without end.
Source: Step Functions Developer Guide, "JSONata functions provided by Step Functions".
"""

import math
from collections.abc import Callable
from random import Random
from typing import Any

from jsonata import Jsonata
from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.utils import Utils

from patterns.state_machine.data import intrinsics
from patterns.state_machine.errors import StateError
from simulator.engine import expression as _expression
from simulator.engine.json_text import value_of

NULL = Utils.NULL_VALUE
LONGEST_BUILT = 2_000_000

assert _expression  # it is imported first, so that loading the library leaves the recursion limit as it was


class _Body:
    """What a function of the library does: `work` on the arguments, those that are left out as None."""

    def __init__(self, work: Callable[..., Any], most: int) -> None:
        self.work = work
        self.most = most

    def call(self, given: Any, arguments: Any) -> Any:
        filled = [*(arguments or []), *[None] * self.most][: self.most]
        try:
            return self.work(*filled)
        except StateError as problem:
            raise ValueError(problem.cause) from None


def _function(work: Callable[..., Any], most: int, signature: str | None = None) -> Any:
    return Jsonata.JFunction(_Body(work, most), signature)


class Chance:
    """The moment and the random stream of one evaluation, as JSONata functions."""

    __slots__ = ("millis", "random")

    def __init__(self, millis: int, random: Random) -> None:
        self.millis = millis
        self.random = random

    @property
    def functions(self) -> dict[str, Any]:
        return {
            "now": _function(self._now, 2, "<s?s?:s>"),
            "millis": _function(self._millis, 0),
            "random": _function(self._random, 1),
            "shuffle": _function(self._shuffle, 1, "<a:a>"),
            "uuid": _function(self._uuid, 0),
        }

    def _now(self, picture: Any, zone: Any) -> Any:
        return Functions.datetime_from_millis(self.millis, picture, zone)

    def _millis(self) -> int:
        return self.millis

    def _random(self, seed: Any) -> float:
        if seed is None:
            return self.random.random()
        return Random(_number(seed)).random()

    def _shuffle(self, values: Any) -> Any:
        if values is None:
            return None
        shuffled = list(values)
        self.random.shuffle(shuffled)
        return shuffled

    def _uuid(self) -> str:
        return intrinsics.uuid(self.random)


def given_nulls(value: Any) -> Any:
    """A JSON value as the library wants it: its own null in the place of None, which to it means nothing at all."""
    if value is None:
        return NULL
    if isinstance(value, dict):
        return {name: given_nulls(inner) for name, inner in value.items()} if _has_null(value) else value
    if isinstance(value, list):
        return [given_nulls(inner) for inner in value] if _has_null(value) else value
    return value


def _has_null(value: Any) -> bool:
    todo = [value]
    while todo:
        one = todo.pop()
        if one is None:
            return True
        if isinstance(one, dict):
            todo += one.values()
        elif isinstance(one, list):
            todo += one
    return False


def partition(values: Any, size: Any) -> Any:
    if values is None or size is None:
        return None
    return intrinsics.array_partition(values if isinstance(values, list) else [values], size)


def numbers(first: Any, last: Any, step: Any) -> Any:
    if first is None or last is None or step is None:
        return None
    start, end, by = (_number(number) for number in (first, last, step))
    if not by:
        raise ValueError("The third argument of the range function must not be zero.")
    count = math.floor((end - start) / by) + 1
    if count > intrinsics.MOST_RANGE:
        raise ValueError(f"The range function can make at most {intrinsics.MOST_RANGE} items.")
    return [start + place * by for place in range(count)]


def hash_text(data: Any, algorithm: Any) -> Any:
    if data is None:
        return None
    return intrinsics.hash_text(Functions.string(data, False), "SHA-256" if algorithm is None else algorithm)


def parse(text: Any) -> Any:
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError("The argument of the parse function must be a string.")
    try:
        return given_nulls(value_of(text))
    except ValueError:
        raise ValueError("The argument of the parse function is not valid JSON.") from None


def pad(text: Any, width: Any, letter: Any) -> Any:
    if isinstance(width, int | float) and abs(width) > LONGEST_BUILT:
        raise ValueError(f"The pad function can make at most {LONGEST_BUILT:,} characters.")
    return Functions.pad(text, width, letter)


def replace(text: Any, pattern: Any, replacement: Any, limit: Any) -> Any:
    if isinstance(text, str) and isinstance(replacement, str) and len(text) * len(replacement) > LONGEST_BUILT:
        found = text.count(pattern) if isinstance(pattern, str) else sum(1 for _ in pattern.finditer(text))
        if len(text) + found * len(replacement) > LONGEST_BUILT:
            raise ValueError(f"The replace function can make at most {LONGEST_BUILT:,} characters.")
    return Functions.replace(text, pattern, replacement, limit)


def join(values: Any, separator: Any) -> Any:
    if isinstance(values, list) and isinstance(separator, str) and len(values) * len(separator) > LONGEST_BUILT:
        raise ValueError(f"The join function can make at most {LONGEST_BUILT:,} characters.")
    return Functions.join(values, separator)


def distinct(values: Any) -> Any:
    """The library's compares each value with each; this finds equal ones by what they are written as."""
    if not isinstance(values, list) or len(values) <= 1:
        return values
    found: Any = Utils.create_sequence() if isinstance(values, Utils.JList) else []
    seen = set()
    for value in values:
        key = _key(value)
        if key not in seen:
            seen.add(key)
            found.append(value)
    return found


def _key(value: Any) -> Any:
    """The same for equal values, and for no others."""
    if isinstance(value, dict):
        return frozenset((name, _key(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return tuple(map(_key, value))
    return (isinstance(value, bool), value)


def no_eval(*_: Any) -> Any:
    raise JException("T1006", 0, "eval")


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("A number was expected.")
    return value


FUNCTIONS: dict[str, Any] = {
    "partition": _function(partition, 2),
    "range": _function(numbers, 3),
    "hash": _function(hash_text, 2),
    "parse": _function(parse, 1),
    "pad": _function(pad, 3, "<s-ns?:s>"),
    "replace": _function(replace, 4, "<s-(sf)(sf)n?:s>"),
    "distinct": _function(distinct, 1, "<x:x>"),
    "join": _function(join, 2, "<a<s>s?:s>"),
    "eval": _function(no_eval, 2),
}
"""What does not depend on the execution."""
