"""What is running: the live runs of this process, what each costs, and the two ways to stop one.

Sessions live on the server's event loop, so the page is a coroutine like those of a run, although it looks like a part
of the administration. The table is asked for again every few seconds; without a script, by reloading.
"""

import logging
import time
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from simulator import limits
from simulator.live.hub import hub
from simulator.live.session import Session
from simulator.models import Run
from simulator.pages.visit import is_part
from simulator.permissions import may, visitor_of

logger = logging.getLogger(__name__)

# What one may do to a run here, and what is said when it is done.
DEEDS = {"pause": "is paused", "put away": "is put away: it is stored, and its viewers are told"}


@dataclass(frozen=True)
class Row:
    """A live run. `pace` in words, `bytes` nearly, `unwatched` in wall seconds (0 while somebody watches)."""

    key: str
    title: str
    seed: int
    who: str
    viewers: int
    playing: bool
    mode: str
    pace: str
    now: int
    records: int
    bytes: int
    unwatched: int


@require_safe
async def running(request: HttpRequest) -> HttpResponse:
    """The heaviest first. The table alone for htmx."""
    return await sync_to_async(_page)(request, list(hub.sessions.values()))


@require_POST
async def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Pause a run, or put it away: `do` says which."""
    name = await sync_to_async(_stopped_by)(request, key)
    do, session = request.POST.get("do", ""), hub.sessions.get(key)
    if do not in DEEDS:
        messages.error(request, f"“{do[:40]}” is not something done to a run here.")
    elif session is None:
        messages.warning(request, "This run is not live any more.")
    else:
        await (session.pause() if do == "pause" else hub.dismiss(key))
        logger.info("The run %s %s, by %s.", key, DEEDS[do], name)
        messages.success(request, f"“{session.title}” {DEEDS[do]}.")
    return redirect("running")


def _page(request: HttpRequest, sessions: list[Session]) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if not may(request.user, "", None, "administer"):
        raise PermissionDenied("Only staff see what is running.")
    rows = rows_of(sessions)
    context: dict[str, Any] = {
        "rows": rows,
        "viewers": sum(row.viewers for row in rows),
        "bytes": sum(row.bytes for row in rows),
        "limits": limits.current(),
    }
    if is_part(request):
        response = render(request, "running/_table.html", context)
    else:
        shell = {**admin.site.each_context(request), "title": "What is running"}
        response = render(request, "running/page.html", shell | context)
    response["Cache-Control"] = "no-store"
    return response


def rows_of(sessions: list[Session]) -> list[Row]:
    """One row each, the heaviest first; one query for all."""
    wanted = Run.objects.filter(key__in=[session.key for session in sessions]).only("key", "owner__username")
    owners = {run.key: run.owner for run in wanted.select_related("owner")}
    now = time.monotonic()
    rows = [_row(session, str(owners.get(session.key) or "a visitor"), now) for session in sessions]
    return sorted(rows, key=attrgetter("bytes", "records", "key"), reverse=True)


def _row(session: Session, who: str, now: float) -> Row:
    pace = session.pace
    return Row(
        key=session.key,
        title=session.title,
        seed=session.run.seed,
        who=who,
        viewers=len(session.followers),
        playing=session.playing,
        mode=session.mode,
        pace="follow" if pace.kind == "follow" else f"{pace.rate:g}×",
        now=session.run.now,
        records=session.recording.archive.count,
        bytes=session.recording.bytes,
        unwatched=int(session.unwatched_for(now)),
    )


def _stopped_by(request: HttpRequest, key: str) -> str:
    """The name of whoever may stop this run. Raises Http404, PermissionDenied."""
    run = Run.objects.only("key", "owner_id", "visitor").filter(key=key).first()
    if run is None:
        raise Http404("There is no such run. It may have been removed.")
    if not may(request.user, visitor_of(request.session), run, "stop"):
        raise PermissionDenied("Only staff, and whoever started a run, stop it.")
    return str(request.user)
