"""The pages of a run: opening, controls, inspector, interventions, log, journeys and forks, all without JavaScript.

Sessions live on an event loop, so these tests are coroutines and use Django's async client.
"""

import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.test import AsyncClient
from django.urls import reverse

from simulator.engine.clock import SECOND
from simulator.live.hub import hub
from simulator.models import Run, Scenario
from simulator.permissions import INSTRUCTORS

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENT = {
    "format": 1,
    "title": "Mails",
    "seed": 7,
    "length": "2m",
    "nodes": [
        {
            "id": "shop",
            "title": "Shop",
            "pattern": "producer",
            "settings": {"arrivals": {"regular": {"per_second": 1}}},
        },
        {"id": "emails", "pattern": "queue", "settings": {"VisibilityTimeout": 20}},
    ],
    "links": [{"from": "shop", "to": "emails"}],
}


@pytest.fixture
async def scenario() -> Any:
    made = await Scenario.objects.acreate(slug="mails", document=DOCUMENT, status="published")
    yield made
    for session in list(hub.sessions.values()):
        await session.close()
    hub.sessions.clear()


@pytest.fixture
def visitor() -> AsyncClient:
    return AsyncClient()


async def opened(client: AsyncClient, query: str = "") -> str:
    """Open the scenario as this visitor; returns the run's key."""
    response = await client.get(reverse("play", args=["mails"]) + query)
    assert response.status_code == 302
    return response["Location"].rstrip("/").rpartition("/")[2]


async def play_to(key: str, seconds: int) -> Any:
    """Let the run come to a moment, without waiting for wall time."""
    session = await hub.session(key)
    await session._playhead.catch_up(seconds * SECOND)
    return session


async def do(client: AsyncClient, key: str, target: str, verb: str, htmx: bool = False, **fields: str) -> Any:
    data = {"target": target, "verb": verb} | {f"{verb}-{name}": value for name, value in fields.items()}
    return await client.post(reverse("intervene", args=[key]), data, headers={"HX-Request": "true"} if htmx else {})


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


async def test_opening_twice_gives_the_same_run_until_it_is_played(scenario, visitor):
    first = await opened(visitor)
    assert await opened(visitor) == first
    await play_to(first, 5)
    await hub.sessions[first].save()
    assert await opened(visitor) != first


async def test_another_visitor_another_seed_and_an_edited_document_get_another_run(scenario, visitor):
    first = await opened(visitor)
    assert await opened(AsyncClient()) != first
    assert await opened(visitor, "?seed=8") != first
    scenario.document = {**DOCUMENT, "title": "Edited"}
    await scenario.asave()
    assert await opened(visitor) != first
    assert await Run.objects.acount() == 4


@pytest.mark.parametrize("seed", ["-1", "x", "9" * 30, "1e3", "%00"])
async def test_a_seed_that_is_none_is_told_and_the_scenarios_own_is_taken(scenario, visitor, seed):
    key = await opened(visitor, f"?seed={seed}")
    assert (await Run.objects.aget(key=key)).seed == 7
    assert "A seed is a whole number" in text(await visitor.get(reverse("run", args=[key])))


async def test_a_broken_scenario_is_not_opened(visitor):
    await Scenario.objects.acreate(slug="mails", document={"title": "Mails"}, status="published")
    response = await visitor.get(reverse("play", args=["mails"]), follow=True)
    assert "can't be played" in text(response) or "can&#x27;t be played" in text(response)
    assert await Run.objects.acount() == 0


