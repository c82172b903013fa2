"""A node: one station of a run. Patterns subclass it; nothing else is inherited.

A node has settings, links in and out, and the run's kernel and trace. It reacts to messages that arrive, to calls of
its operations and to its own timers, and it says what it looks like in a small view.
"""

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from simulator.engine.chance import stream
from simulator.engine.clock import Micros
from simulator.engine.errors import Problem
from simulator.engine.message import BY_HAND, Message, MessageId, message_id
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from simulator.engine.link import Link
    from simulator.engine.run import Run

Part = TypeVar("Part")


def blank(kind: type[Part]) -> Part:
    """A node or link without any state yet: the state of every one of them is `Run`'s to save and to restore."""
    return object.__new__(kind)


class Node:
    """The part all stations share.

    What moves inside a station, and is to be seen, moves until `moving_until` and takes `latest_hop`, as on a link.
    """

    # How far below a message another may be caused before the chain is taken for a loop.
    GENERATIONS: ClassVar[int] = 64

    def __init__(self, run: "Run", index: int, identity: str, title: str, settings: Any) -> None:
        self.run = run
        self.index = index
        self.id = identity
        self.title = title
        self.settings = settings
        self.kernel = run.kernel
        self.trace = run.trace
        self.ins: list[Link] = []
        self.outs: list[Link] = []
        self.slowness = 1.0
        self.latest_hop: Micros = 0
        self.moving_until: Micros = 0
        self._made = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """A node is pickled as a reference; were its state to follow, a long chain of nodes would exhaust the stack."""
        return blank, (type(self),)

    # What the engine calls.

    def start(self) -> None:
        """Time begins; every node and link is there."""

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        """A pushed message arrives and is this node's from now on; `call`, if there is one, wants an answer."""
        raise AssertionError(f"{self.id} takes no messages; the scenario's check should have refused the link")

    def objections(self, settings: Any) -> list[Problem]:
        """What of these new settings it can't take over while the run goes on."""
        return []

    def change(self, settings: Any) -> None:
        """Take over new settings while the run goes on."""
        self.settings = settings

    def objections_to_link(self, link: "Link", settings: Any) -> list[Problem]:
        """What of these new settings of a link out of this node it can't take over while the run goes on."""
        return []

    def link_changed(self, link: "Link") -> None:
        """The settings of a link out of this node are others now."""

    def view(self) -> dict[str, Any]:
        """What the stage shows of this node now: small, JSON, bounded whatever the load. Shapes: docs/PROTOCOL.md."""
        return {}

    def chart(self) -> dict[str, Any] | None:
        """What of this node is drawn once and not with every view, such as the states of a machine; None: nothing.

        It has a `version`, and is another only when that is. Shape: docs/PROTOCOL.md, Charts.
        """
        return None

    def gauges(self) -> dict[str, float | None]:
        """Numbers to chart that only the node knows now, by the key of the pattern's measures."""
        return {}

    def held(self) -> Iterator[MessageId]:
        """Every message in this node's custody, once per copy."""
        return iter(())

    # What patterns use.

    def stream(self, purpose: str) -> Random:
        """This node's own random stream for one purpose."""
        return stream(self.run.seed, self.id, purpose)

    def record(self, kind: str, message: MessageId, *values: Any) -> None:
        """Write that something has happened here now."""
        self.trace.append((self.kernel.now, kind, self.index, message, *values))

    def make(self, kind: str, body: Any, size: int, *, cause: Message | None = None, **more: Any) -> Message:
        """A new message of this node, of type `kind`; the caller records that it was created."""
        self._made += 1
        message = Message(
            message_id(self._made, self.index),
            kind,
            self.run.look(kind),
            body,
            size,
            self.kernel.now,
            cause=cause.id if cause is not None else 0,
            generation=cause.generation + 1 if cause is not None else 0,
            **more,
        )
        self.trace.made.append(message)
        return message

    def make_by_hand(self, kind: str, body: Any, size: int, **more: Any) -> Message:
        """A new message that somebody sends by an operation."""
        serial = self.run.next_by_hand()
        message = Message(message_id(serial, BY_HAND), kind, self.run.look(kind), body, size, self.kernel.now, **more)
        self.trace.made.append(message)
        return message
