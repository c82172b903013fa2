"""Which patterns are refused, with which sentence and where. Source: aws/event-ruler, JsonRuleCompiler and CIDR."""

import json
import pickle
from typing import Any

import pytest

from patterns.filters import InvalidPattern, compiled
from patterns.filters.wildcards import fits, pieces


def refusal(pattern: Any) -> tuple[str, str]:
    """(sentence, place)."""
    with pytest.raises(InvalidPattern) as refused:
        compiled(pattern)
    return refused.value.reason, refused.value.place


def of_operator(operator: Any) -> str:
    """The sentence with which this operator is refused; the same for an object and for its text."""
    reason, place = refusal({"a": ["fine", operator]})
    assert refusal(json.dumps({"a": ["fine", operator]})) == (reason, place)
    assert place.startswith("$.a[1]")
    return reason


@pytest.mark.parametrize(
    ("pattern", "sentence", "place"),
    [
        ([1], "Filter is not an object", "$"),
        ("7", "Filter is not an object", "$"),
        ({}, "Empty objects are not allowed", "$"),
        ({"a": {}}, "Empty objects are not allowed", "$.a"),
        ({"a": {"b": []}}, "Empty arrays are not allowed", "$.a.b"),
        ({"a": "x"}, '"a" must be an object or an array', "$.a"),
        ({"a": {"b": None}}, '"b" must be an object or an array', "$.a.b"),
        ({"a": [["x"]]}, "Match value must be String, number, true, false, or null", "$.a[0]"),
        ({"$or": [{"a": [1]}, {"b": [{"no": 1}]}]}, "Unrecognized match type no", "$.$or[1].b[0]"),
        ({"$or": [{"a": [1]}, {"b": []}]}, "Empty arrays are not allowed", "$.$or[1].b"),
        ({"$or": [{"a": [1]}, {}]}, "Empty objects are not allowed", "$.$or[1]"),
        ({"$or": [{"a": [1]}]}, "Unrecognized match type a", "$.$or[0]"),
        ({"$or": "a"}, '"$or" must be an object or an array', "$.$or"),
        ({"$or": [{"a": [1]}, {"prefix": ["x"]}]}, "Unrecognized match type a", "$.$or[0]"),
    ],
)
def test_a_pattern_is_refused_with_the_sentence_and_the_place(pattern: Any, sentence: str, place: str):
    assert refusal(pattern) == (sentence, place)


