"""Schedules of rules: a rule fires by itself, and its targets get an event of its own.

A rate counts from when the rule was made or enabled. The event goes to the targets of that one rule; other rules do not
see it. Simplified: it fires to the second, where the service takes up to a minute.
Source: EventBridge User Guide, "Creating an Amazon EventBridge rule that runs on a schedule".
"""

from typing import TYPE_CHECKING

from patterns.event_bus import routing
from patterns.event_bus.about import rule_arn
from patterns.event_bus.config import Rule
from patterns.event_bus.entries import Event
from simulator.engine import schedules
from simulator.engine.arns import ACCOUNT, REGION
from simulator.engine.calendar import iso
from simulator.engine.kernel import Timer
from simulator.engine.template import size

if TYPE_CHECKING:
    from patterns.event_bus.node import EventBus

KIND = "Scheduled Event"


class Schedules:
    """The schedules of a bus, each with the timer of its next time, by the names of their rules."""

    def __init__(self, bus: "EventBus") -> None:
        self.bus = bus
        self._schedules: dict[str, tuple[str, schedules.Schedule]] = {}
        self._timers: dict[str, Timer] = {}

    def use(self, rules: tuple[Rule, ...]) -> None:
        """Have the schedules of these rules; one whose expression stays goes on as it was."""
        wanted = {rule.Name: rule.ScheduleExpression for rule in rules if rule.enabled and rule.ScheduleExpression}
        for name in [name for name, (text, _) in self._schedules.items() if wanted.get(name) != text]:
            del self._schedules[name]
            timer = self._timers.pop(name, None)
            if timer is not None:
                self.bus.kernel.cancel(timer)
        for name, text in wanted.items():
            if name not in self._schedules:
                self._schedules[name] = (text, self._begun(text))
                self._await(name)

    def fire(self, name: str) -> None:
        """The time of a rule has come."""
        bus = self.bus
        self._await(name)
        event = self._event(name)
        message = bus.make(KIND, event, size(event))
        bus.record("scheduled", message.id, name, message.look << 6)
        bus.latest = [message.id, message.look, 0, bus.kernel.now]
        routing.fan_out(bus, message, event, [bus.rules[name]])

    def _begun(self, text: str) -> schedules.Schedule:
        expression = schedules.expression(text, once=False)
        first = self._now() + expression.period if isinstance(expression, schedules.Rate) else 0
        return schedules.Schedule(expression, first=first)

    def _await(self, name: str) -> None:
        self._timers.pop(name, None)
        now = self._now()
        time = self._schedules[name][1].next_after(now)
        if time is not None:
            self._timers[name] = self.bus.kernel.after(time - now, self.fire, name)

    def _now(self) -> int:
        return self.bus.run.in_calendar(self.bus.kernel.now)

    def _event(self, name: str) -> Event:
        """Source: EventBridge User Guide, "Events from AWS services", Scheduled Event."""
        return {
            "version": "0",
            "id": self.bus.new_identity(),
            "detail-type": KIND,
            "source": "aws.events",
            "account": ACCOUNT,
            "time": iso(self._now()),
            "region": REGION,
            "resources": [rule_arn(self.bus.settings.EventBusName, name)],
            "detail": {},
        }
