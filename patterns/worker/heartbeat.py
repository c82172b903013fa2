"""A heartbeat: a seat that is not done in time asks that what it holds stay hidden, again and again.

Each beat sets the visibility timeout anew, so a message comes back one timeout after the last beat of a seat that is
gone. All of it together may take twelve hours from the receive.
Source: SQS Developer Guide, "Amazon SQS visibility timeout" (set a heartbeat); SQS API Reference,
ChangeMessageVisibility.
"""

from typing import TYPE_CHECKING, Any

from patterns.worker.activity import ActivitySource
from patterns.worker.work import Source
from simulator.engine.clock import HOUR, SECOND, Micros
from simulator.engine.errors import ServiceError
from simulator.engine.message import MessageId
from simulator.engine.polling import VisibilityBatchRequest, VisibilityRequest

if TYPE_CHECKING:
    from patterns.worker.seat import Seat

LONGEST: Micros = 12 * HOUR


class Heartbeat:
    """The heartbeat of one seat for what it received at `since`."""

    __slots__ = ("_every", "_seat", "_since", "_source", "_timer")

    def __init__(self, seat: "Seat", source: Source, every: Micros) -> None:
        kernel = seat.worker.kernel
        self._seat = seat
        self._source = source
        self._every = every
        self._since: Micros = kernel.now
        self._timer = kernel.after(every, self._beat)

    def stop(self) -> None:
        """No more beats."""
        self._seat.worker.kernel.cancel(self._timer)

    def _beat(self) -> None:
        """Extend everything that is still held, by one request; nothing held, or nothing allowed: the last beat."""
        source, kernel = self._source, self._seat.worker.kernel
        if isinstance(source, ActivitySource):
            works = [work for work in self._seat.all_work() if work.source is source]
            if works:
                source.beat([(work.message, work.handle) for work in works])
                self._timer = kernel.after(self._every, self._beat)
            return
        held = self._held()
        seconds = min(source.visibility, (self._since + LONGEST - kernel.now) // SECOND - 1)
        if not held or seconds <= 0:
            return
        if len(held) == 1:
            [(message, handle)] = held
            Beat(self._seat, source, [message]).ask("change_message_visibility", VisibilityRequest(handle, seconds))
        else:
            request = VisibilityBatchRequest(tuple(handle for _, handle in held), seconds)
            Beat(self._seat, source, [message for message, _ in held]).ask("change_message_visibility_batch", request)
        self._timer = kernel.after(self._every, self._beat)

    def _held(self) -> list[tuple[MessageId, Any]]:
        """What the seat has of this source, and what waits to be deleted with the rest of its batch."""
        works = [work for work in self._seat.all_work() if work.source is self._source]
        batch = works[0].batch if works else None
        done = [(one.message.id, one.receipt_handle) for one in batch.done] if batch is not None else []
        return done + [(work.message.id, work.handle) for work in works]


class Beat:
    """One beat and its answer, which is heard only to say what was refused."""

    __slots__ = ("_messages", "_seat", "_source")

    def __init__(self, seat: "Seat", source: Source, messages: list[MessageId]) -> None:
        self._seat = seat
        self._source = source
        self._messages = messages

    def ask(self, verb: str, request: Any) -> None:
        self._source.link.ask(verb, request, self.heard)

    def heard(self, result: list[ServiceError | None] | None, error: ServiceError | None) -> None:
        """One answer for all, or one for each."""
        errors = result if isinstance(result, list) else [error] * len(self._messages)
        for message, refusal in zip(self._messages, errors, strict=True):
            if refusal is not None:
                self._seat.worker.record("beat_refused", message, refusal.code)
