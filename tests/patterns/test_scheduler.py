"""EventBridge Scheduler. Sources: EventBridge Scheduler User Guide and API Reference, as cited."""

from typing import Any

import pytest

from patterns.scheduler.config import MOST_SCHEDULES
from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import DAY, HOUR, MINUTE, SECOND, Micros
from simulator.engine.errors import Refused, ServiceError
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    Part,
    conserved,
    custody,
    do,
    document,
    lines,
    queue,
    records,
    scenario,
    scheduler,
    story,
    times,
    worker,
)

LATENCY = 10_000


def at(name: str, expression: str, **more: Any) -> dict[str, Any]:
    return {"Name": name, "ScheduleExpression": expression, **more}


def played(*parts: Part, begins: str = "2026-01-05T00:00:00Z", until: Micros = DAY, **more: Any) -> Run:
    """The run these stations make, so far."""
    run = Run(documents.read(document(*parts, **more) | {"begins": begins}, catalog.patterns()))
    run.advance(until)
    return run


def view(run: Run, name: str = "clock") -> dict[str, Any]:
    return next(node for node in run.nodes if node.id == name).view()


def bodies(run: Run, name: str = "jobs") -> list[Any]:
    """What waits in a queue, by its bodies, oldest first."""
    node: Any = next(node for node in run.nodes if node.id == name)
    return [entry.message.body for entry in node.visible.first(20)]


def test_a_schedule_fires_at_its_time_in_its_zone_and_its_target_gets_the_input():
    """Source: User Guide, "Cron-based schedules", "Time zones on EventBridge Scheduler"."""
    daily = at("report", "cron(30 9 * * ? *)", ScheduleExpressionTimezone="Asia/Tokyo", Input={"type": "report"})
    run = played(scheduler("clock", daily, to="jobs"), queue("jobs"), until=2 * DAY)
    assert times(run, "fired") == [30 * MINUTE, DAY + 30 * MINUTE]
    assert story(run, "m-1") == ["enqueued", "delivered"]
    assert bodies(run) == [{"type": "report"}] * 2
    assert view(run)["schedules"] == [["report", 2 * DAY + 30 * MINUTE, 1, 2, 0, "Wed 07 Jan 09:30"]]
    assert conserved(run)


def test_every_quarter_of_an_hour_fires_96_times_a_day():
    """Invariant 14 of the event bus."""
    run = played(scheduler("clock", at("tick", "cron(0/15 * * * ? *)"), to="jobs"), queue("jobs"), until=DAY - 1)
    assert len(times(run, "fired")) == 96


def test_what_happens_once_fires_once_and_deletes_itself_if_it_shall():
    """Invariant 15 of the event bus. Source: User Guide, "Deletion after schedule completion"."""
    run = played(
        scheduler(
            "clock",
            at("stays", "at(2026-01-05T01:00:00)"),
            at("goes", "at(2026-01-05T02:00:00)", ActionAfterCompletion="DELETE"),
            to="jobs",
        ),
        queue("jobs"),
        until=20 * DAY,
    )
    assert times(run, "fired") == [HOUR, 2 * HOUR]
    assert len(times(run, "completed")) == 2
    assert [record[4] for record in records(run, "schedule_deleted")] == ["goes"]
    assert [row[:4] for row in view(run)["schedules"]] == [["stays", 0, 2, 1]]


