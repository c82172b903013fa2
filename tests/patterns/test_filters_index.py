"""Very many rules at once: the same answer as asking one after the other, whatever was added and removed."""

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.filters import InvalidPattern, RuleIndex, compiled, explain
from patterns.filters.intervals import Intervals
from patterns.filters.letters import fold
from patterns.filters.substrings import Substrings

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
    | st.sampled_from([{"wildcard": text} for text in ("*", "a*", "*b", "a*b", "*b*", "*a*b*", "*ba*", "10.*.1", "ab")])
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
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "b"]), SCALARS, max_size=2), min_size=1, max_size=3)
EVENTS = st.dictionaries(st.sampled_from(["a", "b", "a.b"]), SCALARS | ROWS | VALUES, min_size=1, max_size=3)

# Few values and few fields, so that rules and events meet: what is rare above is common here.
NARROW = st.sampled_from(["a", "ab", 1])
NARROW_RULES = st.dictionaries(
    st.sampled_from(["a.a", "a.b", "b"]),
    st.lists(NARROW | st.sampled_from([{"exists": False}, {"anything-but": "a"}]), min_size=1, max_size=2),
    min_size=1,
    max_size=3,
)
NARROW_ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "b"]), NARROW, max_size=2), max_size=3)
NARROW_EVENTS = st.fixed_dictionaries({}, optional={"a": NARROW_ROWS, "b": NARROW | NARROW_ROWS})


ANY_RULES_AND_EVENTS = st.tuples(st.lists(RULES, max_size=8), st.lists(EVENTS, min_size=1, max_size=4)) | st.tuples(
    st.lists(NARROW_RULES, max_size=8), st.lists(NARROW_EVENTS, min_size=1, max_size=8)
)


def one_by_one(rules: dict[str, Any], event: Any) -> list[str]:
    return [name for name, pattern in rules.items() if compiled(pattern).matches(event)]


@settings(max_examples=300, deadline=None)
@given(ANY_RULES_AND_EVENTS, st.sets(st.integers(0, 7)))
def test_the_index_finds_what_asking_one_by_one_finds(asked: tuple[list[Any], list[Any]], gone: set[int]):
    patterns, events = asked
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
@given(st.tuples(RULES, EVENTS) | st.tuples(NARROW_RULES, NARROW_EVENTS))
def test_an_explanation_says_the_same_as_the_matcher(asked: tuple[Any, Any]):
    pattern, event = asked
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


@pytest.mark.parametrize(
    ("operator", "right", "wrong"),
    [
        ({"prefix": "ab"}, "abc", "a"),
        ({"suffix": "bc"}, "abc", "c"),
        ({"prefix": {"equals-ignore-case": "ß"}}, "SSa", "S"),
        ({"suffix": {"equals-ignore-case": "aß"}}, "xASS", "SA"),
        ({"equals-ignore-case": "Straße"}, "STRASSE", "strass"),
        ({"wildcard": "a*c"}, "abc", "ab"),
        ({"wildcard": "*c"}, "abc", "ab"),
        ({"wildcard": "*bb*"}, "abbc", "abc"),
        ({"wildcard": "*"}, "", 1),
        ({"cidr": "10.0.0.0/24"}, "10.0.0.9", "10.0.1.0"),
        ("10.0.0.1", "10.0.0.01", "10.0.0.2"),
        ({"numeric": [">", 1, "<", 2]}, 1.5, 2),
        ({"anything-but": {"prefix": "a"}}, "b", "a"),
        ({"exists": True}, None, []),
        ({"exists": False}, [], None),
        (True, True, 1),
        (1, 1.0, True),
    ],
)
def test_each_operator_finds_its_rule_and_can_be_removed(operator: Any, right: Any, wrong: Any):
    index = index_of(rule={"a": [operator, "other"]}, other={"a": ["other"]})
    assert index.match({"a": right}) == ["rule"]
    assert index.match({"a": wrong}) == []
    assert index.match({"a": "other"})[-1] == "other"
    index.remove("rule")
    assert index.match({"a": right}) == []
    assert index.match({"a": "other"}) == ["other"]


def test_rules_about_elements_are_checked_again():
    """The tree alone would find `crossed` and not `alone`."""
    index = index_of(
        crossed={"people": {"name": ["Ann"], "pet": ["dog"]}},
        right={"people": {"name": ["Bob"], "pet": ["dog"]}},
        alone={"people": {"name": ["Cid"], "pet": [{"exists": False}]}},
    )
    people = [{"name": "Ann", "pet": "cat"}, {"name": "Bob", "pet": "dog"}, {"name": "Cid"}]
    assert index.match({"people": people}) == ["right", "alone"]


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


WORDS = st.text(alphabet="ab", min_size=1, max_size=5)


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8), st.text(alphabet="abc", max_size=30))
def test_the_texts_that_occur_in_another_are_found(texts: list[str], gone: list[str], other: str):
    substrings: Substrings[str] = Substrings()
    for text in [*texts, *gone]:
        substrings.change(text, text, True)
    assert sorted(substrings.inside(other)) == sorted(text for text in [*texts, *gone] if text in other)
    for text in gone:
        substrings.change(text, text, False)
    assert sorted(substrings.inside(other)) == sorted(text for text in texts if text in other)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12), NUMBERS)
def test_the_intervals_that_hold_a_number_are_found(ends: list[tuple[float, float]], number: float):
    intervals: Intervals[int] = Intervals()
    for item, (low, high) in enumerate(ends):
        intervals.add(low, high, item)
    expected = [item for item, (low, high) in enumerate(ends) if low <= number <= high]
    assert sorted(intervals.holding(number)) == expected
    for item, (low, high) in enumerate(ends[::2]):
        intervals.remove(low, high, 2 * item)
    assert sorted(intervals.holding(number)) == [item for item in expected if item % 2]
