"""Activities: work that waits at the machine until a worker asks for it, and that the worker reports on.

A worker asks with a long poll of a minute. What it gets is a copy; the machine keeps the message until it is told the
result, or until nobody waits for it any more because the state's time is up.
Source: Step Functions Developer Guide, "Learn about activities in Step Functions"; API Reference, GetActivityTask.
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from patterns.state_machine.attempt import Attempt
from patterns.state_machine.tasks.services import outgoing
from simulator.engine.clock import MINUTE, Micros
from simulator.engine.kernel import Timer
from simulator.engine.link import Link
from simulator.engine.message import Message, MessageId
from simulator.engine.operations import Call
from simulator.engine.polling import Delivery
from simulator.engine.template import size

if TYPE_CHECKING:
    from patterns.state_machine.node import StateMachine

LONGEST_POLL: Micros = MINUTE


class Task:
    """The work of one attempt; `handed_to` is the link over which a worker has got it, None while it waits."""

    __slots__ = ("attempt", "handed_to", "link", "message")

    def __init__(self, attempt: Attempt, link: Link, message: Message) -> None:
        self.attempt = attempt
        self.link = link
        self.message = message
        self.handed_to: Link | None = None


class Poll:
    """A worker that waits for work."""

    __slots__ = ("call", "timer")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.timer: Timer | None = None


class Activities:
    """The activities of one machine, each a link to those who do it."""

    __slots__ = ("_machine", "_polls", "_tasks", "_waiting")

    def __init__(self, machine: "StateMachine") -> None:
        self._machine = machine
        self._tasks: dict[str, Task] = {}
        self._waiting: dict[int, deque[Task]] = {}
        self._polls: dict[int, deque[Poll]] = {}

    @property
    def waiting(self) -> int:
        """How much work nobody has taken yet."""
        return sum(task.handed_to is None for task in self._tasks.values())

    def offer(self, attempt: Attempt, link: Link, cause: Message) -> None:
        """There is work; the worker that has waited longest gets it at once."""
        machine = self._machine
        one = outgoing(attempt, cause.type)[0]
        message = machine.make(one.type, one.body, size(one.body), cause=cause)
        machine.record("offered", message.id, cause.id, attempt.resource.action)
        task = self._tasks[attempt.token] = Task(attempt, link, message)
        self._waiting.setdefault(link.index, deque()).append(task)
        self._hand_out(link.index)

    def ask(self, call: Call) -> None:
        """GetActivityTask: answered with work, or after a minute with nothing."""
        link = call.link
        assert link is not None, "only workers ask for work"
        poll = Poll(call)
        poll.timer = self._machine.kernel.after(LONGEST_POLL, self._give_nothing, link.index, poll)
        self._polls.setdefault(link.index, deque()).append(poll)
        self._hand_out(link.index)

    def withdraw(self, attempt: Attempt) -> None:
        """Nobody waits for this work any more."""
        task = self._tasks.pop(attempt.token, None)
        if task is not None:
            self._machine.record("withdrawn", task.message.id, "nobody waits for its result any more")

    def settle(self, token: str) -> None:
        """A worker has told the result."""
        task = self._tasks.pop(token, None)
        if task is not None:
            link = task.handed_to if task.handed_to is not None else task.link
            self._machine.record("activity_done", task.message.id, link.index)

    def held(self) -> Iterator[MessageId]:
        for task in self._tasks.values():
            yield task.message.id

    def _hand_out(self, index: int) -> None:
        """Bring those who wait for work and the work that waits together."""
        machine, waiting, polls = self._machine, self._waiting.get(index), self._polls.get(index)
        while waiting and polls:
            task = waiting.popleft()
            if task.attempt.token not in self._tasks:
                continue
            poll = polls.popleft()
            while not poll.call.listening and polls:
                self._forget(poll)
                poll = polls.popleft()
            self._forget(poll)
            if not poll.call.listening:
                waiting.appendleft(task)
                return
            link = poll.call.link
            assert link is not None, "only workers ask for work"
            task.handed_to = link
            machine.record("handed_out", task.message.id, link.index)
            task.attempt.started(link.target.id)
            message = task.message
            poll.call.reply([Delivery(message, task.attempt.token, 1)], [(message, 0)])

    def _give_nothing(self, index: int, poll: Poll) -> None:
        self._polls[index].remove(poll)
        poll.call.reply([])

    def _forget(self, poll: Poll) -> None:
        if poll.timer is not None:
            self._machine.kernel.cancel(poll.timer)
