"""Filter policies of SNS. Sources: SNS Developer Guide, "Message filtering", "Filter policy constraints"."""

import json
import pickle
from typing import Any

import pytest

from patterns.filters import (
    FilterPolicy,
    InvalidPattern,
    RuleIndex,
    filter_policy,
    matches,
    matches_filter_policy,
    message_fields,
)

ORDER = {
    "shop": {"Type": "String", "Value": "north"},
    "price": {"Type": "Number", "Value": "12.50"},
    "tags": {"Type": "String.Array", "Value": '["new", "sale", 7, true, null]'},
    "picture": {"Type": "Binary", "Value": "AAEC"},
}


def refusal(policy: Any, scope: str = "MessageAttributes") -> str:
    with pytest.raises(InvalidPattern) as refused:
        filter_policy(policy, scope)
    return refused.value.reason


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({}, True),
        (None, True),
        ({"shop": ["north", "south"]}, True),
        ({"shop": ["North"]}, False),
        ({"shop": [{"prefix": "no"}], "price": [{"numeric": [">", 10, "<=", 12.5]}]}, True),
        ({"shop": ["north"], "price": [13]}, False),
        ({"price": [12.5]}, True),
        ({"price": ["12.50"]}, False),
        ({"price": [{"anything-but": ["12.50"]}]}, True),
        ({"tags": ["sale"]}, True),
        ({"tags": [7]}, True),
        ({"tags": [True]}, True),
        ({"tags": [None]}, True),
        ({"tags": ["7"]}, False),
        ({"tags": [{"anything-but": ["new", "sale"]}]}, True),
        ({"picture": [{"exists": True}]}, False),
        ({"picture": [{"exists": False}]}, True),
        ({"missing": [{"exists": False}]}, True),
        ({"missing": [{"anything-but": "x"}]}, False),
        ({"$or": [{"shop": ["south"]}, {"price": [{"numeric": ["<", 20]}]}]}, True),
    ],
)
def test_a_policy_over_attributes(policy: Any, expected: bool):
    assert matches_filter_policy(policy, attributes=ORDER) is expected
    assert matches_filter_policy(None if policy is None else json.dumps(policy), attributes=ORDER) is expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [("Number", "many"), ("Number", None), ("String.Array", "new"), ("String.Array", "{}"), ("String.Array", "[]")],
)
def test_an_attribute_that_is_not_what_its_type_says_is_not_there(kind: str, value: Any):
    attributes = {"a": {"Type": kind, "Value": value}}
    assert not matches_filter_policy({"a": [{"exists": True}]}, attributes=attributes)
    assert matches_filter_policy({"a": [{"exists": False}]}, attributes=attributes)


def test_a_policy_over_the_body():
    body = json.dumps({"shop": {"name": "north", "rows": [{"n": 1, "m": 2}, {"n": 3, "m": 4}]}})
    assert matches_filter_policy({"shop": {"name": ["north"]}}, body=body)
    assert matches_filter_policy({"shop": {"rows": {"n": [3], "m": [4]}}}, body=body)
    assert not matches_filter_policy({"shop": {"rows": {"n": [1], "m": [4]}}}, body=body)
    assert matches_filter_policy({"shop": {"name": ["north"]}}, body=json.loads(body))


@pytest.mark.parametrize("body", ["Hello", "[1]", '"text"', "7", "{", ""])
def test_a_body_that_is_no_object_matches_only_a_policy_that_asks_for_nothing(body: str):
    """Source: SNS Developer Guide, "Filter policy scope": the body must be a well-formed JSON object."""
    assert not matches_filter_policy({"a": [{"exists": False}]}, body=body)
    assert matches_filter_policy({}, body=body)


def test_numbers_are_compared_to_five_decimals():
    """Source: SNS Developer Guide, "Filter policy constraints": five digits of accuracy after the decimal point."""
    assert matches_filter_policy({"a": [1.000001]}, body={"a": 1.000002})
    assert not matches_filter_policy({"a": [1.00001]}, body={"a": 1.00002})
    assert matches_filter_policy(
        {"a": [{"numeric": ["<=", 1]}]}, attributes={"a": {"Type": "Number", "Value": 1.000004}}
    )
    assert not matches({"a": [1.000001]}, {"a": 1.000002})


