"""Bad input: what is refused, with which words, and what is bounded while it runs. Nothing that was stored is lost."""

import asyncio
import json
from contextlib import suppress
from itertools import product
from random import Random
from typing import Any, get_args

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.admin.utils import quote
from django.test import AsyncClient, Client
from django.urls import reverse
from pydantic import BaseModel, ValidationError

from simulator import catalog
from simulator import limits as house_limits
from simulator.asgi import application
from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND
from simulator.engine.document import unfit
from simulator.engine.errors import Refused
from simulator.engine.expression import LARGEST_RESULT, ExpressionFailed, evaluate
from simulator.engine.run import LARGEST_ARGUMENTS, Run
from simulator.live import hub as hubs
from simulator.live import limits
from simulator.live.hub import NoSuchRun, hub
from simulator.models import Run as StoredRun
from simulator.models import Scenario
from simulator.pages.scenario import told
from simulator.pages.small_map import small_map
from tests import swarm
from tests.laws import Laws
from tests.mutants import ODD, mutant
from tests.patterns.vocabulary import document, producer, queue, worker
from tests.swarm.deeds import deed

MUTANTS = 500
DEEDS = 2_000
MOST_ACTIONS = 4000
HALF_A_CHARACTER = "\ud800"


def problems(given: Any) -> list[str]:
    return [str(problem) for problem in documents.check(given, catalog.patterns())]


def mails(**shop: Any) -> dict[str, Any]:
    return document(producer("shop", to="emails", **shop), queue("emails"), worker("mailer", polls="emails", service=1))


def a_run(given: Any = None) -> Run:
    return Run(documents.read(given or mails(), catalog.patterns()))


