"""Metrics: exact where they count, close where they estimate, bounded always."""

import json
import pickle
from math import factorial
from typing import Any

import pytest

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import DAY, HOUR, MINUTE, SECOND
from simulator.engine.run import Run
from simulator.folds.metrics import Metrics, charts
from simulator.folds.occupancy import MOST_FOLLOWED, Occupancy
from simulator.folds.series import MOST_POINTS, CountSeries
from tests.folds.runs import EMAILS, MAILER, mails, records_of
from tests.patterns.vocabulary import bus, do, producer, queue, scenario, worker


def measured(run: Run, until: int) -> Metrics:
    """The metrics of a run that is driven as a session does it: from one reading of the gauges to the next."""
    metrics = Metrics(run.scenario)
    while run.now < until:
        run.advance(min(max(metrics.next_sample, run.now + 1), until))
        metrics.add(run.trace.take())
        if run.now >= metrics.next_sample:
            metrics.sample(run)
    return metrics


def of(summary: dict[str, Any], node: str, measure: str) -> dict[str, Any]:
    found: dict[str, Any] = summary["nodes"][node]["measures"][measure]
    return found


def test_counts_are_those_of_the_trace() -> None:
    run = mails()
    metrics, again = measured(run, 5 * MINUTE), mails()
    records = records_of(again, 5 * MINUTE)
    summary = metrics.summary(run.now)
    deleted = [record for record in records if record[1] == "deleted"]
    assert of(summary, "emails", "out")["count"] == len(deleted) > 1000
    assert of(summary, "emails", "out")["per_second"] == pytest.approx(len(deleted) / 300, abs=0.001)
    assert of(summary, "emails", "latency")["mean"] == pytest.approx(
        sum(record[5] for record in deleted) / len(deleted), abs=1
    )
    assert of(summary, "emails", "latency")["max"] == max(record[5] for record in deleted)


def test_an_erlang_c_queue_is_measured_as_the_closed_form_says() -> None:
    """M/M/3 at a utilisation of 0.8, with links that take next to no time. Source: Law, appendix 1B (M/M/s)."""
    rate, service, seats = 4.8, 0.5, 3
    quick = {"latency": 0.0001}
    run = scenario(
        producer("shop", to="emails", link=quick, arrivals={"poisson": {"per_second": rate}}),
        queue("emails"),
        worker("mailer", polls="emails", poll=quick, service={"exponential": {"mean": service}}, concurrency=seats),
        seed=5,
    )
    summary = measured(run, HOUR).summary(run.now)
    assert summary["nodes"]["mailer"]["utilisation"] == pytest.approx(rate * service / seats, rel=0.03)
    offered = rate * service
    blocked = offered**seats / factorial(seats) / (1 - offered / seats)
    waits = blocked / (sum(offered**number / factorial(number) for number in range(seats)) + blocked)
    wait = waits * service / (seats - offered)
    assert of(summary, "emails", "latency")["mean"] / SECOND == pytest.approx(service + wait, rel=0.1)


def test_littles_law_holds_where_nothing_stays() -> None:
    """A bus is done with an event that no rule wants in the instant in which it comes: 0 = λ · 0."""
    body = {"Source": "shop", "DetailType": "paid", "Detail": {}}
    run = scenario(producer("shop", to="bus", body=body), bus("bus", rules={"none": {"source": ["till"]}}))
    law = measured(run, 5 * MINUTE).summary(run.now)["nodes"]["bus"]["little"]
    assert law["holds"] and law["number"] == law["product"] == 0 < law["rate"]


def test_littles_law_holds_where_as_much_goes_as_comes() -> None:
    """Source: Little, Operations Research 9 (1961)."""
    run = mails(per_second=4, service={"exponential": {"mean": 0.5}}, concurrency=3)
    summary = measured(run, HOUR).summary(run.now)
    for node in ("emails", "mailer"):
        law = summary["nodes"][node]["little"]
        assert law["holds"] is True
        assert law["balanced"] is True
        assert law["number"] == pytest.approx(law["rate"] * law["stay"] / SECOND, rel=0.02)
    assert summary["nodes"]["mailer"]["little"]["stay"] == pytest.approx(0.5 * SECOND, rel=0.05)


def test_a_queue_that_only_grows_is_said_not_to_be_in_balance() -> None:
    run = mails(per_second=4, service=1.0, concurrency=1)
    law = measured(run, 20 * MINUTE).summary(run.now)["nodes"]["emails"]["little"]
    assert law["balanced"] is False
    assert law["inside"] > 3000


def test_the_stay_is_estimated_from_a_sample_when_very_many_are_inside() -> None:
    """All stay exactly 10 s: whatever the sample, the estimate is right, and the memory bounded."""
    occupancy, stay = Occupancy(), 10_000
    for begin in range(0, 60_000, 100):
        occupancy.arrive([(time, "enqueued", 1, (time + 1) * 256) for time in range(begin, begin + 100)])
        gone = range(max(begin - stay, 0), max(begin + 100 - stay, 0))
        occupancy.leave([(time + stay, "deleted", 1, (time + 1) * 256) for time in gone])
        assert len(pickle.dumps(occupancy)) < 16 * MOST_FOLLOWED
    assert occupancy.inside == stay
    assert occupancy.stayed / occupancy.stays == stay
    assert occupancy.stays == pytest.approx(50_000, rel=0.01)
    law = occupancy.little(60_000)
    assert law is not None
    assert law["number"] == pytest.approx(stay * (60_000 - stay / 2) / 60_000, rel=0.01)


