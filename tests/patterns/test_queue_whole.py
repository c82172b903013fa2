"""A queue as a whole: what holds whatever is done to it, however much it holds, and whenever it is pickled."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.queue.deadlines import Deadlines
from patterns.queue.stock import GONE, IN_FLIGHT, VISIBLE, ByAge, Entry
from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND
from simulator.engine.kernel import Kernel
from simulator.engine.message import DUPLICATE, Message
from simulator.engine.operations import Call
from simulator.engine.polling import ReceiveRequest
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    conserved,
    custody,
    do,
    document,
    lines,
    producer,
    queue,
    records,
    scenario,
    seconds,
    story,
    worker,
)


def life(run: Run, random_: random.Random, steps: int) -> None:
    """Do things to `emails` and its dead-letter queue as they come to mind, checking what must always hold."""
    handles: list[tuple[str, str]] = []
    for _ in range(steps):
        name = random_.choice(["emails", "emails", "emails", "emails-dead"])
        verb = random_.choice(["send", "send", "receive", "receive", "receive", "delete", "change", "wait", "wait"])
        if verb == "send":
            do(run, "emails", "SendMessage", MessageBody="m", DelaySeconds=random_.choice([None, 0, 3]))
        elif verb == "receive":
            most, timeout = random_.randint(1, 10), random_.choice([None, 0, 2, 20])
            call = do(run, name, "ReceiveMessage", MaxNumberOfMessages=most, VisibilityTimeout=timeout)
            got = call.result["Messages"]
            assert len(got) <= most
            assert len({message["MessageId"] for message in got}) == len(got)
            handles += [(name, message["ReceiptHandle"]) for message in got]
        elif handles and verb in ("delete", "change"):
            where, handle = handles[random_.randrange(len(handles))]
            if verb == "delete":
                assert do(run, where, "DeleteMessage", ReceiptHandle=handle).error is None
            else:
                wanted = {"ReceiptHandle": handle, "VisibilityTimeout": random_.choice([0, 5])}
                do(run, where, "ChangeMessageVisibility", **wanted)
        else:
            run.advance(run.now + random_.choice([1, SECOND // 2, 3 * SECOND, 25 * SECOND]))
        assert_whole(run)


def assert_whole(run: Run) -> None:
    for name in ("emails", "emails-dead"):
        node: Any = run.find(name)
        view = node.view()
        held = len(list(node.held()))
        assert view["waiting"] + view["inflight"] + view["delayed"] == held == custody(run, name)
        assert len(view["head"]) == min(16, view["waiting"])
        assert len(view["shelf"]) == min(10, view["inflight"])
        assert view["shelf"] == sorted(view["shelf"], key=lambda capsule: capsule[5])
    assert conserved(run)


def assert_lent_to_one_at_a_time(run: Run) -> None:
    """Between a receive and its end no other receive hands the message out; and no message is received too often."""
    lent: dict[tuple[int, int], bool] = {}
    counts: dict[int, int] = {}
    for record in records(run, "received", "redelivered", "released", "deleted", "expired", "purged"):
        key = (record[2], record[3])
        if record[1] == "received":
            assert not lent.get(key), f"{record} although it was in flight"
            lent[key] = True
            counts[record[3]] = counts.get(record[3], 0) + (record[2] == 0)
            assert record[4] > 0
        else:
            lent[key] = False
    assert all(count <= 4 for count in counts.values())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_is_done_messages_are_conserved_and_lent_to_one_at_a_time(seed):
    """Source: SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"; "Amazon SQS visibility timeout"."""
    run = scenario(
        queue("emails", dead="emails-dead", limit=4, VisibilityTimeout=10, MessageRetentionPeriod=60),
        queue("emails-dead", MessageRetentionPeriod=90),
    )
    life(run, random.Random(seed), 60)
    assert_lent_to_one_at_a_time(run)
    run.advance(seconds(100_000))
    assert_whole(run)
    assert run.inventory() == {}


def a_busy_document() -> dict[str, Any]:
    return document(
        producer(
            "shop", to="emails", arrivals={"poisson": {"per_second": 20}}, link={"duplication": 0.05, "loss": 0.01}
        ),
        queue("emails", dead="emails-dead", limit=2, VisibilityTimeout=3, DelaySeconds=1, MessageRetentionPeriod=60),
        worker(
            "mailer",
            polls="emails",
            concurrency=5,
            service={"exponential": {"mean": 0.3}},
            failure_probability=0.2,
            poll={"BatchSize": 3, "loss": 0.02},
        ),
        queue("emails-dead"),
        faults=[
            {"at": "10s", "fault": "unavailable", "node": "emails", "for": "3s"},
            {"at": "20s", "fault": "throttle", "node": "emails", "for": "5s", "arguments": {"per_second": 15}},
            {"at": "15s", "fault": "crash", "node": "mailer", "for": "2s"},
        ],
    )


@pytest.mark.parametrize("moment", [0.3, 4.2, 11.0, 16.1, 21.5])
def test_a_pickled_run_goes_on_as_if_nothing_had_been(moment):
    found = documents.read(a_busy_document(), catalog.patterns())
    straight, other = Run(found), Run(found)
    straight.advance(seconds(30))
    other.advance(seconds(moment))
    before = lines(other)
    other.trace.take()
    restored = Run.restore(other.checkpoint(), found, [], 0)
    restored.advance(seconds(30))
    assert "\n".join(part for part in (before, lines(restored)) if part) == lines(straight)


