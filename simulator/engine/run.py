"""A run: one replication of a scenario. Scenario, seed and journal in; the trace out; nothing else, ever.

A run is a value. It can be pickled between any two actions, and what is restored goes on record for record like the
one that was never stopped: checkpoints, forks, recovery and shipping to other processes are all this one property.
"""

import pickle
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from simulator.engine import faults, link
from simulator.engine.clock import SECOND, Micros
from simulator.engine.document import LONGEST_FAULT, unfit
from simulator.engine.errors import Problem, Refused, ServiceError, problems_of
from simulator.engine.faults import Fault
from simulator.engine.journal import Intervention
from simulator.engine.kernel import Kernel, Timer
from simulator.engine.link import Link
from simulator.engine.message import POISON, MessageId, as_text
from simulator.engine.neighbourhood import new_problems
from simulator.engine.node import Node
from simulator.engine.operations import Arguments, Call
from simulator.engine.parameters import plain
from simulator.engine.pattern import Pattern
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Kind, Trace

KINDS = (
    Kind("intervened", "{verb} is called on {what}.", ("what:target", "verb"), "", "info", mark="you"),
    Kind("refused", "{what} refused {verb}: {code}: {reason}", ("what:target", "verb", "code", "reason"), "", "warn"),
    Kind("changed", "{what} is changed: {how}.", ("what:target", "how"), "", "info", mark="you"),
)

# Kinds of record that every run may hold, whatever its patterns.
CORE_KINDS = {kind.name: kind for kind in (*link.KINDS, *faults.KINDS, *KINDS)}

# The most that the arguments of one intervention may hold, in characters: SQS takes messages of 1 MiB, and the journal,
# which keeps them all, shall stay one that can be stored and sent on.
LARGEST_ARGUMENTS = 300_000

# Message types that get a colour of their own; all further ones share the last.
LOOKS = 32

# Messages known to be poison that are drawn so; of more than these the oldest are drawn plain again.
MOST_POISON = 10_000


@dataclass
class ActiveFault:
    """A fault in force until `until` (0: until somebody ends it)."""

    until: Micros
    timer: Timer | None


