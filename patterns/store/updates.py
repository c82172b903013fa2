"""UpdateExpression, as far as it is simulated: SET, REMOVE and ADD of attributes at the top of an item.

    SET a = :v, b = b + :n, c = if_not_exists(c, :v)   REMOVE d, e   ADD f :n

Source: DynamoDB Developer Guide, "Update expressions".
"""

import re
from typing import Any

from patterns.store.conditions import compared, name_of, value_of
from simulator.engine.errors import ServiceError
from simulator.engine.parameters import plain

_CLAUSES = re.compile(r"\b(SET|REMOVE|ADD)\b", re.IGNORECASE)
_NAME = r"[#\w]+"
_OPERAND = rf"(?:if_not_exists\s*\(\s*{_NAME}\s*,\s*:\w+\s*\)|:\w+|{_NAME})"
_SET = re.compile(rf"\s*(?P<to>{_NAME})\s*=\s*(?P<first>{_OPERAND})(?:\s*(?P<sign>[+-])\s*(?P<second>{_OPERAND}))?\s*")
_ADD = re.compile(rf"\s*(?P<to>{_NAME})\s+(?P<value>:\w+)\s*")
_DEFAULT = re.compile(rf"if_not_exists\s*\(\s*(?P<name>{_NAME})\s*,\s*(?P<value>:\w+)\s*\)")
_COMMA = re.compile(r",(?![^(]*\))")


def updated(item: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The item as a request changes it; all values are those from before. Raises ServiceError."""
    expression = str(given.get("UpdateExpression", ""))
    after = dict(item)
    parts = _CLAUSES.split(expression)
    if parts[0].strip():
        raise _invalid(parts[0])
    for clause, actions in zip(parts[1::2], parts[2::2], strict=True):
        for action in _COMMA.split(actions):
            _perform(clause.upper(), action, item, after, given)
    return after


def _perform(clause: str, action: str, item: dict[str, Any], after: dict[str, Any], given: dict[str, Any]) -> None:
    if clause == "REMOVE":
        if not re.fullmatch(rf"\s*{_NAME}\s*", action):
            raise _invalid(action)
        after.pop(name_of(action.strip(), given), None)
        return
    found = (_SET if clause == "SET" else _ADD).fullmatch(action)
    if found is None:
        raise _invalid(action)
    to = name_of(found["to"], given)
    if clause == "ADD":
        after[to] = _sum(item.get(to, {"N": "0"}), value_of(found["value"], given), 1)
        return
    value = _operand(found["first"], item, given)
    if found["sign"]:
        value = _sum(value, _operand(found["second"], item, given), 1 if found["sign"] == "+" else -1)
    after[to] = value


def _operand(text: str, item: dict[str, Any], given: dict[str, Any]) -> Any:
    if text.startswith(":"):
        return value_of(text, given)
    default = _DEFAULT.fullmatch(text)
    name = name_of(default["name"] if default else text, given)
    if name in item:
        return item[name]
    if default is None:
        said = "The provided expression refers to an attribute that does not exist in the item"
        raise ServiceError("ValidationException", said)
    return value_of(default["value"], given)


def _sum(first: Any, second: Any, sign: int) -> dict[str, str]:
    a, b = compared(first), compared(second)
    if not isinstance(a, float) or not isinstance(b, float):
        said = "An operand in the update expression has an incorrect data type"
        raise ServiceError("ValidationException", said)
    return {"N": plain(a + sign * b).replace(",", "")}


def _invalid(action: str) -> ServiceError:
    said = f"Invalid UpdateExpression: {action.strip()[:80]} is not simulated; SET, REMOVE and ADD of attributes are."
    return ServiceError("ValidationException", said)
