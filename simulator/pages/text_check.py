"""What is wrong with a text that somebody is typing: a scenario's document, or a setting that is a definition.

An editor asks at every pause. Nothing is stored, and whoever sends the text at last is judged again, by the same
functions.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.errors import Problem
from simulator.pages.forms import DEFINITION, LONGEST_DEFINITION
from simulator.pages.schema import settings_of
from simulator.permissions import may


def address(pattern: str, name: str) -> str:
    """Where a text for this setting of this pattern is checked."""
    return reverse("check-text", args=[pattern, name])


@require_POST
def scenario(request: HttpRequest) -> JsonResponse:
    """The problems of a scenario's document, for those who may write one."""
    if not may(request.user, "", None, "write"):
        raise PermissionDenied("Sign in to write scenarios.")
    text = _text(request)
    return _answer(text if isinstance(text, list) else documents.check(text, catalog.patterns()))


@require_POST
def setting(request: HttpRequest, pattern: str, setting: str) -> JsonResponse:
    """The problems of a text for a setting, as its pattern sees them."""
    found = catalog.patterns().get(pattern)
    if found is None or not any(
        one.name == setting and one.format == DEFINITION for one in settings_of(found.Settings)
    ):
        raise Http404(f"No pattern has a definition called {pattern[:40]}.{setting[:40]}.")
    text = _text(request)
    return _answer(text if isinstance(text, list) else found.check_text(setting, text))


def _text(request: HttpRequest) -> str | list[Problem]:
    """The body as text, or why it can't be read."""
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        return [Problem("", "is not UTF-8", cure="Save it as UTF-8.")]
    if len(text) > LONGEST_DEFINITION:
        return [Problem("", f"has {len(text):,} characters", f"at most {LONGEST_DEFINITION:,}", "Shorten it.")]
    return text


def _answer(problems: list[Problem]) -> JsonResponse:
    answer = JsonResponse({"problems": [problem.as_dict() for problem in problems]})
    answer["Cache-Control"] = "no-store"
    return answer
