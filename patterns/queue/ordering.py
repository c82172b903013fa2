"""What a FIFO queue says of the order of its groups, when that keeps a message back.

Source: SQS Developer Guide, "FIFO queue delivery logic".
"""

from typing import TYPE_CHECKING

from patterns.queue.groups import HELD, ByGroup
from patterns.queue.stock import Entry

if TYPE_CHECKING:
    from patterns.queue.node import QueueNode


def tell_passed(queue: "QueueNode", before: int) -> None:
    """A receive took the entry with the number `before`: is there an older one, of a group that is held?

    Told once for each time a group is held: receives come by the thousand.
    """
    order = queue.visible
    assert isinstance(order, ByGroup), "only a FIFO queue has groups"
    told = queue.passed_group
    if told is not None:
        if not order.row(told)[2]:  # what held it has expired or was purged
            queue.passed_group = None
        return
    name = order.passed_over(before)
    if name is not None and order.row(name)[3] & HELD:
        queue.passed_group = name
        queue.record("group_held", 0, name)


def tell_released(queue: "QueueNode") -> None:
    """Something was deleted: was that the group over which receives had to pass?"""
    order, name = queue.visible, queue.passed_group
    assert isinstance(order, ByGroup) and name is not None, "only a FIFO queue has groups"
    _, waiting, flight, _ = order.row(name)
    if not flight:
        queue.passed_group = None
        queue.record("group_released", 0, name, waiting)


def tell_blocked(queue: "QueueNode", entry: Entry) -> None:
    """A message came back: are there others that still have to wait behind it?"""
    order, name = queue.visible, entry.message.group or ""
    assert isinstance(order, ByGroup), "only a FIFO queue has groups"
    waiting = order.row(name)[1]
    if waiting > 1:
        queue.record("group_blocked", entry.message.id, name, waiting - 1)
    if queue.passed_group == name:
        queue.passed_group = None
