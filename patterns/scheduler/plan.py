"""One schedule at work: when it fires next, in the run's own time, and what its target gets then."""

from typing import TYPE_CHECKING, Any

from patterns.scheduler.about import schedule_arn
from patterns.scheduler.config import Schedule
from simulator.engine import zones
from simulator.engine.arns import ACCOUNT, REGION
from simulator.engine.calendar import iso
from simulator.engine.clock import Micros
from simulator.engine.insertion import arriving
from simulator.engine.kernel import Timer
from simulator.engine.message import as_text

if TYPE_CHECKING:
    from patterns.scheduler.node import Scheduler

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

OFF, ON, OVER = 0, 1, 2


class Firing:
    """A time of a schedule that has come, `due` then; it fires at some moment until `end`, when `timer` says."""

    __slots__ = ("due", "end", "plan", "timer")

    def __init__(self, plan: "Plan", due: Micros, end: Micros) -> None:
        self.plan = plan
        self.due = due
        self.end = end
        self.timer: Timer | None = None


class Plan:
    """A schedule at work. `next` is its next time (None: there is none); those in `coming` have come and not fired."""

    __slots__ = ("_times", "coming", "fired", "next", "schedule", "scheduler", "timer")

    def __init__(self, scheduler: "Scheduler", schedule: Schedule, since: Micros, first: Micros) -> None:
        """Fire from `since` on, included; a rate without a StartDate counts from `first`. Both in the run's time."""
        self.scheduler = scheduler
        self.schedule = schedule
        self.fired = 0
        self.coming: dict[Firing, None] = {}
        self.timer: Timer | None = None
        self.next: Micros | None = None
        self._times = schedule.times(scheduler.run.in_calendar(first))
        self.go_on(since - 1)

    def go_on(self, after: Micros) -> None:
        """Wait for the first time later than this."""
        run, kernel = self.scheduler.run, self.scheduler.kernel
        begins = run.in_calendar(0)
        self.timer = None
        found = self._times.next_after(begins + after)
        self.next = None if found is None else found - begins
        if self.next is not None and self.schedule.State == "ENABLED":
            self.timer = kernel.after(max(0, self.next - kernel.now), self.scheduler.is_due, self)

    def stop(self) -> None:
        """Fire no more, not even what has come already."""
        kernel = self.scheduler.kernel
        for timer in (self.timer, *(firing.timer for firing in self.coming)):
            if timer is not None:
                kernel.cancel(timer)
        self.timer = None
        self.coming.clear()

    @property
    def state(self) -> int:
        """0 off, 1 on, 2 over."""
        if self.schedule.State == "DISABLED":
            return OFF
        return OVER if self.next is None and not self.coming else ON

    def body(self, firing: Firing, execution: int) -> Any:
        """What the target gets: the input with its context attributes, or the service's own event without an input."""
        run, schedule = self.scheduler.run, self.schedule
        time, identity = iso(run.in_calendar(firing.due)), f"{schedule.Name}-{execution}"
        if schedule.Input is None:
            return {
                "version": "0",
                "id": identity,
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": ACCOUNT,
                "time": time,
                "region": REGION,
                "resources": [schedule_arn(schedule.Name)],
                "detail": "{}",
            }
        text = as_text(schedule.Input)
        if "<aws.scheduler." not in text:
            return schedule.Input if not isinstance(schedule.Input, str) else arriving(text)
        for name, value in (
            ("schedule-arn", schedule_arn(schedule.Name)),
            ("scheduled-time", time),
            ("execution-id", identity),
            ("attempt-number", "1"),
        ):
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return arriving(text)

    def row(self) -> list[Any]:
        """What is shown: name, next time or 0, state, how often it fired, end of an open window or 0, local time."""
        first = next(iter(self.coming), None)
        time = first.due if first is not None else self.next if self.timer is not None else None
        end = first.end if first is not None else 0
        return [self.schedule.Name, time or 0, self.state, self.fired, end, self._local(time)]

    def _local(self, time: Micros | None) -> str:
        """What clocks show then in the schedule's time zone: "Mon 05 Jan 09:00"."""
        if time is None:
            return ""
        where = zones.zone(self.schedule.ScheduleExpressionTimezone)
        shown = zones.local(self.scheduler.run.in_calendar(time), where)
        return f"{_DAYS[shown.weekday()]} {shown.day:02} {_MONTHS[shown.month - 1]} {shown.hour:02}:{shown.minute:02}"