class Run:
    """One run. `advance` moves time, `intervene` is the only way in, `trace` the only way out."""

    def __init__(self, scenario: Scenario, seed: int | None = None, journal: Iterable[Intervention] = ()) -> None:
        self.scenario: Scenario = scenario
        self.seed = scenario.document.seed if seed is None else seed
        self.kernel = Kernel()
        self.trace = Trace()
        self.journal: list[Intervention] = []
        self.faults: dict[tuple[str, str], ActiveFault] = {}
        self._given = {way.id: dict(way.given) for way in scenario.links}
        self._given |= {placed.id: dict(placed.given) for placed in scenario.nodes}
        self._future: list[Intervention] = sorted(journal, key=lambda line: line.time)
        self.poison: dict[MessageId, int] = {}
        self._looks: dict[str, int] = {}
        self._by_hand = 0
        for kind in scenario.types:
            self.look(kind)
        self.nodes: list[Node] = [
            placed.pattern.Node(self, index, placed.id, placed.title, placed.settings)
            for index, placed in enumerate(scenario.nodes)
        ]
        self.links = [
            Link(self, index, way.id, way.kind.draw, self.nodes[way.source], self.nodes[way.target], way.settings)
            for index, way in enumerate(scenario.links)
        ]
        for way in self.links:
            way.source.outs.append(way)
            way.target.ins.append(way)
        for line in scenario.plan:
            self.kernel.after(line.time, self._happen, line)
        for node in self.nodes:
            node.start()

    @property
    def now(self) -> Micros:
        return self.kernel.now

    def in_calendar(self, time: Micros) -> Micros:
        """A moment of this run in the calendar, in Micros since 1970; `calendar.iso` writes it."""
        return self.scenario.begins + time

    @property
    def looks(self) -> list[str]:
        """Message types in the order of their colours."""
        return list(self._looks)

    def look(self, kind: str) -> int:
        """The colour number of a message type; a new type gets the next, as long as there are any."""
        if kind not in self._looks and len(self._looks) < LOOKS:
            self._looks[kind] = len(self._looks)
        return self._looks.get(kind, LOOKS - 1)

    def mark_poison(self, message: MessageId) -> None:
        """From now on the message is drawn as what it has shown itself to be; `poison` holds the flag of such ones."""
        self.poison[message] = POISON
        if len(self.poison) > MOST_POISON:
            del self.poison[next(iter(self.poison))]

    def next_by_hand(self) -> int:
        """The serial number of the next message that somebody sends by an operation."""
        self._by_hand += 1
        return self._by_hand

    def advance(self, until: Micros, limit: int = sys.maxsize) -> int:
        """Let everything happen up to and including `until`, at most `limit` actions; return how many.

        Lines of a journal given at the start are applied at their times. What goes wrong is a mistake of ours; it says
        in which run it can be seen again.
        """
        done = 0
        try:
            while self._future and self._future[0].time <= until:
                done += self.kernel.run(self._future[0].time, limit - done)
                if done >= limit:
                    return done
                self._apply(self._future[0])
                del self._future[0]
            return done + self.kernel.run(until, limit - done)
        except Exception as mistake:
            mistake.add_note(
                f"in “{self.scenario.document.title}”, seed {self.seed}, at {self.now} µs, "
                f"after {len(self.journal)} lines of its journal"
            )
            raise

    @property
    def known_journal(self) -> list[Intervention]:
        """Every line there is: those that have happened, then those that will when the run comes to their times."""
        return self.journal + self._future

    def next_time(self) -> Micros | None:
        """When something will happen next, or None when nothing ever will."""
        pending = self.kernel.peek()
        if self._future and (pending is None or self._future[0].time < pending):
            return self._future[0].time
        return pending

    def intervene(self, target: str, verb: str, arguments: dict[str, Any] | None = None) -> Call | None:
        """Do something to a node or a link now, and write it in the journal.

        Returns the call of an operation (its `result` or `error` may still be to come), else None. Raises Refused, and
        changes nothing, when target, verb or arguments are wrong.
        """
        if self._future:
            raise Refused(
                [
                    Problem(
                        "",
                        "this is the past of a run that goes on later",
                        cure="Fork from here to change what happens.",
                    )
                ]
            )
        given = dict(arguments or {})
        problems = unfit(given, LARGEST_ARGUMENTS, "what was given")
        if problems:
            raise Refused(problems)
        self.kernel.run(self.now)
        intervention = Intervention(self.now, target, verb, given)
        call = self._perform(intervention)
        self.journal.append(intervention)
        return call

    def reconfigure(self, target: Node | Link, changes: dict[str, Any]) -> None:
        """Change settings of a node or link, as if they had been written so from the start. Raises Refused."""
        settings = _validated(type(target.settings), self._given[target.id] | changes)
        self._given[target.id] |= changes
        target.change(settings)
        if isinstance(target, Link):
            target.source.link_changed(target)

    def checkpoint(self) -> bytes:
        """The state as bytes, without scenario and journal, which `restore` is given again. Take the trace first."""
        scenario, journal, future = self.scenario, self.journal, self._future
        try:
            del self.scenario, self.journal, self._future
            return pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL)
        finally:
            self.scenario, self.journal, self._future = scenario, journal, future

    @staticmethod
    def restore(state: bytes, scenario: Scenario, journal: Sequence[Intervention], applied: int) -> "Run":
        """The run of a checkpoint: the first `applied` lines of the journal have happened, the others will."""
        run: Run = pickle.loads(state)  # noqa: S301 - written by `checkpoint` in this same process
        run.scenario = scenario
        run.journal = list(journal[:applied])
        run._future = list(journal[applied:])
        return run

    def __getstate__(self) -> tuple[list[Node | Link], list[dict[str, Any]], dict[str, Any]]:
        """Nodes and links, as references, with their states beside them, and all else.

        Flat, because pickle would otherwise follow a scenario from node to link to node until the stack is exhausted.
        """
        parts: list[Node | Link] = [*self.nodes, *self.links]
        rest = {name: value for name, value in vars(self).items() if name not in ("nodes", "links")}
        return parts, [vars(part) for part in parts], rest

    def __setstate__(self, state: tuple[list[Node | Link], list[dict[str, Any]], dict[str, Any]]) -> None:
        parts, states, rest = state
        for part, inside in zip(parts, states, strict=True):
            vars(part).update(inside)
        vars(self).update(rest)
        self.nodes = [part for part in parts if isinstance(part, Node)]
        self.links = [part for part in parts if isinstance(part, Link)]

    def inventory(self) -> Counter[MessageId]:
        """Every copy of a message in anybody's custody now, in nodes and on links."""
        copies: Counter[MessageId] = Counter()
        for node in self.nodes:
            copies.update(node.held())
        for timer in self.kernel.pending():
            owner = getattr(timer[2], "__self__", None)
            if isinstance(owner, Node) and timer[2].__name__ == "accept":
                copies[timer[3][0].id] += 1
            elif isinstance(owner, Link):
                copies.update(owner.custody(timer[2].__name__, timer[3]))
        return copies

    def find(self, identity: str) -> Node | Link | None:
        """The node or link with this id; nodes first."""
        everything: list[Node | Link] = [*self.nodes, *self.links]
        return next((one for one in everything if one.id == identity), None)

    def offered_faults(self, target: Node | Link) -> tuple[Fault, ...]:
        return faults.LINK_FAULTS if isinstance(target, Link) else self._pattern(target).faults

    def _pattern(self, node: Node) -> Pattern:
        return self.scenario.nodes[node.index].pattern

    def _apply(self, intervention: Intervention) -> None:
        self._perform(intervention)
        self.journal.append(intervention)

    def _prepared(self, intervention: Intervention) -> tuple[Node | Link, Any, Any]:
        """Target, what to do (operation, fault, fault to stop or settings model) and checked arguments, or Refused."""
        target, verb = self.find(intervention.target), intervention.verb
        if target is None:
            names = ", ".join([node.id for node in self.nodes] + [way.id for way in self.links])
            raise Refused(
                [Problem("target", f"is {intervention.target!r}", names, "Name a node or a link of this run.")]
            )
        if verb == "change":
            settings = _validated(type(target.settings), self._given[target.id] | intervention.arguments)
            objections = (
                target.objections(settings)
                if isinstance(target, Node)
                else target.source.objections_to_link(target, settings)
            ) or new_problems(self, target, settings)
            if objections:
                raise Refused(objections)
            return target, "change", settings
        if verb.startswith("stop "):
            name = verb.removeprefix("stop ")
            if (target.id, name) not in self.faults:
                raise Refused(
                    [
                        Problem(
                            "verb",
                            f"{target.id} has no fault {name!r} now",
                            ", ".join(self._active(target.id)) or "none",
                        )
                    ]
                )
            return target, verb, None
        fault = next((one for one in self.offered_faults(target) if one.name == verb), None)
        if fault is not None:
            return (
                target,
                fault,
                (_validated(fault.arguments, _without_span(intervention.arguments)), _span(intervention.arguments)),
            )
        operation = None if isinstance(target, Link) else self._pattern(target).operation(verb)
        if operation is None:
            raise Refused(
                [
                    Problem(
                        "verb",
                        f"{target.id} can't {verb!r:.60}",
                        ", ".join(self._verbs(target)),
                        "Choose one of these.",
                    )
                ]
            )
        return target, operation, _validated(operation.arguments, intervention.arguments)

    def _verbs(self, target: Node | Link) -> list[str]:
        operations = () if isinstance(target, Link) else self._pattern(target).operations
        return ["change", *(one.name for one in operations), *(one.name for one in self.offered_faults(target))]

    def _active(self, identity: str) -> list[str]:
        return [name for where, name in self.faults if where == identity]

    def _perform(self, intervention: Intervention) -> Call | None:
        target, what, arguments = self._prepared(intervention)
        place = target.index if isinstance(target, Node) else -1
        if what == "change":
            how = ", ".join(f"{name} = {as_text(value)}" for name, value in intervention.arguments.items())
            self.trace.append((self.now, "changed", place, 0, target.id, how))
            self.reconfigure(target, intervention.arguments)
            return None
        if isinstance(what, str):
            self._end_fault(target.id, what.removeprefix("stop "))
            return None
        if isinstance(what, Fault):
            self._begin_fault(target, what, *arguments)
            return None
        self.trace.append((self.now, "intervened", place, 0, target.id, what.name))
        call = Call(arguments)
        try:
            getattr(target, what.handler)(call)
        except ServiceError as error:
            call.fail(error)
        if call.error is not None:
            self.trace.append(
                (self.now, "refused", place, 0, target.id, what.name, call.error.code, call.error.message)
            )
        return call

    def _happen(self, line: Intervention) -> None:
        """A line of the scenario's plan is due. What has become impossible meanwhile is refused, and told."""
        try:
            self._perform(line)
        except Refused as refused:
            found = self.find(line.target)
            place = found.index if isinstance(found, Node) else -1
            reason = "; ".join(str(problem) for problem in refused.problems)
            self.trace.append((self.now, "refused", place, 0, line.target, line.verb, "Refused", reason))

    def _begin_fault(self, target: Node | Link, fault: Fault, arguments: Any, span: Micros) -> None:
        key = (target.id, fault.name)
        before = self.faults.pop(key, None)
        if before and before.timer:
            self.kernel.cancel(before.timer)
        timer = self.kernel.after(span, self._end_fault, *key) if span else None
        until = self.now + span if span else 0
        self.faults[key] = ActiveFault(until, timer)
        given = _told(arguments)
        place = target.index if isinstance(target, Node) else -1
        self.trace.append(
            (self.now, "fault_began", place, 0, target.id, fault.name, until, f" ({given})" if given else "")
        )
        fault.apply(target, arguments)

    def _end_fault(self, identity: str, name: str) -> None:
        active = self.faults.pop((identity, name))
        if active.timer:
            self.kernel.cancel(active.timer)
        target = self.find(identity)
        assert target is not None, f"{identity} vanished while it had a fault"
        place = target.index if isinstance(target, Node) else -1
        self.trace.append((self.now, "fault_ended", place, 0, identity, name))
        next(one for one in self.offered_faults(target) if one.name == name).apply(target, None)


def _validated(model: Any, arguments: dict[str, Any]) -> Any:
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        raise Refused(problems_of(error)) from None


def _told(arguments: Arguments) -> str:
    """The arguments of a fault in words, each with its unit: "spread: 2 s"."""
    told = []
    for name, field in type(arguments).model_fields.items():
        value, extra = getattr(arguments, name), field.json_schema_extra
        unit = f" {extra['unit']}" if isinstance(extra, dict) and "unit" in extra else ""
        number = plain(value) if isinstance(value, float) else str(value)
        told.append(f"{(field.title or name).lower()}: {number}{unit}")
    return ", ".join(told)


def _without_span(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != "seconds"}


def _span(arguments: dict[str, Any]) -> Micros:
    """How long a fault lasts: its argument `seconds`; 0 means until somebody ends it."""
    seconds, most = arguments.get("seconds", 0), LONGEST_FAULT // SECOND
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= most:
        raise Refused([Problem("seconds", f"is {seconds!r:.40}", f"0 (until somebody ends it) to {most}")])
    return max(round(seconds * SECOND), 1) if seconds else 0
