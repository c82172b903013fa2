"""What the stage shows of a queue: bounded whatever it holds. Shape: docs/PROTOCOL.md, Views."""

from typing import TYPE_CHECKING, Any

from patterns.queue import redriving
from patterns.queue.config import DeadLetterSettings
from patterns.queue.prices import FAIR_SURCHARGE, FIFO, STANDARD, micro_dollars
from patterns.queue.refusing import RECENT
from simulator.engine.clock import SECOND, Micros, words
from simulator.engine.message import POISON

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode

HEAD = 16
SHELF = 10
GROUPS = 8


def view_of(queue: "QueueNode") -> dict[str, Any]:
    """The head of the line and the shelf of what is in flight, with exact counts of all the rest."""
    order, now = queue.visible, queue.kernel.now
    head = order.first(HEAD)
    given_up, known = POISON if queue.dead else 0, queue.run.poison
    groups = order.groups(GROUPS)
    places = {row[0]: place for place, row in enumerate(groups)}
    return {
        "waiting": order.count,
        "delayed": len(queue.delays),
        "inflight": len(queue.in_flight),
        "oldest": oldest_of(queue),
        "limit": queue.limit,
        "dead": queue.dead,
        "fifo": queue.fifo,
        "head": [
            [
                *entry.capsule(known.get(entry.message.id, given_up)),
                entry.sent,
                places.get(name := entry.message.group or "", -1),
                order.row(name)[3] if name else 0,
            ]
            for entry in head
        ],
        "shelf": [
            [
                *entry.capsule(known.get(entry.message.id, given_up)),
                entry.since,
                due,
                entry.holder,
                places.get(entry.message.group or "", -1),
            ]
            for due, _, entry in queue.in_flight.first(SHELF)
        ],
        "groups": groups,
        "groupCount": order.groups_count,
        "deduplicated": queue.deduplicated,
        "move": redriving.view_of(queue),
        "repeat": _recent(queue.latest_repeat, now),
        "overtook": _recent(queue.latest_overtaking, now),
        "refusals": _refusals(queue),
        "calls": calls_of(queue),
        "caption": queue.caption,
    }


def oldest_of(queue: "QueueNode") -> Micros | None:
    """When the oldest message that waits was sent; where groups have an order of their own, the oldest of all."""
    if not queue.visible.count:
        return None
    oldest = (queue.ages if queue.grouped else queue.visible).first(1)
    return oldest[0].sent if oldest else None


def calls_of(queue: "QueueNode") -> list[int]:
    """What has been billed: requests, how many of them were empty receives, and their price in micro-dollars."""
    bill = queue.bill
    tiers, surcharge = (FIFO, 0.0) if queue.fifo else (STANDARD, FAIR_SURCHARGE if queue.grouped else 0.0)
    return [bill.requests, bill.empty_receives, micro_dollars(bill.requests, tiers, surcharge)]


def _refusals(queue: "QueueNode") -> list[Any] | None:
    time, code, count = queue.latest_refusal
    return [time, code, count] if count and queue.kernel.now - time <= RECENT else None


def _recent(shown: list[int] | None, now: Micros) -> list[int] | None:
    """What happened a moment ago, with its time last; None when it was longer ago."""
    return shown if shown is not None and now - shown[-1] <= RECENT else None


def caption_of(queue: "QueueNode") -> list[str]:
    """The settings that matter for what is seen, in words."""
    settings = queue.settings
    lines = []
    if queue.dead:
        lines += _comes_here(queue)
    else:
        lines.append(f"visibility timeout {words(settings.VisibilityTimeout * SECOND)}")
    if settings.DelaySeconds:
        lines.append(f"delay {words(settings.DelaySeconds * SECOND)}")
    if settings.ContentBasedDeduplication:
        lines.append("repeated content is dropped")
    if settings.FifoThroughputLimit == "perMessageGroupId":
        lines.append("high throughput")
    if settings.duplicates:
        lines.append(f"duplicates {settings.duplicates * 100:.3g} %")
    if settings.disorder:
        lines.append(f"disorder {settings.disorder * 100:.3g} %")
    return lines


def _comes_here(queue: "QueueNode") -> list[str]:
    """What makes a message come to this dead-letter queue: too many receives in a queue, or deliveries in vain."""
    given = [link.settings for link in queue.ins if link.kind == "dead"]
    limits = sorted({one.maxReceiveCount for one in given if isinstance(one, DeadLetterSettings)})
    lines = []
    if limits:
        counts = " or ".join(str(limit) for limit in limits)
        lines.append(f"after {counts} {'receive' if limits == [1] else 'receives'}")
    if not all(isinstance(one, DeadLetterSettings) for one in given):
        lines.append("after deliveries in vain")
    return lines
