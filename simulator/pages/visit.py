"""Somebody at a run: the stored run, what they may do to it, and its live session.

Sessions live on the server's event loop, so the pages of a run are coroutines; the database and the templates are
not, so both are reached by the two functions here and in no other way.
"""

from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from simulator.live.hub import NoSuchRun, hub
from simulator.live.session import Session
from simulator.models import Run
from simulator.permissions import Action, allowed, ensure_visitor

NOT_YOURS = "Only whoever started this run controls it. You may watch it, and fork it: the fork is yours."


@dataclass(frozen=True)
class Visit:
    """A run that is open: `may` is all that this visitor may do to it."""

    run: Run
    may: list[Action]
    session: Session
    user: Any
    visitor: str


async def visit(request: HttpRequest, key: str, need: Action = "watch") -> Visit:
    """Open the run for this visitor. Raises Http404 if it can't be played, PermissionDenied if `need` is missing."""
    run, may, user, visitor = await _who(request, key)
    if need not in may:
        raise PermissionDenied(NOT_YOURS)
    try:
        session = await hub.session(key)
    except NoSuchRun as missing:
        raise Http404(str(missing)) from missing
    return Visit(run, may, session, user, visitor)


async def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page of a run: not for search engines, and not for a cache, because the next moment it is another."""
    response: HttpResponse = await sync_to_async(render)(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment, rather than a browser for a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


@sync_to_async
def _who(request: HttpRequest, key: str) -> tuple[Run, list[Action], Any, str]:
    run = (
        Run.objects.select_related("scenario")
        .defer("document", "journal", "scenario__document")
        .filter(key=key)
        .first()
    )
    if run is None:
        raise Http404("There is no such run. Its address may have been copied incompletely, or it was removed.")
    visitor = ensure_visitor(request.session)
    user = request.user if request.user.is_authenticated else None
    return run, allowed(user, visitor, run), user, visitor
