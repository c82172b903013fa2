"""Event patterns: what matches what. Sources: EventBridge User Guide, "Event patterns"; aws/event-ruler, README."""

import json
import pickle
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.filters import InvalidEvent, compiled, matches


def asked(value: Any, *operators: Any) -> bool:
    """Whether an event whose field `a` has this value matches a pattern that asks for any of these."""
    return matches({"a": list(operators)}, {"a": value})


@pytest.mark.parametrize(
    ("operator", "right", "wrong"),
    [
        ("red", ["red"], ["Red", "re", "", None, ["blue"]]),
        (True, [True], [1, "true", False]),
        (None, [None], ["", "null", 0, False, []]),
        (300, [300, 300.0, 3.0e2], ["300", 301, True]),
        (1, [1, 1.0], [True, "1"]),
        ({"exactly": "red"}, ["red"], ["Red"]),
        ({"prefix": "re"}, ["red", "re"], ["Red", "fred", 7]),
        ({"prefix": ""}, ["red", ""], [7, None]),
        ({"suffix": ".png"}, ["a.png", ".png"], ["a.PNG", "a.png "]),
        ({"suffix": "次"}, ["目次"], ["次目"]),
        ({"prefix": {"equals-ignore-case": "STRA"}}, ["straße", "Strand"], ["str", "xstra"]),
        ({"suffix": {"equals-ignore-case": "Straße"}}, ["EINBAHNSTRASSE", "Straße"], ["STRASE"]),
        ({"equals-ignore-case": "straße"}, ["STRASSE", "Straße", "sTrAßE"], ["strasze", "straßen"]),
        ({"equals-ignore-case": "strasse"}, ["STRASSE"], ["straße"]),
        ({"equals-ignore-case": "k"}, ["K"], ["\u212a"]),  # the Kelvin sign is no form of k; k is its lower form
        ({"equals-ignore-case": "\u212a"}, ["k", "\u212a"], ["K"]),
        ({"wildcard": "a*z"}, ["az", "abcz", "azz"], ["a", "z", "azb", "bazz"]),
        ({"wildcard": "*dog*"}, ["dog", "hot dogs", "do dog"], ["do g"]),
        ({"wildcard": "ab*ba"}, ["abba", "ab ba"], ["aba"]),
        ({"wildcard": "a*ab*b"}, ["aabb", "a ab b"], ["abb", "aab"]),
        ({"wildcard": "*aa*aa*"}, ["aaaa", "xaayaaz"], ["aaa"]),
        ({"wildcard": "*"}, ["", "red"], [5]),
        ({"wildcard": ""}, [""], ["a"]),
        ({"wildcard": "5\\*\\\\*"}, ["5*\\", "5*\\ more"], ["5x\\"]),
        ({"wildcard": "a\n*"}, ["a\nb\nc"], ["a b"]),
        ({"cidr": "10.0.0.0/24"}, ["10.0.0.0", "10.0.0.255", "010.000.0.9"], ["10.0.1.0", "10.0.0.256", "10.0.0", 10]),
        ({"cidr": "10.0.0.77/24"}, ["10.0.0.0"], ["10.0.1.0"]),
        ({"cidr": "0.0.0.0/0"}, ["255.1.2.3"], ["::1", "here"]),
        ({"cidr": "2001:db8::/32"}, ["2001:db8::7", "2001:0DB8:0:0:0:0:0:7"], ["2001:db9::", "10.0.0.1", ":"]),
        ({"cidr": "10.0.0.0/8"}, ["::ffff:a01:203"], ["::a01:203"]),
        ("10.0.0.1", ["10.0.0.1", "10.0.0.01"], ["10.0.0.2"]),
        ("::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2"]),
        ({"numeric": ["=", 5]}, [5, 5.0], [5.1, "5", None]),
        ({"numeric": ["<", 5]}, [4.999999999999999, -1e300], [5, "4"]),
        ({"numeric": ["<=", 5]}, [5], [5.000000000000001]),
        ({"numeric": [">", 0, "<=", 5]}, [5e-324, 5], [0, 5.1]),
        ({"numeric": [">=", -1.5, "<", 1e10]}, [-1.5, 9999999999], [1e10]),
        ({"anything-but": "red"}, ["blue", 5, None, True], ["red"]),
        ({"anything-but": ["red", "blue"]}, ["green", ["red", "green"]], ["red", ["red", "blue"], []]),
        ({"anything-but": 5}, ["5", 6, None], [5, 5.0]),
        ({"anything-but": "5"}, [5], ["5"]),
        ({"anything-but": {"prefix": "re"}}, ["blue", None, 5], ["red"]),
        ({"anything-but": {"suffix": ["d", "e"]}}, ["green"], ["red", "blue"]),
        ({"anything-but": {"equals-ignore-case": ["red", "blue"]}}, ["green", None], ["RED", "Blue"]),
        ({"anything-but": {"wildcard": ["*/lib/*", "*.tmp"]}}, ["/bin/x"], ["/usr/lib/x", "a.tmp"]),
        ({"exists": True}, ["red", None, 0, False, [1]], [[], {}, {"b": 1}]),
        ({"exists": False}, [[], {}, {"b": 1}, [[]]], ["red", None, [1]]),
    ],
)
def test_an_operator_holds_for_these_and_not_for_those(operator: Any, right: list[Any], wrong: list[Any]):
    for value in right:
        assert asked(value, operator), value
    for value in wrong:
        assert not asked(value, operator), value


