"""Who may do what, decided in one place and read as a table.

Pages, the socket and the admin all ask `may`; none of them decides for itself. A run belongs to whoever started it: a
signed-in user, or the visitor whose token lies in the session cookie. Its address is unguessable and is what people
share, so whoever has the address may watch, and may fork (a fork is their own, so it disturbs nobody). Scenarios are
seen when published; drafts and retired ones by their author and by staff.
"""

import secrets
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any, Literal

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q
from django.utils import timezone

from simulator.engine.errors import Problem
from simulator.models import Run, Scenario

INSTRUCTORS = "instructors"
MOST_RUNS_AN_HOUR = 120
VISITOR = "visitor"  # the session's entry that holds a visitor's token

Action = Literal[
    "watch", "control", "fork",  # a run
    "see", "play", "configure", "publish",  # a scenario
    "see_all_runs", "administer",  # the house
]  # fmt: skip
RUN_ACTIONS: tuple[Action, ...] = ("watch", "control", "fork")
SCENARIO_ACTIONS: tuple[Action, ...] = ("see", "play", "configure", "publish")
HOUSE_ACTIONS: tuple[Action, ...] = ("see_all_runs", "administer")

User = AbstractBaseUser | AnonymousUser


def may(user: User | None, visitor: str, about: Run | Scenario | None, action: Action) -> bool:
    """Whether this user (None: not signed in) with this visitor token ("" for none) may do `action` to `about`.

    Actions on the house as a whole have `about` None. Asking for an action that the thing lacks is a mistake of ours.
    """
    if isinstance(about, Run):
        return _may_run(user, visitor, about, action)
    if isinstance(about, Scenario):
        return _may_scenario(user, about, action)
    assert action in HOUSE_ACTIONS, f"{action!r} needs a run or a scenario"
    return is_staff(user) or (action == "see_all_runs" and is_instructor(user))


def allowed(user: User | None, visitor: str, run: Run) -> list[Action]:
    """All that they may do to this run, as the page and the socket are told."""
    return [action for action in RUN_ACTIONS if may(user, visitor, run, action)]


def owns(user: User | None, visitor: str, run: Run) -> bool:
    """Whether the run was started by them; a run with an owner is that user's alone, also on a shared computer."""
    if run.owner_id is not None:
        return _signed_in(user) and user is not None and user.pk == run.owner_id
    return bool(visitor) and secrets.compare_digest(visitor.encode(), run.visitor.encode())


def mine(user: User | None, visitor: str) -> Q:
    """The runs that somebody owns, as `owns` has it, for a query."""
    unowned = Q(owner=None, visitor=visitor) if visitor else Q(pk__in=[])
    return Q(owner=user.pk) | unowned if _signed_in(user) and user is not None else unowned


def too_many_runs(user: User | None, visitor: str) -> Problem | None:
    """What to tell somebody who starts or forks runs without end, each of which is stored; None for everybody else."""
    if is_staff(user) or is_instructor(user):
        return None
    lately = Run.objects.filter(mine(user, visitor), created__gte=timezone.now() - timedelta(hours=1))
    if lately.count() < MOST_RUNS_AN_HOUR:
        return None
    return Problem(
        "",
        f"you have started {MOST_RUNS_AN_HOUR} runs within an hour",
        cure="Go on with one of them, or wait a little: they are listed under “My runs”.",
    )


def is_staff(user: User | None) -> bool:
    return _signed_in(user) and bool(getattr(user, "is_staff", False))


def is_instructor(user: User | None) -> bool:
    """Whether they belong to the group "instructors"; asked of the database once per user object."""
    if not _signed_in(user):
        return False
    known = getattr(user, "_waystation_instructor", None)
    if known is None:
        known = user.groups.filter(name=INSTRUCTORS).exists()  # type: ignore[union-attr]
        user._waystation_instructor = known  # type: ignore[union-attr]
    return bool(known)


def visitor_of(session: MutableMapping[str, Any]) -> str:
    """The visitor's token, or "" for somebody who has not opened a run yet: looking at the library sets no cookie."""
    token = session.get(VISITOR, "")
    return token if isinstance(token, str) else ""


def ensure_visitor(session: MutableMapping[str, Any]) -> str:
    """The visitor's token, given now if they have none: whoever opens a run gets one, so their forks are theirs."""
    token = visitor_of(session)
    if not token:
        token = session[VISITOR] = secrets.token_urlsafe(16)
    return token


def _may_run(user: User | None, visitor: str, run: Run, action: Action) -> bool:
    assert action in RUN_ACTIONS, f"{action!r} is not something done to a run"
    return action in ("watch", "fork") or owns(user, visitor, run)


def _may_scenario(user: User | None, scenario: Scenario, action: Action) -> bool:
    assert action in SCENARIO_ACTIONS, f"{action!r} is not something done to a scenario"
    mine = _signed_in(user) and user is not None and scenario.author_id is not None and scenario.author_id == user.pk
    if action == "publish":
        return is_staff(user) or (mine and is_instructor(user))
    if action == "configure":
        return is_staff(user) or mine
    return scenario.status == Scenario.Status.PUBLISHED or is_staff(user) or mine


def _signed_in(user: User | None) -> bool:
    return user is not None and user.is_authenticated and user.is_active
