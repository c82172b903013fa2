"""Message bodies: what is drawn, what is taken as it stands, and what is refused."""

import json
import pickle
import re
from collections import Counter
from math import sqrt
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from simulator.engine.chance import stream
from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused
from simulator.engine.fields import FIELDS, is_field
from simulator.engine.template import Template, size

SURE = 4.0
EVERY_FIELD: dict[str, Any] = {
    "type": {"one_of": ["sign-up", "password-reset"]},
    "plan": {"one_of": {"free": 9, "paid": 1}},
    "count": {"integer": {"low": -3, "high": 3}},
    "price": {"number": {"low": 0, "high": 100, "digits": 1}},
    "token": {"word": {"length": 9}},
    "id": {"uuid": {}},
    "number": {"sequence": {}},
    "at": {"now": {}},
    "weight": {"distribution": {"exponential": {"mean": 2}}},
    "address": {"chance": {"of": 0.1, "then": None, "else": {"email": {}}}},
    "person": {"name": {}},
    "list": [{"email": {}}, 1],
    "example": {"literal": {"name": {}}},
    "same": {"deep": [1, {"name": "Ada"}]},
}


class Settings(BaseModel):
    body: Template = Template({"type": "order"})


def bodies(document: Any, count: int, seed: int = 7) -> list[Any]:
    maker = Template(document).maker(stream(seed, "shop", "body"))
    return [maker.make(serial, serial * SECOND) for serial in range(1, count + 1)]


def problems(document: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        Template(document)
    return [str(problem) for problem in refused.value.problems]


def test_a_body_keeps_the_order_of_its_template():
    assert list(bodies(EVERY_FIELD, 1)[0]) == list(EVERY_FIELD)


def test_options_come_as_often_as_their_weights_say():
    counts = Counter(body["plan"] for body in bodies(EVERY_FIELD, 10_000))
    assert abs(counts["paid"] - 1000) <= SURE * sqrt(900)
    counts = Counter(body["type"] for body in bodies(EVERY_FIELD, 10_000))
    assert abs(counts["sign-up"] - 5000) <= SURE * sqrt(2500)


def test_an_option_of_weight_nothing_never_comes():
    assert {body for body in bodies({"one_of": {"a": 1, "b": 0}}, 100)} == {"a"}  # noqa: C416 - a set is compared


def test_whole_numbers_reach_both_limits_evenly():
    counts = Counter(bodies({"integer": {"low": -1, "high": 1}}, 9000))
    assert sorted(counts) == [-1, 0, 1]
    assert all(abs(count - 3000) <= SURE * sqrt(2000) for count in counts.values())


def test_numbers_have_their_digits_and_lie_within_their_limits():
    found = bodies({"number": {"low": 2, "high": 3, "digits": 1}}, 1000)
    assert all(2 <= number <= 3 and round(number, 1) == number for number in found)
    assert fmean(found) == pytest.approx(2.5, abs=0.05)


def test_a_probability_is_kept():
    missing = sum(body["address"] is None for body in bodies(EVERY_FIELD, 10_000))
    assert abs(missing - 1000) <= SURE * sqrt(900)


def test_a_certain_chance_always_and_an_impossible_one_never_comes():
    assert bodies({"chance": {"of": 1, "then": "a"}}, 50) == ["a"] * 50
    assert bodies({"chance": {"of": 0, "then": "a"}}, 50) == [None] * 50


def test_identifiers_are_unique_and_of_version_4():
    """Source: RFC 9562, section 5.4."""
    found = bodies({"uuid": {}}, 1000)
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one) for one in found
    )
    assert len(dict.fromkeys(found)) == 1000


def test_words_have_their_length_and_addresses_belong_to_nobody():
    """Source: RFC 2606, section 3 (example.com, example.org)."""
    for body in bodies(EVERY_FIELD, 200):
        assert re.fullmatch(r"[a-z]{9}", body["token"])
        assert re.fullmatch(r"[a-z]+\.[a-z]+\d{1,2}@example\.(com|org)", body["list"][0])
        assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", body["person"])


