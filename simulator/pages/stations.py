"""A node or a link of a live run, as a panel or a line of text shows it: names, numbers, messages, what can be done
to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.engine import clock
from simulator.engine.faults import Fault
from simulator.engine.link import Link
from simulator.engine.message import DUPLICATE, POISON
from simulator.engine.node import Node
from simulator.engine.operations import Operation
from simulator.engine.pattern import Pattern
from simulator.live.session import Session
from simulator.pages import facts
from simulator.pages.schema import words

# The numbers of each pattern's view that matter most: (words, path into the view, format as the page's script has it).
# The first three are always shown, the others where the view has them.
NUMBERS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "queue": (
        ("waiting", "waiting", "number"),
        ("in flight", "inflight", "number"),
        ("oldest", "oldest", "age"),
        ("delayed", "delayed", "number"),
        ("requests", "calls.0", "number"),
        ("empty", "calls.1", "number"),
        ("groups", "groupCount", "number"),
        ("deduplicated", "deduplicated", "number"),
    ),
    "producer": (("sending now", "rate", "rate"), ("sent", "sent", "number"), ("paused", "paused", "number")),
    "worker": (
        ("busy", "busy", "number"),
        ("done", "done", "number"),
        ("failed", "failed", "number"),
        ("done twice", "doubled", "number"),
        ("pollers", "pollers.0", "number"),
        ("invocations", "pollers.1", "number"),
        ("in the batch", "batch.0", "number"),
        ("throttled", "throttled", "number"),
        ("events waiting", "events.0", "number"),
    ),
    "topic": (
        ("published", "published", "number"),
        ("subscriptions", "count", "number"),
    ),
    "event_bus": (
        ("events", "received", "number"),
        ("rules", "count", "number"),
        ("discarded", "dropped", "number"),
    ),
    "endpoint": (
        ("arrived", "received", "number"),
        ("refused", "failed", "number"),
        ("at work", "busy", "number"),
        ("arrived twice", "doubled", "number"),
        ("gathered", "buffer.0", "number"),
    ),
    "scheduler": (("schedules", "count", "number"), ("failed", "failed", "number")),
    "pipe": (
        ("received", "received", "number"),
        ("filtered out", "filtered", "number"),
        ("delivered", "delivered", "number"),
        ("enriched", "enriched", "number"),
        ("failed", "failed", "number"),
    ),
    "state_machine": (
        ("running", "running", "number"),
        ("succeeded", "succeeded", "number"),
        ("failed", "failed", "number"),
        ("timed out", "timedOut", "number"),
        ("aborted", "aborted", "number"),
        ("refused", "refused", "number"),
    ),
    "store": (("stored", "count", "number"), ("being written", "busy", "number"), ("throttled", "throttled", "number")),
}
ALWAYS = 3
MOST_MESSAGES = 30
COLOURS = 8
SECTIONS = ("source", "filter", "enrichment", "target")  # of a pipe
WORKING = 2  # the first state of a worker's seat in which it holds a message


@dataclass(frozen=True)
class Number:
    """A number of the panel: the script refreshes it by `path` and `format`; `text` is what it says without one.

    One that is `minor` is shown only while there is anything to count.
    """

    words: str
    path: str
    format: str
    text: str
    minor: bool = False
    none: bool = False


@dataclass(frozen=True)
class Held:
    """A message that a node holds."""

    id: int
    label: str
    type: str
    colour: int
    hollow: bool
    note: str
    state: str


@dataclass(frozen=True)
class Target:
    """A node or link that was found in a run, with all that its panel needs."""

    thing: Node | Link
    id: str
    title: str
    names: tuple[str, ...]
    sentence: str
    pattern: Pattern | None
    view: dict[str, Any]
    operations: tuple[Operation, ...]
    faults: tuple[Fault, ...]


def find(session: Session, identity: str) -> Target | None:
    """The node or link with this id, or None."""
    run = session.run
    thing = run.find(identity)
    if thing is None:
        return None
    faults = run.offered_faults(thing)
    if isinstance(thing, Link):
        way = session.scenario.links[thing.index]
        title = f"{thing.source.title} → {thing.target.title}"
        return Target(
            thing, thing.id, title, (way.kind.name.replace("-", " "),), way.kind.sentence, None, {}, (), faults
        )
    pattern = session.scenario.nodes[thing.index].pattern
    names = pattern.names(thing.settings)
    both = tuple(dict.fromkeys(name for name in (names.get("neutral", ""), names.get("aws", "")) if name))
    return Target(
        thing, thing.id, thing.title, both, pattern.sentence, pattern, thing.view(), pattern.operations, faults
    )


def numbers(target: Target, now: clock.Micros) -> list[Number]:
    """The numbers of a node's panel; an unknown pattern shows the whole numbers of its view."""
    if target.pattern is None:
        return []
    chosen = NUMBERS.get(target.pattern.name)
    if chosen is None:
        plain = [
            name
            for name, value in target.view.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        ]
        chosen = tuple((name.replace("_", " "), name, "number") for name in plain[:3])
    found = [(words, path, form, _look_up(target.view, path)) for words, path, form in chosen]
    return [
        Number(words, path, form, _text(value, form, now), place >= ALWAYS, not value)
        for place, (words, path, form, value) in enumerate(found)
        if place < ALWAYS or (value is not None and not _beside_the_point(target.view, path))
    ]


