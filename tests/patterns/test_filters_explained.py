"""Why an event matched or did not: clause by clause, and as one sentence."""

from typing import Any

import pytest

from patterns.filters import Asked, Finding, explain

EVENT = {"source": "shop", "detail": {"state": "open", "price": 3, "tags": ["a", "b"], "rows": [{"n": 1}, {"m": 2}]}}


def test_each_field_says_what_was_asked_and_what_was_found():
    why = explain({"source": ["shop"], "detail": {"price": [{"numeric": [">", 5]}, 4]}}, EVENT)
    assert not why.matched
    assert why.alternatives == 1
    price, source = why.findings
    assert price == Finding(
        "detail.price", False, (Asked("numeric", (">", 5), False), Asked("exactly", 4, False)), (3,), 1
    )
    assert source == Finding("source", True, (Asked("exactly", "shop", True),), ("shop",), 1)
    assert why.failed == (price,)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ({"source": ["shop"]}, "matched"),
        ({"source": ["bank"]}, 'did not match: $.source is "shop"; asked for "bank"'),
        ({"detail": {"none": [{"exists": True}]}}, "did not match: $.detail.none is not there; asked for exists true"),
        (
            {"detail": {"state": ["shut", {"prefix": {"equals-ignore-case": "X"}}], "price": [{"anything-but": [3]}]}},
            (
                "did not match: $.detail.price is 3; asked for anything-but [3]; "
                '$.detail.state is "open"; asked for "shut" or prefix {"equals-ignore-case":"X"}'
            ),
        ),
        (
            {"detail": {"tags": [{"wildcard": "c*"}, {"cidr": "10.0.0.0/8"}]}},
            'did not match: $.detail.tags is "a", "b"; asked for wildcard "c*" or cidr "10.0.0.0/8"',
        ),
        (
            {"detail": {"rows": {"n": [1], "m": [2]}}},
            "did not match: $.detail.rows.m and $.detail.rows.n hold in different elements of an array, never in one",
        ),
        (
            {"$or": [{"source": ["bank"], "x": [1]}, {"detail": {"price": [4]}}]},
            "did not match (nearest of 2 alternatives): $.detail.price is 3; asked for 4",
        ),
    ],
)
def test_the_sentence_names_what_failed(pattern: dict[str, Any], sentence: str):
    assert str(explain(pattern, EVENT)) == sentence


def test_of_an_or_the_branch_that_matched_is_shown():
    why = explain({"$or": [{"source": ["bank"]}, {"source": ["shop"]}]}, EVENT)
    assert why.matched and why.failed == ()
    assert why.findings[0].asked == (Asked("exactly", "shop", True),)


def test_an_absent_field_is_a_finding_that_holds():
    why = explain({"detail": {"none": [{"exists": False}, "x"]}}, EVENT)
    assert why.matched
    assert why.findings == (
        Finding("detail.none", True, (Asked("exists", False, True), Asked("exactly", "x", False)), (), 0),
    )


def test_a_field_that_is_absent_from_some_element_may_hold():
    event = {"rows": [{"n": 1, "m": 2}, {"n": 3}]}
    why = explain({"rows": {"n": [3], "m": [{"exists": False}]}}, event)
    m, n = why.findings
    assert not why.matched and not why.one_element  # by path, m is judged before n has chosen an element
    assert m.holds and n.holds
    assert explain({"rows": {"a": [{"exists": False}], "n": [3]}}, event).matched


def test_many_values_are_counted_and_not_all_shown():
    why = explain({"a": ["x"]}, {"a": list(range(1000))})
    assert len(why.findings[0].found) == 20
    assert why.findings[0].found_in_all == 1000
    assert str(why).endswith('18, 19 and 980 more; asked for "x"')
