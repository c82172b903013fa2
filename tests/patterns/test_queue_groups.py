"""The order of a FIFO queue: within a group strict, across groups oldest first, and past groups that are held."""

import pickle
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from patterns.queue.groups import BLOCKED, HELD, ByGroup
from patterns.queue.stock import DELAYED, GONE, IN_FLIGHT, VISIBLE, Entry
from simulator.engine.message import Message


def entry(number: int, group: str) -> Entry:
    return Entry(number, Message(number * 256, "order", 0, None, 1, 0, group=group), 0, number, 0)


def order(groups: str) -> tuple[ByGroup, dict[int, Entry]]:
    """An order with one message for each letter, which is its group."""
    entries = {number: entry(number, group) for number, group in enumerate(groups, 1)}
    line = ByGroup()
    for one in entries.values():
        line.add(one)
    return line, entries


def receive(line: ByGroup, most: int = 1) -> list[int]:
    """The numbers of the messages that one receive gets."""
    got: list[int] = []
    while len(got) < most and (one := line.take(bool(got))) is not None:
        one.state = IN_FLIGHT
        one.receives += 1
        got.append(one.number)
    return got


def come_back(line: ByGroup, one: Entry) -> None:
    one.state = VISIBLE
    line.add(one, IN_FLIGHT)


def leave(line: ByGroup, one: Entry) -> None:
    was, one.state = one.state, GONE
    line.forget(one, was)


def test_the_messages_of_a_group_come_one_after_the_other():
    """Source: SQS Developer Guide, "FIFO queue delivery logic"."""
    line, entries = order("aaa")

    got = []
    for _ in range(3):
        got += receive(line)
        leave(line, entries[got[-1]])

    assert got == [1, 2, 3]
    assert (line.count, line.ready, line.groups_count) == (0, 0, 0)


def test_a_group_with_a_message_in_flight_is_passed_over():
    """Source: SQS Developer Guide, "FIFO queue delivery logic": no more of a group until the received ones are deleted
    or visible again."""
    line, entries = order("aabb")

    assert [receive(line), receive(line), receive(line)] == [[1], [3], []]
    leave(line, entries[3])

    assert receive(line) == [4]
    assert line.passed_over(4) == "a"
    assert line.passed_over(2) is None


def test_a_batch_takes_as_many_of_one_group_as_it_can_and_then_of_others():
    """Source: SQS Developer Guide, "FIFO queue delivery logic"."""
    line, _ = order("abacab")

    assert receive(line, 4) == [1, 3, 5, 2]
    assert receive(line, 4) == [4]


def test_a_message_that_comes_back_goes_before_those_sent_after_it():
    """Source: SQS Developer Guide, "Using the Amazon SQS message group ID": order is preserved on redelivery."""
    line, entries = order("aaa")
    receive(line, 2)

    come_back(line, entries[2])
    still_held = receive(line)
    come_back(line, entries[1])

    assert still_held == []
    assert receive(line, 10) == [1, 2, 3]


def test_a_delayed_message_holds_up_those_of_its_group_behind_it():
    """Source: SQS Developer Guide, "Amazon SQS delay queues", and the strict order of a group."""
    line = ByGroup()
    entries = {number: entry(number, group) for number, group in enumerate("aab", 1)}
    entries[1].state = DELAYED
    line.hide(entries[1])
    line.add(entries[2])
    line.add(entries[3])

    before = receive(line, 10)
    entries[1].state = VISIBLE
    line.add(entries[1], DELAYED)

    assert before == [3]
    assert receive(line, 10) == [1, 2]


def test_a_group_goes_on_when_its_first_message_is_given_up_during_a_receive():
    """Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS": the move is no receive."""
    line, entries = order("ab")
    line.add(entry(3, "a"))

    poison = line.take()
    assert poison is entries[1]
    poison.state = GONE
    line.forget(poison, IN_FLIGHT)

    assert receive(line, 10) == [2, 3]


def test_a_group_is_shown_with_what_waits_what_is_out_and_whether_it_is_held_or_blocked():
    line, entries = order("aabbc")
    receive(line, 2)
    receive(line)

    assert line.groups(8) == [["a", 0, 2, HELD], ["b", 1, 1, HELD], ["c", 1, 0, 0]]
    come_back(line, entries[3])
    assert line.row("b") == ["b", 2, 0, BLOCKED]
    receive(line)
    assert line.row("b") == ["b", 1, 1, HELD | BLOCKED]
    assert line.groups(2) == [["a", 0, 2, HELD], ["b", 1, 1, HELD | BLOCKED]]
    assert line.row("nobody") == ["nobody", 0, 0, 0]


