"""What fits together: a target with its rule, its bus and what it leads to; and all the targets of a rule.

Source: EventBridge API Reference, PutTargets and Target; User Guide, "Amazon EventBridge quotas" (five targets).
"""

from collections.abc import Collection
from typing import Any

from patterns.event_bus import answers
from patterns.event_bus.config import MOST_TARGETS, BusSettings, TargetSettings
from patterns.event_bus.targets import is_api
from simulator.engine.arns import names_queue
from simulator.engine.errors import Problem
from simulator.engine.pattern import Way


def target_problems(settings: TargetSettings, bus: BusSettings, target: Any) -> list[Problem]:
    """What is wrong with one target, with paths below its link; `target` are the settings of what it leads to."""
    found = []
    if bus.rule(settings.rule) is None:
        names = ", ".join(rule.Name for rule in bus.Rules) or "none: the bus has no rules"
        said = f"is {settings.rule!r}, and the bus has no rule of this name" if settings.rule else "is missing"
        found.append(Problem("settings.rule", said, names, "Name the rule whose target this is."))
    changed = next(
        (name for name in ("Input", "InputPath", "InputTransformer") if getattr(settings, name) is not None), ""
    )
    if changed and isinstance(target, BusSettings):
        said = "changes what a bus gets, and a bus takes whole events only"
        found.append(Problem(f"settings.{changed}", said, cure="Leave it out."))
    grouped = settings.SqsParameters is not None
    if getattr(target, "FifoQueue", False):
        if not grouped:
            said = "is missing, and the target is a FIFO queue"
            found.append(Problem("settings.SqsParameters", said, cure="Give it a MessageGroupId."))
        if not target.ContentBasedDeduplication:
            said = "leads to a FIFO queue without ContentBasedDeduplication, which a bus needs there"
            found.append(Problem("", said, cure="Set ContentBasedDeduplication in the queue."))
    elif grouped and not hasattr(target, "FifoQueue"):
        found.append(Problem("settings.SqsParameters", "is only for queues", cure="Leave it out."))
    if settings.InvocationRateLimitPerSecond is not None and not is_api(target):
        said = "is only for API destinations"
        found.append(Problem("settings.InvocationRateLimitPerSecond", said, cure="Leave it out."))
    return found


def neighbourhood_problems(bus: BusSettings, outs: list[Way]) -> list[Problem]:
    """What is wrong with the targets of a bus together."""
    found = []
    targets = [way for way in outs if isinstance(way.link, TargetSettings)]
    for rule in bus.Rules:
        count = sum(way.link.rule == rule.Name for way in targets)
        if count > MOST_TARGETS:
            said = f"rule {rule.Name} has {count} targets: {answers.LIMIT.code}: {answers.LIMIT.message}"
            found.append(Problem("", said, f"at most {MOST_TARGETS} targets for a rule", "Make a second rule of it."))
    back = [way.link.rule for way in targets if way.target == way.source]
    if len(back) > 1:
        said = f"has {len(back)} targets that lead back to it ({', '.join(back)}): events would multiply without end"
        found.append(Problem("", said, "at most one", "Remove the others."))
    dead = {way.target: way.settings for way in outs if way.draw == "dead"}
    for way in targets:
        found += dead_letter_problems(way.target, way.link, dead)
    for name, settings in dead.items():
        if getattr(settings, "FifoQueue", False):
            said = f"has the FIFO queue {name} as a dead-letter queue"
            found.append(Problem("", said, "a standard queue", "Unset FifoQueue there."))
    return found


def dead_letter_problems(target: str, settings: TargetSettings, dead: Collection[str]) -> list[Problem]:
    """What is wrong with the dead-letter queue that a target names; `dead` are the ids of those that the bus has."""
    config = settings.DeadLetterConfig
    if config is None or any(names_queue(config.Arn, name) for name in dead):
        return []
    said = f"the target {target} of rule {settings.rule} has the dead-letter queue {config.Arn}, which is none"
    allowed = f"one of {', '.join(dead)}" if dead else ""
    return [Problem("", said, allowed, "Draw a dead-letter line from the bus to it.")]
