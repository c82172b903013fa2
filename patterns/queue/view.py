"""What the stage shows of a queue: bounded whatever it holds. Shape: docs/PROTOCOL.md, Views."""

from typing import TYPE_CHECKING, Any

from patterns.queue.config import DeadLetterSettings
from simulator.engine.clock import SECOND, words
from simulator.engine.message import POISON

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

HEAD = 16
SHELF = 10


def view_of(queue: "QueueNode") -> dict[str, Any]:
    """The head of the line and the shelf of what is in flight, with exact counts of all the rest."""
    head = queue.visible.first(HEAD)
    given_up, known = POISON if queue.dead else 0, queue.run.poison
    return {
        "waiting": queue.visible.count,
        "delayed": len(queue.delays),
        "inflight": len(queue.in_flight),
        "oldest": head[0].sent if head else None,
        "limit": queue.limit,
        "dead": queue.dead,
        "head": [[*entry.capsule(known.get(entry.message.id, given_up)), entry.sent] for entry in head],
        "shelf": [
            [*entry.capsule(known.get(entry.message.id, given_up)), entry.since, due, entry.holder]
            for due, _, entry in queue.in_flight.first(SHELF)
        ],
        "caption": queue.caption,
    }


def caption_of(queue: "QueueNode") -> list[str]:
    """The settings that matter for what is seen, in words."""
    settings = queue.settings
    lines = []
    if queue.dead:
        given = [link.settings for link in queue.ins]
        limits = sorted({one.maxReceiveCount for one in given if isinstance(one, DeadLetterSettings)})
        lines.append(
            f"after {' or '.join(str(limit) for limit in limits)} {'receive' if limits == [1] else 'receives'}"
        )
    else:
        lines.append(f"visibility timeout {words(settings.VisibilityTimeout * SECOND)}")
    if settings.DelaySeconds:
        lines.append(f"delay {words(settings.DelaySeconds * SECOND)}")
    return lines
