"""The buffer of a delivery stream: records are gathered and written as one, when there are enough or it is time.

Each record was taken when it was put here; its custody ends when the batch it went into has been written. A write that
is refused is tried again with pauses, for a day; then the batch is lost.
Source: Amazon Data Firehose Developer Guide, "Configure buffering hints" and "Handle data delivery failures" (Amazon
S3: up to 24 hours).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from simulator.engine.backoff import backoff
from simulator.engine.clock import DAY, SECOND, Micros, words
from simulator.engine.errors import ServiceError
from simulator.engine.kernel import Timer
from simulator.engine.link import Link
from simulator.engine.message import MessageId
from simulator.engine.sending import Sending, too_old

if TYPE_CHECKING:
    from patterns.endpoint.node import Endpoint, Request

MEBIBYTE = 1024 * 1024


class Buffer:
    """What a delivery stream has gathered: `records` of `bytes`, to be written at `due` (0: there are none).

    It is the sender of its batches: `unsent` are those between two tries.
    """

    GIVES_UP: ClassVar[str] = "write_failed"

    def __init__(self, endpoint: "Endpoint") -> None:
        self.endpoint = endpoint
        self.kernel = endpoint.kernel
        self.records: list[Request] = []
        self.bytes = 0
        self.due: Micros = 0
        self.unsent: dict[Sending, None] = {}
        self._writing: dict[MessageId, list[Request]] = {}
        self._timer: Timer | None = None
        self._pauses = endpoint.stream("pauses of the buffer")

    def add(self, request: "Request") -> None:
        """Gather one more record; with it the buffer may be full."""
        hints = self.endpoint.settings.buffering
        self.records.append(request)
        self.bytes += request.message.size
        self.endpoint.record("buffered", request.message.id, len(self.records))
        if self.bytes >= hints.SizeInMBs * MEBIBYTE:
            self._flush(f"{hints.SizeInMBs} MiB are there")
        elif not hints.IntervalInSeconds:
            self._flush("nothing is gathered here")
        elif self._timer is None:
            interval = hints.IntervalInSeconds * SECOND
            self.due = self.kernel.now + interval
            self._timer = self.kernel.after(interval, self._is_time, interval)

    def held(self) -> Iterator[MessageId]:
        """Records that are not written yet, and batches between two tries."""
        for request in self.records:
            yield request.message.id
        for batch in self._writing.values():
            yield from (request.message.id for request in batch)
        for sending in self.unsent:
            yield sending.message.id

    # As the sender of its batches.

    def record(self, kind: str, message: MessageId, *values: Any) -> None:
        self.endpoint.record(kind, message, *values)

    def objection(self, sending: Sending, error: ServiceError) -> str:
        """Why a batch that was refused is not written again, or ""."""
        return too_old(sending, error)

    def wait_before_next(self, sending: Sending, error: ServiceError) -> Micros:
        return backoff(sending.tries, self._pauses)

    def sending_is_over(self, sending: Sending, error: ServiceError | None) -> None:
        """A batch was written, and its records are done; or it is lost, and they with it."""
        for request in self._writing.pop(sending.message.id):
            if error is None:
                self.endpoint.finish(request)
            else:
                said = f"{sending.link.target.id} did not take it for {words(DAY)}"
                self.record("given_up", request.message.id, error.code, said)

    # Its own affairs.

    def _is_time(self, interval: Micros) -> None:
        self._timer = None
        self._flush(f"{words(interval)} are over")

    def _flush(self, reason: str) -> None:
        endpoint, records, size = self.endpoint, self.records, self.bytes
        if self._timer is not None:
            self.kernel.cancel(self._timer)
            self._timer = None
        self.records, self.bytes, self.due = [], 0, 0
        endpoint.record("flushed", 0, len(records), reason)
        link = self._way_out()
        if link is None:
            for request in records:
                endpoint.finish(request)
            return
        first = records[0].message
        batch = endpoint.make(first.type, [request.message.body for request in records], size, cause=first)
        endpoint.record("created", batch.id, first.id)
        self._writing[batch.id] = records
        Sending(self, link, batch).go()

    def _way_out(self) -> Link | None:
        """Where batches are written; None where the scenario does not show it."""
        return next(iter(self.endpoint.outs), None)
