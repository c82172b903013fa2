"""Receiving: a queue lends messages, at once or as soon as one is there.

Source: SQS API Reference, ReceiveMessage; SQS Developer Guide, "Amazon SQS short and long polling".
"""

from typing import TYPE_CHECKING, Any

from patterns.queue import dead_letters, receipts, refusing, requests
from patterns.queue.config import IN_FLIGHT_QUOTA, LONGEST_VISIBILITY
from patterns.queue.pending import Poll
from patterns.queue.stock import IN_FLIGHT
from simulator.engine.clock import SECOND, Micros
from simulator.engine.message import RETRIED
from simulator.engine.operations import Call
from simulator.engine.polling import Delivery

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

# Making a named tuple by name costs a call of Python more.
_new = tuple.__new__


def receive_message(queue: "QueueNode", call: Call) -> None:
    """Hand out up to MaxNumberOfMessages, oldest first, at once or as soon as one is there within WaitTimeSeconds.

    A link is answered by a list of Delivery, a person in the service's shape. Each delivery hides its message and
    has a fresh receipt handle. At the in-flight quota a short poll fails with OverLimit, and a long poll waits.
    """
    if (call.then is None and call.link is not None) or (
        not queue.is_open and refusing.refused(queue, call, "ReceiveMessage")
    ):
        return  # whoever asked has hung up, or is refused
    arguments, settings = call.arguments, queue.settings
    most, wait, seconds = arguments.MaxNumberOfMessages, arguments.WaitTimeSeconds, arguments.VisibilityTimeout
    if wait is None:
        wait = settings.ReceiveMessageWaitTimeSeconds
    if seconds is None:
        seconds = settings.VisibilityTimeout
    if not (1 <= most <= 10 and 0 <= wait <= 20 and 0 <= seconds <= LONGEST_VISIBILITY):
        error = requests.receive_problem(most, wait, seconds) or requests.visibility_problem(seconds)
        refusing.reject(queue, call, "ReceiveMessage", error)
        return
    timeout = seconds * SECOND
    if queue.visible.count and hand_out(queue, call, most, timeout):
        return
    if queue.visible.count and not wait:
        refusing.reject(queue, call, "ReceiveMessage", requests.OVER_LIMIT)
        return
    now = queue.kernel.now
    poll = Poll(call, most, timeout, now)
    if wait:
        poll.over = queue.waits.set(now + wait * SECOND, poll)
        queue.polls.append(poll)
    else:
        wait_is_over(queue, poll)


def serve(queue: "QueueNode") -> None:
    """Hand what is visible to the receives that wait, the longest waiting first."""
    polls = queue.polls
    while polls and queue.visible.count:
        poll = polls.popleft()
        call = poll.call
        if call.done:
            continue
        if not call.listening or hand_out(queue, call, poll.most, poll.timeout):
            queue.waits.cancel(poll.over)
        else:
            polls.appendleft(poll)
            if queue.visible.count:  # the in-flight quota is reached
                return


def wait_is_over(queue: "QueueNode", poll: Poll) -> None:
    """Nothing came while a receive waited."""
    call, polls, link = poll.call, queue.polls, poll.call.link
    if call.listening:
        queue.record("empty_receive", 0, refusing.asker(call), queue.kernel.now - poll.since)
    call.reply({"Messages": []} if link is None else [])
    while polls and polls[0].call.done:
        polls.popleft()


def hand_out(queue: "QueueNode", call: Call, most: int, timeout: Micros) -> bool:
    """Answer a receive with up to `most` messages; False, and no answer, if none can be handed out.

    A message whose receives are used up is moved to the dead-letter queue instead of being received once more.
    """
    visible, in_flight = queue.visible, queue.in_flight
    now, link, write, index = queue.kernel.now, call.link, queue.trace.append, queue.index
    holder = link.target.index if link is not None and call.back else refusing.asker(call)
    limit = queue.limit if queue.dead_link is not None else 0
    until = now + timeout
    given: list[Any] = []
    carried = []
    if len(queue.entries) > IN_FLIGHT_QUOTA - most:
        most = min(most, IN_FLIGHT_QUOTA - len(in_flight))
    poison = queue.run.poison
    while visible.count and len(given) < most:
        entry = visible.take()
        if limit and entry.receives >= limit:
            dead_letters.give_up(queue, entry)
            continue
        entry.receives = receives = entry.receives + 1
        entry.state = IN_FLIGHT
        entry.since = now
        entry.holder = holder
        entry.deadline = in_flight.set(until, entry)
        if receives == 1:
            entry.first_received = now
        message, attempt = entry.message, entry.earlier + receives
        write((now, "received", index, message.id, attempt, until, holder))
        if link is None:
            given.append(receipts.as_service_shows(entry, queue.run.scenario.prefixes))
        else:
            given.append(_new(Delivery, (message, (entry.number, receives, message.id), attempt)))
            flags = entry.flags | RETRIED | poison.get(message.id, 0) if receives > 1 else entry.flags
            carried.append((message, flags))
    if given:
        call.reply({"Messages": given} if link is None else given, carried)
    return bool(given)
