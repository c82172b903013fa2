"""The protocol: what a page may say, and that anything else is answered with what is wrong with it.

Source: docs/PROTOCOL.md.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.errors import Problem, Refused, ServiceError
from simulator.live import protocol
from simulator.live.session import InThePast
from tests.live.audience import a_session, mails

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "play"},
        {"type": "pause"},
        {"type": "step"},
        {"type": "step", "back": True},
        {"type": "pace", "kind": "steady", "rate": 0.001},
        {"type": "pace", "kind": "follow"},
        {"type": "seek", "to": 0},
        {"type": "fork", "at": 10},
        {"type": "intervene", "target": "emails", "verb": "SendMessage", "arguments": {"MessageBody": "hello"}},
        {"type": "story", "on": True},
        {"type": "journey", "message": 10496},
        {"type": "search", "query": "m-41"},
        {"type": "seen", "n": 12},
        {"type": "resume", "after": 12},
    ],
)
def test_everything_the_page_may_say_is_understood(message: dict[str, Any]):
    said = protocol.read(json.dumps(message))

    assert said.model_dump(exclude_unset=True) == message


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("null", ""),
        ("[]", ""),
        ("7", ""),
        ('"play"', ""),
        ("{}", "type"),
        ('{"type": "dance"}', "type"),
        ('{"type": ["play"]}', "type"),
        ('{"type": "play", "more": 1}', "more"),
        ('{"type": "seek"}', "to"),
        ('{"type": "seek", "to": -1}', "to"),
        ('{"type": "seek", "to": 1e999}', "not JSON"),
        ('{"type": "seek", "to": 1' + "0" * 5000 + "}", ""),
        ('{"type": "pace", "kind": "steady", "rate": NaN}', "not JSON"),
        ('{"type": "pace", "kind": "steady", "rate": 20000}', "rate"),
        ('{"type": "intervene", "target": "a", "verb": "b", "arguments": {"x": NaN}}', "not JSON"),
        ('{"type": "intervene", "target": "a", "verb": "b", "arguments": {"x": "\\ud800"}}', "not JSON"),
        ('{"type": "intervene", "target": "' + "a" * 1000 + '", "verb": "b"}', "target"),
        ("[" * 60_000, "not JSON"),
        (
            '{"type": "intervene", "target": "a", "verb": "b", "arguments": ' + '{"a":' * 9000 + "1" + "}" * 9001,
            "not JSON",
        ),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(text: str, about: str):
    with pytest.raises(Refused) as refused:
        protocol.read(text)

    assert about in str(refused.value)
    assert len(str(refused.value)) < 2000


@given(ANYTHING)
def test_no_json_gets_past_the_border_as_anything_but_a_message_or_a_refusal(value: Any):
    try:
        outcome: Any = protocol.read(json.dumps(value))
    except Refused as refused:
        outcome = refused

    assert isinstance(outcome, protocol.Said) or outcome.problems


@given(st.text(), st.dictionaries(st.text(), ANYTHING, max_size=3))
def test_what_is_understood_can_be_written_again(verb: str, arguments: dict[str, Any]):
    """Arguments go into the journal, the database and the frames."""
    message = {"type": "intervene", "target": "emails", "verb": verb, "arguments": arguments}
    try:
        said = protocol.read(json.dumps(message))
    except Refused:
        return
    assert json.loads(protocol.encode(said.model_dump())["text"]) == said.model_dump()


def test_a_refusal_names_its_code_and_cure():
    packet = protocol.refusal("seek", InThePast([Problem("", "it is past", cure="Fork from here.")]))

    assert json.loads(packet["text"]) == {
        "type": "error",
        "about": "seek",
        "code": "InThePast",
        "message": "it is past. Fork from here.",
        "cure": "Fork from here.",
    }


def test_the_error_of_a_service_keeps_its_own_code():
    answer = json.loads(protocol.refusal("intervene", ServiceError("OverLimit", "Too many."))["text"])

    assert (answer["code"], answer["message"]) == ("OverLimit", "Too many.")


def test_a_thousand_problems_make_a_short_answer():
    refused = Refused([Problem(f"nodes.{n}", "is wrong" * 20, "nothing", "Change it.") for n in range(1000)])

    assert len(protocol.refusal("intervene", refused)["text"]) < 4000


def test_hello_says_all_that_a_page_must_know():
    told = json.loads(a_session().hello(["watch"])["text"])

    assert told.keys() >= {"protocol", "run", "title", "may", "length", "seed", "nodes", "links", "looks", "prefixes"}
    assert [node["id"] for node in told["nodes"]] == ["shop", "emails", "mailer"]
    assert [(link["from"], link["to"], link["kind"]) for link in told["links"]] == [(0, 1, "send"), (1, 2, "poll")]
    assert {chart["node"] for chart in told["charts"]} <= {0, 1, 2}


def test_hello_says_the_date_of_a_scenario_that_has_one_and_none_of_others():
    dated = mails() | {"begins": "2026-03-29T01:20:00Z"}

    assert json.loads(a_session(dated).hello(["watch"])["text"])["begins"] == 1_774_747_200_000_000
    assert json.loads(a_session().hello(["watch"])["text"])["begins"] is None
