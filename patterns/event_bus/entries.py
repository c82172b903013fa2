"""Entries: what PutEvents takes, checked and made into an event with its envelope.

Over a link a message is one entry: its body is the entry itself, or, where it looks like none, the detail of one.
Source: EventBridge API Reference, PutEventsRequestEntry and PutEventsResultEntry; User Guide, "Amazon EventBridge
events" (the envelope) and "Calculating Amazon EventBridge PutEvents event entry size".
"""

import re
from typing import Any, NamedTuple

import orjson

from patterns.event_bus import answers
from simulator.engine.arns import ACCOUNT, REGION
from simulator.engine.calendar import iso, since_epoch
from simulator.engine.clock import SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.message import as_text
from simulator.engine.parameters import deeper_than

LARGEST = 1_048_576
"""Bytes of all entries of a request together, which must be less."""

LONGEST_TYPE = 128
LONGEST_SOURCE = 256
DEEPEST = 200
END_OF_TIME = 7_258_118_400
"""The first second of the year 2200, in seconds since 1970: the calendar has no later one."""

TIME_COUNTS = 14
RESERVED = "aws."

# A body that has any of these is an entry.
MEMBERS = ("Source", "DetailType", "Detail")

ENVELOPE = ("id", "detail-type", "source", "account", "time", "region", "resources", "detail")

Event = dict[str, Any]


class Entry(NamedTuple):
    """An entry, checked. `detail` is an object, `time` in Micros since 1970 or None: when it came."""

    source: str
    kind: str
    detail: dict[str, Any]
    resources: list[str]
    time: Micros | None
    bus: str | None


def entry_of(body: Any, kind: str, source: str) -> dict[str, Any]:
    """What a message says as an entry of PutEvents; `kind` and `source` are those of a body that looks like none."""
    if isinstance(body, dict) and any(name in body for name in MEMBERS):
        return body
    return {"Source": source, "DetailType": kind, "Detail": body}


def read(given: dict[str, Any], of_service: bool) -> Entry:
    """Check an entry; `of_service`: it is of one of AWS's own services. Raises ServiceError with the entry's code."""
    for name in MEMBERS:
        if given.get(name) in (None, ""):
            raise answers.missing(name)
    source, kind = given["Source"], given["DetailType"]
    _check_text("Source", source, LONGEST_SOURCE)
    _check_text("DetailType", kind, LONGEST_TYPE)
    if source.startswith(RESERVED) and not of_service:
        raise answers.NOT_AUTHORIZED
    resources = given.get("Resources") or []
    if not isinstance(resources, list) or not all(isinstance(one, str) for one in resources):
        raise answers.invalid("Resources", "Resources are a list of texts.")
    bus = given.get("EventBusName")
    return Entry(
        source,
        kind,
        _detail(given["Detail"]),
        resources,
        _time(given.get("Time")),
        bus if isinstance(bus, str) else None,
    )


def size_of(given: dict[str, Any]) -> int:
    """What an entry counts, in bytes, whether it is a right one or not."""
    texts = [as_text(given[name]) for name in MEMBERS if given.get(name) is not None]
    resources = given.get("Resources")
    texts += [as_text(one) for one in resources] if isinstance(resources, list) else []
    return sum(len(text.encode()) for text in texts) + (TIME_COUNTS if given.get("Time") is not None else 0)


def is_complete(given: dict[str, Any]) -> bool:
    """Whether it has everything that an entry must have."""
    return all(given.get(name) not in (None, "") for name in MEMBERS)


def event(entry: Entry, identity: str, now: Micros) -> Event:
    """The event with its envelope; `now` is in Micros since 1970."""
    return {
        "version": "0",
        "id": identity,
        "detail-type": entry.kind,
        "source": entry.source,
        "account": ACCOUNT,
        "time": iso(now if entry.time is None else entry.time),
        "region": REGION,
        "resources": entry.resources,
        "detail": entry.detail,
    }


def is_event(body: Any) -> bool:
    """Whether this is an event with its envelope."""
    if not isinstance(body, dict) or not all(name in body for name in ENVELOPE) or deeper_than(body, DEEPEST + 1):
        return False
    texts = all(isinstance(body[name], str) for name in ("id", "detail-type", "source", "time"))
    return texts and isinstance(body["detail"], dict)


def _check_text(name: str, value: Any, longest: int) -> None:
    if not isinstance(value, str):
        raise answers.invalid(name, f"{name} is a text.")
    if len(value) > longest:
        raise answers.invalid(name, f"{name} has {len(value)} characters; at most {longest} are allowed.")


def _detail(given: Any) -> dict[str, Any]:
    """The detail: an object, or JSON text of one."""
    if isinstance(given, str):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            raise answers.MALFORMED from None
    if not isinstance(given, dict):
        raise answers.MALFORMED
    if deeper_than(given, DEEPEST):
        raise ServiceError(answers.MALFORMED.code, f"Detail is nested too deeply; at most {DEEPEST} levels are taken.")
    return given


def _time(given: Any) -> Micros | None:
    if given is None:
        return None
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given < END_OF_TIME:
        return round(given * SECOND)
    try:
        return since_epoch(given if isinstance(given, str) and re.match(r"\d{4}-", given) else repr(given))
    except ValueError as error:
        raise answers.invalid("Time", str(error)) from None
