"""The pipe, declared: everything the house needs to know of it."""

from typing import Any

from patterns.pipe import config
from patterns.pipe.kinds import KINDS
from patterns.pipe.node import Pipe
from simulator.engine.errors import Problem
from simulator.engine.faults import Fault, Nothing, throttle_node
from simulator.engine.operations import Operation
from simulator.engine.pattern import LinkKind, Measure, Pattern, Way

# What can enrich: it answers with a value. Source: EventBridge User Guide, "Event enrichment in Amazon EventBridge
# Pipes".
ENRICHERS = ("function", "api")


def names(settings: config.PipeSettings) -> dict[str, str]:
    return {"neutral": "Pipe", "aws": "EventBridge Pipe"}


def kind_of(settings: config.PipeSettings) -> str:
    return "pipe"


def check(settings: config.PipeSettings, outs: list[Way]) -> list[Problem]:
    """A pipe leads from one source to one target, through at most one enrichment."""
    problems = []
    targets = [way for way in outs if isinstance(way.link, config.TargetSettings)]
    enrichments = [way for way in outs if isinstance(way.link, config.EnrichmentSettings)]
    if len(targets) != 1:
        said = f"has {len(targets)} targets" if targets else "has no target"
        problems.append(Problem("", said, "exactly one", "Make a pipe for each, or put a topic or a bus behind it."))
    if len(enrichments) > 1:
        problems.append(Problem("", f"has {len(enrichments)} enrichments", "at most one", "Let one call the other."))
    return problems


def check_enrichment(link: config.EnrichmentSettings, pipe: config.PipeSettings, target: Any) -> list[Problem]:
    """Only what answers can enrich."""
    kind = getattr(target, "kind", "")
    if kind in ENRICHERS or getattr(target, "enriches", False):
        return []
    allowed = "a function, an Express state machine, or an endpoint of kind api"
    return [Problem("", f"asks a {kind or 'station'} that answers with no value", allowed, "Make the link a target.")]


def check_target(link: config.TargetSettings, pipe: config.PipeSettings, target: Any) -> list[Problem]:
    """What CreatePipe refuses of a target.

    Source: EventBridge Pipes API Reference, PipeTargetSqsQueueParameters, PipeTargetStateMachineParameters.
    """
    if getattr(target, "FifoQueue", False) and (
        link.SqsParameters is None or link.SqsParameters.MessageGroupId is None
    ):
        said = "has no MessageGroupId, and the target is a FIFO queue"
        cure = 'Write {"MessageGroupId": "$.attributes.MessageGroupId"}, or a constant.'
        return [Problem("settings.SqsParameters", said, cure=cure)]
    if getattr(target, "type", "") == "STANDARD" and hasattr(target, "definition") and link.sync:
        said = "is REQUEST_RESPONSE, and a Standard state machine can't be waited for"
        return [Problem("settings.InvocationType", said, "FIRE_AND_FORGET", "Set it so, or make the machine EXPRESS.")]
    return []


def outage(pipe: Pipe, nothing: Nothing | None) -> None:
    if nothing is not None:
        pipe.go_down()
    else:
        pipe.come_up()


PATTERN = Pattern(
    module=__name__,
    name="pipe",
    role="consumer",
    sentence="A pipe takes what one source offers to one target, filtered and enriched on the way.",
    Settings=config.PipeSettings,
    Node=Pipe,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=(
        LinkKind(
            "target",
            "What has passed the filter, or what the enrichment has made of it, is handed over here.",
            config.TargetSettings,
            "send",
            check_target,
        ),
        LinkKind(
            "enrichment",
            "What has passed the filter is asked about here, and the answer goes on in its place.",
            config.EnrichmentSettings,
            "send",
            check_enrichment,
        ),
    ),
    operations=(
        Operation("StartPipe", Nothing, "start_pipe", "Ask the source for messages again.", "Start the pipe"),
        Operation(
            "StopPipe", Nothing, "stop_pipe", "Ask for no more messages; what it has it finishes.", "Stop the pipe"
        ),
        Operation("DescribePipe", Nothing, "describe_pipe", "Ask for its state and its counts.", "Describe"),
    ),
    faults=(
        Fault("unavailable", "Unavailable", "asks for no messages, and begins with none", Nothing, outage),
        Fault("throttle", "Throttle", "begins with only so many batches a second", config.Limit, throttle_node),
    ),
    measures=(
        Measure("delivered", "passed on", "messages/s", counts=("processed",)),
        Measure("filtered", "filtered out", "messages/s", counts=("filtered_out",), beside="delivered"),
        Measure("failed", "failed", "messages/s", counts=("failed",), beside="delivered"),
        Measure("busy", "under way", "messages", gauge="busy"),
        Measure("pollers", "pollers", "pollers", gauge="pollers", beside="busy"),
        Measure("took", "time in the pipe", "s", values=("processed", "took")),
    ),
    takes=("poll",),
    copies=False,
    check=check,
)
