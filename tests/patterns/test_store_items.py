"""Items of a store: read, put, updated and deleted on request, with conditions; objects of a bucket."""

from typing import Any

import pytest

from patterns.store.items import MOST, MOST_BYTES, Items
from simulator.engine.errors import ServiceError
from tests.patterns.vocabulary import conserved, do, producer, records, scenario, seconds, state_machine, store, task

ANN = {"id": {"S": "7"}, "name": {"S": "Ann"}, "count": {"N": "3"}}
KEY = {"Key": {"id": {"S": "7"}}}


def items() -> Items:
    found = Items("id")
    found.perform("putItem", {"Item": ANN})
    return found


def test_what_was_put_is_got_and_what_was_not_is_nothing():
    """Source: DynamoDB API Reference, GetItem: no Item in the answer where there is none."""
    assert items().perform("getItem", KEY) == (None, {"Item": ANN})
    assert items().perform("getItem", {"Key": {"id": {"S": "8"}}}) == (None, {})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SET name = :text", {"name": {"S": "Bob"}}),
        ("SET count = count + :one", {"count": {"N": "4"}}),
        ("set count = count - :one, #n = :text", {"count": {"N": "2"}, "name": {"S": "Bob"}}),
        ("ADD count :one", {"count": {"N": "4"}}),
        ("ADD seen :one", {"seen": {"N": "1"}}),
        ("SET seen = if_not_exists(seen, :zero) + :one", {"seen": {"N": "1"}}),
    ],
)
def test_an_update_changes_what_it_names(expression: str, expected: dict[str, Any]):
    """Source: DynamoDB Developer Guide, "Update expressions"."""
    values = {":text": {"S": "Bob"}, ":one": {"N": "1"}, ":zero": {"N": "0"}}
    request = {
        **KEY,
        "UpdateExpression": expression,
        "ExpressionAttributeValues": values,
        "ExpressionAttributeNames": {"#n": "name"},
        "ReturnValues": "ALL_NEW",
    }

    assert items().perform("updateItem", request) == ("7", {"Attributes": ANN | expected})


def test_an_update_removes_attributes_and_makes_an_item_where_there_is_none():
    kept = items()
    kept.perform("updateItem", {**KEY, "UpdateExpression": "REMOVE name, count"})
    kept.perform(
        "updateItem",
        {
            "Key": {"id": {"S": "8"}},
            "UpdateExpression": "SET a = :v",
            "ExpressionAttributeValues": {":v": {"BOOL": True}},
        },
    )

    assert kept.perform("getItem", KEY)[1] == {"Item": {"id": {"S": "7"}}}
    assert kept.perform("getItem", {"Key": {"id": {"S": "8"}}})[1] == {"Item": {"id": {"S": "8"}, "a": {"BOOL": True}}}


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        ("attribute_not_exists(id)", None, False),
        ("attribute_exists(id) AND attribute_not_exists(paid)", None, True),
        ("count >= :v", {"N": "3"}, True),
        ("count > :v", {"N": "3"}, False),
        ("name = :v", {"S": "Ann"}, True),
        ("name <> :v", {"S": "Ann"}, False),
        ("missing = :v", {"S": "Ann"}, False),
        ("name < :v", {"N": "3"}, False),
    ],
)
def test_a_condition_decides_whether_anything_is_written(condition: str, value: Any, holds: bool):
    """Source: DynamoDB Developer Guide, "Condition expressions"; API Reference, ConditionalCheckFailedException."""
    kept = items()
    request = {"Item": ANN | {"new": {"BOOL": True}}, "ConditionExpression": condition}
    request["ExpressionAttributeValues"] = {":v": value}

    if holds:
        kept.perform("putItem", request)
    else:
        with pytest.raises(ServiceError, match="ConditionalCheckFailedException"):
            kept.perform("putItem", request)
    assert ("new" in kept.perform("getItem", KEY)[1]["Item"]) == holds


