"""A definition as a setting: an object or JSON text, checked whole, with every problem at its place below it."""

from typing import Any

from pydantic import GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from patterns.state_machine.checking import check
from patterns.state_machine.errors import InvalidDefinition
from patterns.state_machine.machine import Machine, parsed
from simulator.engine.errors import Problem
from simulator.engine.parameters import refusal


class Definition:
    """`document` is what was written, an object or a text, `value` what it says."""

    __slots__ = ("document", "value")

    def __init__(self, document: Any) -> None:
        """Raises InvalidDefinition for broken JSON; what else is wrong is `problems`' to say."""
        self.document = document
        self.value: dict[str, Any] = parsed(document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Definition) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        states = len(self.value.get("States", {}))
        return f"a definition with {states} state{'' if states == 1 else 's'}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            _from_document, serialization=core_schema.plain_serializer_function_ser_schema(_to_document)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"format": "definition"}


def problems(document: Any, type: str) -> list[Problem]:
    """Everything that is wrong with a definition of a machine of this type."""
    found = check(document, type=type)
    if found:
        return found
    try:
        Machine(document)
    except InvalidDefinition as wrong:
        return [Problem(wrong.path, wrong.problem)]
    return []


def _from_document(given: Any, info: ValidationInfo) -> Definition:
    """The setting; `type` stands before it and says what a definition may do."""
    document = given.document if isinstance(given, Definition) else given
    found = problems(document, info.data.get("type", "STANDARD"))
    if found:
        told = [(one.path, str(Problem("", one.problem, one.allowed, one.cure))) for one in found]
        raise refusal(told[0][1], told)
    return given if isinstance(given, Definition) else Definition(given)


def _to_document(definition: Definition) -> Any:
    return definition.document
