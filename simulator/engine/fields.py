"""The fields of a message template: how each is recognised, checked and taken apart into what makes it.

An object with exactly one key that names a field is a field: `{"type": {"one_of": ["sign-up", "password-reset"]}}`. An
object that merely looks like one is taken as it stands: `{"name": "Ada"}` has a text where the field has settings, and
`{"name": {"email": {}}}` has a field there. What would be read wrongly all the same is written `{"literal": …}`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from random import Random
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator

from simulator.engine.chance import Distribution
from simulator.engine.errors import Problem, problems_of
from simulator.engine.makers import (
    Drawn,
    Email,
    Fractional,
    Items,
    Members,
    Name,
    Now,
    OneOf,
    Part,
    Same,
    Serial,
    Unique,
    Whole,
    Word,
)
from simulator.engine.parameters import Between, Parameters, deeper_than, plain, refusal, shown

DEEPEST = 12
MOST_FIELDS = 200
MOST_VALUES = 5_000
MOST_COPIED = 1_000
"""Values made anew for each message (16 letters of a word count as one): a hundred thousand messages may wait."""
MOST_WEIGHT = 1e9
LARGEST = 2**53
"""Whole numbers beyond this are not exact in JavaScript."""

Bound = Annotated[float, Between("the limit", -LARGEST, LARGEST)]
WholeBound = Annotated[int, Between("the limit", -LARGEST, LARGEST, whole=True)]
Settings = TypeVar("Settings", bound=BaseModel)


class Limits(Parameters):
    """The range of whole numbers."""

    low: WholeBound
    high: WholeBound

    @model_validator(mode="after")
    def _are_in_order(self) -> Limits:
        _check_order(self.low, self.high)
        return self


class FractionalLimits(Parameters):
    """The range of numbers, and how many digits they have after the point."""

    low: Bound
    high: Bound
    digits: Annotated[int, Between("the number of digits", 0, 9, whole=True)] = 2

    @model_validator(mode="after")
    def _are_in_order(self) -> FractionalLimits:
        _check_order(self.low, self.high)
        return self


class WordLength(Parameters):
    """How many letters a word has."""

    length: Annotated[int, Between("the length", 1, 1000, whole=True)] = 8


class FirstNumber(Parameters):
    """With which number a sequence begins."""

    start: Annotated[int, Between("the first number", 0, 10**12, whole=True)] = 1


class Alternative(Parameters):
    """One template with a probability, and another one otherwise."""

    of: Annotated[float, Between("the probability", 0, 1)]
    then: Any
    otherwise: Any = Field(default=None, alias="else")


class Reader:
    """Takes a template apart, binding its fields to a stream, and keeps what is wrong with it in `problems`."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.problems: list[Problem] = []
        self._fields = 0
        self._values = 0

    def read(self, document: Any) -> Part:
        """Read a whole template; where there are problems, the part is of no use."""
        if deeper_than(document, DEEPEST):
            self.tell(
                "", "is nested too deeply", f"at most {DEEPEST} objects and arrays within each other", "Flatten it."
            )
            return Same(None)
        part = self.part(document, "")
        if self._values > MOST_VALUES:
            self.tell("", f"has {self._values:,} values", f"at most {MOST_VALUES:,}", "Shorten it.")
        if self._fields > MOST_FIELDS:
            self.tell("", f"has {self._fields:,} fields to draw", f"at most {MOST_FIELDS:,}", "Draw fewer.")
        if (copied := part.copied()) > MOST_COPIED:
            cure = "Draw less of it; what is always the same costs nothing."
            self.tell("", f"has {copied:,} values that are made anew each time", f"at most {MOST_COPIED:,}", cure)
        return part

    def part(self, value: Any, path: str) -> Part:
        """Read a value within the template."""
        self._values += 1
        if is_field(value):
            self._fields += 1
            key, settings = next(iter(value.items()))
            return FIELDS[key].read(self, settings, below(path, key))
        if isinstance(value, dict):
            return self._members(value, path)
        if isinstance(value, list):
            parts = [self.part(item, below(path, place)) for place, item in enumerate(value)]
            return _same([part.value for part in parts if isinstance(part, Same)], parts) or Items(parts)
        self.check(value, path)
        return Same(value)

    def tell(self, path: str, problem: str, allowed: str = "", cure: str = "") -> None:
        """Keep a problem."""
        self.problems.append(Problem(path, problem, allowed, cure))

    def settings(self, model: type[Settings], given: Any, path: str) -> Settings | None:
        """Check a field's settings; None, and the problems kept, where they are wrong."""
        try:
            return model.model_validate(given)
        except ValidationError as error:
            self.problems.extend(problems_of(error, path))
            return None

    def check(self, value: Any, path: str) -> None:
        """Check that a value is one that JSON has."""
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError:
                self.tell(path, "holds half a surrogate pair, which is not text", cure="Remove it.")
        elif isinstance(value, float) and not isfinite(value):
            self.tell(path, f"is {value}", "finite numbers", "JSON has no other.")
        elif isinstance(value, int) and abs(value) > LARGEST:
            self.tell(path, "is too large to be exact", f"whole numbers up to {LARGEST:,}", "Write it as a text.")
        elif value is not None and not isinstance(value, bool | int | float):
            self.tell(
                path, f"is of the type {type(value).__name__}", "objects, arrays, texts, numbers, true, false and null"
            )

    def _members(self, value: dict[Any, Any], path: str) -> Part:
        parts: dict[str, Part] = {}
        for key, member in value.items():
            if isinstance(key, str):
                self.check(key, path)
                parts[key] = self.part(member, below(path, key))
            else:
                self.tell(path, f"has the key {shown(key)}, which is not a text", cure="Write it in quotes.")
        values = {key: part.value for key, part in parts.items() if isinstance(part, Same)}
        return _same(values, parts) or Members(parts)


