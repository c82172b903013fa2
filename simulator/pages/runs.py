"""The runs somebody started, to find them again; instructors and staff can also look at everybody's."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from simulator.models import Run
from simulator.permissions import may, mine, visitor_of

PER_PAGE = 50


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Newest first; `?all=1` for everybody's."""
    visitor = visitor_of(request.session)
    sees_all = may(request.user, visitor, None, "see_all_runs")
    everyone = "all" in request.GET
    if everyone and not sees_all:
        raise PermissionDenied(
            "Only instructors and staff see the runs of others; ask whoever started one for its address."
        )
    chosen = Run.objects.filter(reached__gt=0) if everyone else Run.objects.filter(mine(request.user, visitor))
    listed = chosen.select_related("owner").defer("document", "journal")
    context = {
        "page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
        "everyone": everyone,
        "sees_all": sees_all,
    }
    response = render(request, "runs/page.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
