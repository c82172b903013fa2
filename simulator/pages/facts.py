"""What a panel says of a node beside its numbers, in sentences, read from the node's view. Tables: tables.py.

The page's script (static/js/player/live.js) says the same of the moment on show; these are for the page as it arrives.
"""

from collections.abc import Callable, Mapping
from math import floor, log10
from typing import Any

HELD, NOISY = 1, 2
DECIMALS = 8  # of a dollar, at most


def sentences(view: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What can be said of a node, as (about, sentence); "" where there is nothing to say now."""
    if "subscriptions" in view or "rules" in view:
        archive = archived(view["archive"]) if view.get("archive") else ""
        return [("pushes", _pushes(view)), ("archive", archive)]
    if "enrichment" in view:
        return [("reason", f"Last reason: {view['reason']}." if view.get("reason") else "")]
    if "head" not in view:
        return []
    return [
        ("refusals", _refused(view["refusals"]) if view.get("refusals") else ""),
        ("move", _moving(view["move"]) if view.get("move") else ""),
        ("calls", _calls(view["calls"]) if view.get("calls") else ""),
    ]


def reasons(view: Mapping[str, Any], label: Callable[[int], str]) -> list[str]:
    """Of which group each message at the head of a queue is, and what it waits for; "" for one without a group."""
    holders = {group: message for message, *_, group in view.get("shelf", ())} if view.get("groups") else {}
    last: dict[int, int] = {}
    found = []
    for message, *_, group, state in view["head"] if view.get("groups") else ():
        before = last.get(group)
        last[group] = message
        name = view["groups"][group][0] if group >= 0 else ""
        if not name:
            found.append("")
        elif not view.get("fifo"):
            found.append(f"{name} (noisy)" if state & NOISY else name)
        elif before is not None:
            found.append(f"behind {label(before)} of group {name}")
        elif state & HELD:
            found.append(
                f"group {name} is held" + (f": {label(holders[group])} is in flight" if group in holders else "")
            )
        else:
            found.append(f"group {name}")
    return found or [""] * len(view.get("head", ()))


def price(micros: float) -> str:
    """An amount of micro-dollars, to two digits that say something: "$0.000052", "$0.41"."""
    dollars = micros / 1e6
    digits = 2 if dollars <= 0 or dollars >= 0.01 else min(DECIMALS, 1 - floor(log10(dollars)))
    return f"${dollars:.{digits}f}"


def archived(archive: tuple[int, bool | str, int]) -> str:
    """What an archive keeps, and how far its latest replay is."""
    kept, state, replayed = archive
    held = f"The archive keeps {counted(kept, 'message')}."
    if state is True or str(state).upper() == "RUNNING":
        return f"{held} A replay runs: {replayed:,} so far."
    word = f" ({state.lower()})" if isinstance(state, str) and state else ""
    return f"{held} The latest replay{word} brought back {replayed:,}." if replayed or word else held


def _pushes(view: Mapping[str, Any]) -> str:
    """What a push means: nobody asks, and nobody knows the other."""
    if "subscriptions" in view:
        to = counted(view.get("count", len(view["subscriptions"])), "subscription")
        return (
            f"It pushes a copy to each of {to} that lets it pass: no subscriber ever asks, and no publisher knows them."
        )
    many = view.get("count", len(view["rules"]))
    decide = f"{many:,} rule{' decides' if many == 1 else 's decide'}"
    return f"{decide} where an event goes: who puts it here knows none of its targets, and none of them asks."


def _refused(refusal: tuple[int, str, int]) -> str:
    _, code, count = refusal
    return f"{code}: {counted(count, 'call')} refused."


def _moving(move: tuple[int, int, float, str]) -> str:
    moved, total, per_second, to = move
    speed = f", {per_second:,g} per s" if per_second > 0 else ", as fast as it can"
    where = f"to {to}" if to else "back to where they came from"
    return f"Moving {where}: {moved:,} of {total:,}{speed}."


def _calls(calls: tuple[int, int, float]) -> str:
    billed, empty, spent = calls
    whole = f"{counted(billed, 'request')} so far: {price(spent)}."
    if billed == 0 or empty == 0:
        return whole
    return f"{whole} {empty:,} of them came back empty: {price(spent * empty / billed)} for nothing."


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
