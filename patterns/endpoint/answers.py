"""What an endpoint answers: a status where it speaks HTTP, the service's own code elsewhere.

The code decides whether a delivery is tried again: what is wrong with the receiver passes, what is wrong with the
request does not. Texts for phones have a length of their own.
Source: SNS Developer Guide, "Message delivery retries" (client-side and server-side errors); EventBridge User Guide,
"API destinations" (401, Retry-After); SNS Developer Guide, "Publishing to a mobile phone" (140 bytes a part, 1,600
characters); Firehose API Reference, PutRecord (1,000 KiB).
"""

from typing import Any

from patterns.endpoint.config import EndpointSettings
from simulator.engine.errors import ServiceError
from simulator.engine.message import Message, as_text

# Characters of a text message, and bytes of one of the parts in which it is sent.
LONGEST_SMS = 1_600
SMS_PART = 140

LARGEST_RECORD = 1_000 * 1024


class Refusal(ServiceError):  # noqa: N818 - it is what is answered, and reads so at the call
    """A refusal that says when to come again: `retry_after` is in seconds, -1 for never, None where nothing is said."""

    def __init__(self, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[Any, ...]:
        return Refusal, (self.code, self.message, self.retry_after)


def unavailable(settings: EndpointSettings) -> Refusal:
    return Refusal(settings.usual.unavailable, "It is down.", settings.retry_after)


def gone(settings: EndpointSettings) -> Refusal:
    return Refusal(settings.usual.gone, "There is nothing here any more.")


def busy(settings: EndpointSettings) -> Refusal:
    return Refusal(settings.usual.busy, f"It takes {settings.rate:g} requests a second.", settings.retry_after)


def unauthorized(said: str) -> Refusal:
    return Refusal("HTTP 401", said)


def failure(settings: EndpointSettings, chance: float) -> Refusal:
    """How it fails by chance."""
    said = f"It fails on {chance * 100:.3g} % of the requests."
    if not settings.usual.speaks_http:
        return Refusal("InternalError", said)
    status = settings.failure_status
    return Refusal(f"HTTP {status}", said, settings.retry_after if status == 429 or status >= 500 else None)


def unfit(kind: str, message: Message) -> ServiceError | None:
    """Why a message can't be delivered this way at all."""
    if kind == "sms" and len(text := as_text(message.body)) > LONGEST_SMS:
        said = f"The text has {len(text):,} characters; {LONGEST_SMS:,} are allowed."
        return ServiceError("InvalidParameter", said)
    if kind == "firehose" and message.size > LARGEST_RECORD:
        said = f"The record has {message.size:,} bytes; {LARGEST_RECORD:,} are allowed."
        return ServiceError("InvalidArgumentException", said)
    return None


def said_yes(kind: str, message: Message) -> str:
    """What it answers when all is well."""
    if kind == "sms":
        parts = sms_parts(message)
        return f"sent in {parts} {'part' if parts == 1 else 'parts'}"
    return {"http": "HTTP 200", "api": "HTTP 200", "email": "250 OK", "firehose": "written"}.get(kind, "delivered")


def sms_parts(message: Message) -> int:
    """In how many parts a text is sent, each of which is billed."""
    return max(1, -(-len(as_text(message.body).encode()) // SMS_PART))
