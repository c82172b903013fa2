"""The scheduler, declared: everything the house needs to know of it."""

from typing import Any

from patterns.scheduler import config
from patterns.scheduler.kinds import KINDS
from patterns.scheduler.node import Scheduler
from simulator.engine.arns import names_queue
from simulator.engine.errors import Problem
from simulator.engine.faults import Fault, Nothing
from simulator.engine.message import type_of
from simulator.engine.operations import Operation
from simulator.engine.pattern import LinkKind, Measure, Pattern, Way


def names(settings: config.SchedulerSettings) -> dict[str, str]:
    return {"neutral": "Scheduler", "aws": "EventBridge Scheduler"}


def kind_of(settings: config.SchedulerSettings) -> str:
    return "schedule"


def types(settings: config.SchedulerSettings) -> list[str]:
    return [type_of(one.Input, one.Name) for one in settings.Schedules]


def check(settings: config.SchedulerSettings, outs: list[Way]) -> list[Problem]:
    """Every schedule has one target, and every dead-letter queue that is named is there."""
    targets = [way.link for way in outs if isinstance(way.link, config.TargetSettings)]
    named = [target.schedule for target in targets]
    dead = [way for way in outs if way.draw == "dead"]
    problems = []
    for place, schedule in enumerate(settings.Schedules):
        path, count = f"settings.Schedules.{place}", named.count(schedule.Name)
        if count > 1:
            problems.append(Problem(path, f"{schedule.Name} has {count} targets", "one", "Make a schedule for each."))
        elif not count and "" not in named:
            cure = "Draw a link whose schedule is this one, or is empty."
            problems.append(Problem(path, f"{schedule.Name} has no target", cure=cure))
    if named.count("") > 1:
        said = f"has {named.count('')} links that name no schedule"
        problems.append(Problem("", said, "at most one", "Say which schedule each is for."))
    for target in targets:
        wanted = target.DeadLetterConfig.Arn if target.DeadLetterConfig is not None else ""
        if wanted and not any(names_queue(wanted, way.target) for way in dead):
            cure = "Draw a dead-letter link to it, or name another."
            problems.append(Problem("", f"has no dead-letter queue {wanted!r}, which a target names", cure=cure))
    for way in dead:
        if getattr(way.settings, "FifoQueue", False):
            said = f"has the FIFO queue {way.target} as a dead-letter queue"
            problems.append(Problem("", said, "a standard queue", "Lead the link to another queue."))
    return problems


def check_target(link: config.TargetSettings, scheduler: config.SchedulerSettings, target: Any) -> list[Problem]:
    """What CreateSchedule refuses of a target. Source: EventBridge Scheduler API Reference, Target, SqsParameters."""
    problems = []
    if link.schedule and scheduler.schedule(link.schedule) is None:
        known = ", ".join(one.Name for one in scheduler.Schedules) or "none is there"
        problems.append(Problem("settings.schedule", f"is {link.schedule!r}, and no schedule has this name", known))
    if getattr(target, "FifoQueue", False) and link.SqsParameters is None:
        said = "is missing, and the target is a FIFO queue"
        cure = 'Write {"MessageGroupId": "…"}.'
        problems.append(Problem("settings.SqsParameters", said, cure=cure))
    return problems


def outage(scheduler: Scheduler, nothing: Nothing | None) -> None:
    if nothing is not None:
        scheduler.go_down()
    else:
        scheduler.come_up()


PATTERN = Pattern(
    module=__name__,
    name="scheduler",
    role="producer",
    sentence="A scheduler has a target do something at its time: once, every so often, or as a calendar says.",
    Settings=config.SchedulerSettings,
    Node=Scheduler,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=(
        LinkKind(
            "target",
            "What a schedule makes is delivered here, again and again until it is taken.",
            config.TargetSettings,
            "send",
            check_target,
        ),
        LinkKind("dead-letter", "What could not be delivered goes here.", config.DeadLetterSettings, "dead"),
    ),
    operations=(
        Operation(
            "CreateSchedule",
            config.Schedule,
            "create_schedule",
            "Have one more schedule; its target is a link that is there.",
            "Create a schedule",
        ),
        Operation(
            "UpdateSchedule",
            config.Schedule,
            "update_schedule",
            "Replace a schedule: what you leave out becomes the default.",
            "Update a schedule",
        ),
        Operation(
            "DeleteSchedule",
            config.ByName,
            "delete_schedule",
            "Delete a schedule; a window that is open closes without it.",
            "Delete a schedule",
            danger=True,
        ),
        Operation(
            "GetSchedule",
            config.ByName,
            "get_schedule",
            "Ask how it is set and when it fires next.",
            "Look at a schedule",
        ),
    ),
    faults=(
        Fault("unavailable", "Unavailable", "fires nothing; what is due fires when that is over", Nothing, outage),
    ),
    measures=(
        Measure("fired", "fired", "messages/s", counts=("fired",)),
        Measure("failed", "given up", "messages/s", counts=("gave_up",), beside="fired"),
        Measure("waiting", "being retried", "messages", gauge="waiting"),
    ),
    check=check,
    types=types,
)
