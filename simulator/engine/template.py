"""Message bodies: a JSON value in which some objects are fields that are drawn anew for each message.

`{"type": {"one_of": ["sign-up", "password-reset"]}, "to": {"email": {}}}` is a template with two fields (the module
`fields` lists them). It is checked whole, telling every problem with its path, and taken apart once: making a body
costs little, and one without fields costs nothing, since it is the same object each time.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

import orjson
from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from simulator.engine.errors import Refused
from simulator.engine.fields import FIELDS, Reader
from simulator.engine.makers import Part, Same
from simulator.engine.parameters import listed, refusal


class Template:
    """A template, checked. Also a type for fields of settings: in documents it is the JSON value itself."""

    __slots__ = ("_types", "document")

    def __init__(self, document: Any) -> None:
        """Raise Refused with all problems where `document` is no template."""
        reader = Reader(Random(0))
        part = reader.read(document)
        if reader.problems:
            raise Refused(reader.problems)
        self.document = document
        self._types = list(dict.fromkeys(value for value in part.types() if isinstance(value, str)))

    def maker(self, random: Random) -> Maker:
        """Bind the template to a stream; the stream belongs to the maker from then on."""
        return Maker(Reader(random).read(self.document))

    def types(self) -> list[str]:
        """Give the texts that can be the body's type, in the order in which the template names them."""
        return list(self._types)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and self.document == other.document

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Template({self.document!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _from_document, serialization=core_schema.plain_serializer_function_ser_schema(_to_document)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"description": f"Any JSON value. An object with just one of the keys {listed(list(FIELDS))} is drawn."}


class Maker:
    """Makes bodies. Picklable at any time, and goes on identically.

    `make(serial, now)` makes the body of the `serial`-th message, from 1, at virtual time `now`.
    """

    __slots__ = ("_size", "make")

    def __init__(self, part: Part) -> None:
        self.make = part.make
        self._size = size(part.value) if isinstance(part, Same) else 0

    def size(self, body: Any) -> int:
        """Give the bytes of a body that this maker made; known beforehand where bodies do not vary."""
        return self._size or size(body)


def size(body: Any) -> int:
    """Give the bytes of a JSON value in UTF-8, written without spaces."""
    try:
        return len(orjson.dumps(body))
    except TypeError:  # whole numbers beyond 64 bits, and halves of surrogate pairs
        return len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def size_of_attributes(attributes: dict[str, Any] | None) -> int:
    """Give the bytes of attributes: each counts its name, its data type and its value.

    Source: SQS Developer Guide, "Amazon SQS message metadata", message attribute components; the names of its data
    types (String, Number, Binary) are equally long.
    """
    if not attributes:
        return 0
    types = len("String")
    return sum(
        len(name.encode()) + types + (len(value.encode()) if isinstance(value, str) else size(value))
        for name, value in attributes.items()
    )


def _from_document(given: Any) -> Template:
    if isinstance(given, Template):
        return given
    try:
        return Template(given)
    except Refused as refused:
        problems = [(problem.path, str(problem).removeprefix(f"{problem.path}: ")) for problem in refused.problems]
        raise refusal(" ".join(str(problem) for problem in refused.problems), problems) from None


def _to_document(template: Template) -> Any:
    return template.document
