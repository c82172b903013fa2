"""What a client can ask of a bus: changing rules and targets, trying patterns; and what is refused."""

import pytest

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.errors import Refused
from simulator.engine.message import as_text
from tests.patterns.vocabulary import (
    bus,
    do,
    document,
    endpoint,
    lines,
    queue,
    records,
    scenario,
    seconds,
    target,
)

PAID = {"Source": "shop", "DetailType": "paid", "Detail": {"price": 120}}
SHOP = {"source": ["shop"]}
CASH = {"source": ["cash"]}
EVENT = {
    "version": "0",
    "id": "1",
    "detail-type": "paid",
    "source": "shop",
    "account": "123456789012",
    "time": "2026-01-05T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {"price": 120},
}


def small(**more):
    return scenario(bus("bus", rules={"a": SHOP, "b": CASH}, targets=[target("a", "one")], **more), queue("one"))


def put(run, *entries):
    return do(run, "bus", "PutEvents", Entries=list(entries))


def problems(*parts):
    return {str(problem.path): str(problem) for problem in documents.check(document(*parts), catalog.patterns())}


# Rules and targets.


def test_a_rule_that_is_put_matches_from_then_on():
    """Source: EventBridge API Reference, PutRule and PutTargets."""
    run = small()
    answer = do(run, "bus", "PutRule", Name="high", EventPattern={"detail": {"price": [{"numeric": [">", 100]}]}})
    assert answer.result == {"RuleArn": "arn:aws:events:us-east-1:123456789012:rule/high"}
    moved = do(run, "bus", "PutTargets", Rule="high", Targets=[{"Id": "bus-a-one", "Input": '"hello"'}])
    assert moved.result == {"FailedEntryCount": 0, "FailedEntries": []}
    put(run, PAID, PAID | {"Detail": {"price": 3}})
    run.advance(seconds(1))
    assert [record[4] for record in records(run, "matched")] == ["a", "high", "a"]
    assert [entry.message.body for entry in run.nodes[1].entries.values()] == ['"hello"']


def test_putting_a_rule_again_replaces_all_of_it_but_its_targets():
    """Source: EventBridge API Reference, PutRule, which replaces everything; omitted fields become null."""
    run = small()
    do(run, "bus", "PutRule", Name="a", EventPattern=CASH, Description="new")
    do(run, "bus", "PutRule", Name="a", EventPattern=CASH)
    put(run, PAID, PAID | {"Source": "cash"})
    run.advance(seconds(1))
    assert [record[4] for record in records(run, "matched")] == ["a", "b"]
    rule = run.nodes[0].settings.rule("a")
    assert rule.Description == "" and [one.Name for one in run.nodes[0].settings.Rules] == ["a", "b"]


def test_a_disabled_rule_matches_nothing_until_it_is_enabled():
    run = small()
    do(run, "bus", "DisableRule", Name="a")
    put(run, PAID)
    assert run.nodes[0].view()["rules"][0][1] == 0
    do(run, "bus", "EnableRule", Name="a")
    put(run, PAID)
    assert len(records(run, "matched")) == 1
    assert do(run, "bus", "EnableRule", Name="zzz").error.message == "Rule zzz does not exist on EventBus default."


def test_a_rule_with_targets_is_not_deleted():
    """Source: EventBridge API Reference, DeleteRule: `Rule can't be deleted since it has targets.`"""
    run = small()
    error = do(run, "bus", "DeleteRule", Name="a").error
    assert (error.code, error.message) == ("ValidationException", "Rule can't be deleted since it has targets.")
    assert do(run, "bus", "RemoveTargets", Rule="a", Ids=["bus-a-one", "none"]).result["FailedEntryCount"] == 1
    assert do(run, "bus", "DeleteRule", Name="a").error is None
    assert do(run, "bus", "DeleteRule", Name="a").error is None
    put(run, PAID)
    assert not records(run, "matched") and len(run.nodes[0].settings.Rules) == 1


def test_a_change_by_hand_is_held_to_the_same():
    run = small()
    with pytest.raises(Refused, match="has no rule a any more, and it has targets"):
        do(run, "bus", "change", Rules=[])
    with pytest.raises(Refused, match="no rule of this name"):
        do(run, "bus-a-one", "change", rule="none")
    do(run, "bus-a-one", "change", rule="b")
    put(run, PAID, PAID | {"Source": "cash"})
    run.advance(seconds(1))
    assert [entry.message.body["source"] for entry in run.nodes[1].entries.values()] == ["cash"]


def test_a_sixth_target_is_one_too_many():
    """Law 8 of a bus: LimitExceededException."""
    names = [f"q{number}" for number in range(6)]
    run = scenario(
        bus("bus", rules={"a": SHOP, "b": CASH}, targets=[target("a" if name < "q5" else "b", name) for name in names]),
        *map(queue, names),
    )
    error = do(run, "bus", "PutTargets", Rule="a", Targets=[{"Id": "bus-b-q5"}]).error
    assert error.code == "LimitExceededException"
    assert error.message == "The requested resource exceeds the maximum number allowed."
    with pytest.raises(Refused, match="exceeds the maximum number allowed"):
        do(run, "bus-b-q5", "change", rule="a")


