"""Scenarios as files: what leaves this server comes in again as it was, here or elsewhere.

One scenario is its document, the same file that lies in a pattern's folder and that `simulate` plays. Several are one
list of `{"slug": …, "document": …}`, rather than an archive: a text can be read, compared and bounded before it is
unpacked. What comes in is a draft under a name that is free; nothing that is there is written over. Either all of it is
taken or, with every problem it has, none.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.document import LARGEST
from simulator.engine.errors import Problem, Refused
from simulator.models import Scenario

MOST_AT_ONCE = 100
LARGEST_TOGETHER = 4_000_000  # characters of one text that holds several
LONGEST_SLUG = 60  # room for a number behind it
PARTS = {"slug", "document"}


@dataclass(frozen=True)
class Incoming:
    """A document that can be run, and the name it would like to have."""

    slug: str
    document: dict[str, Any]


def text_of(document: Any) -> str:
    """A document as a person reads it; the same document gives the same text."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def packed(scenarios: Sequence[Scenario]) -> tuple[str, str]:
    """(file name, text) of one scenario or of several."""
    if len(scenarios) == 1:
        return f"{scenarios[0].slug}.json", text_of(scenarios[0].document)
    return "scenarios.json", text_of([{"slug": one.slug, "document": one.document} for one in scenarios])


def unpacked(files: Iterable[tuple[str, str | bytes]]) -> list[Incoming]:
    """What these (name, content) hold, in order. Raises Refused with every problem of every file, named by file."""
    found: list[Incoming] = []
    problems: list[Problem] = []
    for name, content in files:
        try:
            found += _read(name, content)
        except Refused as refused:
            problems += [replace(one, path=", ".join(filter(None, (name, one.path)))) for one in refused.problems]
    if len(found) > MOST_AT_ONCE:
        problems.append(Problem("", f"these are {len(found)} scenarios", f"at most {MOST_AT_ONCE} at once"))
    if problems:
        raise Refused(problems)
    return found


@transaction.atomic
def take_in(incoming: Iterable[Incoming], author: int | None) -> list[Scenario]:
    """Store them as drafts of this author (the key of a user)."""
    return [
        Scenario.objects.create(
            slug=free_slug(one.slug), document=one.document, status=Scenario.Status.DRAFT, author_id=author
        )
        for one in incoming
    ]


@transaction.atomic
def copy_of(scenario: Scenario, word: str, author: int | None) -> Scenario:
    """A draft with the same document, under a title and a slug that nobody has yet."""
    title = f"{scenario.title} ({word})"[:120]
    return Scenario.objects.create(
        slug=free_slug(f"{scenario.slug[:LONGEST_SLUG]}-{word}"),
        document={**scenario.document, "title": title},
        status=Scenario.Status.DRAFT,
        author_id=author,
    )


def free_slug(wanted: str) -> str:
    """The name itself if nobody has it, else with the first number that makes it free.

    It stays free until the end of the transaction, which holds the lock for writing from its beginning.
    """
    taken = set(Scenario.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted, *numbered) if name not in taken)


def _read(name: str, content: str | bytes) -> list[Incoming]:
    """The scenarios of one file. Raises Refused."""
    given = _decoded(content)
    if not isinstance(given, list):
        return [_incoming(given, name.rpartition(".")[0] or name)]
    if not 1 <= len(given) <= MOST_AT_ONCE:
        raise Refused([Problem("", f"the list has {len(given)} entries", f"1 to {MOST_AT_ONCE}")])
    found, problems = [], []
    for place, one in enumerate(given):
        try:
            found.append(_incoming(one, ""))
        except Refused as refused:
            problems += [replace(wrong, path=f"{place}.{wrong.path}".rstrip(".")) for wrong in refused.problems]
    if problems:
        raise Refused(problems)
    return found


def _incoming(given: Any, name: str) -> Incoming:
    """One scenario: a document, or a document with the name it had. Raises Refused."""
    document, slug = given, name
    if isinstance(given, dict) and "document" in given and "nodes" not in given:
        unknown = [Problem(key, "is not a part of an export", "slug, document") for key in given if key not in PARTS]
        if unknown:
            raise Refused(unknown)
        document, slug = given["document"], str(given.get("slug") or name)
    problems = documents.check(document, catalog.patterns())
    if problems:
        raise Refused(problems)
    named = slugify(slug)[:LONGEST_SLUG].strip("-") or slugify(document["title"])[:LONGEST_SLUG].strip("-")
    return Incoming(named or "scenario", document)


def _decoded(content: str | bytes) -> Any:
    """The value of a JSON text. Raises Refused for what is too large, not UTF-8, not JSON, or says a thing twice."""
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError:
        raise Refused([Problem("", "is not text in UTF-8", cure="Save it as UTF-8.")]) from None
    largest = LARGEST_TOGETHER if text.lstrip()[:1] == "[" else LARGEST
    if len(text) > largest:
        raise Refused([Problem("", f"has {len(text):,} characters", f"at most {largest:,}", "Shorten it.")])
    twice: dict[str, None] = {}
    try:
        given = json.loads(text, object_pairs_hook=partial(_once, twice))
    except RecursionError:
        raise Refused([Problem("", "is nested too deeply", cure="Flatten it.")]) from None
    except ValueError as error:
        raise Refused([Problem("", f"is not JSON: {error}", cure="Correct it there.")]) from None
    if twice:
        raise Refused([Problem(name, "is written twice in one object", "once", "Remove one.") for name in twice][:50])
    return given


def _once(twice: dict[str, None], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs; a name that comes again is noted, because one of its values would be lost unseen."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice.update(dict.fromkeys(name for name in found if names.count(name) > 1))
    return found
