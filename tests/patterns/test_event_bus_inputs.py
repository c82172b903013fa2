"""What a target gets of an event. Source: EventBridge User Guide, "Amazon EventBridge input transformation"."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.event_bus.inputs import LONGEST_INPUT, MOST_PATHS, Matched, compiled, problems, target_input

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "e-1",
    "detail-type": "order placed",
    "source": "shop",
    "account": "111111111111",
    "time": "2026-01-05T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {"order": 7, "who": "Ann", "items": ["a", "b"], "paid": True, "note": None, "at": {"city": "Rome"}},
}
PATHS = {
    "order": "$.detail.order",
    "who": "$.detail.who",
    "items": "$.detail.items",
    "paid": "$.detail.paid",
    "note": "$.detail.note",
    "at": "$.detail.at",
    "missing": "$.detail.missing",
}
HERE = Matched("arn:aws:events:us-east-1:111111111111:rule/orders/all", "all", "2026-01-05T00:00:01Z")


def transformed(template: str, paths: dict[str, str] | None = None) -> Any:
    given = {"InputPathsMap": PATHS if paths is None else paths, "InputTemplate": template}
    return target_input(EVENT, input_transformer=given, matched=HERE)


def said(**given: Any) -> list[str]:
    return [problem.problem for problem in problems("t1", **given)]


def test_without_any_of_the_three_a_target_gets_the_whole_event():
    assert target_input(EVENT) == EVENT
    assert target_input(EVENT, input_path="$") == EVENT


@given(st.dictionaries(st.text(max_size=5), st.integers()))
def test_a_constant_input_ignores_the_event(event: dict[str, Any]):
    """Invariant 12 of the event bus: Input ignores the event."""
    assert compiled('{"hello": [1]}').of(event, HERE) == {"hello": [1]}
    assert compiled('"hello"').of(event, HERE) == '"hello"'


@pytest.mark.parametrize(
    ("path", "gets"),
    [
        ("$.detail.at", {"city": "Rome"}),
        ("$.detail.order", 7),
        ("$.detail.who", '"Ann"'),
        ("$.detail.missing", None),
        ("$.detail.items[*]", ["a", "b"]),
    ],
)
def test_a_path_gives_a_part_and_a_text_keeps_its_quotes(path: str, gets: Any):
    assert target_input(EVENT, input_path=path) == gets


@pytest.mark.parametrize(
    ("template", "gets"),
    [
        ('{"id": <order>, "by": <who>}', {"id": 7, "by": "Ann"}),
        ('{"id": "<order>", "by": "<who>"}', {"id": "7", "by": "Ann"}),
        ('[<items>, "<items>", <at>, "<at>"]', [["a", "b"], "[a,b]", {"city": "Rome"}, "{city:Rome}"]),
        (
            '{"paid": <paid>, "note": <note>, "text": "<paid> <note>"}',
            {"paid": True, "note": None, "text": "true null"},
        ),
        ('"order <order> of <who>"', '"order 7 of Ann"'),
        ("<at>", {"city": "Rome"}),
        ("<who>", '"Ann"'),
        ('"said \\"<who>\\" twice: <who>"', '"said \\"Ann\\" twice: Ann"'),
        ('"line <order>"\n"line <who>"', '"line 7"\n"line Ann"'),
        ('{"a": "1 < 2", "b": "3 > 2"}', {"a": "1 < 2", "b": "3 > 2"}),
    ],
)
def test_a_transformer_inserts_json_where_it_stands_free_and_text_inside_quotes(template: str, gets: Any):
    assert transformed(template) == gets


@pytest.mark.parametrize(
    ("template", "gets"),
    [
        ('{"x": <missing>, "y": 1}', {"x": "", "y": 1}),
        ('{"x": "of <missing>!"}', {"x": "of !"}),
        ('"of <missing>"', '"of "'),
    ],
)
def test_a_variable_whose_path_leads_nowhere_is_left_out(template: str, gets: Any):
    """Invariant 12 of the event bus: output for missing paths omits the variable. Recorded: as JSON it is ""."""
    assert transformed(template) == gets


def test_the_reserved_variables_tell_of_the_rule_and_of_the_event():
    """Recorded: aws.events.event has no detail, and its detail-type is called detailType."""
    names = '"<aws.events.rule-name> <aws.events.rule-arn> <aws.events.event.ingestion-time>"'
    assert transformed(names) == f'"all {HERE.rule_arn} 2026-01-05T00:00:01Z"'
    both = transformed('{"short": <aws.events.event>, "full": <aws.events.event.json>}')
    assert both["full"] == EVENT
    assert both["short"] == {
        **{key: value for key, value in EVENT.items() if key not in ("detail", "detail-type")},
        "detailType": "order placed",
    }


def test_a_text_that_breaks_the_json_it_is_inserted_into_leaves_text():
    """EventBridge does not escape what it inserts."""
    event = EVENT | {"detail": {"who": 'Ann "the boss"'}}
    given = {"InputPathsMap": PATHS, "InputTemplate": '{"by": "<who>"}'}
    assert target_input(event, input_transformer=given) == '{"by": "Ann "the boss""}'
    free = {"InputPathsMap": PATHS, "InputTemplate": '{"by": <who>}'}
    assert target_input(event, input_transformer=free) == {"by": 'Ann "the boss"'}


def test_only_one_of_the_three_may_be_given():
    sentence = "Only one of Input, InputPath, or InputTransformer must be provided for target t1."
    assert said(input="{}", input_path="$.detail") == [sentence]
    assert said(input_path="$", input_transformer={"InputTemplate": "{}"}) == [sentence]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"input": "hello"}, "JSON syntax error in input for target t1"),
        ({"input": " " * (LONGEST_INPUT + 1)}, "less than or equal to 8192; it has 8193"),
        ({"input_path": "detail"}, "Invalid InputPath for target t1 : “detail” does not begin with $"),
        ({"input_path": "$." + "x" * 255}, "less than or equal to 256; it has 257"),
    ],
)
def test_a_wrong_input_or_path_is_refused(given: dict[str, str], sentence: str):
    (problem,) = said(**given)
    assert sentence in problem
    with pytest.raises(ValueError, match="t"):
        compiled(**given)


@pytest.mark.parametrize(
    ("paths", "template", "sentence"),
    [
        ({}, '"<who>"', "InputTemplate for target t1 contains invalid placeholder who."),
        ({}, '"<aws.events.nothing>"', "InputTemplate for target t1 contains invalid placeholder aws.events.nothing."),
        ({"who": "detail"}, '"<who>"', "Invalid InputTransformer.InputPathsMap for target t1 : “detail” does not"),
        ({"awsRegion": "$.region"}, '"x"', "The key awsRegion of InputPathsMap for target t1 begins with AWS"),
        ({"who": "$.x"}, "{<who>: 1}", "[placeholder who is a key of an object]"),
        ({"who": "$.x"}, '{"a <who>": 1}', "[placeholder who is a key of an object]"),
        ({"who": "$.x"}, "hello <who>", "Invalid InputTemplate for target t1 : ["),
        ({}, "", "InputTransformer for target t1 has no InputTemplate."),
        ({}, '"' + "x" * LONGEST_INPUT + '"', "less than or equal to 8192; it has 8194"),
        ({f"v{n}": "$.x" for n in range(MOST_PATHS + 1)}, '"x"', "has 101 paths"),
    ],
)
def test_a_wrong_transformer_is_refused_with_the_place(paths: dict[str, str], template: str, sentence: str):
    found = problems("t1", input_transformer={"InputPathsMap": paths, "InputTemplate": template})
    assert [sentence in problem.problem for problem in found] == [True]
    assert found[0].path.startswith("InputTransformer.")


def test_every_problem_of_a_transformer_is_listed():
    given = {"InputPathsMap": {"a": "x", "b": "$["}, "InputTemplate": '"<c> <d>"'}
    assert len(said(input_transformer=given)) == 4


VALUES = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text()


@given(st.recursive(VALUES, st.lists, max_leaves=5))
def test_whatever_is_inserted_free_arrives_as_it_was(value: Any):
    given = {"InputPathsMap": {"v": "$.detail.value"}, "InputTemplate": '{"value": <v>}'}
    assert target_input({"detail": {"value": value}}, input_transformer=given) == {"value": value}
