"""A standard queue: it stores messages, lends each to one consumer at a time, and forgets it once that one deletes it.

Nothing is handed over for good: a received message stays here, hidden, until it is deleted or its visibility timeout
brings it back. That one rule makes delivery at least once, and everything a queue is known for follows from it.
Source: SQS Developer Guide, "Amazon SQS standard queues", "Amazon SQS visibility timeout" and "Using dead-letter queues
in Amazon SQS".
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from patterns.queue import receipts, requests
from patterns.queue.attributes import arn, attributes_of, settings_with
from patterns.queue.config import IN_FLIGHT_QUOTA, LONGEST_VISIBILITY, DeadLetterSettings, Limit
from patterns.queue.deadlines import Deadlines
from patterns.queue.pending import Move, Poll
from patterns.queue.receipts import MOVED
from patterns.queue.stock import DELAYED, GONE, IN_FLIGHT, VISIBLE, ByAge, Entry
from patterns.queue.throttle import Throttle
from patterns.queue.view import caption_of, view_of
from simulator.engine.clock import MINUTE, SECOND, Micros, words
from simulator.engine.errors import ServiceError
from simulator.engine.faults import Nothing
from simulator.engine.message import POISON, RETRIED, Message, MessageId, label
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.polling import Delivery

if TYPE_CHECKING:
    from simulator.engine.kernel import Timer
    from simulator.engine.link import Link

# How long a message that could not be moved to its dead-letter queue is hidden before the next attempt.
MOVE_AGAIN: Micros = 10 * SECOND

PURGE_PAUSE: Micros = MINUTE

# Making a named tuple by name costs a call of Python more.
_new = tuple.__new__


class QueueNode(Node):
    """One standard queue, or one dead-letter queue: the same thing with a dead-letter link coming in."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.entries: dict[int, Entry] = {}
        self.visible = ByAge(VISIBLE)
        self.in_flight = Deadlines(self.kernel, self._comes_back)
        self.delays = Deadlines(self.kernel, self._delay_is_over)
        self.dead_link: Link | None = None
        self.dead = False
        self.modified: Micros = 0
        self.caption: list[str] = []
        self._ages = ByAge(DELAYED)
        self._next_expiry: Timer | None = None
        self._polls: deque[Poll] = deque()
        self._waits = Deadlines(self.kernel, self._wait_is_over)
        self._numbered = 0
        self._purged: Micros | None = None
        self._throttle: Throttle | None = None
        self._unavailable = False
        self._open = True
        self._derive()

    def start(self) -> None:
        self.dead_link = next((link for link in self.outs if link.kind == "dead"), None)
        self.dead = any(link.kind == "dead" for link in self.ins)
        self.caption = caption_of(self)

    @property
    def limit(self) -> int:
        """How often a message may be received before it is moved, or 0 when it never is."""
        settings = self.dead_link.settings if self.dead_link is not None else None
        return settings.maxReceiveCount if isinstance(settings, DeadLetterSettings) else 0

    # A message comes.

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        if not self._open or message.size > self._largest:
            error = requests.too_large(self._largest) if message.size > self._largest else self._objection()
            if error is not None:
                self._turn_away(message, call, error)
                return
        moved = message.attributes.get(MOVED) if self.dead and message.attributes else None
        if moved is None:
            self._store(message, flags, self._delay, self.kernel.now, 0)
        else:
            self._store(message, flags, 0, moved["sent"], moved["receives"])
        if call is not None:
            call.reply(None)

    def send_message(self, call: Call) -> None:
        """A person sends. Answers with MessageId and MD5OfMessageBody."""
        if not self._open and self._refused(call, "SendMessage"):
            return
        sent = requests.sent(call.arguments, self.settings)
        message = self.make_by_hand(sent.kind, sent.body, sent.size, attributes=sent.attributes)
        self.record("sent_by_hand", message.id, message.look << 6)
        self._store(message, 0, sent.delay * SECOND, self.kernel.now, 0)
        name = label(message.id, self.run.scenario.prefixes)
        call.reply({"MessageId": name, "MD5OfMessageBody": receipts.digest(sent.text)})

    # A message is received.

    def receive_message(self, call: Call) -> None:
        """Hand out up to MaxNumberOfMessages, oldest first, at once or as soon as one is there within WaitTimeSeconds.

        A link is answered by a list of Delivery, a person in the service's shape. Each delivery hides its message and
        has a fresh receipt handle. At the in-flight quota a short poll fails with OverLimit, and a long poll waits.
        Source: SQS API Reference, ReceiveMessage; SQS Developer Guide, "Amazon SQS short and long polling".
        """
        if (call.then is None and call.link is not None) or (not self._open and self._refused(call, "ReceiveMessage")):
            return  # whoever asked has hung up, or is refused
        arguments, settings = call.arguments, self.settings
        most, wait, seconds = arguments.MaxNumberOfMessages, arguments.WaitTimeSeconds, arguments.VisibilityTimeout
        if wait is None:
            wait = settings.ReceiveMessageWaitTimeSeconds
        if seconds is None:
            seconds = settings.VisibilityTimeout
        if not (1 <= most <= 10 and 0 <= wait <= 20 and 0 <= seconds <= LONGEST_VISIBILITY):
            call.fail(requests.receive_problem(most, wait, seconds) or requests.visibility_problem(seconds))
            return
        timeout = seconds * SECOND
        if self.visible.count and self._hand_out(call, most, timeout):
            return
        if self.visible.count and not wait:
            call.fail(requests.OVER_LIMIT)
            return
        now = self.kernel.now
        poll = Poll(call, most, timeout, now)
        if wait:
            poll.over = self._waits.set(now + wait * SECOND, poll)
            self._polls.append(poll)
        else:
            self._wait_is_over(poll)

    # A message is done with.

    def delete_message(self, call: Call) -> None:
        """Forget a message. With the handle of an earlier receive the call succeeds, and the message stays.

        Source: SQS API Reference, DeleteMessage: with an old handle "the message might not be deleted".
        """
        if not self._open and self._refused(call, "DeleteMessage"):
            return
        handle = call.arguments.ReceiptHandle
        if handle.__class__ is not tuple:
            handle = self._handle(handle)
            if handle is None:
                call.fail(requests.invalid_handle(call.arguments.ReceiptHandle))
                return
        number, attempt, message = handle
        entry = self.entries.get(number)
        if entry is None:
            self.record("delete_repeated", message)
        elif entry.receives != attempt:
            self.record(
                "delete_missed",
                message,
                f"it has the receipt handle of attempt {attempt}, and attempt {entry.receives} has begun",
            )
        else:
            self._remove(entry)
            now = self.kernel.now
            self.trace.append((now, "deleted", self.index, message, entry.earlier + attempt, now - entry.sent))
            if self._polls and self.visible.count:
                self._serve()
        if call.then is not None or call.link is None:
            call.reply(None)

    def change_message_visibility(self, call: Call) -> None:
        """Hide a message in flight for VisibilityTimeout seconds from now on; 0 gives it back at once.

        Source: SQS API Reference, ChangeMessageVisibility: twelve hours in all since the receive.
        """
        if not self._open and self._refused(call, "ChangeMessageVisibility"):
            return
        seconds, given = call.arguments.VisibilityTimeout, call.arguments.ReceiptHandle
        handle = given if given.__class__ is tuple else self._handle(given)
        if handle is None:
            call.fail(requests.invalid_handle(given))
            return
        entry, now = self.entries.get(handle[0]), self.kernel.now
        if not 0 <= seconds <= LONGEST_VISIBILITY:
            call.fail(requests.visibility_problem(seconds))
        elif entry is None or entry.receives != handle[1]:
            call.fail(requests.not_available(receipts.shown(handle)))
        elif entry.state != IN_FLIGHT:
            call.fail(requests.NOT_IN_FLIGHT)
        elif now + seconds * SECOND > entry.since + LONGEST_VISIBILITY * SECOND:
            call.fail(requests.beyond_total(seconds))
        else:
            self.in_flight.cancel(entry.deadline)
            if seconds:
                entry.deadline = self.in_flight.set(now + seconds * SECOND, entry)
                self.record("extended", entry.message.id, entry.deadline[0])
            else:
                entry.state = VISIBLE
                self.visible.add(entry)
                self.record("released", entry.message.id, entry.earlier + entry.receives)
                self._serve()
            call.reply(None)

    def purge_queue(self, call: Call) -> None:
        """Discard everything, also what is in flight; at most once in 60 s. Source: SQS API Reference, PurgeQueue."""
        if not self._open and self._refused(call, "PurgeQueue"):
            return
        if self._purged is not None and self.kernel.now - self._purged < PURGE_PAUSE:
            raise requests.purge_in_progress(self.id)
        self._purged = self.kernel.now
        for entry in self.entries.values():
            entry.state = GONE
            self.record("purged", entry.message.id)
        self.entries.clear()
        self.visible, self._ages = ByAge(VISIBLE), ByAge(DELAYED)
        self.in_flight.clear()
        self.delays.clear()
        call.reply(None)

    # Attributes and settings.

    def get_queue_attributes(self, call: Call) -> None:
        if self._open or not self._refused(call, "GetQueueAttributes"):
            call.reply({"Attributes": attributes_of(self, call.arguments.AttributeNames)})

    def set_queue_attributes(self, call: Call) -> None:
        if self._open or not self._refused(call, "SetQueueAttributes"):
            settings = settings_with(self.settings, call.arguments.Attributes)
            how = ", ".join(f"{name} = {value}" for name, value in call.arguments.Attributes.items())
            self.record("attributes_set", 0, how)
            self.run.reconfigure(self, {name: getattr(settings, name) for name in call.arguments.Attributes})
            call.reply(None)

    def change(self, settings: Any) -> None:
        retained = self._retained
        self.settings = settings
        self.modified = self.kernel.now
        self._derive()
        self.caption = caption_of(self)
        if self._retained != retained:
            self._expire()

    # Faults.

    def set_unavailable(self, nothing: Nothing | None) -> None:
        """Answer nothing but errors; receives that wait get one at once."""
        self._unavailable = nothing is not None
        self._open = not self._unavailable and self._throttle is None
        if self._unavailable:
            for poll in self._polls:
                if not poll.call.done:
                    self._waits.cancel(poll.over)
                    self._reject(poll.call, "ReceiveMessage", requests.UNAVAILABLE)
            self._polls.clear()

    def set_throttle(self, limit: Limit | None) -> None:
        """Answer only so many requests a second."""
        self._throttle = Throttle(limit.per_second) if limit else None
        self._open = not self._unavailable and self._throttle is None

    # What others see.

    def view(self) -> dict[str, Any]:
        return view_of(self)

    def gauges(self) -> dict[str, float | None]:
        oldest = self.visible.first(1)
        return {
            "waiting": self.visible.count,
            "inflight": len(self.in_flight),
            "age": (self.kernel.now - oldest[0].sent) / SECOND if oldest else 0.0,
        }

    def held(self) -> Iterator[MessageId]:
        return (entry.message.id for entry in self.entries.values())

    # The insides.

    def _store(self, message: Message, flags: int, delay: Micros, sent: Micros, earlier: int) -> None:
        now = self.kernel.now
        self._numbered = number = self._numbered + 1
        self.entries[number] = entry = Entry(number, message, flags, sent, earlier)
        self._ages.add(entry)
        if delay:
            entry.state = DELAYED
            self.trace.append((now, "delayed", self.index, message.id, now + delay))
            entry.deadline = self.delays.set(now + delay, entry)
        else:
            self.trace.append((now, "enqueued", self.index, message.id))
            self.visible.add(entry)
        over = sent + self._retained
        if self._next_expiry is None or over < self._next_expiry[0]:
            self._expire()
        if self._polls and not delay:
            self._serve()

    def _serve(self) -> None:
        """Hand what is visible to the receives that wait, the longest waiting first."""
        polls = self._polls
        while polls and self.visible.count:
            poll = polls.popleft()
            call = poll.call
            if call.done:
                continue
            if not call.listening or self._hand_out(call, poll.most, poll.timeout):
                self._waits.cancel(poll.over)
            else:
                polls.appendleft(poll)
                if self.visible.count:  # the in-flight quota is reached
                    return

    def _hand_out(self, call: Call, most: int, timeout: Micros) -> bool:
        """Answer a receive with up to `most` messages; False, and no answer, if none can be handed out.

        A message whose receives are used up is moved to the dead-letter queue instead of being received once more.
        """
        visible, in_flight = self.visible, self.in_flight
        now, link, write, index = self.kernel.now, call.link, self.trace.append, self.index
        holder = link.target.index if link is not None and call.back else _asker(call)
        limit = self.limit if self.dead_link is not None else 0
        until = now + timeout
        given: list[Any] = []
        carried = []
        if len(self.entries) > IN_FLIGHT_QUOTA - most:
            most = min(most, IN_FLIGHT_QUOTA - len(in_flight))
        poison = self.run.poison
        while visible.count and len(given) < most:
            entry = visible.take()
            if limit and entry.receives >= limit:
                self._give_up(entry)
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
                given.append(receipts.as_service_shows(entry, self.run.scenario.prefixes))
            else:
                given.append(_new(Delivery, (message, (entry.number, receives, message.id), attempt)))
                flags = entry.flags | RETRIED | poison.get(message.id, 0) if receives > 1 else entry.flags
                carried.append((message, flags))
        if given:
            call.reply({"Messages": given} if link is None else given, carried)
        return bool(given)

    def _wait_is_over(self, poll: Poll) -> None:
        """Nothing came while a receive waited."""
        call, polls, link = poll.call, self._polls, poll.call.link
        if call.listening:
            self.record("empty_receive", 0, _asker(call), self.kernel.now - poll.since)
        call.reply({"Messages": []} if link is None else [])
        while polls and polls[0].call.done:
            polls.popleft()

    def _comes_back(self, entry: Entry) -> None:
        """The visibility timeout passed."""
        reason = f"VisibilityTimeout of {words(entry.deadline[0] - entry.since)} passed without a delete"
        entry.state = VISIBLE
        self.visible.add(entry)
        self.record("redelivered", entry.message.id, reason, entry.earlier + entry.receives)
        if self._polls:
            self._serve()

    def _delay_is_over(self, entry: Entry) -> None:
        entry.state = VISIBLE
        self.visible.add(entry)
        self.record("visible", entry.message.id)
        if self._polls:
            self._serve()

    def _expire(self) -> None:
        """Drop what is too old, and set the one timer for what will be next: the oldest goes first."""
        if self._next_expiry is not None:
            self.kernel.cancel(self._next_expiry)
            self._next_expiry = None
        while self._ages.count:
            oldest = self._ages.first(1)[0]
            left = oldest.sent + self._retained - self.kernel.now
            if left > 0:
                self._next_expiry = self.kernel.after(left, self._expire)
                return
            self._remove(oldest)
            reason = f"MessageRetentionPeriod of {words(self._retained)} passed since it was sent"
            self.record("expired", oldest.message.id, reason)

    def _remove(self, entry: Entry) -> None:
        """It is in this queue no longer, whatever state it was in."""
        state, entry.state = entry.state, GONE
        if state == IN_FLIGHT:
            self.in_flight.cancel(entry.deadline)
        elif state == DELAYED:
            self.delays.cancel(entry.deadline)
        elif state == VISIBLE:
            self.visible.forget()
        self._ages.forget()
        del self.entries[entry.number]

    def _give_up(self, entry: Entry) -> None:
        """Move a message to the dead-letter queue, its age and its receives with it.

        Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS" (the enqueue time stays the original one).
        """
        link = self.dead_link
        assert link is not None, "a queue without a dead-letter link has no limit"
        entry.state = GONE
        self._ages.forget()
        del self.entries[entry.number]
        message, receives = entry.message, entry.earlier + entry.receives
        self.record("dead_lettered", message.id, receives, link.target.index)
        mark = {"from": arn(self.id), "sent": entry.sent, "receives": receives}
        link.send(
            message._replace(attributes={**(message.attributes or {}), MOVED: mark}),
            Move(self, entry).heard,
            entry.flags | POISON,
        )

    def take_back(self, entry: Entry, error: ServiceError) -> None:
        """The dead-letter queue did not take a message: keep it out of sight for a while, then try again."""
        assert self.dead_link is not None, "only a dead-letter link brings a message back"
        now = self.kernel.now
        again = Entry(entry.number, entry.message, entry.flags, entry.sent, entry.earlier)
        again.receives, again.first_received = entry.receives, entry.first_received
        again.state = DELAYED
        again.deadline = self.delays.set(now + MOVE_AGAIN, again)
        self.entries[again.number] = again
        self._ages.add(again)
        self.record("move_failed", entry.message.id, self.dead_link.target.index, error.code, again.deadline[0])
        self._expire()

    def _objection(self) -> ServiceError | None:
        """The error that a fault answers this request with, if it does."""
        if self._unavailable:
            return requests.UNAVAILABLE
        if self._throttle is not None and self._throttle.refuses(self.kernel.now):
            return requests.THROTTLED
        return None

    def _refused(self, call: Call, verb: str) -> bool:
        error = self._objection()
        if error is not None:
            self._reject(call, verb, error)
        return error is not None

    def _reject(self, call: Call, verb: str, error: ServiceError) -> None:
        if call.link is not None and call.listening:
            self.record("rejected", 0, verb, _asker(call), error.code)
        call.fail(error)

    def _turn_away(self, message: Message, call: Call | None, error: ServiceError) -> None:
        """Refuse a push: a sender that listens gets its message back, else the message ends here."""
        if call is not None:
            call.fail(error)
        else:
            self.record("turned_away", message.id, f"{error.code}: {error.message}")

    def _derive(self) -> None:
        self._delay: Micros = self.settings.DelaySeconds * SECOND
        self._largest: int = self.settings.MaximumMessageSize
        self._retained: Micros = self.settings.MessageRetentionPeriod * SECOND

    def _handle(self, given: Any) -> receipts.Handle | None:
        """The receipt handle of a request, or None when this queue never gave it."""
        handle = receipts.read(given) if isinstance(given, str) else None
        if handle is None or handle[0] > self._numbered:
            return None
        entry = self.entries.get(handle[0])
        return handle if entry is None or (entry.message.id == handle[2] and handle[1] <= entry.receives) else None


def _asker(call: Call) -> int:
    """The index of the node that asks, or -1 for a person."""
    if call.link is None:
        return -1
    return call.link.target.index if call.back else call.link.source.index
