"""ConditionExpression, as far as it is simulated: conditions on single attributes, joined by AND.

    attribute_exists(a)   attribute_not_exists(a)   a = :v   a <> :v   a < :v   a <= :v   a > :v   a >= :v

Source: DynamoDB Developer Guide, "Condition expressions".
"""

import operator
import re
from collections.abc import Callable
from typing import Any

from simulator.engine.errors import ServiceError

_PART = re.compile(
    r"\s*(?:(?P<test>attribute_exists|attribute_not_exists)\s*\(\s*(?P<of>[#\w]+)\s*\)"
    r"|(?P<name>[#\w]+)\s*(?P<sign>=|<>|<=|>=|<|>)\s*(?P<value>:\w+))\s*"
)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(given: dict[str, Any], item: dict[str, Any] | None) -> bool:
    """Whether the condition of a request holds for the item that is there (None: none). Raises ServiceError."""
    expression = given.get("ConditionExpression")
    if expression is None:
        return True
    parts = re.split(r"\bAND\b", str(expression), flags=re.IGNORECASE)
    return all(_part_holds(part, given, item or {}) for part in parts)


def name_of(text: str, given: dict[str, Any]) -> str:
    """The attribute that a name, or a placeholder for one, stands for. Raises ServiceError."""
    if not text.startswith("#"):
        return text
    names = given.get("ExpressionAttributeNames")
    if not isinstance(names, dict) or text not in names:
        raise _undefined("name", text)
    return str(names[text])


def value_of(text: str, given: dict[str, Any]) -> Any:
    """The value that a placeholder stands for. Raises ServiceError."""
    values = given.get("ExpressionAttributeValues")
    if not isinstance(values, dict) or text not in values:
        raise _undefined("value", text)
    return values[text]


def compared(attribute: Any) -> Any:
    """An AttributeValue as it is compared: numbers by their size."""
    if isinstance(attribute, dict) and "N" in attribute:
        try:
            return float(attribute["N"])
        except (TypeError, ValueError):
            raise ServiceError("ValidationException", "A value provided cannot be converted into a number") from None
    return next(iter(attribute.values())) if isinstance(attribute, dict) and len(attribute) == 1 else attribute


def _part_holds(part: str, given: dict[str, Any], item: dict[str, Any]) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        said = f"Invalid ConditionExpression: {part.strip()[:80]} is not simulated; it may test single attributes."
        raise ServiceError("ValidationException", said)
    if found["test"]:
        return (name_of(found["of"], given) in item) == (found["test"] == "attribute_exists")
    name, value = name_of(found["name"], given), compared(value_of(found["value"], given))
    if name not in item:
        return False
    mine = compared(item[name])
    return type(mine) is type(value) and _SIGNS[found["sign"]](mine, value)


def _undefined(what: str, text: str) -> ServiceError:
    said = f"Invalid expression: An expression attribute {what} used in expression is not defined: {text}"
    return ServiceError("ValidationException", said)
