"""The tables of a panel: groups of a queue, subscriptions of a topic, rules of a bus, plans of a scheduler.

The page's script (static/js/player/tables.js) fills in the same rows for the moment on show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.engine import clock

GROUP_STATES = ((4, "blocked"), (1, "held"), (2, "noisy"))  # bits, the graver first
PENDING, THROTTLED = 1, 2
OFF, SCHEDULE, OVER = 0, 2, 2


@dataclass(frozen=True)
class Table:
    """`kind` names it for the script; the first cell of a row is what the row is about."""

    kind: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(view: Mapping[str, Any], now: clock.Micros, title_of: Callable[[int], str]) -> Table | None:
    """The table of a node; None for a node that has none. `title_of(link)` says where a link leads."""
    if "subscriptions" in view:
        subscriptions = tuple(_subscription(row, now, title_of) for row in view["subscriptions"])
        return Table("subscriptions", ("Subscriber", "Passed", "Filtered", "Failed", "Now"), subscriptions)
    if "rules" in view:
        latest = view["latest"][3] if view.get("latest") else 0
        rules = tuple(_rule(row, latest, now) for row in view["rules"])
        return Table("rules", ("Rule", "Matched", "Delivered", "Failed", "Latest event"), rules)
    if "schedules" in view:
        return Table(
            "schedules", ("Schedule", "Fired", "Next"), tuple(_schedule(row, now) for row in view["schedules"])
        )
    if "head" in view:
        about = "Group" if view.get("fifo") else "Tenant"
        return Table("groups", (about, "Waiting", "In flight", "State"), tuple(map(_group, view.get("groups", ()))))
    return None


def _group(row: Any) -> tuple[str, ...]:
    name, waiting, inflight, state = row
    return name, f"{waiting:,}", f"{inflight:,}", next((words for bit, words in GROUP_STATES if state & bit), "")


def _subscription(row: Any, now: clock.Micros, title_of: Callable[[int], str]) -> tuple[str, ...]:
    link, _, state, delivered, filtered, failed, retrying, retry, tries, of, reason, _ = row
    said = [
        "not confirmed" if state & PENDING else "",
        f"retry {tries} of {of}{_due(retry, now)}" if retrying else "",
        "throttled" if state & THROTTLED else "",
        reason,
    ]
    return title_of(link), f"{delivered:,}", f"{filtered:,}", f"{failed:,}", " · ".join(one for one in said if one)


def _rule(row: Any, latest: clock.Micros, now: clock.Micros) -> tuple[str, ...]:
    name, state, matched, time, clause, _, delivered, failed, retrying, retry = row
    if state in (OFF, SCHEDULE):
        words = "off" if state == OFF else "by schedule"
    else:
        words = "" if not latest else "matched" if 0 < latest <= time else clause
    waiting = f"{retrying:,} to retry{_due(retry, now)}" if retrying else ""
    return name, f"{matched:,}", f"{delivered:,}", f"{failed:,}", " · ".join(one for one in (words, waiting) if one)


def _schedule(row: Any, now: clock.Micros) -> tuple[str, ...]:
    name, due, state, fired, window, local = row
    if state in (OFF, OVER):
        return name, f"{fired:,}", "off" if state == OFF else "over"
    if due > now:
        return name, f"{fired:,}", " · ".join(one for one in (_due(due, now).strip(), local) if one)
    return name, f"{fired:,}", f"within {clock.words(window - now)}" if window > now else ""


def _due(time: clock.Micros, now: clock.Micros) -> str:
    return f" in {clock.words(time - now)}" if time > now else ""
