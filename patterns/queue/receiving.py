"""Receiving: a queue lends messages, at once or as soon as one is there.

Source: SQS API Reference, ReceiveMessage; SQS Developer Guide, "Amazon SQS short and long polling".
"""

from typing import TYPE_CHECKING, Any

from patterns.queue import attempts, copies, ordering, receipts, refusing, requests
from patterns.queue.choosing import chosen, room
from patterns.queue.config import LONGEST_VISIBILITY
from patterns.queue.pending import Poll
from patterns.queue.servers import ALL
from patterns.queue.stock import IN_FLIGHT, Entry
from simulator.engine.clock import SECOND
from simulator.engine.message import RETRIED
from simulator.engine.operations import Call
from simulator.engine.polling import Delivery

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

VERB = "ReceiveMessage"

# Making a named tuple by name costs a call of Python more.
_new = tuple.__new__


def receive_message(queue: "QueueNode", call: Call) -> None:
    """Hand out up to MaxNumberOfMessages, oldest first, at once or as soon as one is there within WaitTimeSeconds.

    A link is answered by a list of Delivery, a person in the service's shape. Each delivery hides its message and
    has a fresh receipt handle. A short poll asks some of the servers only, and a long poll all of them. At the
    in-flight quota a short poll of a standard queue fails with OverLimit; all others get nothing until there is room.
    """
    if (call.then is None and call.link is not None) or (not queue.is_open and refusing.refused(queue, call, VERB)):
        return  # whoever asked has hung up, or is refused
    arguments, settings = call.arguments, queue.settings
    most, wait, seconds = arguments.MaxNumberOfMessages, arguments.WaitTimeSeconds, arguments.VisibilityTimeout
    attempt = arguments.ReceiveRequestAttemptId
    if wait is None:
        wait = settings.ReceiveMessageWaitTimeSeconds
    if seconds is None:
        seconds = settings.VisibilityTimeout
    if not (1 <= most <= 10 and 0 <= wait <= 20 and 0 <= seconds <= LONGEST_VISIBILITY) or attempt is not None:
        error = requests.receive_problem(most, wait, seconds, attempt, queue.fifo)
        if error is not None:
            refusing.reject(queue, call, VERB, error)
            return
    sample = ALL if wait or queue.fifo else queue.servers.sample(settings.servers_asked)
    now = queue.kernel.now
    poll = Poll(call, most, seconds * SECOND, now, sample, attempt)
    if attempt is not None and attempts.repeat(queue, poll):
        return
    if hand_out(queue, poll):
        return
    if wait:
        poll.over = queue.waits.set(now + wait * SECOND, poll)
        queue.polls.append(poll)
    elif not queue.fifo and room(queue) <= 0:
        refusing.reject(queue, call, VERB, requests.OVER_LIMIT)
    else:
        wait_is_over(queue, poll)


def serve(queue: "QueueNode") -> None:
    """Hand what is visible to the receives that wait, the longest waiting first."""
    polls = queue.polls
    while polls and queue.visible.ready:
        poll = polls.popleft()
        call = poll.call
        if call.done:
            continue
        if not call.listening:
            queue.bill.charge(VERB)
            queue.waits.cancel(poll.over)
        elif hand_out(queue, poll):
            queue.waits.cancel(poll.over)
        else:
            polls.appendleft(poll)
            if queue.visible.ready:  # the in-flight quota is reached
                return


def wait_is_over(queue: "QueueNode", poll: Poll) -> None:
    """Nothing came while a receive waited, or a short poll asked servers that had nothing."""
    call, polls, link = poll.call, queue.polls, poll.call.link
    queue.bill.charge(VERB)
    if call.listening:
        queue.bill.empty_receives += 1
        asker, missed = refusing.asker(call), queue.visible.ready
        if missed and poll.sample != ALL:
            queue.record("missed_by_sample", 0, asker, poll.sample.bit_count(), missed)
        else:
            queue.record("empty_receive", 0, asker, queue.kernel.now - poll.since)
    call.reply({"Messages": []} if link is None else [])
    while polls and polls[0].call.done:
        polls.popleft()


def hand_out(queue: "QueueNode", poll: Poll) -> bool:
    """Answer a receive with what is chosen for it; False, and no answer, if nothing can be handed out."""
    if not queue.visible.ready:
        if queue.visible.count:
            ordering.tell_passed(queue, queue.numbered + 1)
        return False
    entries = chosen(queue, poll)
    if not entries:
        return False
    in_flight, call, now = queue.in_flight, poll.call, queue.kernel.now
    write, index, until = queue.trace.append, queue.index, now + poll.timeout
    link = call.link
    holder = link.target.index if link is not None and call.back else refusing.asker(call)
    for entry in entries:
        entry.receives = receives = entry.receives + 1
        entry.state = IN_FLIGHT
        entry.since = now
        entry.holder = holder
        entry.deadline = in_flight.set(until, entry)
        if receives == 1:
            entry.first_received = now
        write((now, "received", index, entry.message.id, entry.earlier + receives, until, holder))
    if queue.careless:
        copies.of_receives(queue, entries)
    if queue.fifo:
        if queue.visible.count:
            ordering.tell_passed(queue, entries[0].number)
        if poll.attempt is not None:
            attempts.remember(queue, poll, entries)
    answer(queue, call, entries)
    return True


def answer(queue: "QueueNode", call: Call, entries: list[Entry]) -> None:
    """Answer a receive with these entries, which have been handed out."""
    size = 0
    if call.link is None:
        prefixes = queue.run.scenario.prefixes
        shown = [receipts.as_service_shows(entry, prefixes, queue.fifo) for entry in entries]
        size = sum(entry.message.size for entry in entries)
        queue.bill.charge(VERB, size)
        call.reply({"Messages": shown})
        return
    given: list[Any] = []
    carried = []
    poison = queue.run.poison
    for entry in entries:
        message, receives = entry.message, entry.receives
        size += message.size
        given.append(_new(Delivery, (message, (entry.number, receives, message.id), entry.earlier + receives)))
        flags = entry.flags | RETRIED | poison.get(message.id, 0) if receives > 1 else entry.flags
        carried.append((message, flags))
    queue.bill.charge(VERB, size)
    call.reply(given, carried)
