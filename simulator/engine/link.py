"""A link: the way between two nodes, with latency, loss and duplication.

Two things travel. A *push* hands a message over: custody leaves the source, and is the target's on arrival. A
*request* goes either way and is answered; messages in an answer are copies, the asked node keeps custody (a received
message stays in its queue until it is deleted). A record of a hop holds departure and arrival, so that whoever draws
it needs no more.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from simulator.engine.chance import Distribution, lognormal, stream
from simulator.engine.clock import SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Kernel
from simulator.engine.message import DUPLICATE, LOST, REFUSED, REPLY, Message, MessageId
from simulator.engine.node import blank
from simulator.engine.operations import Call
from simulator.engine.trace import Kind

if TYPE_CHECKING:
    from simulator.engine.node import Node
    from simulator.engine.run import Run

NO_ANSWER = ServiceError("RequestTimeout", "No answer came in time; whether the request took effect is unknown.")

# How long whoever asked waits for an answer that was lost, beyond the wait it asked for.
PATIENCE: Micros = 5 * SECOND

KINDS = (
    Kind(
        "sent",
        "{node} sends {message} ({type}) to {to}.",
        ("over:link", "back", "arrives:time", "glyph"),
        "sent",
        holds=-1,
        span="travelling",
    ),
    Kind("carried", "", ("over:link", "back", "arrives:time", "glyph")),
    Kind(
        "duplicated",
        "the network between {node} and {to} makes a second copy of {message}.",
        ("over:link",),
        "created",
        "warn",
        holds=1,
    ),
    Kind(
        "lost",
        "{message} is lost between {node} and {to}: {reason}.",
        ("over:link", "reason"),
        "discarded",
        "bad",
        mark="discarded",
        span="gone",
    ),
    Kind(
        "dropped",
        "{what} about {message} is lost between {node} and {to}: {reason}.",
        ("over:link", "reason", "what"),
        "",
        "warn",
    ),
    Kind(
        "returned",
        "{to} refused {message} ({reason}): {node} has it back.",
        ("over:link", "reason"),
        "",
        "warn",
        holds=1,
    ),
    Kind(
        "timed_out",
        "{node} heard nothing about {message} for {waited}, and still has its copy.",
        ("over:link", "waited:span"),
        "created",
        "warn",
        holds=1,
    ),
    Kind(
        "orphaned",
        "{to} refused {message}, and {node} is no longer there to take it back.",
        ("over:link",),
        "discarded",
        "bad",
        mark="discarded",
        span="gone",
    ),
)


class LinkSettings(BaseModel):
    """What every link has; a pattern adds its own by subclassing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    latency: Annotated[
        Distribution,
        Field(title="Latency", description="One-way travel time, at least 1 µs.", json_schema_extra={"unit": "s"}),
    ] = Field(default_factory=lambda: lognormal(0.02, 0.06))
    loss: Annotated[
        float,
        Field(ge=0, le=1, title="Loss", description="Probability that a message or an answer is lost on the way."),
    ] = 0.0
    duplication: Annotated[
        float, Field(ge=0, le=1, title="Duplication", description="Probability that the network delivers a push twice.")
    ] = 0.0

    @property
    def part(self) -> str:
        """The part of its source that the link leaves from, such as a rule of a bus; "" is the station as a whole."""
        return ""