def test_a_missing_field_satisfies_only_absence():
    """Source: EventBridge User Guide, "Exists matching"; anything-but needs a field."""
    assert matches({"a": [{"exists": False}]}, {"b": 1})
    for operator in (None, "", {"anything-but": "x"}, {"prefix": ""}, {"wildcard": "*"}, {"exists": True}):
        assert not matches({"a": [operator]}, {"b": 1}), operator


def test_any_operator_of_a_field_is_enough_and_every_field_is_needed():
    pattern = {"a": ["x", {"prefix": "y"}, {"exists": False}], "b": [1]}
    for event, expected in [
        ({"a": "x", "b": 1}, True),
        ({"a": "yes", "b": 1}, True),
        ({"b": 1}, True),
        ({"a": "no", "b": 1}, False),
        ({"a": "x"}, False),
    ]:
        assert matches(pattern, event) is expected, event


def test_dots_in_names_are_the_same_as_nesting():
    """Source: aws/event-ruler, Event: fields are paths joined by dots."""
    spellings: list[dict[str, Any]] = [{"a": {"b": {"c": [1]}}}, {"a.b": {"c": [1]}}, {"a.b.c": [1]}]
    events: list[dict[str, Any]] = [{"a": {"b": {"c": 1}}}, {"a": {"b.c": 1}}, {"a.b.c": [1]}]
    for pattern, event in product(spellings, events):
        assert matches(pattern, event)


def test_an_array_matches_with_any_element_and_nested_arrays_are_looked_into():
    assert asked([["deep"], "flat"], "deep")
    assert asked([1, "two", None], None)
    assert not asked([["deep"]], "flat")


ALBUMS = {"songs": [{"name": "Help", "by": "John"}, {"name": "Yesterday", "by": "Paul"}]}


def test_fields_of_one_array_must_hold_in_one_element():
    """Source: aws/event-ruler, README, "JSON Array Matching"."""
    assert matches({"songs": {"name": ["Yesterday"], "by": ["Paul"]}}, ALBUMS)
    assert not matches({"songs": {"name": ["Yesterday"], "by": ["John"]}}, ALBUMS)
    assert matches({"songs": {"name": ["Yesterday"], "by": [{"anything-but": "John"}]}}, ALBUMS)


def test_different_arrays_are_independent():
    event = {"a": [{"x": 1}, {"x": 2}], "b": [{"x": 3}, {"x": 4}]}
    assert matches({"a": {"x": [2]}, "b": {"x": [3]}}, event)


def test_elements_inside_elements_must_agree_too():
    event = {"a": [{"n": 1, "b": [{"x": 1, "y": 2}]}, {"n": 2, "b": [{"x": 3, "y": 4}, {"x": 5, "y": 6}]}]}
    assert matches({"a": {"n": [2], "b": {"x": [5], "y": [6]}}}, event)
    assert not matches({"a": {"n": [1], "b": {"x": [5]}}}, event)
    assert not matches({"a": {"n": [2], "b": {"x": [3], "y": [6]}}}, event)


