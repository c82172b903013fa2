"""Replays: what an archive has kept of a span of time comes onto the bus again, under the name of the replay.

Events are replayed minute by minute, in no order inside a minute. Simplified: a minute takes a second, minutes without
an event take no time, and what is replayed is what the archive held when the replay began.
Source: EventBridge API Reference, StartReplay, CancelReplay and DescribeReplay; User Guide, "Archiving and replaying
events in Amazon EventBridge".
"""

import re
from collections import deque
from typing import TYPE_CHECKING, Any

from patterns.event_bus import answers, routing
from patterns.event_bus.about import event_arn, rule_arn
from patterns.event_bus.archiving import Archive, Archived
from simulator.engine.calendar import iso, since_epoch
from simulator.engine.clock import MINUTE, SECOND, Micros, parse
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call
from simulator.engine.template import size

if TYPE_CHECKING:
    from patterns.event_bus.node import EventBus

STARTING, RUNNING, COMPLETED = "STARTING", "RUNNING", "COMPLETED"
CANCELLING, CANCELLED, FAILED = "CANCELLING", "CANCELLED", "FAILED"

MOST_AT_ONCE = 10
MOST_REMEMBERED = 100
STEP: Micros = SECOND

_NAME = re.compile(r"[\.\-_A-Za-z0-9]{1,64}", re.ASCII)


