"""The worker as a pattern."""

from patterns.worker.calling_back import CALLBACK, check_callback
from patterns.worker.config import WorkerSettings
from patterns.worker.destinations import (
    ON_FAILURE,
    ON_SUCCESS,
    FailureSettings,
    SuccessSettings,
    check_destinations,
    check_failure,
    check_success,
)
from patterns.worker.kinds import KINDS
from patterns.worker.node import Worker
from patterns.worker.state_changes import STATE_CHANGES, check_state_changes
from simulator.engine.faults import SLOW, Fault, Nothing, Share, crash_node
from simulator.engine.link import LinkSettings
from simulator.engine.pattern import LinkKind, Measure, Pattern

NAMES = {
    "function": {"neutral": "Function", "aws": "Lambda function"},
    "server": {"neutral": "Server", "aws": "EC2 instance"},
    "container": {"neutral": "Container", "aws": "ECS task"},
    "batch": {"neutral": "Batch job", "aws": "AWS Batch job"},
}


def names(settings: WorkerSettings) -> dict[str, str]:
    return NAMES[settings.kind]


def kind_of(settings: WorkerSettings) -> str:
    return settings.kind


def fail(worker: Worker, share: Share | None) -> None:
    worker.fail_more(share.probability if share is not None else 0.0)


PATTERN = Pattern(
    module=__name__,
    name="worker",
    role="consumer",
    sentence="A worker takes messages, does its work on each, and only then says that it is done.",
    Settings=WorkerSettings,
    Node=Worker,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=(
        LinkKind("send", "What the worker makes is handed over, and the answer awaited.", LinkSettings),
        LinkKind(
            ON_SUCCESS,
            "A record of each event that an asynchronously invoked function has done.",
            SuccessSettings,
            check=check_success,
        ),
        LinkKind(
            ON_FAILURE,
            "A record of each event that an asynchronously invoked function has failed on for good.",
            FailureSettings,
            check=check_failure,
        ),
        LinkKind(
            STATE_CHANGES,
            "A bus hears when an instance of a server begins, crashes, recovers or is taken away.",
            LinkSettings,
            check=check_state_changes,
            spontaneous=True,
        ),
        LinkKind(
            CALLBACK,
            "A state machine hears what has become of a message that holds a task token of its own.",
            LinkSettings,
            check=check_callback,
            spontaneous=True,
        ),
    ),
    faults=(
        Fault("crash", "Crash", "stops at once and loses all that is in its memory", Nothing, crash_node),
        SLOW,
        Fault("fail", "Fail", "fails on some of its messages", Share, fail),
    ),
    measures=(
        Measure("busy", "busy seats", "seats", gauge="busy"),
        Measure("concurrency", "seats", "seats", gauge="concurrency", beside="busy"),
        Measure("processed", "processed", "messages/s", counts=("processed",)),
        Measure("failed", "failed", "messages/s", counts=("failed",), beside="processed"),
        Measure("doubled", "done twice", "messages/s", counts=("doubled",), beside="processed"),
        Measure("pollers", "pollers", "pollers", gauge="pollers", beside="busy"),
        Measure("batch", "batch size", "messages", gauge="batch"),
        Measure("events", "events waiting", "events", gauge="events"),
        Measure("service", "service time", "s", values=("processed", "took")),
    ),
    takes=("poll", "send"),
    copies=True,
    check=check_destinations,
)