def test_a_rate_begins_at_once_or_at_its_start_and_ends_at_its_end():
    """Source: User Guide, "Rate-based schedules": without a StartDate the schedule starts invoking immediately."""
    run = played(
        scheduler(
            "clock",
            at("now", "rate(6 hours)"),
            at("later", "rate(6 hours)", StartDate="2026-01-05T01:00:00Z", EndDate="2026-01-05T13:00:00Z"),
            to="jobs",
        ),
        queue("jobs"),
        until=DAY - 1,
    )
    fired: dict[str, list[int]] = {"now": [], "later": []}
    for record in records(run, "fired"):
        fired[record[4]].append(record[0] // HOUR)
    assert fired == {"now": [0, 6, 12, 18], "later": [1, 7, 13]}
    assert len(times(run, "completed")) == 1


def test_a_flexible_window_puts_each_firing_off_by_any_part_of_it():
    """Invariant 15 of the event bus: uniformly in [t, t + w].

    Source: User Guide, "Configuring flexible time windows".
    """
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 60}
    run = played(
        scheduler("clock", at("spread", "rate(1 hour)", FlexibleTimeWindow=window), to="jobs"),
        queue("jobs"),
        until=30 * DAY - 1,
    )
    opened, fired = times(run, "window_opened"), times(run, "fired")
    assert opened == [HOUR * hour for hour in range(720)]
    waits = [time - due for due, time in zip(opened, fired, strict=False)]
    assert all(0 <= wait <= HOUR for wait in waits)
    quarters = [
        sum(quarter * 15 * MINUTE <= wait < (quarter + 1) * 15 * MINUTE for wait in waits) for quarter in range(4)
    ]
    assert all(abs(count - len(waits) / 4) < 50 for count in quarters), quarters


def test_an_open_window_is_shown_with_its_end():
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 30}
    once = at("once", "at(2026-01-05T01:00:00)", FlexibleTimeWindow=window)
    run = played(scheduler("clock", once, to="jobs"), queue("jobs"), until=HOUR)
    assert view(run)["schedules"] == [["once", HOUR, 1, 0, HOUR + 30 * MINUTE, "Mon 05 Jan 01:00"]]
    run.advance(HOUR + 30 * MINUTE)
    assert [row[:5] for row in view(run)["schedules"]] == [["once", 0, 2, 1, 0]]


def test_two_windows_of_one_schedule_may_be_open_at_a_time():
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1440}
    run = played(scheduler("clock", at("wide", "rate(1 hour)", FlexibleTimeWindow=window), to="jobs"), queue("jobs"))
    assert len(times(run, "window_opened")) == 25
    run.advance(4 * DAY)
    assert len(times(run, "fired")) > 60
    assert conserved(run)


def test_clocks_that_jump_are_heeded():
    """Source: User Guide, "Daylight savings time on EventBridge Scheduler": a time that does not exist is skipped."""
    night = at("night", "cron(30 2 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin")
    run = played(scheduler("clock", night, to="jobs"), queue("jobs"), begins="2026-03-28T00:00:00Z", until=3 * DAY)
    assert times(run, "fired") == [90 * MINUTE, 2 * DAY + 30 * MINUTE]


def test_the_input_tells_of_its_schedule_where_it_asks():
    """Source: User Guide, "Adding context attributes in EventBridge Scheduler"."""
    text = '{"when": "<aws.scheduler.scheduled-time>", "arn": "<aws.scheduler.schedule-arn>", "b": "<b>"}'
    run = played(
        scheduler(
            "clock",
            at("told", "at(2026-01-05T01:00:00)", Input=text),
            at("plain", "at(2026-01-05T02:00:00)", Input="hello"),
            at("bare", "at(2026-01-05T03:00:00)"),
            to="jobs",
        ),
        queue("jobs"),
    )
    told, plain, bare = bodies(run)
    arn = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/told"
    assert told == {"when": "2026-01-05T01:00:00Z", "arn": arn, "b": "<b>"}
    assert plain == "hello"
    assert (bare["detail-type"], bare["time"]) == ("Scheduled Event", "2026-01-05T03:00:00Z")


def test_each_schedule_has_its_own_target_and_a_bus_gets_an_entry():
    """Source: API Reference, Target, EventBridgeParameters, SqsParameters."""
    entry = {"DetailType": "night", "Source": "clock"}
    parts = scheduler("clock", at("a", "at(2026-01-05T01:00:00)", Input={"n": 1}), at("b", "at(2026-01-05T01:00:00)"))
    parts.links.append(
        {"from": "clock", "to": "jobs", "settings": {"schedule": "a", "EventBridgeParameters": entry}},
    )
    parts.links.append(
        {"from": "clock", "to": "ordered", "settings": {"schedule": "b", "SqsParameters": {"MessageGroupId": "g"}}},
    )
    run = played(parts, queue("jobs"), queue("ordered", FifoQueue=True, ContentBasedDeduplication=True))
    assert bodies(run) == [{"Source": "clock", "DetailType": "night", "Detail": {"n": 1}}]
    assert view(run, "ordered")["groups"] == [["g", 1, 0, 0]]