class Replay:
    """One replay: what is still to come, minute by minute, and how far it is. Times are in Micros since 1970.

    `rules` are those it is for; none: all.
    """

    def __init__(
        self, bus: "EventBus", name: str, archive: str, start: Micros, end: Micros, rules: tuple[str, ...]
    ) -> None:
        self.bus = bus
        self.name = name
        self.archive = archive
        self.start = start
        self.end = end
        self.rules = rules
        self.state = STARTING
        self.reason = ""
        self.replayed = 0
        self.begun: Micros = bus.kernel.now
        self.ended: Micros | None = None
        self.last: Micros | None = None
        self._minutes: deque[list[Archived]] = deque()
        self._now: list[Archived] = []
        self._gap: Micros = STEP

    @property
    def active(self) -> bool:
        return self.state in (STARTING, RUNNING, CANCELLING)

    def begin(self, archive: Archive) -> int:
        """Take what the archive holds of the span, by minutes; how many events."""
        minutes: dict[int, list[Archived]] = {}
        for one in archive.events:
            if self.start <= one.time < self.end:
                minutes.setdefault(one.time // MINUTE, []).append(one)
        self._minutes = deque(minutes[minute] for minute in sorted(minutes))
        self.bus.kernel.after(STEP, self.go_on)
        return sum(len(minute) for minute in self._minutes)

    def go_on(self) -> None:
        """Replay the next event, or end."""
        if self.state == CANCELLING:
            self._end(CANCELLED)
        elif self.archive not in self.bus.archives:
            self._end(FAILED, f"archive {self.archive} is gone")
        elif not self._now and not self._minutes:
            self._end(COMPLETED)
        else:
            self.state = RUNNING
            if not self._now:
                self._now = self._minutes.popleft()
                self.bus.shuffles.shuffle(self._now)
                self._gap = max(1, STEP // len(self._now))
            self._replay(self._now.pop())
            self.bus.kernel.after(self._gap, self.go_on)

    def _replay(self, archived: Archived) -> None:
        bus, before = self.bus, archived.message
        event = archived.event | {"replay-name": self.name}
        message = bus.make(before.type, event, size(event), cause=before)
        self.replayed += 1
        self.last = archived.time
        bus.record("replayed", message.id, before.id, self.name, message.look << 6)
        routing.route(bus, message, event, 0, self.rules)

    def _end(self, state: str, reason: str = "") -> None:
        self.state, self.reason = state, reason
        self.ended = self.bus.kernel.now
        self._minutes, self._now = deque(), []
        self.bus.record("replay_ended", 0, self.name, f"{state}: {reason}" if reason else state, self.replayed)


def start_replay(bus: "EventBus", call: Call) -> None:
    given = call.arguments
    name, archive = given.ReplayName, given.EventSourceArn.rpartition("/")[2]
    if not _NAME.fullmatch(name):
        raise ServiceError(
            answers.VALIDATION, "Parameter ReplayName is not valid. Reason: 1 to 64 of . - _ A-Z a-z 0-9."
        )
    if name in bus.replays:
        raise answers.already_exists("Replay", name)
    if archive not in bus.archives:
        raise answers.does_not_exist("Archive", archive)
    to = given.Destination.Arn.rpartition("/")[2]
    if to and to not in (bus.settings.EventBusName, bus.id):
        raise answers.OTHER_BUS
    start, end = _time(bus, "EventStartTime", given.EventStartTime), _time(bus, "EventEndTime", given.EventEndTime)
    if start >= end:
        raise answers.WRONG_TIMES
    rules = tuple(_rule(bus, one) for one in given.Destination.FilterArns)
    if sum(replay.active for replay in bus.replays.values()) >= MOST_AT_ONCE:
        raise answers.LIMIT
    _forget(bus)
    replay = bus.replays[name] = Replay(bus, name, archive, start, end, rules)
    bus.archives[archive].expire(bus.kernel.now)
    count = replay.begin(bus.archives[archive])
    bus.record("replay_started", 0, name, archive, count)
    call.reply({"ReplayArn": event_arn("replay", name), "State": STARTING})


def cancel_replay(bus: "EventBus", call: Call) -> None:
    """Stop before the next event; what was replayed stays so."""
    replay = _found(bus, call.arguments.ReplayName)
    if replay.state not in (STARTING, RUNNING):
        raise answers.NO_LONGER_RUNNING
    replay.state = CANCELLING
    call.reply({"ReplayArn": event_arn("replay", replay.name), "State": CANCELLING})


def describe_replay(bus: "EventBus", call: Call) -> None:
    replay, begins = _found(bus, call.arguments.ReplayName), bus.run.scenario.begins
    told: dict[str, Any] = {
        "ReplayName": replay.name,
        "EventSourceArn": event_arn("archive", replay.archive),
        "EventStartTime": iso(replay.start),
        "EventEndTime": iso(replay.end),
        "State": replay.state,
        "StateReason": replay.reason,
        "ReplayStartTime": iso(begins + replay.begun),
        "Destination": {
            "Arn": event_arn("event-bus", bus.settings.EventBusName),
            "FilterArns": [rule_arn(bus.settings.EventBusName, rule) for rule in replay.rules],
        },
    }
    if replay.last is not None:
        told["EventLastReplayedTime"] = iso(replay.last)
    if replay.ended is not None:
        told["ReplayEndTime"] = iso(begins + replay.ended)
    call.reply(told)


def latest(bus: "EventBus") -> Replay | None:
    """The replay that began last."""
    return next(reversed(bus.replays.values()), None) if bus.replays else None


def _found(bus: "EventBus", name: str) -> Replay:
    replay = bus.replays.get(name)
    if replay is None:
        raise answers.does_not_exist("Replay", name)
    return replay


def _rule(bus: "EventBus", arn: str) -> str:
    name = arn.rpartition("/")[2]
    if bus.settings.rule(name) is None:
        raise answers.no_rule(name, bus.settings.EventBusName)
    return name


def _time(bus: "EventBus", parameter: str, given: str | float) -> Micros:
    """A moment, in Micros since 1970; what is no date is a time after the run began."""
    try:
        if isinstance(given, str) and re.match(r"\d{4}-", given):
            return since_epoch(given)
        return bus.run.scenario.begins + parse(given)
    except ValueError as error:
        raise ServiceError(answers.VALIDATION, f"Parameter {parameter} is not valid. Reason: {error}") from None


def _forget(bus: "EventBus") -> None:
    """Let go of replays that were over long ago."""
    over = [name for name, replay in bus.replays.items() if not replay.active]
    for name in over[: max(0, len(bus.replays) + 1 - MOST_REMEMBERED)]:
        del bus.replays[name]
