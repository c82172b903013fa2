"""A field that takes a number: written, found at a path (`…Path`), or computed by JSONata.

Source of the sentences: recorded on the service.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from patterns.state_machine.data import jsonata
from patterns.state_machine.data.sources import Source, View
from patterns.state_machine.data.templates import Query, compiled_source, query_error
from patterns.state_machine.data.text import written
from patterns.state_machine.errors import InvalidDefinition, runtime
from patterns.state_machine.pipeline import read

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow


class NumberField:
    """`name` without `Path`; `is_float`: a fraction is allowed."""

    __slots__ = ("default", "expression", "is_float", "name", "source")

    def __init__(
        self, fields: dict[str, Any], name: str, where: str, default: Any = None, *, is_float: bool = False
    ) -> None:
        self.name = name
        self.default = default if fields.get(name) is None else fields[name]
        self.is_float = is_float
        self.source: Source | None = None
        self.expression: str | None = None
        if f"{name}Path" in fields:
            self.source = compiled_source(fields[f"{name}Path"], f"{where}.{name}Path")
        elif jsonata.is_expression(self.default):
            self.expression = jsonata.inside(self.default)
            try:
                jsonata.compile_expression(self.expression)
            except jsonata.BadExpression as problem:
                raise InvalidDefinition(f"{where}.{name}", f"is no JSONata: {problem}") from None
        elif self.default is not None and not self._takes(self.default):
            raise InvalidDefinition(f"{where}.{name}", "must be a number, not negative and without a fraction")

    def value(self, flow: Flow, narrowed: Any) -> Any:
        """The number, or the default. Raises StateError."""
        if self.source is not None:
            return self._at_path(read(self.source, View(narrowed, flow)))
        if self.expression is None:
            return self.default
        found = Query(flow, input=flow.input).evaluate(self.expression, self.name)
        if not _is_number(found) or not (self.is_float or _is_whole(found)):
            wanted = "number" if self.is_float else "integer"
            raise wrong_type(self.expression, self.name, wanted, found)
        return found

    def _takes(self, written: Any) -> bool:
        return _is_number(written) and written >= 0 and (self.is_float or _is_whole(written))

    def _at_path(self, found: Any) -> Any:
        assert self.source is not None
        number = found
        if isinstance(found, str):
            try:
                number = json.loads(found)
            except ValueError:
                number = None
        if _is_number(number) and (self.is_float or _is_whole(number)) and not _is_endless(number):
            return number if self.is_float else int(number)
        shown = f'"{found}"' if isinstance(found, str) else written(found)
        said = f"The {self.name}Path field refers to value {shown} which is not a valid"
        raise runtime(f"{said} {'float' if self.is_float else 'integer'}: {self.source.text}")


def wrong_type(expression: str, field: str, wanted: str, found: Any) -> Exception:
    """What a JSONata expression gave is of a type that its field does not take."""
    said = (
        f"The JSONata expression '{expression}' specified for the field '{field}' returned an unexpected result type."
    )
    return query_error(
        f"{said} Expected '{wanted}', but was '{jsonata.kind(found)}' for value: {written(found)}", field
    )


def _is_whole(number: int | float) -> bool:
    return isinstance(number, int) or number.is_integer()


def _is_endless(number: int | float) -> bool:
    return isinstance(number, float) and not math.isfinite(number)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
