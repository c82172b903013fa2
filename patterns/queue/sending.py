"""Sending: a message comes into a queue, over a link or by hand, alone or in a batch.

A FIFO queue asks more of it: a group, and an id under which a repetition is recognised, accepted and not stored.
Source: SQS API Reference, SendMessage and SendMessageBatch; SQS Developer Guide, "Exactly-once processing".
"""

from typing import TYPE_CHECKING, Any

from patterns.queue import batches, receipts, receiving, refusing, requests, retention
from patterns.queue.receipts import MOVED, REDRIVEN
from patterns.queue.stock import DELAYED, Entry
from simulator.engine.clock import SECOND, Micros
from simulator.engine.deduplication import Original, sequence
from simulator.engine.errors import ServiceError
from simulator.engine.message import Message, label
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def accept(queue: "QueueNode", message: Message, call: Call | None, flags: int) -> None:
    """Take a message that a link brings, from a producer or from a queue whose dead letters end here."""
    attributes = message.attributes or {}
    redriven = REDRIVEN in attributes
    if redriven:
        own = {name: value for name, value in attributes.items() if name != REDRIVEN}
        message = message._replace(attributes=own or None)
    moved = attributes.get(MOVED) if queue.dead else None
    if not queue.is_open or message.size > queue.largest:
        error = None if redriven else _objection(queue, message, moved is not None)
        if error is not None:
            refusing.turn_away(queue, message, call, error)
            return
    if moved is None:
        queue.bill.charge("SendMessage", message.size)
    if queue.fifo:
        store_once(queue, message, flags, queue.delay if moved is None else 0, moved["receives"] if moved else 0)
    elif moved is None:
        store(queue, message, flags, queue.delay, queue.kernel.now, 0)
    else:
        store(queue, message, flags, 0, moved["sent"], moved["receives"])
    if call is not None:
        call.reply(None)


def send_message(queue: "QueueNode", call: Call) -> None:
    """A person sends. Answers with MessageId, MD5OfMessageBody and, from a FIFO queue, SequenceNumber."""
    group = call.arguments.MessageGroupId or ""
    if not queue.is_open and refusing.refused(queue, call, "SendMessage", [group]):
        return
    try:
        sent = requests.sent(call.arguments, queue.settings)
        answer = _send(queue, sent)
    except ServiceError as error:
        refusing.reject(queue, call, "SendMessage", error)
        return
    queue.bill.charge("SendMessage", sent.size)
    call.reply(answer)


def send_message_batch(queue: "QueueNode", call: Call) -> None:
    """A person sends up to ten messages in one request; each is taken or refused by itself."""
    entries, ids = call.arguments.Entries, batches.ids(call)
    groups = [entry.MessageGroupId or "" for entry in entries]
    if not queue.is_open and refusing.refused(queue, call, "SendMessageBatch", groups):
        return
    error = batches.problem(ids, "SendMessageBatchRequestEntry")
    total = sum(requests.size_of(entry) for entry in entries)
    if error is None and total > requests.LARGEST_BATCH:
        error = batches.too_long(total, requests.LARGEST_BATCH)
    if error is not None:
        refusing.reject(queue, call, "SendMessageBatch", error)
        return
    queue.bill.charge("SendMessageBatch", total)
    results: list[dict[str, Any] | ServiceError] = []
    for entry in entries:
        try:
            results.append(_send(queue, requests.sent(entry, queue.settings)))
        except ServiceError as refusal:
            results.append(refusal)
    call.reply(batches.answer(ids, results))


def store_once(queue: "QueueNode", message: Message, flags: int, delay: Micros, earlier: int) -> Original | None:
    """Keep a message of a FIFO queue, or recognise it as the repetition of the one that is returned."""
    window, now, group = queue.window, queue.kernel.now, message.group or ""
    once = window.identifier(message, queue.by_content) or ""
    original = window.original(once, group, now)
    if original is not None:
        queue.deduplicated += 1
        queue.record("deduplicated", message.id, original.message)
        queue.latest_repeat = [message.id, message.look, flags, now]
        return original
    window.accept(once, group, now, message.id, queue.numbered + 1)
    store(queue, message, flags, delay, now, earlier)
    return None


def store(queue: "QueueNode", message: Message, flags: int, delay: Micros, sent: Micros, earlier: int) -> None:
    """Keep a message that was first `sent` then and received `earlier` times before; hide it for `delay`."""
    now = queue.kernel.now
    queue.numbered = number = queue.numbered + 1
    queue.entries[number] = entry = Entry(number, message, flags, sent, earlier)
    queue.ages.add(entry)
    if message.group is not None and not queue.grouped:
        queue.become_fair()
    if delay:
        entry.state = DELAYED
        queue.trace.append((now, "delayed", queue.index, message.id, now + delay, message.group or ""))
        entry.deadline = queue.delays.set(now + delay, entry)
        queue.visible.hide(entry)
    else:
        queue.trace.append((now, "enqueued", queue.index, message.id, message.group or ""))
        queue.visible.add(entry)
    over = sent + queue.retained
    if queue.next_expiry is None or over < queue.next_expiry[0]:
        retention.expire(queue)
    if queue.polls and not delay:
        receiving.serve(queue)


def _send(queue: "QueueNode", sent: requests.Sent) -> dict[str, Any]:
    """Make and keep one message that a person sends; the answer. Raises ServiceError when it can't be taken."""
    if queue.fifo and sent.once is None and not queue.by_content:
        raise requests.NO_IDENTIFIER
    message = queue.make_by_hand(
        sent.kind, sent.body, sent.size, attributes=sent.attributes, group=sent.group, deduplication=sent.once
    )
    queue.record("sent_by_hand", message.id, message.look << 6)
    known, number, prefixes = message.id, queue.numbered + 1, queue.run.scenario.prefixes
    answer = {"MD5OfMessageBody": receipts.digest(sent.text)}
    if queue.fifo:
        original = store_once(queue, message, 0, queue.delay, 0)
        if original is not None:
            known, number = original.message, original.number
        answer["SequenceNumber"] = sequence(number)
    else:
        store(queue, message, 0, sent.delay * SECOND, queue.kernel.now, 0)
    return {"MessageId": label(known, prefixes), **answer}


def _objection(queue: "QueueNode", message: Message, moved: bool) -> ServiceError | None:
    """Why a message that a link brings is not taken. What is moved here is no call, and no quota counts it."""
    if message.size > queue.largest:
        return requests.too_large(queue.largest)
    if queue.fifo:
        problem = _identity_problem(queue, message)
        if problem is not None:
            return problem
    if moved:
        return requests.UNAVAILABLE if queue.unavailable else None
    return refusing.objection(queue, "SendMessage", [message.group or ""])


def _identity_problem(queue: "QueueNode", message: Message) -> ServiceError | None:
    """What is wrong with the group and the deduplication id of a message that a link brings."""
    group, once = message.group, message.deduplication
    if group is None:
        return requests.NO_GROUP
    problem = requests.identifier_problem(group, "MessageGroupId")
    if problem is not None:
        return problem
    if once is None:
        return None if queue.by_content else requests.NO_IDENTIFIER
    return requests.identifier_problem(once, "MessageDeduplicationId")
