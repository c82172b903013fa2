"""Links: how long a hop takes, what is lost, doubled, overtaken or cut off, and who has a message at any moment."""

from collections import Counter

import pytest

from simulator.engine.clock import SECOND, Micros, seconds
from simulator.engine.link import PATIENCE
from simulator.engine.message import DUPLICATE, LOST, REFUSED, REPLY
from simulator.engine.run import Run
from tests.engine.station import Station, Take, Try, at, conserved, kinds, run_of, station, way

MILLISECOND = SECOND // 1000


def flags(run: Run, kind: str) -> list[int]:
    return [record[7] & 63 for record in run.trace.records if record[1] == kind]


def travel(run: Run, kind: str) -> list[Micros]:
    """How long each hop takes, by its own record."""
    return [record[6] - record[0] for record in run.trace.records if record[1] == kind]


# A push.


def test_a_push_arrives_after_the_latency_and_its_record_says_so_at_departure() -> None:
    run = run_of(station("a", makes=1), station("b"), way("a", "b", latency=0.25))

    run.advance(SECOND)

    sent, kept = at(run.trace.records, "sent"), at(run.trace.records, "kept")
    assert kinds(run.trace.records) == ["made", "sent", "kept"]
    assert (sent, kept, travel(run, "sent")) == ([0], [250 * MILLISECOND], [250 * MILLISECOND])


def test_a_message_is_in_exactly_one_place_at_every_moment() -> None:
    run = run_of(station("a", makes=1), station("b"), way("a", "b", latency=0.25))
    run.advance(100 * MILLISECOND)

    assert (list(run.nodes[0].held()), list(run.nodes[1].held()), run.inventory()) == ([], [], Counter({256: 1}))

    run.advance(SECOND)
    assert (list(run.nodes[1].held()), run.inventory()) == ([256], Counter({256: 1}))


def test_a_sender_that_listens_hears_the_answer_one_way_back_later() -> None:
    run = run_of(station("a", makes=1, listens=True), station("b"), way("a", "b", latency=0.1))

    run.advance(SECOND)

    assert at(run.trace.records, "heard") == [200 * MILLISECOND]


def test_a_refused_push_comes_back_and_is_the_senders_again() -> None:
    run = run_of(station("a", makes=1, listens=True), station("b", refuses="Full"), way("a", "b", latency=0.1))
    run.advance(150 * MILLISECOND)
    assert run.inventory() == Counter({256: 1}), "on its way back it is in the link's custody"

    run.advance(SECOND)

    assert kinds(run.trace.records) == ["made", "sent", "carried", "returned", "heard", "gave_up"]
    assert flags(run, "carried") == [REFUSED]
    assert conserved(run, run.trace.records)


def test_a_refused_push_whose_sender_hung_up_ends_on_its_way_back() -> None:
    run = run_of(station("a"), station("b", refuses="Full"), way("a", "b", latency=0.1))
    run.intervene("a", "Give")
    sender = run.nodes[0]
    assert isinstance(sender, Station)
    [[message]] = sender.kept.values()
    sender._lose(message.id)
    call = run.links[0].send(message, Try(sender, run.links[0], message).heard)
    assert call is not None
    call.hang_up()
    run.advance(SECOND)

    assert kinds(run.trace.records, "intervened") == ["given", "sent", "carried", "orphaned"]
    assert run.inventory() == Counter()


def test_a_refused_push_that_nobody_listens_for_ends_where_it_was_refused() -> None:
    run = run_of(station("a", makes=1), station("b", refuses="Full"), way("a", "b"))

    run.advance(SECOND)

    assert kinds(run.trace.records) == ["made", "sent", "turned_away"]
    assert run.inventory() == Counter()


# Loss.


def test_a_lost_push_is_discarded_half_way_with_the_reason() -> None:
    run = run_of(station("a", makes=1), station("b"), way("a", "b", latency=0.5, loss=1))

    run.advance(SECOND)

    assert kinds(run.trace.records) == ["made", "sent", "lost"]
    assert flags(run, "sent") == [LOST]
    assert run.trace.records[-1] == (250 * MILLISECOND, "lost", 0, 256, 0, "the link loses some of what it carries")
    assert run.inventory() == Counter()


