"""The building blocks of nested settings: strict parameters, a number with a range, an object with exactly one key.

A scenario is written by people, in an editor, a form or by hand; whatever they get wrong has to be answered with where
it is, what it is, what is allowed and what to do. Pydantic finds the place; the words come from here, so that every
number and every choice is refused in the same manner. What a document leaves out stays left out when it is written
again.
Source: pydantic's documentation, "Custom types" (markers inside `Annotated`) and "Custom errors".
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_serializer, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class Parameters(BaseModel):
    """Parameters of something in a document: they do not change, and a key that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_serializer(mode="wrap")
    def _as_written(self, write: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {key: value for key, value in write(self).items() if value is not None}


class Choice(Parameters):
    """An object with exactly one key, which says what it is: `{"poisson": {"per_second": 4}}`.

    A subclass has one optional field per kind. The key is in the path of every problem exactly once, which pydantic's
    own discriminated unions do not achieve.
    """

    noun: ClassVar[str]
    example: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _has_one_key(cls, given: Any) -> Any:
        if isinstance(given, cls):
            return given
        given = cls.written_short(given)
        kinds = list(cls.model_fields)
        if not isinstance(given, dict):
            raise refusal(f"{shown(given)} is not {cls.noun}. Write an object such as {cls.example}.")
        if len(given) != 1:
            found = f"the keys {listed(list(given), 'and')}" if given else "no key"
            raise refusal(
                f"{cls.noun} has exactly one key; this has {found}. Keep one of {listed(kinds)}, as in {cls.example}.",
            )
        key, value = next(iter(given.items()))
        if key not in kinds:
            near = get_close_matches(str(key), kinds, n=1)
            guess = f" Did you mean “{near[0]}”?" if near else ""
            raise refusal(f"{shown(key)} is not {cls.noun}; the kinds are {listed(kinds)}.{guess}")
        if value is None:
            raise refusal(f"“{key}” has no settings. Write them out, as in {cls.example}.")
        return given

    @classmethod
    def written_short(cls, given: Any) -> Any:
        """Turn a shorter way of writing the choice into the full one; a subclass may know some."""
        return given

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        kinds: dict[str, Any] = schema.pop("properties")
        schema.pop("additionalProperties", None)
        schema.pop("type", None)
        schema["oneOf"] = [_alternative(key, kind) for key, kind in kinds.items()]
        return reference


@dataclass(frozen=True, slots=True)
class Between:
    """Marks a number field with what it is, its range and the cure: `Annotated[float, Between("the mean", 0, 10)]`.

    `above` excludes the lower end; `whole` allows integers only. Infinities, NaN, texts and booleans are refused.
    """

    what: str
    least: float
    most: float
    cure: str = ""
    above: bool = False
    whole: bool = False

    def check(self, given: Any) -> float | int:
        """Return the number, an int if `whole`, else a float; raise a refusal that says what is allowed."""
        if isinstance(given, bool) or not isinstance(given, int | float):
            quotes = " Write it without quotes." if isinstance(given, str) else ""
            raise refusal(f"{self.what} is {shown(given)}, which is not a number.{quotes} {self._allowed()}")
        low_enough = self.least < given if self.above else self.least <= given
        if not (low_enough and given <= self.most):
            raise refusal(f"{self.what} is {shown(given)}. {self._allowed()}")
        if not self.whole:
            return float(given)
        if given != math.floor(given):
            raise refusal(f"{self.what} is {shown(given)}, which is not a whole number. {self._allowed()}")
        return int(given)

    def _allowed(self) -> str:
        low, high = plain(self.least), plain(self.most)
        span = f"more than {low}, at most {high}" if self.above else f"{low} to {high}"
        return f"Allowed is {span}.{' ' if self.cure else ''}{self.cure}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        low = "exclusiveMinimum" if self.above else "minimum"
        return {"type": "integer" if self.whole else "number", low: self.least, "maximum": self.most}


def refusal(said: str, problems: Sequence[tuple[str, str]] = ()) -> PydanticCustomError:
    """Make the error for one place in a document, with the sentence a person reads.

    Where one value holds many faults, as a template or a log file does, `problems` lists them, each with its path below
    this place; whoever shows a scenario's problems finds them in the error's `ctx["problems"]`.
    """
    return PydanticCustomError("value_error", "{error}", {"error": said, "problems": list(problems)})


def shown(value: Any, most: int = 60) -> str:
    """Show a value from a document as JSON, cut to a readable length."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def plain(number: float) -> str:
    """Write a number as a person does: 43,200 and 0.25, not 43200.0."""
    return f"{number:,.10f}".rstrip("0").rstrip(".")


def listed(names: list[Any], last: str = "or") -> str:
    """Write names as a person lists them: “a, b or c”."""
    words = [str(name)[:40] for name in names[:20]]
    if len(names) > 20:
        return f"{', '.join(words)} {last} {len(names) - 20} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def deeper_than(value: Any, limit: int) -> bool:
    """Tell whether objects and arrays are nested more than `limit` times; without recursion, however deep it is."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        if not level:
            return False
        inside: list[Any] = []
        for container in level:
            inside.extend(container.values() if isinstance(container, dict) else container)
        level = [one for one in inside if isinstance(one, dict | list)]
    return bool(level)


def _alternative(key: str, kind: dict[str, Any]) -> dict[str, Any]:
    settings = next(option for option in kind.get("anyOf", [kind]) if option.get("type") != "null")
    words: dict[str, Any] = {word: kind[word] for word in ("title", "description") if word in kind}
    return words | {"type": "object", "properties": {key: settings}, "required": [key], "additionalProperties": False}
