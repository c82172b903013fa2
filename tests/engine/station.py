"""A station for tests of the engine: it sends, keeps, hands out, asks, refuses and passes on, as its settings say.

The engine knows no pattern, so its tests need one of their own that does nothing but use every part of the contract, in
the plainest way. `run_of(...)` makes a run of such stations; every link takes exactly 10 ms unless told otherwise.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND, Micros, seconds
from simulator.engine.errors import Problem, ServiceError
from simulator.engine.faults import SLOW, Fault, Nothing
from simulator.engine.journal import Intervention
from simulator.engine.link import Link, LinkSettings
from simulator.engine.message import Message, MessageId
from simulator.engine.node import Node
from simulator.engine.operations import Arguments, Call, Operation
from simulator.engine.pattern import LinkKind, Pattern
from simulator.engine.run import CORE_KINDS, Run
from simulator.engine.trace import Kind, Record, line

LATENCY = 0.01


class StationSettings(BaseModel):
    """What a station does: make `makes` messages, one each `gap`; ask each `asks_every`; refuse; pass on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    makes: Annotated[int, Field(ge=0, le=100_000)] = 0
    gap: Annotated[float, Field(gt=0, le=1000)] = 1.0
    jitter: Annotated[float, Field(ge=0, le=1000)] = 0.0
    listens: bool = False
    tries: Annotated[int, Field(ge=1, le=100)] = 1
    refuses: str = ""
    passes_on: bool = False
    asks_every: Annotated[float, Field(ge=0, le=1000)] = 0.0
    answers_after: Annotated[float, Field(ge=0, le=1000)] = 0.0
    note: Any = None


class Give(Arguments):
    """What somebody sends by hand."""

    body: Any = None
    fails: str = ""


class Take(Arguments):
    most: Annotated[int, Field(ge=1, le=10)] = 1


KINDS = (
    Kind("made", "{node} makes {message}.", (), "created", holds=1),
    Kind("given", "somebody gives {message} to {node}.", (), "created", holds=1, mark="you"),
    Kind("kept", "{node} keeps {message}.", (), holds=1, span="waiting"),
    Kind("done", "{node} is done with {message}.", (), "settled", "good", holds=-1, span="gone"),
    Kind("heard", "{node} hears {answer}.", ("answer",)),
    Kind("gave_up", "{node} gives {message} up: {reason}.", ("reason",), "discarded", "bad", holds=-1, span="gone"),
    Kind("turned_away", "{node} turns {message} away: {reason}.", ("reason",), "discarded", "bad", span="gone"),
    Kind("got", "{node} got {count}.", ("count",)),
    Kind("missed", "{node} got nothing: {reason}.", ("reason",), "", "warn"),
)


class Station(Node):
    """One station. `kept` holds what it has, by message, with the number of copies."""

    settings: StationSettings

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.kept: dict[MessageId, list[Message]] = {}
        self.count = 0
        self.asked = 0
        self.down = False
        self._gaps = self.stream("gaps")

    def start(self) -> None:
        if self.settings.makes:
            self.kernel.after(0, self._make)
        if self.settings.asks_every:
            self.kernel.after(0, self._ask)

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        if self.settings.refuses:
            if call is None:
                self.record("turned_away", message.id, self.settings.refuses)
            else:
                call.fail(ServiceError(self.settings.refuses, "Not now."))
            return
        self._keep(message, "kept")
        if call is not None:
            call.reply("taken")
        if self.settings.passes_on and self.outs:
            self._pass_on(message)

    def give(self, call: Call) -> None:
        """An operation that makes a message here, or fails as it is told."""
        if call.arguments.fails:
            raise ServiceError(call.arguments.fails, "As you wish.")
        message = self.make_by_hand("given", call.arguments.body, 1)
        self._keep(message, "given")
        call.reply({"message": message.id})

    def take(self, call: Call) -> None:
        """Hand out copies of what is kept; custody stays here. Answers at once, or after `answers_after`."""
        self.asked += 1
        if self.settings.answers_after:
            self.kernel.after(seconds(self.settings.answers_after), self._answer, call)
        else:
            self._answer(call)

    def finish(self, call: Call) -> None:
        """Whoever took a message is done with it."""
        message = call.arguments
        if message.id in self.kept:
            self._lose(message.id)
            self.record("done", message.id)
        call.reply(None)

    def held(self) -> Iterator[MessageId]:
        for message, copies in self.kept.items():
            for _ in copies:
                yield message

    def view(self) -> dict[str, Any]:
        return {"kept": len(self.kept)}

    def _make(self) -> None:
        self.count += 1
        message = self.make("made", {"number": self.count}, 10)
        self._keep(message, "made")
        self._pass_on(message)
        if self.count < self.settings.makes:
            spread = self._gaps.random() * self.settings.jitter
            self.kernel.after(int((self.settings.gap + spread) * self.slowness * SECOND), self._make)

    def _pass_on(self, message: Message) -> None:
        for link in [link for link in self.outs if link.kind == "send"][:1]:
            if self.settings.listens:
                Try(self, link, message).go()
            else:
                self._lose(message.id)
                link.send(message)

    def _ask(self) -> None:
        if not self.down:
            for link in self.ins:
                if link.kind == "poll":
                    Asking(self, link).go()
        self.kernel.after(seconds(self.settings.asks_every), self._ask)

    def _answer(self, call: Call) -> None:
        messages = [copies[0] for copies in list(self.kept.values())[: call.arguments.most]]
        if call.link is None:
            call.reply([message.id for message in messages])
        else:
            call.reply(messages, [(message, 0) for message in messages])

    def _keep(self, message: Message, kind: str) -> None:
        self.kept.setdefault(message.id, []).append(message)
        self.record(kind, message.id)

    def _lose(self, message: MessageId) -> None:
        self.kept[message].pop()
        if not self.kept[message]:
            del self.kept[message]