def test_who_listens_for_a_lost_push_gives_up_waiting_and_sends_again() -> None:
    """Source: AWS Architecture Blog, "Timeouts, retries, and backoff with jitter": a client can't tell a lost request
    from a lost answer.
    """
    run = run_of(station("a", makes=1, listens=True, tries=2), station("b"), way("a", "b", loss=1))

    run.advance(20 * SECOND)

    expected = ["made", "sent", "lost", "timed_out", "heard", "sent", "lost", "timed_out", "heard", "gave_up"]
    assert kinds(run.trace.records) == expected
    assert at(run.trace.records, "timed_out") == [PATIENCE, 2 * PATIENCE]
    assert {record[4] for record in run.trace.records if record[1] == "heard"} == {"RequestTimeout"}
    assert conserved(run, run.trace.records)


def test_when_the_answer_is_lost_the_message_is_in_two_places_and_both_are_counted() -> None:
    """This is why delivery is at least once. Source: SQS Developer Guide, "At-least-once delivery"."""
    run = run_of(station("a", makes=1, listens=True), station("b"), way("a", "b", latency=0.1))
    run.advance(50 * MILLISECOND)
    run.intervene("a-b", "lose", {"probability": 1})
    run.advance(150 * MILLISECOND)
    run.intervene("a-b", "stop lose")

    run.advance(4 * SECOND)
    assert run.inventory() == Counter({256: 1})
    run.advance(6 * SECOND)

    assert "kept" in kinds(run.trace.records)
    assert kinds(run.trace.records)[-3:] == ["timed_out", "heard", "gave_up"]
    assert conserved(run, run.trace.records)


def test_loss_happens_as_often_as_it_is_set() -> None:
    run = run_of(station("a", makes=4000, gap=0.001), station("b"), way("a", "b", loss=0.25))

    run.advance(10 * SECOND)

    lost = kinds(run.trace.records).count("lost")
    assert 900 < lost < 1100, "4000 tries with probability 0.25: a standard deviation is 27"
    assert conserved(run, run.trace.records)


# Duplication.


def test_a_doubled_push_arrives_twice_and_one_of_them_is_marked() -> None:
    run = run_of(station("a", makes=1), station("b"), way("a", "b", duplication=1))

    run.advance(SECOND)

    assert kinds(run.trace.records) == ["made", "duplicated", "sent", "sent", "kept", "kept"]
    assert flags(run, "sent") == [DUPLICATE, 0]
    assert run.inventory() == Counter({256: 2})


def test_who_listens_for_a_doubled_push_is_answered_once() -> None:
    run = run_of(station("a", makes=1, listens=True), station("b"), way("a", "b", duplication=1))

    run.advance(SECOND)

    assert kinds(run.trace.records).count("heard") == 1
    assert conserved(run, run.trace.records)


# Requests and answers.


def test_an_answer_carries_copies_and_custody_stays_with_who_was_asked() -> None:
    run = run_of(station("a"), station("b", asks_every=1000), way("a", "b", kind="poll", latency=0.1))
    run.intervene("a", "Give")

    run.advance(150 * MILLISECOND)
    assert list(run.nodes[0].held()) == [511]
    assert run.inventory() == Counter({511: 1}), "the copy that travels with the answer is nobody's custody"
    run.advance(SECOND)

    assert kinds(run.trace.records, "intervened") == ["given", "carried", "got", "carried", "done"]
    assert flags(run, "carried") == [0, REPLY], "the message goes one way, the word that it is done the other"
    assert [record[5] for record in run.trace.records if record[1] == "carried"] == [0, 1]
    assert at(run.trace.records, "done") == [300 * MILLISECOND]
    assert conserved(run, run.trace.records)


def test_an_answer_may_come_later_than_the_question() -> None:
    slow = station("a", answers_after=3)
    run = run_of(slow, station("b", asks_every=1000), way("a", "b", kind="poll", latency=0.1))

    run.advance(10 * SECOND)

    assert at(run.trace.records, "got") == [3 * SECOND + 200 * MILLISECOND]


