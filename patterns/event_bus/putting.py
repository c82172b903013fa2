"""Putting: an event comes onto the bus, over a link or by hand, alone or up to ten in a request.

Whoever puts it hears that it was accepted, and nothing of what becomes of it.
Source: EventBridge API Reference, PutEvents.
"""

from typing import TYPE_CHECKING, Any

from patterns.event_bus import answers, entries, routing
from patterns.event_bus.entries import Entry, Event
from simulator.engine.errors import ServiceError
from simulator.engine.message import SERVICE, Message
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.event_bus.arguments import PutEventsEntry
    from patterns.event_bus.node import EventBus


def accept(bus: "EventBus", message: Message, call: Call | None, flags: int) -> None:
    """Take what a link brings: an event that another bus sends, or one entry of PutEvents."""
    try:
        refusal = objection(bus)
        if refusal is not None:
            raise refusal
        event, bus_named = _event_of(bus, message)
    except ServiceError as error:
        _turn_away(bus, message, call, error)
        return
    if call is not None:
        call.reply({"EventId": event["id"]})
    if bus_named:
        bus.record("passed_by", message.id, bus_named)
        return
    _route(bus, message, event, flags)


def put_events(bus: "EventBus", call: Call) -> None:
    """A person puts up to ten events. Answers with FailedEntryCount and Entries, in order."""
    refusal = objection(bus)
    given = [_as_given(entry) for entry in call.arguments.Entries]
    error = refusal or answers.entries_problem(len(given))
    if error is None and sum(entries.size_of(entry) for entry in given) >= entries.LARGEST:
        error = answers.TOO_LARGE
    if error is None and not any(entries.is_complete(entry) for entry in given):
        name = next(name for name in entries.MEMBERS if given[0].get(name) in (None, ""))
        error = ServiceError(answers.VALIDATION, answers.missing(name).message)
    if error is not None:
        call.fail(error)
        return
    results = [_put(bus, entry) for entry in given]
    failed = sum("ErrorCode" in result for result in results)
    call.reply({"FailedEntryCount": failed, "Entries": results})


def objection(bus: "EventBus") -> ServiceError | None:
    """The error that a fault or the quota of PutEvents answers a request with, if it does."""
    error = fault(bus)
    return answers.THROTTLED if error is None and bus.puts.refuses(bus.kernel.now) else error


def fault(bus: "EventBus") -> ServiceError | None:
    """The error that a fault answers any request with, if it does."""
    if bus.unavailable:
        return answers.UNAVAILABLE
    return answers.THROTTLED if bus.throttle is not None and bus.throttle.refuses(bus.kernel.now) else None


def _put(bus: "EventBus", given: dict[str, Any]) -> dict[str, Any]:
    """Put one entry of a person's request; its part of the answer."""
    try:
        entry = entries.read(given, of_service=False)
    except ServiceError as error:
        bus.record("entry_failed", 0, error.code, error.message)
        return {"ErrorCode": error.code, "ErrorMessage": error.message}
    event = _enveloped(bus, entry)
    message = bus.make_by_hand(entry.kind, given, entries.size_of(given))
    bus.record("sent_by_hand", message.id, message.look << 6)
    if _is_elsewhere(bus, entry):
        bus.record("passed_by", message.id, entry.bus)
    else:
        _route(bus, message, event, 0)
    return {"EventId": event["id"]}


def _route(bus: "EventBus", message: Message, event: Event, flags: int) -> None:
    bus.received += 1
    bus.record("accepted", message.id, event["source"], event["id"])
    routing.route(bus, message, event, flags)


def _event_of(bus: "EventBus", message: Message) -> tuple[Event, str]:
    """The event that a message brings, and the bus that it names if that is another. Raises ServiceError."""
    attributes = message.attributes or {}
    if isinstance(attributes.get(routing.FORWARDED), list) and entries.is_event(message.body):
        return message.body, ""
    origin = message.id % 256
    source = bus.run.nodes[origin].id if origin < len(bus.run.nodes) else "you"
    given = entries.entry_of(message.body, message.type, source)
    if message.size >= entries.LARGEST and entries.size_of(given) >= entries.LARGEST:
        raise answers.TOO_LARGE
    entry = entries.read(given, SERVICE in attributes)
    return _enveloped(bus, entry), (entry.bus or "") if _is_elsewhere(bus, entry) else ""


def _enveloped(bus: "EventBus", entry: Entry) -> Event:
    return entries.event(entry, bus.new_identity(), bus.run.in_calendar(bus.kernel.now))


def _is_elsewhere(bus: "EventBus", entry: Entry) -> bool:
    """Whether an entry names a bus that is not this one, by its name, id or ARN."""
    name = (entry.bus or "").rpartition("/")[2]
    return bool(name) and name not in (bus.settings.EventBusName.rpartition("/")[2], bus.id)


def _turn_away(bus: "EventBus", message: Message, call: Call | None, error: ServiceError) -> None:
    """Refuse a push: a sender that listens gets its message back, else the message ends here."""
    bus.refused += 1
    if call is not None:
        sender = call.link.source.index if call.link is not None else -1
        bus.record("refused_call", message.id, "PutEvents", sender, error.code, error.message)
        call.fail(error)
    else:
        bus.record("turned_away", message.id, f"{error.code}: {error.message}".rstrip("."))


def _as_given(entry: "PutEventsEntry") -> dict[str, Any]:
    return entry.model_dump(exclude_none=True)
