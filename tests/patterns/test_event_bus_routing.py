"""Which targets get an event, and what: routing by rules, envelopes, buses that feed buses, loops."""

import re

import pytest

from simulator.engine.errors import Refused
from tests.patterns.vocabulary import (
    bus,
    conserved,
    custody,
    do,
    lines,
    producer,
    queue,
    records,
    scenario,
    seconds,
    story,
    target,
    worker,
)
from tests.patterns.vocabulary import name_of as label_of

PAID = {"Source": "shop", "DetailType": "paid", "Detail": {"price": 120, "country": "NO"}}
HIGH = {"detail": {"price": [{"numeric": [">", 100]}]}}
SHOP = {"source": ["shop"]}
CASH = {"source": ["cash"]}


def put(run, *entries, on="bus"):
    return do(run, on, "PutEvents", Entries=list(entries))


def bodies(run, name):
    """What a queue holds, oldest first."""
    node = next(node for node in run.nodes if node.id == name)
    return [entry.message.body for entry in node.entries.values()]


def test_each_target_of_each_rule_that_matches_gets_the_event():
    """Law 1 of a bus: r matching rules with t targets in all make exactly t deliveries."""
    run = scenario(
        bus(
            "bus",
            rules={"high": HIGH, "shop": SHOP, "cash": CASH},
            targets=[target("high", "audit"), target("shop", "audit"), target("shop", "mail"), target("cash", "mail")],
        ),
        queue("audit"),
        queue("mail"),
    )
    put(run, PAID)
    run.advance(seconds(1))
    assert [record[4] for record in records(run, "matched")] == ["high", "shop"]
    assert story(run, "you-1") == ["accepted", "matched", "matched", "routed"]
    assert len(records(run, "created")) == len(records(run, "delivered")) == 3
    assert (len(bodies(run, "audit")), len(bodies(run, "mail"))) == (2, 1)
    assert conserved(run) and custody(run, "bus") == 0


def test_without_a_rule_that_matches_nothing_is_delivered_and_the_sender_hears_of_no_error():
    """Law 1 of a bus: 0 deliveries, and no error to the sender."""
    run = scenario(
        producer("shop", to="bus", limit=1, body=PAID, retries=3),
        bus("bus", rules={"cash": CASH}, targets=[target("cash", "mail")]),
        queue("mail"),
    )
    run.advance(seconds(60))
    assert story(run, "m-1") == ["accepted", "routed"]
    assert bodies(run, "mail") == [] and not records(run, "created")[1:]
    assert conserved(run)


def test_every_target_gets_the_same_event_with_its_envelope():
    """Law 18 of a bus: the id of an event is the same for all targets."""
    run = scenario(
        bus("bus", rules={"a": SHOP, "b": HIGH}, targets=[target("a", "one"), target("b", "two")]),
        queue("one"),
        queue("two"),
    )
    run.advance(seconds(90))
    answer = put(run, PAID | {"Resources": ["order/7"]}).result
    run.advance(seconds(91))
    (one,), (two,) = bodies(run, "one"), bodies(run, "two")
    assert one == two
    assert one == {
        "version": "0",
        "id": answer["Entries"][0]["EventId"],
        "detail-type": "paid",
        "source": "shop",
        "account": "123456789012",
        "time": "2026-01-05T00:01:30Z",
        "region": "us-east-1",
        "resources": ["order/7"],
        "detail": PAID["Detail"],
    }
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one["id"])


def test_ids_are_new_for_each_event_and_the_same_in_each_run():
    def ids():
        run = scenario(bus("bus", rules={"a": SHOP}, targets=[target("a", "one")]), queue("one"))
        return [entry["EventId"] for entry in put(run, PAID, PAID, PAID).result["Entries"]]

    assert len(dict.fromkeys(ids())) == 3
    assert ids() == ids()


def test_a_body_that_is_no_entry_is_the_detail_of_one():
    """A producer's message is wrapped: its type is the detail-type, its maker the source."""
    run = scenario(
        producer("till", to="bus", limit=1, body={"type": "sold", "price": 3}),
        bus("bus", rules={"all": {"source": ["till"], "detail-type": ["sold"]}}, targets=[target("all", "one")]),
        queue("one"),
    )
    run.advance(seconds(60))
    assert [event["detail"] for event in bodies(run, "one")] == [{"type": "sold", "price": 3}]


def test_an_event_keeps_the_colour_of_its_type():
    run = scenario(
        producer("shop", to="bus", limit=1, body=PAID),
        bus("bus", rules={"a": SHOP}, targets=[target("a", "one")]),
        queue("one"),
    )
    run.advance(seconds(60))
    assert run.looks == ["paid"]
    assert {entry.message.type for entry in run.nodes[2].entries.values()} == {"paid"}


