"""What a target gets of an event: all of it, a part (InputPath), a constant (Input), or what a transformer makes of it.

A target says at most one of the three. `problems` judges them in the service's sentences when a target is set up;
`compiled` takes them apart once, so that each event costs little. The reserved variables of a transformer are those of
the rule that matched and of the event as it came.
Source: EventBridge User Guide, "Amazon EventBridge input transformation"; API Reference, Target, InputTransformer
(limits); recorded answers of PutTargets.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from simulator.engine.errors import Problem
from simulator.engine.insertion import Template, arriving, objection, template
from simulator.engine.paths import ABSENT, Path, path

LONGEST_INPUT = 8192
LONGEST_PATH = 256
MOST_PATHS = 100

RULE_ARN = "aws.events.rule-arn"
RULE_NAME = "aws.events.rule-name"
INGESTION_TIME = "aws.events.event.ingestion-time"
EVENT = "aws.events.event"
EVENT_JSON = "aws.events.event.json"
RESERVED = (RULE_ARN, RULE_NAME, INGESTION_TIME, EVENT, EVENT_JSON)


class Matched(NamedTuple):
    """Which rule an event matched, and when the bus got it (ISO 8601; "": as the event itself says)."""

    rule_arn: str = ""
    rule_name: str = ""
    ingestion_time: str = ""


UNKNOWN = Matched()


@dataclass(frozen=True, slots=True)
class TargetInput:
    """What is sent to one target, compiled: a constant, a path, a template with its paths, or the whole event."""

    constant: Any = ABSENT
    path: Path | None = None
    template: Template | None = None
    variables: dict[str, Path] = field(default_factory=dict)

    def of(self, event: dict[str, Any], matched: Matched) -> Any:
        """What the target gets of this event: a JSON value, or text; a JSON text keeps its quotes, as it travels.

        A path that leads nowhere gives null.
        """
        if self.constant is not ABSENT:
            return self.constant
        if self.path is not None:
            found = self.path.find(event)
            if isinstance(found, str):
                return orjson.dumps(found).decode()
            return None if found is ABSENT else found
        if self.template is not None:
            return self.template.fill(_Values(event, matched, self.variables).of)
        return event


def target_input(
    event: dict[str, Any],
    *,
    input: str | None = None,
    input_path: str | None = None,
    input_transformer: dict[str, Any] | None = None,
    matched: Matched = UNKNOWN,
) -> Any:
    """What a target gets of one event; whoever has many keeps what `compiled` gives. Raises ValueError."""
    return compiled(input, input_path, input_transformer).of(event, matched)


def compiled(
    input: str | None = None,
    input_path: str | None = None,
    input_transformer: dict[str, Any] | None = None,
) -> TargetInput:
    """Take a target's input apart. Raises ValueError with the first of its problems."""
    wrong = problems("the target", input, input_path, input_transformer)
    if wrong:
        raise ValueError(wrong[0].problem)
    if input is not None:
        return TargetInput(constant=arriving(input))
    if input_path is not None:
        return TargetInput(path=path(input_path)) if input_path != "$" else TargetInput()
    if input_transformer is not None:
        paths = input_transformer.get("InputPathsMap") or {}
        taken = template(input_transformer["InputTemplate"])
        wanted = taken.names()
        return TargetInput(template=taken, variables={name: path(paths[name]) for name in wanted if name in paths})
    return TargetInput()


def problems(
    target: str,
    input: str | None = None,
    input_path: str | None = None,
    input_transformer: dict[str, Any] | None = None,
) -> list[Problem]:
    """Everything that PutTargets refuses of these three for a target of this id, with the place."""
    if sum(given is not None for given in (input, input_path, input_transformer)) > 1:
        said = f"Only one of Input, InputPath, or InputTransformer must be provided for target {target}."
        return [Problem("", said, cure="Remove the others.")]
    if input is not None:
        return _problems_of_input(target, input)
    if input_path is not None:
        return _problems_of_path(target, "InputPath", input_path)
    return _problems_of_transformer(target, input_transformer) if input_transformer is not None else []


def _problems_of_input(target: str, given: str) -> list[Problem]:
    if len(given) > LONGEST_INPUT:
        return [_too_long("Input", len(given), LONGEST_INPUT)]
    try:
        orjson.loads(given)
    except orjson.JSONDecodeError as error:
        said = f"JSON syntax error in input for target {target}: {error}."
        return [Problem("Input", said, cure='A text needs quotes of its own: "\\"hello\\"".')]
    return []


def _problems_of_path(target: str, place: str, given: str) -> list[Problem]:
    if len(given) > LONGEST_PATH:
        return [_too_long(place, len(given), LONGEST_PATH)]
    try:
        path(given)
    except ValueError as error:
        return [Problem(place, f"Invalid {place.rpartition('.')[0] or place} for target {target} : {error}")]
    return []


def _problems_of_transformer(target: str, given: dict[str, Any]) -> list[Problem]:
    paths, text = given.get("InputPathsMap") or {}, given.get("InputTemplate")
    found = []
    if len(paths) > MOST_PATHS:
        said = f"The InputPathsMap for target {target} has {len(paths)} paths."
        found.append(Problem("InputTransformer.InputPathsMap", said, f"at most {MOST_PATHS}"))
    for name, where in paths.items():
        place = f"InputTransformer.InputPathsMap.{name}"
        if name.lower().startswith("aws"):
            said = f"The key {name} of InputPathsMap for target {target} begins with AWS, which is reserved."
            found.append(Problem(place, said, cure="Choose another name."))
        found += _problems_of_path(target, place, where)
    if not text:
        said = f"InputTransformer for target {target} has no InputTemplate."
        return [*found, Problem("InputTransformer.InputTemplate", said, cure="Write one.")]
    if len(text) > LONGEST_INPUT:
        return [*found, _too_long("InputTransformer.InputTemplate", len(text), LONGEST_INPUT)]
    taken = template(text)
    for name in taken.names():
        if name not in paths and name not in RESERVED:
            said = f"InputTemplate for target {target} contains invalid placeholder {name}."
            cure = f"Define {name} in InputPathsMap, or use one of {', '.join(RESERVED)}."
            found.append(Problem("InputTransformer.InputTemplate", said, cure=cure))
    reason = objection(taken)
    if reason:
        said = f"Invalid InputTemplate for target {target} : [{reason}]."
        cure = "A template is JSON; text needs quotes of its own."
        found.append(Problem("InputTransformer.InputTemplate", said, cure=cure))
    return found


def _too_long(place: str, length: int, most: int) -> Problem:
    said = f"1 validation error detected: Value at '{place}' failed to satisfy constraint: Member must have length"
    return Problem(place, f"{said} less than or equal to {most}; it has {length}")


class _Values:
    """What a transformer's placeholders stand for with one event."""

    __slots__ = ("event", "matched", "variables")

    def __init__(self, event: dict[str, Any], matched: Matched, variables: dict[str, Path]) -> None:
        self.event = event
        self.matched = matched
        self.variables = variables

    def of(self, name: str) -> Any:
        known = self.variables.get(name)
        if known is not None:
            return known.find(self.event)
        event, matched = self.event, self.matched
        if name == EVENT_JSON:
            return event
        if name == EVENT:
            return {("detailType" if key == "detail-type" else key): event[key] for key in event if key != "detail"}
        if name == INGESTION_TIME:
            return matched.ingestion_time or event.get("time", ABSENT)
        return matched.rule_arn if name == RULE_ARN else matched.rule_name