def test_a_field_can_be_absent_from_the_chosen_element_only():
    """By path, the fields before an absent one choose the element. Source: aws/event-ruler, NameState and ACFinder."""
    event = {"people": [{"name": "Ann", "pet": "cat"}, {"name": "Bob"}]}
    assert matches({"people": {"name": ["Bob"], "pet": [{"exists": False}]}}, event)
    assert not matches({"people": {"name": ["Ann"], "pet": [{"exists": False}]}}, event)
    assert not matches({"people": {"pet": [{"exists": False}]}}, event)
    older = {"people": [{"name": "Ann", "pet": "cat", "zip": 1}, {"name": "Bob", "zip": 2}]}
    assert matches({"people": {"name": ["Bob"], "pet": [{"exists": False}], "zip": [2]}}, older)
    assert not matches({"people": {"name": ["Bob"], "pet": [{"exists": False}], "zip": [1]}}, older)


def test_an_or_is_satisfied_by_one_branch_with_all_around_it():
    pattern = {"s": ["x"], "$or": [{"a": [1]}, {"d": {"$or": [{"b": [2]}, {"c": [3]}]}, "e": [5]}]}
    assert matches(pattern, {"s": "x", "a": 1})
    assert matches(pattern, {"s": "x", "d": {"c": 3}, "e": 5})
    assert not matches(pattern, {"s": "x", "d": {"c": 3}})
    assert not matches(pattern, {"a": 1})


def test_two_ors_side_by_side_are_both_needed():
    pattern = {"$or": [{"a": [1]}, {"b": [1]}], "d": {"$or": [{"a": [1]}, {"b": [1]}]}}
    assert matches(pattern, {"b": 1, "d": {"a": 1}})
    assert not matches(pattern, {"b": 1, "a": 1})


@pytest.mark.parametrize(
    ("pattern", "event"),
    [
        ({"$or": ["x", "y"]}, {"$or": "y"}),
        ({"$or": [{"prefix": "x"}, {"suffix": "y"}]}, {"$or": "xz"}),
        ({"$or": {"a": ["x"]}}, {"$or": {"a": "x"}}),
        ({"$or": [{"prefix": "x"}]}, {"$or": "xy"}),
    ],
)
def test_an_or_that_is_none_is_a_field(pattern: dict[str, Any], event: dict[str, Any]):
    """Source: aws/event-ruler, README, "The backward compatibility of using "$or" as filed name in the rule"."""
    assert matches(pattern, event)
    assert not matches(pattern, {"a": "x"})


def test_of_a_field_named_twice_the_later_counts():
    """Source: EventBridge User Guide: the last of duplicate keys is used; a branch of `$or` overrides what precedes."""
    assert matches('{"a": [1], "a": [2]}', '{"a": 2}')
    assert not matches('{"a": [1], "a": [2]}', '{"a": 1}')
    assert matches('{"d": {"a": [1]}, "d": {"b": [2]}}', {"d": {"a": 1, "b": 2}})
    assert not matches('{"d": {"a": [1]}, "d": {"b": [2]}}', {"d": {"b": 2}})
    assert matches({"a": ["x"], "$or": [{"a": ["y"]}, {"b": [1]}]}, {"a": "y"})
    assert not matches({"$or": [{"a": ["y"]}, {"b": [1]}], "a": ["x"]}, {"a": "y"})
    assert not matches({"a": [2]}, '{"a": 2, "a": 3}')


def test_numbers_that_no_double_holds_match_their_own_spelling():
    """Source: aws/event-ruler, JsonRuleCompiler.writeRules: a number is also matched literally."""
    assert matches('{"a": [1e999]}', '{"a": 1e999}')
    assert not matches('{"a": [1e999]}', '{"a": 1E999}')
    assert not matches('{"a": [0]}', '{"a": 1e-400}')
    assert matches({"a": [10**400]}, {"a": 10**400})
    assert not matches({"a": [{"numeric": [">", 0]}]}, '{"a": 1e999}')


