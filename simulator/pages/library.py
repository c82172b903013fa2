"""The library: every published scenario as a card with its small map, searched and filtered by a plain GET form.

htmx asks for the same address as somebody types and gets the fragment of results; without JavaScript the form is sent
and the whole page comes back. The filters offered are those that some published scenario answers to.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from simulator.models import Run, Scenario
from simulator.pages.small_map import small_map
from simulator.pages.visit import is_part
from simulator.permissions import mine, visitor_of

PER_PAGE = 24
RECENT = 6
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Wanted:
    """What somebody is looking for; empty means anything."""

    q: str = ""
    pattern: str = ""
    tag: str = ""
    level: str = ""

    @property
    def anything(self) -> bool:
        return self == Wanted()

    def finds(self, scenario: Scenario) -> bool:
        """Whether every word occurs somewhere in what the card says, and every filter holds."""
        said = " ".join(
            (scenario.title, scenario.summary, *scenario.tags, *scenario.patterns, scenario.level)
        ).casefold()
        return (
            all(word in said for word in self.q.casefold().split())
            and (not self.pattern or self.pattern in scenario.patterns)
            and (not self.tag or self.tag in scenario.tags)
            and (not self.level or self.level == scenario.level)
        )

    def query(self) -> str:
        """As the query of an address, without what is empty."""
        return urlencode({name: value for name, value in vars(self).items() if value})


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The page, or for htmx the results alone."""
    wanted = Wanted(
        **{name: request.GET.get(name, "").strip()[:LONGEST_SEARCH] for name in ("q", "pattern", "tag", "level")}
    )
    published = sorted(Scenario.objects.filter(status=Scenario.Status.PUBLISHED).defer("document"), key=_easy_first)
    found = [scenario for scenario in published if wanted.finds(scenario)]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    documents = dict(Scenario.objects.filter(pk__in=[one.pk for one in page]).values_list("pk", "document"))
    context = {
        "cards": [{"scenario": scenario, "map": small_map(documents.get(scenario.pk))} for scenario in page],
        "page": page,
        "found": len(found),
        "published": len(published),
        "wanted": wanted,
        "query": wanted.query(),
    }
    part = is_part(request)
    if not part:
        context |= _choices(published) | {"recent": recent_runs(request.user, visitor_of(request.session))}
    response = render(request, "library/_results.html" if part else "library/page.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if part:
        response["HX-Push-Url"] = f"{request.path}?{wanted.query()}" if wanted.query() else request.path
    return response


def recent_runs(user: AbstractBaseUser | AnonymousUser, visitor: str) -> "list[Run] | QuerySet[Run]":
    """The runs somebody played last, newest first; those that were never played are not worth showing."""
    if not user.is_authenticated and not visitor:
        return []
    played = Run.objects.filter(mine(user, visitor), reached__gt=0)
    return played.only("key", "title", "seed", "reached", "changed", "forked_at")[:RECENT]


def _easy_first(scenario: Scenario) -> tuple[int, str]:
    known = [str(level) for level in Scenario.Level.values]
    return (known.index(scenario.level) if scenario.level in known else len(known), scenario.title.casefold())


def _choices(published: list[Scenario]) -> dict[str, list[tuple[str, str]]]:
    """The values of each filter, as (value, words)."""
    patterns = sorted({name for scenario in published for name in scenario.patterns})
    tags = sorted({tag for scenario in published for tag in scenario.tags}, key=str.casefold)
    known = [str(level) for level in Scenario.Level.values]
    levels = {scenario.level for scenario in published}
    ordered = [level for level in known if level in levels] + sorted(levels - set(known))
    return {
        "patterns": [(name, name.replace("_", " ").capitalize()) for name in patterns],
        "tags": [(tag, tag) for tag in tags],
        "levels": [(level, level.capitalize()) for level in ordered],
    }
