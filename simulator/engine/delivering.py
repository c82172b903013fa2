"""Delivering as EventBridge does: to one target, again and again with growing pauses, until its policy is exhausted.

A delivery is one message for one target. A refusal or a silence brings it back; what a target would say again in the
same way is given up at once, anything else is tried again until the attempts or the age of the event are used up. What
is given up goes to a dead-letter queue with the reason in its attributes, or, where there is none, is discarded.
Simplified: the service says "exponential backoff and jitter, 24 hours and up to 185 times" and no more. Here the pause
after the n-th try is drawn evenly from 0 to 2ⁿ⁻¹ s, at most 1,024 s: so both limits are reached after about a day.
Source: EventBridge User Guide, "How EventBridge retries delivering events" and "Using dead-letter queues to process
undelivered events"; API Reference, RetryPolicy; AWS Architecture Blog, "Exponential backoff and jitter".
"""

from random import Random
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from simulator.engine.clock import SECOND, Micros
from simulator.engine.described import about
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Kernel, Timer
from simulator.engine.link import NO_ANSWER, Link
from simulator.engine.message import POISON, Message, MessageId
from simulator.engine.operations import Call
from simulator.engine.trace import Kind

MOST_RETRIES = 185
LONGEST_AGE = 86_400

# The ceiling of the pauses grows twofold up to this.
_DOUBLINGS = 10

# A dead-letter queue that did not take a message is asked again, so often in all.
DEAD_LETTER_TRIES = 3
DEAD_LETTER_PAUSE: Micros = 10 * SECOND

ATTEMPTS, AGE = "MaximumRetryAttempts", "MaximumEventAgeInSeconds"

KINDS = (
    Kind(
        "delivered",
        "{node} has delivered {message} to {to}: {tries:call}, {age} in all.",
        ("over:link", "tries:count", "age:span"),
        "",
        "good",
    ),
    Kind(
        "retrying",
        "{node} will deliver {message} to {to} again in {after}: try {tries} ended with {code}.",
        ("over:link", "tries", "after:span", "code"),
        "",
        "warn",
        span="waiting",
    ),
    Kind("gave_up", "{node} gives up delivering {message} to {to}: {reason}.", ("over:link", "reason"), "", "bad"),
    Kind(
        "dead_lettered",
        "{node} moves {message} to {to}, its dead-letter queue: {code}.",
        ("over:link", "code"),
        "",
        "bad",
        mark="dead",
        span="dead",
    ),
    Kind(
        "dead_letter_refused",
        "{to} did not take the dead letter {message} ({code}); {node} will try again in {after}.",
        ("over:link", "code", "after:span"),
        "",
        "warn",
        span="waiting",
    ),
    Kind(
        "discarded",
        "{node} discards {message}: {reason}.",
        ("reason",),
        "discarded",
        "bad",
        holds=-1,
        mark="discarded",
        span="gone",
    ),
)


class RetryPolicy(BaseModel):
    """How long a delivery is tried: the first limit that is reached ends it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    MaximumRetryAttempts: Annotated[int, Field(ge=0, le=MOST_RETRIES)] = MOST_RETRIES
    MaximumEventAgeInSeconds: Annotated[int, Field(ge=60, le=LONGEST_AGE)] = LONGEST_AGE


class DeadLetterConfig(BaseModel):
    """Where what was given up goes: a standard queue, by its id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    Arn: Annotated[str, Field(min_length=1, max_length=1600)]


RetryPolicyField = Annotated[
    RetryPolicy,
    Field(
        **about(
            "Retry policy",
            "MaximumRetryAttempts (0 to 185) and MaximumEventAgeInSeconds (60 to 86,400): the first to be reached.",
            source='EventBridge API Reference, RetryPolicy; EventBridge User Guide, "How EventBridge retries '
            'delivering events"',
        )
    ),
]
DeadLetterField = Annotated[
    DeadLetterConfig | None,
    Field(
        **about(
            "Dead-letter queue",
            'Where what could not be delivered goes: {"Arn": the id of a standard queue}; empty: it is discarded.',
            source='EventBridge API Reference, DeadLetterConfig; EventBridge User Guide, "Using dead-letter queues to '
            'process undelivered events"',
        )
    ),
]


