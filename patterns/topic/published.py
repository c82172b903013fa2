"""A message as it is published: checked, with what each protocol will get of it.

Source: SNS API Reference, Publish (Message, Subject, MessageStructure, MessageAttributes, MessageGroupId,
MessageDeduplicationId); SNS Developer Guide, "Amazon SNS message attributes".
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from patterns.topic import answers
from patterns.topic.arguments import Publish, not_too_deep
from patterns.topic.config import TopicSettings
from simulator.engine.errors import ServiceError
from simulator.engine.json_text import value_of
from simulator.engine.message import Message, as_text, type_of

LONGEST_SUBJECT = 100
LONGEST_TYPE = 60
LONGEST_IDENTIFIER = 128
LARGEST_NUMBER = 10**9
DEFAULT = "default"

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,256}", re.ASCII)
_TYPE = re.compile(r"(String\.Array|String|Number|Binary)(\..+)?", re.ASCII)

Attributes = dict[str, dict[str, Any]]
"""Message attributes by name, each {"Type": …, "Value": …}, as a subscriber and a filter policy see them."""


class Published(NamedTuple):
    """A published message. `text` is what subscribers get, `parts` what some protocols get instead of it, `body` the
    text as a value where it is one and the same; `number` is its place in a FIFO topic, `time` when it was published.
    """

    message: Message
    text: str
    body: Any
    attributes: Attributes
    subject: str | None = None
    parts: dict[str, str] | None = None
    number: int = 0
    time: int = 0


class Request(NamedTuple):
    """What Publish says, checked; `kind` is the type under which the message is drawn, `size` its bytes."""

    text: str
    body: Any
    kind: str
    size: int
    attributes: Attributes
    plain: dict[str, Any] | None
    subject: str | None
    parts: dict[str, str] | None
    group: str | None
    once: str | None


def read(given: Publish, settings: TopicSettings) -> Request:
    """What a person publishes. Raises ServiceError with the service's sentence when it can't be taken."""
    text, parts = as_text(given.Message), None
    if not text:
        raise answers.EMPTY
    size = len(text.encode())
    if given.MessageStructure is not None:
        parts = _parts(text, given.MessageStructure)
        text = parts.pop(DEFAULT)
    attributes = typed(given.MessageAttributes)
    size += size_of(attributes)
    problem = (
        _subject_problem(given.Subject)
        or attributes_problem(attributes)
        or identity_problem(given.MessageGroupId, given.MessageDeduplicationId, settings)
    )
    if problem is not None:
        raise problem
    if given.MessageDeduplicationId is not None and not settings.FifoTopic:
        raise answers.NOT_FIFO
    if size > settings.MaximumMessageSize:
        raise answers.TOO_LONG
    body = _value(text)
    return Request(
        text,
        body if body is not text and as_text(body) == text else text,
        type_of(body, "by hand")[:LONGEST_TYPE],
        size,
        attributes,
        {name: _plain(one) for name, one in attributes.items()} or None,
        given.Subject,
        parts,
        given.MessageGroupId,
        given.MessageDeduplicationId,
    )


def identity_problem(group: str | None, once: str | None, settings: TopicSettings) -> ServiceError | None:
    """What is wrong with the group and the deduplication id of a message."""
    if settings.FifoTopic:
        if group is None:
            return answers.NO_GROUP
        if once is None and not settings.ContentBasedDeduplication:
            return answers.NO_IDENTIFIER
    for name, value in (("MessageGroupId", group), ("MessageDeduplicationId", once)):
        if value is not None and not _is_identifier(value):
            allowed = f"alphanumeric and punctuation characters. 1 to {LONGEST_IDENTIFIER} in length"
            return answers.invalid(name, f"{name} can only include {allowed}")
    return None


def typed(given: dict[str, Any] | None) -> Attributes:
    """Message attributes with their types, whether written so, in the service's own shape, or as plain values."""
    return {name: _typed(value) for name, value in given.items()} if given else {}