def test_a_sequence_counts_messages_and_now_is_virtual_milliseconds():
    assert [(body["number"], body["at"]) for body in bodies(EVERY_FIELD, 3)] == [(1, 1000), (2, 2000), (3, 3000)]


def test_a_sequence_begins_where_it_is_told_to():
    assert bodies({"order": {"sequence": {"start": 1001}}}, 2) == [{"order": 1001}, {"order": 1002}]


def test_what_looks_like_a_field_but_is_none_is_taken_as_it_stands():
    for document in (
        {"name": "Ada"},
        {"name": {"first": "Ada"}},
        {"number": 5},
        {"email": None},
        {"uuid": {}, "name": {}, "x": 1} | {"uuid": 1, "name": 2},
        {"distribution": "weekly"},
        {"distribution": True},
        {"one_of": "us"},
    ):
        assert bodies(document, 1) == [document]
    assert set(bodies({"name": {"email": {}}}, 1)[0]) == {"name"}
    assert bodies({"literal": {"name": {}}}, 1) == [{"name": {}}]


def test_the_same_seed_makes_the_same_bodies_and_another_one_others():
    assert bodies(EVERY_FIELD, 5) == bodies(EVERY_FIELD, 5)
    assert bodies(EVERY_FIELD, 5) != bodies(EVERY_FIELD, 5, seed=8)


def test_a_maker_goes_on_identically_after_a_pickle():
    maker = Template(EVERY_FIELD).maker(stream(7, "shop", "body"))
    maker.make(1, 0)
    copy = pickle.loads(pickle.dumps(maker))
    assert [maker.make(serial, 0) for serial in range(2, 9)] == [copy.make(serial, 0) for serial in range(2, 9)]


def test_a_template_without_fields_makes_the_same_object_each_time():
    template = Template({"type": "order", "lines": [1, 2]})
    maker = template.maker(stream(7, "shop", "body"))
    assert maker.make(1, 0) is maker.make(2, SECOND)


def test_only_what_is_drawn_differs_between_bodies():
    first, second = bodies(EVERY_FIELD, 2)
    assert first["same"] is second["same"]


@pytest.mark.parametrize(
    ("document", "types"),
    [
        ({"type": "order"}, ["order"]),
        (EVERY_FIELD, ["sign-up", "password-reset"]),
        ({"type": {"one_of": {"a": 3, "b": 1, "never": 0}}}, ["a", "b"]),
        ({"type": {"chance": {"of": 0.5, "then": "a", "else": "b"}}}, ["a", "b"]),
        ({"type": {"one_of": ["a", {"one_of": ["b", "a"]}]}, "x": {"uuid": {}}}, ["a", "b"]),
        ({"one_of": [{"type": "a"}, {"type": {"one_of": ["b", "c"]}}, "text"]}, ["a", "b", "c"]),
        ({"DetailType": {"one_of": ["placed", "paid"]}, "Detail": {"type": "x"}}, ["placed", "paid"]),
        ({"DetailType": "placed", "type": "a"}, ["a"]),
        ({"type": {"word": {}}}, []),
        ({"type": 5}, []),
        ({"kind": "order"}, []),
        ("text", []),
    ],
    ids=str,
)
def test_the_types_a_body_can_have_are_known_beforehand(document: Any, types: list[str]):
    assert Template(document).types() == types


