"""Archives: events are kept as they come, to be replayed later.

What is replayed is not kept once more. An event is in the archive at once (the service may take ten minutes).
Simplified: all archives of a bus together keep at most 20,000 events of 16 MiB; then the oldest are forgotten.
Source: EventBridge User Guide, "Archiving and replaying events in Amazon EventBridge"; API Reference, CreateArchive.
"""

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from pydantic import ValidationError

from patterns.event_bus import answers
from patterns.event_bus.about import event_arn
from patterns.event_bus.config import MOST_ARCHIVES, ArchiveSettings, pattern_problem
from patterns.event_bus.entries import Event
from patterns.filters import Pattern, compiled
from simulator.engine.calendar import since_epoch
from simulator.engine.clock import DAY, Micros
from simulator.engine.errors import problems_of
from simulator.engine.message import Message
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.event_bus.node import EventBus

MOST_EVENTS = 20_000
MOST_BYTES = 16 * 1024 * 1024


class Archived(NamedTuple):
    """One event: when it was kept (Micros of the run), its own time (Micros since 1970), and the message it came as.

    The message is without its body, which the event holds.
    """

    kept: Micros
    time: Micros
    event: Event
    message: Message


class Archive:
    """One archive and what it keeps, oldest first."""

    def __init__(self, settings: ArchiveSettings) -> None:
        self.events: deque[Archived] = deque()
        self.bytes = 0
        self.full = False
        self.change(settings)

    def __reduce__(self) -> tuple[Any, ...]:
        """As columns and JSON: a full archive would else be the slowest part of a checkpoint."""
        kept, times, events, messages = zip(*self.events, strict=True) if self.events else ((), (), (), ())
        return _restored, (self.settings, self.full, kept, times, _packed(events), messages)

    def change(self, settings: ArchiveSettings) -> None:
        self.settings = settings
        self.pattern: Pattern | None = compiled(settings.EventPattern) if settings.EventPattern is not None else None

    def expire(self, now: Micros) -> None:
        """Let go of what has been kept for as long as it should be."""
        days = self.settings.RetentionDays
        while days and self.events and self.events[0].kept + days * DAY <= now:
            self.forget()

    def forget(self) -> None:
        """Let go of the oldest."""
        self.bytes -= self.events.popleft().message.size

    def add(self, archived: Archived) -> None:
        self.events.append(archived)
        self.bytes += archived.message.size


def keep(bus: "EventBus", message: Message, event: Event) -> None:
    """Keep an event that has just come in every archive whose pattern it matches."""
    bare = message._replace(body=None, attributes=None)
    for archive in bus.archives.values():
        if archive.pattern is not None and not archive.pattern.matches(event):
            continue
        archive.add(Archived(bus.kernel.now, _time_of(bus, event), event, bare))
        while kept(bus) > MOST_EVENTS or sum(one.bytes for one in bus.archives.values()) > MOST_BYTES:
            largest = max(bus.archives.values(), key=lambda one: len(one.events))
            largest.forget()
            if not largest.full:
                largest.full = True
                bus.record("archive_full", 0, largest.settings.ArchiveName)


def _packed(events: tuple[Event, ...]) -> Any:
    """Events as JSON, or as they are where that can't hold them: whole numbers beyond 64 bits."""
    try:
        return orjson.dumps(events)
    except TypeError:
        return events


def _restored(
    settings: ArchiveSettings,
    full: bool,
    kept: tuple[Micros, ...],
    times: tuple[Micros, ...],
    packed: Any,
    messages: tuple[Message, ...],
) -> Archive:
    archive = Archive(settings)
    archive.full = full
    events = orjson.loads(packed) if isinstance(packed, bytes) else packed
    for one in zip(kept, times, events, messages, strict=True):
        archive.add(Archived(*one))
    return archive


def _time_of(bus: "EventBus", event: Event) -> Micros:
    """An event's own time, in Micros since 1970; where it says none that the calendar has, when it came."""
    try:
        return since_epoch(event["time"])
    except ValueError:
        return bus.run.in_calendar(bus.kernel.now)


def kept(bus: "EventBus") -> int:
    """How many events all archives keep now."""
    for archive in bus.archives.values():
        archive.expire(bus.kernel.now)
    return sum(len(archive.events) for archive in bus.archives.values())


def create_archive(bus: "EventBus", call: Call) -> None:
    given = call.arguments
    if given.ArchiveName in bus.archives:
        raise answers.already_exists("Archive", given.ArchiveName)
    if len(bus.archives) >= MOST_ARCHIVES:
        raise answers.LIMIT
    if given.EventPattern is not None and (problem := pattern_problem(given.EventPattern)) is not None:
        raise answers.invalid_pattern(problem.problem)
    settings = given.model_dump(exclude_none=True)
    try:
        ArchiveSettings.model_validate(settings)
    except ValidationError as error:
        raise answers.invalid_settings(problems_of(error)[0]) from None
    bus.record("archive_changed", 0, f"archive {given.ArchiveName} begins to keep events")
    _take_over(bus, [*bus.settings.Archives, settings])
    call.reply({"ArchiveArn": event_arn("archive", given.ArchiveName), "State": "ENABLED"})


def delete_archive(bus: "EventBus", call: Call) -> None:
    name = call.arguments.ArchiveName
    if name not in bus.archives:
        raise answers.does_not_exist("Archive", name)
    bus.record("archive_changed", 0, f"archive {name} is deleted, with {len(bus.archives[name].events):,} events")
    _take_over(bus, [archive for archive in bus.settings.Archives if archive.ArchiveName != name])
    call.reply(None)


def use(bus: "EventBus") -> None:
    """Have the archives that the settings say; one that stays keeps what it has."""
    before = bus.archives
    bus.archives = {}
    for settings in bus.settings.Archives:
        archive = before.get(settings.ArchiveName)
        if archive is None:
            archive = Archive(settings)
        elif archive.settings != settings:
            archive.change(settings)
        bus.archives[settings.ArchiveName] = archive


def _take_over(bus: "EventBus", archives: list[Any]) -> None:
    written = [one if isinstance(one, dict) else one.model_dump(mode="json", exclude_unset=True) for one in archives]
    bus.run.reconfigure(bus, {"Archives": written})