async def test_the_run_page_tells_the_stage_in_words(scenario, visitor):
    key = await opened(visitor)
    await play_to(key, 5)
    response = await visitor.get(reverse("run", args=[key]))
    assert response.context["may"] == ["watch", "control", "fork"]
    assert [(node["id"], node["names"]["aws"]) for node in response.context["nodes"]][1] == (
        "emails",
        "SQS standard queue",
    )
    assert "4 waiting" in response.context["nodes"][1]["state"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "no-store"


async def test_a_run_that_is_not_there_says_why(visitor):
    response = await visitor.get("/runs/nothing/")
    assert response.status_code == 404
    assert "There is no such run" in text(response)


async def test_a_run_of_another_version_says_so(visitor):
    run = await Run.objects.acreate(title="Old", document={"format": 99}, seed=1)
    response = await visitor.get(reverse("run", args=[run.key]))
    assert response.status_code == 404
    assert "made by another version" in text(response)


async def test_the_transport_works_without_a_script(scenario, visitor):
    key = await opened(visitor)
    address = reverse("control", args=[key])
    session = await hub.session(key)
    await visitor.post(address, {"do": "step"})
    after = session.run.now
    assert after > 0
    await visitor.post(address, {"do": "step"})
    assert session.run.now > after
    await visitor.post(address, {"do": "back"})
    assert session.run.now <= after
    await visitor.post(address, {"do": "restart"})
    assert session.run.now == 0
    await visitor.post(address, {"do": "play"})
    assert session.playing
    await visitor.post(address, {"do": "pause"})
    assert not session.playing


async def test_going_on_without_a_script_computes_what_has_not_been_yet(scenario, visitor):
    key = await opened(visitor)
    await visitor.post(reverse("control", args=[key]), {"do": "advance", "to": "1m30s"})
    session = await hub.session(key)
    assert (session.run.now, session.mode, session.followers) == (90 * SECOND, "paused", [])


async def test_nonsense_for_the_transport_is_answered_with_what_is_allowed(scenario, visitor):
    key = await opened(visitor)
    address = reverse("control", args=[key])
    for data, words in [
        ({"do": "fly"}, "not something the transport does"),
        ({"do": "seek", "to": "soon"}, "Write it like 40s"),
    ]:
        response = await visitor.post(address, data, follow=True)
        assert words in text(response)


async def test_only_the_owner_controls_and_everyone_may_fork(scenario, visitor):
    key = await opened(visitor)
    await play_to(key, 5)
    other = AsyncClient()
    assert (await other.get(reverse("run", args=[key]))).context["may"] == ["watch", "fork"]
    assert (await other.post(reverse("control", args=[key]), {"do": "play"})).status_code == 403
    refused = await do(other, key, "emails", "PurgeQueue")
    assert refused.status_code == 403
    assert "the fork is yours" in text(refused)
    response = await other.post(reverse("fork", args=[key]))
    fork = await Run.objects.aget(parent_id=key)
    assert response["Location"] == fork.get_absolute_url()
    assert (fork.forked_at, fork.title) == (5 * SECOND, "Mails")
    assert (await other.get(fork.get_absolute_url())).context["may"] == ["watch", "control", "fork"]


async def test_htmx_is_told_to_go_to_the_fork(scenario, visitor):
    key = await opened(visitor)
    response = await visitor.post(reverse("fork", args=[key]), headers={"HX-Request": "true"})
    fork = await Run.objects.aget(parent_id=key)
    assert response["HX-Redirect"] == fork.get_absolute_url()


async def test_a_fork_at_a_moment_that_has_not_come_is_refused_in_words(scenario, visitor):
    key = await opened(visitor)
    response = await visitor.post(reverse("fork", args=[key]), {"at": str(60 * SECOND)}, follow=True)
    assert "has not been reached yet" in text(response)
    assert await Run.objects.filter(parent_id=key).acount() == 0


async def test_the_panel_says_what_a_node_is_and_what_it_holds(scenario, visitor):
    key = await opened(visitor)
    await play_to(key, 5)
    page = text(await visitor.get(reverse("inspect", args=[key, "emails"])))
    assert "A queue holds each message" in page
    assert "SQS standard queue" in page
    assert '<dd data-live="waiting" data-live-format="number">4</dd>' in page
    assert "data-live-messages" in page
    assert "<b>m-1</b>" in page


async def test_htmx_gets_the_panel_alone(scenario, visitor):
    key = await opened(visitor)
    response = await visitor.get(reverse("inspect", args=[key, "emails"]), headers={"HX-Request": "true"})
    assert text(response).lstrip().startswith("<section")
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("identity", ["shop", "emails", "shop-emails"])
@pytest.mark.parametrize("tab", ["messages", "settings", "operations", "faults", "nonsense"])
async def test_every_tab_of_every_node_and_link_opens(scenario, visitor, identity, tab):
    key = await opened(visitor)
    address = reverse("inspect", args=[key, identity])
    assert (await visitor.get(f"{address}?tab={tab}")).status_code == 200
    assert (await AsyncClient().get(f"{address}?tab={tab}")).status_code == 200


async def test_what_is_not_in_the_run_is_not_found(scenario, visitor):
    key = await opened(visitor)
    assert (await visitor.get(reverse("inspect", args=[key, "nobody"]))).status_code == 404
    assert (await do(visitor, key, "nobody", "crash")).status_code == 404


async def test_a_message_of_my_own_is_sent_and_written_in_the_journal(scenario, visitor):
    key = await opened(visitor)
    await play_to(key, 2)
    response = await do(visitor, key, "emails", "SendMessage", htmx=True, MessageBody="hello")
    assert response.status_code == 200
    assert "SendMessage: done." in text(response)
    assert "MessageId you-1" in text(response)
    stored = await Run.objects.aget(key=key)
    assert stored.journal == [[2 * SECOND, "emails", "SendMessage", {"MessageBody": "hello"}]]


async def test_a_student_can_be_the_consumer(scenario, visitor):
    """Receive, then delete with the handle that the answer's button carries."""
    key = await opened(visitor)
    session = await play_to(key, 3)
    received = text(await do(visitor, key, "emails", "ReceiveMessage", MaxNumberOfMessages="1", WaitTimeSeconds="0"))
    assert "1 message" in received
    handle = re.search(r'name="DeleteMessage-ReceiptHandle" value="([^"]+)"', received)
    assert handle is not None
    assert session.run.nodes[1].view()["inflight"] == 1
    deleted = text(await do(visitor, key, "emails", "DeleteMessage", ReceiptHandle=handle[1]))
    assert "DeleteMessage: done." in deleted
    assert session.run.nodes[1].view()["inflight"] == 0


async def test_the_services_own_error_code_and_sentence_are_shown(scenario, visitor):
    key = await opened(visitor)
    await do(visitor, key, "emails", "PurgeQueue")
    response = await do(visitor, key, "emails", "PurgeQueue")
    assert response.status_code == 422
    assert "PurgeQueueInProgress" in text(response)
    assert "Only one PurgeQueue operation on emails is allowed every 60 seconds." in text(response)


async def test_a_setting_out_of_range_is_told_at_its_field_and_changes_nothing(scenario, visitor):
    key = await opened(visitor)
    response = await do(visitor, key, "emails", "change", VisibilityTimeout="50000")
    assert response.status_code == 422
    page = text(response)
    assert 'value="50000"' in page
    assert re.search(r'id="id_change-VisibilityTimeout_error">\s*<p class="field-error">[^<]*43200', page)
    assert (await Run.objects.aget(key=key)).journal == []


async def test_a_change_of_settings_names_only_what_was_changed(scenario, visitor):
    key = await opened(visitor)
    page = await visitor.get(reverse("inspect", args=[key, "emails"]) + "?tab=settings")
    form = page.context["deeds"][0].form
    fields = {name: value for name, value in form.initial.items() if type(value) not in (bool, type(None))}
    response = await do(visitor, key, "emails", "change", **{**fields, "VisibilityTimeout": "5"})
    assert "has its new settings" in text(response)
    stored = await Run.objects.aget(key=key)
    assert stored.journal == [[0, "emails", "change", {"VisibilityTimeout": 5}]]
    again = await do(visitor, key, "emails", "change", **{**fields, "VisibilityTimeout": "5"})
    assert "Nothing was changed" in text(again)


async def test_a_fault_begins_for_a_span_and_somebody_ends_it(scenario, visitor):
    key = await opened(visitor)
    session = await play_to(key, 2)
    begun = text(await do(visitor, key, "shop", "crash", seconds="20"))
    assert "until 00:22.0" in begun
    assert ("shop", "crash") in session.run.faults
    ended = text(await do(visitor, key, "shop", "stop crash"))
    assert "stop crash: done." in ended
    assert session.run.faults == {}


async def test_a_link_can_be_cut(scenario, visitor):
    key = await opened(visitor)
    session = await hub.session(key)
    assert (await do(visitor, key, "shop-emails", "partition", seconds="0")).status_code == 200
    assert session.run.links[0].cut


@pytest.mark.parametrize("verb", ["", "teapot", "stop crash", "x" * 500])
async def test_a_verb_that_is_not_offered_is_refused_with_those_that_are(scenario, visitor, verb):
    key = await opened(visitor)
    response = await do(visitor, key, "emails", verb)
    assert response.status_code == 422
    assert "Nothing was done." in text(response)


async def test_the_past_is_not_changed_and_a_fork_is_offered(scenario, visitor):
    key = await opened(visitor)
    session = await play_to(key, 10)
    await session.seek(4 * SECOND)
    response = await do(visitor, key, "emails", "SendMessage", MessageBody="too late")
    assert response.status_code == 422
    assert "InThePast" in text(response)
    assert f'name="at" value="{4 * SECOND}"' in text(response)


async def test_bodies_are_shown_as_text(scenario, visitor):
    key = await opened(visitor)
    await do(visitor, key, "emails", "SendMessage", MessageBody="<script>alert(1)</script>")
    page = text(await do(visitor, key, "emails", "ReceiveMessage", MaxNumberOfMessages="10", WaitTimeSeconds="0"))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_the_log_tells_what_happened_newest_first_with_links(scenario, visitor):
    key = await opened(visitor)
    await play_to(key, 5)
    response = await visitor.get(reverse("log", args=[key]))
    times = [line["time"] for line in response.context["lines"]]
    assert times == sorted(times, reverse=True)
    page = text(response)
    assert f'Shop sends <a href="{reverse("journey", args=[key, 256])}">m-1</a>' in page
    assert reverse("journey", args=[key, 256]) in page
    assert reverse("inspect", args=[key, "emails"]) in page


async def test_the_log_of_a_past_moment_ends_there(scenario, visitor):
    key = await opened(visitor)
    session = await play_to(key, 10)
    await session.seek(3 * SECOND)
    response = await visitor.get(reverse("log", args=[key]))
    assert max(line["time"] for line in response.context["lines"]) <= 3 * SECOND


async def test_the_life_of_a_message_is_told_step_by_step(scenario, visitor):
    key = await opened(visitor)
    await play_to(key, 5)
    page = text(await visitor.get(reverse("journey", args=[key, 256])))
    assert "The life of m-1" in page
    assert re.search(r"emails stores <a [^>]*>m-1</a>", page)


async def test_a_message_that_never_was_has_no_steps(scenario, visitor):
    key = await opened(visitor)
    response = await visitor.get(reverse("journey", args=[key, 256 * 999]))
    assert response.status_code == 200
    assert "Nothing has happened yet." in text(response)


async def test_the_list_of_runs_is_ones_own_and_instructors_see_all(scenario, visitor):
    key = await opened(visitor)
    await play_to(key, 5)
    await hub.sessions[key].save()
    assert "Mails" in text(await visitor.get(reverse("runs")))
    other = AsyncClient()
    assert "No runs yet" in text(await other.get(reverse("runs")))
    assert (await other.get(reverse("runs") + "?all=1")).status_code == 403
    user = await User.objects.acreate(username="teacher")
    await user.groups.aadd((await Group.objects.aget_or_create(name=INSTRUCTORS))[0])
    await sync_to_async(other.force_login)(user)
    assert "Mails" in text(await other.get(reverse("runs") + "?all=1"))


async def test_a_page_without_a_script_tells_the_guarantees_and_finds_messages(scenario: Any, visitor: AsyncClient):
    key = await opened(visitor)
    await visitor.post(reverse("control", args=[key]), {"do": "seek", "to": "10s"})
    page = (await visitor.get(reverse("run", args=[key]))).content.decode()
    assert re.search(r"No loss</b> <span[^>]*>holds", page)
    assert re.search(r"No duplicates</b> <span[^>]*>not judged yet", page)
    found = (await visitor.get(reverse("log", args=[key]), {"find": "m-3"})).content.decode()
    assert reverse("journey", args=[key, 3 * 256]) in found
    assert "waiting in emails" in found
    nothing = (await visitor.get(reverse("log", args=[key]), {"find": "<nobody>"})).content.decode()
    assert "No message of this run is called so" in nothing
    assert "&lt;nobody&gt;" in nothing
