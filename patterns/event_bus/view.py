"""What the stage shows of a bus: bounded whatever it has. Shape: docs/PROTOCOL.md, Views.

Why a rule did not match the latest event is found out here, when somebody looks, and remembered until the next event:
a busy bus pays nothing for it.
"""

from typing import TYPE_CHECKING, Any

from patterns.event_bus import archiving, replaying
from patterns.event_bus.config import Rule
from patterns.filters import Pattern
from simulator.engine.parameters import plain

if TYPE_CHECKING:
    from patterns.event_bus.node import EventBus

MOST_RULES = 10
LONGEST_CLAUSE = 80

OFF, ON, SCHEDULE = 0, 1, 2


class Clauses:
    """Why rules did not match the latest event, in words; each is asked once for an event."""

    __slots__ = ("_event", "_rules", "_told")

    def __init__(self) -> None:
        self._event: Any = None
        self._rules: Any = None
        self._told: dict[str, str] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """What can be found out again is no part of a run's state."""
        return Clauses, ()

    def of(self, bus: "EventBus", name: str) -> str:
        """The clauses of a rule that failed; "" where it matched, is not at work, or nothing has come yet."""
        if bus.latest_event is not self._event or bus.settings.Rules is not self._rules:
            self._event, self._rules, self._told = bus.latest_event, bus.settings.Rules, {}
        if self._event is None or name not in bus.matching:
            return ""
        if name not in self._told:
            pattern = bus.matching.pattern(name)
            assert isinstance(pattern, Pattern), "the rules of a bus are event patterns"
            explanation = pattern.explain(self._event)
            self._told[name] = "" if explanation.matched else _short(str(explanation).removeprefix("did not match: "))
        return self._told[name]


def view_of(bus: "EventBus") -> dict[str, Any]:
    """The first rules with what has become of their events, the latest event, the archive and the latest replay."""
    rules = bus.settings.Rules
    replay = replaying.latest(bus)
    return {
        "received": bus.received,
        "rules": [_row(bus, rule) for rule in rules[:MOST_RULES]],
        "count": len(rules),
        "latest": bus.latest,
        "archive": [
            archiving.kept(bus),
            replay.state if replay is not None else "",
            replay.replayed if replay is not None else 0,
        ]
        if bus.archives or replay is not None
        else None,
        "dropped": bus.discarded,
        "caption": caption_of(bus),
    }


def caption_of(bus: "EventBus") -> list[str]:
    """The settings that matter for what is seen, in words."""
    settings = bus.settings
    lines = [f"{settings.EventBusName} bus, {len(settings.Rules)} {'rule' if len(settings.Rules) == 1 else 'rules'}"]
    lines += [f"archive {archive.ArchiveName}" for archive in settings.Archives[:2]]
    if "invocations_per_second" in settings.model_fields_set:
        lines.append(f"{plain(settings.invocations_per_second)} invocations a second")
    return lines


def _row(bus: "EventBus", rule: Rule) -> list[Any]:
    state = bus.rules[rule.Name]
    kind = OFF if not rule.enabled else SCHEDULE if rule.EventPattern is None else ON
    clause = bus.clauses.of(bus, rule.Name)
    counts = [len(state.targets), state.delivered, state.failed, state.retrying, state.next_retry(bus.kernel.now)]
    return [rule.Name, kind, state.matched, state.last, clause, *counts]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CLAUSE else f"{text[: LONGEST_CLAUSE - 1]}…"
