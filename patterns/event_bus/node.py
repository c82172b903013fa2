"""The event bus: each event goes to the targets of every rule whose pattern it matches, and nobody waits for that.

Who puts an event knows no target, and a target knows no sender; the rules stand between them and can be changed while
both go on. A delivery that fails is tried again for a day, and then goes to a dead-letter queue or is gone.

The node holds the state; what happens to it stands in a file for each: `putting`, `routing`, `targets`, `rules`,
`archiving`, `replaying`, `scheduling`, `trying`.
Source: EventBridge User Guide, "Event buses", "Amazon EventBridge rules" and "Amazon EventBridge targets".
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from patterns.event_bus import archiving, putting, replaying, rules, targets, trying
from patterns.event_bus.archiving import Archive
from patterns.event_bus.config import BusSettings, Rule
from patterns.event_bus.entries import Event
from patterns.event_bus.replaying import Replay
from patterns.event_bus.scheduling import Schedules
from patterns.event_bus.targets import RuleState, Target
from patterns.event_bus.view import Clauses, view_of
from patterns.filters import RuleIndex
from simulator.engine.calendar import iso
from simulator.engine.clock import SECOND, Micros
from simulator.engine.delivering import Delivery
from simulator.engine.errors import Problem, ServiceError
from simulator.engine.link import Link
from simulator.engine.message import Message, MessageId
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.pace import Pace
from simulator.engine.throttle import Throttle


class EventBus(Node):
    """One bus. `rules` are what has become of each rule, in the order of the setting; `targets` its links by index.

    `waiting` are deliveries whose messages it holds: for a place under a quota, or for the next try. `failed` counts
    deliveries that were given up, `discarded` what ended here, `refused` pushes. `latest` is how the event that came
    last is drawn.
    """

    settings: BusSettings

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.matching = RuleIndex()
        self.rules: dict[str, RuleState] = {}
        self.targets: dict[int, Target] = {}
        self.archives: dict[str, Archive] = {}
        self.replays: dict[str, Replay] = {}
        self.schedules = Schedules(self)
        self.waiting: dict[Delivery, None] = {}
        self.pauses = self.stream("retries")
        self.shuffles = self.stream("replays")
        self.pace = Pace(self.settings.invocations_per_second, SECOND)
        self.puts = Throttle(self.settings.puts_per_second)
        self.throttle: Throttle | None = None
        self.unavailable = False
        self.received = 0
        self.refused = 0
        self.failed = 0
        self.discarded = 0
        self.latest: list[int] | None = None
        self.latest_event: Event | None = None
        self.clauses = Clauses()
        self._identities = self.stream("identities")
        self._second: tuple[Micros, str] = (-1, "")

    def start(self) -> None:
        self.targets = {link.index: Target(link, self) for link in self.outs if link.kind == "send"}
        self._use(())

    # Events.

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        putting.accept(self, message, call, flags)

    def put_events(self, call: Call) -> None:
        putting.put_events(self, call)

    def test_event_pattern(self, call: Call) -> None:
        trying.test_event_pattern(call)

    def new_identity(self) -> str:
        """The id of the next event: looks like a UUID, and is the same in every run of this seed."""
        return str(UUID(int=self._identities.getrandbits(128), version=4))

    def iso_now(self) -> str:
        """The time of day, to the second."""
        second = self.kernel.now // SECOND
        if self._second[0] != second:
            self._second = (second, iso(self.run.in_calendar(self.kernel.now)))
        return self._second[1]

    # Rules.

    def put_rule(self, call: Call) -> None:
        self._answer(call, rules.put_rule)

    def enable_rule(self, call: Call) -> None:
        self._answer(call, rules.enable_rule)

    def disable_rule(self, call: Call) -> None:
        self._answer(call, rules.disable_rule)

    def delete_rule(self, call: Call) -> None:
        self._answer(call, rules.delete_rule)

    def put_targets(self, call: Call) -> None:
        self._answer(call, rules.put_targets)

    def remove_targets(self, call: Call) -> None:
        self._answer(call, rules.remove_targets)

    # Archives.

    def create_archive(self, call: Call) -> None:
        self._answer(call, archiving.create_archive)

    def delete_archive(self, call: Call) -> None:
        self._answer(call, archiving.delete_archive)

    def start_replay(self, call: Call) -> None:
        self._answer(call, replaying.start_replay)

    def cancel_replay(self, call: Call) -> None:
        self._answer(call, replaying.cancel_replay)

    def describe_replay(self, call: Call) -> None:
        self._answer(call, replaying.describe_replay)

    # Deliveries ask how to go on (simulator/engine/delivering.py).

    def clearance(self, delivery: Delivery, within: Micros) -> Micros | None:
        return targets.clearance(self, delivery, within)

    def patience(self, delivery: Delivery) -> Micros:
        return targets.API_PATIENCE if delivery.purpose.target.pace is not None else 0

    def wait_before_next(self, delivery: Delivery, error: ServiceError) -> Micros | None:
        return targets.wait_before_next(self, delivery, error)

    def delivery_will_retry(self, delivery: Delivery) -> None:
        targets.will_retry(self, delivery)

    def dead_letter(self, delivery: Delivery, reason: dict[str, Any]) -> Message:
        return targets.dead_letter(self, delivery, reason)

    def delivery_is_over(self, delivery: Delivery, error: ServiceError | None) -> None:
        targets.is_over(self, delivery, error)

    # Settings and faults.

    def objections(self, settings: BusSettings) -> list[Problem]:
        return rules.objections(self, settings)

    def objections_to_link(self, link: Link, settings: Any) -> list[Problem]:
        return rules.objections_to_link(self, link, settings)

    def change(self, settings: BusSettings) -> None:
        before, self.settings = self.settings, settings
        self.pace.change(settings.invocations_per_second, SECOND)
        if settings.puts_per_second != before.puts_per_second:
            self.puts = Throttle(settings.puts_per_second)
        self._use(before.Rules)

    def link_changed(self, link: Link) -> None:
        if link.index in self.targets:
            self.targets[link.index].read(self)
            self._aim()

    # What others see.

    def view(self) -> dict[str, Any]:
        return view_of(self)

    def gauges(self) -> dict[str, float | None]:
        return {
            "waiting": len(self.waiting),
            "retrying": sum(rule.retrying for rule in self.rules.values()),
            "failed": self.failed,
            "archived": archiving.kept(self) if self.archives else None,
        }

    def held(self) -> Iterator[MessageId]:
        return (delivery.message.id for delivery in self.waiting)

    def _answer(self, call: Call, verb: Any) -> None:
        """Do what a request asks for, unless a fault keeps it from being answered. Raises ServiceError."""
        refusal = putting.fault(self)
        if refusal is not None:
            raise refusal
        verb(self, call)

    def _use(self, before: tuple[Rule, ...]) -> None:
        """Have the rules and archives that the settings say; a rule that stays keeps what has become of it."""
        known = {rule.Name: rule for rule in before}
        given = {rule.Name: rule for rule in self.settings.Rules}
        for name in [name for name in known if name not in given or not _matches(given[name])]:
            if name in self.matching:
                self.matching.remove(name)
        for name, rule in given.items():
            if _matches(rule) and (name not in self.matching or known.get(name) != rule):
                self.matching.add(name, rule.EventPattern)
        self.rules = {name: self.rules.get(name) or RuleState(name) for name in given}
        self._aim()
        archiving.use(self)
        self.schedules.use(self.settings.Rules)

    def _aim(self) -> None:
        """Give each rule its targets."""
        for rule in self.rules.values():
            rule.targets = []
        for target in self.targets.values():
            if target.settings.rule in self.rules:
                self.rules[target.settings.rule].targets.append(target)


def _matches(rule: Rule) -> bool:
    """Whether events are matched against this rule."""
    return rule.enabled and rule.EventPattern is not None
