"""The page of one scenario: what it shows, what it teaches, and every setting with its unit, range, default and
source.
"""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from pydantic import BaseModel, ValidationError

from simulator import catalog, exchange
from simulator.engine import scenario as documents
from simulator.engine.errors import Problem, Refused
from simulator.engine.pattern import Pattern
from simulator.models import Scenario
from simulator.pages.schema import Setting, described, settings_of, values_of, with_unit
from simulator.pages.small_map import small_map
from simulator.permissions import may, visitor_of


@dataclass(frozen=True)
class Row:
    """A setting of a node, with its value here; `changed`: the document says something else than the default."""

    setting: Setting
    value: str
    default: str
    changed: bool


@dataclass(frozen=True)
class Station:
    """A node (or a link) as the page tells it."""

    title: str
    names: str
    sentence: str
    rows: tuple[Row, ...]


@require_safe
def scenario(request: HttpRequest, slug: str) -> HttpResponse:
    visitor = visitor_of(request.session)
    found = Scenario.objects.filter(slug=slug).first()
    if found is None or not may(request.user, visitor, found, "see"):
        raise Http404(f"No published scenario is called “{slug}”.")
    stations, links, problems = told(found.document)
    document = found.document if isinstance(found.document, dict) else {}
    story = document.get("story")
    context = {
        "scenario": found,
        "map": small_map(document),
        "about": str(document.get("about") or ""),
        "beats": [beat for beat in story if isinstance(beat, dict)] if isinstance(story, list) else [],
        "seed": document.get("seed", 1),
        "stations": stations,
        "links": links,
        "problems": problems,
        "lessons": lessons_of(found),
        "may_configure": may(request.user, visitor, found, "configure"),
        "largest_seed": 2**53,
    }
    return render(request, "scenario/page.html", context)


@require_safe
def download(request: HttpRequest, slug: str) -> HttpResponse:
    """The document as a file that can be imported again, for whoever may see the scenario."""
    found = Scenario.objects.filter(slug=slug).first()
    if found is None or not may(request.user, visitor_of(request.session), found, "see"):
        raise Http404(f"No published scenario is called “{slug}”.")
    return as_file(*exchange.packed([found]))


def as_file(name: str, text: str) -> HttpResponse:
    """A text of JSON that the browser saves."""
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def told(document: Any) -> tuple[list[Station], list[Station], list[Problem]]:
    """A document's nodes and links with their settings, or the problems it has."""
    try:
        checked = documents.read(document, catalog.patterns())
    except Refused as refused:
        return [], [], refused.problems
    stations = [
        Station(node.title, both_names(node.pattern, node.settings), node.pattern.sentence, rows_of(node.settings))
        for node in checked.nodes
    ]
    links = [
        Station(
            f"{checked.nodes[way.source].title} → {checked.nodes[way.target].title}",
            way.kind.name.replace("-", " "),
            way.kind.sentence,
            rows_of(way.settings),
        )
        for way in checked.links
    ]
    return stations, links, []


def both_names(pattern: Pattern, settings: Any) -> str:
    """The vendor-neutral name and AWS's, once if they are the same."""
    names = pattern.names(settings)
    return " · ".join(dict.fromkeys(name for name in (names.get("neutral", ""), names.get("aws", "")) if name))


def rows_of(settings: BaseModel) -> tuple[Row, ...]:
    values, given, said = values_of(settings), set(settings.model_fields_set), described(settings)
    defaults = _described_defaults(type(settings))
    fields = {field.alias or name: name for name, field in type(settings).model_fields.items()}
    return tuple(
        Row(
            setting,
            said.get(setting.name) or with_unit(values.get(setting.name), setting.unit),
            defaults.get(setting.name) or setting.default_words,
            fields.get(setting.name) in given and values.get(setting.name) != setting.default,
        )
        for setting in settings_of(type(settings))
    )


def _described_defaults(model: type[BaseModel]) -> dict[str, str]:
    try:
        return described(model())
    except ValidationError:  # something has to be given: the bare defaults do
        return {}


def lessons_of(found: Scenario) -> list[tuple[str, str]]:
    """(name, markdown) of the patterns it uses, the channels first: they are what a scenario is about."""
    known = [catalog.patterns()[name] for name in found.patterns if name in catalog.patterns()]
    known.sort(key=lambda pattern: pattern.role != "channel")
    told_of = [(pattern.name.replace("_", " ").capitalize(), catalog.lesson(pattern)) for pattern in known]
    return [(name, text) for name, text in told_of if text]
