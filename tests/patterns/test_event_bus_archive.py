"""What an archive keeps, and what a replay brings back."""

import pytest

from patterns.event_bus import archiving
from simulator.engine.clock import DAY, MINUTE, SECOND
from tests.patterns.vocabulary import bus, conserved, do, lines, producer, queue, records, scenario, seconds, target

SHOP = {"source": ["shop"]}
ALL = [{"ArchiveName": "all"}]


def entry(number, **more):
    return {"Source": "shop", "DetailType": "paid", "Detail": {"number": number}} | more


def put(run, *numbers):
    for number in numbers:
        do(run, "bus", "PutEvents", Entries=[entry(number)])


def small(**more):
    given = {"Archives": ALL} | more
    targets = [target("a", "one"), target("b", "two")]
    return scenario(bus("bus", rules={"a": SHOP, "b": SHOP}, targets=targets, **given), queue("one"), queue("two"))


def filled():
    """An archive with three events of the first minute, two of the third and one of the eleventh."""
    run = small()
    put(run, 1, 2, 3)
    run.advance(2 * MINUTE)
    put(run, 4, 5)
    run.advance(10 * MINUTE)
    put(run, 6)
    run.advance(20 * MINUTE)
    return run


def start(run, name="again", **more):
    given = {"EventSourceArn": "all", "EventStartTime": 0, "EventEndTime": "20m"} | more
    return do(run, "bus", "StartReplay", ReplayName=name, **given)


def state(run, name="again"):
    return do(run, "bus", "DescribeReplay", ReplayName=name).result["State"]


def numbers(run, place=1):
    """The events in a queue that were replayed, in the order in which they came."""
    bodies = [one.message.body for one in run.nodes[place].entries.values()]
    return [body["detail"]["number"] for body in bodies if "replay-name" in body]


def test_a_replay_brings_every_archived_event_once_per_rule_and_leaves_the_archive_as_it_is():
    """Law 13 of a bus."""
    run = filled()
    before = run.nodes[0].view()["archive"]
    assert start(run).result["State"] == "STARTING"
    run.advance(30 * MINUTE)
    for place in (1, 2):
        found = numbers(run, place)
        assert sorted(found[:3]) == [1, 2, 3] and sorted(found[3:5]) == [4, 5] and found[5:] == [6]
    assert before == [6, "", 0] and run.nodes[0].view()["archive"] == [6, "COMPLETED", 6]
    events = [one.message.body for one in run.nodes[1].entries.values()]
    assert {event["replay-name"] for event in events[6:]} == {"again"}
    assert sorted(event["id"] for event in events[:6]) == sorted(event["id"] for event in events[6:])
    assert conserved(run)


def test_a_replay_is_for_the_span_from_its_start_to_before_its_end():
    """Source: EventBridge API Reference, StartReplay and CancelReplay: [EventStartTime, EventEndTime)."""
    run = filled()
    start(run, EventStartTime="2026-01-05T00:02:00Z", EventEndTime="2026-01-05T00:10:00Z")
    run.advance(30 * MINUTE)
    assert sorted(numbers(run)) == [4, 5]
    told = do(run, "bus", "DescribeReplay", ReplayName="again").result
    assert (told["EventStartTime"], told["EventEndTime"]) == ("2026-01-05T00:02:00Z", "2026-01-05T00:10:00Z")
    assert told["EventLastReplayedTime"] == "2026-01-05T00:02:00Z" and told["ReplayStartTime"] == "2026-01-05T00:20:00Z"


def test_a_replay_can_be_for_some_rules_only():
    """Source: EventBridge API Reference, ReplayDestination (FilterArns)."""
    run = filled()
    start(run, Destination={"FilterArns": ["arn:aws:events:us-east-1:123456789012:rule/b"]})
    run.advance(30 * MINUTE)
    assert numbers(run, 1) == [] and sorted(numbers(run, 2)) == [1, 2, 3, 4, 5, 6]
    assert conserved(run)


def test_a_rule_that_was_repaired_gets_what_it_had_missed():
    run = scenario(
        bus("bus", rules={"a": {"source": ["shopp"]}}, targets=[target("a", "one")], Archives=ALL), queue("one")
    )
    put(run, 1, 2)
    run.advance(MINUTE)
    do(run, "bus", "PutRule", Name="a", EventPattern=SHOP)
    start(run)
    run.advance(2 * MINUTE)
    assert sorted(numbers(run)) == [1, 2]


def test_an_archive_keeps_what_its_pattern_matches_for_as_long_as_it_should():
    """Source: EventBridge API Reference, CreateArchive (EventPattern, RetentionDays)."""
    run = small(
        Archives=[
            {"ArchiveName": "high", "EventPattern": {"detail": {"number": [{"numeric": [">", 4]}]}}, "RetentionDays": 2}
        ]
    )
    put(run, 3, 5)
    run.advance(DAY)
    put(run, 4, 6)
    assert run.nodes[0].view()["archive"][0] == 2
    run.advance(2 * DAY)
    assert run.nodes[0].view()["archive"][0] == 1
    run.advance(3 * DAY)
    assert run.nodes[0].view()["archive"][0] == 0


