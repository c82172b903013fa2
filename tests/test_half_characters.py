"""Half a character, spelled in JSON text, gets nowhere from which it would have to be written or shown.

`\\ud800` alone is JSON by its grammar, and no text: it can't be written as UTF-8. Source: RFC 8259, section 8.2.
"""

import json
from typing import Any

import orjson
import pytest

from simulator.engine.clock import seconds
from simulator.engine.errors import Refused
from simulator.engine.json_text import value_of
from simulator.engine.run import Run
from tests.patterns.vocabulary import bus, do, lines, pipe, producer, queue, scenario, subscription, target, topic

TEXT = '{"a": ["\\ud800"]}'
BODY = '{"a": "\\ud800", "type": "\\udfff"}'
ENVELOPE = dict.fromkeys(("id", "detail-type", "source", "account", "time", "region", "resources"), "x")
WANTS_X = {"a": ["x"]}
DONE: list[tuple[str, str, dict[str, Any]]] = [
    ("news", "Publish", {"Message": BODY}),
    ("news", "Publish", {"Message": '{"default": "\\ud800"}', "MessageStructure": "json"}),
    ("news", "Publish", {"Message": '{"default": "x", "sqs": "\\ud800"}', "MessageStructure": "json"}),
    (
        "news",
        "Publish",
        {"Message": "x", "MessageAttributes": {"a": {"DataType": "String.Array", "StringValue": '["\\ud800"]'}}},
    ),
    ("news", "SetSubscriptionAttributes", {"SubscriptionArn": "jobs", "AttributeName": "FilterPolicy"}),
    ("bus", "PutRule", {"Name": "all", "EventPattern": TEXT}),
    ("bus", "PutEvents", {"Entries": [{"Source": "shop", "DetailType": "order", "Detail": BODY}]}),
    ("bus", "TestEventPattern", {"EventPattern": TEXT, "Event": ENVELOPE}),
    ("letters", "SendMessage", {"MessageBody": BODY}),
]


def lively() -> Run:
    return scenario(
        producer("shop", to="news", arrivals={"regular": {"per_second": 2}}, body={"a": "b"}),
        queue("jobs"),
        queue("filed"),
        queue("letters"),
        topic(
            "news",
            subscription("jobs", policy=WANTS_X),
            subscription("filed", policy=WANTS_X, FilterPolicyScope="MessageBody"),
        ),
        bus("bus", rules={"all": {"detail": WANTS_X}}, targets=[target("all", "jobs")]),
        pipe("pipe", '{"body": {"a": ["x"]}}', source="letters", to="filed"),
    )


@pytest.mark.parametrize(("node", "verb", "arguments"), DONE, ids=lambda given: str(given)[:60])
def test_what_is_sent_or_set_breaks_neither_the_records_nor_the_stage(node: str, verb: str, arguments: dict[str, Any]):
    run = lively()
    if verb == "SetSubscriptionAttributes":
        arguments = arguments | {"AttributeValue": TEXT}
    call = do(run, node, verb, **arguments)
    run.advance(seconds(20))
    assert lines(run) and call.done
    orjson.dumps([run.trace.records, run.looks, [one.view() for one in run.nodes]])
    orjson.dumps([call.result, call.error and call.error.message])


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("news-jobs", {"FilterPolicy": TEXT}),
        ("news-jobs", {"FilterPolicy": '{"\\ud800": ["x"]}'}),
        ("bus", {"Rules": [{"Name": "all", "EventPattern": TEXT}]}),
        ("pipe", {"FilterCriteria": {"Filters": [{"Pattern": TEXT}]}}),
        ("news-jobs", {"RedrivePolicy": '{"\\ud800": 1}'}),
    ],
)
def test_a_setting_that_spells_one_is_refused(part: str, change: dict[str, Any]):
    with pytest.raises(Refused, match="half a character"):
        lively().intervene(part, "change", change)


@pytest.mark.parametrize("text", ['"\\ud800"', '{"\\udc00": 1}', '[["\\ud83d", "\\ude00"]]', "[NaN]", "-Infinity", "{"])
def test_text_that_is_no_value_is_refused(text: str):
    with pytest.raises(ValueError, match=r"."):
        value_of(text)


def test_a_pair_of_halves_is_a_whole():
    assert value_of(json.dumps({"a": "😀"})) == {"a": "😀"}
    with pytest.raises(ValueError, match="nested too deeply"):
        value_of("[" * 100_000)
