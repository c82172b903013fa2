"""The endpoint as a pattern."""

from typing import Annotated, Literal

from pydantic import Field

from patterns.endpoint.config import USUAL, EndpointSettings
from patterns.endpoint.kinds import KINDS
from patterns.endpoint.node import Endpoint
from simulator.engine.errors import Problem
from simulator.engine.faults import SLOW, Fault, Nothing, Share
from simulator.engine.link import LinkSettings
from simulator.engine.operations import Arguments, Operation
from simulator.engine.pattern import LinkKind, Measure, Pattern, Way


class Down(Arguments):
    """How it is down."""

    answer: Annotated[
        Literal["503", "silence"],
        Field(title="Answer", description="Whether something in front of it still says so, or nobody answers at all."),
    ] = "503"


def names(settings: EndpointSettings) -> dict[str, str]:
    usual = USUAL[settings.kind]
    return {"neutral": usual.neutral, "aws": usual.aws}


def kind_of(settings: EndpointSettings) -> str:
    return settings.kind


def check(settings: EndpointSettings, outs: list[Way]) -> list[Problem]:
    """Only a delivery stream passes on what it gets, and to one place."""
    if outs and settings.kind != "firehose":
        said = f"is an endpoint of kind {settings.kind!r}, which passes nothing on"
        return [Problem("settings.kind", said, "firehose, where a link leads out", "Remove the link out of it.")]
    if len(outs) > 1:
        return [Problem("", "writes its batches to several places", "one", "Keep one of the links out of it.")]
    return []


def down(endpoint: Endpoint, how: Down | None) -> None:
    endpoint.be_down(how.answer if how is not None else "")


def fail(endpoint: Endpoint, share: Share | None) -> None:
    endpoint.fail_more(share.probability if share is not None else 0.0)


def gone(endpoint: Endpoint, nothing: Nothing | None) -> None:
    endpoint.be_gone(nothing is not None)


def unauthorized(endpoint: Endpoint, nothing: Nothing | None) -> None:
    endpoint.locked = nothing is not None


PATTERN = Pattern(
    module=__name__,
    name="endpoint",
    role="consumer",
    sentence="An endpoint stands outside: it takes what is delivered, and answers in its own time, or not at all.",
    Settings=EndpointSettings,
    Node=Endpoint,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=(LinkKind("deliver", "Each batch that a delivery stream has gathered is written there.", LinkSettings),),
    operations=(
        Operation(
            "ConfirmSubscription",
            Nothing,
            "confirm",
            "Confirm every subscription that waits for it, as its owner would.",
            "Confirm",
        ),
    ),
    faults=(
        Fault("down", "Down", "refuses everything, or answers nothing", Down, down),
        SLOW,
        Fault("fail", "Fail", "fails on some of its requests", Share, fail),
        Fault("unauthorized", "Locked", "no longer accepts the credentials: 401", Nothing, unauthorized),
        Fault("gone", "Gone", "does not exist any more: no retry will help", Nothing, gone),
    ),
    measures=(
        Measure("received", "taken", "messages/s", counts=("processed",)),
        Measure(
            "refused",
            "refused",
            "messages/s",
            counts=("rejected", "turned_away", "failed", "unanswered", "overdue", "given_up"),
            beside="received",
        ),
        Measure("doubled", "done twice", "messages/s", counts=("doubled",), beside="received"),
        Measure("busy", "unanswered", "requests", gauge="busy"),
        Measure("buffered", "in the buffer", "records", gauge="buffered"),
        Measure("took", "time to take", "s", values=("processed", "took")),
    ),
    takes=("send",),
    check=check,
)