def test_archives_come_and_go():
    """Source: EventBridge API Reference, CreateArchive and DeleteArchive."""
    run = small(Archives=[])
    assert run.nodes[0].view()["archive"] is None
    put(run, 1)
    made = do(run, "bus", "CreateArchive", ArchiveName="late", EventPattern=SHOP)
    assert made.result == {"ArchiveArn": "arn:aws:events:us-east-1:123456789012:archive/late", "State": "ENABLED"}
    assert do(run, "bus", "CreateArchive", ArchiveName="late").error.code == "ResourceAlreadyExistsException"
    wrong = do(run, "bus", "CreateArchive", ArchiveName="wrong", EventPattern={"source": "shop"})
    assert wrong.error.code == "InvalidEventPatternException"
    assert do(run, "bus", "CreateArchive", ArchiveName="x" * 49).error.code == "ValidationException"
    put(run, 2)
    do(run, "bus", "PutRule", Name="c", EventPattern=SHOP)
    assert run.nodes[0].view()["archive"][0] == 1
    start(run, EventSourceArn="late")
    do(run, "bus", "DeleteArchive", ArchiveName="late")
    run.advance(MINUTE)
    assert state(run) == "FAILED" and numbers(run) == []
    assert do(run, "bus", "DeleteArchive", ArchiveName="late").error.code == "ResourceNotFoundException"


def test_a_cancelled_replay_stops_and_what_came_stays():
    """Source: EventBridge API Reference, StartReplay and CancelReplay: CANCELLING → CANCELLED."""
    run = filled()
    start(run)
    run.advance(run.now + seconds(1.5))
    assert state(run) == "RUNNING"
    assert do(run, "bus", "CancelReplay", ReplayName="again").result["State"] == "CANCELLING"
    run.advance(run.now + seconds(60))
    assert state(run) == "CANCELLED" and 0 < len(numbers(run)) < 6
    assert do(run, "bus", "CancelReplay", ReplayName="again").error.code == "IllegalStatusException"


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"EventEndTime": 0}, "ValidationException", "EventStartTime must be before EventEndTime"),
        ({"EventStartTime": "soon"}, "ValidationException", "Parameter EventStartTime is not valid."),
        ({"EventSourceArn": "none"}, "ResourceNotFoundException", "Archive none does not exist."),
        ({"Destination": {"Arn": "other"}}, "ValidationException", "Cross event bus replay is not permitted."),
        ({"Destination": {"FilterArns": ["none"]}}, "ResourceNotFoundException", "Rule none does not exist"),
        ({"name": "a b"}, "ValidationException", "Parameter ReplayName is not valid."),
        ({"name": "taken"}, "ResourceAlreadyExistsException", "Replay taken already exists."),
    ],
    ids=str,
)
def test_a_wrong_replay_is_refused_in_the_service_s_words(given, code, said):
    """Source: EventBridge API Reference, StartReplay (errors)."""
    run = filled()
    start(run, "taken")
    error = start(run, **given).error
    assert error.code == code and said in error.message


def test_ten_replays_go_on_at_a_time():
    """Source: EventBridge User Guide, "Amazon EventBridge quotas" (concurrent replays)."""
    run = filled()
    errors = [call.error.code if (call := start(run, f"r{number}")).error else "" for number in range(11)]
    assert errors == [*[""] * 10, "LimitExceededException"]
    run.advance(30 * MINUTE)
    assert len(numbers(run)) == 60 and conserved(run)
    assert start(run, "r11").error is None


def test_an_archive_that_is_full_forgets_the_oldest_and_says_so(monkeypatch):
    monkeypatch.setattr(archiving, "MOST_EVENTS", 5)
    run = small()
    put(run, *range(8))
    assert [one.event["detail"]["number"] for one in run.nodes[0].archives["all"].events] == [3, 4, 5, 6, 7]
    assert len(records(run, "archive_full")) == 1
    monkeypatch.setattr(archiving, "MOST_BYTES", 150)
    put(run, 9)
    archive = run.nodes[0].archives["all"]
    assert archive.bytes == sum(one.message.size for one in archive.events) <= 150


def test_the_archive_that_is_told_to_be_full_is_the_one_that_forgets(monkeypatch):
    monkeypatch.setattr(archiving, "MOST_EVENTS", 5)
    run = small(Archives=[{"ArchiveName": "few", "EventPattern": {"detail": {"number": [5]}}}, *ALL])
    put(run, *range(6))
    assert [record[4] for record in records(run, "archive_full")] == ["all"]


def test_an_archive_comes_back_from_a_checkpoint_as_it_was():
    run = small(Archives=[*ALL, {"ArchiveName": "some", "EventPattern": {"detail": {"number": [2]}}}])
    put(run, 1, 2)
    do(run, "bus", "PutEvents", Entries=[entry({"deep": [1.5, None, "é", 2**60, -0.0]})])
    restored = type(run).restore(run.checkpoint(), run.scenario, run.journal, len(run.journal))
    for name, archive in run.nodes[0].archives.items():
        other = restored.nodes[0].archives[name]
        assert list(other.events) == list(archive.events) and other.bytes == archive.bytes
    do(run, "bus", "PutEvents", Entries=[entry(1) | {"Detail": '{"n": ' + "9" * 30 + "}"}])
    restored = type(run).restore(run.checkpoint(), run.scenario, run.journal, len(run.journal))
    assert list(restored.nodes[0].archives["all"].events) == list(run.nodes[0].archives["all"].events)


def test_a_run_with_a_replay_under_way_is_a_value():
    run = scenario(
        producer("shop", to="bus", arrivals={"poisson": {"per_second": 5}}, body=entry(1), limit=200),
        bus("bus", rules={"a": SHOP}, targets=[target("a", "one")], Archives=ALL),
        queue("one"),
    )
    run.advance(100 * SECOND)
    start(run, EventEndTime="100s")
    run.advance(run.now + seconds(1.9))
    count, applied = len(run.trace.records), len(run.journal)
    restored = type(run).restore(run.checkpoint(), run.scenario, run.journal, applied)
    for one in (run, restored):
        one.advance(300 * SECOND)
    assert lines(restored).splitlines() == lines(run).splitlines()
    assert state(run) == "COMPLETED" and len(run.trace.records) > count