def test_those_that_come_next_are_seen_before_those_of_held_groups_each_by_age():
    line, _ = order("ababcab")
    receive(line)
    receive(line)

    assert [one.number for one in line.first(10)] == [5, 3, 4, 6, 7]
    assert [one.number for one in line.first(3)] == [5, 3, 4]


def test_many_messages_that_expire_unread_leave_nothing_behind():
    """Bounded memory: what has left is let go of, wherever in the line it was."""
    line, entries = order("ab" * 5_000)

    for number in range(10_000, 4, -1):
        leave(line, entries[number])

    assert [one.number for one in line.first(10)] == [1, 2, 3, 4]
    assert len(pickle.dumps(line)) < 20_000


class Slowly:
    """The same order, found by looking at every entry each time."""

    def __init__(self) -> None:
        self.here: dict[int, Entry] = {}
        self.open: str | None = None

    def front(self, group: str) -> Entry | None:
        """What a receive that may take from the group would get, if it is not hidden."""
        line = [self.here[number] for number in sorted(self.here) if self.here[number].message.group == group]
        waiting = [one for one in line if one.state != IN_FLIGHT]
        return waiting[0] if waiting and waiting[0].state == VISIBLE else None

    def take(self, more: bool) -> Entry | None:
        if more and self.open is not None and (one := self.front(self.open)) is not None:
            return one
        held = {one.message.group for one in self.here.values() if one.state == IN_FLIGHT}
        names = {str(one.message.group) for one in self.here.values()} - held
        fronts = [one for name in sorted(names) if (one := self.front(name)) is not None]
        found = min(fronts, key=lambda one: one.number, default=None)
        self.open = found.message.group if found is not None else None
        return found

    def rows(self) -> list[list[Any]]:
        rows = []
        for name in sorted({str(one.message.group) for one in self.here.values()}):
            states = [one.state for one in self.here.values() if one.message.group == name]
            rows.append([name, states.count(VISIBLE), states.count(IN_FLIGHT)])
        return rows


STEPS = some.lists(some.tuples(some.sampled_from("sssdrrrgbbxxew"), some.integers(0, 40)), min_size=60, max_size=160)


@settings(max_examples=100, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_the_order_is_the_one_found_by_looking_at_everything(steps: list[tuple[str, int]]):
    """Source: SQS Developer Guide, "FIFO queue delivery logic". The peer is `Slowly`, above."""
    line, slow, number = ByGroup(), Slowly(), 0
    for what, chosen in steps:
        among = [slow.here[key] for key in sorted(slow.here)]
        if what in "sd":  # sent, sent with a delay
            number += 1
            slow.here[number] = new = entry(number, "abcde"[chosen % 5])
            if what == "d":
                new.state = DELAYED
                line.hide(new)
            else:
                line.add(new)
        elif what in "rg":  # received; given up, and perhaps brought back hidden
            got = 0
            for place in range(1 + chosen % 10):
                expected, one = slow.take(bool(got)), line.take(bool(got))
                assert one is expected
                if one is None:
                    break
                if what == "g" and place % 2:
                    one.state = GONE
                    line.forget(one, IN_FLIGHT)
                    del slow.here[one.number]
                    if chosen % 3:
                        slow.here[one.number] = again = entry(one.number, str(one.message.group))
                        again.state = DELAYED
                        line.hide(again)
                else:
                    one.state = IN_FLIGHT
                    got += 1
        elif among:
            one = among[chosen % len(among)]
            if what == "b" and one.state == IN_FLIGHT:
                come_back(line, one)
            elif what == "e" and one.state == DELAYED:
                one.state = VISIBLE
                line.add(one, DELAYED)
            elif what == "x":
                leave(line, one)
                del slow.here[one.number]
            elif what == "w":
                line, slow = pickle.loads(pickle.dumps((line, slow)))
        visible = [one for one in slow.here.values() if one.state == VISIBLE]
        assert line.count == len(visible)
        assert [row[:3] for row in line.groups(9)] == slow.rows()
        shown = line.first(100)
        assert sorted(one.number for one in shown) == sorted(one.number for one in visible)
        assert shown[:1] == line.first(1)
        assert bool(line.ready) == (slow.take(False) is not None)
        if line.ready:
            assert shown[0] is slow.take(False)
