"""The scheduler: waits for the times of its schedules and then has each one's target do something.

Every firing is one message, which it delivers as a bus does: again and again with growing pauses until the retry policy
is exhausted, and then to the dead-letter queue. A schedule's time and the moment at which it fires are different
things: a flexible window puts the firing off, and the following times come all the same.
Source: EventBridge Scheduler User Guide, "What is Amazon EventBridge Scheduler?", "Configuring flexible time windows",
"Deleting a schedule" (automatic deletion); eventbridge retry policy: API Reference, RetryPolicy.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from patterns.scheduler.about import schedule_arn
from patterns.scheduler.config import ByName, Schedule, SchedulerSettings, TargetSettings
from patterns.scheduler.plan import Firing, Plan
from simulator.engine.arns import names_queue, station_arn
from simulator.engine.calendar import iso
from simulator.engine.clock import MINUTE, SECOND, Micros
from simulator.engine.delivering import Delivery, pause
from simulator.engine.errors import Problem, ServiceError, is_client_error
from simulator.engine.link import Link
from simulator.engine.message import Message, MessageId, type_of
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.pace import Pace
from simulator.engine.schedules import within
from simulator.engine.template import size, size_of_attributes

if TYPE_CHECKING:
    from simulator.engine.run import Run

SHOWN = 6


class Scheduler(Node):
    """Fires. `fired`, `delivered` and `failed` count messages, `discarded` those that were lost.

    `waiting` are the deliveries whose messages it holds, between two tries.
    """

    settings: SchedulerSettings

    def __init__(self, run: "Run", index: int, identity: str, title: str, settings: SchedulerSettings) -> None:
        super().__init__(run, index, identity, title, settings)
        self.plans: dict[str, Plan] = {}
        self.waiting: dict[Delivery, None] = {}
        self.fired = 0
        self.delivered = 0
        self.failed = 0
        self.discarded = 0
        self.is_down = False
        self._held_up: dict[Firing, None] = {}
        self._windows = self.stream("windows")
        self._pauses = self.stream("retries")
        self._pace = Pace(settings.invocations_per_second, SECOND)

    def start(self) -> None:
        now = self.kernel.now
        self.plans = {one.Name: Plan(self, one, now, now) for one in self.settings.Schedules}

    def objections(self, settings: SchedulerSettings) -> list[Problem]:
        """A schedule needs a target."""
        return [
            Problem(f"Schedules.{place}", f"{one.Name} has no target", cure="Draw a link for it first.")
            for place, one in enumerate(settings.Schedules)
            if self._target(one.Name) is None
        ]

    def change(self, settings: SchedulerSettings) -> None:
        """Go on with what has not changed; begin what is new or changed, of which a rate counts from now."""
        before, self.settings, now = self.plans, settings, self.kernel.now
        self._pace.change(settings.invocations_per_second, SECOND)
        kept: dict[str, Plan] = {}
        for schedule in settings.Schedules:
            old = before.pop(schedule.Name, None)
            if old is not None and old.schedule == schedule:
                kept[schedule.Name] = old
                continue
            plan = Plan(self, schedule, now if old is None else now + 1, now)
            if old is not None:
                self._stop(old)
                plan.fired = old.fired
            kept[schedule.Name] = plan
        for plan in before.values():
            self._stop(plan)
        self.plans = kept

    # When a time has come.

    def is_due(self, plan: Plan) -> None:
        """The time of a schedule: fire, now or some time within its window, and wait for the next time."""
        due, window = self.kernel.now, plan.schedule.window
        firing = Firing(plan, due, due + window * MINUTE if window else 0)
        plan.coming[firing] = None
        if window:
            self.record("window_opened", 0, plan.schedule.Name, firing.end)
            firing.timer = self.kernel.after(within(window, self._windows), self._fire, firing)
        plan.go_on(due)
        if not window:
            self._fire(firing)

    def _fire(self, firing: Firing) -> None:
        plan, firing.timer = firing.plan, None
        name = plan.schedule.Name
        if self.is_down:
            self._held_up[firing] = None
            self.record("held_up", 0, name)
            return
        del plan.coming[firing]
        plan.fired += 1
        self.fired += 1
        link = self._target(name)
        assert link is not None, f"{name} has no target; the scenario's check should have refused it"
        settings = self._settings(link)
        message = self._message(plan.body(firing, plan.fired), name, settings)
        self.record("fired", message.id, name)
        Delivery(self, link, message, settings.RetryPolicy, self._dead_letter_queue(settings), name).begin()
        if plan.next is None and not plan.coming:
            self._complete(plan)

    def _message(self, given: Any, name: str, settings: TargetSettings) -> Message:
        bus, queue = settings.EventBridgeParameters, settings.SqsParameters
        body = given if bus is None else {"Source": bus.Source, "DetailType": bus.DetailType, "Detail": given}
        return self.make(
            type_of(body, name), body, size(body), group=queue.MessageGroupId if queue is not None else None
        )

    def _complete(self, plan: Plan) -> None:
        name = plan.schedule.Name
        self.record("completed", 0, name)
        if plan.schedule.ActionAfterCompletion == "DELETE":
            self.record("schedule_deleted", 0, name, "it is over, and its ActionAfterCompletion is DELETE")
            self._have([one for one in self.settings.Schedules if one.Name != name])

    # What a delivery asks of its sender.

    def clearance(self, delivery: Delivery, within: Micros) -> Micros | None:
        """How long the quota of invocations keeps a call waiting."""
        wait = self._pace.wait(self.kernel.now, within)
        if wait:
            self.record("held_back", delivery.message.id, delivery.link.index, wait)
        return wait

    def patience(self, delivery: Delivery) -> Micros:
        return 0

    def wait_before_next(self, delivery: Delivery, error: ServiceError) -> Micros | None:
        return None if is_client_error(error) else pause(delivery.tries, self._pauses)

    def delivery_will_retry(self, delivery: Delivery) -> None:
        """Nothing counts what is being retried."""

    def dead_letter(self, delivery: Delivery, reason: dict[str, Any]) -> Message:
        """The message with the reason in its attributes."""
        target = delivery.link.target
        pattern = self.run.scenario.nodes[target.index].pattern.name
        where = {"SCHEDULE_ARN": schedule_arn(delivery.purpose), "TARGET_ARN": station_arn(pattern, target.id)}
        attributes = where | reason
        message = delivery.message
        bytes_ = size(message.body) + size_of_attributes(attributes)
        return message._replace(size=bytes_, attributes=attributes, group=None)

    def delivery_is_over(self, delivery: Delivery, error: ServiceError | None) -> None:
        if error is None:
            self.delivered += 1
        else:
            self.failed += 1

    # Operations.

    def create_schedule(self, call: Call) -> None:
        given: Schedule = call.arguments
        if given.Name in self.plans:
            raise ServiceError("ConflictException", f"Schedule {given.Name} already exists.")
        self._have([*self.settings.Schedules, given])
        call.reply({"ScheduleArn": schedule_arn(given.Name)})

    def update_schedule(self, call: Call) -> None:
        """Replace a schedule; what is not given becomes what it is by default, as in the service."""
        given: Schedule = call.arguments
        self._known(given.Name)
        self._have([given if one.Name == given.Name else one for one in self.settings.Schedules])
        call.reply({"ScheduleArn": schedule_arn(given.Name)})

    def delete_schedule(self, call: Call) -> None:
        given: ByName = call.arguments
        self._known(given.Name)
        self._have([one for one in self.settings.Schedules if one.Name != given.Name])
        self.record("schedule_deleted", 0, given.Name, "somebody said so")
        call.reply({})

    def get_schedule(self, call: Call) -> None:
        """How it is set, and beside that when it fires next and how often it has."""
        given: ByName = call.arguments
        plan = self._known(given.Name)
        coming = {} if plan.timer is None or plan.next is None else {"next": iso(self.run.in_calendar(plan.next))}
        known = plan.schedule.model_dump(mode="json", exclude_none=True)
        call.reply(known | {"Arn": schedule_arn(given.Name), "fired": plan.fired} | coming)

    # Faults.

    def go_down(self) -> None:
        """From now on what is due waits."""
        self.is_down = True

    def come_up(self) -> None:
        """Fire what was held up."""
        self.is_down = False
        held_up, self._held_up = self._held_up, {}
        for firing in held_up:
            self._fire(firing)

    # What is shown.

    def view(self) -> dict[str, Any]:
        plans = list(self.plans.values())
        count = len(plans)
        caption = [f"{count} {'schedule' if count == 1 else 'schedules'}"]
        zones = list(dict.fromkeys(plan.schedule.ScheduleExpressionTimezone for plan in plans))
        if len(zones) == 1:
            caption.append(zones[0])
        return {
            "kind": "schedule",
            "schedules": [plan.row() for plan in plans[:SHOWN]],
            "count": count,
            "failed": self.failed,
            "caption": caption,
        }

    def gauges(self) -> dict[str, float | None]:
        return {"waiting": len(self.waiting)}

    def held(self) -> Iterator[MessageId]:
        for delivery in self.waiting:
            yield delivery.message.id

    # Its own affairs.

    def _stop(self, plan: Plan) -> None:
        for firing in plan.coming:
            self._held_up.pop(firing, None)
        plan.stop()

    def _have(self, schedules: list[Schedule]) -> None:
        """Have these schedules from now on."""
        given = [one.model_dump(mode="json", exclude_defaults=True) for one in schedules]
        wrong = self.objections(SchedulerSettings(Schedules=tuple(schedules)))
        if wrong:
            raise ServiceError("ValidationException", f"{wrong[0].problem}. {wrong[0].cure}")
        self.run.reconfigure(self, {"Schedules": given})

    def _known(self, name: str) -> Plan:
        plan = self.plans.get(name)
        if plan is None:
            raise ServiceError("ResourceNotFoundException", f"Schedule {name} does not exist.")
        return plan

    def _target(self, name: str) -> Link | None:
        """The link that names this schedule, or else the one that names none."""
        ways = [link for link in self.outs if link.kind == "send"]
        return next((link for wanted in (name, "") for link in ways if self._settings(link).schedule == wanted), None)

    def _settings(self, link: Link) -> TargetSettings:
        settings = link.settings
        assert isinstance(settings, TargetSettings), f"{link.id} is not the way to a target"
        return settings

    def _dead_letter_queue(self, settings: TargetSettings) -> Link | None:
        config = settings.DeadLetterConfig
        if config is None:
            return None
        return next(
            (link for link in self.outs if link.kind == "dead" and names_queue(config.Arn, link.target.id)), None
        )