class Link:
    """One way between two nodes. Faults set `slowness`, `lossiness`, `copies`, `disorder` and `cut`."""

    def __init__(
        self, run: "Run", index: int, identity: str, kind: str, source: "Node", target: "Node", settings: LinkSettings
    ) -> None:
        self.run = run
        self.index = index
        self.id = identity
        self.kind = kind
        self.source = source
        self.target = target
        self.kernel: Kernel = run.kernel
        self.trace = run.trace
        self._delays = stream(run.seed, identity, "latency")
        self._mishaps = stream(run.seed, identity, "mishaps")
        self.slowness = 1.0
        self.lossiness = 0.0
        self.copies = 0.0
        self.disorder: Micros = 0
        self.cut = False
        self.latest_hop: Micros = 0
        self.moving_until: Micros = 0
        self.change(settings)

    def __reduce__(self) -> tuple[Any, ...]:
        """A link is pickled as a reference, as a node is: its state is saved by the run."""
        return blank, (type(self),)

    def change(self, settings: LinkSettings) -> None:
        """Take over new settings; what is on its way already is not touched."""
        self.settings = settings
        self._draw = settings.latency.sampler(self._delays).micros
        self.weather()

    def weather(self) -> None:
        """Recompute whether this link is calm: nothing can go wrong and nothing is slower than it is set to be.

        Called whenever settings or faults change. Nearly every link is calm nearly always, so that is the quick way.
        """
        self._loss = 1.0 if self.cut else 1 - (1 - self.settings.loss) * (1 - self.lossiness)
        self._twice = 1 - (1 - self.settings.duplication) * (1 - self.copies)
        self._safe = not self._loss and not self._twice
        self._calm = self._safe and not self.disorder and self.slowness == 1.0

    def send(
        self, message: Message, then: Callable[[Any, ServiceError | None], None] | None = None, flags: int = 0
    ) -> Call | None:
        """Push `message` to the target; `then(result, error)`, if given, hears how it went."""
        call = None
        if then is not None:
            call = Call(message, then, self)
            call.since = self.kernel.now
        if not self._safe and self._mishaps.random() < self._twice:
            self.trace.append((self.kernel.now, "duplicated", self.source.index, message.id, self.index))
            self._push(message, None, flags | DUPLICATE)
        self._push(message, call, flags)
        return call

    def ask(
        self,
        handler: str,
        arguments: Any,
        then: Callable[[Any, ServiceError | None], None] | None,
        *,
        back: bool = True,
        about: Message | Sequence[Message] | None = None,
        wait: Micros = 0,
    ) -> Call:
        """Send a request to the source (`back`) or the target: its method `handler` gets the `Call`.

        `about` is the message the request is drawn as (an acknowledgement), or a list of them, which travel side by
        side; `wait` is how long the answer may rightly take. A lost request or answer comes back as RequestTimeout,
        PATIENCE later.
        """
        call = Call(arguments, then, self, back)
        if self._calm:
            delay, lost = self._draw() or 1, False
        else:
            delay, lost = self._delay(), self._is_lost()
        if about is not None:
            for message in (about,) if isinstance(about, Message) else about:
                self._hop(message, delay, back, REPLY | LOST if lost else REPLY)
                if lost:
                    self.kernel.after(delay // 2, self._drop, message.id, self._cause(), "a request")
        if lost:
            self.kernel.after(wait + PATIENCE, self._give_up, call)
        else:
            asked = self.source if back else self.target
            self.kernel.after(delay, getattr(asked, handler), call)
        return call

    def answer(self, call: Call, carried: Sequence[tuple[Message, int]]) -> None:
        """Carry the answer of a call back to whoever asked, with copies of the messages in `carried`."""
        pushed = isinstance(call.arguments, Message)
        if call.then is None and not (pushed and call.error):
            return
        if self._calm:
            delay, lost = self._draw() or 1, False
        else:
            delay, lost = self._delay(), self._is_lost()
        for message, flags in carried:
            self._hop(message, delay, not call.back, flags | LOST if lost else flags)
            if lost:
                self.kernel.after(delay // 2, self._drop, message.id, self._cause(), "an answer")
        if pushed and call.error is not None:
            self._hop(call.arguments, delay, True, REFUSED)
            lost = False
        if lost:
            self.kernel.after(PATIENCE, self._give_up, call)
        else:
            self.kernel.after(delay, self._answered, call)

    def show(self, message: Message, back: bool) -> Micros:
        """Draw a message on its way here that somebody else delivers; how long it takes."""
        delay = self._delay()
        self._hop(message, delay, back, 0)
        return delay

    def custody(self, action: str, arguments: tuple[Any, ...]) -> Iterator[MessageId]:
        """The messages that a pending timer of this link, `action(*arguments)`, has in its custody.

        A message that will arrive is not among them: its timer is the target's `accept`.
        """
        if action == "_vanish":
            yield arguments[0].id
        elif action == "_answered" and isinstance(arguments[0].arguments, Message) and arguments[0].error is not None:
            yield arguments[0].arguments.id

    def _push(self, message: Message, call: Call | None, flags: int) -> None:
        kernel = self.kernel
        now = kernel.now
        delay = (self._draw() or 1) if self._calm else self._delay()
        if not self._safe and self._is_lost():
            flags |= LOST
            self.kernel.after(delay // 2, self._vanish, message, self._cause())
            if call is not None:
                self.kernel.after(PATIENCE, self._give_up, call)
        else:
            kernel.after(delay, self.target.accept, message, call, flags)
        self.latest_hop = delay
        arrives = now + delay
        if arrives > self.moving_until:
            self.moving_until = arrives
        self.trace.append(
            (now, "sent", self.source.index, message.id, self.index, 0, arrives, message.look << 6 | flags)
        )

    def _vanish(self, message: Message, reason: str) -> None:
        self.trace.append((self.kernel.now, "lost", self.source.index, message.id, self.index, reason))

    def _drop(self, message: MessageId, reason: str, what: str) -> None:
        self.trace.append((self.kernel.now, "dropped", self.source.index, message, self.index, reason, what))

    def _answered(self, call: Call) -> None:
        then, error = call.then, call.error
        if isinstance(call.arguments, Message) and error is not None:
            message = call.arguments.id
            if then is None:
                self.trace.append((self.kernel.now, "orphaned", self.source.index, message, self.index))
            else:
                self.trace.append((self.kernel.now, "returned", self.source.index, message, self.index, error.code))
        if then is not None:
            then(call.result, error)

    def _give_up(self, call: Call) -> None:
        if call.then is None:
            return
        if isinstance(call.arguments, Message):
            now = self.kernel.now
            self.trace.append((now, "timed_out", self.source.index, call.arguments.id, self.index, now - call.since))
        call.then(None, NO_ANSWER)

    def _hop(self, message: Message, delay: Micros, back: bool, flags: int) -> None:
        now = self.kernel.now
        arrives = now + delay
        self.latest_hop = delay
        if arrives > self.moving_until:
            self.moving_until = arrives
        node, way = (self.target, 1) if back else (self.source, 0)
        self.trace.append((now, "carried", node.index, message.id, self.index, way, arrives, message.look << 6 | flags))

    def _delay(self) -> Micros:
        """How long the next hop takes: never no time at all, or a circle of stations could stop the clock."""
        delay = self._draw()
        if self.slowness != 1.0:
            delay = math.floor(delay * self.slowness)
        if self.disorder:
            delay += math.floor(self._mishaps.random() * self.disorder)
        return delay or 1

    def _is_lost(self) -> bool:
        return self._loss > 0 and self._mishaps.random() < self._loss

    def _cause(self) -> str:
        return "the link is cut" if self.cut else "the link loses some of what it carries"