@pytest.mark.parametrize(
    ("operator", "sentence"),
    [
        ({}, "Match expression name not found"),
        ({"EXISTS": True}, "Unrecognized match type EXISTS"),
        ({"prefix": "x", "suffix": "y"}, "Only one key allowed in match expression"),
        ({"exists": True, "prefix": "x"}, "Only one key allowed in match expression"),
        ({"exactly": 1}, "exact match pattern must be a string"),
        ({"prefix": ["x"]}, "prefix match pattern must be a string"),
        ({"prefix": {}}, "Prefix expression name not found"),
        ({"prefix": {"wildcard": "x"}}, "Unsupported prefix pattern: wildcard"),
        ({"suffix": {"equals-ignore-case": 1}}, "equals-ignore-case match pattern must be a string"),
        ({"suffix": {"equals-ignore-case": "x", "y": 1}}, "Only one key allowed in match expression"),
        ({"suffix": None}, "suffix match pattern must be a string"),
        ({"equals-ignore-case": ["x"]}, "equals-ignore-case match pattern must be a string"),
        ({"exists": "true"}, "exists match pattern must be either true or false."),
        ({"exists": 1}, "exists match pattern must be either true or false."),
        ({"cidr": 1}, "prefix match pattern must be a string"),
        ({"cidr": "10.0.0.0"}, "Malformed CIDR, one '/' required"),
        ({"cidr": "10.0.0.0/8/8"}, "Malformed CIDR, one '/' required"),
        ({"cidr": "10.0.0.0/x"}, "Malformed CIDR, mask bits must be an integer"),
        ({"cidr": "10.0.0.0/-1"}, "Malformed CIDR, mask bits must not be negative"),
        ({"cidr": "10.0.0.0/32"}, "IPv4 mask bits must be < 32"),
        ({"cidr": "::/128"}, "IPv6 mask bits must be < 128"),
        ({"cidr": "ten/8"}, "Nonstandard IP address: ten"),
        ({"cidr": "10.0.0.999/8"}, "Invalid IP address: 10.0.0.999"),
        ({"wildcard": 1}, "wildcard match pattern must be a string"),
        ({"wildcard": "ab**"}, "Consecutive wildcard characters at pos 3"),
        ({"wildcard": "é**"}, "Consecutive wildcard characters at pos 3"),
        ({"wildcard": "a\\b"}, "Invalid escape character at pos 2"),
        ({"wildcard": "a\\"}, "Invalid escape character at pos 2"),
        ({"numeric": 5}, "Value of numeric must be an array."),
        ({"numeric": []}, "Invalid member in numeric match: ]"),
        ({"numeric": [5, "<"]}, "Invalid member in numeric match: 5"),
        ({"numeric": [[]]}, "Invalid member in numeric match: ["),
        ({"numeric": ["!=", 5]}, "Unrecognized numeric range operator: !="),
        ({"numeric": ["="]}, "Value of equals must be numeric"),
        ({"numeric": ["=", True]}, "Value of equals must be numeric"),
        ({"numeric": ["<", "5"]}, "Value of < must be numeric"),
        ({"numeric": ["=", 5, 6]}, "Too many elements in numeric expression"),
        ({"numeric": ["<", 5, ">", 0]}, "Too many elements in numeric expression"),
        ({"numeric": ["=", 5], "x": 1}, "Too many elements in numeric expression"),
        ({"numeric": [">", 5, 6]}, "Bad value in numeric range: 6"),
        ({"numeric": [">", 5, ">=", 6]}, "Bad numeric range operator: >="),
        ({"numeric": [">", 5, "<"]}, "Value of < must be numeric"),
        ({"numeric": [">", 5, "<", 6, "<", 7]}, "Too many terms in numeric range expression"),
        ({"numeric": [">", 5, "<", 5]}, "Bottom must be less than top"),
        ({"anything-but": None}, "Value of anything-but must be an array or single string/number value."),
        ({"anything-but": True}, "Value of anything-but must be an array or single string/number value."),
        ({"anything-but": {}}, "Anything-But expression name not found"),
        ({"anything-but": {"exists": True}}, "Unsupported anything-but pattern: exists"),
        ({"anything-but": {"prefix": None}}, "Value of anything-but must be an array or single string/number value."),
        ({"anything-but": {"prefix": 1}}, "prefix/suffix match pattern must be a string"),
        ({"anything-but": {"suffix": ["x", 1]}}, "prefix/suffix match pattern must be a string"),
        ({"anything-but": {"suffix": ["x", ""]}}, "Null prefix/suffix not allowed"),
        ({"anything-but": {"wildcard": ["x", 1]}}, "wildcard match pattern must be a string"),
        ({"anything-but": {"wildcard": "**"}}, "Consecutive wildcard characters at pos 1"),
        ({"anything-but": {"prefix": "x", "y": 1}}, "Too many elements in numeric expression"),
        ({"anything-but": "x", "y": 1}, "Too many elements in numeric expression"),
        ({"anything-but": ["x", None]}, "Inside anything but list, start|null|boolean is not supported."),
    ],
)
def test_an_operator_is_refused_with_the_sentence_of_the_service(operator: Any, sentence: str):
    assert of_operator(operator) == sentence


@pytest.mark.parametrize("values", [[], ["x", 1], [1, "1"]])
def test_anything_but_takes_texts_or_numbers_and_not_both(values: list[Any]):
    assert of_operator({"anything-but": values}).startswith("Inside anything but list, either all values are number or")


