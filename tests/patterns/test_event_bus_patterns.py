"""The laws of event patterns, asked of a bus: a try of a pattern and a rule at work give the same answer to each.

What patterns mean in detail is tested beside them (`test_filters_*`).
"""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from tests.patterns.vocabulary import bus, do, records, scenario

ENVELOPE = {
    "version": "0",
    "id": "1",
    "detail-type": "paid",
    "source": "shop",
    "account": "123456789012",
    "time": "2026-01-05T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
}
VALUES = some.sampled_from([None, True, 1, 2, "x", "xy", ""])
LEAVES = some.sampled_from([None, True, 1, 2, "x", {"prefix": "x"}, {"exists": True}, {"anything-but": ["x"]}])
NAMES = some.sampled_from(["a", "b", "c"])
DETAILS = some.dictionaries(NAMES, VALUES | some.lists(VALUES, max_size=2), max_size=3)
FIELDS = some.dictionaries(NAMES, some.lists(LEAVES, min_size=1, max_size=3), min_size=1, max_size=3)


def matched(pattern: dict[str, Any], detail: dict[str, Any]) -> bool:
    """Whether a rule with this pattern matches an event with this detail, live and when it is tried."""
    run = scenario(bus("bus", rules={"a": pattern}))
    do(run, "bus", "PutEvents", Entries=[{"Source": "shop", "DetailType": "paid", "Detail": detail}])
    tried = do(run, "bus", "TestEventPattern", EventPattern=pattern, Event=ENVELOPE | {"detail": detail}).result
    assert tried["Result"] == bool(records(run, "matched"))
    return bool(tried["Result"])


@given(fields=FIELDS, more=FIELDS, detail=DETAILS)
@settings(max_examples=60, deadline=None)
def test_another_field_never_enlarges_what_matches(fields: Any, more: Any, detail: Any) -> None:
    """Law 2 of a bus."""
    narrower = {name: value for name, value in more.items() if name not in fields} | fields
    assert not matched({"detail": narrower}, detail) or matched({"detail": fields}, detail)


@given(fields=FIELDS, name=NAMES, value=LEAVES, detail=DETAILS)
@settings(max_examples=60, deadline=None)
def test_another_value_never_shrinks_what_matches(fields: Any, name: str, value: Any, detail: Any) -> None:
    """Law 2 of a bus."""
    wider = {one: [*leaves, value] if one == name else leaves for one, leaves in fields.items()}
    assert not matched({"detail": fields}, detail) or matched({"detail": wider}, detail)


@given(detail=DETAILS, name=NAMES)
@settings(max_examples=60, deadline=None)
def test_exists_divides_all_events_in_two(detail: Any, name: str) -> None:
    """Law 3 of a bus."""
    there, absent = ({"detail": {name: [{"exists": one}]}} for one in (True, False))
    assert matched(there, detail) != matched(absent, detail)


@given(detail=DETAILS, name=NAMES)
@settings(max_examples=60, deadline=None)
def test_anything_but_never_matches_an_event_without_the_field(detail: Any, name: str) -> None:
    """Law 4 of a bus."""
    detail.pop(name, None)
    assert not matched({"detail": {name: [{"anything-but": ["x"]}]}}, detail)


def test_fields_below_an_array_hold_in_one_element() -> None:
    """Law 5 of a bus."""
    detail = {"x": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}
    assert not matched({"detail": {"x": {"a": [1], "b": [4]}}}, detail)
    assert matched({"detail": {"x": {"a": [3], "b": [4]}}}, detail)


def test_an_or_of_one_branch_or_with_a_reserved_word_is_a_field() -> None:
    """Law 6 of a bus."""
    assert not matched({"detail": {"$or": [{"a": [1]}, {"b": [1]}]}}, {"$or": "x"})
    assert matched({"detail": {"$or": [{"a": [1]}, {"b": [1]}]}}, {"b": 1})
    assert matched({"detail": {"$or": [{"prefix": "x"}]}}, {"$or": "xy"})
    assert matched({"detail": {"$or": [{"prefix": "x"}, {"prefix": "y"}]}}, {"$or": "yz"})
