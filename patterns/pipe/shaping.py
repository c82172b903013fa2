"""What an enrichment or a target gets: the record as it is, or what a template makes of it.

A record of a queue holds its body as text, as the queue does. Paths of a template look into the body all the same, for
a pipe reads it as JSON where it is JSON; so `<$.body>` is the shortest template that hands on what was sent.
Source: EventBridge User Guide, "Amazon EventBridge Pipes input transformation" (reserved variables, "Implicit body data
parsing"); AWS Lambda Developer Guide, "Using Lambda with Amazon SQS" (a record).
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from patterns.pipe.about import OTHER_SOURCE, SOURCES
from simulator.engine.arns import REGION, station_arn
from simulator.engine.clock import MILLISECOND
from simulator.engine.errors import Problem
from simulator.engine.insertion import Template, template, too_deep
from simulator.engine.message import Message, as_text, label
from simulator.engine.paths import ABSENT, Path, path
from simulator.engine.polling import Delivery

LONGEST_TEMPLATE = 8192

PIPE_ARN = "aws.pipes.pipe-arn"
PIPE_NAME = "aws.pipes.pipe-name"
SOURCE_ARN = "aws.pipes.source-arn"
ENRICHMENT_ARN = "aws.pipes.enrichment-arn"
TARGET_ARN = "aws.pipes.target-arn"
INGESTION_TIME = "aws.pipes.event.ingestion-time"
EVENT = "aws.pipes.event"
EVENT_JSON = "aws.pipes.event.json"
RESERVED = (PIPE_ARN, PIPE_NAME, SOURCE_ARN, ENRICHMENT_ARN, TARGET_ARN, INGESTION_TIME, EVENT, EVENT_JSON)


@dataclass(frozen=True, slots=True)
class Shape:
    """A template, compiled; without one the whole event goes on."""

    template: Template | None = None
    paths: dict[str, Path] = field(default_factory=dict)

    def of(self, event: Any, parsed: Any, known: dict[str, str]) -> Any:
        """What is made of an event; `parsed` is the same with its body read, `known` the other reserved variables."""
        if self.template is None:
            return event
        return self.template.fill(_Values(self.paths, event, parsed, known).of)


def shape(text: str) -> Shape:
    """Compile a template; an empty one stands for the whole event."""
    if not text:
        return Shape()
    taken = template(text)
    return Shape(taken, {name: path(name) for name in taken.names() if name.startswith("$")})


def problems(text: str) -> list[Problem]:
    """What is wrong with a template."""
    if len(text) > LONGEST_TEMPLATE:
        return [Problem("", f"has {len(text):,} characters", f"at most {LONGEST_TEMPLATE:,}")]
    found = []
    for name in template(text).names():
        if name in RESERVED:
            continue
        try:
            path(name)
        except ValueError as error:
            said = f"contains the placeholder <{name}>: {error}"
            found.append(Problem("", said, cure=f"Write a path like <$.body.id>, or one of {', '.join(RESERVED)}."))
    return found


def record_of(delivery: Delivery, pattern: str, source: str, prefixes: list[str], begins: int) -> dict[str, Any]:
    """A received message as the pipe sees it; `source` is the id of where it comes from, a node of this `pattern`."""
    message = delivery.message
    kind, _ = SOURCES.get(pattern, OTHER_SOURCE)
    attributes = {
        "ApproximateReceiveCount": str(delivery.receive_count),
        "SentTimestamp": str((begins + message.created) // MILLISECOND),
    }
    if message.group is not None:
        attributes["MessageGroupId"] = message.group
    if message.deduplication is not None:
        attributes["MessageDeduplicationId"] = message.deduplication
    return {
        "messageId": label(message.id, prefixes),
        "receiptHandle": str(delivery.receipt_handle),
        "body": as_text(message.body),
        "attributes": attributes,
        "messageAttributes": {name: _attribute(value) for name, value in (message.attributes or {}).items()},
        "eventSource": kind,
        "eventSourceARN": station_arn(pattern, source),
        "awsRegion": REGION,
    }


def body_of(message: Message) -> Any:
    """A body as JSON where it is JSON of a sensible depth, else as text."""
    body = message.body
    if not isinstance(body, str):
        return body
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    return body if too_deep(body, value) else value


def _attribute(value: Any) -> dict[str, str]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"stringValue": as_text(value), "dataType": "Number" if number else "String"}


class _Values:
    """What the placeholders of a template stand for with one event."""

    __slots__ = ("event", "known", "parsed", "paths")

    def __init__(self, paths: dict[str, Path], event: Any, parsed: Any, known: dict[str, str]) -> None:
        self.paths = paths
        self.event = event
        self.parsed = parsed
        self.known = known

    def of(self, name: str) -> Any:
        found = self.paths.get(name)
        if found is not None:
            return found.find(self.parsed)
        if name in (EVENT, EVENT_JSON):
            return self.event if name == EVENT else self.parsed
        return self.known.get(name, ABSENT)
