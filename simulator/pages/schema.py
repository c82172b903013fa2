"""What a pydantic model says about its fields, as forms and tables need it: one declaration, read here and nowhere
else.

JSON Schema is the middle: it is what pydantic promises to keep, and it says range, choices and default whatever the
field's Python type. A field whose value is not a number, a text, a switch or a choice is edited as JSON.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

Kind = Literal["integer", "number", "switch", "choice", "text", "long text", "quantity", "json"]

LONG_TEXT = 256  # a text that may be longer than this gets several lines
LINE = 40  # letters of JSON that stand beside each other in the inspector


@dataclass(frozen=True)
class Setting:
    """One field: `kind` says how it is edited; `default` is its JSON value, None also where there is none.

    `format` is JSON Schema's; `definition` marks a text or JSON that is long, and checked while it is typed.
    """

    name: str
    title: str
    sentence: str
    kind: Kind
    required: bool
    default: Any
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    longest: int | None = None
    choices: tuple[Any, ...] = ()
    source: str = ""
    nullable: bool = False
    format: str = ""
    examples: tuple[Any, ...] = ()

    @property
    def allowed(self) -> str:
        """The range in words: "0 to 43,200 s"."""
        if self.choices:
            return ", ".join(words(choice) for choice in self.choices)
        if self.kind == "switch":
            return "yes or no"
        if self.examples:
            return f"such as {', '.join(map(words, self.examples))}"
        low, high = _number(self.minimum), _number(self.maximum)
        span = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else ""
        if span:
            return f"{span} {self.unit}".strip()
        return f"at most {self.longest:,} characters" if self.longest else ""

    @property
    def has_own_name(self) -> bool:
        """Whether the document's name is another than the title says, as AWS's names are."""
        return self.name.replace("_", " ").casefold() != self.title.casefold()

    @property
    def default_words(self) -> str:
        return with_unit(self.default, self.unit)


@cache
def settings_of(model: type[BaseModel]) -> tuple[Setting, ...]:
    """Every field of a model in the order of its declaration. Kept: pydantic takes milliseconds to say it."""
    schema = model.model_json_schema(by_alias=True)
    required, definitions = schema.get("required", []), schema.get("$defs", {})
    titles = {field.alias or name: field.title for name, field in model.model_fields.items()}
    return tuple(
        _setting(name, part, titles.get(name) or name, name in required, definitions)
        for name, part in schema.get("properties", {}).items()
    )


def values_of(model: BaseModel) -> dict[str, Any]:
    """A model's values as JSON, by the names its document uses."""
    return model.model_dump(mode="json", by_alias=True)


def written(model: BaseModel) -> dict[str, Any]:
    """The same as `values_of`, but lists and objects as people write them: without what is a default within them."""
    values = values_of(model)
    for name, short in model.model_dump(mode="json", by_alias=True, exclude_defaults=True).items():
        if isinstance(short, dict | list) and short != values[name] and _means(model, values | {name: short}):
            values[name] = short
    return values


def _means(model: BaseModel, values: dict[str, Any]) -> bool:
    try:
        return type(model).model_validate(values) == model
    except ValueError:
        return False


def laid_out(value: Any, indent: int = 0) -> str:
    """JSON to be read and edited: what fits stands on one line, the rest has a line for each of its parts."""
    text = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(text) + indent <= LINE:
        return text
    inner = indent + 2
    if isinstance(value, dict):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {laid_out(part, inner)}" for key, part in value.items()]
    else:
        parts = [laid_out(part, inner) for part in value]
    space = " " * inner
    lines = ",\n".join(f"{space}{part}" for part in parts)
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n{lines}\n{' ' * indent}{last}"


def described(model: BaseModel) -> dict[str, str]:
    """What a model's values (distributions, arrivals) say of themselves, by the names its document uses."""
    values = {field.alias or name: getattr(model, name) for name, field in type(model).model_fields.items()}
    return {name: str(value.describe()) for name, value in values.items() if callable(getattr(value, "describe", None))}


def words(value: Any) -> str:
    """A JSON value as a person reads it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return value or "empty"
    return json.dumps(value, ensure_ascii=False)


def with_unit(value: Any, unit: str) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{words(value)} {unit}" if unit and number else words(value)


def _setting(name: str, part: dict[str, Any], title: str, required: bool, definitions: dict[str, Any]) -> Setting:
    core, nullable = _core(part, definitions)
    merged = core | {key: value for key, value in part.items() if key not in ("anyOf", "allOf", "oneOf", "$ref")}
    choices = tuple(merged.get("enum", ())) or ((merged["const"],) if "const" in merged else ())
    kind = _kind(merged, choices)
    return Setting(
        name=name,
        title=title,
        sentence=str(merged.get("description") or ""),
        kind=kind,
        required=required,
        default=merged.get("default"),
        unit="" if kind == "quantity" else str(merged.get("unit") or ""),  # a quantity is written with its unit
        minimum=_bound(merged, "minimum", "exclusiveMinimum"),
        maximum=_bound(merged, "maximum", "exclusiveMaximum"),
        longest=merged.get("maxLength"),
        choices=choices,
        source=str(merged.get("source") or ""),
        nullable=nullable,
        format=str(merged.get("format") or ""),
        examples=tuple(merged.get("examples", ())),
    )


def _core(part: dict[str, Any], definitions: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema behind references and "or null"; what has several forms is left as it is."""
    nullable = False
    for _ in range(8):
        options = part.get("anyOf") or part.get("allOf") or part.get("oneOf") or []
        real = [option for option in options if option.get("type") != "null"]
        nullable = nullable or len(real) < len(options)
        if "$ref" in part:
            part = definitions.get(str(part["$ref"]).rsplit("/", 1)[-1], {})
        elif len(real) == 1:
            part = real[0]
        else:
            break
    return part, nullable


def _kind(part: dict[str, Any], choices: tuple[Any, ...]) -> Kind:
    if choices:
        return "choice"
    match part.get("type"):
        case "integer":
            return "integer"
        case "number":
            return "number"
        case "boolean":
            return "switch"
        case "string":
            return "long text" if (part.get("maxLength") or 0) > LONG_TEXT else "text"
    kinds = {option.get("type") for option in part.get("anyOf", ())}
    if kinds and kinds <= {"string", "integer", "number"}:
        return "quantity"
    return "json"


def _bound(part: dict[str, Any], inclusive: str, exclusive: str) -> float | None:
    value = part.get(inclusive, part.get(exclusive))
    return value if isinstance(value, int | float) else None


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) or value != int(value) else f"{int(value):,}"
