"""Asynchronous invocation: whoever sends is answered at once, and a queue before the function sees to the rest.

The queue is Lambda's own and outlives every crash of the function. It invokes at once when there is a seat. A function
that fails is tried again after one minute and after two more; where there is no seat, or the function is down, the
event goes back with pauses of 1, 2, 4 s and so on up to five minutes, which count as no attempt. What is too old, or
has failed for the last time, goes to a destination if there is one, and is gone if not.
Source: AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation", "Configuring
error handling settings for Lambda asynchronous invocations" and "Capturing records of Lambda asynchronous invocations";
API Reference, Invoke (202, RequestTooLargeException).
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from patterns.worker.destinations import Destinations
from patterns.worker.recursion import MOST_TURNS, stopped
from patterns.worker.work import Work
from simulator.engine.clock import MINUTE, SECOND, Micros, words
from simulator.engine.errors import ServiceError
from simulator.engine.message import DUPLICATE, Message, MessageId
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.worker.node import Worker

# Bytes of one event.
LARGEST = 1024 * 1024

# The pauses after the first error and after all others.
AFTER_ERROR: tuple[Micros, Micros] = (MINUTE, 2 * MINUTE)

LONGEST_PAUSE: Micros = 5 * MINUTE

ACCEPTED = {"StatusCode": 202}

RETRIES_EXHAUSTED, AGE_EXCEEDED, RECURSIVE = "RetriesExhausted", "EventAgeExceeded", "RecursiveInvocation"


class Event:
    """One event that came at `came`. `invocations` counts how often the function had it, `errors` how often it failed;
    `throttles` how often in a row there was no seat."""

    __slots__ = ("came", "error_type", "errors", "flags", "invocations", "message", "reason", "throttles")

    def __init__(self, message: Message, flags: int, came: Micros) -> None:
        self.message = message
        self.flags = flags
        self.came = came
        self.invocations = 0
        self.errors = 0
        self.throttles = 0
        self.reason = ""
        self.error_type = ""


class EventQueue:
    """The queue before one function. `waiting` are the events that the function does not have.

    It is `used` where any link in is asynchronous, and `alone` where all are on which messages are pushed.
    """

    __slots__ = ("_due", "_number", "_open", "alone", "destinations", "used", "waiting", "worker")

    def __init__(self, worker: "Worker") -> None:
        self.worker = worker
        self.destinations = Destinations(worker)
        self.used = False
        self.alone = False
        self.waiting: dict[Event, None] = {}
        self._open: dict[Event, None] = {}
        self._due: list[tuple[Micros, int]] = []
        self._number = 0

    def start(self) -> None:
        """Every link is there."""
        pushed = [is_asynchronous(link.settings) for link in self.worker.ins if link.kind == "send"]
        self.used, self.alone = any(pushed), bool(pushed) and all(pushed)
        self.destinations.start()

    def concerns(self, call: Call | None) -> bool:
        """Whether what was pushed is an event; what nobody waits for, such as a second copy, tells no link."""
        if call is None or call.link is None:
            return self.alone
        return is_asynchronous(call.link.settings)

    def take(self, message: Message, call: Call | None, flags: int) -> None:
        """Accept an event, and invoke the function with it at once if that is possible."""
        worker = self.worker
        if message.size > LARGEST:
            said = f"413: an event has at most {LARGEST:,} bytes; this has {message.size:,}."
            worker.refuse(message, call, ServiceError("RequestTooLargeException", said))
            return
        event = Event(message, flags & DUPLICATE, worker.kernel.now)
        worker.record("event_queued", message.id)
        if call is not None:
            call.reply(ACCEPTED)
        turns = worker.turns.of(message)
        if turns >= MOST_TURNS and worker.settings.kind == "function":
            event.reason = stopped(turns)
            self._give_up(event, RECURSIVE, event.reason)
            return
        self._open[event] = None
        self._invoke(event)

    def succeeded(self, event: Event, value: Any) -> None:
        """The function has done its work, and returns `value`."""
        del self._open[event]
        self.destinations.tell_success(event, value)

    def failed(self, event: Event, reason: str, error_type: str) -> None:
        """The function has failed; the event is here again, or it was the last attempt."""
        worker, settings = self.worker, self.worker.settings
        event.errors += 1
        event.reason, event.error_type = reason, error_type
        if event.errors > settings.MaximumRetryAttempts:
            tries = f"{event.errors} {'attempt' if event.errors == 1 else 'attempts'}"
            self._give_up(event, RETRIES_EXHAUSTED, f"{reason}, after {tries}")
            return
        pause = AFTER_ERROR[min(event.errors, len(AFTER_ERROR)) - 1]
        worker.record("event_failed", event.message.id, reason)
        worker.record("event_retrying", event.message.id, event.errors, pause)
        self._wait(event, pause)

    def oldest(self) -> Micros:
        """When the oldest of those that wait has come, 0 where none does."""
        return next((event.came for event in self._open if event in self.waiting), 0)

    def next_retry(self) -> Micros:
        """When the next of those that wait is due, 0 where none is."""
        return self._due[0][0] if self._due else 0

    def held(self) -> Iterator[MessageId]:
        """What waits, and records for destinations between two tries."""
        for event in self.waiting:
            yield event.message.id
        yield from self.destinations.held()

    def _invoke(self, event: Event) -> None:
        """Hand an event to the function, if it is not too old and there is a seat."""
        worker, message = self.worker, event.message
        now, age = worker.kernel.now, worker.settings.MaximumEventAgeInSeconds * SECOND
        if now - event.came >= age:
            last = f"; the last reason: {event.reason}" if event.reason else ""
            self._give_up(event, AGE_EXCEEDED, f"it is older than {words(age)}{last}")
            return
        refusal = worker.refusal_of_batch()
        if refusal is not None:
            self._throttle(event, refusal, event.came + age - now)
            return
        event.invocations += 1
        event.throttles = 0
        worker.record("event_invoked", message.id, event.invocations)
        worker.begin(Work(message, event.invocations, flags=event.flags, event=event))

    def _throttle(self, event: Event, refusal: ServiceError, left: Micros) -> None:
        """No seat, or the function is down: later, which is no attempt of the function."""
        worker = self.worker
        worker.batch_was_refused()
        event.throttles += 1
        event.reason = refusal.message.rstrip(".")
        pause = min(SECOND << min(event.throttles - 1, 9), LONGEST_PAUSE, left)
        worker.record("event_throttled", event.message.id, event.reason, pause)
        self._wait(event, pause)

    def _wait(self, event: Event, pause: Micros) -> None:
        kernel = self.worker.kernel
        self._number += 1
        self.waiting[event] = None
        heappush(self._due, (kernel.now + pause, self._number))
        kernel.after(pause, self._is_due, event)

    def _is_due(self, event: Event) -> None:
        heappop(self._due)
        del self.waiting[event]
        self._invoke(event)

    def _give_up(self, event: Event, condition: str, reason: str) -> None:
        """The end of an event that was never done."""
        self._open.pop(event, None)
        self.worker.callbacks.tell_failure(event.message, event.error_type or condition, reason)
        if self.destinations.on_failure is None:
            self.worker.record("given_up", event.message.id, f"{reason}, and it has no on-failure destination")
        else:
            self.worker.record("event_given_up", event.message.id, self.destinations.on_failure.index, reason)
            self.destinations.tell_failure(event, condition)


def is_asynchronous(settings: Any) -> bool:
    """Whether what is pushed over a link with these settings is an event for the queue before the function."""
    return bool(getattr(settings, "asynchronous", False))