class Deliverer(Protocol):
    """A node that delivers. `waiting` are the deliveries whose messages it holds, `discarded` counts what was lost.

    It declares KINDS among its own.
    """

    kernel: Kernel
    waiting: dict["Delivery", None]
    discarded: int

    def record(self, kind: str, message: MessageId, *values: Any) -> None: ...

    def clearance(self, delivery: "Delivery", within: Micros) -> Micros | None:
        """How long a quota holds this call back, which is counted; None where it can't be made `within` this time."""

    def patience(self, delivery: "Delivery") -> Micros:
        """How long it waits for an answer before it takes the target for silent; 0: as long as it takes."""

    def wait_before_next(self, delivery: "Delivery", error: ServiceError) -> Micros | None:
        """How long to wait before the next try, most often `pause`; None where another would be in vain."""

    def delivery_will_retry(self, delivery: "Delivery") -> None:
        """A try was in vain, and the message waits until `due` for the next one, or for being too old."""

    def dead_letter(self, delivery: "Delivery", reason: dict[str, Any]) -> Message:
        """The message as it goes to the dead-letter queue, with the same id; `reason` belongs to its attributes."""

    def delivery_is_over(self, delivery: "Delivery", error: ServiceError | None) -> None:
        """The target has taken it, or, with an error, it was given up."""


class Delivery:
    """One message on its way to one target, over `link`; `dead` is the way to a dead-letter queue, if there is one.

    `tries` counts the calls, `due` is when the next one is made or when what waits is given up; `purpose` is what the
    sender does it for, and `last` the latest error.
    """

    __slots__ = (
        "_call",
        "_patience",
        "_timer",
        "begun",
        "dead",
        "due",
        "last",
        "link",
        "message",
        "most",
        "moves",
        "purpose",
        "sender",
        "tries",
        "until",
    )

    SILENT: ClassVar[ServiceError] = NO_ANSWER

    def __init__(
        self, sender: Deliverer, link: Link, message: Message, policy: RetryPolicy, dead: Link | None, purpose: Any
    ) -> None:
        self.sender = sender
        self.link = link
        self.message = message
        self.dead = dead
        self.purpose = purpose
        self.most = policy.MaximumRetryAttempts
        self.begun: Micros = sender.kernel.now
        self.until: Micros = self.begun + policy.MaximumEventAgeInSeconds * SECOND
        self.tries = 0
        self.moves = 0
        self.due: Micros = 0
        self.last: ServiceError | None = None
        self._call: Call | None = None
        self._timer: Timer | None = None
        self._patience: Timer | None = None

    def begin(self) -> None:
        """Make the next call, as soon as quotas allow it. The sender holds the message."""
        self._release()
        now = self.sender.kernel.now
        if now >= self.until:
            self._expire()
            return
        wait = self.sender.clearance(self, self.until - now)
        if wait == 0:
            self._go()
        elif wait is None:
            self._hold(self.until - now, self._expire)
        else:
            self._hold(wait, self._clear)

    def end(self, error: ServiceError) -> None:
        """Give up without another try; the sender holds the message."""
        self._release()
        self._give_up(error, "")

    def postpone(self, wait: Micros) -> None:
        """Let the next try wait so long from now on instead of as it does."""
        assert self._timer is not None, "only what waits can be postponed"
        self.sender.kernel.cancel(self._timer)
        self._hold(wait, self.begin)

    def heard(self, result: Any, error: ServiceError | None) -> None:
        """The answer of the target, or that there was none."""
        sender, now = self.sender, self.sender.kernel.now
        self._call = None
        if self._patience is not None:
            sender.kernel.cancel(self._patience)
            self._patience = None
        if error is None:
            sender.record("delivered", self.message.id, self.link.index, self.tries, now - self.begun)
            sender.delivery_is_over(self, None)
            return
        self.last = error
        wait = sender.wait_before_next(self, error)
        if wait is None:
            self._give_up(error, "")
        elif self.tries > self.most:
            self._give_up(error, ATTEMPTS)
        elif now >= self.until:
            self._give_up(error, AGE)
        else:
            self._wait(wait)
            sender.delivery_will_retry(self)

    def _wait(self, wait: Micros) -> None:
        """Let `wait` pass before the next try; or, where that would be too late, wait until the event is too old."""
        left = self.until - self.sender.kernel.now
        if wait >= left:
            self._hold(left, self._expire)
            return
        if wait and self.last is not None:
            self.sender.record("retrying", self.message.id, self.link.index, self.tries, wait, self.last.code)
        self._hold(wait, self.begin)

    def _clear(self) -> None:
        self._release()
        self._go()

    def _go(self) -> None:
        self.tries += 1
        patience = self.sender.patience(self)
        if patience:
            self._patience = self.sender.kernel.after(patience, self._is_silent)
        self._call = self.link.send(self.message, self.heard)

    def _is_silent(self) -> None:
        """No answer in time: hang up. Whether the call took effect is unknown, and a copy is here."""
        sender, call = self.sender, self._call
        assert call is not None, "a silence follows a call"
        self._patience = None
        call.hang_up()
        sender.record("timed_out", self.message.id, self.link.index, sender.kernel.now - call.since)
        self.heard(None, self.SILENT)

    def _expire(self) -> None:
        """The event is too old."""
        self._release()
        waited = ServiceError("RequestTimeout", "The event grew too old before a call could be made.")
        self._give_up(self.last or waited, AGE)

    def _give_up(self, error: ServiceError, condition: str) -> None:
        sender, message = self.sender, self.message
        told = f"{error.code} after {self.tries} {'try' if self.tries == 1 else 'tries'}"
        told = f"{told}, {condition} is exhausted" if condition else f"{told}, and another would end the same way"
        sender.record("gave_up", message.id, self.link.index, told if self.tries or condition else error.message)
        sender.delivery_is_over(self, error)
        if self.dead is None:
            self._discard("it has no dead-letter queue")
            return
        code = error_code(error)
        reason = {"ERROR_CODE": code, "ERROR_MESSAGE": error.message, "RETRY_ATTEMPTS": max(0, self.tries - 1)}
        if condition:
            reason["EXHAUSTED_RETRY_CONDITION"] = condition
        self.message = sender.dead_letter(self, reason)
        sender.record("dead_lettered", message.id, self.dead.index, code)
        self._move()

    def _move(self) -> None:
        self._release()
        assert self.dead is not None, "only what has a dead-letter queue is moved there"
        self.moves += 1
        self.dead.send(self.message, self._moved, POISON)

    def _moved(self, result: Any, error: ServiceError | None) -> None:
        sender, dead = self.sender, self.dead
        assert dead is not None, "only what has a dead-letter queue is moved there"
        if error is None:
            return
        if self.moves < DEAD_LETTER_TRIES:
            sender.record("dead_letter_refused", self.message.id, dead.index, error.code, DEAD_LETTER_PAUSE)
            self._hold(DEAD_LETTER_PAUSE, self._move)
        else:
            self._discard(f"{dead.target.id} did not take it either: {error.code}")

    def _discard(self, reason: str) -> None:
        self.sender.discarded += 1
        self.sender.record("discarded", self.message.id, reason)

    def _hold(self, wait: Micros, then: Any) -> None:
        kernel = self.sender.kernel
        self.due = kernel.now + wait
        self.sender.waiting[self] = None
        self._timer = kernel.after(wait, then)

    def _release(self) -> None:
        self._timer = None
        self.sender.waiting.pop(self, None)


