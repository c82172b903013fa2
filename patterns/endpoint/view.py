"""What the stage shows of an endpoint: bounded whatever the load. Shape: docs/PROTOCOL.md, Views."""

from typing import TYPE_CHECKING, Any

from patterns.endpoint.buffer import MEBIBYTE
from simulator.engine.clock import SECOND, words
from simulator.engine.parameters import plain

if TYPE_CHECKING:
    from patterns.endpoint.node import Endpoint


def view_of(endpoint: "Endpoint") -> dict[str, Any]:
    """How it is, what it has taken and refused, and the last it took."""
    settings, buffer = endpoint.settings, endpoint.buffer
    most = settings.buffering.SizeInMBs * MEBIBYTE
    return {
        "kind": settings.kind,
        "received": endpoint.taken,
        "failed": endpoint.refused,
        "busy": endpoint.busy,
        "last": list(endpoint.last),
        "state": _state(endpoint),
        "rate": settings.rate or settings.pace or 0,
        "doubled": endpoint.doubled,
        "buffer": [len(buffer.records), buffer.bytes, most, buffer.due] if settings.kind == "firehose" else None,
        "caption": _caption(endpoint),
    }


def _state(endpoint: "Endpoint") -> str:
    """The most telling of what is so."""
    states = {
        "gone": endpoint.gone,
        "down": bool(endpoint.down),
        "unconfirmed": bool(endpoint.confirmations),
        "failing": bool(endpoint.failing) or endpoint.locked,
        "slow": endpoint.slowness != 1.0,
    }
    return next((state for state, so in states.items() if so), "up")


def _caption(endpoint: "Endpoint") -> list[str]:
    settings = endpoint.settings
    caption = [settings.response_time.describe()]
    if settings.rate is not None:
        caption.append(f"takes {plain(settings.rate)} per second")
    if settings.pace is not None:
        caption.append(f"gets at most {plain(settings.pace)} per second")
    if settings.failure_probability:
        how = f"answered {settings.failure_status}" if settings.usual.speaks_http else "failed"
        caption.append(f"{settings.failure_probability * 100:.3g} % {how}")
    if settings.kind == "firehose":
        hints = settings.buffering
        caption.append(f"writes at {hints.SizeInMBs} MiB or after {words(hints.IntervalInSeconds * SECOND)}")
    if settings.token_lifetime is not None:
        caption.append(f"token for {words(settings.token_lifetime)}")
    if settings.idempotent:
        caption.append("idempotent")
    return caption
