"""Payload templates: JSON in a definition in which values are computed, by paths or by JSONata.

In a JSONPath state, a key that ends in `.$` has a path, a context path, a variable or an intrinsic function as its
value, and everything else is literal. In a JSONata state every text `{% … %}` is an expression. A template is compiled
once; what computes nothing is handed on as it is. Sources: Amazon States Language specification, "Payload Template",
"JSONata Strings"; recorded on the service: sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from patterns.state_machine.data import jsonata
from patterns.state_machine.data.calls import BadCall
from patterns.state_machine.data.functions import Chance
from patterns.state_machine.data.jsonpath import BadPath
from patterns.state_machine.data.sources import Missing, Source, View, source
from patterns.state_machine.data.text import WIDE, gathered, written
from patterns.state_machine.errors import QUERY_EVALUATION_ERROR, InvalidDefinition, StateError, runtime, too_large

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow


class Query:
    """What a JSONata field sees: `$states` and the variables of a flow, with its moment and its chance."""

    __slots__ = ("bindings", "flow")

    def __init__(self, flow: Flow, item: Any = None, **states: Any) -> None:
        """`states` holds input, result and errorOutput where there are such; `item` is the item of a Map."""
        self.flow = flow
        self.bindings = {**flow.variables, "states": {**states, "context": flow.context(item)}}

    def evaluate(self, expression: str, location: str) -> Any:
        """Raises StateError States.QueryEvaluationError, which names the expression and its field."""
        surroundings = self.flow.execution.surroundings
        try:
            return jsonata.evaluate(expression, self.bindings, Chance(surroundings.epoch // 1000, surroundings.random))
        except jsonata.QueryFailed as failed:
            said = f"The JSONata expression '{expression}' specified for the field '{location}' {failed}"
            raise query_error(said, location) from None


def query_error(cause: str, location: str) -> StateError:
    return StateError(QUERY_EVALUATION_ERROR, cause, location=location, prefixed=True)


class Template(Protocol):
    """A compiled template. What it is given to see is a View in a JSONPath state, a Query in a JSONata state.

    `reads`: how many values it puts together.
    """

    reads: int

    def fill(self, seen: Any) -> Any:
        """The JSON it makes. Raises StateError."""


class Fixed:
    """A template in which nothing is computed."""

    __slots__ = ("value",)

    reads = 0

    def __init__(self, value: Any) -> None:
        self.value = value

    def fill(self, seen: Any) -> Any:
        return self.value


class _Object:
    __slots__ = ("members", "reads")

    def __init__(self, members: tuple[tuple[str, Template], ...]) -> None:
        self.members = members
        self.reads = sum(template.reads for _, template in members)

    def fill(self, seen: Any) -> Any:
        if self.reads <= WIDE:
            return {name: template.fill(seen) for name, template in self.members}
        filled = _measured([template for _, template in self.members], seen)
        return {name: value for (name, _), value in zip(self.members, filled, strict=True)}


class _Array:
    __slots__ = ("parts", "reads")

    def __init__(self, parts: tuple[Template, ...]) -> None:
        self.parts = parts
        self.reads = sum(part.reads for part in parts)

    def fill(self, seen: Any) -> Any:
        return [part.fill(seen) for part in self.parts] if self.reads <= WIDE else _measured(self.parts, seen)


class _Read:
    """A value that a source gives; `key` as written in the definition, for the sentence of an error."""

    __slots__ = ("key", "reads", "source")

    def __init__(self, key: str, given: Source) -> None:
        self.key = key
        self.source = given
        self.reads = given.reads

    def fill(self, seen: View) -> Any:
        try:
            return self.source.read(seen)
        except Missing as missing:
            raise not_found(missing, self.key) from None


class Expression:
    """A value that a JSONata expression gives; `location` like `Arguments/FunctionName`."""

    __slots__ = ("location", "text")

    reads = 1

    def __init__(self, text: str, location: str, where: str) -> None:
        self.text = jsonata.inside(text)
        self.location = location
        try:
            jsonata.compile_expression(self.text)
        except jsonata.BadExpression as problem:
            raise InvalidDefinition(where, f"is no JSONata: {problem}") from None

    def fill(self, seen: Query) -> Any:
        return seen.evaluate(self.text, self.location)


def _measured(templates: Sequence[Template], seen: Any) -> list[Any]:
    """What templates make, unless that is far too large together, and writing it would take all memory."""
    filled = gathered(template.fill(seen) for template in templates)
    if filled is None:
        raise too_large(seen.flow.state.name)
    return filled


def not_found(missing: Missing, field: str) -> StateError:
    """Source: recorded on the service."""
    return runtime(
        f"The JSONPath '{missing.text}' specified for the field '{field}' could not be found in the input"
        f" '{written(missing.seen)}'"
    )


def compiled_source(text: Any, where: str) -> Source:
    """A source in a field of a definition. Raises InvalidDefinition."""
    if not isinstance(text, str):
        raise InvalidDefinition(where, "must be a text: a path, or a call of an intrinsic function")
    try:
        return source(text)
    except (BadPath, BadCall) as problem:
        raise InvalidDefinition(where, str(problem)) from None


def path_template(given: Any, where: str) -> Template:
    """Compile a template of a JSONPath state. Raises InvalidDefinition."""
    if isinstance(given, dict):
        members: list[tuple[str, Template]] = []
        for key, value in given.items():
            if key.endswith(".$"):
                found = compiled_source(value, f"{where}.{key}")
                members.append((key[:-2], _Read(key, found)))
            else:
                members.append((key, path_template(value, f"{where}.{key}")))
        return _joined(given, members)
    if isinstance(given, list):
        parts = tuple(path_template(value, f"{where}[{place}]") for place, value in enumerate(given))
        return Fixed(given) if all(isinstance(part, Fixed) for part in parts) else _Array(parts)
    return Fixed(given)


def query_template(given: Any, where: str, location: str) -> Template:
    """Compile a template of a JSONata state; `location` is its field. Raises InvalidDefinition."""
    if jsonata.is_expression(given):
        return Expression(given, location, where)
    if isinstance(given, dict):
        return _joined(
            given,
            [(key, query_template(value, f"{where}.{key}", f"{location}/{key}")) for key, value in given.items()],
        )
    if isinstance(given, list):
        parts = tuple(
            query_template(value, f"{where}[{place}]", f"{location}[{place}]") for place, value in enumerate(given)
        )
        return Fixed(given) if all(isinstance(part, Fixed) for part in parts) else _Array(parts)
    return Fixed(given)


def _joined(given: dict[str, Any], members: list[tuple[str, Template]]) -> Template:
    if all(isinstance(template, Fixed) and name in given for name, template in members):
        return Fixed(given)
    return _Object(tuple(members))