def test_a_lost_question_comes_back_as_request_timeout() -> None:
    run = run_of(station("a"), station("b", asks_every=1000), way("a", "b", kind="poll", loss=1))

    run.advance(20 * SECOND)

    assert [(record[0], record[4]) for record in run.trace.records if record[1] == "missed"] == [
        (PATIENCE, "RequestTimeout")
    ]
    assert run.nodes[0].asked == 0  # type: ignore[attr-defined]


def test_a_lost_answer_is_told_and_what_it_carried_stays_where_it_was() -> None:
    run = run_of(station("a"), station("b", asks_every=1000), way("a", "b", kind="poll", latency=0.1))
    run.intervene("a", "Give")
    run.advance(50 * MILLISECOND)
    run.intervene("a-b", "partition")

    run.advance(20 * SECOND)

    assert kinds(run.trace.records, "intervened", "fault_began") == ["given", "carried", "dropped", "missed"]
    assert flags(run, "carried") == [LOST]
    assert [record[5:] for record in run.trace.records if record[1] == "dropped"] == [("the link is cut", "an answer")]
    assert run.inventory() == Counter({511: 1})


def test_who_has_hung_up_hears_no_answer() -> None:
    run = run_of(station("a", answers_after=1), station("b", asks_every=1000), way("a", "b", kind="poll"))
    run.advance(500 * MILLISECOND)
    call = next(timer[3][0] for timer in run.kernel.pending() if timer[2].__name__ == "_answer")
    assert call.listening

    call.hang_up()
    run.advance(10 * SECOND)

    assert not call.listening
    assert kinds(run.trace.records) == []


# Faults on a link.


def test_a_cut_link_lets_nothing_through_and_says_why() -> None:
    run = run_of(station("a", makes=3), station("b"), way("a", "b"), faults=[partition("1500ms", "5s")])

    run.advance(10 * SECOND)

    assert len(at(run.trace.records, "kept")) == 2
    assert [record[-1] for record in run.trace.records if record[1] == "lost"] == ["the link is cut"]
    assert conserved(run, run.trace.records)


def test_a_cut_link_carries_again_when_the_fault_is_over() -> None:
    run = run_of(station("a", makes=5), station("b"), way("a", "b"), faults=[partition("500ms", "2s")])

    run.advance(10 * SECOND)

    assert at(run.trace.records, "kept") == [
        10 * MILLISECOND,
        3 * SECOND + 10 * MILLISECOND,
        4 * SECOND + 10 * MILLISECOND,
    ]


def test_a_slow_link_takes_so_many_times_longer() -> None:
    run = run_of(station("a", makes=2), station("b"), way("a", "b", latency=0.1))
    run.advance(500 * MILLISECOND)

    run.intervene("a-b", "slow", {"factor": 7})
    run.advance(10 * SECOND)

    assert travel(run, "sent") == [100 * MILLISECOND, 700 * MILLISECOND]


def test_on_a_link_that_reorders_messages_overtake_each_other_and_none_is_lost() -> None:
    run = run_of(station("a", makes=100, gap=0.01), station("b"), way("a", "b"))
    run.intervene("a-b", "reorder", {"spread": 1})

    run.advance(10 * SECOND)

    arrived = [record[3] for record in run.trace.records if record[1] == "kept"]
    assert sorted(arrived) == [256 * number for number in range(1, 101)]
    assert arrived != sorted(arrived)
    assert min(travel(run, "sent")) >= 10 * MILLISECOND
    assert max(travel(run, "sent")) < SECOND + 10 * MILLISECOND


def test_without_reordering_a_constant_latency_keeps_the_order() -> None:
    run = run_of(station("a", makes=100, gap=0.01), station("b"), way("a", "b"))

    run.advance(10 * SECOND)

    arrived = [record[3] for record in run.trace.records if record[1] == "kept"]
    assert arrived == sorted(arrived)


def test_a_fault_that_loses_adds_to_what_the_link_loses_by_itself() -> None:
    """Two independent mishaps: of what one leaves, the other takes its share."""
    run = run_of(station("a", makes=4000, gap=0.001), station("b"), way("a", "b", loss=0.5))
    run.intervene("a-b", "lose", {"probability": 0.5})

    run.advance(10 * SECOND)

    assert 2850 < kinds(run.trace.records).count("lost") < 3150, "0.75 of 4000; a standard deviation is 27"


