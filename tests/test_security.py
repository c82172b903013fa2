"""What a hostile visitor meets: texts that stay texts, doors that stay shut, and pages that give nothing away.

Sources: OWASP, "Web Security Testing Guide"; Django, "Security in Django"; Channels, "WebSockets: security".
"""

import json
import re
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.urls import reverse

from simulator.asgi import application
from simulator.engine.clock import SECOND
from simulator.live.hub import hub
from simulator.models import Run, Scenario
from tests.patterns.vocabulary import (
    bus,
    document,
    endpoint,
    pipe,
    producer,
    queue,
    scheduler,
    subscription,
    target,
    topic,
    worker,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>"
RUNS_A_SCRIPT = re.compile(r"<(script>alert|img src=x|svg/onload)", re.IGNORECASE)


def hostile_document() -> dict[str, Any]:
    """Everything in it that a person can type is an attack."""
    given = document(
        producer("shop", to="emails", body={"type": HOSTILE[:60], "text": HOSTILE}),
        queue("emails"),
        worker("mailer", polls="emails", service=SECOND, poison="$error('<script>alert(4)</script>')"),
    )
    for node in given["nodes"]:
        node["title"] = HOSTILE[:60]
    beat = {"when": {"first": "enqueued"}, "title": HOSTILE, "say": HOSTILE, "pause": False}
    markdown = f"[click](javascript:alert(5)) {HOSTILE}"
    return given | {
        "title": HOSTILE, "summary": HOSTILE, "about": markdown, "tags": [HOSTILE[:40]], "story": [beat],
        "length": "10m",
    }  # fmt: skip


@pytest.fixture
def scenario(transactional_db: None) -> Scenario:
    return Scenario.objects.create(slug="hostile", document=hostile_document(), status=Scenario.Status.PUBLISHED)


def opened(client: Client) -> str:
    response = client.get(reverse("play", args=["hostile"]))
    return str(response["Location"]).rstrip("/").rpartition("/")[2]


def harmless(response: Any) -> str:
    """The page's text, having looked for what a browser would run."""
    text = str(response.content.decode())
    assert not RUNS_A_SCRIPT.search(text), f"{response.request['path']} shows what somebody typed as HTML"
    assert not re.search(r"""(href|src)\s*=\s*["']?\s*javascript:""", text), "a link runs a script"
    return text


async def test_what_people_type_is_shown_as_text_on_every_page(scenario: Scenario):
    client = AsyncClient()
    key = str((await client.get(reverse("play", args=["hostile"])))["Location"]).rstrip("/").rpartition("/")[2]
    session = await hub.session(key)
    await session.set_story(False)
    await session.intervene("emails", "SendMessage", {"MessageBody": {"type": HOSTILE[:60], "text": HOSTILE}})
    await session.intervene("shop", "change", {"body": {"type": HOSTILE}})
    await session.seek(20 * SECOND)
    while session.playing:
        await session.step()
    sent = session.recording.archive.since(0)
    message = next(record[3] for record in sent if record[1] == "enqueued")
    pages = [reverse("run", args=[key]), reverse("log", args=[key]), reverse("journey", args=[key, message])]
    pages += [reverse("inspect", args=[key, one]) + f"?tab={tab}" for one in ("shop", "emails", "mailer", "shop-emails")
              for tab in ("messages", "settings", "operations", "faults")]  # fmt: skip
    for page in [*pages, "/", "/?q=" + HOSTILE, "/?tag=" + HOSTILE, "/runs/", reverse("scenario", args=["hostile"])]:
        response = await client.get(page)
        assert response.status_code == 200, page
        harmless(response)
    tried = {"target": HOSTILE, "verb": HOSTILE}
    assert (await client.post(reverse("intervene", args=[key]), tried)).status_code == 404
    harmless(await client.post(reverse("control", args=[key]), {"do": HOSTILE}, follow=True))
    harmless(await client.post(reverse("intervene", args=[key]), {"target": "emails", "verb": HOSTILE}))
    await hub.close()


def hostile_hubs() -> dict[str, Any]:
    """Policies, patterns, inputs and titles that are attacks, where a card or a row shows them."""
    key = HOSTILE[:50]
    given = document(
        producer(
            "shop",
            to=["news", "bus"],
            arrivals={"regular": {"per_second": 1}},
            body={"type": HOSTILE[:60], "a": HOSTILE},
        ),
        queue("jobs"),
        endpoint("hook", confirms_after=0),
        topic("news", subscription("jobs", policy={key: [HOSTILE]}, FilterPolicyScope="MessageBody"), to="hook"),
        bus("bus", rules={"r": {"detail": {key: [{"prefix": HOSTILE}]}}}, targets=[target("r", "jobs")]),
        scheduler("clock", {"Name": "s", "ScheduleExpression": "rate(1 minute)", "Input": {"type": key}}, to="jobs"),
        pipe("pipe", {"body": {key: [HOSTILE]}}, source="jobs", to="news"),
        length="10m",
    )
    for node in given["nodes"]:
        node["title"] = HOSTILE[:60]
    return given


async def test_what_hubs_show_of_policies_and_events_is_text(transactional_db: None):
    hostile = await Scenario.objects.acreate(
        slug="hostile", document=hostile_hubs(), status=Scenario.Status.PUBLISHED, title="Hubs"
    )
    client = AsyncClient()
    key = str((await client.get(reverse("play", args=[hostile.slug])))["Location"]).rstrip("/").rpartition("/")[2]
    session = await hub.session(key)
    await session.seek(90 * SECOND)
    while session.playing:
        await session.step()
    for part in ("news", "bus", "hook", "clock", "pipe", "news-jobs"):
        for tab in ("messages", "settings", "operations", "faults", "bench"):
            response = await client.get(reverse("inspect", args=[key, part]) + f"?tab={tab}")
            assert response.status_code == 200, (part, tab)
            harmless(response)
    log = harmless(await client.get(reverse("log", args=[key])))
    assert "&lt;script&gt;alert" in log, "the clauses that failed are told"
    await hub.close()


def test_the_administration_shows_what_people_type_as_text(scenario: Scenario, client: Client):
    Run.objects.create(
        scenario=scenario,
        title=HOSTILE,
        document=scenario.document,
        seed=1,
        journal=[[0, HOSTILE, HOSTILE, {HOSTILE: 1}]],
    )
    client.force_login(User.objects.create_superuser("root"))
    for name, one in (("scenario", scenario), ("run", Run.objects.get())):
        harmless(client.get(reverse(f"admin:simulator_{name}_changelist")))
        harmless(client.get(reverse(f"admin:simulator_{name}_change", args=[one.pk])))
    given = json.dumps(scenario.document | {"nodes": [{"id": HOSTILE, "pattern": HOSTILE}]})
    form = {"title": "x", "slug": "hostile", "level": "first steps", "status": "draft", "document": given}
    harmless(client.post(reverse("admin:simulator_scenario_change", args=[scenario.pk]), form))
    scenario.refresh_from_db()
    assert scenario.document == hostile_document(), "a broken document does not replace the good one"


def test_nothing_is_done_for_a_page_of_another_site(scenario: Scenario):
    """Without the token of our own forms, no POST does anything; nor does a GET where a POST is meant."""
    client = Client(enforce_csrf_checks=True)
    key = opened(client)
    for name in ("intervene", "control", "fork"):
        assert client.post(reverse(name, args=[key]), {"do": "play"}).status_code == 403
        assert client.get(reverse(name, args=[key])).status_code == 405
    deeds = (
        "admin:simulator_scenario_import",
        "admin:simulator_scenario_restore-built-ins",
        "admin:simulator_limits_changelist",
    )
    for address in [*map(reverse, deeds), reverse("stop", args=[key])]:
        client.force_login(User.objects.get_or_create(username="root", is_staff=True, is_superuser=True)[0])
        assert client.post(address, {"do": "pause", "text": "{}", "viewers": 1}).status_code == 403
    client.logout()
    for name in ("sign-in", "sign-out"):
        assert client.post(reverse(name), {"username": "a", "password": "b"}).status_code == 403
    assert client.get(reverse("sign-out")).status_code == 405
    assert Run.objects.count() == 1


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_pages_are_read_and_not_written_by_other_methods(scenario: Scenario, client: Client, method: str):
    key = opened(client)
    names = ("run", "log", "fork", "control", "intervene")
    for page in ["/", "/help/", "/runs/", "/healthz", *(reverse(name, args=[key]) for name in names)]:
        assert getattr(client, method)(page).status_code == 405, page


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(transactional_db: None, client: Client, next_page: str):
    User.objects.create_user("ada", password="a long password")
    response = client.post(f"/sign-in/?next={next_page}", {"username": "ada", "password": "a long password"})
    assert response["Location"] == "/"


def test_whoever_is_not_signed_in_stands_before_the_door_of_the_administration(scenario: Scenario, client: Client):
    names = ("index", "simulator_scenario_changelist", "simulator_run_changelist", "simulator_limits_changelist")
    for page in [*(reverse(f"admin:{name}") for name in names), reverse("running")]:
        assert client.get(page)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("status", [Scenario.Status.DRAFT, Scenario.Status.RETIRED])
def test_what_is_not_published_is_as_if_it_were_not_there(scenario: Scenario, client: Client, status: str):
    Scenario.objects.filter(pk=scenario.pk).update(status=status)
    absent = client.get(reverse("scenario", args=["absent"]))
    for name in ("scenario", "play"):
        assert client.get(reverse(name, args=["hostile"])).status_code == absent.status_code == 404
    assert "hostile" not in client.get("/").content.decode()
    assert not Run.objects.exists()


def test_a_key_that_is_not_a_key_finds_nothing_and_gives_nothing_away(transactional_db: None, client: Client):
    keys = ["x", "..%2f..%2fetc%2fpasswd", "%00", "a%0d%0aSet-Cookie:%20a=b", "%ff%fe", "'%20OR%201=1--", "x" * 3000]
    for key in keys:
        for page in (f"/runs/{key}/", f"/runs/{key}/log/", f"/static/{key}", f"/static/%2e%2e/{key}"):
            response = client.get(page)
            assert response.status_code == 404, page
            assert "a" not in response.cookies
            assert not re.search(r"Traceback|simulator/|urlconf|site-packages|SECRET", response.content.decode()), page


@pytest.mark.parametrize(
    "query", ["q=" + "x" * 20_000, "q=%ff%fe", "q=%00", "page=-1", "page=" + "9" * 400, "seed=%f0%9f"]
)
def test_any_query_is_answered(scenario: Scenario, client: Client, query: str):
    for page in ("/", "/runs/", reverse("scenario", args=["hostile"])):
        assert client.get(f"{page}?{query}").status_code == 200
    assert client.get(f"{reverse('play', args=['hostile'])}?{query}").status_code == 302


def test_headers_keep_pages_out_of_frames_and_scripts_out_of_pages(scenario: Scenario, client: Client):
    response = client.get(reverse("run", args=[opened(client)]))
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy and "base-uri 'none'" in policy
    assert "unsafe" not in policy and "form-action 'self'" in policy
    assert response["X-Frame-Options"] == "DENY" and response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin", "the address of a run is its key"
    assert (
        client.cookies["waystation_session"]["httponly"] and client.cookies["waystation_session"]["samesite"] == "Lax"
    )


async def viewer(key: str, origin: bytes | None = b"http://localhost", cookie: bytes = b"") -> WebsocketCommunicator:
    headers = [(b"host", b"localhost"), (b"cookie", cookie)] + ([(b"origin", origin)] if origin else [])
    return WebsocketCommunicator(application, f"/ws/runs/{key}/", headers=headers)


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", b"http://localhost.evil.example", None])
async def test_a_page_of_another_site_gets_no_socket(scenario: Scenario, origin: bytes | None):
    run = await Run.objects.acreate(title="x", document=scenario.document, seed=1, visitor="me")
    connected, _ = await (await viewer(run.key, origin)).connect(timeout=20)
    assert not connected


async def test_a_stranger_watches_and_does_nothing(scenario: Scenario):
    run = await Run.objects.acreate(title="x", document=scenario.document, seed=1, visitor="me")
    page = await viewer(run.key)
    assert (await page.connect(timeout=20))[0]
    assert json.loads(await page.receive_from(timeout=20))["may"] == ["watch", "fork"]
    crash = {"type": "intervene", "target": "mailer", "verb": "crash", "arguments": {}}
    for said in ({"type": "play"}, {"type": "seek", "to": 5}, {"type": "story", "on": False}, crash):
        await page.send_to(text_data=json.dumps(said))
        while (heard := json.loads(await page.receive_from(timeout=20)))["type"] != "error":
            pass
        assert heard["code"] == "NotAllowed", said
    session = await hub.session(run.key)
    assert not session.playing and session.run.now == 0 and not session.run.journal
    await page.disconnect()
    await hub.close()
