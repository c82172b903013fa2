"""A change in a run is held to what its scenario was held to: nothing comes about that a document could not say."""

from typing import Any

import pytest

from simulator.engine.clock import HOUR, seconds
from simulator.engine.errors import Refused
from tests.patterns.vocabulary import bus, do, endpoint, queue, scenario, scheduler, subscription, target, topic, worker

HOURLY = {"Name": "hourly", "ScheduleExpression": "rate(1 hour)"}


def parts() -> list[Any]:
    return [
        queue("jobs"),
        queue("lost"),
        endpoint("hook"),
        worker("doer", polls="jobs", service=seconds(1)),
        scheduler("clock", HOURLY, to="jobs", link={"schedule": "hourly"}),
        bus("bus", rules={"all": {"source": ["shop"]}}, targets=[target("all", "jobs")], dead="lost"),
        topic("news", subscription("hook"), to="jobs", dead="lost"),
    ]


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("clock-jobs", {"schedule": "another"}, "no schedule has this name"),
        ("clock-jobs", {"DeadLetterConfig": {"Arn": "lost"}}, "clock: has no dead-letter queue 'lost'"),
        ("bus-all-jobs", {"DeadLetterConfig": {"Arn": "nowhere"}}, "dead-letter queue nowhere, which is none"),
        ("bus-all-jobs", {"rule": "another"}, "no rule of this name"),
        ("news-jobs", {"RedrivePolicy": {"deadLetterTargetArn": "nowhere"}}, "dead-letter queue nowhere"),
        ("hook", {"kind": "email"}, "is fixed: an endpoint stays what it is"),
        ("clock", {"Schedules": [HOURLY, {**HOURLY, "Name": "more"}]}, "more has no target"),
    ],
)
def test_a_change_that_the_neighbours_could_not_live_with_is_refused(part: str, change: dict[str, Any], said: str):
    run = scenario(*parts())
    run.advance(seconds(5))
    before = list(run.trace.records)
    with pytest.raises(Refused, match=said):
        run.intervene(part, "change", change)
    assert not run.journal and run.trace.records == before
    run.advance(2 * HOUR)


def test_what_is_not_as_it_should_be_already_forbids_no_other_change():
    """A target that was removed from its rule keeps its line, which no document could say."""
    run = scenario(*parts())
    do(run, "bus", "RemoveTargets", Rule="all", Ids=["bus-all-jobs"])
    run.intervene("bus-all-jobs", "change", {"latency": 0.5})
    run.intervene("jobs", "change", {"VisibilityTimeout": 60})
    run.intervene("bus", "change", {"puts_per_second": 50})
    assert len(run.journal) == 4


def test_what_makes_it_right_again_is_taken():
    run = scenario(*parts())
    do(run, "bus", "RemoveTargets", Rule="all", Ids=["bus-all-jobs"])
    run.intervene("bus-all-jobs", "change", {"rule": "all", "DeadLetterConfig": {"Arn": "lost"}})
    do(run, "bus", "PutEvents", Entries=[{"Source": "shop", "DetailType": "order", "Detail": {}}])
    run.advance(seconds(5))
    assert any(record[1] == "delivered" for record in run.trace.records)


def test_a_target_that_is_put_names_a_dead_letter_queue_that_is_there():
    """Source: EventBridge API Reference, PutTargets (DeadLetterConfig)."""
    run = scenario(*parts())
    wrong = {"Id": "bus-all-jobs", "DeadLetterConfig": {"Arn": "nowhere"}}
    call = do(run, "bus", "PutTargets", Rule="all", Targets=[wrong])
    assert call.result["FailedEntryCount"] == 1
    assert "dead-letter queue nowhere, which is none" in call.result["FailedEntries"][0]["ErrorMessage"]
    call = do(run, "bus", "PutTargets", Rule="all", Targets=[{**wrong, "DeadLetterConfig": {"Arn": "lost"}}])
    assert call.result["FailedEntryCount"] == 0