@pytest.mark.parametrize("name", ["slow", "lose", "duplicate", "reorder", "partition"])
def test_a_link_is_as_before_when_a_fault_is_over(name: str) -> None:
    run = run_of(station("a", makes=200, gap=0.1), station("b"), way("a", "b"))
    run.intervene("a-b", name, {"seconds": 5})
    run.advance(8 * SECOND + 50 * MILLISECOND)
    run.trace.take()

    run.advance(15 * SECOND + 50 * MILLISECOND)

    after = run.trace.records
    assert kinds(after) == ["made", "sent", "kept"] * 70
    assert {record[6] - record[0] for record in after if record[1] == "sent"} == {10 * MILLISECOND}


def test_two_faults_at_once_both_act_and_one_may_end_before_the_other() -> None:
    run = run_of(station("a", makes=10), station("b"), way("a", "b"))
    run.intervene("a-b", "partition", {"seconds": 3.5})
    run.intervene("a-b", "slow", {"factor": 2, "seconds": 6.5})

    run.advance(20 * SECOND)

    kept = at(run.trace.records, "kept")
    assert len(kept) == 7, "made at 1, 2 and 3 s: lost; the one made at 0 had left before"
    assert [time % SECOND for time in kept[1:]] == [20 * MILLISECOND] * 3 + [10 * MILLISECOND] * 3


# Common random numbers.


def test_what_goes_wrong_on_one_link_does_not_change_another() -> None:
    """A stream per link and purpose (DESIGN, idea 4)."""

    def arrivals(loss: float) -> list[Micros]:
        latency = {"lognormal": {"median": 0.02, "p99": 0.06}}
        run = run_of(
            station("a", makes=50), station("b"), station("c", makes=50), station("d"),
            way("a", "b", loss=loss), way("c", "d", latency=latency),
        )  # fmt: skip
        run.advance(seconds(60))
        return [record[0] for record in run.trace.records if record[1] == "kept" and record[2] == 3]

    assert arrivals(0.0) == arrivals(0.7)


def test_a_calm_link_draws_no_chance_for_mishaps_so_that_its_latencies_stay_as_they_are() -> None:
    latency = {"exponential": {"mean": 0.05}}
    plain = run_of(station("a", makes=50), station("b"), way("a", "b", latency=latency))
    risky = run_of(station("a", makes=50), station("b"), way("a", "b", latency=latency, loss=1e-9))
    for run in (plain, risky):
        run.advance(seconds(60))

    assert travel(plain, "sent") == travel(risky, "sent")


def partition(at: str, span: str) -> dict[str, str]:
    return {"at": at, "fault": "partition", "link": "a-b", "for": span}


def test_a_request_about_several_messages_is_drawn_as_all_of_them_side_by_side() -> None:
    run = run_of(station("a", makes=2, gap=0.1), station("b"), way("a", "b", latency=0.1))
    run.advance(SECOND)
    kept = [messages[0] for messages in run.nodes[1].kept.values()]
    before = len(run.trace.records)

    run.links[0].ask("take", Take(most=1), None, about=kept)

    hops = run.trace.records[before:]
    assert kinds(hops) == ["carried", "carried"]
    assert [hop[3] for hop in hops] == [message.id for message in kept]
    assert flags(run, "carried")[-2:] == [REPLY, REPLY]
    assert travel(run, "carried")[-2:] == [100 * MILLISECOND] * 2


def test_a_lost_request_about_several_messages_names_each_of_them() -> None:
    run = run_of(station("a", makes=2, gap=0.1), station("b"), way("a", "b", latency=0.1))
    run.advance(SECOND)
    kept = [messages[0] for messages in run.nodes[1].kept.values()]
    run.intervene("a-b", "partition")

    run.links[0].ask("take", Take(most=1), None, about=kept)
    run.advance(2 * SECOND)

    assert [record[3] for record in run.trace.records if record[1] == "dropped"] == [message.id for message in kept]
