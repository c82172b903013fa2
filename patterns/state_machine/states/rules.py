"""The rules of a Choice state, compiled: comparisons of JSONPath states with And, Or, Not, and conditions of JSONata.

A value of another type than the comparison's is never equal, less or greater. Sources: Amazon States Language
specification, "Choice State" (data-test expressions); recorded on the service.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Protocol

from patterns.state_machine.data import jsonata
from patterns.state_machine.data.moments import moment
from patterns.state_machine.data.sources import Constant, InputSource, Missing, Source, View
from patterns.state_machine.data.templates import Template, compiled_source, query_template
from patterns.state_machine.errors import InvalidDefinition, StateError, runtime
from patterns.state_machine.states.numbers import wrong_type

Test = Callable[[Any, Any], bool]


class Rule(Protocol):
    def holds(self, seen: Any) -> bool:
        """Whether the rule is true of what the state sees. Raises StateError."""


class Comparison:
    """A variable, held against a value that is written or stands at a path. `convert` makes comparable, or None."""

    __slots__ = ("compare", "convert", "fixed", "operand", "variable")

    def __init__(self, variable: Source, convert: Callable[[Any], Any], compare: Test, operand: Source) -> None:
        self.variable = variable
        self.convert = convert
        self.compare = compare
        self.operand = operand
        self.fixed = convert(operand.value) if isinstance(operand, Constant) else None

    def holds(self, seen: View) -> bool:
        value = self.convert(_read(self.variable, seen))
        if value is None:
            return False
        operand = self.fixed
        if operand is None:
            operand = self.convert(_read(self.operand, seen))
        return operand is not None and self.compare(value, operand)


class Matching:
    """StringMatches: `*` stands for any text, `\\*` for a star."""

    __slots__ = ("parts", "variable")

    def __init__(self, variable: Source, pattern: str) -> None:
        self.variable = variable
        self.parts = _parts(pattern)

    def holds(self, seen: View) -> bool:
        value = _read(self.variable, seen)
        return isinstance(value, str) and _is_matched(value, self.parts)


class Kind:
    """IsNull, IsString, … : whether the variable is of a kind, or is not."""

    __slots__ = ("is_kind", "variable", "wanted")

    def __init__(self, variable: Source, is_kind: Callable[[Any], bool], wanted: bool) -> None:
        self.variable = variable
        self.is_kind = is_kind
        self.wanted = wanted

    def holds(self, seen: View) -> bool:
        return self.is_kind(_read(self.variable, seen)) is self.wanted


class Presence:
    """IsPresent, the only rule that takes a path that leads nowhere."""

    __slots__ = ("variable", "wanted")

    def __init__(self, variable: Source, wanted: bool) -> None:
        self.variable = variable
        self.wanted = wanted

    def holds(self, seen: View) -> bool:
        if isinstance(self.variable, InputSource):
            return self.variable.path.is_present(seen.root) is self.wanted
        try:
            self.variable.read(seen)
        except Missing:
            return not self.wanted
        return self.wanted


class And:
    __slots__ = ("rules",)

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules

    def holds(self, seen: Any) -> bool:
        return all(rule.holds(seen) for rule in self.rules)


class Or:
    __slots__ = ("rules",)

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules

    def holds(self, seen: Any) -> bool:
        return any(rule.holds(seen) for rule in self.rules)


class Not:
    __slots__ = ("rule",)

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def holds(self, seen: Any) -> bool:
        return not self.rule.holds(seen)


class Condition:
    """A JSONata condition, which must give true or false."""

    __slots__ = ("template", "text")

    def __init__(self, given: Any, where: str) -> None:
        self.text = jsonata.inside(given) if jsonata.is_expression(given) else str(given)
        self.template: Template = query_template(given, where, "Choices/Condition")

    def holds(self, seen: Any) -> bool:
        found = self.template.fill(seen)
        if not isinstance(found, bool):
            raise wrong_type(self.text, "Choices/Condition", "boolean", found)
        return found


def path_rule(given: Any, where: str) -> Rule:
    """Compile a rule of a JSONPath state. Raises InvalidDefinition."""
    if not isinstance(given, dict):
        raise InvalidDefinition(where, "must be an object")
    for word, several in (("And", And), ("Or", Or)):
        if word in given:
            inner = given[word]
            if not isinstance(inner, list) or not inner:
                raise InvalidDefinition(f"{where}.{word}", "must be a list of rules")
            return several(tuple(path_rule(rule, f"{where}.{word}[{place}]") for place, rule in enumerate(inner)))
    if "Not" in given:
        return Not(path_rule(given["Not"], f"{where}.Not"))
    if "Variable" not in given:
        raise InvalidDefinition(where, "has neither Variable nor And, Or, Not")
    variable = compiled_source(given["Variable"], f"{where}.Variable")
    for name in given:
        rule = _comparison(variable, name, given[name], f"{where}.{name}")
        if rule is not None:
            return rule
    raise InvalidDefinition(where, "has no comparison")


def _comparison(variable: Source, name: str, given: Any, where: str) -> Rule | None:
    if name == "IsPresent":
        return Presence(variable, bool(given))
    if name == "StringMatches":
        if not isinstance(given, str):
            raise InvalidDefinition(where, "must be a text")
        return Matching(variable, given)
    if name in _KINDS:
        return Kind(variable, _KINDS[name], bool(given))
    bare = name.removesuffix("Path")
    for kind, convert in _CONVERT.items():
        compare = _COMPARE.get(bare.removeprefix(kind)) if bare.startswith(kind) else None
        if compare is not None and (kind != "Boolean" or compare is operator.eq):
            operand: Source = Constant(given) if bare == name else compiled_source(given, where)
            return Comparison(variable, convert, compare, operand)
    return None


def _read(source: Source, seen: View) -> Any:
    try:
        return source.read(seen)
    except Missing as missing:
        raise _invalid(missing.text) from None


def _invalid(text: str) -> StateError:
    return runtime(f"Invalid path '{text}': The choice state's condition path references an invalid value.")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _is_null(value: Any) -> bool:
    return value is None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_numeric(value: Any) -> bool:
    return _number(value) is not None


def _is_moment(value: Any) -> bool:
    return moment(value) is not None


_KINDS: dict[str, Callable[[Any], bool]] = {
    "IsNull": _is_null,
    "IsString": _is_text,
    "IsNumeric": _is_numeric,
    "IsBoolean": _is_boolean,
    "IsTimestamp": _is_moment,
}
_CONVERT: dict[str, Callable[[Any], Any]] = {
    "String": _text,
    "Numeric": _number,
    "Boolean": _boolean,
    "Timestamp": moment,
}
_COMPARE: dict[str, Test] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def _parts(pattern: str) -> tuple[str, ...]:
    """The texts between the stars."""
    parts, part, place = [], [], 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "\\" and place + 1 < len(pattern) and pattern[place + 1] in "*\\":
            part.append(pattern[place + 1])
            place += 1
        elif letter == "*":
            parts.append("".join(part))
            part = []
        else:
            part.append(letter)
        place += 1
    return (*parts, "".join(part))


def _is_matched(text: str, parts: tuple[str, ...]) -> bool:
    """Each part found as early as it can be, the last one at the end."""
    if len(parts) == 1:
        return text == parts[0]
    first, *middle, last = parts
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for part in middle:
        place = text.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True
