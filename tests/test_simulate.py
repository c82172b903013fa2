"""`manage.py simulate` runs any scenario without a browser: the same run, told in figures."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from simulator.models import Scenario

pytestmark = pytest.mark.django_db

DOCUMENT = {
    "format": 1,
    "title": "Mails",
    "seed": 7,
    "length": "2m",
    "nodes": [
        {"id": "shop", "pattern": "producer", "settings": {"arrivals": {"regular": {"per_second": 2}}}},
        {"id": "emails", "pattern": "queue"},
        {"id": "mailer", "pattern": "worker", "settings": {"service": {"constant": 0.1}}},
    ],
    "links": [{"from": "shop", "to": "emails"}, {"from": "emails", "to": "mailer"}],
}


@pytest.fixture
def document(tmp_path) -> Path:
    file = tmp_path / "mails.json"
    file.write_text(json.dumps(DOCUMENT))
    return file


def simulate(*arguments: Any) -> str:
    out = StringIO()
    call_command("simulate", *map(str, arguments), stdout=out, no_color=True)
    return out.getvalue()


def test_a_file_is_run_for_as_long_as_asked_and_told_in_figures(document):
    told = simulate(document, "--for", "1m")
    assert "Mails: 1 min with seed 7" in told
    assert "emails (SQS standard queue)" in told
    assert "p95" in told
    assert "Little's law" in told
    assert "holds" in told


def test_the_guarantees_are_judged(document, tmp_path):
    figures = tmp_path / "figures.json"
    told = simulate(document, "--for", "1m", "--metrics", figures)
    assert "  No loss                 holds: Nothing has been lost." in told
    assert "  Limit of receives       n/a: No queue here has a dead-letter queue" in told
    guarantees = {one["key"]: one for one in json.loads(figures.read_text())["guarantees"]}
    assert guarantees["no_duplicates"]["state"] == "holds"

    crashed = DOCUMENT | {"faults": [{"at": "10s", "fault": "crash", "node": "mailer", "for": "20s"}]}
    document.write_text(json.dumps(crashed).replace('"constant": 0.1', '"constant": 2'))
    assert "No duplicates           broken at 00:" in simulate(document)


def test_without_a_span_it_runs_for_the_documents_length(document):
    assert "Mails: 2 min" in simulate(document)


def test_a_stored_scenario_is_found_by_its_slug(db):
    Scenario.objects.create(slug="mails", document=DOCUMENT | {"title": "Stored"})
    assert "Stored: 10 s" in simulate("mails", "--for", "10s")


def test_a_built_in_scenario_needs_no_loading():
    assert "Transactional e-mails: 10 s" in simulate("transactional-emails", "--for", "10s")


def test_the_same_seed_writes_the_same_trace_and_another_seed_another(document, tmp_path):
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(document, "--for", "30s", "--seed", seed, "--trace", tmp_path / name)
        texts.append((tmp_path / name).read_bytes())
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_a_trace_is_a_line_of_json_per_record(document, tmp_path):
    simulate(document, "--for", "5s", "--trace", tmp_path / "trace")
    records = [json.loads(line) for line in (tmp_path / "trace").read_text().splitlines()]
    assert [record[0] for record in records] == sorted(record[0] for record in records)
    assert {"created", "sent", "enqueued", "received", "deleted"} <= {record[1] for record in records}


def test_a_narrated_trace_has_the_sentence_beside_the_record(document, tmp_path):
    simulate(document, "--for", "5s", "--trace", tmp_path / "trace", "--narrate")
    lines = [json.loads(line) for line in (tmp_path / "trace").read_text().splitlines()]
    assert any(line["sentence"].startswith("shop sends m-1") for line in lines)


def test_the_figures_say_what_made_them(document, tmp_path):
    simulate(document, "--for", "1m", "--metrics", tmp_path / "figures")
    figures = json.loads((tmp_path / "figures").read_text())
    assert figures["run"]["seed"] == 7
    assert figures["run"]["until"] == 60_000_000
    assert figures["nodes"]["shop"]["measures"]["sent"]["count"] == pytest.approx(120, abs=2)


def test_every_problem_of_a_bad_document_is_told_with_exit_code_2(tmp_path):
    file = tmp_path / "bad.json"
    file.write_text(
        json.dumps(DOCUMENT | {"nodes": [{"id": "x", "pattern": "teapot"}], "links": [{"from": "x", "to": "y"}]})
    )
    with pytest.raises(CommandError) as caught:
        simulate(file)
    assert caught.value.returncode == 2
    assert "nodes.0.pattern" in str(caught.value)
    assert "links.0.to" in str(caught.value)


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["nobody"], "No scenario is called nobody"),
        (["nothing.json"], "can't be read"),
        (["{file}", "--for", "soon"], "Write it like 40s"),
        (["{file}", "--for", "0s"], "no time at all"),
        (["{file}", "--seed", "-3"], "not a seed"),
        (["{file}", "--narrate"], "give --trace FILE too"),
        (["{file}", "--trace", "/nowhere/at/all"], "can't be written"),
    ],
)
def test_a_wrong_call_says_what_is_right(document, arguments, words):
    with pytest.raises(CommandError) as caught:
        simulate(*(argument.format(file=document) for argument in arguments))
    assert words in str(caught.value)
