"""A fair queue: quiet tenants go first, noisy ones share what is left, and nothing is lost or slowed down."""

import pickle
import sys
from collections import deque
from statistics import mean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from patterns.queue.fairness import NOISY, SILENCE, SLOT, ByTenant
from patterns.queue.stock import GONE, IN_FLIGHT, VISIBLE, ByAge, Entry
from simulator.engine.clock import SECOND, Micros
from simulator.engine.kernel import Kernel
from simulator.engine.message import Message


class FairQueue:
    """An order with a clock, with the little of a queue that it needs, and what it said of its tenants."""

    def __init__(self) -> None:
        self.kernel = Kernel()
        self.said: list[tuple[str, bool, str]] = []
        self.line = ByTenant(self.kernel, self.note)
        self.here: dict[int, Entry] = {}
        self.number = 0

    def note(self, tenant: str, noisy: bool, reason: str) -> None:
        self.said.append((tenant, noisy, reason))

    def wait(self, span: Micros) -> None:
        self.kernel.run(self.kernel.now + span)

    def send(self, tenant: str | None, count: int = 1) -> None:
        for _ in range(count):
            self.number = number = self.number + 1
            message = Message(number * 256, "order", 0, None, 1, 0, group=tenant)
            self.here[number] = one = Entry(number, message, 0, self.kernel.now, 0)
            self.line.add(one)

    def receive(self, count: int = 1) -> list[Entry]:
        got: list[Entry] = []
        while len(got) < count and (one := self.line.take(bool(got))) is not None:
            out(one)
            got.append(one)
        return got

    def come_back(self, one: Entry) -> None:
        one.state = VISIBLE
        self.line.add(one, IN_FLIGHT)

    def leave(self, one: Entry) -> None:
        was, one.state = one.state, GONE
        del self.here[one.number]
        self.line.forget(one, was)

    def look(self) -> list[str]:
        """Who is noisy when a receive comes a moment later; it puts back what it takes."""
        self.wait(1)
        one = self.line.take()
        if one is not None:
            self.line.add(one, IN_FLIGHT)
        return self.noisy()

    def noisy(self) -> list[str]:
        return [row[0] for row in self.line.groups(99) if row[3] == NOISY]


def out(one: Entry) -> None:
    one.state = IN_FLIGHT
    one.receives += 1


def tenants(entries: list[Entry]) -> str:
    return "".join(str(one.message.group) for one in entries)


def flooded() -> FairQueue:
    """A has 30 messages in flight and 70 waiting."""
    queue = FairQueue()
    queue.send("a", 100)
    queue.receive(30)
    queue.look()
    return queue


def test_thirty_in_flight_and_a_tenth_of_all_make_a_tenant_noisy():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work" (concurrency share)."""
    queue = FairQueue()
    queue.send("a", 100)

    queue.receive(29)
    before = queue.look()
    queue.receive(1)

    assert (before, queue.look()) == ([], ["a"])
    assert queue.said == [("a", True, "it has 30 of the 30 messages in flight")]


def test_thirty_in_flight_among_hundreds_are_not_noisy():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work": more than a tenth of those in flight."""
    queue = FairQueue()
    queue.send(None, 300)
    queue.receive(300)
    queue.send("a", 40)

    queue.receive(33)
    before = queue.look()
    queue.receive(1)

    assert (before, queue.look()) == ([], ["a"])


def test_a_tenth_of_the_consumers_time_makes_a_tenant_noisy_though_little_of_it_is_in_flight():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work" (processing time share)."""
    queue = FairQueue()
    queue.send("slow", 30)
    queue.receive(2)
    queue.send("b", 1)
    queue.receive(1)

    queue.wait(SLOT - 2)
    queue.receive(1)
    before = queue.look()
    queue.wait(SLOT)
    queue.receive(1)

    assert (before, queue.look()) == ([], ["slow"])
    assert queue.said[0][2].endswith("% of the consumers' time lately")


def test_quiet_tenants_go_first_and_noisy_ones_flow_when_none_waits():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work" (how delivery order changes)."""
    queue = flooded()
    queue.send("b", 2)
    queue.send(None)

    assert [one.message.group for one in queue.receive(5)] == ["b", "b", None, "a", "a"]


