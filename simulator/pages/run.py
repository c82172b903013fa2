"""A run: its play page, its controls for those without JavaScript, and the fork that anyone may take of it."""

import asyncio
import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from simulator.engine import clock
from simulator.engine.errors import Refused
from simulator.live.hub import NoSuchRun, hub
from simulator.live.session import Session
from simulator.pages import stations
from simulator.pages.visit import page, visit

PATIENCE = 2.0  # wall seconds a page without a script waits for a moment to be computed
GLANCE = 0.05
CONTROLS = (
    ("play", "Play"),
    ("pause", "Pause"),
    ("back", "To the event before"),
    ("step", "To the next event"),
    ("restart", "To the start"),
)

# Signs and words for the states of a guarantee.
STATES = {"holds": ("✓", "holds"), "broken": ("✕", "broken"), "n/a": ("–", "not judged yet")}


@require_safe
async def run_page(request: HttpRequest, key: str) -> HttpResponse:
    seen = await visit(request, key)
    session, scenario = seen.session, seen.run.scenario
    context = {
        "run": seen.run,
        "scenario": scenario or {"title": seen.run.title, "summary": "", "slug": ""},
        "may": seen.may,
        "nodes": rows(session),
        "guarantees": guarantees(session),
        "now": session.run.now,
        "length": session.length,
        "mode": session.mode,
        "story": session.story_on,
        "controls": CONTROLS,
    }
    return await page(request, "play/page.html", context)


def rows(session: Session) -> list[dict[str, object]]:
    """The stage in words: a row per node."""
    return [
        {
            "id": node.id,
            "title": node.title,
            "names": dict(node.pattern.names(node.settings)),
            "state": stations.state(session, node.id),
        }
        for node in session.scenario.nodes
    ]


def guarantees(session: Session) -> list[dict[str, object]]:
    """What the run has kept of what could be promised, in words."""
    judged = []
    for _, title, state, at, message, _, sentence in session.recording.guarantees.rows():
        sign, words = STATES[state]
        judged.append(
            {
                "title": title,
                "state": state,
                "sign": sign,
                "words": words if at is None else f"{words} at {clock.stamp(at)}",
                "message": message,
                "label": session.recording.narrator.label(message),
                "sentence": sentence,
            }
        )
    return judged


@require_POST
async def control(request: HttpRequest, key: str) -> HttpResponse:
    """The transport of a page without a script: `do` says what, `to` where (a duration such as 1m30s)."""
    seen = await visit(request, key, "control")
    try:
        await _obey(seen.session, request.POST.get("do", ""), request.POST.get("to", ""))
    except (Refused, ValueError) as error:
        messages.error(request, str(error))
    return redirect("run", key=key)


async def _obey(session: Session, do: str, to: str) -> None:
    """Do it. Raises ValueError for what the transport does not do, Refused for what the run can't."""
    if do == "play":
        await session.play()
    elif do == "pause":
        await session.pause()
    elif do == "step":
        await session.step()
    elif do == "back":
        await session.step_back()
    elif do == "restart":
        await session.seek(0)
    elif do in ("seek", "advance"):
        await session.seek(clock.parse(to))
    else:
        raise ValueError(f"“{do[:40]}” is not something the transport does.")
    await _look_on(session, 0 if do == "play" else PATIENCE)


async def _look_on(session: Session, wall_seconds: float) -> None:
    """Wait until the run stops, at most so long: a page without a script has no socket to hear of it."""
    end = time.monotonic() + wall_seconds
    while session.playing and time.monotonic() < end:
        await asyncio.sleep(GLANCE)


@require_POST
async def fork(request: HttpRequest, key: str) -> HttpResponse:
    """A new run of the visitor's own that shares the past up to `at` (microseconds; by default this moment)."""
    seen = await visit(request, key, "fork")
    asked = request.POST.get("at", "")
    at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 16 else seen.session.run.now
    try:
        stored = await hub.fork(key, at, seen.user, seen.visitor)
    except (Refused, NoSuchRun) as refused:
        messages.error(request, str(refused))
        return redirect("run", key=key)
    address = reverse("run", args=[stored.key])
    if getattr(request, "htmx", None):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
