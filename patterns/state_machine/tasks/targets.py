"""Targets: which link of a machine does the work of a Task, told by what its Resource and its parameters name.

A name is an ARN, a URL or a bare name; the station is the one whose id is a part of it, the last such part counting
first. A link can also say itself whose states' work goes over it, whatever their Resource is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from patterns.state_machine.attempt import ACTIVITY, FUNCTION, Resource
from patterns.state_machine.chart import inside
from patterns.state_machine.config import ActivitySettings, MachineSettings, TaskSettings
from simulator.engine.errors import Problem
from simulator.engine.pattern import Way

WORKER, QUEUE, TOPIC, BUS, STORE, ENDPOINT, MACHINE = (
    "worker", "queue", "topic", "event bus", "store", "endpoint", "state machine"
)  # fmt: skip

# By what its settings have, which family of stations one belongs to.
_FAMILIES = (
    ("definition", MACHINE),
    ("Rules", BUS),
    ("FifoQueue", QUEUE),
    ("FifoTopic", TOPIC),
    ("writes_per_second", STORE),
    ("MaximumRetryAttempts", WORKER),
    ("response_time", ENDPOINT),
)

# By service, who does its work, and the parameter that names it.
SERVICES: dict[str, tuple[str, str]] = {
    "lambda": (WORKER, "FunctionName"),
    "sqs": (QUEUE, "QueueUrl"),
    "sns": (TOPIC, "TopicArn"),
    "events": (BUS, "EventBusName"),
    "dynamodb": (STORE, "TableName"),
    "s3": (STORE, "Bucket"),
    "states": (MACHINE, "StateMachineArn"),
    "http": (ENDPOINT, "ApiEndpoint"),
    "apigateway": (ENDPOINT, "ApiEndpoint"),
    "ecs": (WORKER, "TaskDefinition"),
    "batch": (WORKER, "JobDefinition"),
}
_SDK = {"eventbridge": "events", "sfn": "states"}

DEFAULT_BUS = "default"

_SEPARATORS = re.compile(r"[:/.${}]+")


class Need(NamedTuple):
    """What a Task calls. `family` is "" for a service that has no station here; `name` is None where only the run
    knows it, and "" where any will do; `field` is where the name stands.
    """

    family: str
    name: str | None
    field: str


def service_of(resource: Resource) -> str:
    """The service whose action is called, also by its SDK: `sqs`, `events`."""
    service = resource.service.removeprefix("aws-sdk:")
    return _SDK.get(service, service)


def action_of(resource: Resource) -> str:
    """The action without the way in which it is waited for: `sendMessage`."""
    return resource.action.partition(".")[0]


def need_of(resource: Resource, parameters: Any) -> Need:
    """What a Resource with these parameters needs; `parameters` may be a template that is not filled yet."""
    if resource.kind == FUNCTION:
        return Need(WORKER, resource.arn.partition(":function:")[2], "Resource")
    if resource.kind == ACTIVITY:
        return Need(ACTIVITY, resource.action, "Resource")
    family, field = SERVICES.get(service_of(resource), ("", ""))
    if not family:
        return Need("", None, "Resource")
    given = parameters if isinstance(parameters, dict) else {}
    if family == BUS:
        entries = given.get("Entries")
        first = entries[0] if isinstance(entries, list) and entries and isinstance(entries[0], dict) else {}
        fixed = isinstance(entries, list) and "EventBusName.$" not in first
        return Need(BUS, _fixed(first.get(field, DEFAULT_BUS)) if fixed else None, field)
    return Need(family, _fixed(given.get(field)), field)


def family_of(settings: Any) -> str:
    """What a station with these settings is, "" if none that does tasks."""
    return next((family for name, family in _FAMILIES if hasattr(settings, name)), "")


def chosen(state: str, need: Need, ways: Mapping[int, tuple[str, Any, Any]]) -> int | None:
    """The key of the way that does a task, None for none. `ways`: target id, target's settings, link's settings."""
    for key, (_, _, link) in ways.items():
        if isinstance(link, TaskSettings) and state in link.states:
            return key
    if need.family == ACTIVITY:
        return _activity(need.name or "", ways)
    fitting = {
        target: key
        for key, (target, settings, link) in ways.items()
        if isinstance(link, TaskSettings) and need.family and family_of(settings) == need.family
    }
    if need.family == BUS and need.name == DEFAULT_BUS and len(fitting) == 1:
        return next(iter(fitting.values()))
    for part in reversed(_SEPARATORS.split(need.name or "")):
        if part in fitting:
            return fitting[part]
    return None


def problems(settings: MachineSettings, outs: list[Way]) -> list[Problem]:
    """The tasks that no link does, with their places and the cure."""
    ways = {key: (way.target, way.settings, way.link) for key, way in enumerate(outs)}
    found = []
    for name, path, state in tasks(settings.definition.value):
        resource = state.get("Resource")
        parameters = state.get("Parameters", state.get("Arguments"))
        need = need_of(Resource.of(resource if isinstance(resource, str) else "unknown"), parameters)
        if chosen(name, need, ways) is None and (need.name is not None or not need.family):
            found.append(_missing(name, f"settings.definition.{path}", need, [way.target for way in outs]))
    return found


def tasks(machine: dict[str, Any], path: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every Task state of a definition that has been checked: name, path, fields."""
    before = f"{path}." if path else ""
    for name, state in machine["States"].items():
        place = f"{before}States.{name}"
        if state["Type"] == "Task":
            yield name, place, state
        for number, inner in enumerate(inside(state)):
            within = (
                f"Branches.{number}"
                if state["Type"] == "Parallel"
                else "ItemProcessor"
                if "ItemProcessor" in state
                else "Iterator"
            )
            yield from tasks(inner, f"{place}.{within}")


def unknown_states(link: TaskSettings, machine: MachineSettings) -> list[Problem]:
    """States that a link names and that the definition has not."""
    names = [name for name, _, _ in tasks(machine.definition.value)]
    return [
        Problem(
            f"settings.states.{place}",
            f"is {name!r}, and the definition has no Task of this name",
            ", ".join(names[:20]) or "none: the definition has no Task",
        )
        for place, name in enumerate(link.states)
        if name not in names
    ]


def _activity(name: str, ways: Mapping[int, tuple[str, Any, Any]]) -> int | None:
    for key, (target, _, link) in ways.items():
        if isinstance(link, ActivitySettings) and (link.activity or target) == name:
            return key
    return None


def _fixed(value: Any) -> str | None:
    """A name that is written out, None for one that an expression or a path will give."""
    return value if isinstance(value, str) and not value.startswith("{%") else None


def _missing(state: str, path: str, need: Need, targets: Iterable[str]) -> Problem:
    here = ", ".join(dict.fromkeys(targets))
    allowed = f"one of {here}" if here else ""
    elsewhere = f"or name “{state}” in the states of a task link."
    if not need.family:
        return Problem(
            f"{path}.Resource", "calls a service that has no station here", allowed, f"Draw a task link {elsewhere}"
        )
    if need.family == ACTIVITY:
        said = f"is the activity {need.name}, and no activity link leads to a worker that asks for it"
        return Problem(f"{path}.Resource", said, "", f"Draw an activity link to the worker {need.name}, {elsewhere}")
    place = path if need.field == "Resource" else f"{path}.Parameters"
    one = f"{'an' if need.family[0] in 'ae' else 'a'} {need.family}"
    said = f"calls {need.name or one}, and no task link leads to {one} of this name"
    return Problem(f"{place}.{need.field}", said, allowed, f"Draw a task link to that {need.family}, {elsewhere}")
