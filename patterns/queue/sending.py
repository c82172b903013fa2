"""Sending: a message comes into a queue, over a link or by hand.

Source: SQS API Reference, SendMessage.
"""

from typing import TYPE_CHECKING

from patterns.queue import receipts, receiving, refusing, requests, retention
from patterns.queue.receipts import MOVED
from patterns.queue.stock import DELAYED, Entry
from simulator.engine.clock import SECOND, Micros
from simulator.engine.message import Message, label
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def accept(queue: "QueueNode", message: Message, call: Call | None, flags: int) -> None:
    """Take a message that a link brings, from a producer or from a queue whose dead letters end here."""
    if not queue.is_open or message.size > queue.largest:
        largest = queue.largest
        error = requests.too_large(largest) if message.size > largest else refusing.objection(queue)
        if error is not None:
            refusing.turn_away(queue, message, call, error)
            return
    moved = message.attributes.get(MOVED) if queue.dead and message.attributes else None
    if moved is None:
        store(queue, message, flags, queue.delay, queue.kernel.now, 0)
    else:
        store(queue, message, flags, 0, moved["sent"], moved["receives"])
    if call is not None:
        call.reply(None)


def send_message(queue: "QueueNode", call: Call) -> None:
    """A person sends. Answers with MessageId and MD5OfMessageBody."""
    if not queue.is_open and refusing.refused(queue, call, "SendMessage"):
        return
    sent = requests.sent(call.arguments, queue.settings)
    message = queue.make_by_hand(sent.kind, sent.body, sent.size, attributes=sent.attributes)
    queue.record("sent_by_hand", message.id, message.look << 6)
    store(queue, message, 0, sent.delay * SECOND, queue.kernel.now, 0)
    name = label(message.id, queue.run.scenario.prefixes)
    call.reply({"MessageId": name, "MD5OfMessageBody": receipts.digest(sent.text)})


def store(queue: "QueueNode", message: Message, flags: int, delay: Micros, sent: Micros, earlier: int) -> None:
    """Keep a message that was first `sent` then and received `earlier` times before; hide it for `delay`."""
    now = queue.kernel.now
    queue.numbered = number = queue.numbered + 1
    queue.entries[number] = entry = Entry(number, message, flags, sent, earlier)
    queue.ages.add(entry)
    if delay:
        entry.state = DELAYED
        queue.trace.append((now, "delayed", queue.index, message.id, now + delay))
        entry.deadline = queue.delays.set(now + delay, entry)
    else:
        queue.trace.append((now, "enqueued", queue.index, message.id))
        queue.visible.add(entry)
    over = sent + queue.retained
    if queue.next_expiry is None or over < queue.next_expiry[0]:
        retention.expire(queue)
    if queue.polls and not delay:
        receiving.serve(queue)
