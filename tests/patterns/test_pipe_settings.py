"""What can't be set on a pipe and its links, and where it says so. Source: Pipes API Reference, CreatePipe."""

from typing import Any

import pytest

from simulator.engine.errors import Refused
from tests.patterns.vocabulary import Part, pipe, queue, scenario, worker


def refused(*parts: Part) -> list[str]:
    with pytest.raises(Refused) as caught:
        scenario(*parts)
    return [str(problem) for problem in caught.value.problems]


def test_a_pipe_has_one_target_and_at_most_one_enrichment():
    assert "has no target. Allowed: exactly one." in refused(pipe("p"))[0]
    assert "has 2 targets" in refused(pipe("p", to=["a", "b"]), queue("a"), queue("b"))[0]
    twice = pipe("p", to="a", asks=["f", "g"])
    assert "has 2 enrichments" in refused(twice, queue("a"), worker("f"), worker("g"))[0]


def test_links_lead_where_they_can():
    assert (
        "asks a station that answers with no value" in refused(pipe("p", to="a", asks="b"), queue("a"), queue("b"))[0]
    )
    server = refused(pipe("p", to="a", asks="b"), queue("a"), worker("b", kind="server"))
    assert "asks a server that answers with no value" in server[0]
    fifo = refused(pipe("p", to="a"), queue("a", FifoQueue=True))
    assert "has no MessageGroupId, and the target is a FIFO queue" in fifo[0]
    plain = pipe("p", to="a")
    plain.links.append({"from": "in", "to": "p"})
    assert (
        "is a plain poll by a node that has pollers of its own. Allowed: mapping."
        in refused(queue("in"), plain, queue("a"))[0]
    )


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ({"body": {"a": [{"suffix": "x"}]}}, "uses suffix, which a pipe does not know. Allowed: exact values, null,"),
        ({"body": {"a": [{"anything-but": {"wildcard": "*x"}}]}}, "uses wildcard, which a pipe does not know"),
        ({"body": {"a": [{"prefix": {"equals-ignore-case": "x"}}]}}, "uses equals-ignore-case"),
        ({"attributes": {"a": ["x"]}}, "asks for attributes.a, and of a queue's record only body can be filtered"),
        ({"body": {"a": []}}, "Empty arrays are not allowed"),
        ('{"body": ', "Event pattern is not valid. Reason:"),
        ({"body": {"a": ["x" * 4096]}}, "has 4,115 characters. Allowed: at most 4,096."),
    ],
)
def test_a_wrong_filter_is_refused_with_the_place(pattern: Any, sentence: str):
    (problem,) = refused(pipe("p", pattern, to="a"), queue("a"))
    assert problem.startswith("nodes.0.settings.FilterCriteria.Filters.0.Pattern")
    assert sentence in problem


def test_a_pipe_has_at_most_five_filters():
    (problem,) = refused(pipe("p", *[{"body": {"a": [n]}} for n in range(6)], to="a"), queue("a"))
    assert "has 6 entries. Allowed: at most 5." in problem


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": <body>}', "contains the placeholder <body>: “body” does not begin with $"),
        ('{"a": <$.body[>}', "contains the placeholder <$.body[>: “$.body[” can't be read from “[” on"),
        ("x" * 8193, "has 8,193 characters. Allowed: at most 8,192."),
    ],
)
def test_a_wrong_template_is_refused(text: str, sentence: str):
    problem, _ = refused(pipe("p", to="a", link={"InputTemplate": text}), queue("a"))  # and so it has no target
    assert problem.startswith("links.0.settings.InputTemplate: ")
    assert sentence in problem