def attributes_problem(attributes: Attributes) -> ServiceError | None:
    """What is wrong with the names, the types and the values of message attributes."""
    for name, one in attributes.items():
        problem = name_problem(name) or _value_problem(one["Type"], one["Value"])
        if problem:
            return answers.attribute(name, problem)
    return None


def size_of(attributes: Attributes) -> int:
    """How many bytes attributes count: name, type and value of each."""
    return sum(
        len(name.encode()) + len(one["Type"]) + len(as_text(one["Value"]).encode()) for name, one in attributes.items()
    )


@lru_cache(maxsize=1024)
def name_problem(name: str) -> str:
    """What is wrong with the name of an attribute; "" if nothing is."""
    if not _NAME.fullmatch(name):
        return "has a name that is not made of 1 to 256 letters, digits, underscores, hyphens and periods."
    if name.startswith(".") or name.endswith(".") or ".." in name:
        return "has a name with a period at its beginning, at its end, or after another one."
    if name.lower().startswith(("aws.", "amazon.")):
        return "has a name that is reserved for AWS."
    return ""


def _typed(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"Type": "String", "Value": value}
    if isinstance(value, bool) or value is None:
        return {"Type": "String", "Value": as_text(value)}
    if isinstance(value, int | float):
        return {"Type": "Number", "Value": as_text(value)}
    if isinstance(value, dict):
        if "DataType" in value:
            return {"Type": str(value["DataType"]), "Value": value.get("StringValue", value.get("BinaryValue", ""))}
        if value.keys() == {"Type", "Value"}:
            return {"Type": str(value["Type"]), "Value": value["Value"]}
        return {"Type": "String", "Value": as_text(value)}
    return {"Type": "String.Array", "Value": as_text(value)}


def _plain(attribute: dict[str, Any]) -> Any:
    """An attribute as stations pass it on: a number as a number, an array as a list, else its text."""
    kind, text = attribute["Type"], attribute["Value"]
    if kind.startswith(("Number", "String.Array")):
        try:
            value = value_of(text)
        except ValueError:
            return text
        if isinstance(value, list if kind.startswith("String") else int | float) and as_text(value) == text:
            return value
    return text


def _value_problem(kind: str, value: Any) -> str:
    if not _TYPE.fullmatch(kind):
        allowed = "the set of supported type prefixes is Binary, Number, and String"
        return f"has an invalid message attribute type, {allowed}."
    if not isinstance(value, str) or not value:
        return f"must contain a non-empty message attribute value for message attribute type '{kind}'."
    if kind.startswith("Number"):
        try:
            number = float(value)
        except ValueError:
            return "Could not cast message attribute value to number."
        if not abs(number) <= LARGEST_NUMBER:
            return "has a number that is not between -10⁹ and 10⁹."
    return ""


def _subject_problem(subject: str | None) -> ServiceError | None:
    if subject is None or (0 < len(subject) < LONGEST_SUBJECT and subject.isprintable()):
        return None
    return answers.SUBJECT


def _is_identifier(value: str) -> bool:
    return 0 < len(value) <= LONGEST_IDENTIFIER and value.isascii() and value.isprintable() and " " not in value


def _parts(text: str, structure: str) -> dict[str, str]:
    """What each protocol gets. Keys that name none, or whose values are no texts, are ignored."""
    if structure != "json":
        raise answers.STRUCTURE
    try:
        members = value_of(text, object_pairs_hook=_distinct)
    except ValueError:
        raise answers.NO_JSON from None
    parts = (
        {name: value for name, value in members.items() if isinstance(value, str)} if isinstance(members, dict) else {}
    )
    if DEFAULT not in parts:
        raise answers.NO_DEFAULT
    return parts


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is repeated")
    return dict(pairs)


def _value(text: str) -> Any:
    """A body that a person typed: JSON where it is a JSON object or array, not nested too deeply, else the text."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            return not_too_deep(value_of(text))
        except ValueError:
            return text
    return text