class Try:
    """One push of which the sender wants to hear the outcome."""

    def __init__(self, station: Station, link: Link, message: Message) -> None:
        self.station, self.link, self.message = station, link, message
        self.tries = 0

    def go(self) -> None:
        self.tries += 1
        self.station._lose(self.message.id)
        self.link.send(self.message, self.heard)

    def heard(self, result: Any, error: ServiceError | None) -> None:
        station = self.station
        station.record("heard", self.message.id, result if error is None else error.code)
        if error is None:
            return
        station.kept.setdefault(self.message.id, []).append(self.message)
        if self.tries < station.settings.tries:
            self.go()
        else:
            station._lose(self.message.id)
            station.record("gave_up", self.message.id, error.code)


class Asking:
    """One request for messages, and the word that each is done with."""

    def __init__(self, station: Station, link: Link) -> None:
        self.station, self.link = station, link

    def go(self) -> None:
        self.link.ask("take", Take(most=3), self.heard)

    def heard(self, result: Any, error: ServiceError | None) -> None:
        if error is not None:
            self.station.record("missed", 0, error.code)
            return
        self.station.record("got", 0, len(result))
        for message in result:
            self.link.ask("finish", message, None, about=message)


def down(station: Station, nothing: Nothing | None) -> None:
    station.down = nothing is not None


PATTERN = Pattern(
    module=__name__,
    name="station",
    role="channel",
    sentence="A station does as it is told.",
    Settings=StationSettings,
    Node=Station,
    names=lambda settings: {"neutral": "Station", "aws": "Station"},
    kind_of=lambda settings: "station",
    kinds=KINDS,
    links=(
        LinkKind("send", "It pushes.", LinkSettings, "send"),
        LinkKind("poll", "It is asked.", LinkSettings, "poll"),
        LinkKind("dead-letter", "What nobody wants.", LinkSettings, "dead"),
    ),
    operations=(
        Operation("Give", Give, "give", "Give it a message."),
        Operation("Take", Take, "take", "See what it has."),
    ),
    faults=(Fault("down", "Down", "asks for nothing", Nothing, down), SLOW),
    takes=("send", "poll", "dead"),
    copies=True,
    check=lambda settings, outs: [Problem("settings.note", "must not be 'wrong'")] if settings.note == "wrong" else [],
)
PATTERNS = {"station": PATTERN}


def station(name: str, **settings: Any) -> dict[str, Any]:
    return {"id": name, "pattern": "station", "settings": settings}


def way(source: str, target: str, *, kind: str = "send", **settings: Any) -> dict[str, Any]:
    return {"from": source, "to": target, "kind": kind, "settings": {"latency": LATENCY, **settings}}


def document(*parts: dict[str, Any], seed: int = 1, **more: Any) -> dict[str, Any]:
    """The document of these stations and ways."""
    nodes = [part for part in parts if "pattern" in part]
    links = [part for part in parts if "from" in part]
    return {"title": "stations", "seed": seed, "length": "1d", "nodes": nodes, "links": links, **more}


def run_of(*parts: dict[str, Any], seed: int = 1, journal: Iterable[Intervention] = (), **more: Any) -> Run:
    """The run of these stations and ways."""
    return Run(documents.read(document(*parts, seed=seed, **more), PATTERNS), journal=journal)


def kinds(records: Iterable[Record], *left_out: str) -> list[str]:
    return [record[1] for record in records if record[1] not in left_out]


def at(records: Iterable[Record], kind: str) -> list[Micros]:
    """When records of this kind were written."""
    return [record[0] for record in records if record[1] == kind]


def text(records: Iterable[Record]) -> str:
    """Records as text: two identical runs have the same, byte for byte."""
    return "\n".join(line(record) for record in records)


def conserved(run: Run, records: Iterable[Record]) -> bool:
    """Whether every copy made is done, discarded, or in one place's custody, and each place knows what it holds."""
    known = CORE_KINDS | {kind.name: kind for kind in KINDS}
    copies: Counter[MessageId] = Counter()
    holds = [0] * len(run.nodes)
    for record in records:
        kind = known[record[1]]
        copies[record[3]] += {"created": 1, "settled": -1, "discarded": -1}.get(kind.core, 0)
        if record[2] >= 0:
            holds[record[2]] += kind.holds
    return +copies == run.inventory() and holds == [sum(1 for _ in node.held()) for node in run.nodes]