def test_wrong_targets_fail_one_by_one():
    """Source: EventBridge API Reference, PutTargets (FailedEntries)."""
    run = small()
    targets = [
        {"Id": "bus-a-one", "Input": "{}", "InputPath": "$.detail"},
        {"Id": "nowhere"},
        {"Id": "bus-a-one", "Arn": "other"},
        {"Id": "bus-a-one", "Colour": "red"},
        {"Id": "bus-a-one", "InputPath": "$.detail"},
    ]
    failed = do(run, "bus", "PutTargets", Rule="b", Targets=targets).result["FailedEntries"]
    assert [one["TargetId"] for one in failed] == ["bus-a-one", "nowhere", "bus-a-one", "bus-a-one"]
    assert "Only one of Input, InputPath, or InputTransformer must be provided" in failed[0]["ErrorMessage"]
    settings = run.links[0].settings
    assert (settings.rule, settings.InputPath) == ("b", "$.detail")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ({"EventPattern": {"source": "shop"}}, "InvalidEventPatternException", "Event pattern is not valid. Reason:"),
        ({"EventPattern": "{"}, "InvalidEventPatternException", "Event pattern is not valid. Reason:"),
        (
            {"ScheduleExpression": "rate(1 minutes)"},
            "ValidationException",
            "Parameter ScheduleExpression is not valid. rate(1 minutes): with 1 the unit is",
        ),
        ({}, "ValidationException", "EventPattern or ScheduleExpression must be specified"),
        ({"EventPattern": SHOP, "State": "ON"}, "ValidationException", "Parameter State is not valid"),
        ({"EventPattern": SHOP, "Name": "no spaces"}, "ValidationException", "Parameter Name is not valid. Reason: is"),
    ],
    ids=str,
)
def test_a_wrong_rule_is_refused_in_the_service_s_words(arguments, code, said):
    """Source: EventBridge API Reference, PutRule (errors)."""
    run = small()
    error = do(run, "bus", "PutRule", **({"Name": "new"} | arguments)).error
    assert error.code == code and said in error.message
    assert len(run.nodes[0].settings.Rules) == 2


def test_a_bus_takes_three_hundred_rules():
    """Source: EventBridge User Guide, "Amazon EventBridge quotas"."""
    rules = {f"rule-{number}": {"detail": {"number": [number]}} for number in range(300)}
    run = scenario(bus("bus", rules=rules, targets=[target("rule-299", "one")]), queue("one"))
    put(run, PAID | {"Detail": {"number": 299}})
    assert [record[4] for record in records(run, "matched")] == ["rule-299"]
    assert len(run.nodes[0].view()["rules"]) == 10 and run.nodes[0].view()["count"] == 300
    assert do(run, "bus", "PutRule", Name="one-more", EventPattern=SHOP).error.code == "LimitExceededException"


def test_a_schedule_is_for_the_default_bus():
    """Source: EventBridge API Reference, PutRule: `ScheduleExpression is supported only on the default event bus.`"""
    said = "ScheduleExpression is supported only on the default event bus."
    assert (
        said
        in problems(bus("bus", rules={"a": "rate(5 minutes)"}, EventBusName="team"))[
            "nodes.0.settings.Rules.0.ScheduleExpression"
        ]
    )
    run = small(EventBusName="team")
    assert do(run, "bus", "PutRule", Name="a", ScheduleExpression="rate(5 minutes)").error.message == said


def test_a_change_of_a_schedule_moves_its_next_time():
    run = scenario(bus("bus", rules={"a": "rate(1 hour)"}))
    run.advance(seconds(60))
    do(run, "bus", "PutRule", Name="a", ScheduleExpression="rate(1 minute)")
    run.advance(seconds(185))
    assert [record[0] for record in records(run, "scheduled")] == [seconds(120), seconds(180)]
    do(run, "bus", "DisableRule", Name="a")
    run.advance(seconds(600))
    assert len(records(run, "scheduled")) == 2


def test_what_was_done_is_a_journal_and_makes_the_same_run():
    run = small()
    do(run, "bus", "PutRule", Name="c", EventPattern=SHOP)
    do(run, "bus", "PutTargets", Rule="c", Targets=[{"Id": "bus-a-one"}])
    put(run, PAID)
    do(run, "bus", "DeleteRule", Name="a")
    run.advance(seconds(5))
    again = type(run)(run.scenario, run.seed, run.journal)
    again.advance(seconds(5))
    assert lines(again) == lines(run)


# Trying patterns.


