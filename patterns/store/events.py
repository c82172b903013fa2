"""What a bucket tells a bus: that an object was created.

The event is sent after the write and says where the object lies and how large it is, not what is in it. It arrives at
least once: a bus that does not take it is asked again, for a day.
Source: Amazon S3 User Guide, "Using EventBridge" and "EventBridge event message structure"; S3 API Reference, PutObject
(an ETag is the MD5 of what was written at once).
"""

from collections.abc import Iterator
from hashlib import md5
from typing import TYPE_CHECKING, Any, ClassVar

from simulator.engine.backoff import backoff
from simulator.engine.clock import Micros
from simulator.engine.errors import Problem, ServiceError
from simulator.engine.link import Link, LinkSettings
from simulator.engine.message import SERVICE, Message, MessageId, as_text, label
from simulator.engine.sending import Sending, too_old
from simulator.engine.template import size, size_of_attributes

if TYPE_CHECKING:
    from patterns.store.node import Store

SOURCE = "aws.s3"
DETAIL_TYPE = "Object Created"


def check_events(settings: LinkSettings, source: Any, target: Any) -> list[Problem]:
    """Buckets tell of their objects, and a bus hears of them."""
    if source.kind != "s3":
        return [Problem("from", f"is a store of kind {source.kind!r}", "s3", "Only buckets tell what is written.")]
    if not hasattr(target, "Rules"):
        return [Problem("to", "is no event bus", "an event bus", "Lead it to a bus.")]
    return []


class ObjectEvents:
    """The events of one bucket, of which it is the sender. `unsent` are those between two tries."""

    GIVES_UP: ClassVar[str] = "event_lost"

    def __init__(self, store: "Store") -> None:
        self.store = store
        self.kernel = store.kernel
        self.unsent: dict[Sending, None] = {}
        self._links: list[Link] = []
        self._pauses = store.stream("pauses of events")

    def start(self) -> None:
        """Every link is there."""
        self._links = self.store.outs

    def tell(self, message: Message, key: Any) -> None:
        """An object was written from a message; under its own name where the message has no `key`."""
        store = self.store
        for link in self._links:
            body, attributes = self._entry(message, key), {SERVICE: SOURCE}
            bytes_ = size(body) + size_of_attributes(attributes)
            made = store.make(DETAIL_TYPE, body, bytes_, cause=message, attributes=attributes)
            store.record("created", made.id, message.id)
            Sending(self, link, made).go()

    def held(self) -> Iterator[MessageId]:
        for sending in self.unsent:
            yield sending.message.id

    # As the sender of its events.

    def record(self, kind: str, message: MessageId, *values: Any) -> None:
        self.store.record(kind, message, *values)

    def objection(self, sending: Sending, error: ServiceError) -> str:
        """Why an event that was refused is not sent again, or ""."""
        return too_old(sending, error)

    def wait_before_next(self, sending: Sending, error: ServiceError) -> Micros:
        return backoff(sending.tries, self._pauses)

    def sending_is_over(self, sending: Sending, error: ServiceError | None) -> None:
        """Nothing hangs on an event."""

    def _entry(self, message: Message, key: Any) -> dict[str, Any]:
        store = self.store
        written = as_text(message.body).encode("utf-8", "surrogatepass")
        name = label(message.id, store.run.scenario.prefixes)
        return {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Resources": [f"arn:aws:s3:::{store.id}"],
            "Detail": {
                "version": "0",
                "bucket": {"name": store.id},
                "object": {
                    "key": name if key is None else as_text(key),
                    "size": len(written),
                    "etag": md5(written, usedforsecurity=False).hexdigest(),
                    "sequencer": f"{store.written:016X}",
                },
                "request-id": name,
                "reason": "PutObject",
            },
        }
