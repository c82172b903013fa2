"""Publishing: a message comes to a topic, over a link or by hand, alone or in a batch, and goes to all who want it.

Whoever publishes is answered as soon as the message is stored, and never hears what becomes of it. A FIFO topic asks
for a group and an id under which a repetition is recognised, accepted and not delivered.
Source: SNS API Reference, Publish and PublishBatch; SNS Developer Guide, "Amazon SNS message filtering" and "Message
deduplication for FIFO topics".
"""

import re
from typing import TYPE_CHECKING, Any

from patterns.filters import message_fields
from patterns.topic import answers, archiving, published
from patterns.topic.config import ATTRIBUTES
from patterns.topic.delivery import Delivery
from patterns.topic.envelopes import Envelopes
from patterns.topic.published import Published
from patterns.topic.subscription import Flat, Subscription
from simulator.engine.deduplication import Original, sequence
from simulator.engine.errors import ServiceError
from simulator.engine.message import SERVICE, Message, MessageId, as_text, label
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.topic.node import Topic

MOST_ENTRIES = 10
MOST_RAW_ATTRIBUTES = 10

_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)

_ByScope = dict[str, Flat]


def accept(topic: "Topic", message: Message, call: Call | None, flags: int) -> None:
    """Take a message that a link brings, or turn it away."""
    if message.attributes and SERVICE in message.attributes:
        own = {name: value for name, value in message.attributes.items() if name != SERVICE}
        message = message._replace(attributes=own or None)
    attributes = published.typed(message.attributes)
    error = _objection(topic, message, attributes)
    if error is not None:
        turn_away(topic, message, call, error)
        return
    text = message.body if isinstance(message.body, str) else as_text(message.body)
    once(topic, Published(message, text, message.body, attributes, time=topic.kernel.now), flags)
    if call is not None:
        call.reply(None)


def publish(topic: "Topic", call: Call) -> None:
    """A person publishes. Answers with MessageId and, from a FIFO topic, SequenceNumber. Raises ServiceError."""
    refusal = fault(topic)
    if refusal is not None:
        raise refusal
    call.reply(_by_hand(topic, published.read(call.arguments, topic.settings)))


def publish_batch(topic: "Topic", call: Call) -> None:
    """A person publishes up to ten messages in one request; each is taken or refused by itself. Raises ServiceError."""
    entries = call.arguments.PublishBatchRequestEntries
    refusal = fault(topic) or _batch_problem([entry.Id for entry in entries])
    if refusal is not None:
        raise refusal
    total = sum(
        len(as_text(entry.Message).encode()) + published.size_of(published.typed(entry.MessageAttributes))
        for entry in entries
    )
    if total > topic.settings.MaximumMessageSize:
        raise answers.BATCH_TOO_LONG
    successful: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for entry in entries:
        try:
            successful.append({"Id": entry.Id, **_by_hand(topic, published.read(entry, topic.settings))})
        except ServiceError as error:
            topic.record("entry_failed", 0, error.code, error.message)
            ours = error.code in (answers.UNAVAILABLE.code, answers.THROTTLED.code)
            failed.append({"Id": entry.Id, "Code": error.code, "Message": error.message, "SenderFault": not ours})
    call.reply({"Successful": successful, "Failed": failed})


def once(topic: "Topic", given: Published, flags: int) -> Original | None:
    """Deliver a message to all who want it; in a FIFO topic only if it repeats none, else that one is returned."""
    message, now = given.message, given.time
    if topic.fifo:
        group = message.group or ""
        identifier = topic.window.identifier(_as_text(given), topic.settings.ContentBasedDeduplication) or ""
        original = topic.window.original(identifier, group, now)
        if original is not None:
            topic.deduplicated += 1
            topic.record("deduplicated", message.id, original.message)
            return original
        topic.numbered += 1
        topic.window.accept(identifier, group, now, message.id, topic.numbered)
        given = given._replace(message=message._replace(deduplication=identifier), number=topic.numbered)
    topic.published += 1
    topic.trace.append((now, "accepted", topic.index, message.id, message.group or ""))
    if message.generation >= topic.GENERATIONS:
        topic.record("looped", message.id, topic.GENERATIONS)
        topic.discarded += 1
        return None
    topic.latest = given
    archiving.keep(topic, given)
    fan_out(topic, given, flags)
    return None


def fan_out(topic: "Topic", given: Published, flags: int) -> None:
    """Make a copy for each subscription that wants it, and begin to deliver them, all at the same time."""
    message, index, trace, now = given.message, topic.index, topic.trace, topic.kernel.now
    flat: _ByScope = {}
    envelopes = Envelopes(topic, given)
    copies = []
    for subscription in topic.confirmed:
        if subscription.replay is not None and subscription.replay.takes_over(given):
            continue
        reason = objection_of(subscription, given, flat)
        if reason:
            trace.append((now, "filtered_out", index, message.id, subscription.link.index, reason))
            subscription.filtered += 1
            subscription.reason = reason
            subscription.reasoned = now
            topic.heap.append([message.id, message.look, flags, subscription.link.index, now])
        else:
            copies.append(copy(subscription, given, envelopes))
    trace.append((now, "fanned_out", index, message.id, len(copies)))
    for delivery in copies:
        deliver(delivery)
    for replay in topic.replays:
        replay.wake()


