"""The bench: whatever somebody types is judged, with the reason at each field, or the sentence of the service."""

import json

import pytest

from patterns.filters.bench import (
    EVENT_PATTERN,
    POLICIES,
    judge_attributes,
    judge_body,
    judge_event_pattern,
    laid_out,
)
from simulator.engine.bench import LONGEST, MOST_CLAUSES, Asked, Clause, Dialect

EVENT = json.dumps({"source": "shop", "detail": {"price": 3}})


def test_an_event_is_judged_clause_by_clause():
    verdict = judge_event_pattern('{"source": ["shop"], "detail": {"price": [{"numeric": [">", 5]}, 4]}}', EVENT)
    assert verdict.matched is False
    assert verdict.clauses == (
        Clause("$.detail.price", (Asked('numeric [">",5]', False), Asked("4", False)), "3", False),
        Clause("$.source", (Asked('"shop"', True),), '"shop"', True),
    )
    assert verdict.sentence == 'Did not match: $.detail.price is 3; asked for numeric [">",5] or 4'


def test_a_pattern_that_is_refused_says_where_in_the_words_of_the_service():
    """Source: EventBridge API Reference, InvalidEventPatternException."""
    verdict = judge_event_pattern('{"detail": {"price": [{"numeric": [">", "5"]}]}}', EVENT)
    assert (verdict.matched, verdict.about, verdict.place) == (None, "pattern", "$.detail.price[0].numeric")
    assert verdict.sentence == "Event pattern is not valid. Reason: Value of > must be numeric"


@pytest.mark.parametrize(("event", "words"), [("{", "Parameter Event is not valid."), ("[]", "Parameter Event")])
def test_an_event_that_can_not_be_read_is_not_called_a_mismatch(event: str, words: str):
    verdict = judge_event_pattern('{"source": ["shop"]}', event)
    assert (verdict.matched, verdict.about) == (None, "event")
    assert verdict.sentence.startswith(words)


@pytest.mark.parametrize(
    "attributes",
    [
        {"tier": {"Type": "String", "Value": "gold"}, "total": {"Type": "Number", "Value": "120"}},
        {
            "tier": {"DataType": "String", "StringValue": "gold"},
            "total": {"DataType": "Number", "StringValue": "120"},
        },
        {"tier": "gold", "total": 120},
        {"Message": "hello", "MessageAttributes": {"tier": "gold", "total": 120}},
    ],
)
def test_attributes_may_be_written_in_each_way_that_the_services_show_them(attributes: object):
    policy = '{"tier": ["gold"], "total": [{"numeric": [">=", 100]}]}'
    assert judge_attributes(policy, json.dumps(attributes)).matched is True


def test_a_list_is_a_string_array_and_no_attributes_are_none():
    assert judge_attributes('{"tags": ["b"]}', '{"tags": ["a", "b"]}').matched is True
    assert judge_attributes('{"tags": [{"exists": false}]}', " ").matched is True


@pytest.mark.parametrize("attributes", ["[1]", '{"a": true}', '{"a": {"Value": "x"}}', "{"])
def test_attributes_that_are_none_are_told_so(attributes: str):
    verdict = judge_attributes('{"a": ["x"]}', attributes)
    assert (verdict.matched, verdict.about) == (None, "event")


def test_a_policy_is_refused_in_the_words_of_sns():
    verdict = judge_attributes('{"a": {"b": ["x"]}}', "{}")
    assert (verdict.about, verdict.place) == ("pattern", "$.a")
    assert verdict.sentence == (
        "Invalid parameter: FilterPolicy: Filter policy scope MessageAttributes does not support nested filter policy"
    )


def test_a_body_that_is_no_object_matches_no_policy_that_asks_for_anything():
    """Source: SNS Developer Guide, "Payload-based message filtering"."""
    assert judge_body('{"a": ["x"]}', "plain text").matched is False
    assert judge_body("{}", "plain text").matched is True


def test_what_is_shown_is_bounded():
    pattern = json.dumps({f"field{number}": ["x" * 1000] for number in range(MOST_CLAUSES + 50)})
    verdict = judge_event_pattern(pattern, json.dumps({"field1": "y" * 5000}))
    assert len(verdict.clauses) == MOST_CLAUSES
    assert all(len(asked.text) <= LONGEST for clause in verdict.clauses for asked in clause.asked)
    assert all(len(clause.found) <= 2 * LONGEST for clause in verdict.clauses)
    assert len(verdict.sentence) <= 1000


@pytest.mark.parametrize("dialect", EVENT_PATTERN + POLICIES, ids=lambda one: one.name)
def test_every_example_teaches_something(dialect: Dialect):
    assert dialect.examples
    for example in dialect.examples:
        assert example.dialect == dialect.name
        verdict = dialect.judge(example.pattern, example.event)
        assert verdict.clauses or verdict.about == "pattern", example.title


def test_json_is_laid_out_as_a_person_writes_it():
    value = {"country": ["NL", "BE"], "items": [{"sku": "A" * 30, "count": 1}, {"sku": "B" * 30, "count": 2}], "x": {}}
    assert json.loads(laid_out(value)) == value
    assert laid_out(value).splitlines()[1] == '  "country": ["NL", "BE"],'
    assert max(map(len, laid_out(value).splitlines())) < 70
