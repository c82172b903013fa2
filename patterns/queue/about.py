"""What is said about one setting or argument of a queue, in the shape in which a field takes it."""

from typing import Any

API = "SQS API Reference"
GUIDE = "SQS Developer Guide"


def about(title: str, description: str, unit: str = "", source: str = "", **more: Any) -> dict[str, Any]:
    extra = {"unit": unit, "source": source, **more}
    return {
        "title": title,
        "description": description,
        "json_schema_extra": {key: value for key, value in extra.items() if value != ""},
    }