def test_numbers_that_can_not_be_compared_are_refused():
    for text in ("2.0e422", "1E-325", "-1e309"):
        assert refusal(f'{{"a": [{{"numeric": ["=", {text}]}}]}}')[0] == f"Cannot compare number : {text}"
        assert refusal(f'{{"a": [{{"anything-but": [{text}]}}]}}')[0] == f"Cannot compare number : {text}"
    compiled('{"a": [{"numeric": ["=", 1E-320]}, {"numeric": ["=", 0e-999]}]}')


@pytest.mark.parametrize("text", ["", "{", "{'a': [1]}", '{"a": [1 2]}', '{"a": [NaN]}', '{"a": [1]} x', "[" * 9999])
def test_text_that_is_no_json_is_refused(text: str):
    refusal(text)


def test_an_or_may_not_make_more_than_a_thousand_combinations():
    """Source: EventBridge User Guide, "OR matching". Refused while it grows, so that it never becomes large."""
    ten = [{name: [1]} for name in "abcdefghij"]
    compiled({"$or": ten, "x": {"$or": ten, "y": {"$or": ten}}})
    reason, place = refusal({"$or": ten, "x": {"$or": ten, "y": {"$or": ten, "z": {"$or": ten}}}})
    assert reason == "$or makes more than 1000 combinations of conditions"
    assert place == "$.x.y.z.$or"


def test_a_pattern_may_not_be_nested_without_end():
    deep: Any = ["x"]
    for _ in range(300):
        deep = {"a": deep}
    assert "nested" in refusal(deep)[0]
    deep = [{"a": [1]}, {"b": [1]}]
    for _ in range(300):
        deep = [{"$or": deep}, {"b": [1]}]
    assert "nested" in refusal({"$or": deep})[0]


def wildcards(*texts: str) -> dict[str, Any]:
    return {"a": [{"wildcard": text} for text in texts]}


@pytest.mark.parametrize(
    "pattern",
    [
        wildcards("*.jpeg", "*.png", "*.gif", "*.webp"),
        wildcards("*:pile/one/*", "*:pile/two/*", "*:pile/three/*"),
        wildcards("*a*b*c*d*e*f*"),
        wildcards("/home/*/x/x/x/x/note.txt"),
    ],
)
def test_wildcards_of_ordinary_kinds_are_accepted(pattern: Any):
    compiled(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        wildcards("*:pile/one/*", "*:pile/two/*", "*:pile/three/*", "*:pile/four/*"),
        wildcards("*a*a*a*a*a*a*"),
        wildcards("*" + "a" * 11),
        wildcards(*(f"x{number}*" for number in range(11))),
        {"a": [{"anything-but": {"wildcard": [f"*/{name}/*" for name in "stuvwxyz"]}}]},
        wildcards(*("*" + name + "klmnop" * 300 + "*" for name in "abc")),
    ],
)
def test_wildcards_of_which_many_beginnings_fit_at_once_are_refused(pattern: Any):
    """Source: EventBridge User Guide, "Wildcard matching considerations"; event-ruler, MachineComplexityEvaluator."""
    reason, place = refusal(pattern)
    assert reason.startswith("Rule is too complex - try using fewer wildcard characters")
    assert place == "$.a"


def test_wildcards_of_one_field_are_counted_together_across_the_branches_of_an_or():
    branches = [{"a": [{"wildcard": f"*:pile/{name}/*"}]} for name in ("one", "two", "three", "four")]
    assert refusal({"$or": branches})[0].startswith("Rule is too complex")
    apart = [{**branch, "A": [number]} for number, branch in enumerate(branches)]
    compiled({"$or": apart})


def test_a_wildcard_is_matched_without_going_back():
    """`a*a*a*…b` on a text of a's makes a backtracking matcher count every way to divide it."""
    assert not fits(pieces("*a" * 20 + "*b"), "a" * 20_000)


def test_a_refusal_can_be_read_and_pickled():
    with pytest.raises(InvalidPattern) as refused:
        compiled({"a": []})
    assert str(refused.value) == "Event pattern is not valid. Reason: Empty arrays are not allowed (at $.a)"
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)
