"""The law of hubs: whoever wants a message gets a copy of it, at least once, and nobody else does.

What a subscription wants is asked of its policy by itself, for the message as it was published: not of what the topic
has compiled or remembers. What a copy comes to is followed for topics and buses alike; which rules of a bus match is
the business of `tests/patterns/test_event_bus_swarm.py`.
Source: SNS Developer Guide, "Amazon SNS message filtering"; EventBridge User Guide, "Amazon EventBridge targets" (at
least once).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from patterns.filters import matches_filter_policy
from simulator.engine.journal import Intervention
from simulator.engine.message import Message, MessageId, as_text
from simulator.engine.run import Run
from simulator.engine.trace import Record

HUBS = ("topic", "event_bus")

# What can become of a copy; the subscriptions that may get one; and what is published while a replay goes on.
BECOMES = ("delivered", "gave_up", "dead_lettered", "discarded")
READINESS = ("confirmed", "unconfirmed")
REPLAYS = ("replay_pending",)

# What a queue writes when a message has come to it, if only to say that it has it already.
ARRIVALS = ("enqueued", "delayed", "deduplicated")


class FanOut:
    """What the hubs of a run owe to whom, as far as records, messages and journal have been read.

    `copies` says for each copy over which link it goes, `ready` which subscriptions are confirmed, `replaying` which
    get what is published by a replay, later; `seen` counts what was checked, for whoever asks whether anything was.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.names = [node.pattern.name for node in run.scenario.nodes]
        self.messages: dict[MessageId, Message] = {}
        self.given: list[dict[str, Any]] = [dict(way.given) for way in run.scenario.links]
        self.lines = 0
        self.open: dict[tuple[int, MessageId], Counter[int]] = {}
        self.copies: dict[MessageId, int] = {}
        self.arrived: dict[tuple[int, MessageId], bool] = {}
        self.given_up: dict[MessageId, bool] = {}
        self.ready = {
            link.index: not getattr(link.target.settings, "needs_confirmation", False)
            for link in run.links
            if self.names[link.source.index] == "topic" and link.kind == "send"
        }
        self.replaying: dict[int, bool] = {}
        self.seen: Counter[str] = Counter()

    def read(self, records: Iterable[Record], messages: Iterable[Message], journal: Sequence[Intervention]) -> None:
        """Check what was recorded, in order; `messages` are those made meanwhile, `journal` is the run's whole one."""
        self.messages |= {message.id: message for message in messages}
        for record in records:
            _, kind, place, message, *values = record
            if kind == "changed":
                self._changed(values[0], journal)
            name = self.names[place] if place >= 0 else ""
            if name == "queue" and kind in ARRIVALS:
                self.arrived[place, message] = True
            elif name == "topic" and kind not in BECOMES:
                self._topic(record)
            elif name == "event_bus" and kind == "created":
                self.copies[message] = values[2]
            elif name in HUBS and message in self.copies:
                self._become(record)

    def _topic(self, record: Record) -> None:
        """A message is accepted, copied for some and kept from others, and then done with."""
        _, kind, place, message, *values = record
        if kind == "accepted":
            self.open[place, message] = Counter()
        elif kind == "created":
            cause, link = values
            assert self._wants(link, cause), f"{record}: a copy for a subscriber that does not want it"
            assert self.ready[link], f"{record}: a copy for a subscriber that has not confirmed"
            self.copies[message] = link
            if (place, cause) in self.open:
                self.open[place, cause][link] += 1
        elif kind == "filtered_out":
            assert not self._wants(values[0], message), f"{record}: the subscriber wants it"
            self.seen["filtered"] += 1
        elif kind == "fanned_out":
            self._close(record)
        elif kind in READINESS:
            self.ready[values[0]] = kind == "confirmed"
        elif kind in REPLAYS:
            self.replaying[values[0]] = True

    def _close(self, record: Record) -> None:
        """Every subscriber that wants the message has got one copy, unless a replay brings it or has ended there."""
        _, _, place, message, *_ = record
        made = self.open.pop((place, message))
        for link, ready in self.ready.items():
            if self.run.links[link].source.index != place:
                continue
            wanted = ready and self._wants(link, message)
            right = made[link] <= wanted if link in self.replaying else made[link] == wanted
            assert right, f"{record}: {self.run.links[link].id} wants {int(wanted)} copies and got {made[link]}"

    def _become(self, record: Record) -> None:
        """A copy is delivered only where it belongs, and ends otherwise only after it was given up."""
        _, kind, _, message, *values = record
        if kind == "delivered":
            target = self.run.links[values[0]].target.index
            assert values[0] == self.copies[message], f"{record}: a copy for another subscriber"
            if self.names[target] == "queue":
                assert (target, message) in self.arrived, f"{record}: it has not come to its queue"
            self.seen["delivered"] += 1
        elif kind == "gave_up":
            self.given_up[message] = True
        elif kind in ("dead_lettered", "discarded"):
            assert message in self.given_up, f"{record}: it was not given up"
            self.seen["given up"] += 1

    def _changed(self, target: str, journal: Sequence[Intervention]) -> None:
        """Read the journal up to the next change, which is this one; a policy can have changed with it."""
        while journal[self.lines].verb != "change":
            self.lines += 1
        line = journal[self.lines]
        assert line.target == target, f"{target} has changed, and the journal says {line}"
        self.lines += 1
        for link in self.run.links:
            if link.id == target:
                self.given[link.index] |= line.arguments

    def _wants(self, link: int, message: MessageId) -> bool:
        """Whether a subscription's policy lets this message through."""
        policy, published = self.given[link].get("FilterPolicy"), self.messages[message]
        if policy is None:
            return True
        if self.given[link].get("FilterPolicyScope") == "MessageBody":
            return matches_filter_policy(policy, body=as_text(published.body))
        return matches_filter_policy(policy, attributes=_typed(published.attributes or {}))


def _typed(attributes: dict[str, Any]) -> dict[str, Any]:
    """Plain values as SNS takes them."""
    kinds = {str: "String", int: "Number", float: "Number", list: "String.Array"}
    return {
        name: {"Type": kinds[type(value)], "Value": value if isinstance(value, str) else as_text(value)}
        for name, value in attributes.items()
    }
