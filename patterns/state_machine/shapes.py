"""The shapes that parts of a definition must have to be run at all: objects, lists, texts, numbers."""

from typing import Any

from patterns.state_machine.errors import InvalidDefinition


def an_object(given: Any, where: str) -> dict[str, Any]:
    """Raises InvalidDefinition, as all here."""
    if not isinstance(given, dict):
        raise InvalidDefinition(where, "must be an object")
    return given


def objects(given: Any, where: str) -> list[tuple[dict[str, Any], str]]:
    """The members of a list of objects, each with its place; none where there is no list."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise InvalidDefinition(where, "must be a list")
    return [(an_object(one, f"{where}[{place}]"), f"{where}[{place}]") for place, one in enumerate(given)]


def a_text(given: Any, where: str) -> str:
    if not isinstance(given, str):
        raise InvalidDefinition(where, "must be a text")
    return given


def a_number(fields: dict[str, Any], name: str, where: str, default: Any, least: float = 0) -> Any:
    """A number in a field, or the default."""
    given = fields.get(name, default)
    if given is default:
        return default
    if isinstance(given, bool) or not isinstance(given, int | float) or not given >= least:
        raise InvalidDefinition(f"{where}.{name}", f"must be a number, at least {least}")
    return given


def one_of(given: Any, allowed: tuple[str, ...], where: str) -> str:
    if given not in allowed:
        raise InvalidDefinition(where, f"must be one of {', '.join(allowed)}")
    return str(given)
