"""Rules and their targets as a client changes them: each is a change of settings, from then on as if written so.

Source: EventBridge API Reference, PutRule, EnableRule, DisableRule, DeleteRule, PutTargets and RemoveTargets.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from patterns.event_bus import answers
from patterns.event_bus.about import rule_arn
from patterns.event_bus.checking import dead_letter_problems, target_problems
from patterns.event_bus.config import (
    DEFAULT_BUS,
    MOST_RULES,
    MOST_TARGETS,
    BusSettings,
    Rule,
    TargetSettings,
    pattern_problem,
)
from simulator.engine.arns import station_arn
from simulator.engine.errors import Problem, Refused, ServiceError, problems_of
from simulator.engine.link import Link
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.event_bus.node import EventBus

MOST_AT_ONCE = 10

# What PutTargets sets, and with what it begins anew: a target that is put replaces what was there.
_FRESH: dict[str, Any] = {
    "Input": None,
    "InputPath": None,
    "InputTransformer": None,
    "RetryPolicy": {},
    "DeadLetterConfig": None,
    "SqsParameters": None,
}


def put_rule(bus: "EventBus", call: Call) -> None:
    """Make a rule, or replace the one of this name; its targets stay."""
    given = call.arguments
    if given.EventPattern is not None and (problem := pattern_problem(given.EventPattern)) is not None:
        raise answers.invalid_pattern(problem.problem)
    if given.ScheduleExpression is not None and bus.settings.EventBusName != DEFAULT_BUS:
        raise answers.NO_SCHEDULE_HERE
    rule = _rule(given.model_dump(exclude_none=True))
    if bus.settings.rule(rule.Name) is None and len(bus.settings.Rules) >= MOST_RULES:
        raise answers.LIMIT
    _put(bus, rule, f"rule {rule.Name} is put, {rule.State.lower()}")
    call.reply({"RuleArn": rule_arn(bus.settings.EventBusName, rule.Name)})


def enable_rule(bus: "EventBus", call: Call) -> None:
    rule = _found(bus, call.arguments.Name)
    _put(bus, rule.model_copy(update={"State": "ENABLED"}), f"rule {rule.Name} is enabled")
    call.reply(None)


def disable_rule(bus: "EventBus", call: Call) -> None:
    rule = _found(bus, call.arguments.Name)
    _put(bus, rule.model_copy(update={"State": "DISABLED"}), f"rule {rule.Name} is disabled")
    call.reply(None)


def delete_rule(bus: "EventBus", call: Call) -> None:
    """A rule that has targets stays; one that is not there is gone already."""
    name = call.arguments.Name
    if bus.settings.rule(name) is not None:
        if bus.rules[name].targets:
            raise answers.HAS_TARGETS
        bus.record("rule_changed", 0, f"rule {name} is deleted")
        _take_over(bus, [rule for rule in bus.settings.Rules if rule.Name != name])
    call.reply(None)


def put_targets(bus: "EventBus", call: Call) -> None:
    """Let lines out of this bus be targets of a rule. Answers with FailedEntryCount and FailedEntries."""
    rule, targets = _found(bus, call.arguments.Rule), call.arguments.Targets
    if not 1 <= len(targets) <= MOST_AT_ONCE:
        raise ServiceError(answers.VALIDATION, f"Targets have 1 to {MOST_AT_ONCE} entries; there are {len(targets)}.")
    links = {link.id: link for link in bus.outs if link.kind == "send"}
    there = [target.link.id for target in bus.rules[rule.Name].targets]
    if len(dict.fromkeys([*there, *(str(one.get("Id")) for one in targets)])) > MOST_TARGETS:
        raise answers.LIMIT
    failed = []
    for given in targets:
        identity = str(given.get("Id"))
        try:
            _put_target(bus, rule, links.get(identity), given)
        except ServiceError as error:
            failed.append({"TargetId": identity, "ErrorCode": error.code, "ErrorMessage": error.message})
    call.reply({"FailedEntryCount": len(failed), "FailedEntries": failed})


def remove_targets(bus: "EventBus", call: Call) -> None:
    """Take targets from a rule; their lines stay, and carry nothing. Answers as `put_targets` does."""
    rule = _found(bus, call.arguments.Rule)
    there = {target.link.id: target.link for target in bus.rules[rule.Name].targets}
    failed = []
    for identity in dict.fromkeys(call.arguments.Ids):
        if identity in there:
            bus.record("rule_changed", 0, f"{identity} is no longer a target of rule {rule.Name}")
            bus.run.reconfigure(there[identity], {"rule": ""})
        else:
            error = answers.does_not_exist("Target", identity)
            failed.append({"TargetId": identity, "ErrorCode": error.code, "ErrorMessage": error.message})
    call.reply({"FailedEntryCount": len(failed), "FailedEntries": failed})


def objections(bus: "EventBus", settings: BusSettings) -> list[Problem]:
    """What of these new settings would leave a target without its rule."""
    names = [rule.Name for rule in settings.Rules]
    lost = [rule for rule in bus.rules.values() if rule.targets and rule.name not in names]
    return [
        Problem("Rules", f"has no rule {rule.name} any more, and it has targets", cure="Remove its targets first.")
        for rule in lost
    ]


def objections_to_link(bus: "EventBus", link: Link, settings: Any) -> list[Problem]:
    """What of these new settings of a target can't be taken over; one that is of no rule gets nothing, and may."""
    if not isinstance(settings, TargetSettings) or not settings.rule:
        return []
    found = [
        replace(problem, path=problem.path.partition(".")[2])
        for problem in target_problems(settings, bus.settings, link.target.settings)
    ]
    found += dead_letter_problems(link.target.id, settings, [one.target.id for one in bus.outs if one.kind == "dead"])
    others = [one for one in bus.targets.values() if one.settings.rule == settings.rule and one.link is not link]
    if len(others) >= MOST_TARGETS:
        found.append(Problem("rule", answers.LIMIT.message, f"at most {MOST_TARGETS} targets for a rule"))
    return found