def test_a_refusal_is_tried_again_with_growing_pauses_until_it_is_taken():
    """Source: API Reference, RetryPolicy; invariant 9 of the event bus."""
    once = at("once", "at(2026-01-05T01:00:00)")
    run = played(
        scheduler("clock", once, to="jobs"),
        queue("jobs"),
        faults=[{"at": "59m", "fault": "unavailable", "node": "jobs", "for": "20m"}],
    )
    waits = [record[6] for record in records(run, "retrying")]
    assert len(waits) > 5
    assert max(waits) > 16 * max(waits[:3])
    (time,) = times(run, "delivered")
    assert time >= HOUR + 19 * MINUTE
    assert conserved(run)


def test_what_stays_in_vain_goes_to_the_dead_letter_queue_and_says_why():
    """Invariant 9 of the event bus: attempts ≤ MaximumRetryAttempts + 1, and one dead letter."""
    link = {"RetryPolicy": {"MaximumRetryAttempts": 3}, "DeadLetterConfig": {"Arn": "dead"}}
    run = played(
        scheduler("clock", at("once", "at(2026-01-05T01:00:00)"), to="jobs", dead="dead", link=link),
        queue("jobs"),
        queue("dead"),
        faults=[{"at": "59m", "fault": "unavailable", "node": "jobs"}],
    )
    assert len(records(run, "returned")) == 4
    assert custody(run, "clock") == 0
    node: Any = next(node for node in run.nodes if node.id == "dead")
    (entry,) = node.visible.first(5)
    attributes = entry.message.attributes
    assert attributes["SCHEDULE_ARN"].endswith(":schedule/default/once")
    assert attributes["TARGET_ARN"] == "arn:aws:sqs:us-east-1:123456789012:jobs"
    assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert attributes["RETRY_ATTEMPTS"] == 3
    assert view(run)["failed"] == 1
    assert conserved(run)


def test_without_a_dead_letter_queue_it_is_lost_and_says_so():
    link = {"RetryPolicy": {"MaximumRetryAttempts": 0}}
    run = played(
        scheduler("clock", at("once", "at(2026-01-05T01:00:00)"), to="jobs", link=link),
        queue("jobs"),
        faults=[{"at": "59m", "fault": "unavailable", "node": "jobs"}],
    )
    assert story(run, "m-1")[-2:] == ["gave_up", "discarded"]
    assert conserved(run)


def test_a_function_that_is_a_target_hears_nothing_of_retries_for_its_own_errors():
    """Invariant 7 of Lambda: function exceptions never trigger a scheduler's retries, for it invokes asynchronously."""
    (link,) = scenario(scheduler("clock", at("x", "rate(1 hour)"), to="f"), worker("f")).links
    assert getattr(link.settings, "asynchronous", False) is True


def test_what_is_due_in_an_outage_fires_when_it_is_over():
    run = played(
        scheduler("clock", at("tick", "rate(1 hour)"), to="jobs"),
        queue("jobs"),
        faults=[{"at": "90m", "fault": "unavailable", "node": "clock", "for": "100m"}],
        until=5 * HOUR - 1,
    )
    assert times(run, "held_up") == [2 * HOUR, 3 * HOUR]
    assert times(run, "fired") == [0, HOUR, 190 * MINUTE, 190 * MINUTE, 4 * HOUR]


def test_over_its_quota_firings_are_late_and_never_lost():
    """Source: "Quotas for Amazon EventBridge Scheduler": 1,000 invocations a second; invariant 11 of the event bus."""
    many = [at(f"x{number}", "at(2026-01-05T01:00:00)") for number in range(30)]
    parts = scheduler("clock", *many, to="jobs")
    parts.node["settings"]["invocations_per_second"] = 10
    run = played(parts, queue("jobs"))
    sent = [record[0] for record in records(run, "sent")]
    assert len(sent) == len(times(run, "delivered")) == 30
    assert max(sent) == HOUR + 2 * SECOND
    assert len(times(run, "held_back")) == 20
    assert conserved(run)


