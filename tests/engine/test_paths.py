"""Paths into JSON. Source: EventBridge User Guide, "Amazon EventBridge input transformation" (supported syntax)."""

import pickle

import pytest

from simulator.engine.paths import ABSENT, path

EVENT = {
    "detail-type": "order",
    "detail": {"items": [{"id": 1, "tags": ["a", "b"]}, {"id": 2}], "a/b": "slash", "nothing": None, "s_1": {}},
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$", EVENT),
        ("$.detail-type", "order"),
        ("$.detail.items[1]", {"id": 2}),
        ("$.detail.items[0].tags[1]", "b"),
        ("$.detail.a/b", "slash"),
        ("$.detail.nothing", None),
        ("$.detail.s_1", {}),
        ("$.detail.items[*].id", [1, 2]),
        ("$.detail.items[*].tags[*]", ["a", "b"]),
        ("$.detail.items[0].*", [1, ["a", "b"]]),
    ],
)
def test_a_path_finds_what_stands_there(text: str, found: object):
    assert path(text).find(EVENT) == found


@pytest.mark.parametrize(
    "text",
    ["$.details", "$.detail.items[2]", "$.detail.items.id", "$.detail-type.x", "$.detail[0]", "$.detail.items[*].x"],
)
def test_what_is_not_there_is_absent_and_not_null(text: str):
    assert path(text).find(EVENT) is ABSENT


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("detail", "does not begin with $"),
        ("", "does not begin with $"),
        ("$detail", "from “detail” on"),
        ("$.detail..x", "from “..x” on"),
        ("$.detail[x]", "from “[x]” on"),
        ("$.detail[-1]", "from “[-1]” on"),
        ("$.detail['x']", "from “['x']” on"),
        ("$.", "from “.” on"),
    ],
)
def test_a_path_that_cant_be_read_says_from_where_on(text: str, sentence: str):
    with pytest.raises(ValueError, match="“") as caught:
        path(text)
    assert sentence in str(caught.value)


def test_absent_is_the_same_after_a_run_was_pickled():
    assert pickle.loads(pickle.dumps(ABSENT)) is ABSENT
