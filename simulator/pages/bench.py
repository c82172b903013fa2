"""The bench: somebody gives a rule and an event, and sees at once whether it matches, and why, field by field.

The patterns that filter offer what can be tried (simulator/engine/bench.py). The form is a page of its own, and a panel
of the inspector; htmx sends it while somebody types and shows the verdict alone, without JavaScript a button sends it
and the page comes back. Nothing is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from simulator import catalog
from simulator.engine.bench import Dialect, Example, Verdict
from simulator.pages.visit import is_part

MOST_PATTERN = 8_192
"""Characters. The service takes 4,096 of an event pattern; a policy may be longer, and is not typed by hand then."""
MOST_EVENT = 32_768
"""Characters. With both at their largest and at their worst a verdict takes most of a second, and no longer."""
LONGEST_PLACE = 3
VERDICT = "bench-verdict"


@dataclass(frozen=True)
class Trial:
    """What is on the bench: the kinds of rule to choose from, what was typed, and what came of it."""

    dialects: tuple[Dialect, ...]
    dialect: Dialect
    pattern: str
    event: str
    verdict: Verdict | None
    examples: tuple[Example, ...]
    most_pattern: int = MOST_PATTERN
    most_event: int = MOST_EVENT


@require_http_methods(["GET", "HEAD", "POST"])
def bench(request: HttpRequest) -> HttpResponse:
    """The page; for htmx the form with its verdict, or the verdict alone."""
    found = trial(dialects(), request.POST if request.method == "POST" else request.GET)
    template = "bench/page.html"
    if is_part(request) and found is not None:
        template = "bench/_verdict.html" if request.headers.get("HX-Target") == VERDICT else "bench/_bench.html"
    response = render(request, template, {"bench": found})
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def dialects() -> tuple[Dialect, ...]:
    """All that the patterns offer, each once, in the order of the patterns."""
    offered = [one for pattern in catalog.patterns().values() if pattern.bench for one in pattern.bench.dialects]
    return tuple({one.name: one for one in offered}.values())


def trial(offered: tuple[Dialect, ...], given: Mapping[str, str], own: tuple[Example, ...] = ()) -> Trial | None:
    """What `given` (a form, or the query of an address) asks for; None where nothing can be tried.

    `own` are the examples of a node, which come before those that teach; `given["example"]` is the place of one.
    """
    if not offered:
        return None
    dialect = next((one for one in offered if one.name == given.get("dialect")), None)
    examples = own or (dialect or offered[0]).examples
    if "pattern" in given:
        pattern, event = given["pattern"], given.get("event", "")
    else:
        number = given.get("example", "0")
        place = int(number) if len(number) <= LONGEST_PLACE and number.isdecimal() else 0
        chosen = examples[place if place < len(examples) else 0]
        dialect = next((one for one in offered if one.name == chosen.dialect), dialect)
        pattern, event = chosen.pattern, chosen.event
    dialect = dialect or offered[0]
    return Trial(offered, dialect, pattern, event, _judged(dialect, pattern, event), examples)


def _judged(dialect: Dialect, pattern: str, event: str) -> Verdict | None:
    """None where there is nothing to judge yet."""
    if len(pattern) > MOST_PATTERN:
        return Verdict(None, f"It has {len(pattern):,} characters; the bench takes {MOST_PATTERN:,}.", (), "pattern")
    if len(event) > MOST_EVENT:
        return Verdict(None, f"It has {len(event):,} characters; the bench takes {MOST_EVENT:,}.", (), "event")
    return dialect.judge(pattern, event) if pattern.strip() else None
