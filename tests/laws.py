"""The laws of a run, checked against its trace: what must hold whatever the scenario and whatever was done to it.

`Laws` reads records as they come and is asked after every stretch whether run and records still agree.
"""

from collections import Counter
from collections.abc import Iterable

from simulator.engine.clock import Micros
from simulator.engine.message import MessageId
from simulator.engine.run import CORE_KINDS, Run
from simulator.engine.trace import Kind, Record

# What a record of a queue does to one copy there: from which state to which. Source: SQS Developer Guide, "Amazon SQS
# message lifecycle", and "Amazon SQS visibility timeout".
MOVES: dict[str, tuple[str, str]] = {
    "enqueued": ("", "waiting"),
    "delayed": ("", "hidden"),
    "visible": ("hidden", "waiting"),
    "received": ("waiting", "in flight"),
    "redelivered": ("in flight", "waiting"),
    "released": ("in flight", "waiting"),
    "dead_lettered": ("waiting", "moving"),
    "moved": ("waiting", ""),
    "seen_twice": ("", "waiting"),
    "copy_kept": ("", "waiting"),
    "move_failed": ("moving", "hidden"),
}

# In these states a copy is in the queue; one that is moving is on its way out of it.
THERE = ("waiting", "in flight", "hidden")

# These end a copy from whatever state it is in.
ENDS = ("deleted", "expired", "purged")

# Where in a record stands until when the copy stays as it is.
UNTIL = {"received": 5, "delayed": 4, "extended": 4, "received_again": 4, "move_failed": 6}


class Laws:
    """What the records so far say, of messages, of each node's custody, and of each queue's copies."""

    def __init__(self, run: Run) -> None:
        self.copies: Counter[MessageId] = Counter()
        self.holds: list[int] = [0] * len(run.nodes)
        self.kinds = [{kind.name: kind for kind in node.pattern.kinds} for node in run.scenario.nodes]
        self.queues = {place for place, node in enumerate(run.scenario.nodes) if node.pattern.name == "queue"}
        self.states: dict[tuple[int, MessageId], Counter[str]] = {}
        self.deadlines: dict[tuple[int, MessageId], Micros] = {}
        self.doubtful: dict[tuple[int, MessageId], bool] = {}
        self.latest: Micros = 0
        self.count = 0

    def read(self, records: Iterable[Record]) -> None:
        """Check each record by itself and against what came before."""
        for record in records:
            time, name, place, message = record[:4]
            kind = self._kind(place, name)
            assert time >= self.latest, f"time went back: {record}"
            assert len(record) - 4 == len(kind.fields), f"{record} does not have the fields of its kind: {kind.fields}"
            self.latest = time
            self.count += 1
            self.copies[message] += {"created": 1, "settled": -1, "discarded": -1}.get(kind.core, 0)
            if place >= 0:
                self.holds[place] += kind.holds
            if place in self.queues and message:
                self._move(record)

    def hold(self, run: Run) -> None:
        """Compare with the run itself: conservation of messages, custody of nodes, and what queues show."""
        told = +self.copies
        found = run.inventory()
        assert told == found, f"messages are not conserved: the trace says {told - found} more, the run {found - told}"
        assert min(self.copies.values(), default=0) >= 0, "a copy ended that was never made"
        custody = [sum(1 for _ in node.held()) for node in run.nodes]
        assert self.holds == custody, "what nodes hold is not what their records say"
        for place in sorted(self.queues):
            self._queue_holds(run, place)

    def _queue_holds(self, run: Run, place: int) -> None:
        """stored = visible + delayed + in flight (SQS Developer Guide, ApproximateNumberOfMessages…)."""
        total: Counter[str] = Counter()
        for (queue, _), states in self.states.items():
            if queue == place:
                total.update(states)
        view, name = run.nodes[place].view(), run.nodes[place].id
        shown = [view["waiting"], view["delayed"], view["inflight"]]
        told = [total["waiting"], total["hidden"], total["in flight"]]
        assert sum(shown) == sum(told), f"{name} shows {view}, and its records say {told}"
        if not any(queue == place for queue, _ in self.doubtful):
            assert shown == told, f"{name} shows {view}, and its records say {told}"
        assert len(view["head"]) <= 16 and len(view["shelf"]) <= 10

    def _kind(self, place: int, name: str) -> Kind:
        known = self.kinds[place] if place >= 0 else {}
        assert name in known or name in CORE_KINDS, f"nobody has declared the kind {name!r}"
        return known.get(name) or CORE_KINDS[name]

    def _move(self, record: Record) -> None:
        """Take one copy from state to state; a step from a state in which no copy is, is against the law.

        While a message is in flight nobody else receives it, a delayed one is not received before its time, and none is
        moved, deleted or expired twice. Where a queue has several copies of one message in several states, a record
        does not say which of them ends: then only their number is known, until the last is gone.
        """
        _, name, place, message = record[:4]
        key = place, message
        states = self.states.setdefault(key, Counter())
        before, after = self._step(name, states)
        if name in ENDS and sum(count > 0 for count in states.values()) > 1:
            self.doubtful[key] = True
        if before and states[before] < 1 and key in self.doubtful:
            before = next((state for state in THERE if states[state] > 0), before)
        if before:
            assert states[before] > 0, f"{record}: no copy was {before}; there were {dict(states)}"
            states[before] -= 1
        if after:
            states[after] += 1
        if sum(states.values()) == 1 and key not in self.doubtful:
            self._keep_time(record)
        else:
            self.deadlines.pop(key, None)
        if not sum(states.values()):
            del self.states[key]
            self.doubtful.pop(key, None)

    def _step(self, name: str, states: Counter[str]) -> tuple[str, str]:
        """From which state to which a record takes a copy; "" for no state, twice where it takes none anywhere."""
        if name in MOVES:
            return MOVES[name]
        if name not in ENDS:
            return "", ""
        there = [state for state in THERE if states[state] > 0]
        return (there or ["stored"])[0], ""

    def _keep_time(self, record: Record) -> None:
        """What is hidden until a time comes back exactly then."""
        time, name, place, message = record[:4]
        if name in UNTIL:
            self.deadlines[place, message] = record[UNTIL[name]]
        elif name in ("redelivered", "visible"):
            due = self.deadlines.pop((place, message), time)
            assert time == due, f"{record} came at {time}, and was due at {due}"
        elif name in ("released", "dead_lettered"):
            self.deadlines.pop((place, message), None)