def test_a_worker_that_crashed_is_not_taken_for_busy() -> None:
    """What it had in its hands is over, and what it had received but not begun never was."""
    run = mails(per_second=8, service=2.0, concurrency=4)
    metrics = Metrics(run.scenario)
    metrics.add(records_of(run, 20 * SECOND))
    do(run, "mailer", "crash", seconds=3600)
    metrics.add(records_of(run, 21 * SECOND))
    assert run.nodes[MAILER].gauges()["busy"] == 0
    law = metrics.summary(run.now)["nodes"]["mailer"]["little"]
    assert law["inside"] == 0


def test_the_number_inside_is_what_the_nodes_hold() -> None:
    run = mails(per_second=20, service=0.3, concurrency=4, failure_probability=0.2)
    metrics = Metrics(run.scenario)
    for until in range(1, 120):
        metrics.add(records_of(run, until * SECOND))
        nodes = metrics.summary(run.now)["nodes"]
        law = nodes["emails"]["little"]
        assert law is None or law["inside"] == len(list(run.nodes[EMAILS].held()))
        law = nodes["mailer"]["little"]
        assert law is None or law["inside"] == run.nodes[MAILER].gauges()["busy"]


def test_series_keep_to_240_points_from_a_second_to_a_month() -> None:
    run = scenario(producer("clock", to="emails", arrivals={"regular": {"per_second": 0.001}}), queue("emails"))
    for until in (SECOND, MINUTE, HOUR, DAY, 30 * DAY):
        metrics = measured(scenario_again(run), until)
        series = metrics.series()
        times = series["time"]
        assert 1 <= len(times) <= MOST_POINTS
        assert times == sorted(dict.fromkeys(times))
        assert times[-1] <= until
        assert times[-1] >= 0.95 * until
        assert {len(points) for points in series.values()} == {len(times)}


def scenario_again(run: Run) -> Run:
    return Run(run.scenario)


def test_halving_loses_no_message() -> None:
    run = mails()
    metrics = measured(run, 10 * MINUTE)
    series = metrics.series()
    rates = [rate for rate in series["emails.out"][:-1] if rate is not None]
    bucket = series["time"][1] - series["time"][0]
    assert bucket > SECOND
    assert sum(rates) * bucket / SECOND == pytest.approx(
        of(metrics.summary(run.now), "emails", "out")["count"], rel=0.02
    )


def test_metrics_are_the_same_in_whatever_parts_the_records_come() -> None:
    run = mails(failure_probability=0.1)
    records = records_of(run, 5 * MINUTE)
    whole, parts = Metrics(run.scenario), Metrics(run.scenario)
    whole.add(records)
    for begin in range(0, len(records), 37):
        parts.add(records[begin : begin + 37])
        if begin % 20 == 0:
            parts = pickle.loads(pickle.dumps(parts))
    assert parts.series() == whole.series()
    assert parts.summary(run.now) == whole.summary(run.now)


def test_a_gauge_is_read_and_averaged_over_time() -> None:
    run = mails(per_second=1, service=0.1, concurrency=2)
    metrics = measured(run, 30 * SECOND)
    do(run, "mailer", "change", concurrency=6)
    while run.now < 60 * SECOND:
        run.advance(metrics.next_sample)
        metrics.add(run.trace.take())
        metrics.sample(run)
    seats = of(metrics.summary(run.now), "mailer", "concurrency")
    assert seats["now"] == seats["max"] == 6
    assert seats["mean"] == pytest.approx(4, abs=0.1)
    points = metrics.series()["mailer.concurrency"]
    assert points[0] == 2
    assert points[-1] == 6


def test_a_gauge_that_was_not_read_while_things_happened_is_not_made_up() -> None:
    run = mails()
    metrics = Metrics(run.scenario)
    metrics.sample(run)
    metrics.add(records_of(run, 10 * SECOND))
    points = metrics.series()["emails.waiting"]
    assert points[5:] == [None] * len(points[5:])
    assert metrics.series()["emails.in"][-1] > 0


def test_every_chart_has_its_series_and_channels_come_first() -> None:
    for builtin in catalog.builtin_scenarios():
        read = documents.read(builtin.document, catalog.patterns())
        run = Run(read)
        series = measured(run, MINUTE).series()
        offered = charts(read)
        assert [key for chart in offered for key in (chart["key"], *chart["with"]) if key not in series] == []
        roles = [read.nodes[chart["node"]].pattern.role for chart in offered]
        assert roles == sorted(roles, key=["channel", "consumer", "producer"].index)


def test_a_summary_and_series_are_json() -> None:
    run = mails()
    metrics = Metrics(run.scenario)
    for until in (0, 1, MINUTE):
        run.advance(until)
        metrics.add(run.trace.take())
        metrics.sample(run)
        assert json.loads(json.dumps(metrics.summary(run.now), allow_nan=False))["time"] == until
        assert "time" in json.loads(json.dumps(metrics.series(), allow_nan=False))


def test_very_many_measures_share_the_room_there_is() -> None:
    run = scenario(*(queue(f"q{number}") for number in range(100)))
    series = measured(run, MINUTE).series()
    assert sum(map(len, series.values())) <= 24_500
    assert series["time"][-1] >= 59 * SECOND
    assert len(series) > 500


def test_the_first_moments_of_a_run_make_no_rate_of_a_million() -> None:
    """What happened in the first microseconds is told over a second, as nobody has waited for one yet."""
    series = CountSeries("messages")
    series.add(2)
    assert series.lines(100_000, 2)[""] == [2]
    series.close(True)
    assert series.lines(100_000, 0)[""] == [2]