def test_of_several_noisy_tenants_the_one_with_the_fewest_in_flight_goes_first():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work"."""
    queue = flooded()
    queue.send("b", 100)
    queue.receive(30)
    queue.look()
    for one in list(queue.here.values())[:2]:
        queue.leave(one)

    assert queue.noisy() == ["a", "b"]
    assert tenants(queue.line.first(5)) == tenants(queue.receive(5)) == "aaaba"


def test_a_tenant_is_quiet_again_when_nothing_of_it_waits():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work" (when a noisy neighbour becomes quiet)."""
    queue = flooded()

    queue.receive(100)

    assert queue.look() == []
    assert queue.said[1:] == [("a", False, "nothing of it waits any more")]


def test_a_tenant_is_quiet_again_when_it_has_sent_nothing_for_five_minutes():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work" (when a noisy neighbour becomes quiet)."""
    queue = flooded()
    for one in queue.receive(20):
        queue.leave(one)
    queue.wait(SILENCE - SECOND)
    queue.send("a")

    queue.wait(2 * SECOND)
    for one in queue.receive(1):
        queue.leave(one)
    before = queue.look()
    for one in list(queue.here.values()):
        if one.state == IN_FLIGHT:
            queue.leave(one)
    queue.wait(SILENCE)
    queue.receive(1)

    assert (before, queue.look()) == (["a"], [])
    assert queue.said[1:] == [("a", False, "it has sent nothing for 5 min")]


def test_a_tenant_is_quiet_again_when_what_waited_of_it_has_left():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work" (its backlog is used up)."""
    queue = flooded()
    queue.send("b")
    queue.look()

    for one in list(queue.here.values()):
        if one.state == VISIBLE and one.message.group == "a":
            queue.leave(one)

    assert queue.look() == []
    assert queue.line.row("a") == ["a", 0, 30, 0]


def test_a_message_without_a_group_is_never_noisy():
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work": each is its own distinct tenant."""
    queue = FairQueue()
    queue.send(None, 200)

    got = queue.receive(150)

    assert [one.number for one in got] == list(range(1, 151))
    assert (queue.said, queue.line.groups(9), queue.line.groups_count) == ([], [], 0)


def test_tenants_are_shown_noisy_ones_first_and_by_name():
    queue = FairQueue()
    for name in "dcb":
        queue.send(name)
    queue.send("a", 100)
    for one in queue.receive(3):
        queue.leave(one)
    queue.send("z")
    queue.receive(30)
    queue.look()
    queue.receive(1)

    assert queue.line.groups(9) == [["a", 70, 30, NOISY], ["z", 0, 1, 0]]
    assert queue.line.groups(1) == [["a", 70, 30, NOISY]]
    assert queue.line.row("nobody") == ["nobody", 0, 0, 0]


def test_a_queue_becomes_fair_with_what_it_holds_already():
    queue = FairQueue()
    queue.send("a", 100)
    queue.receive(40)

    fair = ByTenant(queue.kernel, queue.note, list(queue.here.values()))

    assert fair.row("a") == ["a", 60, 40, 0]
    assert fair.count == fair.ready == 60
    for number, state in ((41, 0), (42, NOISY)):
        queue.wait(1)
        taken = fair.take()
        assert taken is not None
        assert (taken.number, fair.row("a")[3]) == (number, state)


@pytest.mark.parametrize("tenant", ["a", None])
def test_what_a_receive_puts_back_is_there_as_before_and_makes_nobody_noisy(tenant: str | None):
    """A short poll takes and puts back what lies on servers that it does not ask."""
    queue = FairQueue()
    queue.send(tenant, 40)

    for one in [queue.line.take() for _ in range(39)]:
        assert one is not None
        queue.line.add(one, IN_FLIGHT)

    assert queue.look() == []
    assert [one.number for one in queue.line.first(3)] == [1, 2, 3]
    assert [one.number for one in queue.receive(99)] == list(range(1, 41))


def test_a_noisy_tenant_is_not_quiet_because_a_receive_put_back_all_it_had():
    queue = flooded()
    for one in queue.receive(69):
        queue.leave(one)
    queue.wait(1)

    last = queue.line.take()
    assert last is not None
    queue.line.add(last, IN_FLIGHT)

    assert queue.look() == ["a"]
    queue.leave(last)
    assert queue.look() == []


