"""Servers and containers that come and go with the backlog."""

import pickle
from itertools import pairwise
from typing import Any

import pytest

from simulator.engine.errors import Refused
from simulator.engine.run import Run
from tests.patterns.test_worker import at_work
from tests.patterns.vocabulary import conserved, do, lines, producer, queue, records, scenario, seconds, times, worker

SLOWLY = {"minimum": 1, "maximum": 10, "backlog_per_worker": 10, "every": 10}


def fleet(*, messages: int = 0, scaling: dict[str, Any] | None = None, **settings: Any) -> Run:
    """A fleet of servers that takes 100 s for each message, scaled every 10 s, without cooldowns unless it says so."""
    given = SLOWLY | {"scale_out_cooldown": 0, "scale_in_cooldown": 0} | (scaling or {})
    return at_work(
        messages=messages,
        visibility=3600,
        **({"kind": "server", "service": seconds(100)} | settings),
        scaling=given,
    )


def steps(run: Run) -> list[tuple[int, int]]:
    return [record[4:6] for record in records(run, "scaled")]


def size(run: Run) -> int:
    shown: int = run.find("mailer").view()["concurrency"]
    return shown


def test_a_fleet_begins_with_its_minimum():
    assert size(fleet(scaling={"minimum": 3})) == 3


def test_as_many_seats_as_give_each_the_backlog_that_is_aimed_at():
    """Source: Amazon EC2 Auto Scaling User Guide, "Scaling policy based on Amazon SQS": backlog per instance."""
    run = fleet(messages=46)
    run.advance(seconds(11))
    assert steps(run) == [(1, 5)]
    assert records(run, "scaled")[0][6] == "45 messages wait, and 10 for each is the aim"
    assert run.find("mailer").view()["busy"] == 5


def test_it_asks_its_queues_for_what_waits_and_learns_it_one_way_there_and_back_later():
    """Source: SQS API Reference, GetQueueAttributes, ApproximateNumberOfMessages."""
    run = fleet(messages=46)
    run.advance(seconds(11))
    assert times(run, "scaled") == [seconds(10.02)]


def test_it_stays_within_its_bounds():
    run = fleet(messages=400, scaling={"maximum": 4})
    run.advance(seconds(60))
    assert steps(run) == [(1, 4)]
    assert len(run.find("mailer").view()["seats"]) == 4


def test_with_less_to_do_it_gives_up_seats_that_finish_what_they_have():
    run = fleet(messages=40, service=seconds(15))
    run.advance(seconds(12))
    assert size(run) == 4
    run.advance(seconds(400))
    assert size(run) == 1
    assert len(records(run, "deleted")) == 40
    assert records(run, "abandoned", "failed") == []


def test_while_seats_finish_the_view_says_from_how_many_to_how_many_it_goes():
    run = fleet(messages=30)
    run.advance(seconds(11))
    assert run.find("mailer").view()["scaling"] is None
    do(run, "emails", "PurgeQueue")
    run.advance(seconds(21))
    assert run.find("mailer").view()["scaling"] == [3, 1]
    run.advance(seconds(120))
    assert run.find("mailer").view()["scaling"] is None


def test_after_it_has_grown_it_waits_before_it_grows_again():
    """Source: Application Auto Scaling User Guide, "Target tracking scaling policies", cooldown period."""
    run = scenario(
        producer("shop", to="emails", arrivals={"regular": {"per_second": 2}}),
        queue("emails", VisibilityTimeout=3600),
        worker(
            "mailer",
            polls="emails",
            kind="container",
            service=seconds(1000),
            scaling=SLOWLY | {"maximum": 100, "scale_out_cooldown": 60},
        ),
    )
    run.advance(seconds(200))
    at = times(run, "scaled")
    assert all(later - time >= seconds(59.9) for time, later in pairwise(at))
    assert len(at) == 4


def test_after_it_has_grown_it_waits_longer_before_it_shrinks():
    """Source: Application Auto Scaling User Guide, "Target tracking scaling policies", cooldown period."""
    run = fleet(messages=40, service=seconds(1), scaling={"scale_in_cooldown": 120})
    run.advance(seconds(300))
    grown, shrunk = times(run, "scaled")
    assert steps(run) == [(1, 3), (3, 1)]
    assert shrunk - grown >= seconds(119.9)


def test_where_an_answer_is_missing_everything_stays_as_it_is():
    run = fleet(messages=200)
    do(run, "emails-mailer", "partition")
    run.advance(seconds(60))
    assert steps(run) == []
    do(run, "emails-mailer", "stop partition")
    run.advance(seconds(90))
    assert size(run) == 10


def test_the_backlog_of_several_queues_counts_together():
    run = scenario(
        queue("fast"),
        queue("slow"),
        worker("mailer", polls=["fast", "slow"], kind="server", service=seconds(100), scaling=SLOWLY),
    )
    for name in ("fast", "slow"):
        for _ in range(16):
            do(run, name, "SendMessage", MessageBody="x")
    run.advance(seconds(11))
    assert steps(run) == [(1, 4)]


def test_new_seats_begin_cold():
    run = fleet(messages=30, cold_start=20)
    run.advance(seconds(15))
    assert len(records(run, "cold_start")) == 3


def test_a_crashed_fleet_is_scaled_all_the_same_and_comes_back_as_large_as_it_should_be():
    run = fleet(messages=50)
    run.advance(seconds(5))
    do(run, "mailer", "crash", seconds=20)
    run.advance(seconds(26))
    assert run.find("mailer").view()["busy"] == 5
    assert size(run) == 5


def test_scaling_can_be_taken_away_and_given_again():
    run = fleet(messages=100)
    run.advance(seconds(12))
    assert size(run) == 10
    do(run, "mailer", "change", scaling=None, concurrency=2)
    assert size(run) == 2
    run.advance(seconds(50))
    assert size(run) == 2
    do(run, "mailer", "change", scaling=SLOWLY | {"maximum": 5})
    run.advance(seconds(62))
    assert size(run) == 5


def test_a_fleet_that_is_pickled_goes_on_identically():
    run = scenario(
        producer("shop", to="emails", arrivals={"poisson": {"per_second": 4}}),
        queue("emails", VisibilityTimeout=20),
        worker("mailer", polls="emails", kind="server", service={"exponential": {"mean": 2}}, scaling=SLOWLY),
    )
    run.advance(seconds(47.3))
    copy = pickle.loads(pickle.dumps(run))
    for one in (run, copy):
        one.advance(seconds(400))
    assert lines(run) == lines(copy)
    assert conserved(run)
    assert len(steps(run)) > 1


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"kind": "function", "scaling": {}}, "event source mapping"),
        ({"kind": "server", "scaling": {"minimum": 5, "maximum": 2}}, "minimum is 5"),
        ({"kind": "server", "scaling": {"every": 0}}, "at least"),
        ({"kind": "server", "scaling": {"backlog_per_worker": 0}}, "more than 0"),
    ],
)
def test_scaling_that_makes_no_sense_is_refused(settings, says):
    with pytest.raises(Refused) as refused:
        scenario(queue("emails"), worker("mailer", polls="emails", **settings))
    assert says in str(refused.value)
