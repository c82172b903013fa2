"""Who may do what, decided in one place and read as a table.

Pages, the socket, the administration and everything in it ask `may`; none of them decides for itself. A run belongs to
whoever started it: a signed-in user, or the visitor whose token lies in the session cookie. Its address is unguessable
and is what people share, so whoever has the address may watch, and may fork (a fork is their own, so it disturbs
nobody). Staff may stop anybody's run, because a run can eat the machine, and may not control it: what happens in a run
is its owner's doing, and a fork gives staff everything else. Scenarios are seen when published; drafts and retired ones
by their author and by staff. Whoever is signed in writes scenarios; a published one is changed only by those who may
publish it. `tests/test_permissions.py` is the whole table.
"""

import secrets
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any, Literal

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q
from django.utils import timezone

from simulator import limits
from simulator.engine.errors import Problem
from simulator.models import Run, Scenario

INSTRUCTORS = "instructors"
VISITOR = "visitor"  # the session's entry that holds a visitor's token

Action = Literal[
    "watch", "control", "fork", "stop", "delete",  # a run
    "see", "play", "configure", "publish", "delete",  # a scenario
    "write", "see_all_runs", "administer", "manage_people",  # the house
]  # fmt: skip
RUN_ACTIONS: tuple[Action, ...] = ("watch", "control", "fork", "stop", "delete")
SCENARIO_ACTIONS: tuple[Action, ...] = ("see", "play", "configure", "publish", "delete")
HOUSE_ACTIONS: tuple[Action, ...] = ("write", "see_all_runs", "administer", "manage_people")
ON_THE_PAGE: tuple[Action, ...] = ("watch", "control", "fork")  # what a page of a run can ask for

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
    return _may_in_the_house(user, action)


def allowed(user: User | None, visitor: str, run: Run) -> list[Action]:
    """All that they may do on the page of this run, as the page and the socket are told."""
    return [action for action in ON_THE_PAGE if may(user, visitor, run, action)]


def owns(user: User | None, visitor: str, run: Run) -> bool:
    """Whether the run was started by them; a run with an owner is that user's alone, also on a shared computer."""
    if run.owner_id is not None:
        return _signed_in(user) and user is not None and user.pk == run.owner_id
    return bool(visitor) and secrets.compare_digest(visitor.encode(), run.visitor.encode())


def mine(user: User | None, visitor: str) -> Q:
    """The runs that somebody owns, as `owns` has it, for a query."""
    unowned = Q(owner=None, visitor=visitor) if visitor else Q(pk__in=[])
    return Q(owner=user.pk) | unowned if _signed_in(user) and user is not None else unowned


def configurable(user: User | None) -> Q:
    """The scenarios that somebody finds in the administration, for a query: staff all, others what they wrote."""
    if is_staff(user):
        return Q()
    return Q(author=user.pk) if user is not None and _signed_in(user) else Q(pk__in=[])


def too_many_runs(user: User | None, visitor: str) -> Problem | None:
    """What to tell somebody who starts or forks runs without end, each of which is stored; None for everybody else."""
    if is_staff(user) or is_instructor(user):
        return None
    most = limits.current().runs_an_hour
    lately = Run.objects.filter(mine(user, visitor), created__gte=timezone.now() - timedelta(hours=1))
    if lately.count() < most:
        return None
    return Problem(
        "",
        f"you have started {most:,} runs within an hour, as many as one person may",
        cure=f"Go on with one of them (they are listed under “Runs”), or wait a little. {limits.ASK}",
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


def _may_in_the_house(user: User | None, action: Action) -> bool:
    if action == "write":
        return _signed_in(user)
    if action == "see_all_runs":
        return is_staff(user) or is_instructor(user)
    if action == "manage_people":  # whoever gives out roles could give themselves every one
        return _signed_in(user) and bool(getattr(user, "is_superuser", False))
    return is_staff(user)


def _may_run(user: User | None, visitor: str, run: Run, action: Action) -> bool:
    assert action in RUN_ACTIONS, f"{action!r} is not something done to a run"
    if action == "delete":
        return is_staff(user)
    if action == "stop":
        return owns(user, visitor, run) or is_staff(user)
    return action in ("watch", "fork") or owns(user, visitor, run)


def _may_scenario(user: User | None, scenario: Scenario, action: Action) -> bool:
    assert action in SCENARIO_ACTIONS, f"{action!r} is not something done to a scenario"
    mine = _signed_in(user) and user is not None and scenario.author_id is not None and scenario.author_id == user.pk
    if is_staff(user):
        return True
    publishes = mine and is_instructor(user)
    published = scenario.status == Scenario.Status.PUBLISHED
    if action == "publish":
        return publishes
    if action in ("configure", "delete"):
        return publishes or (mine and not published)
    return published or mine


def _signed_in(user: User | None) -> bool:
    return user is not None and user.is_authenticated and user.is_active