def test_a_size_is_the_bytes_of_compact_json():
    """Source: SQS Developer Guide, "Message quotas": the size of a message is counted in bytes."""
    for body in [*bodies(EVERY_FIELD, 20), "é", {"a": [1, 2.5, None, True]}, 2**70, "\ud800", {}]:
        compact = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        assert size(body) == len(compact.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("document", [EVERY_FIELD, {"type": "é"}, None], ids=str)
def test_a_maker_knows_the_size_of_what_it_made(document: Any):
    maker = Template(document).maker(stream(7, "shop", "body"))
    body = maker.make(1, 0)
    assert maker.size(body) == size(body)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"a": {"integer": {"low": 5, "high": 1}}}, "a.integer: the lower limit, 5, is above the upper one, 1"),
        ({"a": {"integer": {"low": 0.5, "high": 1}}}, "a.integer.low: the limit is 0.5, which is not a whole number"),
        ({"a": {"integer": {}}}, "a.integer.low: is missing"),
        ({"a": {"number": {"low": 0, "high": 1, "digits": 12}}}, "a.number.digits"),
        ({"a": {"word": {"length": 0}}}, "a.word.length: the length is 0. Allowed is 1 to 1,000"),
        ({"a": {"word": {"len": 3}}}, "a.word.len: is not a setting here"),
        ({"a": {"one_of": []}}, "a.one_of: has no options"),
        ({"a": {"one_of": {"x": "often"}}}, 'a.one_of.x: has the weight "often"'),
        ({"a": {"one_of": {"x": float("nan")}}}, "a.one_of.x: has the weight NaN"),
        ({"a": {"one_of": {"x": 0}}}, "a.one_of: has only weights of 0"),
        ({"a": {"one_of": [1, {"word": {"length": -1}}]}}, "a.one_of.1.word.length"),
        ({"a": {"chance": {"of": 2, "then": 1}}}, "a.chance.of: the probability is 2"),
        ({"a": {"chance": {"of": 1}}}, "a.chance.then: is missing"),
        ({"a": {"chance": {"of": 1, "then": {"uuid": {}}, "else": [float("inf")]}}}, "a.chance.else.0: is inf"),
        ({"a": {"distribution": {"gaus": 1}}}, 'a.distribution: "gaus" is not a distribution'),
        ({"a": [0, {"distribution": -1}]}, "a.1.distribution.constant: the value is -1"),
        ({"a": {"literal": [float("nan")]}}, "a.literal.0: is nan"),
        ({"a": object()}, "a: is of the type object"),
        ({"a": {1: 2}}, "a: has the key 1, which is not a text"),
        ({"a": "\ud800"}, "a: holds half a surrogate pair"),
        ({"a": 2**60}, "a: is too large to be exact"),
    ],
    ids=str,
)
def test_a_wrong_template_is_told_where_what_and_what_to_do(document: Any, said: str):
    assert any(problem.startswith(said) for problem in problems(document))


def test_all_problems_of_a_template_are_told_at_once():
    assert len(problems({"a": {"one_of": []}, "b": [{"integer": {}}], "c": float("nan")})) == 4


def nested(depth: int, document: Any = 1) -> Any:
    for _ in range(depth):
        document = {"deeper": document}
    return document


def test_depth_and_length_are_bounded():
    assert bodies(nested(12), 1) == [nested(12)]
    assert "nested too deeply" in problems(nested(13))[0]
    assert "nested too deeply" in problems(nested(5000))[0]
    assert "5,000" in problems(list(range(5000)))[0]
    assert len(bodies([{"uuid": {}}] * 200, 1)[0]) == 200
    assert "201 fields" in problems([{"uuid": {}}] * 201)[0]


def test_a_template_in_settings_is_the_json_itself():
    settings = Settings.model_validate({"body": EVERY_FIELD})
    assert settings.model_dump() == {"body": EVERY_FIELD}
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert Settings.model_json_schema()["properties"]["body"]["default"] == {"type": "order"}


def test_the_problems_of_a_template_in_settings_keep_their_paths():
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"body": {"a": {"one_of": []}, "b": float("nan")}})
    fault = refused.value.errors()[0]
    assert fault["loc"] == ("body",)
    assert [path for path, _ in fault["ctx"]["problems"]] == ["a.one_of", "b"]


numbers = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
keys = st.one_of(st.text(max_size=3), st.sampled_from(list(FIELDS)))
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text()),
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(keys, inside)),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_made_or_refused_and_plain_json_comes_out_as_it_went_in(document: Any):
    plain = not any(is_field(value) for value in every_value(document))
    try:
        made = bodies(document, 1)[0]
    except Refused:
        assert not plain or "nested too deeply" in problems(document)[0]
        return
    json.dumps(made, allow_nan=False)
    assert made == document or not plain


def every_value(value: Any) -> list[Any]:
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value, *(found for one in inside for found in every_value(one))]
