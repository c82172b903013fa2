"""Calling back: a worker that has a task token says what has become of its work to whoever waits for it.

It calls when the work on a message that holds a token is done, with what it makes of it, and when it has failed for
good: nobody will give it the message again. A call that gets no answer is made again; one that is refused is not, for
then nobody waits any more.
Source: Step Functions Developer Guide, "Wait for a Callback with Task Token"; API Reference, SendTaskSuccess.
"""

from typing import TYPE_CHECKING, Any

from patterns.worker.work import Work
from simulator.engine.backoff import backoff
from simulator.engine.callback import TaskFailure, TaskSuccess, token_in
from simulator.engine.errors import Problem, ServiceError
from simulator.engine.link import NO_ANSWER, Link, LinkSettings
from simulator.engine.message import Message

if TYPE_CHECKING:
    from patterns.worker.node import Worker

CALLBACK = "callback"

# What another call may not meet with.
_PASSING = (NO_ANSWER.code, "ServiceUnavailable")


def check_callback(settings: LinkSettings, source: Any, target: Any) -> list[Problem]:
    """Only a Standard machine gives out tokens."""
    if not hasattr(target, "definition"):
        return [Problem("to", "gives out no task tokens", "a state machine", "Lead it to the machine that waits.")]
    if target.type == "EXPRESS":
        return [Problem("to", "is an Express machine, which can't wait", "a Standard machine", "Change its type.")]
    return []


class Callbacks:
    """The ways on which one worker calls back."""

    __slots__ = ("_links", "_worker")

    def __init__(self, worker: "Worker") -> None:
        self._worker = worker
        self._links: list[Link] = []

    def start(self) -> None:
        """Every link is there."""
        self._links = self._worker.ways(CALLBACK)

    def concern(self, message: Message) -> bool:
        """Whether somebody waits for a call about this message."""
        return bool(self._links) and bool(token_in(message.body))

    def tell_success(self, message: Message, value: Any) -> None:
        token = token_in(message.body) if self._links else ""
        if token:
            self._tell(token, message, "task_succeeded", TaskSuccess(token, value))

    def tell_failure(self, message: Message, error_type: str, reason: str) -> None:
        token = token_in(message.body) if self._links else ""
        if token:
            self._tell(token, message, "task_failed", TaskFailure(token, error_type, reason))

    def _tell(self, token: str, message: Message, handler: str, request: Any) -> None:
        """Call the machine whose name the token begins with, or the only one there is."""
        named = (link for link in self._links if token.startswith(f"{link.target.id}."))
        Calling(self._worker, next(named, self._links[0]), message, handler, request).go()


class Calling:
    """One call, as often as it has to be made."""

    __slots__ = ("_handler", "_link", "_message", "_request", "_tries", "_worker")

    def __init__(self, worker: "Worker", link: Link, message: Message, handler: str, request: Any) -> None:
        self._worker = worker
        self._link = link
        self._message = message
        self._handler = handler
        self._request = request
        self._tries = 0

    def go(self) -> None:
        self._tries += 1
        self._link.ask(self._handler, self._request, self._heard, back=False, about=self._message)

    def _heard(self, result: Any, error: ServiceError | None) -> None:
        worker = self._worker
        what = "that it is done" if self._handler == "task_succeeded" else "that it has failed"
        if error is None:
            worker.record("called_back", self._message.id, self._link.index, what)
        elif error.code in _PASSING and self._tries < worker.settings.write_attempts:
            worker.kernel.after(backoff(self._tries, worker.pauses), self.go)
        else:
            worker.record("called_in_vain", self._message.id, self._link.index, what, error.code)


def fails_for_good(work: Work) -> bool:
    """Whether a message that was received, and failed on, will not be given out again: its queue moves it aside."""
    if work.source is None:
        return False
    limits = [
        getattr(link.settings, "maxReceiveCount", 0) for link in work.source.link.source.outs if link.kind == "dead"
    ]
    return any(limit and work.attempt >= limit for limit in limits)
