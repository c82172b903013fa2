"""Expressions over messages: what they find, what they are not allowed, and that they always end."""

import pickle
import sys
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from simulator.engine.expression import MOST_STEPS, Expression, ExpressionFailed, evaluate, holds

SETTING: TypeAdapter[str] = TypeAdapter(Expression)

GIVEN: dict[str, Any] = {
    "body": {"address": None, "items": [{"price": 4, "name": "tea"}, {"price": 9, "name": "pot"}], "total": 13},
    "attributes": {"country": "de"},
    "type": "order",
    "attempt": 2,
}


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("body.address = null", True),
        ("body.missing = null", False),
        ("$exists(body.missing)", False),
        ("attempt < 3 and type = 'order'", True),
        ("body.items[price > 5].name", "pot"),
        ("$sum(body.items.price)", 13),
        ("{'id': body.total, 'kind': $uppercase(type)}", {"id": 13, "kind": "ORDER"}),
        ("body.items.price", [4, 9]),
        ("body.items^(>price).name", ["pot", "tea"]),
        ("body.missing", None),
        ("( $a := body.total; $a * 2 )", 26),
    ],
)
def test_an_expression_finds_its_value_as_plain_json(expression, found):
    """Source: JSONata documentation."""
    assert SETTING.validate_python(expression) == expression
    value = evaluate(expression, GIVEN)
    assert value == found
    assert pickle.loads(pickle.dumps(value)) == found
    assert type(value) in (type(None), bool, int, float, str, list, dict)


@pytest.mark.parametrize(
    ("expression", "truth"),
    [("body", True), ("body.address", False), ("body.missing", False), ("[0, 0]", False), ("[0, 1]", True)],
)
def test_what_counts_as_true_is_what_boolean_says(expression, truth):
    """Source: JSONata documentation, $boolean."""
    assert holds(expression, GIVEN) is truth


def test_what_an_expression_assigns_is_forgotten_before_the_next_message():
    expression = "$exists($seen) ? 'again' : ($seen := 1; 'first')"
    assert [evaluate(expression, GIVEN) for _ in range(2)] == ["first", "first"]


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("$now()", "$now"),
        ("$millis()", "$millis"),
        ("$random() < 0.5", "$random"),
        ("body.items.$shuffle($)", "$shuffle"),
        ("($sum := $random; $sum())", "$random"),
        ("$eval('1')", "$eval"),
        ("$power(10, 100000000)", "$power"),
        ("$pad('x', 1000000000)", "$pad"),
        ("$uppercase", "as a value"),
        ("[1..10000000]", ".."),
        ("$contains(type, /(a+)+$/)", "regular"),
        ("($f := function($n){ $f($n + 1) }; $f(1))", "functions of one's own"),
        ("body ~> $keys", "~>"),
        ("body.items.%.total", "%"),
        ("|body|{'a': 1}|", "|"),
        ("body.address =", "not JSONata"),
        ("'unfinished", "not JSONata"),
        ("(" * 60 + "1" + ")" * 60, "brackets"),
        ("-" * 900 + "1", "."),
        ("1 + " * 300, "1000"),
    ],
)
def test_what_could_differ_or_never_end_is_refused_when_it_is_set(expression, says):
    with pytest.raises(ValidationError) as refused:
        SETTING.validate_python(expression)
    assert says in refused.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    "expression",
    [
        "$$.body.items.($$.body.items.($$.body.items))",
        "( $x := 'aaaaaaaaaa'; " + "$x := $x & $x; " * 50 + "$x )",
        "( $x := [1,2,3,4]; " + "$x := $append($x, $x); " * 30 + "$x )",
        "( $x := [1,2,3,4]; " + "$x := [[$x],[$x]]; " * 40 + "$string($x) )",
        "( $x := 99999999; " + "$x := $x * $x; " * 50 + "$x )",
        "$string(body.items.($$.body.long))",
    ],
)
def test_an_expression_that_multiplies_is_given_up_after_so_many_steps(expression):
    given = {"body": {"items": list(range(3000)), "long": "x" * 50_000}}
    SETTING.validate_python(expression)
    with pytest.raises(ExpressionFailed, match=f"{MOST_STEPS:,} steps|too large|out of range"):
        evaluate(expression, given)


@pytest.mark.parametrize("expression", ["1 + type", "$error('no')", "body.items < 3", "$number('x')"])
def test_one_that_does_not_fit_the_message_fails_and_says_why(expression):
    SETTING.validate_python(expression)
    with pytest.raises(ExpressionFailed) as failed:
        evaluate(expression, GIVEN)
    assert 0 < len(str(failed.value)) <= 120


def test_the_library_leaves_the_recursion_limit_of_the_process_alone():
    assert sys.getrecursionlimit() < 5000