@dataclass(frozen=True, slots=True)
class FieldKind:
    """How a field is read, and which forms its settings may have: `empty` is only `{}`."""

    read: Callable[[Reader, Any, str], Part]
    forms: tuple[type, ...] = (dict,)
    empty: bool = False


def is_field(value: Any) -> bool:
    """Tell whether a value of a template is a field; an object that has a field for its settings is none."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    key, settings = next(iter(value.items()))
    kind = FIELDS.get(key) if isinstance(key, str) else None
    if kind is None:
        return False
    if kind.empty:
        return isinstance(settings, dict) and not settings
    if isinstance(settings, bool) and bool not in kind.forms:
        return False
    return isinstance(settings, kind.forms) and (key == "literal" or not is_field(settings))


def below(path: str, key: str | int) -> str:
    """Give the path of a member or an item."""
    return f"{path}.{key}" if path else str(key)


def _read_one_of(reader: Reader, given: Any, path: str) -> Part:
    if isinstance(given, dict):
        for key, weight in given.items():
            known = isinstance(weight, int | float) and not isinstance(weight, bool)
            if not (known and 0 <= weight <= MOST_WEIGHT):
                cure = "For options that are not texts, write a list."
                reader.tell(below(path, key), f"has the weight {shown(weight)}", f"0 to {plain(MOST_WEIGHT)}", cure)
                return Same(None)
        options, weights = list(given), list(given.values())
    else:
        options, weights = given, [1] * len(given)
    parts = [reader.part(option, below(path, place)) for place, option in enumerate(options)]
    if not any(weights):
        problem = "has only weights of 0" if options else "has no options"
        reader.tell(
            path, problem, cure='Give at least one, as in {"one_of": ["a", "b"]} or {"one_of": {"a": 3, "b": 1}}.'
        )
        return Same(None)
    return OneOf(reader.random, parts, weights)


def _read_integer(reader: Reader, given: Any, path: str) -> Part:
    limits = reader.settings(Limits, given, path)
    return Whole(reader.random, limits.low, limits.high) if limits else Same(None)


def _read_number(reader: Reader, given: Any, path: str) -> Part:
    limits = reader.settings(FractionalLimits, given, path)
    return Fractional(reader.random, limits.low, limits.high, limits.digits) if limits else Same(None)


def _read_word(reader: Reader, given: Any, path: str) -> Part:
    word = reader.settings(WordLength, given, path)
    return Word(reader.random, word.length) if word else Same(None)


def _read_sequence(reader: Reader, given: Any, path: str) -> Part:
    first = reader.settings(FirstNumber, given, path)
    return Serial(first.start) if first else Same(None)


def _read_distribution(reader: Reader, given: Any, path: str) -> Part:
    distribution = reader.settings(Distribution, given, path)
    return Drawn(distribution.sampler(reader.random)) if distribution else Same(None)


def _read_chance(reader: Reader, given: Any, path: str) -> Part:
    alternative = reader.settings(Alternative, given, path)
    if alternative is None:
        return Same(None)
    then = reader.part(alternative.then, below(path, "then"))
    otherwise = reader.part(alternative.otherwise, below(path, "else"))
    return OneOf(reader.random, (then, otherwise), (alternative.of, 1 - alternative.of))


def _read_literal(reader: Reader, given: Any, path: str) -> Part:
    _check_all(reader, given, path)
    return Same(given)


def _check_all(reader: Reader, given: Any, path: str) -> None:
    if isinstance(given, dict):
        for key, value in given.items():
            _check_all(reader, value, below(path, str(key)))
    elif isinstance(given, list):
        for place, value in enumerate(given):
            _check_all(reader, value, below(path, place))
    else:
        reader.check(given, path)


def _check_order(low: float, high: float) -> None:
    if low > high:
        raise refusal(f"the lower limit, {plain(low)}, is above the upper one, {plain(high)}. Exchange them.")


def _same(values: Any, parts: Any) -> Same | None:
    return Same(values) if len(values) == len(parts) else None


_ANYTHING = (dict, list, str, int, float, bool, type(None))

FIELDS: dict[str, FieldKind] = {
    "one_of": FieldKind(_read_one_of, (list, dict)),
    "integer": FieldKind(_read_integer),
    "number": FieldKind(_read_number),
    "word": FieldKind(_read_word),
    "uuid": FieldKind(lambda reader, given, path: Unique(reader.random), empty=True),
    "sequence": FieldKind(_read_sequence),
    "now": FieldKind(lambda reader, given, path: Now(), empty=True),
    "name": FieldKind(lambda reader, given, path: Name(reader.random), empty=True),
    "email": FieldKind(lambda reader, given, path: Email(reader.random), empty=True),
    "distribution": FieldKind(_read_distribution, (dict, int, float)),
    "chance": FieldKind(_read_chance),
    "literal": FieldKind(_read_literal, _ANYTHING),
}
