"""The pipe: polls one source with an event source mapping, and passes on what it gets, batch by batch.

It keeps nothing: what it is at work on stays in its source, which gives it out again when the pipe does not delete it
in time. A queue's redrive policy then applies, without the pipe's doing.
Source: EventBridge User Guide, "Amazon EventBridge Pipes", "Amazon EventBridge Pipes concepts", "error handling".
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from patterns.pipe.about import pipe_arn
from patterns.pipe.config import EnrichmentSettings, PipeSettings, QueueParameters, TargetSettings
from patterns.pipe.execution import Execution, Item
from patterns.pipe.filtering import Filter
from patterns.pipe.shaping import (
    ENRICHMENT_ARN,
    INGESTION_TIME,
    PIPE_ARN,
    PIPE_NAME,
    SOURCE_ARN,
    TARGET_ARN,
    Shape,
    record_of,
    shape,
)
from simulator.engine.arns import station_arn
from simulator.engine.calendar import iso
from simulator.engine.errors import ServiceError
from simulator.engine.link import Link
from simulator.engine.mapping import EventSourceMapping
from simulator.engine.message import Message, MessageId, as_text, type_of
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.paths import ABSENT, path
from simulator.engine.poller import Poller
from simulator.engine.polling import Delivery, mapping_of
from simulator.engine.template import size
from simulator.engine.throttle import Throttle

if TYPE_CHECKING:
    from simulator.engine.run import Run

# How many records one request to a target may hold, by its pattern. Source: EventBridge User Guide, "Amazon EventBridge
# Pipes batching and concurrency".
BATCH_LIMITS = {"queue": 10, "topic": 10, "event_bus": 10, "stream": 500}
LARGEST_BATCH = 10_000

SHOWN = 10
LONGEST_REASON = 80

UNAVAILABLE = ServiceError("InternalException", "The pipe is unavailable.")
THROTTLED = ServiceError("ThrottlingException", "The pipe begins with no more batches this second.")


class Pipe(Node):
    """Passes on. `received`, `filtered`, `enriched`, `delivered` and `failed` count records.

    `executions` are the batches that are under way.
    """

    settings: PipeSettings
    target: Link

    def __init__(self, run: "Run", index: int, identity: str, title: str, settings: PipeSettings) -> None:
        super().__init__(run, index, identity, title, settings)
        self.mappings: list[EventSourceMapping] = []
        self.executions: dict[Execution, None] = {}
        self.enrichment: Link | None = None
        self.most_at_once = LARGEST_BATCH
        self.received = 0
        self.filtered = 0
        self.enriched = 0
        self.delivered = 0
        self.failed = 0
        self.latest_reason = ""
        self.is_down = False
        self.throttle: Throttle | None = None
        self.filter = Filter([])
        self._shapes: dict[Link, Shape] = {}
        self._use(settings)

    def start(self) -> None:
        for link in self.outs:
            if isinstance(link.settings, TargetSettings):
                self.target = link
            else:
                self.enrichment = link
            self.link_changed(link)
        self.most_at_once = BATCH_LIMITS.get(self._pattern(self.target), LARGEST_BATCH)
        polled = [link for link in self.ins if link.kind == "poll" and mapping_of(link.settings) is not None]
        self.mappings = [EventSourceMapping(self, link) for link in polled]
        for mapping in self.mappings:
            if self.runs:
                mapping.start()
            else:
                mapping.stop()

    def change(self, settings: PipeSettings) -> None:
        before, self.settings = self.runs, settings
        self._use(settings)
        self._has_changed(before)

    def link_changed(self, link: Link) -> None:
        settings = link.settings
        assert isinstance(settings, TargetSettings | EnrichmentSettings), f"{link.id} is no way out of a pipe"
        self._shapes[link] = shape(settings.InputTemplate)

    @property
    def runs(self) -> bool:
        """Whether it asks for messages."""
        return self.settings.DesiredState == "RUNNING" and not self.is_down

    # What its mapping asks of it.

    def refusal_of_batch(self) -> ServiceError | None:
        """Why it can't begin with a batch now, or None when it can."""
        if self.is_down:
            return UNAVAILABLE
        return THROTTLED if self.throttle is not None and self.throttle.refuses(self.kernel.now) else None

    def take_batch(self, poller: Poller, deliveries: list[Delivery]) -> None:
        self.received += len(deliveries)
        execution = Execution(self, poller, deliveries)
        self.executions[execution] = None
        execution.begin()

    def batch_was_refused(self) -> None:
        """Its records say so."""

    # What an execution asks of its pipe.

    def record_of(self, delivery: Delivery, source: Link) -> dict[str, Any]:
        """What was received, as a record of its source."""
        run = self.run
        pattern = run.scenario.nodes[source.source.index].pattern.name
        return record_of(delivery, pattern, source.source.id, run.scenario.prefixes, run.in_calendar(0))

    def for_enrichment(self, item: Item) -> Message:
        """The message that asks the enrichment."""
        assert self.enrichment is not None, f"{self.id} has no enrichment"
        parsed = item.event | {"body": item.body}
        body = self._shapes[self.enrichment].of(item.event, parsed, self._known(item))
        return self._make_of(item.message, body, type_of(body, item.message.type))

    def for_target(self, item: Item, event: Any, parsed: Any) -> Message:
        """The message for the target; `event` is the record, or the enrichment's answer."""
        settings = self.target.settings
        assert isinstance(settings, TargetSettings), f"{self.target.id} is the way to a target"
        body = self._shapes[self.target].of(event, parsed, self._known(item))
        kind = type_of(body, item.message.type)
        if self._pattern(self.target) == "event_bus":
            bus = settings.EventBridgeParameters
            source, detail_type = (
                (bus.Source, bus.DetailType) if bus else (f"Pipe {self.id}", f"Event from {item.event['eventSource']}")
            )
            body = {"Source": source, "DetailType": detail_type, "Detail": body}
        queue = settings.SqsParameters or QueueParameters()
        record = item.event | {"body": item.body}
        return self._make_of(
            item.message,
            body,
            kind,
            group=_parameter(queue.MessageGroupId, record),
            deduplication=_parameter(queue.MessageDeduplicationId, record),
        )

    def execution_is_over(self, execution: Execution) -> None:
        del self.executions[execution]
        if execution.reason:
            self.latest_reason = execution.reason

    # Operations and faults.

    def start_pipe(self, call: Call) -> None:
        self._desire("RUNNING")
        call.reply(self._state())

    def stop_pipe(self, call: Call) -> None:
        """Ask for no more messages; what has been received is passed on."""
        self._desire("STOPPED")
        call.reply(self._state())

    def describe_pipe(self, call: Call) -> None:
        counted = ("received", "filtered", "enriched", "delivered", "failed")
        counts = {name: getattr(self, name) for name in counted}
        call.reply(self._state() | {"DesiredState": self.settings.DesiredState} | counts)

    def go_down(self) -> None:
        before, self.is_down = self.runs, True
        self._has_changed(before)

    def come_up(self) -> None:
        before, self.is_down = self.runs, False
        self._has_changed(before)

    # What is shown.

    def view(self) -> dict[str, Any]:
        return {
            "state": "running" if self.runs else "stopped",
            "received": self.received,
            "filtered": self.filtered,
            "enriched": self.enriched,
            "delivered": self.delivered,
            "failed": self.failed,
            "batch": self._glyphs(),
            "enrichment": self.enrichment.target.title if self.enrichment is not None else "",
            "reason": _cut(self.latest_reason),
            "caption": self._caption(),
        }

    def gauges(self) -> dict[str, float | None]:
        return {
            "busy": sum(len(execution.items) for execution in self.executions),
            "pollers": sum(len(mapping.pollers) for mapping in self.mappings),
        }

    def held(self) -> Iterator[MessageId]:
        """Nothing: what it takes is its source's, and what it makes is on its way."""
        return iter(())

    # Its own affairs.

    def _use(self, settings: PipeSettings) -> None:
        criteria = settings.FilterCriteria
        self.filter = Filter([one.Pattern for one in criteria.Filters] if criteria is not None else [])

    def _has_changed(self, ran: bool) -> None:
        """Poll, or stop polling, where that is not as it was."""
        if self.runs == ran:
            return
        self.record("pipe_started" if self.runs else "pipe_stopped", 0)
        for mapping in self.mappings:
            if self.runs:
                mapping.resume()
            else:
                mapping.stop()

    def _desire(self, state: str) -> None:
        if self.settings.DesiredState != state:
            self.run.reconfigure(self, {"DesiredState": state})

    def _state(self) -> dict[str, Any]:
        return {"Arn": pipe_arn(self.id), "Name": self.id, "CurrentState": "RUNNING" if self.runs else "STOPPED"}

    def _make_of(self, cause: Message, body: Any, kind: str, **more: Any) -> Message:
        return self.make(kind, body, size(body), cause=cause, **more)

    def _known(self, item: Item) -> dict[str, str]:
        """The reserved variables that are not the event."""
        enrichment = self.enrichment
        return {
            PIPE_ARN: pipe_arn(self.id),
            PIPE_NAME: self.id,
            SOURCE_ARN: item.event["eventSourceARN"],
            ENRICHMENT_ARN: self._arn(enrichment) if enrichment is not None else "",
            TARGET_ARN: self._arn(self.target),
            INGESTION_TIME: iso(self.run.in_calendar(self.kernel.now)),
        }

    def _arn(self, link: Link) -> str:
        return station_arn(self._pattern(link), link.target.id)

    def _pattern(self, link: Link) -> str:
        return self.run.scenario.nodes[link.target.index].pattern.name

    def _glyphs(self) -> list[list[int]]:
        """The first records that are under way, those nearest to the target first."""
        items = [item.glyph() for execution in self.executions for item in list(execution.items)[:SHOWN]]
        gathered = [
            [delivery.message.id, delivery.message.look, 0, 0]
            for mapping in self.mappings
            for poller in mapping.pollers
            for delivery in (poller.refused + poller.gathered)[:SHOWN]
        ]
        return sorted(items, key=_nearness)[:SHOWN] + gathered[: max(0, SHOWN - len(items))]

    def _caption(self) -> list[str]:
        criteria = self.settings.FilterCriteria
        count = len(criteria.Filters) if criteria is not None else 0
        lines = [f"{count} {'filter' if count == 1 else 'filters'}" if count else "no filter"]
        if self.most_at_once < LARGEST_BATCH:
            lines.append(f"at most {self.most_at_once} at a time")
        return lines


def _nearness(glyph: list[int]) -> int:
    return -glyph[3]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"


def _parameter(given: str | None, record: Any) -> str | None:
    """A parameter: a constant, or what a path finds in the record."""
    if given is None or not given.startswith("$."):
        return given
    found = path(given).find(record)
    return None if found is ABSENT or found is None else as_text(found)