def objection_of(subscription: Subscription, given: Published, flat: _ByScope) -> str:
    """Why a subscription does not want a message; "" when it does. `flat`: the message, flattened, by scope."""
    wanted = subscription.filter
    if wanted is None:
        return ""
    scope = wanted.scope
    seen = flat.get(scope)
    if seen is None:
        seen = flat[scope] = Flat(message_fields(given.attributes if scope == ATTRIBUTES else given.body, scope))
    return wanted.objection(seen)


def copy(subscription: Subscription, given: Published, envelopes: Envelopes) -> Delivery:
    """The message as a subscription gets it, as one to be delivered."""
    topic, message = subscription.topic, given.message
    body, bytes_, attributes = envelopes.contents(subscription)
    group = message.group if topic.fifo or subscription.fair else None
    made = topic.copy_of(message, body, bytes_, attributes, group)
    topic.trace.append((topic.kernel.now, "created", topic.index, made.id, message.id, subscription.link.index))
    return Delivery(subscription, made, topic.kernel.now)


def deliver(delivery: Delivery) -> None:
    """Begin with a delivery; what the service itself can't hand over fails at once."""
    subscription, attributes = delivery.subscription, delivery.message.attributes
    if attributes and len(attributes) > MOST_RAW_ATTRIBUTES and subscription.protocol == "sqs":
        subscription.note(answers.TOO_MANY_ATTRIBUTES.code)
        delivery.give_up(answers.TOO_MANY_ATTRIBUTES, "")
    elif subscription.topic.fifo:
        subscription.lines.join(delivery)
    else:
        delivery.begin()


def fault(topic: "Topic") -> ServiceError | None:
    """The error that a fault answers any request with, if one does."""
    if topic.unavailable:
        return answers.UNAVAILABLE
    return answers.THROTTLED if topic.throttle is not None and topic.throttle.refuses(topic.kernel.now) else None


def turn_away(topic: "Topic", message: Message, call: Call | None, error: ServiceError) -> None:
    """Refuse a push: a sender that listens gets its message back, else the message ends here."""
    if call is not None:
        sender = call.link.source.index if call.link is not None else -1
        topic.record("refused_call", message.id, "Publish", sender, error.code, error.message)
        call.fail(error)
    else:
        topic.record("turned_away", message.id, f"{error.code}: {error.message}".rstrip("."))


def _objection(topic: "Topic", message: Message, attributes: published.Attributes) -> ServiceError | None:
    """Why a message that a link brings is not taken."""
    if topic.is_shut:
        refusal = fault(topic)
        if refusal is not None:
            return refusal
    settings = topic.settings
    if message.body is None or message.body == "":
        return answers.EMPTY
    if message.size > settings.MaximumMessageSize:
        return answers.TOO_LONG
    if topic.fifo or message.group is not None:
        problem = published.identity_problem(message.group, message.deduplication if topic.fifo else None, settings)
        if problem is not None:
            return problem
    if attributes:
        problem = published.attributes_problem(attributes)
        if problem is not None:
            return problem
    return answers.THROTTLED if topic.quota.refuses(topic.kernel.now, message.size) else None


def _by_hand(topic: "Topic", asked: published.Request) -> dict[str, Any]:
    """Make and publish one message that a person sends; the answer. Raises ServiceError beyond the quota."""
    if topic.quota.refuses(topic.kernel.now, asked.size):
        raise answers.THROTTLED
    message = topic.make_by_hand(
        asked.kind, asked.body, asked.size, attributes=asked.plain, group=asked.group, deduplication=asked.once
    )
    topic.record("sent_by_hand", message.id, message.look << 6)
    given = Published(
        message, asked.text, asked.body, asked.attributes, asked.subject, asked.parts, 0, topic.kernel.now
    )
    original = once(topic, given, 0)
    return _answer(topic, original.message if original else message.id, original.number if original else topic.numbered)


def _answer(topic: "Topic", message: MessageId, number: int) -> dict[str, Any]:
    told = {"MessageId": label(message, topic.run.scenario.prefixes)}
    return told | {"SequenceNumber": sequence(number)} if topic.fifo else told


def _as_text(given: Published) -> Message:
    """The message whose content is what was published, for its deduplication id."""
    return given.message if given.message.body is given.body else given.message._replace(body=given.text)


def _batch_problem(ids: list[str]) -> ServiceError | None:
    """What is wrong with a batch as a whole."""
    if not ids:
        return answers.NO_ENTRIES
    if len(ids) > MOST_ENTRIES:
        return answers.TOO_MANY
    if not all(_ENTRY_ID.fullmatch(one) for one in ids):
        return answers.ENTRY_ID
    return answers.NOT_DISTINCT if len(dict.fromkeys(ids)) < len(ids) else None
