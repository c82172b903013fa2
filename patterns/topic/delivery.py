"""Delivering as SNS does: to one subscriber, in four phases of retries, until it has it or none is left.

A fault of the receiver's server is tried again as the phases say; what the receiver would say again in the same way is
given up after one attempt. What is given up goes to the subscription's dead-letter queue as it would have been
delivered, with the reason in its attributes, or is discarded. No failure changes the subscription.
EventBridge's deliveries (`simulator.engine.delivering`) have an age and one growing pause instead of phases.
Source: SNS Developer Guide, "Amazon SNS message delivery retries" and "Amazon SNS dead-letter queues (DLQs)".
"""

from sys import maxsize
from typing import TYPE_CHECKING, Any

from patterns.topic.phases import CUSTOMER, Schedule
from simulator.engine.clock import Micros
from simulator.engine.delivering import DEAD_LETTER_PAUSE, DEAD_LETTER_TRIES
from simulator.engine.errors import ServiceError, is_client_error
from simulator.engine.message import POISON, Message, label
from simulator.engine.template import size_of_attributes

if TYPE_CHECKING:
    from patterns.topic.subscription import Subscription

# A delivery stream that takes no more for now is given the time that others' servers get.
STREAM_THROTTLES = "ServiceUnavailableException"


class Delivery:
    """One message for one subscription. `tries` counts the calls, `due` is when the next one is made, `retried` whether
    one was in vain, `lined` whether others of its group wait behind it; `last` is the code of the latest error.
    """

    __slots__ = ("_moves", "begun", "due", "last", "lined", "message", "retried", "subscription", "tries")

    def __init__(self, subscription: "Subscription", message: Message, now: Micros) -> None:
        self.subscription = subscription
        self.message = message
        self.begun = now
        self.due: Micros = 0
        self.tries = 0
        self.retried = False
        self.lined = False
        self.last = ""
        self._moves = 0

    @property
    def schedule(self) -> Schedule:
        """The phases of its retries."""
        subscription = self.subscription
        return (
            CUSTOMER if subscription.protocol == "firehose" and self.last == STREAM_THROTTLES else subscription.schedule
        )

    def begin(self) -> None:
        """Make the next call, as soon as the subscription's pace allows it."""
        pace = self.subscription.pace
        if pace is not None:
            topic = self.subscription.topic
            wait = pace.wait(topic.kernel.now, maxsize)
            if wait:
                said = f"its pace is {self.subscription.per_second:g} a second"
                topic.record("held_back", self.message.id, self.subscription.link.index, wait, said)
                self._hold(wait, self.go)
                return
        self.go()

    def go(self) -> None:
        """Make the call now."""
        subscription = self.subscription
        subscription.topic.waiting.pop(self, None)
        self.tries += 1
        subscription.link.send(self.message, self.heard)

    def heard(self, result: Any, error: ServiceError | None) -> None:
        """The subscriber has it, or says why not, or nothing was heard of it."""
        subscription = self.subscription
        topic = subscription.topic
        now, link = topic.kernel.now, subscription.link.index
        if error is None:
            trace = topic.trace
            trace.append((now, "delivered", topic.index, self.message.id, link, self.tries, now - self.begun))
            subscription.delivered += 1
            self._is_over()
            return
        self.last = error.code
        subscription.note(error.code)
        if is_client_error(error):
            self.give_up(error, "another try would end the same way")
            return
        following = self.schedule.wait(self.tries)
        if following is None:
            self.give_up(error, f"all {self.schedule.total:,} retries are used up")
            return
        phase, wait = following
        wait = topic.jittered(wait)
        topic.record("retrying", self.message.id, link, self.tries, wait, error.code, phase)
        if not self.retried:
            self.retried = True
            subscription.retrying += 1
        if wait:
            self._hold(wait, self.begin)
            subscription.dues.add(self)
        else:
            self.begin()

    def give_up(self, error: ServiceError, why: str) -> None:
        """No further try: the message goes to the dead-letter queue or is lost."""
        subscription, message = self.subscription, self.message
        topic, dead = subscription.topic, subscription.dead
        tried = f"{error.code} after {self.tries} {'try' if self.tries == 1 else 'tries'}, and {why}"
        topic.record("gave_up", message.id, subscription.link.index, tried if self.tries else error.message.rstrip("."))
        subscription.failed += 1
        topic.failed += 1
        if dead is None:
            self._discard("the subscription has no dead-letter queue")
            return
        reason = {"RequestID": topic.new_request(), "ErrorCode": error.code, "ErrorMessage": error.message}
        attributes = {**(message.attributes or {}), **reason}
        bytes_ = message.size + size_of_attributes(reason)
        once = message.deduplication
        if once is not None:  # copies of one message for several subscribers are different dead letters
            once = label(message.id, topic.run.scenario.prefixes)
        self.message = message._replace(attributes=attributes, size=bytes_, deduplication=once)
        topic.record("dead_lettered", message.id, dead.index, error.code)
        self.move()

    def move(self) -> None:
        """Hand the message over to the dead-letter queue."""
        dead = self.subscription.dead
        self.subscription.topic.waiting.pop(self, None)
        if dead is None:
            self._discard("the subscription has no dead-letter queue any more")
            return
        self._moves += 1
        dead.send(self.message, self.moved, POISON)

    def moved(self, result: Any, error: ServiceError | None) -> None:
        """What the dead-letter queue says."""
        topic, dead = self.subscription.topic, self.subscription.dead
        if error is None:
            self._is_over()
        elif dead is not None and self._moves < DEAD_LETTER_TRIES and not is_client_error(error):
            topic.record("dead_letter_refused", self.message.id, dead.index, error.code, DEAD_LETTER_PAUSE)
            self._hold(DEAD_LETTER_PAUSE, self.move)
        else:
            self._discard(f"the dead-letter queue did not take it either: {error.code}")

    def _discard(self, reason: str) -> None:
        topic = self.subscription.topic
        topic.record("discarded", self.message.id, reason)
        topic.discarded += 1
        self._is_over()

    def _hold(self, wait: Micros, then: Any) -> None:
        topic = self.subscription.topic
        self.due = topic.kernel.now + wait
        topic.waiting[self] = None
        topic.kernel.after(wait, then)

    def _is_over(self) -> None:
        if self.retried:
            self.subscription.retrying -= 1
        if self.lined:
            self.subscription.lines.leave(self)
