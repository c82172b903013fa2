"""What the stage shows of a topic: bounded whatever it has. Shape: docs/PROTOCOL.md, Views."""

from typing import TYPE_CHECKING, Any

from patterns.topic import replaying
from patterns.topic.subscription import PENDING, Subscription, short

if TYPE_CHECKING:
    from patterns.topic.node import Topic

MOST_SUBSCRIPTIONS = 12
HEAP = 8

UNCONFIRMED, HELD_BACK, DEAD_LETTERS, FILTERS = 1, 2, 4, 8


def view_of(topic: "Topic") -> dict[str, Any]:
    """The first subscriptions with what has become of their messages, and the latest that were filtered out."""
    if topic.archive is not None:
        topic.archive.expire(topic.kernel.now)
    return {
        "fifo": topic.fifo,
        "published": topic.published,
        "subscriptions": [_row(topic, one) for one in list(topic.subscriptions.values())[:MOST_SUBSCRIPTIONS]],
        "count": len(topic.subscriptions),
        "heap": list(topic.heap),
        "archive": [len(topic.archive), _replays(topic), topic.replayed] if topic.archive is not None else None,
        "caption": topic.caption,
    }


def caption_of(topic: "Topic") -> list[str]:
    """The settings that matter for what is seen, in words."""
    settings = topic.settings
    lines = []
    if settings.ContentBasedDeduplication:
        lines.append("repeated content is dropped")
    if settings.FifoThroughputScope == "MessageGroup":
        lines.append("high throughput")
    if settings.ArchivePolicy is not None:
        days = settings.ArchivePolicy.MessageRetentionPeriod
        lines.append(f"archive {days} {'day' if days == 1 else 'days'}")
    return lines


def _row(topic: "Topic", one: Subscription) -> list[Any]:
    now = topic.kernel.now
    held_back = one.pace is not None and one.pace.is_behind(now)
    state = UNCONFIRMED if one.state == PENDING else 0
    state |= HELD_BACK * held_back | DEAD_LETTERS * (one.dead is not None) | FILTERS * (one.filter is not None)
    following = one.dues.next(now)
    retry = [following.due, following.tries, following.schedule.total] if following else [0, 0, 0]
    counts = [one.delivered, one.filtered, one.failed, one.retrying]
    return [one.link.index, one.protocol, state, *counts, *retry, short(one.reason), one.reasoned]


def _replays(topic: "Topic") -> bool:
    return any(replay.status != replaying.COMPLETED for replay in topic.replays)
