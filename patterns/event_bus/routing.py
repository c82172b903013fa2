"""Routing: an event is matched against all rules at once, and each target of those that match gets a copy.

The event is done with as soon as the copies are made; each copy then has a life of its own, with its own tries and its
own end. Nothing that becomes of them reaches whoever sent the event.
Source: EventBridge User Guide, "Amazon EventBridge rules", "Amazon EventBridge targets" and "Sending and receiving
Amazon EventBridge events between accounts" (an event that was received is not passed on to a third one).
"""

from typing import TYPE_CHECKING

from patterns.event_bus import answers, archiving
from patterns.event_bus.about import rule_arn
from patterns.event_bus.entries import Event
from patterns.event_bus.inputs import Matched
from patterns.event_bus.targets import Purpose, RuleState, Target
from simulator.engine.delivering import Delivery
from simulator.engine.message import Message
from simulator.engine.template import size

if TYPE_CHECKING:
    from patterns.event_bus.node import EventBus

FORWARDED = "event bus"
"""The attribute of an event that a bus sends to another: the ids of the buses it has been on."""


def route(bus: "EventBus", message: Message, event: Event, flags: int, replay: tuple[str, ...] | None = None) -> None:
    """Make a copy for each target of each rule that matches, and begin to deliver them.

    `replay`: it comes from an archive and is not kept once more; the rules it is for, if not all, are named.
    """
    now = bus.kernel.now
    if message.generation >= bus.GENERATIONS:
        bus.record("looped", message.id, bus.GENERATIONS)
        bus.discarded += 1
        return
    names = bus.matching.match(event)
    if replay:
        names = [name for name in names if name in replay]
    bus.latest = [message.id, message.look, flags, now]
    bus.latest_event = event
    if replay is None:
        archiving.keep(bus, message, event)
    fan_out(bus, message, event, [bus.rules[name] for name in names])


def fan_out(bus: "EventBus", message: Message, event: Event, rules: list[RuleState]) -> None:
    """Make the copies for the targets of these rules, and begin to deliver them."""
    now, copies = bus.kernel.now, []
    whole = size(event) if rules else 0
    for rule in rules:
        rule.matched += 1
        rule.last = now
        bus.record("matched", message.id, rule.name, len(rule.targets))
        copies += [_copy(bus, message, event, whole, rule, target) for target in rule.targets]
    bus.record("routed", message.id, len(rules), len(copies))
    path = forwarded_by(message)
    for copy in copies:
        if copy.purpose.target.forwards and _is_third(bus, path, copy.purpose.target):
            copy.end(answers.THIRD_HOP)
        else:
            copy.begin()


def forwarded_by(message: Message) -> list[str]:
    """The buses that an event has been on before this one."""
    path: list[str] = (message.attributes or {}).get(FORWARDED, [])
    return path


def _copy(bus: "EventBus", message: Message, event: Event, whole: int, rule: RuleState, target: Target) -> Delivery:
    matched = Matched(rule_arn(bus.settings.EventBusName, rule.name), rule.name, bus.iso_now())
    body = target.input.of(event, matched)
    bytes_ = whole if body is event else len(body.encode()) if isinstance(body, str) else size(body)
    attributes = {FORWARDED: [*forwarded_by(message), bus.id][-2:]} if target.forwards else None
    made = bus.make(message.type, body, bytes_, cause=message, attributes=attributes, group=target.group)
    bus.record("created", made.id, message.id, rule.name, target.link.index)
    return Delivery(bus, target.link, made, target.settings.RetryPolicy, target.dead, Purpose(rule, target, event))


def _is_third(bus: "EventBus", path: list[str], target: Target) -> bool:
    """Whether this target would be the third bus of an event that has been on another one."""
    known = dict.fromkeys([*path, bus.id])
    return len(known) > 1 and target.link.target.id not in known