@pytest.mark.parametrize("others", [1, 2])
def test_a_message_that_comes_back_for_ever_leaves_nothing_behind(others: int):
    """Bounded memory: the places that a tenant has left are let go of."""
    queue = FairQueue()
    queue.send("a", 2)
    for name in "bc"[:others]:
        queue.send(name)
    for _ in range(5000):
        [poison] = queue.receive()
        queue.come_back(poison)

    [poison] = queue.receive()

    assert poison.number == 1
    assert [one.number for one in queue.line.first(2)] == [2, 3]
    assert sys.getsizeof(queue.line._quiet._items) < 5000


def dwelling(fair: bool) -> tuple[dict[str, list[Micros]], int]:
    """How long messages wait at 100 seats of a second each: A floods, B sends ten a second. Also how many are done."""
    queue = FairQueue()
    old = ByAge(VISIBLE)
    waited: dict[str, list[Micros]] = {"a": [], "b": []}
    seats: deque[tuple[Micros, Entry]] = deque()
    done = 0
    for tick in range(300):
        queue.send("a", 15)
        queue.send("b", tick % 10 == 0)
        if not fair:
            for one in list(queue.here.values())[-16:]:
                if one.sent == queue.kernel.now:
                    old.add(one)
        now = queue.kernel.now
        while seats and seats[0][0] <= now:
            one = seats.popleft()[1]
            done += 1
            if fair:
                queue.leave(one)
            else:
                del queue.here[one.number]
        while len(seats) < 100 and (queue.line.count if fair else old.count):
            one = (queue.line.take() if fair else None) or old.take()
            out(one)
            seats.append((now + SECOND, one))
            waited[str(one.message.group)].append(now - one.sent)
        queue.wait(SECOND // 10)
    return waited, done


def test_the_neighbours_of_a_flood_hardly_wait_and_as_much_is_done_as_ever():
    """Source: SQS Developer Guide, "Amazon SQS fair queues" (dwell time of quiet tenants; total throughput)."""
    fair, done_fairly = dwelling(fair=True)
    unfair, done_unfairly = dwelling(fair=False)

    assert mean(fair["b"]) < SECOND
    assert mean(unfair["b"]) > 3 * SECOND
    assert mean(fair["a"]) > 3 * SECOND
    assert done_fairly == done_unfairly


class Slowly:
    """The same rules, applied by looking at everything that ever happened."""

    def __init__(self) -> None:
        self.events: list[tuple[Micros, str | None, int]] = []
        self.born: dict[str, int] = {}
        self.sent: dict[str, Micros] = {}
        self.noisy: list[str] = []
        self.fresh: list[str] = []
        self.latest: Micros = 0

    def waiting(self, here: dict[int, Entry], name: str | None) -> list[Entry]:
        found = [one for one in here.values() if one.state == VISIBLE and (name is None or one.message.group == name)]
        return sorted(found, key=lambda one: (one.sent, one.number))

    def flight(self, name: str | None) -> int:
        return sum(by for _, whose, by in self.of(name))

    def of(self, name: str | None) -> list[tuple[Micros, str | None, int]]:
        since = self.events[self.born.get(name, 0) :] if name else self.events
        return [event for event in since if name is None or event[1] == name]

    def taken(self, name: str | None, begin: Micros, end: Micros) -> int:
        return sum(by * max(0, end - max(at, begin)) for at, _, by in self.of(name))

    def forget_the_absent(self, here: dict[int, Entry]) -> None:
        for name in list(self.sent):
            if not self.waiting(here, name):
                self.fresh += [name] if name in self.noisy else []
                if not self.flight(name):
                    self.noisy = [other for other in self.noisy if other != name]
                    del self.sent[name]

    def send(self, name: str | None, now: Micros) -> None:
        if name:
            if name not in self.sent:
                self.born[name] = len(self.events)
            self.sent[name] = now

    def hush(self, now: Micros) -> bool:
        """Whether there was a silent one among the noisy tenants; now there is none."""
        before = self.noisy
        self.noisy = [name for name in before if self.sent[name] + SILENCE > now]
        return self.noisy != before

    def choose(self, here: dict[int, Entry], taken: list[Entry]) -> Entry | None:
        """What a receive gets that has taken some already."""
        waiting = [one for one in self.waiting(here, None) if one not in taken]
        quiet = [one for one in waiting if one.message.group not in self.noisy]
        if quiet or not waiting:
            return quiet[0] if quiet else None
        return min(waiting, key=lambda one: (self.flight(one.message.group), one.sent, one.number))

    def judge(self, here: dict[int, Entry], now: Micros) -> None:
        """A receive begins: look at those from whom something was taken before."""
        if self.latest == now:
            return
        fresh, self.fresh, self.latest = dict.fromkeys(self.fresh), [], now
        for name in fresh:
            waits = len(self.waiting(here, name))
            if not waits:
                self.noisy = [other for other in self.noisy if other != name]
            elif name not in self.noisy and self.too_much(name, waits, now):
                self.noisy.append(name)

    def too_much(self, name: str, waits: int, now: Micros) -> bool:
        begin = now - now % SLOT
        mine, all_ = self.taken(name, begin - SLOT, now), self.taken(None, begin - SLOT, now)
        before = mine - self.taken(name, begin, now)
        many = self.flight(name) >= 30 and self.flight(name) * 10 > self.flight(None)
        return many or (waits >= 10 and before > 0 and mine * 10 > all_)


STEPS = some.lists(
    some.tuples(some.sampled_from("sssrrrbbxxwwz"), some.integers(0, 99)),
    min_size=30,
    max_size=60,
)
PAUSES = (1, SECOND, 3 * SECOND, SLOT, 2 * SLOT, SILENCE)


@settings(max_examples=120, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_the_order_is_the_one_found_by_looking_at_everything(steps: list[tuple[str, int]]):
    """Source: SQS Developer Guide, "How Amazon SQS fair queues work". The peer is `Slowly`, above."""
    queue, slow = FairQueue(), Slowly()
    for what, chosen in steps:
        here, now = queue.here, queue.kernel.now
        among: list[Any] = list(here.values())
        if what == "s":
            name = (None, "a", "a", "b", "c")[chosen % 5]
            slow.send(name, now)
            queue.send(name, 1 + chosen // 4)
        elif what == "r":
            slow.judge(here, now)
            put_back = []
            for place in range(1 + chosen // 3):
                foreseen = queue.line.first(1) if place and not slow.hush(now) else []
                slow.hush(now)
                expected = slow.choose(here, put_back)
                one = queue.line.take()
                assert one is expected
                if one is None:
                    break
                assert not foreseen or foreseen[0] is one
                slow.events.append((now, one.message.group, 1))
                slow.fresh += [one.message.group] if one.message.group else []
                if chosen % 5 == place % 7:
                    put_back.append(one)
                else:
                    out(one)
            for one in put_back:
                queue.line.add(one, IN_FLIGHT)
                slow.events.append((now, one.message.group, -1))
            slow.forget_the_absent(here)
        elif what == "z":
            queue, slow = pickle.loads(pickle.dumps((queue, slow)))
        elif what == "w":
            queue.wait(PAUSES[chosen % len(PAUSES)])
        elif among:
            for one in among[chosen % len(among) :][: 1 + chosen // 4]:
                if what == "b" and one.state == IN_FLIGHT:
                    queue.come_back(one)
                    slow.events.append((now, one.message.group, -1))
                elif what == "x":
                    if one.state == IN_FLIGHT:
                        slow.events.append((now, one.message.group, -1))
                    queue.leave(one)
                slow.forget_the_absent(here)
        waiting = slow.waiting(queue.here, None)
        assert queue.line.count == len(waiting)
        assert queue.noisy() == sorted(slow.noisy)
        rows = {name: [name, len(slow.waiting(queue.here, name)), slow.flight(name)] for name in sorted(slow.sent)}
        assert [row[:3] for row in queue.line.groups(9)] == list(rows.values())
        shown = queue.line.first(9_999)
        assert sorted(one.number for one in shown) == sorted(one.number for one in waiting)
        assert queue.line.first(3) == shown[:3]