def test_schedules_come_go_and_change_while_the_run_goes_on():
    """Source: API Reference, CreateSchedule, UpdateSchedule, DeleteSchedule, GetSchedule."""
    run = played(scheduler("clock", at("old", "rate(1 hour)"), to="jobs"), queue("jobs"), until=HOUR + MINUTE)
    made = do(run, "clock", "CreateSchedule", **at("new", "rate(1 minute)"))
    assert made.result["ScheduleArn"].endswith("/new")
    run.advance(HOUR + 3 * MINUTE + SECOND)
    assert [record[4] for record in records(run, "fired")] == ["old", "old", "new", "new", "new"]
    do(run, "clock", "UpdateSchedule", **at("new", "rate(1 hour)"))
    do(run, "clock", "DeleteSchedule", Name="old")
    known = do(run, "clock", "GetSchedule", Name="new").result
    assert (known["ScheduleExpression"], known["fired"], known["next"]) == ("rate(1 hour)", 3, "2026-01-05T02:03:01Z")
    run.advance(4 * HOUR)
    assert [record[0] for record in records(run, "fired")[5:]] == [
        2 * HOUR + 3 * MINUTE + SECOND,
        3 * HOUR + 3 * MINUTE + SECOND,
    ]
    do(run, "clock", "UpdateSchedule", **at("new", "rate(1 hour)", State="DISABLED"))
    run.advance(9 * HOUR)
    assert len(records(run, "fired")) == 7
    assert view(run)["schedules"] == [["new", 0, 0, 5, 0, ""]]


@pytest.mark.parametrize(
    ("verb", "given", "code"),
    [
        ("CreateSchedule", at("old", "rate(1 hour)"), "ConflictException: Schedule old already exists."),
        ("UpdateSchedule", at("none", "rate(1 hour)"), "ResourceNotFoundException: Schedule none does not exist."),
        ("DeleteSchedule", {"Name": "none"}, "ResourceNotFoundException: Schedule none does not exist."),
        ("CreateSchedule", at("more", "rate(1 hour)"), "ValidationException: more has no target. Draw a link"),
    ],
)
def test_what_cant_be_done_is_refused_in_the_services_words(verb: str, given: dict[str, Any], code: str):
    parts = scheduler("clock", at("old", "rate(1 hour)"))
    parts.links.append({"from": "clock", "to": "jobs", "settings": {"schedule": "old"}})
    run = played(parts, queue("jobs"), until=MINUTE)
    error = do(run, "clock", verb, **given).error
    assert isinstance(error, ServiceError)
    assert str(error).startswith(code)


@pytest.mark.parametrize(
    ("schedule", "path", "sentence"),
    [
        (
            at("x", "cron(0 9 * * * *)"),
            "ScheduleExpression",
            "Invalid Schedule Expression cron(0 9 * * * *). cron(0 9 * * * *): neither day-of-month nor day-of-week",
        ),
        (at("x", "rate(1 hours)"), "ScheduleExpression", "with 1 the unit is “hour”. Write rate(1 hour)."),
        (at("x", "rate(1 hour)", ScheduleExpressionTimezone="Berlin"), "ScheduleExpressionTimezone", "is no time zone"),
        (at("x", "rate(1 hour)", StartDate="soon"), "StartDate", "is no moment. Write it like"),
        (
            at("x", "rate(1 hour)", StartDate="2026-01-02T00:00:00Z", EndDate="2026-01-01T00:00:00Z"),
            "",
            "ends before it starts",
        ),
        (
            at("x", "rate(1 hour)", FlexibleTimeWindow={"Mode": "FLEXIBLE"}),
            "FlexibleTimeWindow",
            "exactly when its Mode",
        ),
        (
            at("x", "rate(1 hour)", FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1441}),
            "FlexibleTimeWindow.MaximumWindowInMinutes",
            "Allowed: at most 1440",
        ),
        (at("a b", "rate(1 hour)"), "Name", "text that fits"),
        (at("x", "rate(1 hour)", Input="x" * 262_145), "Input", "has 262,145 bytes. Allowed is at most 262,144."),
    ],
)
def test_a_wrong_schedule_is_refused_with_the_place(schedule: dict[str, Any], path: str, sentence: str):
    problems = refused(scheduler("clock", schedule, to="jobs"), queue("jobs"))
    assert [problem for problem in problems if problem.startswith(f"nodes.0.settings.Schedules.0.{path}".rstrip("."))]
    assert sentence in " ".join(problems)