@pytest.mark.parametrize(
    "pattern", [SHOP, CASH, {"detail": {"price": [{"numeric": [">", 100]}]}}, {"detail": {"price": ["120"]}}], ids=str
)
def test_a_try_and_a_live_rule_agree(pattern):
    """Law 2 of a bus."""
    run = scenario(bus("bus", rules={"a": pattern}))
    put(run, PAID)
    tried = do(run, "bus", "TestEventPattern", EventPattern=as_text(pattern), Event=as_text(EVENT)).result
    assert tried["Result"] == bool(records(run, "matched"))
    assert tried["Clauses"] and (tried["Result"] or tried["Explanation"].startswith("did not match: $."))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"EventPattern": {"source": []}, "Event": EVENT}, "InvalidEventPatternException"),
        ({"EventPattern": SHOP, "Event": {"source": "shop"}}, "ValidationException"),
        ({"EventPattern": SHOP, "Event": "{"}, "ValidationException"),
        ({"EventPattern": SHOP, "Event": "[]"}, "ValidationException"),
    ],
    ids=str,
)
def test_a_wrong_try_is_refused(arguments, code):
    """Source: EventBridge API Reference, TestEventPattern: `Parameter Event is not valid.`"""
    error = do(small(), "bus", "TestEventPattern", **arguments).error
    assert error.code == code and ("Parameter Event is not valid." in error.message or code[0] == "I")


def test_the_view_says_which_clause_of_a_rule_failed():
    run = small()
    assert [row[4] for row in run.nodes[0].view()["rules"]] == ["", ""]
    put(run, PAID)
    assert [row[4] for row in run.nodes[0].view()["rules"]] == ["", '$.source is "shop"; asked for "cash"']
    do(run, "bus", "PutRule", Name="b", EventPattern={"detail": {"price": [{"numeric": ["<", 100]}]}})
    assert run.nodes[0].view()["rules"][1][4] == '$.detail.price is 120; asked for numeric ["<",100]'
    put(run, PAID | {"Detail": {"price": 1}})
    assert run.nodes[0].view()["rules"][1][4] == ""
    assert run.nodes[0].view()["latest"][1:] == [run.looks.index("paid"), 0, 0]


# What is refused before a run begins.


def test_a_pattern_that_is_not_valid_is_refused_with_its_place_and_the_service_s_sentence():
    """Source: EventBridge API Reference, PutRule (InvalidEventPatternException)."""
    found = problems(bus("bus", rules={"a": SHOP, "b": SHOP, "c": {"detail": {"state": []}}}))
    assert found == {
        "nodes.0.settings.Rules.2.EventPattern.detail.state": "nodes.0.settings.Rules.2.EventPattern.detail.state: "
        "Event pattern is not valid. Reason: Empty arrays are not allowed (at $.detail.state)."
    }


@pytest.mark.parametrize(
    ("parts", "path", "said"),
    [
        (
            [bus("bus", rules={"a": SHOP}, targets=[target("b", "one")])],
            "links.0.settings.rule",
            "is 'b', and the bus has no rule",
        ),
        ([bus("bus", rules={"a": SHOP}, targets=[target("", "one")])], "links.0.settings.rule", "is missing"),
        (
            [bus("bus", rules={"a": SHOP}, targets=[target("a", "one", Input="{}", InputPath="$.x")])],
            "links.0.settings",
            "Only one of Input, InputPath, or InputTransformer must be provided for target a.",
        ),
        (
            [
                bus("bus", rules={"a": SHOP}, targets=[target("a", "one", DeadLetterConfig={"Arn": "dead"})]),
                queue("dead"),
            ],
            "nodes.0",
            "has the dead-letter queue dead, which is none",
        ),
        (
            [bus("bus", rules={"a": SHOP}, dead="dead"), queue("dead", FifoQueue=True)],
            "nodes.0",
            "has the FIFO queue dead as a dead-letter queue",
        ),
        (
            [bus("bus", rules={"a": SHOP}, targets=[target("a", "fifo")]), queue("fifo", FifoQueue=True)],
            "links.0",
            "without ContentBasedDeduplication",
        ),
        (
            [bus("bus", rules={"a": SHOP}, targets=[target("a", "two", InputPath="$.detail")]), bus("two", rules={})],
            "links.0.settings.InputPath",
            "a bus takes whole events only",
        ),
        (
            [bus("bus", rules={"a": SHOP}, targets=[target("a", "one", InvocationRateLimitPerSecond=3)])],
            "links.0.settings.InvocationRateLimitPerSecond",
            "is only for API destinations",
        ),
        (
            [
                bus("bus", rules={"a": SHOP}, targets=[target("a", "e", SqsParameters={"MessageGroupId": "x"})]),
                endpoint("e"),
            ],
            "links.0.settings.SqsParameters",
            "is only for queues",
        ),
        (
            [bus("bus", rules={"a": "cron(* * * * * *)"})],
            "nodes.0.settings.Rules.0.ScheduleExpression",
            "Parameter ScheduleExpression is not valid.",
        ),
        (
            [bus("bus", rules={}, Archives=[{"ArchiveName": "x"}] * 2)],
            "nodes.0.settings.Archives.1.ArchiveName",
            "which another one has",
        ),
        ([bus("bus", rules={"a" * 65: SHOP})], "nodes.0.settings.Rules.0.Name", "at most this many characters: 64"),
        ([bus("bus", rules={"a": {"x": ["y" * 4100]}})], "nodes.0.settings.Rules.0.EventPattern", "at most 4,096"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_its_place(parts, path, said):
    found = problems(*parts, queue("one"))
    assert said in found.get(path, ""), found