def test_events_of_services_come_from_services_only():
    """Source: EventBridge API Reference, PutEventsResultEntry (NotAuthorizedForSourceException)."""
    run = scenario(
        bus("bus", rules={"a": {"source": [{"prefix": "aws."}]}}, targets=[target("a", "one")]), queue("one")
    )
    answer = put(run, PAID, PAID | {"Source": "aws.s3"}).result
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][1]["ErrorCode"] == "NotAuthorizedForSourceException"
    trusted = scenario(
        producer("s3", to="bus", limit=1, body=PAID | {"Source": "aws.s3"}, attributes={"aws:service": "s3"}),
        bus("bus", rules={"a": {"source": ["aws.s3"]}}, targets=[target("a", "one")]),
        queue("one"),
    )
    trusted.advance(seconds(60))
    assert len(bodies(trusted, "one")) == 1
    assert next(iter(trusted.nodes[2].entries.values())).message.attributes is None


def test_an_event_that_names_another_bus_is_accepted_and_passed_by():
    """Source: EventBridge API Reference, PutEvents: a bus that is not there is no error."""
    run = scenario(bus("bus", rules={"a": SHOP}, targets=[target("a", "one")]), queue("one"))
    answer = put(run, PAID | {"EventBusName": "nowhere"}, PAID | {"EventBusName": "default"}).result
    run.advance(seconds(1))
    assert answer["FailedEntryCount"] == 0 and len(bodies(run, "one")) == 1
    assert story(run, "you-1") == ["passed_by"] and conserved(run)


def test_what_a_target_gets_is_what_its_input_says():
    """Law 12 of a bus: a missing path leaves its variable out; Input ignores the event."""
    transformer = {
        "InputPathsMap": {"price": "$.detail.price", "none": "$.detail.none"},
        "InputTemplate": '{"rule": "<aws.events.rule-name>", "costs": <price>, "note": "x<none>"}',
    }
    run = scenario(
        bus(
            "bus",
            rules={"a": SHOP},
            targets=[
                target("a", "one", Input='{"fixed": 1}'),
                target("a", "two", InputPath="$.detail"),
                target("a", "three", InputTransformer=transformer),
            ],
        ),
        queue("one"),
        queue("two"),
        queue("three"),
    )
    put(run, PAID)
    run.advance(seconds(1))
    assert bodies(run, "one") == [{"fixed": 1}]
    assert bodies(run, "two") == [PAID["Detail"]]
    assert bodies(run, "three") == [{"rule": "a", "costs": 120, "note": "x"}]


def test_a_fifo_queue_gets_the_group_that_the_target_names():
    """Source: EventBridge API Reference, SqsParameters."""
    run = scenario(
        bus("bus", rules={"a": SHOP}, targets=[target("a", "one", SqsParameters={"MessageGroupId": "orders"})]),
        queue("one", FifoQueue=True, ContentBasedDeduplication=True),
    )
    put(run, PAID)
    run.advance(seconds(1))
    assert [entry.message.group for entry in run.nodes[1].entries.values()] == ["orders"]


def test_a_bus_feeds_another_and_the_event_stays_the_same():
    """Law 18 of a bus. Source: EventBridge User Guide, "Sending and receiving events between event buses"."""
    run = scenario(
        bus("team", rules={"up": SHOP}, targets=[target("up", "central")], EventBusName="team"),
        bus("central", rules={"all": SHOP}, targets=[target("all", "audit")]),
        queue("audit"),
    )
    answer = put(run, PAID, on="team").result
    run.advance(seconds(1))
    assert [event["id"] for event in bodies(run, "audit")] == [answer["Entries"][0]["EventId"]]
    assert conserved(run)


def test_an_event_that_was_received_from_a_bus_is_not_passed_on_to_a_third():
    """Source: EventBridge User Guide: "EventBridge can't route events … to a third event bus"."""
    run = scenario(
        bus("a", rules={"on": SHOP}, targets=[target("on", "b")]),
        bus("b", rules={"on": SHOP}, targets=[target("on", "c", DeadLetterConfig={"Arn": "dead"})], dead="dead"),
        bus("c", rules={"on": SHOP}, targets=[target("on", "end")]),
        queue("end"),
        queue("dead"),
    )
    put(run, PAID, on="a")
    put(run, PAID, on="b")
    run.advance(seconds(1))
    assert len(bodies(run, "end")) == 1
    (letter,) = [entry.message for entry in run.nodes[4].entries.values()]
    assert letter.attributes["ERROR_CODE"] == "THIRD_ACCOUNT_HOP_DETECTED"
    assert letter.attributes["RETRY_ATTEMPTS"] == 0
    assert conserved(run)