def refused(*parts: Part) -> list[str]:
    with pytest.raises(Refused) as caught:
        scenario(*parts)
    return [str(problem) for problem in caught.value.problems]


def test_a_schedule_without_a_target_or_with_two_is_refused():
    assert refused(scheduler("clock", at("x", "rate(1 hour)")), queue("jobs")) == [
        "nodes.0.settings.Schedules.0: x has no target. Draw a link whose schedule is this one, or is empty."
    ]
    twice = scheduler("clock", at("x", "rate(1 hour)"))
    for name in ("a", "b"):
        twice.links.append({"from": "clock", "to": name, "settings": {"schedule": "x"}})
    assert "x has 2 targets" in refused(twice, queue("a"), queue("b"))[0]
    assert "links that name no schedule" in refused(scheduler("clock", to=["a", "b"]), queue("a"), queue("b"))[0]


def test_links_name_what_is_there():
    lost = scheduler("clock", at("x", "rate(1 hour)"), to="jobs", link={"schedule": "y"})
    assert "is 'y', and no schedule has this name. Allowed: x." in refused(lost, queue("jobs"))[0]
    dead = scheduler("clock", at("x", "rate(1 hour)"), to="jobs", link={"DeadLetterConfig": {"Arn": "none"}})
    assert "has no dead-letter queue 'none', which a target names" in refused(dead, queue("jobs"))[0]
    fifo = scheduler("clock", at("x", "rate(1 hour)"), to="jobs")
    assert (
        "SqsParameters: is missing, and the target is a FIFO queue" in refused(fifo, queue("jobs", FifoQueue=True))[0]
    )
    ordered = scheduler("clock", at("x", "rate(1 hour)"), to="jobs", dead="dead")
    assert "as a dead-letter queue" in refused(ordered, queue("jobs"), queue("dead", FifoQueue=True))[0]


def test_names_are_unique_and_few_enough():
    twice = scheduler("clock", at("x", "rate(1 hour)"), at("x", "rate(2 hours)"), to="jobs")
    assert "Schedules.1.Name: is 'x', which another one has." in refused(twice, queue("jobs"))[0]
    many = [at(f"x{number}", "rate(1 hour)") for number in range(MOST_SCHEDULES + 1)]
    assert "at most 100" in refused(scheduler("clock", *many, to="jobs"), queue("jobs"))[0]


def test_the_view_is_bounded_however_many_schedules_there_are():
    many = [at(f"x{number}", "rate(1 hour)") for number in range(MOST_SCHEDULES)]
    run = played(scheduler("clock", *many, to="jobs"), queue("jobs"), until=MINUTE)
    shown = view(run)
    assert len(shown["schedules"]) == 6
    assert shown["count"] == 100


def test_a_run_that_was_stored_goes_on_as_the_one_that_was_not():
    """DESIGN, idea 3: a run is a value."""
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 600}
    parts = (
        scheduler("clock", at("a", "rate(1 hour)", FlexibleTimeWindow=window), at("b", "cron(7 * * * ? *)"), to="jobs"),
        queue("jobs"),
    )
    run = played(
        *parts, until=5 * HOUR + MINUTE, faults=[{"at": "5h", "fault": "unavailable", "node": "jobs", "for": "1h"}]
    )
    run.trace.take()
    again = Run.restore(run.checkpoint(), run.scenario, run.journal, len(run.journal))
    for one in (run, again):
        one.advance(DAY)
    assert lines(again) == lines(run)
    assert conserved_after(run)


def conserved_after(run: Run) -> bool:
    """Nothing is left behind: whatever the scheduler had it has delivered."""
    return not next(node for node in run.nodes if node.id == "clock").gauges()["waiting"]