def test_long_numbers_are_compared_as_doubles():
    assert asked(9007199254740993, 9007199254740992)
    assert not asked(9007199254740994, 9007199254740992)
    assert asked(0.1 + 0.2, 0.30000000000000004) and not asked(0.3, 0.30000000000000004)


@pytest.mark.parametrize("event", [[1], "[1]", "none", "{", None, 7, '{"a": NaN}', {"a": {1, 2}}, "[" * 5000, '"text"'])
def test_what_is_no_event_is_refused(event: Any):
    with pytest.raises(InvalidEvent, match=r"Parameter Event is not valid\."):
        matches({"a": [1]}, event)


def test_a_compiled_pattern_can_be_kept_and_pickled():
    pattern = compiled({"a": [{"wildcard": "x*"}, {"equals-ignore-case": "ÿ"}, 5], "b": [{"exists": False}]})
    again = pickle.loads(pickle.dumps(pattern))
    assert again == pattern
    assert again.matches({"a": "xyz"}) and again.matches({"a": "Ÿ"}) and not again.matches({"a": "xyz", "b": 1})


def test_a_great_array_takes_one_look_at_each_element():
    """Thousands of elements with two fields each: pairs of elements are never tried."""
    many = [{"x": number, "y": [{"z": number}]} for number in range(20_000)]
    assert matches({"a": {"x": [7], "y": {"z": [7]}}}, {"a": many})
    assert not matches({"a": {"x": [{"exists": True}], "y": {"z": [-1]}}}, {"a": many})


def test_elements_of_arrays_that_matter_no_more_are_forgotten():
    """Five arrays with 300 elements each: their combinations, 2.4 million million, are never made."""
    rows = [{"x": number} for number in range(300)]
    event = dict.fromkeys("abcde", rows)
    assert matches({name: {"x": [{"exists": True}]} for name in "abcde"}, event)


# A second matcher, as slow and plain as can be: try every choice of one element per array of objects.

FIELDS = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from([1, 2, "x", "y", True, None])
OBJECTS = st.recursive(
    st.dictionaries(FIELDS, VALUES, max_size=3),
    lambda inner: st.dictionaries(FIELDS, VALUES | inner | st.lists(inner | VALUES, max_size=3), max_size=3),
    max_leaves=8,
)
ASKED = st.dictionaries(
    st.sampled_from(["a", "b", "c", "a.a", "a.b", "b.a", "b.c", "a.b.c"]),
    st.lists(VALUES | st.just({"anything-but": "x"}) | st.just({"exists": True}), min_size=1, max_size=2),
    min_size=1,
    max_size=3,
)


def choices(value: Any) -> list[Any]:
    """Every way to reduce arrays to their plain values and one element that holds more: (plain values, element)."""
    if isinstance(value, dict):
        return [
            dict(zip(value, chosen, strict=True)) for chosen in product(*[choices(inner) for inner in value.values()])
        ]
    if isinstance(value, list):
        plain = [inner for inner in value if not isinstance(inner, dict | list)]
        elements = [one for inner in value if isinstance(inner, dict | list) for one in choices(inner)]
        return [(plain, one) for one in elements or [{}]]
    return [([value], {})]


def plain_values(value: Any, path: list[str]) -> list[Any]:
    if isinstance(value, tuple):
        plain, element = value
        return ([] if path else plain) + plain_values(element, path)
    return plain_values(value[path[0]], path[1:]) if path and path[0] in value else []


def plainly_holds(operator: Any, value: Any) -> bool:
    if operator == {"exists": True}:
        return True
    if isinstance(operator, dict):
        return value != "x"
    return type(operator) is type(value) and operator == value


@settings(max_examples=400, deadline=None)
@given(ASKED, OBJECTS)
def test_the_matcher_agrees_with_trying_every_choice_of_elements(pattern: dict[str, Any], event: dict[str, Any]):
    paths = [(path, path.split(".")) for path in pattern]
    expected = any(
        all(
            any(
                plainly_holds(operator, value)
                for operator, value in product(pattern[path], plain_values(chosen, steps))
            )
            for path, steps in paths
        )
        for chosen in choices(event)
    )
    assert matches(pattern, event) is expected
    assert matches(json.dumps(pattern), json.dumps(event)) is expected
