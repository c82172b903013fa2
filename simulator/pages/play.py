"""Opening a scenario: it gives the visitor a run of their own, and the same one again until they have played it."""

import time
from collections.abc import Container

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from simulator import catalog, limits
from simulator.engine import scenario as documents
from simulator.engine.errors import Refused
from simulator.live.hub import hub
from simulator.models import Run, Scenario
from simulator.permissions import ensure_visitor, may, mine, too_many_runs, visitor_of

LARGEST_SEED = 2**53
TIDY_EVERY = 60.0  # wall seconds
LOOKED_AT = 5  # this many of the visitor's newest runs may be handed out again

_tidied_at = float("-inf")


@require_safe
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect to an untouched run of the scenario that is theirs, or a new one; `?seed=` overrides the document's."""
    scenario = Scenario.objects.filter(slug=slug).first()
    if scenario is None or not may(request.user, visitor_of(request.session), scenario, "play"):
        raise Http404(f"No published scenario is called “{slug}”.")
    try:
        beyond = limits.exceeded(documents.read(scenario.document, catalog.patterns()))
    except Refused as refused:
        messages.error(request, f"“{scenario.title}” can't be played: it has {len(refused.problems)} problems.")
        return redirect(scenario)
    if beyond:
        messages.error(request, f"“{scenario.title}” can't be played here: {' '.join(map(str, beyond))}")
        return redirect(scenario)
    seed = _seed(request, scenario)
    visitor = ensure_visitor(request.session)
    again = _untouched(scenario, seed, request.user, visitor)
    if again is not None:
        return redirect(again)
    problem = too_many_runs(request.user, visitor)
    if problem is not None:
        messages.error(request, str(problem))
        return redirect(scenario)
    tidy(hub.sessions)
    return redirect(new_run(scenario, seed, request.user, visitor))


def new_run(scenario: Scenario, seed: int, user: AbstractBaseUser | AnonymousUser, visitor: str) -> Run:
    """A run of the scenario as it is now, owned by the user, or by the visitor who is nobody's user."""
    return Run.objects.create(
        scenario=scenario,
        title=scenario.title,
        document=scenario.document,
        seed=seed,
        owner_id=user.pk if user.is_authenticated else None,
        visitor=visitor,
    )


def tidy(alive: Container[str]) -> None:
    """Once a minute, forget runs that nobody ever played: opening a page makes one, and robots open many."""
    global _tidied_at
    now = time.monotonic()
    if now - _tidied_at >= TIDY_EVERY:
        _tidied_at = now
        Run.forget_untouched(alive)


def _untouched(scenario: Scenario, seed: int, user: AbstractBaseUser | AnonymousUser, visitor: str) -> Run | None:
    candidates = Run.objects.filter(mine(user, visitor), scenario=scenario, seed=seed, reached=0, parent=None)
    found = (run for run in candidates[:LOOKED_AT] if run.untouched and run.document == scenario.document)
    return next((run for run in found if not hub.touched(run.key)), None)


def _seed(request: HttpRequest, scenario: Scenario) -> int:
    asked = request.GET.get("seed", "").strip()
    own = int(scenario.document.get("seed", 1))
    if not asked:
        return own
    if asked.isascii() and asked.isdigit() and len(asked) <= 16 and int(asked) <= LARGEST_SEED:
        return int(asked)
    messages.warning(
        request, f"A seed is a whole number from 0 to {LARGEST_SEED:,}; the scenario's own, {own}, was taken."
    )
    return own