def state(session: Session, identity: str) -> str:
    """A node's state in one line: "7 waiting, 3 in flight, oldest 12 s"."""
    target = find(session, identity)
    if target is None:
        return ""
    told = numbers(target, session.run.now)[:ALWAYS]
    shown = [one for one in told if one.text != "–" and one.path != "paused"]
    said = [f"{one.text} {one.words}" if one.format == "number" else f"{one.words} {one.text}" for one in shown]
    troubles = [f"fault: {name}" for (where, name) in session.run.faults if where == identity]
    paused = ["paused"] if target.view.get("paused") is True else []
    return ", ".join(said + paused + troubles)


def held(session: Session, target: Target) -> list[Held]:
    """The messages a node's view shows, those that matter next first."""
    view, now = target.view, session.run.now
    found = []
    why = facts.reasons(view, session.recording.narrator.label)
    for capsule, reason in zip(view.get("head", ()), why, strict=True):
        rest = "dead letter" if view.get("dead") else "waiting"
        state = f"{rest} {clock.words(max(0, now - capsule[4]))}"
        found.append(_held(session, capsule, receives=capsule[3], state=state, why=reason))
    for capsule in view.get("shelf", ()):
        left = clock.words(max(0, capsule[5] - now))
        found.append(_held(session, capsule, receives=capsule[3], state=f"hidden {left}", hollow=True))
    for seat, *capsule, since, until, _ in view.get("seats", ()):
        if seat >= WORKING and capsule[0] > 0:
            left = f"{clock.words(until - now)} left" if until > now else f"since {clock.words(now - since)}"
            found.append(_held(session, capsule, receives=0, state=left))
    if view.get("latest"):
        said = f"{clock.words(max(0, now - view['latest'][3]))} ago"
        found.append(_held(session, view["latest"], receives=0, state=said, why="the latest event"))
    if "enrichment" in view:
        found += [_held(session, one, receives=0, state=f"in the {SECTIONS[one[3]]}") for one in view["batch"]]
    for *capsule, link, time in view.get("heap", ()):
        reason = next((one[10] for one in view["subscriptions"] if one[0] == link and one[11] == time), "")
        who = f"not for {session.run.links[link].target.title}"
        state = f"{clock.words(max(0, now - time))} ago"
        found.append(
            _held(session, capsule, receives=0, state=state, hollow=True, why=f"{who}: {reason}" if reason else who)
        )
    for capsule in view.get("last", ()):
        found.append(_held(session, capsule, receives=0, state=f"stored {clock.words(max(0, now - capsule[3]))} ago"))
    return found[:MOST_MESSAGES]


def _held(
    session: Session, capsule: list[Any], *, receives: int, state: str, hollow: bool = False, why: str = ""
) -> Held:
    message, look, flags = capsule[:3]
    looks = session.run.looks
    notes = [why] if why else []
    notes += [f"×{receives}"] if receives > 1 else []
    notes += ["duplicate"] if flags & DUPLICATE else []
    notes += ["poison"] if flags & POISON else []
    kind = looks[look] if 0 <= look < len(looks) else ""
    name = session.recording.narrator.label(message)
    return Held(message, name, kind, look % COLOURS + 1, hollow, " · ".join(notes), state)


def _beside_the_point(view: Mapping[str, Any], path: str) -> bool:
    """Whether a number of a queue would only say that the queue is not of the kind that has it."""
    return not view.get("fifo") and (path == "deduplicated" or (path == "groupCount" and not view[path]))


def _look_up(view: Any, path: str) -> Any:
    """What a path leads to in a view ("calls.0"), or None."""
    for step in path.split("."):
        if isinstance(view, Mapping):
            view = view.get(step)
        elif isinstance(view, list | tuple) and step.isdecimal() and int(step) < len(view):
            view = view[int(step)]
        else:
            return None
    return view


def _text(value: Any, form: str, now: clock.Micros) -> str:
    if value is None:
        return "–"
    if form == "age":
        return clock.words(max(0, now - value))
    if form == "duration":
        return clock.words(value)
    if form == "rate":
        return f"{value:.1f} per s"
    return words(value)