def test_a_rule_that_feeds_its_own_bus_ends_after_64_rounds():
    """Source: EventBridge API Reference, PutRule: a rule that puts events on its own bus can loop for ever."""
    run = scenario(bus("bus", rules={"again": SHOP}, targets=[target("again", "bus")]))
    put(run, PAID)
    run.advance(seconds(600))
    (looped,) = records(run, "looped")
    assert label_of(run, looped[3]) == "bus-64" and len(records(run, "matched")) == 64
    assert conserved(run) and not run.inventory()


def test_two_rules_that_feed_their_own_bus_are_refused():
    """They would multiply without end."""
    with pytest.raises(Refused, match="multiply without end"):
        scenario(bus("bus", rules={"a": SHOP, "b": HIGH}, targets=[target("a", "bus"), target("b", "bus")]))


def test_services_that_answer_events_by_events_are_no_loop():
    """A choreography: each service has its rule, and puts what it has done on the same bus."""
    steps = ["placed", "paid", "packed", "sent"]
    told = {name: f'{{"Source": "{name}", "DetailType": "{name}", "Detail": body.detail}}' for name in steps[1:]}
    run = scenario(
        bus(
            "bus",
            rules={name: {"detail-type": [name]} for name in steps},
            targets=[*(target(before, name) for before, name in zip(steps, told, strict=False)), target("sent", "end")],
        ),
        *(worker(name, to="bus", service=seconds(1), transform=transform) for name, transform in told.items()),
        queue("end"),
    )
    put(run, PAID | {"DetailType": "placed"})
    run.advance(seconds(60))
    assert [event["source"] for event in bodies(run, "end")] == ["sent"] and conserved(run)


@pytest.mark.parametrize("mark", [["elsewhere"], "elsewhere", 5])
@pytest.mark.parametrize("body", ["text", {"id": "x"}, {"detail": {}}, [1], {"price": 3}, None], ids=str)
def test_a_message_that_claims_to_come_from_a_bus_does_no_harm(mark, body):
    run = scenario(
        producer("shop", to="bus", limit=1, body=body, attributes={"event bus": mark}),
        bus("bus", rules={"a": {"source": ["shop"]}}, targets=[target("a", "one")], Archives=[{"ArchiveName": "all"}]),
        queue("one"),
    )
    run.advance(seconds(60))
    assert len(records(run, "accepted", "turned_away")) == 1 and conserved(run)


def test_a_loop_through_a_function_ends_with_its_reason():
    """A topic or bus → function → the same again would go on for ever."""
    run = scenario(
        bus("bus", rules={"b": SHOP}, targets=[target("b", "f")]),
        worker(
            "f", to="bus", service=seconds(0.1), transform='{"Source": "shop", "DetailType": "again", "Detail": {}}'
        ),
    )
    put(run, PAID)
    run.advance(seconds(3600))
    reasons = [str(record) for record in records(run, "looped", "failed", "given_up") if "loop" in str(record)]
    assert reasons and not run.inventory() and conserved(run)


def test_a_schedule_fires_for_its_rule_alone():
    """Source: EventBridge User Guide, "Creating an Amazon EventBridge rule that runs on a schedule"."""
    run = scenario(
        bus(
            "bus",
            rules={"tick": "rate(1 minute)", "all": {"source": ["aws.events"]}},
            targets=[target("tick", "one"), target("all", "two")],
        ),
        queue("one"),
        queue("two"),
    )
    run.advance(seconds(185))
    assert [event["time"][11:] for event in bodies(run, "one")] == ["00:01:00Z", "00:02:00Z", "00:03:00Z"]
    assert {event["detail-type"] for event in bodies(run, "one")} == {"Scheduled Event"}
    assert bodies(run, "two") == [] and conserved(run)


def test_a_busy_bus_is_the_same_again_and_from_any_moment():
    parts = (
        producer(
            "shop",
            to="bus",
            arrivals={"poisson": {"per_second": 50}},
            body=PAID | {"Detail": {"price": {"integer": {"low": 1, "high": 200}}}},
        ),
        bus("bus", rules={"high": HIGH, "shop": SHOP}, targets=[target("high", "f"), target("shop", "one")]),
        worker("f", service=seconds(0.5), concurrency=2, failure_probability=0.2),
        queue("one"),
    )
    run, other = scenario(*parts), scenario(*parts)
    run.advance(seconds(20))
    for second in range(1, 21):
        other.advance(seconds(second))
        assert len(other.nodes[1].view()["rules"]) == 2  # looking changes nothing
    assert lines(run) == lines(other) and conserved(run)
    count = len(run.trace.records)
    restored = type(run).restore(run.checkpoint(), run.scenario, run.journal, 0)
    restored.advance(seconds(40))
    run.advance(seconds(40))
    assert [*map(repr, restored.trace.records[count:])] == [*map(repr, run.trace.records[count:])]
    assert custody(run, "bus") == len(list(run.nodes[1].held()))
