"""The event bus, declared: everything the house needs to know of it."""

from typing import Any

from patterns.event_bus import arguments, config
from patterns.event_bus.checking import neighbourhood_problems, target_problems
from patterns.event_bus.kinds import KINDS
from patterns.event_bus.node import EventBus
from patterns.event_bus.scheduling import KIND
from patterns.filters.bench import EVENT_PATTERN, laid_out
from simulator.engine.bench import Bench, Example
from simulator.engine.faults import Fault, Nothing, throttle_node, unavailable_node
from simulator.engine.operations import Operation
from simulator.engine.pattern import LinkKind, Measure, Pattern


def names(settings: config.BusSettings) -> dict[str, str]:
    return {"neutral": "Event bus", "aws": f"EventBridge {kind_of(settings)} event bus"}


def kind_of(settings: config.BusSettings) -> str:
    return "default" if settings.EventBusName == config.DEFAULT_BUS else "custom"


def types(settings: config.BusSettings) -> list[str]:
    return [KIND] if any(rule.ScheduleExpression for rule in settings.Rules) else []


def allows(settings: config.BusSettings) -> dict[str, str]:
    """What the service does not promise. Source: EventBridge User Guide, "Amazon EventBridge targets"."""
    return {
        "no_duplicates": "An event bus may do so: it delivers at least once.",
        "group_order": "An event bus does not promise an order.",
    }


def examples(node: Any) -> list[Example]:
    """The rules of a bus, with the event that came last."""
    event = laid_out(node.latest_event) if node.latest_event is not None else ""
    return [
        Example(rule.Name, EVENT_PATTERN[0].name, _text(rule.EventPattern), event)
        for rule in node.settings.Rules
        if rule.EventPattern is not None
    ]


def _text(pattern: Any) -> str:
    return pattern if isinstance(pattern, str) else laid_out(pattern)


OPERATIONS = (
    Operation(
        "PutEvents", arguments.PutEvents, "put_events", "Put up to ten events of your own on this bus.", "Put events"
    ),
    Operation(
        "TestEventPattern",
        arguments.TestEventPattern,
        "test_event_pattern",
        "See whether a pattern matches an event, and why, without putting it.",
        "Test a pattern",
    ),
    Operation("PutRule", arguments.PutRule, "put_rule", "Make a rule, or replace one.", "Put a rule"),
    Operation("EnableRule", arguments.OneRule, "enable_rule", "Let a rule match again.", "Enable a rule"),
    Operation("DisableRule", arguments.OneRule, "disable_rule", "Let a rule match nothing for now.", "Disable a rule"),
    Operation("DeleteRule", arguments.OneRule, "delete_rule", "Remove a rule that has no targets.", "Delete a rule"),
    Operation(
        "PutTargets",
        arguments.PutTargets,
        "put_targets",
        "Let lines out of this bus be targets of a rule.",
        "Put targets",
    ),
    Operation(
        "RemoveTargets", arguments.RemoveTargets, "remove_targets", "Take targets from a rule.", "Remove targets"
    ),
    Operation(
        "CreateArchive", arguments.CreateArchive, "create_archive", "Keep events from now on.", "Create an archive"
    ),
    Operation(
        "DeleteArchive",
        arguments.OneArchive,
        "delete_archive",
        "Throw an archive away, with what it keeps.",
        "Delete an archive",
        danger=True,
    ),
    Operation(
        "StartReplay",
        arguments.StartReplay,
        "start_replay",
        "Put the events that an archive has kept of a span of time on this bus again.",
        "Start a replay",
    ),
    Operation(
        "CancelReplay", arguments.OneReplay, "cancel_replay", "Stop a replay; what came stays.", "Cancel a replay"
    ),
    Operation(
        "DescribeReplay", arguments.OneReplay, "describe_replay", "See how far a replay is.", "Describe a replay"
    ),
)

FAULTS = (
    Fault(
        "unavailable",
        "Unavailable",
        "answers every request with ServiceUnavailable",
        Nothing,
        unavailable_node,
    ),
    Fault(
        "throttle",
        "Throttle",
        "takes only so many requests a second, the others get ThrottlingException",
        arguments.Limit,
        throttle_node,
    ),
)

LINKS = (
    LinkKind(
        "target",
        "A target of a rule: it gets each event that the rule matches, or what is made of it.",
        config.TargetSettings,
        "send",
        target_problems,
    ),
    LinkKind("dead-letter", "What could not be delivered goes here.", config.DeadLetterSettings, "dead"),
)

MEASURES = (
    Measure("in", "events", "events/s", counts=("accepted",)),
    Measure("matched", "rules matched", "matches/s", counts=("matched",), beside="in"),
    Measure("delivered", "delivered", "deliveries/s", counts=("delivered",), beside="in"),
    Measure("retried", "tried again", "tries/s", counts=("retrying",)),
    Measure("waiting", "waiting for a try", "deliveries", gauge="waiting"),
    Measure("retrying", "being retried", "deliveries", gauge="retrying", beside="waiting"),
    Measure("failed", "failed invocations", "deliveries", gauge="failed"),
    Measure("latency", "from event to delivery", "s", values=("delivered", "age")),
    Measure("archived", "in archives", "events", gauge="archived"),
)

PATTERN = Pattern(
    module="patterns.event_bus.pattern",
    name="event_bus",
    role="channel",
    sentence="An event bus gives each event to the targets of every rule whose pattern it matches.",
    Settings=config.BusSettings,
    Node=EventBus,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=LINKS,
    operations=OPERATIONS,
    faults=FAULTS,
    measures=MEASURES,
    takes=("send",),
    check=neighbourhood_problems,
    types=types,
    allows=allows,
    bench=Bench(EVENT_PATTERN, examples),
)
