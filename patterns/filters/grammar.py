"""From a pattern's JSON to the alternatives it means: each a set of fields with the operators that may hold for them.

A pattern without `$or` has one alternative; `$or` forks. An `$or` that is no list of two objects or more, or that holds
an operator's name as a field, is a field like any other: then the whole pattern is read once more without `$or`. Where
a field is named twice, the later one counts, also where one of them stands inside `$or` and the other does not.
Source: aws/event-ruler, JsonRuleCompiler, RuleCompiler and GenericMachine.addRule; README, "The $or Primitive".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from patterns.filters import wildcards
from patterns.filters.leaves import EVENTBRIDGE, Dialect, elements, members, operators
from patterns.filters.operators import AnythingBut, Exists, Operator, Wildcard
from patterns.filters.problems import InvalidPattern, NotAnOr
from patterns.filters.scalars import Json, read

MOST_ALTERNATIVES = 1000
"""More combinations of `$or` are refused. Source: EventBridge User Guide, "OR matching"; the sentence is ours."""

DEEPEST = 200
"""Levels of nesting. Ours: it keeps a reader's stack small, and a pattern of 4,096 characters has no use for more."""

RESERVED = (
    "exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr",
    "=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case", "date-after", "date-on-or-after",
    "date-before", "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """What is asked of one field: any of the operators. `absent`: it may also have no value at all."""

    path: str
    operators: tuple[Operator, ...]
    absent: bool


Alternative = tuple[Clause, ...]
"""Fields that must all hold, by path: an absent field is judged by the array elements that earlier ones have chosen."""

_Fields = dict[str, tuple[Operator, ...]]


def alternatives(pattern: Json, dialect: Dialect = EVENTBRIDGE, empty: bool = False) -> tuple[Alternative, ...]:
    """What a pattern means; it may be JSON text. `empty`: it may ask for nothing. Raises InvalidPattern."""
    if isinstance(pattern, str):
        try:
            pattern = read(pattern, keep_repeated=True)
        except ValueError as error:
            raise InvalidPattern(str(error)) from None
    found = members(pattern)
    if found is None:
        raise InvalidPattern("Filter is not an object")
    if empty and not found:
        return ((),)
    made = tuple(dict.fromkeys(_alternative(fields) for fields in _forks(found, dialect)))
    _refuse_complex_wildcards(made)
    return made


def _forks(pattern: Sequence[tuple[str, Json]], dialect: Dialect) -> list[_Fields]:
    try:
        return _Reader(dialect, or_is_a_field=False).fields([], pattern, (), "$")
    except NotAnOr as refused:
        try:
            return _Reader(dialect, or_is_a_field=True).fields([], pattern, (), "$")
        except InvalidPattern as problem:
            raise problem from refused


def _alternative(fields: _Fields) -> Alternative:
    return tuple(Clause(path, fields[path], Exists(False) in fields[path]) for path in sorted(fields))


def _refuse_complex_wildcards(made: tuple[Alternative, ...]) -> None:
    """Wildcards are followed together where they stand in one field after the same other fields."""
    together: dict[tuple[Alternative, str], dict[Operator, None]] = {}
    for alternative in made:
        for index, clause in enumerate(alternative):
            if any(_wildcards(one) for one in clause.operators):
                together.setdefault((alternative[:index], clause.path), {}).update(dict.fromkeys(clause.operators))
    for (_, path), asked in together.items():
        if wildcards.too_complex([_wildcards(one) for one in asked]):
            raise InvalidPattern(wildcards.TOO_COMPLEX, f"$.{path}")


def _wildcards(operator: Operator) -> list[tuple[str, ...]]:
    those = operator.those if isinstance(operator, AnythingBut) else [operator]
    return [one.pieces for one in those if isinstance(one, Wildcard)]


class _Reader:
    """Reads objects, in order; each step turns the alternatives so far into the alternatives with it."""

    def __init__(self, dialect: Dialect, or_is_a_field: bool) -> None:
        self.dialect = dialect
        self.or_is_a_field = or_is_a_field

    def fields(
        self,
        forks: list[_Fields],
        found: Sequence[tuple[str, Json]],
        path: tuple[str, ...],
        place: str,
        in_or: bool = False,
        depth: int = 1,
    ) -> list[_Fields]:
        if not found:
            raise InvalidPattern("Empty objects are not allowed", place)
        if depth > DEEPEST:
            raise InvalidPattern(f"Patterns nested more than {DEEPEST} levels deep are not allowed", "$")
        for name, value in found:
            if name == "$or" and not self.or_is_a_field:
                forks = self.either(forks, value, path, f"{place}.$or", depth)
                continue
            if in_or and name in RESERVED:
                raise NotAnOr(f"{name} is Ruler reserved fieldName which cannot be used inside $or.", place)
            inner, listed, here = members(value), elements(value), f"{place}.{name}"
            if inner is not None:
                forks = self.fields(forks, inner, (*path, name), here, in_or, depth + 1)
            elif listed is not None:
                asked = operators(listed, here, self.dialect)
                forks = [{**fork, ".".join((*path, name)): asked} for fork in forks or [{}]]
            else:
                raise InvalidPattern(f'"{name}" must be an object or an array', here)
        return forks

    def either(self, forks: list[_Fields], value: Json, path: tuple[str, ...], place: str, depth: int) -> list[_Fields]:
        listed = elements(value)
        if listed is None:
            raise NotAnOr("It must be an Array followed with $or.", place)
        found: list[_Fields] = []
        for index, branch in enumerate(listed):
            inner = members(branch)
            if inner is None:
                raise NotAnOr("Only JSON object is allowed in array of $or relationship.", f"{place}[{index}]")
            found += self.fields(forks, inner, path, f"{place}[{index}]", True, depth + 1)
            if len(found) > MOST_ALTERNATIVES:
                sentence = f"$or makes more than {MOST_ALTERNATIVES} combinations of conditions"
                raise InvalidPattern(sentence, place)
        if len(listed) < 2:
            raise NotAnOr("There must have at least 2 Objects in $or relationship.", place)
        return found
