"""What is said about one setting or argument, in the shape in which a pydantic field takes it."""

from typing import Any


def about(title: str, description: str, unit: str = "", source: str = "", **more: Any) -> dict[str, Any]:
    """Keyword arguments of a `Field`; what is empty is left out of the schema."""
    extra = {"unit": unit, "source": source, **more}
    return {
        "title": title,
        "description": description,
        "json_schema_extra": {key: value for key, value in extra.items() if value != ""},
    }
