"""Destinations: a record of each asynchronous invocation, sent on when it has succeeded or was given up.

The record holds the event, what the function returned or why it failed, and how often it was invoked. A bus gets it as
an entry of the source `lambda`.
Source: AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations" (the record; on-failure also
to Amazon S3); EventBridge User Guide, "Events from AWS services" (Lambda).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from simulator.engine.backoff import backoff
from simulator.engine.calendar import iso
from simulator.engine.clock import Micros
from simulator.engine.errors import Problem, ServiceError
from simulator.engine.link import Link, LinkSettings
from simulator.engine.message import SERVICE, MessageId, label
from simulator.engine.pattern import Way
from simulator.engine.sending import Sending
from simulator.engine.template import size

if TYPE_CHECKING:
    from patterns.worker.asynchronous import Event
    from patterns.worker.node import Worker

ON_SUCCESS, ON_FAILURE = "on-success", "on-failure"


class DestinationSettings(LinkSettings):
    """The way to a destination. A function there is invoked asynchronously too."""

    asynchronous: ClassVar[bool] = True


class SuccessSettings(DestinationSettings):
    """The way to the destination of successes."""


class FailureSettings(DestinationSettings):
    """The way to the destination of failures."""


def check_destinations(settings: Any, outs: list[Way]) -> list[Problem]:
    """At most one destination of each sort."""
    counts = {name: sum(isinstance(way.link, kind) for way in outs) for name, kind in SORTS.items()}
    return [
        Problem("", f"has {count} {name} destinations", "one", "Remove the others.")
        for name, count in counts.items()
        if count > 1
    ]


def check_success(settings: DestinationSettings, source: Any, target: Any) -> list[Problem]:
    """What may get the records of successes: all but stores."""
    if hasattr(target, "writes_per_second"):
        return [Problem("to", "is a store", "a queue, topic, function or bus", "Only failures can go to a store.")]
    return check_failure(settings, source, target)


def check_failure(settings: DestinationSettings, source: Any, target: Any) -> list[Problem]:
    """A function has destinations, and none of them keeps an order; of the stores only S3 will do."""
    if source.kind != "function":
        return [Problem("from", f"is a {source.kind}, which is not invoked asynchronously", "a function")]
    if getattr(target, "FifoQueue", False) or getattr(target, "FifoTopic", False):
        return [Problem("to", "is FIFO", "a standard queue or topic", "Lead it to a standard one.")]
    if hasattr(target, "writes_per_second") and target.kind != "s3":
        return [Problem("to", f"is a store of kind {target.kind!r}", "an S3 bucket", "Lead it to a bucket.")]
    return []


SORTS = {ON_SUCCESS: SuccessSettings, ON_FAILURE: FailureSettings}


class Destinations:
    """The destinations of one worker, None where it has none; it is the sender of its records."""

    GIVES_UP: ClassVar[str] = "given_up"

    def __init__(self, worker: "Worker") -> None:
        self.worker = worker
        self.kernel = worker.kernel
        self.on_success: Link | None = None
        self.on_failure: Link | None = None
        self.unsent: dict[Sending, None] = {}

    def start(self) -> None:
        """Every link is there."""
        self.on_success = next(iter(self.worker.ways(ON_SUCCESS)), None)
        self.on_failure = next(iter(self.worker.ways(ON_FAILURE)), None)

    def tell_success(self, event: "Event", value: Any) -> None:
        if self.on_success is not None:
            said = {"responseContext": {"statusCode": 200, "executedVersion": "$LATEST"}, "responsePayload": value}
            self._tell(self.on_success, event, "Success", said)

    def tell_failure(self, event: "Event", condition: str) -> None:
        if self.on_failure is None:
            return
        said: dict[str, Any] = {}
        if event.errors:
            said["responseContext"] = {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": "Unhandled",
            }
            said["responsePayload"] = {"errorMessage": event.reason, "errorType": event.error_type}
        self._tell(self.on_failure, event, condition, said)

    def held(self) -> Iterator[MessageId]:
        for sending in self.unsent:
            yield sending.message.id

    # As the sender of its records.

    def record(self, kind: str, message: MessageId, *values: Any) -> None:
        self.worker.record(kind, message, *values)

    def objection(self, sending: Sending, error: ServiceError) -> str:
        """Why a record that was refused is not sent again, or ""."""
        if sending.tries < self.worker.settings.write_attempts:
            return ""
        return f"{sending.link.target.id} did not take it: {error.code} after {sending.tried}"

    def wait_before_next(self, sending: Sending, error: ServiceError) -> Micros:
        return backoff(sending.tries, self.worker.pauses)

    def sending_is_over(self, sending: Sending, error: ServiceError | None) -> None:
        """Nothing hangs on a record."""

    def _tell(self, link: Link, event: "Event", condition: str, said: dict[str, Any]) -> None:
        """Make the record and send it."""
        worker, message = self.worker, event.message
        scenario = worker.run.scenario
        body: dict[str, Any] = {
            "version": "1.0",
            "timestamp": iso(scenario.begins + worker.kernel.now),
            "requestContext": {
                "requestId": label(message.id, scenario.prefixes),
                "functionArn": f"{worker.id}:$LATEST",
                "condition": condition,
                "approximateInvokeCount": event.invocations,
            },
            "requestPayload": message.body,
            **said,
        }
        attributes = None
        if hasattr(link.target.settings, "Rules"):
            outcome = "Success" if condition == "Success" else "Failure"
            body = {
                "Source": "lambda",
                "DetailType": f"Lambda Function Invocation Result - {outcome}",
                "Detail": body,
            }
            attributes = {SERVICE: "lambda"}
        made = worker.make(message.type, body, size(body), cause=message, attributes=attributes)
        worker.turns.made(made.id, message)
        worker.record("created", made.id, message.id)
        Sending(self, link, made).go()
