"""Guarantees: what a messaging system may promise, checked on the trace: each holds, or names the record that broke it.

A guarantee is judged by what happened, not by what a service promises: a standard queue breaks some of them, rightly,
and the sentence says so. Only the first record that breaks a guarantee is kept.

A loss is the bad end of the last copy of a message whose work was not done; what a link lost counts as lost once its
sender would have noticed (a sender that listens has a copy). Order is that of first and repeated effects until the
message is deleted, for each group of a channel, and for all messages without a group together.

Exact, as long as at most MOST messages are on their way: beyond that the oldest are forgotten, and what is not known is
not held against anybody. Bounded: a copy of a message that was settled meanwhile is recognised among the last MOST_MET
receives, and what is rare among the last MOST_RARE of its sort. What is settled is forgotten, so that the state is as
large as what the channels hold, and a run may go on for hours.
Source: DESIGN, section 3, "guarantee"; SQS Developer Guide, "Amazon SQS at-least-once delivery", "FIFO delivery logic".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from simulator.engine.clock import Micros
from simulator.engine.link import PATIENCE
from simulator.engine.message import MessageId
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Record
from simulator.folds.kinds import asks_for_messages
from simulator.folds.meanings import acts
from simulator.folds.narration import LONGEST_VALUE, Narrator, shortened
from simulator.folds.order import Name, Order

TITLES: Mapping[str, str] = {
    "no_loss": "No loss",
    "at_least_once": "At least once",
    "no_duplicates": "No duplicates",
    "group_order": "Order per group",
    "exactly_once_effect": "Exactly-once effect",
    "max_receives": "Limit of receives",
}

# Messages that are remembered while they are on their way through channels and consumers, at most.
MOST = 300_000

# Receives among which a second copy of a message is recognised.
MOST_MET = 2_000

# Messages that are remembered for something rare (received by hand, deleted too early, lost, given back), at most.
MOST_RARE = 2_000

# key, title, "holds" | "broken" | "n/a", time or None, message or 0, node or -1, sentence
Row = list[Any]

# time, message, node, sentence of what broke a guarantee
Break = tuple[Micros, MessageId, int, str]

# The kind of record in which a link loses a message, which its sender may have another copy of.
LOST = "lost"

_LIMIT = re.compile(r"\bmaxReceiveCount = (\d+)")


class Guarantees:
    """The guarantees of one run. It can be pickled at any time and goes on as if it had not been.

    What it says depends on the records alone, not on how many of them were added at once.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._narrator = Narrator(scenario)
        self._allowed = [dict(node.pattern.allows(node.settings)) for node in scenario.nodes]
        self._asks = [asks_for_messages(node) for node in scenario.nodes]
        dead = [link.target for link in scenario.links if link.kind.draw == "dead"]
        self._dead = [index in dead for index in range(len(scenario.nodes))]
        self._limits: dict[int, int] = {}
        self._limited_by: dict[str, int] = {}
        for link in scenario.links:
            limit = getattr(link.settings, "maxReceiveCount", 0)
            if limit:
                self._limits[link.source] = limit
                self._limited_by[link.id] = link.source
        self._acts = acts(scenario)
        self._broken: dict[str, Break] = {}
        self._begun = False
        self._doubtful = False
        self._received = self._processed = self._settled = 0
        self._ordered: dict[int, int] = {}
        self._disordered: dict[int, None] = {}
        # Where a message that is still on its way was processed; where one was deleted that was not, and whether that
        # was the last copy; and those whose delete needs no work: a person had received them, or they are second
        # copies of what was processed.
        self._done: dict[MessageId, int] = {}
        self._undone: dict[MessageId, tuple[int, bool]] = {}
        self._excused: dict[MessageId, None] = {}
        self._again: dict[MessageId, None] = {}
        self._effects: dict[MessageId, int] = {}
        self._lost: dict[MessageId, Break] = {}
        self._ended: MessageId = 0
        self._met: dict[Any, None] = {}
        self._dead_receives: dict[MessageId, int] = {}
        self._order = Order()
        self._copies: dict[MessageId, int] = {}
        self._gone: dict[MessageId, None] = {}
        self._why: dict[MessageId, str] = {}

    def add(self, records: list[Record]) -> None:
        """Take in records, in order."""
        meant, means = self._acts, self._meanings()
        for record in records:
            of_node = meant.get(record[1])
            if of_node is not None:
                act = of_node[record[2]]
                if act is not None:
                    means[act[0]](record, act[1], act[2])
        if self._lost and records:
            self._give_up_on_lost(records[-1][0])

    def rows(self) -> list[Row]:
        """The guarantees as pages get them: [key, title, state, time, message, node, sentence]."""
        rows: list[Row] = []
        for key, title in TITLES.items():
            broken = self._broken.get(key)
            if broken is not None:
                time, message, node, sentence = broken
                if key == "group_order":
                    sentence += self._others_in_order()
                rows.append([key, title, "broken", time, message, node, sentence])
            else:
                judged, sentence = self._verdict(key)
                rows.append([key, title, "holds" if judged else "n/a", None, 0, -1, sentence])
        return rows

    def _meanings(self) -> tuple[Callable[[Record, int, int], None], ...]:
        """What to do with a record, by what it means (simulator/folds/meanings.py), in the order of the meanings."""
        return (
            self._is_copied,
            self._enters,
            self._is_received,
            self._is_taken,
            self._is_processed,
            self._is_skipped,
            self._is_stored,
            self._fails,
            self._is_settled,
            self._is_discarded,
            self._is_doubled,
            self._comes_back,
            self._is_changed,
            self._is_passed_on,
        )

    # What happens to a message, in the order in which it meets it.

    def _is_copied(self, record: Record, _: int, __: int) -> None:
        """There is one more copy of a message that exists, or did exist until it was lost."""
        message = record[3]
        if "no_duplicates" not in self._broken:
            line = self._narrator.narrate(record)
            _remember(self._why, message, line[4] if line is not None else "there was a second copy of it.")
        if message in self._done or (message == self._ended and message not in self._undone):
            _remember(self._excused, message, None)
        if message in self._gone:
            del self._gone[message]
            self._lost.pop(message, None)
        elif message != self._ended:
            self._copies[message] = self._copies.get(message, 0) + 1

    def _enters(self, record: Record, group_at: int, _: int) -> None:
        """A channel stores a message: that is its place in the order of its group."""
        self._begun = True
        if record[2] not in self._disordered:
            group = record[group_at] if 0 < group_at < len(record) else ""
            self._order.enter(record[3], record[2], group or "")

    def _is_received(self, record: Record, attempt_at: int, to_at: int) -> None:
        message, node, attempt = record[3], record[2], record[attempt_at]
        self._received += 1
        if self._dead[node]:
            # A dead letter keeps count of what it went through before: here only this queue's own receives matter.
            attempt = self._dead_receives[message] = self._dead_receives.get(message, 0) + 1
        if record[to_at] < 0:
            _remember(self._excused, message, None)
        if attempt > 1:
            _remember(self._again, message, None)
        if "no_duplicates" not in self._broken:
            if attempt > 1:
                self._received_again(record, attempt)
            elif not self._dead[node]:
                self._meet(message, record)
        limit = self._limits.get(node, 0)
        if limit and attempt > limit:
            times = f"{_times(attempt)}, and {self._title(node)} allows {limit}"
            self._break("max_receives", record, node, f"{self._label(record)} is received {times}.")

    def _is_taken(self, record: Record, _: int, __: int) -> None:
        """A consumer takes a message that was pushed to it."""
        self._begun = True
        self._received += 1
        if "no_duplicates" not in self._broken:
            self._meet((record[2], record[3]), record)

    def _is_processed(self, record: Record, _: int, __: int) -> None:
        message, node = record[3], record[2]
        self._processed += 1
        before = self._done.get(message)
        if before is None and self._effects:
            before = self._effects.get(message)
        if before is not None and before != node:
            where = f"by {self._title(before)} and again by {self._title(node)}"
            self._break("exactly_once_effect", record, node, f"{self._label(record)} has taken effect twice: {where}.")
        self._done[message] = node
        if len(self._done) > MOST:
            del self._done[next(iter(self._done))]
            self._doubtful = True
        channel = self._order.channel_of(message)
        if channel >= 0:
            self._ordered[channel] = self._ordered.get(channel, 0) + 1
            overtaken = self._order.act(message, node)
            if overtaken is not None:
                self._came_late(record, *overtaken)
        if self._undone:
            self._make_up_for(message)

    def _is_skipped(self, record: Record, _: int, __: int) -> None:
        """A consumer recognises what it has done before."""
        self._done[record[3]] = record[2]
        self._make_up_for(record[3])

    def _make_up_for(self, message: MessageId) -> None:
        """A message that was deleted too early has been processed after all."""
        undone = self._undone.pop(message, None)
        if undone is not None and undone[1]:
            self._forget(message)

    def _fails(self, record: Record, _: int, __: int) -> None:
        """Work was in vain; where the message had been deleted before, nobody will ever do it."""
        undone = self._undone.get(record[3]) if self._undone else None
        if undone is not None and undone[1]:
            self._is_never_done(record)
            self._forget(record[3])

    def _is_stored(self, record: Record, _: int, __: int) -> None:
        """What a store has written has taken effect, and is done with."""
        self._is_processed(record, 0, 0)
        self._is_settled(record, 0, 0)

    def _is_settled(self, record: Record, _: int, __: int) -> None:
        message = self._ended = record[3]
        self._settled += 1
        if message in self._done or message in self._excused or self._doubtful:
            self._forget(message)
            return
        last = message not in self._copies
        self._undone[message] = record[2], last
        if not last:
            self._forget(message)
        if len(self._undone) > MOST:
            oldest = next(iter(self._undone))
            del self._undone[oldest]
            self._forget(oldest)

    def _is_discarded(self, record: Record, loss: int, _: int) -> None:
        """A copy ends: that is a loss where it is the last one, nobody asked for it, and its work was not done."""
        message = self._ended = record[3]
        self._begun = True
        if message not in self._copies:
            _remember(self._gone, message, None)
            if loss and message not in self._done and "no_loss" not in self._broken:
                line = self._narrator.narrate(record)
                what = record[0], message, record[2], line[4] if line is not None else record[1]
                if record[1] == LOST:
                    _remember(self._lost, message, what)
                else:
                    self._broken["no_loss"] = what
            if message in self._undone:
                self._is_never_done(record)
        self._forget(message)

    def _is_passed_on(self, record: Record, _: int, __: int) -> None:
        """A channel has made its copies of a message, as many as wanted one: from here on they are what is judged."""
        self._begun = True
        self._ended = record[3]
        self._forget(record[3])

    def _is_doubled(self, record: Record, _: int, __: int) -> None:
        if "exactly_once_effect" not in self._broken:
            line = self._narrator.narrate(record)
            self._break("exactly_once_effect", record, record[2], line[4] if line is not None else record[1])

    def _comes_back(self, record: Record, reason_at: int, _: int) -> None:
        """A message can be received again: the reason will be that of a second receive."""
        if "no_duplicates" not in self._broken:
            reason = f"{record[reason_at]}." if reason_at else "it was given back."
            _remember(self._why, record[3], reason)

    def _is_changed(self, record: Record, target_at: int, how_at: int) -> None:
        """Somebody has changed settings, maybe the limit of a dead-letter link."""
        node = self._limited_by.get(record[target_at])
        limit = _LIMIT.search(record[how_at]) if node is not None else None
        if node is not None and limit is not None:
            self._limits[node] = int(limit[1])

    # What breaks a guarantee.

    def _is_never_done(self, record: Record) -> None:
        """The work on a message that was deleted before is not going to be done."""
        node, _ = self._undone.pop(record[3])
        line = self._narrator.narrate(record)
        so = f" And then: {line[4]}" if line is not None else ""
        sentence = f"{self._title(node)} deleted {self._label(record)} before it was processed.{so}"
        self._break("at_least_once", record, record[2], sentence)

    def _give_up_on_lost(self, now: Micros) -> None:
        """What the network lost is gone for good once a sender that listens would have noticed: it has a copy."""
        first = next((what for what in self._lost.values() if what[0] + PATIENCE < now), None)
        if first is not None:
            self._broken["no_loss"] = min(first, self._broken.get("no_loss", first))
            self._lost.clear()

    def _meet(self, key: Any, record: Record) -> None:
        """Somebody gets a message for the first time, unless this is a second copy of it."""
        met = self._met
        if key in met:
            self._received_again(record, 0)
            return
        met[key] = None
        if len(met) > MOST_MET + MOST_MET // 4:
            self._met = dict.fromkeys(list(met)[-MOST_MET:])

    def _received_again(self, record: Record, attempt: int) -> None:
        why = self._why.get(record[3], "there was a second copy of it.")
        allowed = self._allowed[record[2]].get("no_duplicates", "")
        if self._asks[record[2]]:
            said = f"{self._title(record[2])} gets {self._label(record)} once more"
        else:
            said = f"{self._title(record[2])} hands out {self._label(record)} once more"
        said = f"{said} (attempt {attempt})" if attempt else said
        self._break("no_duplicates", record, record[2], f"{said}: {why} {allowed}".rstrip())
        self._met.clear()
        self._why.clear()

    def _came_late(self, record: Record, group: Name, other: MessageId) -> None:
        channel, name = group
        title, label = self._title(channel), self._label(record)
        order = f"in group {shortened(name, LONGEST_VALUE)}" if name else "none of the two has a group"
        said = f"{self._title(record[2])} is done with {label} after {self._narrator.label(other)}"
        allowed = self._allowed[channel].get("group_order", "")
        sentence = f"{said}, although {label} came to {title} first ({order}). {allowed}".rstrip()
        self._break("group_order", record, record[2], sentence)
        self._order.drop(channel)
        self._disordered[channel] = None

    def _others_in_order(self) -> str:
        """Which channels have kept their order when another has not."""
        kept = [self._title(channel) for channel in self._ordered if channel not in self._disordered]
        return f" {' and '.join(kept)} kept the order of every group so far." if kept else ""

    def _break(self, key: str, record: Record, node: int, sentence: str) -> None:
        """The first record that breaks a guarantee is the one that counts."""
        self._broken.setdefault(key, (record[0], record[3], node, sentence))

    def _verdict(self, key: str) -> tuple[bool, str]:
        """Whether an unbroken guarantee has been put to the test, and what to say of it."""
        if key == "no_loss":
            begun = self._begun or bool(self._received or self._processed or self._settled)
            return begun, "Nothing has been lost." if begun else "Nothing has arrived anywhere yet."
        if key == "at_least_once":
            said = f"{_count(self._settled, 'message')} settled, none of them unprocessed."
            return bool(self._settled), said if self._settled else "Nothing has been settled yet."
        if key == "no_duplicates":
            said = f"{_count(self._received, 'receive')}, none of a message that had been received before."
            return bool(self._received), said if self._received else "Nothing has been received yet."
        if key == "group_order":
            said = f"{_count(sum(self._ordered.values()), 'message')} processed in the order in which they came."
            return bool(self._ordered), said if self._ordered else "Nothing from a queue has been processed yet."
        if key == "exactly_once_effect":
            said = f"{_count(self._processed, 'effect')}, none of them twice."
            return bool(self._processed), said if self._processed else "Nothing has been processed yet."
        if not self._limits:
            return False, "No queue here has a dead-letter queue, so none has a limit."
        limits = ", ".join(f"{self._title(node)} {limit}" for node, limit in self._limits.items())
        said = f"No message was received more often than allowed ({limits})."
        return bool(self._received), said if self._received else f"Nothing has been received yet (allowed: {limits})."

    def _forget(self, message: MessageId) -> None:
        """A copy has come to its end; with the last one goes what was remembered of the message."""
        copies = self._copies.get(message) if self._copies else None
        if copies is not None:
            if copies > 1:
                self._copies[message] = copies - 1
            else:
                del self._copies[message]
            return
        done = self._done.pop(message, None)
        if self._again and message in self._again and done is not None:
            _remember(self._effects, message, done)
        self._order.leave(message)
        for rare in (self._excused, self._again, self._why, self._dead_receives):
            if rare:
                rare.pop(message, None)

    def _label(self, record: Record) -> str:
        return self._narrator.label(record[3])

    def _title(self, node: int) -> str:
        return self._narrator.title(node)


def _remember(memory: dict[MessageId, Any], message: MessageId, what: Any) -> None:
    memory[message] = what
    if len(memory) > MOST_RARE:
        del memory[next(iter(memory))]


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
