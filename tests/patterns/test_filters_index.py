"""Very many rules at once: the same answer as asking one after the other, whatever was added and removed."""

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.filters import InvalidPattern, RuleIndex, compiled, explain
from patterns.filters.letters import fold

TEXTS = st.sampled_from(["", "a", "ab", "abc", "b", "AB", "ß", "SS", "ba", "10.0.0.1", "10.0.0.01", "10.0.1.9", "::1"])
NUMBERS = st.sampled_from([0, 1, 1.0, 1.5, 2, -3, 10**400])
SCALARS = TEXTS | NUMBERS | st.booleans() | st.none()
PATHS = st.sampled_from(["a", "b", "a.a", "a.b", "b.a"])
BOUNDS = st.sampled_from(
    [["=", 1], ["<", 1.5], ["<=", 1], [">", 0], [">=", 2], [">", 0, "<", 2], [">=", -3, "<=", 1], [">", 1, "<", 2]]
)
OPERATORS = (
    SCALARS
    | st.builds(lambda word, text: {word: text}, st.sampled_from(["prefix", "suffix", "equals-ignore-case"]), TEXTS)
    | st.builds(lambda word, text: {word: {"equals-ignore-case": text}}, st.sampled_from(["prefix", "suffix"]), TEXTS)
    | st.sampled_from([{"wildcard": text} for text in ("*", "a*", "*b", "a*b", "*b*", "10.*.1", "ab")])
    | st.sampled_from([{"cidr": text} for text in ("10.0.0.0/24", "10.0.0.0/16", "::/64", "0.0.0.0/0")])
    | st.builds(lambda bounds: {"numeric": bounds}, BOUNDS)
    | st.sampled_from([{"exists": True}, {"exists": False}])
    | st.sampled_from([{"anything-but": inner} for inner in ("a", ["a", "ab"], 1, {"prefix": "a"}, {"suffix": ["b"]})])
)
FIELDS = st.dictionaries(PATHS, st.lists(OPERATORS, min_size=1, max_size=3), min_size=1, max_size=3)
RULES = FIELDS | st.builds(
    lambda fields, branches: {**fields, "$or": branches}, FIELDS, st.lists(FIELDS, min_size=2, max_size=3)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=6,
)
EVENTS = st.dictionaries(st.sampled_from(["a", "b", "a.b", "c"]), VALUES, max_size=4)


def one_by_one(rules: dict[str, Any], event: Any) -> list[str]:
    return [name for name, pattern in rules.items() if compiled(pattern).matches(event)]


@settings(max_examples=300, deadline=None)
@given(st.lists(RULES, max_size=8), st.lists(EVENTS, min_size=1, max_size=4), st.sets(st.integers(0, 7)))
def test_the_index_finds_what_asking_one_by_one_finds(patterns: list[Any], events: list[Any], gone: set[int]):
    rules = {f"rule-{number}": pattern for number, pattern in enumerate(patterns)}
    index = RuleIndex()
    for name, pattern in rules.items():
        index.add(name, pattern)
    for event in events:
        assert index.match(event) == one_by_one(rules, event)
    for number in sorted(gone):
        if rules.pop(f"rule-{number}", None) is not None:
            index.remove(f"rule-{number}")
    index = pickle.loads(pickle.dumps(index))
    for event in events:
        assert index.match(event) == one_by_one(rules, event)
    assert len(index) == len(rules)


@settings(max_examples=300, deadline=None)
@given(RULES, EVENTS)
def test_an_explanation_says_the_same_as_the_matcher(pattern: Any, event: Any):
    why = explain(pattern, event)
    assert why.matched == compiled(pattern).matches(event)
    if why.matched:
        assert why.failed == () and str(why) == "matched"
    else:
        assert why.failed or not why.one_element
        assert str(why).startswith("did not match")
    for finding in why.findings:
        assert finding.holds == any(one.holds for one in finding.asked)


def index_of(**rules: Any) -> RuleIndex:
    index = RuleIndex()
    for name, pattern in rules.items():
        index.add(name, pattern)
    return index


def test_rules_are_named_in_the_order_in_which_they_were_added():
    index = index_of(z={"a": [1]}, b={"a": [{"exists": True}]}, a={"a": [1, 2]})
    assert index.match({"a": 1}) == ["z", "b", "a"]
    assert index.match({"a": [2, 3]}) == ["b", "a"]
    assert index.match({"b": 1}) == []


def test_a_rule_of_the_same_name_is_replaced_in_its_place():
    """Source: EventBridge API Reference, PutRule: an existing rule is replaced."""
    index = index_of(first={"a": [1]}, second={"a": [{"exists": True}]})
    index.add("first", {"a": [2]})
    assert index.match({"a": 1}) == ["second"]
    assert index.match({"a": 2}) == ["first", "second"]
    assert len(index) == 2


def test_a_refused_pattern_changes_nothing():
    index = index_of(kept={"a": [1]})
    with pytest.raises(InvalidPattern):
        index.add("kept", {"a": []})
    with pytest.raises(InvalidPattern):
        index.add("new", {"a": []})
    assert index.match({"a": 1}) == ["kept"]
    assert "kept" in index and "new" not in index


def test_a_removed_rule_is_gone_and_leaves_nothing_behind():
    index = index_of(one={"a": [{"prefix": "x"}], "b": [{"exists": False}]})
    empty = pickle.dumps(index_of())
    index.remove("one")
    assert index.match({"a": "xy"}) == []
    index._next = 0
    assert pickle.dumps(index) == empty
    with pytest.raises(KeyError):
        index.remove("one")


def test_the_pattern_of_a_rule_can_be_asked_why():
    index = index_of(dear={"price": [{"numeric": [">", 100]}]})
    assert str(index.pattern("dear").explain({"price": 5})) == (
        'did not match: $.price is 5; asked for numeric [">",100]'
    )


def test_the_parts_of_ten_thousand_ranges_are_found():
    index = RuleIndex()
    for number in range(10_000):
        index.add(f"{number}", {"p": [{"numeric": [">=", number, "<", number + 3]}]})
    index.add("low", {"p": [{"numeric": ["<", 5]}]})
    assert index.match({"p": 5000.5}) == ["4998", "4999", "5000"]
    assert index.match({"p": 0}) == ["0", "low"]
    assert index.match({"p": -1e9}) == ["low"]


def test_many_ways_to_the_same_rule_are_gone_once():
    """A rule that holds in two ways for each of its fields would otherwise be reached in 2 to the 18th ways."""
    letters = "abcdefghijklmnopqr"
    index = index_of(rule={"x": {name: [{"exists": False}, {"exists": True}, {"prefix": ""}] for name in letters}})
    assert index.match({"x": [dict.fromkeys(letters, "v")]}) == ["rule"]
    assert index.match({"x": {name: ["v", "w"] for name in letters}}) == ["rule"]


def test_every_character_folds_like_its_lower_and_upper_forms():
    """So that the index finds whatever a letter can stand for."""
    for number in range(0x10000):
        character = chr(number)
        assert fold(character.lower()) == fold(character) == fold(character.upper()), hex(number)