@pytest.mark.parametrize(
    ("operator", "sentence"),
    [
        ({"anything-but": {"suffix": "x"}}, "Unsupported anything-but pattern: suffix"),
        ({"anything-but": {"wildcard": "x*"}}, "Unsupported anything-but pattern: wildcard"),
        ({"anything-but": {"equals-ignore-case": "x"}}, "Unsupported anything-but pattern: equals-ignore-case"),
        ({"anything-but": {"prefix": ["x", "y"]}}, "prefix/suffix match pattern must be a string"),
        ({"prefix": {"equals-ignore-case": "x"}}, "prefix match pattern must be a string"),
        ({"suffix": {"equals-ignore-case": "x"}}, "suffix match pattern must be a string"),
        ({"no": 1}, "Unrecognized match type no"),
    ],
)
def test_sns_refuses_more_than_eventbridge(operator: Any, sentence: str):
    assert refusal({"a": [operator]}) == sentence
    assert refusal({"a": [operator]}, "MessageBody") == sentence


def test_attributes_have_no_members():
    sentence = "Filter policy scope MessageAttributes does not support nested filter policy"
    assert refusal({"a": {"b": ["x"]}}) == sentence
    filter_policy({"a": {"b": ["x"]}}, "MessageBody")


@pytest.mark.parametrize("scope", ["MessageAttributes", "MessageBody"])
def test_five_keys_and_150_combinations_are_the_most(scope: str):
    """Source: SNS Developer Guide, "Filter policy constraints"."""
    five = {name: ["x"] for name in "abcde"}
    filter_policy(five, scope)
    assert refusal({**five, "f": ["x"]}, scope) == "Filter policy can not have more than 5 keys"
    values = list(range(15))
    filter_policy({"a": values, "b": values[:10]}, scope)
    assert refusal({"a": values, "b": values[:10], "c": [1, 2]}, scope) == "Filter policy is too complex"
    assert refusal({"a": list(range(151))}, scope) == "Filter policy is too complex"


def test_in_a_body_each_level_counts_again():
    """3 levels with 4 values times 2 levels with 3 values are 72, with 2 levels and 3 values more they are 432."""
    policy: dict[str, Any] = {"a": {"b": {"c": [1, 2, 3, 4]}}, "d": {"e": [1, 2, 3]}}
    filter_policy(policy, "MessageBody")
    assert refusal({**policy, "f": {"g": [1, 2, 3]}}, "MessageBody") == "Filter policy is too complex"


def test_the_branches_of_an_or_are_added():
    fifty = list(range(50))
    filter_policy({"$or": [{"a": fifty}, {"b": fifty}, {"c": fifty}]})
    assert refusal({"$or": [{"a": fifty}, {"b": fifty}, {"c": fifty}, {"d": [1]}]}) == "Filter policy is too complex"
    assert refusal({"$or": [{"a": fifty}, {"b": fifty}], "c": [1, 2]}) == "Filter policy is too complex"


def test_a_policy_of_more_than_256_kilobytes_is_refused():
    text = json.dumps({"a": ["x" * 1000 + str(number) for number in range(300)]})
    assert "262144 bytes" in refusal(text)


@pytest.mark.parametrize("policy", ["{", "[]", '{"a": [NaN]}'])
def test_a_policy_that_is_no_object_is_refused(policy: str):
    refusal(policy)


def test_the_scope_is_what_is_given():
    with pytest.raises(TypeError, match="one of both"):
        matches_filter_policy({})
    with pytest.raises(TypeError, match="one of both"):
        matches_filter_policy({}, attributes={}, body={})


def test_many_policies_are_asked_about_a_message_at_once():
    policies: dict[str, Any] = {
        "all": {},
        "north": {"shop": ["north"]},
        "south": {"shop": ["south"]},
        "cheap": {"price": [{"numeric": ["<", 12.500001]}]},
        "dear": {"price": [{"numeric": [">", 12.500001]}]},
    }
    index = RuleIndex()
    for name, policy in policies.items():
        index.add(name, filter_policy(policy))
    fields = message_fields(ORDER, "MessageAttributes")
    assert index.match(fields) == ["all", "north"]
    assert [name for name, policy in policies.items() if filter_policy(policy).matches(fields)] == ["all", "north"]


def test_a_policy_says_why_it_did_not_match():
    policy: FilterPolicy = pickle.loads(
        pickle.dumps(filter_policy({"price": [{"numeric": [">", 20]}], "shop": ["north"]}))
    )
    why = policy.explain(ORDER)
    assert why is not None and not why.matched
    assert str(why) == 'did not match: $.price is 12.5; asked for numeric [">",20]'
    assert filter_policy({"a": [1]}, "MessageBody").explain("no object") is None