def pause(tries: int, random: Random) -> Micros:
    """The wait after the `tries`-th try (from 1) that failed: full jitter."""
    return int(random.random() * (SECOND << min(tries - 1, _DOUBLINGS)))


def error_code(error: ServiceError) -> str:
    """The ERROR_CODE of a dead letter. Source: EventBridge User Guide, "Considerations when using a dead-letter queue"
    (the codes); which error of a target becomes which is our own reading.
    """
    code = error.code
    return next((told for told, words in _CODES if any(word in code for word in words)), "SDK_CLIENT_ERROR")


_CODES = (
    ("THIRD_ACCOUNT_HOP_DETECTED", ("THIRD_ACCOUNT_HOP_DETECTED",)),
    ("THROTTLING", ("Throttl", "TooManyRequests", "HTTP 429", "SlowDown", "ProvisionedThroughputExceeded")),
    ("TIMEOUT", ("Timeout", "TimedOut", "HTTP 408", "HTTP 504")),
    ("NO_RESOURCE", ("NotFound", "NonExistent", "NoSuch", "HTTP 404", "HTTP 410")),
    ("NO_PERMISSIONS", ("AccessDenied", "NotAuthorized", "Authorization", "HTTP 401", "HTTP 403", "HTTP 407")),
    ("ERROR_FROM_TARGET", ("HTTP 5", "Unavailable", "Internal", "Unhandled", "ServiceException")),
)