@pytest.mark.parametrize("seed", range(4))
def test_a_mutant_is_refused_with_problems_or_runs(seed: int):
    random = Random(f"mutants {seed}")
    built_in = [builtin.document for builtin in catalog.builtin_scenarios()]
    accepted = 0
    for number in range(MUTANTS // 4):
        good = random.choice(built_in) if random.random() < 0.4 else swarm.document(random, number)
        given = mutant(random, good)
        small_map(given)
        if documents.check(given, catalog.patterns()):
            continue
        accepted += 1
        checked = documents.read(given, catalog.patterns())
        json.dumps(checked.source, allow_nan=False).encode()
        run = Run(checked)
        run.advance(SECOND, MOST_ACTIONS)
        json.dumps([node.view() for node in run.nodes], allow_nan=False)
        assert run.checkpoint()
    assert 0 < accepted < MUTANTS / 4, "a good fuzzer makes some documents that pass and some that do not"


@pytest.mark.parametrize("seed", range(4))
def test_what_is_asked_with_mutated_arguments_is_refused_or_done(seed: int):
    """Operations, faults and changes of every pattern, each nearly right, while messages are under way."""
    random = Random(f"mutated deeds {seed}")
    refused, taken, told = 0, 0, ""
    for number in range(DEEDS // 4 // 25):
        run = Run(documents.read(swarm.document(random, number), catalog.patterns()))
        laws = Laws(run)
        for _ in range(25):
            run.advance(run.now + int(random.random() * 4 * SECOND), MOST_ACTIONS // 10)
            try:
                run.intervene(*nearly_right(random, run))
                taken += 1
            except Refused as refusal:
                refused += 1
                told += str(refusal)
        laws.read(run.trace.take())
        laws.hold(run)
        json.dumps([node.view() for node in run.nodes], allow_nan=False).encode()
        assert run.checkpoint()
    assert told and refused > DEEDS / 40 < taken, "some pass and some do not"


@pytest.mark.parametrize("name", sorted(catalog.patterns()))
def test_every_field_of_every_form_refuses_or_takes_whatever_it_is_given(name: str):
    """Settings, links, operations and faults: what is wrong is a ValidationError, and no other exception."""
    pattern = catalog.patterns()[name]
    forms = [pattern.Settings, *(link.settings for link in pattern.links)]
    forms += [one.arguments for one in (*pattern.operations, *pattern.faults)]
    given = [odd for odd in (*ODD, [None], {"a": {"b": [1]}}) if not unfit({"a": odd}, LARGEST_ARGUMENTS, "it")]
    for form in models_in(forms):
        for field, odd in product(form.model_fields, given):
            with suppress(ValidationError):
                form.model_validate({field: odd})


def models_in(found: list[Any]) -> list[Any]:
    """These models, and those of their fields."""
    known: dict[Any, bool] = {}
    while found:
        one = found.pop()
        if isinstance(one, type) and issubclass(one, BaseModel) and one not in known:
            known[one] = True
            found += [field.annotation for field in one.model_fields.values()]
        found += get_args(one)
    return list(known)


def nearly_right(random: Random, run: Run) -> tuple[str, str, dict[str, Any]]:
    """Something to do to a run, with a few of its arguments replaced; or settings of a part that were."""
    if random.random() < 0.4:
        part = random.choice([*run.nodes, *run.links])
        settings = part.settings.model_dump(mode="json")
        names = random.sample(sorted(settings), min(2, len(settings)))
        return part.id, "change", mutant(random, {name: settings[name] for name in names})
    target, verb, arguments = deed(random, run, [])
    return target, verb, mutant(random, arguments)


@pytest.mark.parametrize("span", [1e308, -1e308, float("inf"), float("nan"), 10**400, "9" * 400 + "s"])
def test_a_time_beyond_all_bounds_is_a_problem_and_no_crash(span: Any):
    assert problems(mails() | {"length": span})
    assert problems(mails(arrivals={"bursts": {"size": 1, "every": span}}))


def test_what_is_written_twice_is_told_because_one_of_the_two_would_be_lost():
    text = json.dumps(mails()).replace('"title":', '"title": "first", "title":', 1)
    assert problems(text)[0].startswith("title: is written twice in one object.")


@pytest.mark.parametrize(
    "text, told_of",
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 900 + "1" + "}" * 900, "nested too deeply"),
        ('{"seed": NaN, "length": 1e400}', "not a number to reckon with"),
        ('{"seed": ' + "9" * 5000 + "}", "not JSON"),
        ('{"title": "\\ud800"}', "half a character"),
        (" " * 10_000_000, "at most 1,000,000"),
        ("[]", "an object with title, nodes and links"),
    ],
)
def test_a_text_that_is_no_document_is_told_why(text: str, told_of: str):
    assert any(told_of in problem for problem in problems(text))


@pytest.mark.parametrize("given", [None, 5, "x", [], {}, {"story": 5}, {"nodes": 5, "links": 7}, {"nodes": [None, 1]}])
def test_pages_show_what_can_be_shown_of_a_broken_document(given: Any):
    assert told(given)[2], "its problems are listed"
    assert small_map(given) is not None


def test_two_ways_back_multiply_and_are_refused_however_long_they_are():
    loop = document(
        queue("jobs", dead="dead"),
        queue("dead"),
        worker("retrier", polls="dead", to=["jobs", "dead"]),
        worker("doer", polls="jobs", to=["jobs"]),
    )
    assert any("messages would multiply without end" in problem for problem in problems(loop))


def test_one_way_back_ends_after_some_generations():
    """A worker that sends what it gets to itself."""
    given = mails()
    given["links"].append({"from": "mailer", "to": "emails"})
    given["nodes"][0]["settings"] |= {"limit": 1}
    given["nodes"][2]["settings"] |= {"service": 0}
    run = a_run(given)
    run.advance(200 * SECOND)
    assert 1 < sum(record[1] == "created" for record in run.trace.records) <= 100


def test_a_body_that_is_large_and_new_each_time_is_refused():
    words = {"word": {"length": 1000}}
    assert any("made anew each time" in problem for problem in problems(mails(body={"text": [words] * 100})))
    assert not problems(mails(body={"number": {"sequence": {}}, "text": "x" * 20_000}))


def test_an_expression_can_neither_run_for_ever_nor_make_a_body_without_measure():
    body = {"list": list(range(3000)), "text": "x" * 60_000}
    with pytest.raises(ExpressionFailed, match="steps"):
        evaluate("body.list.$sum(body.list)", {"body": body})
    with pytest.raises(ExpressionFailed, match=f"at most {LARGEST_RESULT:,} are taken"):
        evaluate(" & ".join(["body"] * 5), {"body": "x" * 60_000})


@pytest.mark.parametrize(
    "arguments",
    [
        {"type": HALF_A_CHARACTER},
        {"body": {HALF_A_CHARACTER: 1}},
        {"body": float("nan")},
        {"body": 10**30},
        {"body": json.loads("[" * 100 + "]" * 100)},
        {"body": "x" * (LARGEST_ARGUMENTS + 1)},
        {"body": [object()]},
    ],
    ids=["half a character", "in a name", "no number", "large number", "deep", "long", "no JSON"],
)
def test_an_intervention_that_could_not_be_stored_changes_nothing(arguments: dict[str, Any]):
    run = a_run()
    with pytest.raises(Refused):
        run.intervene("shop", "SendOne", arguments)
    assert not run.journal and not run.trace.records


def test_a_burst_on_very_many_links_is_refused_at_once():
    queues = [f"queue-{number}" for number in range(50)]
    run = a_run(document(producer("shop", to=queues), *map(queue, queues)))
    call = run.intervene("shop", "Burst", {"count": 1000})
    assert call is not None and call.error is not None and "more than 20,000 at once" in call.error.message


def test_what_travels_counts_when_a_run_piles_up(monkeypatch: pytest.MonkeyPatch):
    """A link on which a message takes eleven days holds as many as a queue."""
    monkeypatch.setattr(limits, "MOST_MESSAGES", 500)
    given = mails(arrivals={"regular": {"per_second": 1000}})
    given["links"][0]["settings"] = {"latency": 1e6}
    run = a_run(given)
    recording = hubs.Recording(run)
    assert limits.obstacle(run, recording) is None
    run.advance(SECOND)
    recording.file(run, run.trace.take())
    assert limits.obstacle(run, recording) is limits.TOO_FULL


def test_actions_that_take_long_are_performed_in_smaller_portions():
    actions = limits.Actions()
    actions.took(0.5)
    assert actions.limit == 1
    for _ in range(20):
        actions.took(0.0001)
    assert actions.limit == limits.MOST_ACTIONS


@pytest.fixture
def stored(transactional_db: None) -> StoredRun:
    scenario = Scenario.objects.create(slug="mails", document=mails(), status=Scenario.Status.PUBLISHED)
    return StoredRun.objects.create(scenario=scenario, title="Mails", document=scenario.document, seed=1, visitor="me")


BROKEN_JOURNALS = [5, [5], [["x", "emails", "PurgeQueue", {}]], [[0, "emails"]], {"a": 1}, [[0, "a", "b", 5]]]


@pytest.mark.parametrize("journal", BROKEN_JOURNALS)
async def test_a_journal_that_somebody_spoiled_is_no_such_run_and_stays_as_it_is(stored: StoredRun, journal: Any):
    await StoredRun.objects.filter(pk=stored.pk).aupdate(journal=journal)
    with pytest.raises(NoSuchRun, match="can't be played"):
        await hub.session(stored.key)
    assert (await StoredRun.objects.aget(pk=stored.pk)).journal == journal


@pytest.mark.parametrize("journal", BROKEN_JOURNALS)
def test_the_administration_lists_a_run_with_a_spoiled_journal(stored: StoredRun, admin_client: Client, journal: Any):
    StoredRun.objects.filter(pk=stored.pk).update(journal=journal)
    assert admin_client.get(reverse("admin:simulator_run_changelist")).status_code == 200
    assert admin_client.get(reverse("admin:simulator_run_change", args=[quote(stored.pk)])).status_code == 200


async def test_a_stored_document_that_somebody_spoiled_is_a_page_that_says_so(stored: StoredRun):
    for spoiled in ({"about": "x" * 10_000_000}, {"nodes": 5}, [], "text"):
        await StoredRun.objects.filter(pk=stored.pk).aupdate(document=spoiled)
        response = await AsyncClient().get(stored.get_absolute_url())
        assert response.status_code == 404


async def test_a_journal_line_that_no_longer_fits_stops_this_run_alone(stored: StoredRun):
    lines = [[SECOND, "nobody", "PurgeQueue", {}]]
    await StoredRun.objects.filter(pk=stored.pk).aupdate(journal=lines, reached=5 * SECOND)
    session = await hub.session(stored.key)
    while session.playing:
        await asyncio.sleep(0.01)
    await hub.close()
    assert session.run.now <= SECOND
    assert (await StoredRun.objects.aget(pk=stored.pk)).journal == lines


BAD_MESSAGES = [
    "{", "[]", "1", "null", '"x"', "{}", '{"type": 1}', '{"type": "nope"}', '{"type": "__class__"}', "[" * 5000,
    '{"type": "seek", "to": 1e400}', '{"type": "seek", "to": NaN}', '{"type": "seek", "to": -1}', '{"type": "seek"}',
    '{"type": "seek", "to": ' + "9" * 5000 + "}", '{"type": "seen", "n": ' + "9" * 300 + "}",
    '{"type": "play", "x": 1}', '{"type": "pace", "kind": "steady", "rate": 0}',
    '{"type": "fork", "at": 9007199254740991}',
    '{"type": "intervene", "target": "shop", "verb": "SendOne", "arguments": {"type": "\\ud800"}}',
    '{"type": "intervene", "target": "shop", "verb": "__init__"}', '{"type": "intervene", "target": [], "verb": {}}',
    '{"type": "intervene", "target": "mailer", "verb": "crash", "arguments": {"seconds": 1e308}}',
]  # fmt: skip


async def a_page(run: StoredRun, origin: bytes = b"http://localhost") -> WebsocketCommunicator:
    headers = [(b"origin", origin), (b"host", b"localhost")]
    return WebsocketCommunicator(application, f"/ws/runs/{run.key}/", headers=headers)


async def answer(page: WebsocketCommunicator, *kinds: str) -> dict[str, Any]:
    while True:
        said = json.loads(await page.receive_from(timeout=20))
        if said["type"] in kinds:
            return said


@pytest.mark.parametrize("part", range(2))
async def test_a_bad_message_gets_an_error_frame_and_the_socket_lives(stored: StoredRun, part: int):
    page = await a_page(stored)
    assert (await page.connect(timeout=20))[0]
    for message in BAD_MESSAGES[part::2]:
        await page.send_to(text_data=message)
        said = await answer(page, "error", "closing")
        assert said["type"] == "error" and said["message"], message
    await page.send_to(text_data='{"type": "journey", "message": 256}')
    assert (await answer(page, "journey", "error"))["type"] == "journey"
    await page.disconnect()
    await hub.close()


async def test_too_much_and_too_large_end_in_a_word_and_a_close(stored: StoredRun):
    by = await a_page(stored)
    await by.connect(timeout=20)
    for flood in (['{"type": "seen", "n": 0}'] * 200, ["x" * 64_001]):
        page = await a_page(stored)
        await page.connect(timeout=20)
        for message in flood:
            await page.send_to(text_data=message)
        assert (await answer(page, "closing"))["message"]
    await by.send_to(text_data='{"type": "journey", "message": 256}')
    assert await answer(by, "journey"), "the others notice nothing"
    await by.disconnect()
    await hub.close()


def test_runs_that_nobody_played_are_forgotten_and_all_others_kept(stored: StoredRun, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("simulator.models.MOST_UNTOUCHED", 3)
    same = {"title": "Mails", "document": stored.document, "seed": 1}
    played = StoredRun.objects.create(**same, reached=1)
    changed = StoredRun.objects.create(**same, journal=[[0, "emails", "PurgeQueue", {}]])
    fork = StoredRun.objects.create(**same, parent=played)
    untouched = [StoredRun.objects.create(**same) for _ in range(4)]
    assert StoredRun.forget_untouched(alive=[stored.key]) == 1
    left = set(StoredRun.objects.values_list("key", flat=True))
    assert left == {run.key for run in (stored, played, changed, fork, *untouched[1:])}


def test_whoever_starts_runs_without_end_is_told_to_stop(stored: StoredRun):
    house_limits.change(None, runs_an_hour=3)
    client = Client()
    for seed in range(2, 5):
        assert client.get(reverse("play", args=["mails"]), {"seed": seed})["Location"].startswith("/runs/")
    refused = client.get(reverse("play", args=["mails"]), {"seed": 9}, follow=True)
    assert "you have started 3 runs within an hour" in refused.content.decode()
    assert client.get(reverse("play", args=["mails"]), {"seed": 4})["Location"].startswith("/runs/"), "one they have"
    assert Client().get(reverse("play", args=["mails"]))["Location"].startswith("/runs/"), "somebody else"


async def test_whoever_forks_without_end_is_told_to_stop(stored: StoredRun):
    await sync_to_async(house_limits.change)(None, runs_an_hour=2)
    for _ in range(2):
        await hub.fork(stored.key, 0, None, "you")
    with pytest.raises(Refused, match="you have started 2 runs within an hour"):
        await hub.fork(stored.key, 0, None, "you")
    await hub.fork(stored.key, 0, None, "somebody else")
    await hub.close()