@pytest.mark.parametrize(
    ("action", "request_"),
    [
        ("putItem", {}),
        ("putItem", {"Item": []}),
        ("getItem", {"Key": {}}),
        ("getItem", None),
        ("updateItem", {**KEY, "UpdateExpression": "DO it"}),
        ("updateItem", {**KEY, "UpdateExpression": "SET a"}),
        ("updateItem", {**KEY, "UpdateExpression": "SET a = :v"}),
        ("updateItem", {**KEY, "UpdateExpression": "SET a = b"}),
        ("updateItem", {**KEY, "UpdateExpression": "SET #a = :v", "ExpressionAttributeValues": {":v": {"N": "1"}}}),
        ("updateItem", {**KEY, "UpdateExpression": "ADD name :v", "ExpressionAttributeValues": {":v": {"N": "1"}}}),
        ("updateItem", {**KEY, "UpdateExpression": "ADD count :v", "ExpressionAttributeValues": {":v": {"N": "x"}}}),
        ("updateItem", {**KEY, "ConditionExpression": "size(a) > 3"}),
        ("putItem", {"Item": {"id": {"S": "x" * 500_000}}}),
    ],
)
def test_what_is_wrong_is_refused_with_the_services_code(action: str, request_: Any):
    with pytest.raises(ServiceError, match="ValidationException"):
        items().perform(action, request_)


def test_objects_are_put_listed_by_prefix_and_got():
    """Source: S3 API Reference, PutObject, ListObjectsV2, GetObject."""
    kept = Items("id")
    for name in ("in/b.json", "in/a.json", "out/c.json"):
        kept.perform("putObject", {"Bucket": "b", "Key": name, "Body": "[1]"})

    listed = kept.perform("listObjectsV2", {"Bucket": "b", "Prefix": "in/"})[1]["Contents"]

    assert [one["Key"] for one in listed] == ["in/a.json", "in/b.json"]
    assert kept.perform("getObject", {"Bucket": "b", "Key": "out/c.json"})[1]["Body"] == "[1]"
    with pytest.raises(ServiceError, match="NoSuchKey"):
        kept.perform("getObject", {"Bucket": "b", "Key": "nothing"})


def test_of_very_many_items_the_last_ones_are_kept():
    kept = Items("id")
    for number in range(MOST + 10):
        kept.keep(str(number), {"number": number})
    assert kept.perform("getItem", {"Key": {"id": {"S": "9"}}})[1] == {}
    assert kept.perform("getItem", {"Key": {"id": {"S": "10"}}})[1] == {"Item": {"number": 10}}

    for number in range(12):
        kept.keep(f"large {number}", "x" * (MOST_BYTES // 10))
    assert kept.perform("getItem", {"Key": {"id": {"S": "large 0"}}})[1] == {}


def test_a_table_takes_messages_and_requests_and_a_machine_reads_what_a_shop_wrote():
    get = task("dynamodb:getItem", Parameters={"TableName": "table", "Key": {"id": {"S.$": "$.id"}}})
    run = scenario(
        producer("shop", to="table", arrivals={"regular": {"per_second": 1}}, limit=1, body={"id": "7", "total": 12}),
        state_machine("orders", {"Read": get}, tasks="table"),
        store("table", kind="dynamodb"),
    )
    run.advance(seconds(5))
    do(run, "orders", "StartExecution", input={"id": "7"})
    run.advance(seconds(10))

    told = do(run, "orders", "DescribeExecution").result

    assert told["output"] == '{"Item":{"id":{"S":"7"},"total":{"N":"12"}}}'
    assert [record[5] for record in records(run, "read")] == ["getItem"]
    assert conserved(run)


def test_a_request_that_is_refused_goes_back_to_whoever_asked():
    put = task(
        "dynamodb:putItem",
        Parameters={
            "TableName": "table",
            "Item": {"id": {"S": "7"}},
            "ConditionExpression": "attribute_not_exists(id)",
        },
    )
    run = scenario(state_machine("orders", {"Write": put}, tasks="table"), store("table", kind="dynamodb"))
    for second in (1, 2):
        do(run, "orders", "StartExecution")
        run.advance(seconds(second))

    told = do(run, "orders", "DescribeExecution").result

    assert (told["status"], told["error"]) == ("FAILED", "DynamoDB.ConditionalCheckFailedException")
    assert [record[5] for record in records(run, "stored")] == ["new"]
    assert conserved(run)