def _found(bus: "EventBus", name: str) -> Rule:
    rule = bus.settings.rule(name)
    if rule is None:
        raise answers.no_rule(name, bus.settings.EventBusName)
    return rule


def _rule(given: dict[str, Any]) -> Rule:
    try:
        return Rule.model_validate(given)
    except ValidationError as error:
        problem = problems_of(error)[0]
        raise answers.invalid_settings(problem) from None


def _put(bus: "EventBus", rule: Rule, how: str) -> None:
    rules = list(bus.settings.Rules)
    place = next((place for place, one in enumerate(rules) if one.Name == rule.Name), len(rules))
    rules[place : place + 1] = [rule]
    bus.record("rule_changed", 0, how)
    _take_over(bus, rules)


def _take_over(bus: "EventBus", rules: list[Rule]) -> None:
    bus.run.reconfigure(bus, {"Rules": [_written(rule) for rule in rules]})


def _written(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(mode="json", exclude_unset=True) | {"State": rule.State}


def _put_target(bus: "EventBus", rule: Rule, link: Link | None, given: dict[str, Any]) -> None:
    if link is None:
        raise answers.does_not_exist("Target", str(given.get("Id")))
    arn = given.get("Arn")
    pattern = bus.run.scenario.nodes[link.target.index].pattern.name
    if arn is not None and arn not in (link.target.id, station_arn(pattern, link.target.id)):
        raise ServiceError(answers.VALIDATION, f"Target {link.id} leads to {link.target.id}, not to {arn}.")
    unknown = [name for name in given if name not in (*_FRESH, "Id", "Arn")]
    if unknown:
        raise ServiceError(answers.VALIDATION, f"Parameter {unknown[0]} is not one of a target.")
    changes = _FRESH | {name: value for name, value in given.items() if name in _FRESH} | {"rule": rule.Name}
    try:
        settings = TargetSettings.model_validate(link.settings.model_dump(mode="json", exclude_unset=True) | changes)
    except ValidationError as error:
        raise ServiceError(answers.VALIDATION, problems_of(error)[0].problem) from None
    problems = objections_to_link(bus, link, settings)
    if problems:
        raise ServiceError(answers.VALIDATION, str(problems[0]))
    try:
        bus.run.reconfigure(link, changes)
    except Refused as refused:
        raise ServiceError(answers.VALIDATION, str(refused.problems[0])) from None
    bus.record("rule_changed", 0, f"{link.id} is a target of rule {rule.Name}")
