"""What PutEvents takes and refuses, as a whole and entry by entry."""

import pytest

from tests.patterns.vocabulary import (
    bus,
    conserved,
    do,
    producer,
    queue,
    records,
    scenario,
    seconds,
    story,
    target,
)

PAID = {"Source": "shop", "DetailType": "paid", "Detail": {"price": 120}}
SHOP = {"source": ["shop"]}
CASH = {"source": ["cash"]}


def small(**more):
    return scenario(bus("bus", rules={"a": SHOP, "b": CASH}, targets=[target("a", "one")], **more), queue("one"))


def put(run, *entries):
    return do(run, "bus", "PutEvents", Entries=list(entries))


def test_one_bad_entry_of_ten_fails_alone():
    """Law 7 of a bus. Source: EventBridge API Reference, PutEvents (FailedEntryCount, order of Entries)."""
    run = small()
    answer = put(run, *[PAID] * 4, {"Source": "shop", "Detail": {}}, *[PAID] * 5).result
    assert answer["FailedEntryCount"] == 1 and len(answer["Entries"]) == 10
    assert answer["Entries"][4] == {
        "ErrorCode": "InvalidArgument",
        "ErrorMessage": "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
    }
    assert [list(entry) for entry in answer["Entries"][:4]] == [["EventId"]] * 4
    assert len(records(run, "accepted")) == 9 and conserved(run)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Detail": "no JSON"}, "MalformedDetail"),
        ({"Detail": [1]}, "MalformedDetail"),
        ({"Detail": "[1]"}, "MalformedDetail"),
        ({"Source": ""}, "InvalidArgument"),
        ({"Source": "x" * 257}, "InvalidArgument"),
        ({"DetailType": "x" * 129}, "InvalidArgument"),
        ({"Time": "yesterday"}, "InvalidArgument"),
        ({"Time": -1}, "InvalidArgument"),
        ({"Source": "aws.ec2"}, "NotAuthorizedForSourceException"),
    ],
    ids=str,
)
def test_a_wrong_entry_is_answered_with_its_code(entry, code):
    """Source: EventBridge API Reference, PutEventsResultEntry (ErrorCode)."""
    run = small()
    answer = put(run, PAID, PAID | entry).result
    assert answer["FailedEntryCount"] == 1 and answer["Entries"][1]["ErrorCode"] == code


def test_a_right_entry_may_say_its_detail_as_text_and_its_time_in_two_ways():
    run = small()
    put(run, PAID | {"Detail": '{"price": 5}', "Time": "2026-03-01T12:00:00+01:00"}, PAID | {"Time": 1_767_225_600.7})
    run.advance(seconds(1))
    events = [entry.message.body for entry in run.nodes[1].entries.values()]
    assert events[0]["detail"] == {"price": 5} and events[0]["time"] == "2026-03-01T11:00:00Z"
    assert events[1]["time"] == "2026-01-01T00:00:00Z"


def test_a_request_of_eleven_or_of_none_is_refused_as_a_whole():
    """Law 7 of a bus."""
    run = small()
    for count in (0, 11):
        error = put(run, *[PAID] * count).error
        assert error.code == "ValidationException" and "Member must have length" in error.message
    assert not records(run, "accepted")


def test_a_request_of_a_megabyte_is_refused_as_a_whole():
    """Law 7 of a bus: the total must be less than 1 MB; Time counts 14 bytes, texts their UTF-8."""
    run = small()
    frame = len("shop") + len("paid") + len('{"x":""}')
    room = 200_000 - frame
    fits = [PAID | {"Detail": '{"x":"' + "é" * (room // 2) + '"}'}]
    assert put(run, *fits).result["FailedEntryCount"] == 0
    too_large = producer("shop", to="bus", limit=1, retries=2, body=PAID | {"Detail": {"x": "é" * 524_288}})
    other = scenario(too_large, bus("bus", rules={"a": SHOP}))
    other.advance(seconds(60))
    refused = records(other, "refused_call")
    assert {record[7] for record in refused} == {"Total size of the entries in the request is over the limit."}
    assert not records(other, "accepted")


def test_a_request_without_any_whole_entry_is_refused_as_a_whole():
    """Source: EventBridge API Reference, PutEvents: if no entry has all it needs, the entire request fails."""
    error = put(small(), {"Source": "shop"}, {"Detail": {}}).error
    assert error.code == "ValidationException" and "DetailType is a required argument" in error.message


def test_more_requests_than_the_quota_are_throttled():
    """Source: EventBridge User Guide, "Amazon EventBridge quotas" (PutEvents throttle limit)."""
    run = small(puts_per_second=2)
    errors = [call.error.code if (call := put(run, PAID)).error else "" for _ in range(5)]
    assert errors == ["", "", *["ThrottlingException"] * 3]


def test_faults_refuse_requests_and_a_sender_that_listens_tries_again():
    run = scenario(
        producer("shop", to="bus", limit=1, body=PAID, retries=5),
        bus("bus", rules={"a": SHOP}, targets=[target("a", "one")]),
        queue("one"),
    )
    do(run, "bus", "unavailable", seconds=3)
    assert do(run, "bus", "PutRule", Name="c", EventPattern=SHOP).error.code == "ServiceUnavailable"
    assert put(run, PAID).error.code == "ServiceUnavailable"
    run.advance(seconds(60))
    assert story(run, "m-1")[-1] == "routed" and len(records(run, "returned")) >= 1
    do(run, "bus", "throttle", per_second=1)
    assert [call.error.code for call in [put(run, PAID), put(run, PAID)] if call.error] == ["ThrottlingException"]