def test_in_a_storm_of_faults_nothing_vanishes():
    run = Run(documents.read(a_busy_document(), catalog.patterns()))
    for second in range(1, 61):
        run.advance(seconds(second))
    assert conserved(run)
    assert custody(run, "emails") == len(list(run.find("emails").held()))
    happened = {record[1] for record in run.trace.records}
    assert {"redelivered", "dead_lettered", "duplicated", "lost", "refused_call", "turned_away"} <= happened


def test_however_many_messages_wait_and_are_in_flight_the_view_stays_as_small():
    """Source: docs/PROTOCOL.md, "Views": all lists are bounded."""
    run = scenario(queue("emails", VisibilityTimeout=43_200))
    node: Any = run.find("emails")
    for number in range(1, 40_001):
        node.accept(Message(number * 256, "m", 0, "x", 1, 0), None, 0)
    for _ in range(2_000):
        assert len(do_quickly(node)) == 10
    view = node.view()
    assert (view["waiting"], view["inflight"]) == (20_000, 20_000)
    assert [capsule[0] for capsule in view["head"]] == [number * 256 for number in range(20_001, 20_017)]
    assert [capsule[0] for capsule in view["shelf"]] == [number * 256 for number in range(1, 11)]


def do_quickly(node: Any) -> list[Any]:
    """A receive of ten, without a line in the journal for each."""
    call = Call(ReceiveRequest(10, 0, None))
    node.receive_message(call)
    messages: list[Any] = call.result["Messages"]
    return messages


def test_a_copy_made_by_the_network_is_drawn_as_one():
    """Source: docs/PROTOCOL.md, flags."""
    entry = Entry(1, Message(256, "m", 3, "x", 1, 0), DUPLICATE, 0, 0)
    assert entry.capsule(False) == [256, 3, DUPLICATE, 0]


class Bell:
    """Writes down what rings, and when."""

    def __init__(self) -> None:
        self.kernel = Kernel()
        self.rung: list[tuple[int, int]] = []

    def ring(self, item: int) -> None:
        self.rung.append((self.kernel.now, item))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.booleans()), max_size=300))
def test_deadlines_ring_in_order_unless_they_were_taken_back(wanted):
    bell = Bell()
    deadlines = Deadlines(bell.kernel, bell.ring)
    expected = []
    for number, (wait, due, cancelled) in enumerate(wanted):
        bell.kernel.run(bell.kernel.now + wait)
        at = bell.kernel.now + due
        deadline = deadlines.set(at, number)
        if cancelled:
            deadlines.cancel(deadline)
        else:
            expected.append((at, number))
        assert [one[2] for one in deadlines.first(3)] == [one[1] for one in sorted(expected) if one not in bell.rung][
            :3
        ]
    bell.kernel.run(10_000)
    assert bell.rung == sorted(expected)
    assert len(deadlines) == 0
    assert bell.kernel.peek() is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["add", "return", "take", "forget"]), max_size=400), st.integers(0, 2**32))
def test_visible_messages_are_taken_oldest_first(verbs, seed):
    """Source: our rule, docs/MODEL.md (order)."""
    random_ = random.Random(seed)
    visible, inside, outside, numbered = ByAge(VISIBLE), [], [], 0
    for verb in verbs:
        if verb == "add":
            numbered += 1
            entry = Entry(numbered, Message(numbered, "m", 0, "x", 1, 0), 0, numbered * 10, 0)
            visible.add(entry)
            inside.append(entry)
        elif verb == "return" and outside:
            entry = outside.pop(random_.randrange(len(outside)))
            entry.state = VISIBLE
            visible.add(entry)
            inside.append(entry)
        elif verb == "take" and inside:
            oldest = min(inside, key=lambda entry: entry.sent)
            taken = visible.take()
            assert taken is oldest
            taken.state = IN_FLIGHT
            inside.remove(taken)
            outside.append(taken)
        elif verb == "forget" and inside:
            entry = inside.pop(random_.randrange(len(inside)))
            entry.state = GONE
            visible.forget(entry, VISIBLE)
        assert visible.count == len(inside)
        assert visible.first(5) == sorted(inside, key=lambda entry: entry.sent)[:5]


def test_a_run_of_a_queue_and_a_worker_ends_with_everything_deleted():
    run = scenario(
        producer("shop", to="emails", arrivals={"regular": {"per_second": 10}}, limit=200),
        queue("emails"),
        worker("mailer", polls="emails", concurrency=4, service={"exponential": {"mean": 0.2}}),
    )
    run.advance(seconds(120))
    assert len(records(run, "deleted")) == 200
    assert story(run, "m-1")[0] == "enqueued"
    assert run.inventory() == {}


@pytest.mark.parametrize("slug", ["transactional-emails", "crashed-consumer"])
def test_every_beat_of_a_built_in_scenario_comes_true_within_four_minutes(slug):
    [builtin] = [one for one in catalog.builtin_scenarios() if one.slug == slug]
    assert documents.check(builtin.document, catalog.patterns()) == []
    found = documents.read(builtin.document, catalog.patterns())
    run = Run(found)
    run.advance(seconds(240))
    index = {node.id: place for place, node in enumerate(found.nodes)}
    moments = []
    for beat in found.document.story:
        if beat.when.at is not None:
            moments.append(beat.when.at)
            continue
        where = index.get(beat.when.node)
        happened = [one[0] for one in records(run, beat.when.first) if where is None or one[2] == where]
        moments.append(happened[beat.when.nth - 1])
    assert moments == sorted(moments)
    assert moments[-1] <= seconds(240)
    assert sum(beat.pause for beat in found.document.story) <= 6
    assert conserved(run)
