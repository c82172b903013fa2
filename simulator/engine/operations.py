"""Operations: the verbs a node offers, in the service's own names.

The inspector's buttons, the journal and another node's requests are all this. A call carries validated arguments to a
handler and its answer back, at once or later (a long poll answers when a message arrives).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from simulator.engine.clock import Micros
from simulator.engine.errors import ServiceError
from simulator.engine.message import Message

if TYPE_CHECKING:
    from simulator.engine.link import Link


class Arguments(BaseModel):
    """Arguments of an operation or a fault: unknown names are an error, values don't change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Operation:
    """A verb: `name` as the service spells it, `handler` the node's method that takes the `Call`."""

    name: str
    arguments: type[Arguments]
    handler: str
    sentence: str
    title: str = ""
    danger: bool = False


class Call:
    """One request on its way: who asked over which link, with what, and where the answer goes.

    `then(result, error)` is a bound method of whoever asked; an error comes without a result. `since` is when it was
    sent over its link.
    """

    __slots__ = ("arguments", "back", "done", "error", "link", "result", "since", "then")

    def __init__(
        self,
        arguments: Any,
        then: Callable[[Any, ServiceError | None], None] | None = None,
        link: "Link | None" = None,
        back: bool = False,
    ) -> None:
        self.arguments = arguments
        self.then = then
        self.link = link
        self.back = back
        self.since: Micros = 0
        self.done = False
        self.result: Any = None
        self.error: ServiceError | None = None

    def reply(self, result: Any, carried: Sequence[tuple[Message, int]] = ()) -> None:
        """Answer; `carried` are the messages, with their flags, that travel visibly with the answer."""
        if self.done:
            return
        self.done = True
        self.result = result
        if self.link is not None:
            self.link.answer(self, carried)
        elif self.then is not None:
            self.then(result, None)

    def fail(self, error: ServiceError) -> None:
        if self.done:
            return
        self.done = True
        self.error = error
        if self.link is not None:
            self.link.answer(self, ())
        elif self.then is not None:
            self.then(None, error)

    def hang_up(self) -> None:
        """Whoever asked is gone: the answer, when it comes, reaches nobody."""
        self.then = None

    @property
    def listening(self) -> bool:
        """Whether an answer would still reach somebody (a caller without a link reads `result`)."""
        return self.link is None or self.then is not None
