"""What the stage shows of a worker: bounded however many seats it has. Shape: docs/PROTOCOL.md, Views."""

from math import ceil
from typing import TYPE_CHECKING, Any

from simulator.engine.clock import SECOND, Micros, seconds, words

if TYPE_CHECKING:
    from patterns.worker.node import Worker

SHOWN_SEATS = 12


def view_of(worker: "Worker") -> dict[str, Any]:
    """Its seats, the busy ones first if there are too many, and what its event source mappings do."""
    now = worker.kernel.now
    seats = worker.seats
    if len(seats) > SHOWN_SEATS:
        busy = [place for place, seat in enumerate(seats) if seat.work is not None][:SHOWN_SEATS]
        others = [place for place, seat in enumerate(seats) if seat.work is None][: SHOWN_SEATS - len(busy)]
        seats = [seats[place] for place in sorted(busy + others)]
    return {
        "kind": worker.settings.kind,
        "seats": [seat.view(now) for seat in seats],
        "concurrency": worker.capacity,
        "busy": worker.busy(),
        "done": worker.effects.done,
        "failed": worker.failed,
        "doubled": worker.effects.doubled,
        "crashed": _back_at(worker),
        "p95": _p95(list(worker.effects.services)),
        "pollers": _pollers(worker),
        "batch": _batch(worker),
        "throttled": worker.throttled,
        "scaling": [len(worker.seats), worker.capacity] if len(worker.seats) > worker.capacity else None,
        "events": _events(worker),
        "caption": _caption(worker),
    }


def _pollers(worker: "Worker") -> list[int] | None:
    """Pollers, invocations that run, and the maximum concurrency of the mappings together, 0 if one has none."""
    mappings = worker.mappings
    if not mappings:
        return None
    limits = [mapping.limit for mapping in mappings]
    running = sum(mapping.running() for mapping in mappings)
    return [sum(len(mapping.pollers) for mapping in mappings), running, sum(limits) if all(limits) else 0]


def _batch(worker: "Worker") -> list[int] | None:
    """The fullest batch that is being gathered: how many it has, how many it may have, and when it is due."""
    gathering = [poller for mapping in worker.mappings for poller in mapping.pollers if poller.gathered]
    if not gathering:
        return None
    fullest = max(gathering, key=lambda poller: len(poller.gathered))
    return [len(fullest.gathered), fullest.mapping.size, fullest.due]


def _events(worker: "Worker") -> list[int] | None:
    """The queue of events: how many wait, when the oldest of them came, and when the next is due."""
    events = worker.events
    return [len(events.waiting), events.oldest(), events.next_retry()] if events.used else None


def _back_at(worker: "Worker") -> Micros:
    """When it is back: 0 when it is up, -1 when somebody has to end the crash."""
    active = worker.run.faults.get((worker.id, "crash")) if worker.crashed else None
    return (active.until or -1) if active is not None else 0


def _p95(services: list[Micros]) -> Micros | None:
    """The 95th percentile of the last services, as the nearest rank."""
    return sorted(services)[ceil(0.95 * len(services)) - 1] if services else None


def _caption(worker: "Worker") -> list[str]:
    settings = worker.settings
    caption = [f"about {words(seconds(settings.service.mean()))} each"]
    if settings.timeout is not None:
        caption.append(f"timeout {words(settings.timeout * SECOND)}")
    if settings.cold_start is not None:
        idle = f" after {words(settings.idle_timeout)} idle" if settings.idle_timeout is not None else ""
        caption.append(f"cold start{idle}: {settings.cold_start.describe()}")
    if worker.chance:
        caption.append(f"{worker.chance * 100:.3g} % fail")
    if settings.scaling is not None:
        low, high = settings.scaling.minimum, settings.scaling.maximum
        caption.append(f"scales from {low} to {high}")
    if settings.idempotent:
        caption.append("idempotent")
    return caption
