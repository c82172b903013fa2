"""The scenario document: what is read from it, and that all that is wrong is said at once, with place and cure."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import document as shapes
from simulator.engine import scenario
from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.errors import Problem, Refused
from simulator.engine.run import Run
from tests.engine.station import PATTERNS, at, document, run_of, station, way


def good() -> dict[str, Any]:
    return document(station("a", makes=3), station("b"), way("a", "b"), length="2m")


def problems(source: Any) -> list[Problem]:
    return scenario.check(source, PATTERNS)


def paths(source: Any) -> list[str]:
    return [problem.path for problem in problems(source)]


# What is read.


def test_a_good_document_has_no_problems_and_can_be_run() -> None:
    assert problems(good()) == []

    run = Run(scenario.read(good(), PATTERNS))
    run.advance(10 * SECOND)

    assert len(at(run.trace.records, "kept")) == 3


def test_a_text_bytes_and_a_decoded_document_are_read_alike() -> None:
    text = json.dumps(good())

    read = [scenario.read(source, PATTERNS) for source in (good(), text, text.encode())]

    assert read[0] == read[1] == read[2]


def test_what_is_left_out_has_a_default() -> None:
    found = scenario.read({"title": "smallest", "nodes": [{"id": "a", "pattern": "station"}]}, PATTERNS)

    assert (found.document.seed, found.document.length, found.document.format) == (1, 10 * MINUTE, 1)
    assert (found.nodes[0].title, found.nodes[0].at, found.links) == ("a", None, ())


def test_a_link_is_called_after_its_ends_unless_it_has_a_name() -> None:
    found = scenario.read(document(station("a"), station("b"), way("a", "b"), way("b", "a") | {"id": "back"}), PATTERNS)

    assert [link.id for link in found.links] == ["a-b", "back"]
    assert [(link.source, link.target) for link in found.links] == [(0, 1), (1, 0)]


def test_a_link_without_a_kind_takes_the_first_that_fits() -> None:
    found = scenario.read(document(station("a"), station("b"), {"from": "a", "to": "b"}), PATTERNS)

    assert found.links[0].kind.name == "send"


def test_labels_begin_with_m_where_there_is_one_producer_and_with_the_stations_name_else() -> None:
    assert scenario.read(good(), PATTERNS).prefixes == ["a", "b"]


def test_the_document_is_kept_as_it_was_written() -> None:
    assert scenario.read(good(), PATTERNS).source == good()


# The text.


def test_a_document_of_ten_megabytes_is_refused_before_it_is_read() -> None:
    text = json.dumps(good() | {"about": "x" * 10_000_000})

    assert [str(problem) for problem in problems(text)] == [
        f"the document has {len(text):,} characters. Allowed: at most 1,000,000. Shorten it."
    ]


def test_a_decoded_document_of_ten_megabytes_is_refused_too() -> None:
    """A form or a database hands over what is decoded already."""
    for large in (
        {"about": "x" * 10_000_000},
        {"nodes": [{"id": "a"}] * 300_000},
        {str(n): n for n in range(300_000)},
    ):
        assert [problem.problem for problem in problems(good() | large)] == [
            "the document has more than 1,000,000 characters"
        ]


@pytest.mark.parametrize(
    "text", ['{"a":' * 100_000 + "1" + "}" * 100_000, "[" * 100_000, "[" * 300_000 + "]" * 300_000]
)
def test_a_text_that_is_a_hundred_thousand_levels_deep_is_refused(text: str) -> None:
    assert len(problems(text)) == 1


def test_a_decoded_document_that_is_a_hundred_thousand_levels_deep_is_refused() -> None:
    deep: Any = "bottom"
    for _ in range(100_000):
        deep = {"in": [deep]}

    found = problems(good() | {"summary": deep})

    assert [problem.problem for problem in found] == ["the document is nested too deeply"]
    _flatten(deep)


def test_thirty_levels_are_fine() -> None:
    deep: Any = 1
    for _ in range(28):
        deep = [deep]

    assert problems(document(station("a", note=deep))) == []
    assert paths(document(station("a", note=[[[[deep]]]]))) == [""]


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("{'title': 1}", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        ('{"seed": ' + "9" * 5000 + "}", "not JSON"),
        ("[1, 2]", "the document is a list"),
        ("null", "the document is a NoneType"),
        ('"text"', "the document is a str"),
        (17, "the document is a int"),
    ],
)
def test_a_text_that_is_no_document_is_refused_with_the_reason(text: Any, said: str) -> None:
    found = problems(text)

    assert len(found) == 1
    assert said in str(found[0])


@pytest.mark.parametrize(
    "value, said",
    [
        (math.nan, "is nan"),
        (math.inf, "is inf"),
        (10**30, "more than 18 digits"),
        ("\ud800", "half a character"),
        ({1, 2}, "is a set"),
        (b"bytes", "is a bytes"),
    ],
)
def test_values_that_cannot_be_stored_as_json_are_refused_where_they_stand(value: Any, said: str) -> None:
    """They would come back as something else, or not at all: RFC 8259, sections 6 and 8.2."""
    found = problems(document(station("a", note=["fine", {"x": value}])))

    assert [problem.path for problem in found] == ["nodes.0.settings.note.1.x"]
    assert said in found[0].problem


def test_names_that_are_no_text_are_refused() -> None:
    assert paths(document(station("a", note={1: "one"}))) == ["nodes.0.settings.note.1"]


def test_nan_is_refused_in_a_text_too() -> None:
    assert paths('{"title": "t", "nodes": [{"id": "a", "pattern": "station", "at": [NaN, 1e999]}]}') == [
        "nodes.0.at.0",
        "nodes.0.at.1",
    ]


# The format.


@pytest.mark.parametrize("version", [2, 99, 0, -1, "1", 1.0, True, None, [1]])
def test_a_format_that_is_not_known_is_refused(version: Any) -> None:
    found = problems(good() | {"format": version})

    assert [(problem.path, problem.allowed) for problem in found] == [("format", "1 to 1")]
    assert "newer Waystation" in found[0].cure


def test_an_older_document_is_brought_up_to_date_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "FORMAT", 3)
    monkeypatch.setitem(shapes.MIGRATIONS, 1, lambda old: {**old, "title": old["title"] + " in two"})
    monkeypatch.setitem(shapes.MIGRATIONS, 2, lambda old: {**old, "title": old["title"] + " steps"})

    found = scenario.read(good() | {"format": 1}, PATTERNS)

    assert (found.document.title, found.document.format) == ("stations in two steps", 3)
    assert found.source["format"] == 3
    assert good()["title"] == "stations"


# The shape.


@pytest.mark.parametrize(
    "change, path",
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": None}, "title"),
        ({"nodes": []}, "nodes"),
        ({"nodes": {}}, "nodes"),
        ({"nodes": [7]}, "nodes.0"),
        ({"nodes": [station("a")] * 201}, "nodes"),
        ({"links": "none"}, "links"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": 2**54}, "seed"),
        ({"length": "0s"}, "length"),
        ({"length": "32d"}, "length"),
        ({"length": "soon"}, "length"),
        ({"level": "guru"}, "level"),
        ({"tags": [""]}, "tags.0"),
        ({"tags": ["t"] * 21}, "tags"),
        ({"colour": "red"}, "colour"),
        ({"faults": [{"at": "-1s", "fault": "slow", "node": "a"}]}, "faults.0.at"),
        ({"faults": [{"at": "1s", "fault": "slow", "node": "a", "for": "32d"}]}, "faults.0.for"),
        ({"faults": [{"at": "1s", "fault": "slow", "node": "a", "for": "0s"}]}, "faults.0.for"),
    ],
)
def test_what_has_not_the_right_shape_is_refused_where_it_stands(change: dict[str, Any], path: str) -> None:
    assert path in paths(good() | change)


@pytest.mark.parametrize("name", ["", "7up", "two words", "x" * 41, "ärger", 5, None, "a\n"])
def test_a_node_has_a_plain_name(name: Any) -> None:
    assert "nodes.0.id" in paths(document({"id": name, "pattern": "station"}))


def test_every_problem_says_where_what_is_allowed_and_what_to_do() -> None:
    found = problems(document(station("a", gap=5000), station("b", tries=0)))

    assert [str(problem) for problem in found] == [
        "nodes.0.settings.gap: is 5000. Allowed: at most 1000. Change it to a value in range.",
        "nodes.1.settings.tries: is 0. Allowed: at least 1. Change it to a value in range.",
    ]


# The sense.


def test_an_unknown_pattern_is_named_with_those_that_there_are() -> None:
    found = problems(document(station("a") | {"pattern": "kafka"}))

    assert [(problem.path, problem.problem, problem.allowed) for problem in found] == [
        ("nodes.0.pattern", "is 'kafka'", "station")
    ]


def test_a_dangling_link_is_named_with_the_nodes_that_there_are() -> None:
    found = problems(document(station("a"), way("a", "nowhere"), way("someone", "a")))

    assert [(problem.path, problem.allowed) for problem in found] == [("links.0.to", "a"), ("links.1.from", "a")]


def test_an_id_is_used_once_whether_of_a_node_or_of_a_link() -> None:
    """A fault or an intervention names its target; two things of one name would be one and the same."""
    found = document(station("a"), station("a"), station("a-b"), station("b"), way("a", "b"), way("a", "b", loss=0.1))

    assert paths(found) == ["nodes.1.id", "links.0.id", "links.1.id"]


def test_a_setting_out_of_range_on_a_link_is_named() -> None:
    found = paths(document(station("a"), station("b"), way("a", "b", loss=2, duplication=-1)))

    assert found == ["links.0.settings.loss", "links.0.settings.duplication"]


def test_a_kind_of_link_that_is_not_there_is_refused_with_those_that_are() -> None:
    found = problems(document(station("a"), station("b"), way("a", "b", kind="tunnel")))

    assert [(problem.path, problem.allowed) for problem in found] == [("links.0.kind", "send, poll, dead-letter")]


def test_a_dead_letter_line_leads_to_another_station() -> None:
    assert paths(document(station("a"), way("a", "a", kind="dead-letter"))) == ["links.0"]


def test_a_pattern_has_a_say_about_its_neighbourhood() -> None:
    assert paths(document(station("a", note="wrong"))) == ["nodes.0.settings.note"]


def test_a_cycle_that_multiplies_messages_is_refused() -> None:
    """Each round would double what goes round, without end."""
    found = problems(
        document(station("a"), station("b"), station("c"), way("a", "b"), way("a", "c"), way("b", "a"), way("c", "a"))
    )

    assert [problem.path for problem in found] == ["nodes.0"]
    assert "a copies each message into a-b, a-c" in found[0].problem
    assert "multiply without end" in found[0].problem


def test_a_cycle_that_multiplies_through_the_station_itself_is_refused() -> None:
    assert paths(document(station("a"), station("b"), way("a", "a"), way("a", "b"), way("b", "a"))) == ["nodes.0"]


def test_a_cycle_with_one_way_back_is_allowed_and_so_is_a_diamond() -> None:
    ring = document(station("a"), station("b"), station("c"), way("a", "b"), way("b", "a"), way("a", "c"))
    parts = [way("a", "b"), way("a", "c"), way("b", "d"), way("c", "d")]
    diamond = document(*[station(name) for name in "abcd"], *parts)

    assert problems(ring) == problems(diamond) == []


@pytest.mark.parametrize(
    "fault, path",
    [
        ({"at": "1s", "fault": "explode", "node": "a"}, "faults.0.fault"),
        ({"at": "1s", "fault": "partition", "node": "a"}, "faults.0.fault"),
        ({"at": "1s", "fault": "down", "link": "a-b"}, "faults.0.fault"),
        ({"at": "1s", "fault": "down"}, "faults.0"),
        ({"at": "1s", "fault": "slow", "node": "a", "link": "a-b"}, "faults.0"),
        ({"at": "1s", "fault": "down", "node": "z"}, "faults.0"),
        ({"at": "1s", "fault": "slow", "link": "b-a"}, "faults.0"),
        ({"at": "1s", "fault": "slow", "node": "a", "arguments": {"factor": 0}}, "faults.0.arguments.factor"),
        ({"at": "1s", "fault": "slow", "node": "a", "arguments": {"seconds": 5}}, "faults.0.arguments.seconds"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(fault: dict[str, Any], path: str) -> None:
    assert paths(good() | {"faults": [fault]}) == [path]


def test_a_fault_may_last_as_long_as_any_fault_may() -> None:
    """The run must not be what finds out."""
    run = run_of(station("a"), faults=[{"at": "1s", "fault": "down", "node": "a", "for": "31d"}])

    run.advance(2 * SECOND)

    assert list(run.faults) == [("a", "down")]


def beat(**more: Any) -> dict[str, Any]:
    return {"when": {"first": "kept"}, "title": "It is there", "say": "{message} has come to {node}.", **more}


@pytest.mark.parametrize(
    "story, path",
    [
        (beat(when={}), "story.0.when"),
        (beat(when={"first": "kept", "at": "3s"}), "story.0.when"),
        (beat(when={"first": "vanished"}), "story.0.when.first"),
        (beat(when={"first": "kept", "node": "z"}), "story.0.when.node"),
        (beat(when={"first": "kept", "nth": 0}), "story.0.when.nth"),
        (beat(focus="z"), "story.0.focus"),
        (beat(say="{who} did it"), "story.0.say"),
        (beat(say="x" * 2001), "story.0.say"),
        (beat(ask={"question": "?", "answers": ["a", "b"], "right": 2, "because": "."}), "story.0.ask.right"),
        (beat(ask={"question": "?", "answers": ["a"], "right": 0, "because": "."}), "story.0.ask.answers"),
        ({"when": {"first": "kept"}}, "story.0.title"),
    ],
)
def test_a_beat_that_cannot_come_is_refused(story: dict[str, Any], path: str) -> None:
    assert path in paths(good() | {"story": [story]})


def test_a_good_story_is_taken() -> None:
    ask = {"question": "?", "answers": ["a", "b"], "right": 1, "because": "so"}

    assert problems(good() | {"story": [beat(ask=ask), beat(when={"at": "3s"}, focus="a")]}) == []


# All at once.


def test_everything_wrong_in_shape_and_sense_is_said_at_once() -> None:
    found = paths(
        {
            "format": 1,
            "title": "",
            "seed": "lucky",
            "nodes": [
                station("a", gap=-1, tries=0),
                {"id": "b", "pattern": "kafka"},
                {"id": "c", "pattern": "station", "colour": "red"},
                station("a"),
                station("d"),
            ],
            "links": [
                way("a", "b"),
                way("d", "nowhere"),
                way("d", "c", loss=3),
                {"from": "d"},
                way("d", "a", kind="tunnel"),
            ],
            "faults": [{"at": "1s", "fault": "explode", "node": "d"}, {"at": "never", "fault": "down", "node": "d"}],
            "story": [beat(focus="z"), beat(title=7)],
        }
    )

    assert sorted(found) == sorted(
        [
            "title", "seed", "nodes.2.colour", "links.3.to", "faults.1.at", "story.1.title",
            "nodes.3.id", "nodes.0.settings.gap", "nodes.0.settings.tries", "nodes.1.pattern",
            "links.1.to", "faults.0.fault", "story.0.focus",
        ]
    )  # fmt: skip


def test_a_problem_of_one_part_does_not_make_problems_of_others() -> None:
    """A link to a node that is wrong in itself is not dangling; a story about it is not mistaken."""
    found = paths(
        document(
            {"id": "a", "pattern": "kafka"}, station("b"), way("a", "b"), way("b", "a") | {"id": "back"},
            faults=[{"at": "1s", "fault": "crash", "node": "a"}, {"at": "1s", "fault": "slow", "link": "back"}],
            story=[beat(when={"first": "redelivered", "node": "a"}, focus="a")],
        )
    )  # fmt: skip

    assert found == ["nodes.0.pattern"]


def test_reading_raises_what_checking_lists() -> None:
    broken = document(station("a", gap=0), way("a", "z"))

    with pytest.raises(Refused) as refused:
        scenario.read(broken, PATTERNS)

    assert refused.value.problems == problems(broken)
    assert str(refused.value).count("\n") == len(problems(broken)) - 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.sampled_from(
        ["title", "seed", "length", "nodes", "links", "story", "faults", "format", "tags", "about", "level"]
    ),
    json_values,
)
def test_whatever_stands_in_a_document_the_answer_is_a_scenario_or_problems(key: str, value: Any) -> None:
    found = problems(good() | {key: value})

    assert all(problem.problem for problem in found)
    if not found:
        assert scenario.read(good() | {key: value}, PATTERNS).document.title


@given(st.sampled_from(["nodes", "links", "story", "faults"]), st.data())
def test_whatever_stands_in_a_part_the_answer_is_a_scenario_or_problems(key: str, data: st.DataObject) -> None:
    parts: dict[str, dict[str, Any]] = {
        "nodes": station("b"),
        "links": way("a", "b"),
        "story": beat(),
        "faults": {"at": "1s", "fault": "down", "node": "a"},
    }
    part = parts[key] | {
        data.draw(st.sampled_from([*parts[key], "id", "at", "ask", "arguments"])): data.draw(json_values)
    }

    found = problems(good() | {key: [station("a"), part] if key == "nodes" else [part]})

    assert all(problem.problem for problem in found)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_whatever_text_is_given_the_answer_is_problems(text: str | bytes) -> None:
    assert problems(text)


def _flatten(deep: Any) -> None:
    """Take a very deep value apart from the outside: freeing it in one go could exhaust the stack."""
    while isinstance(deep, dict):
        deep = deep.pop("in").pop()
