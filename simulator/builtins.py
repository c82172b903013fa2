"""The built-in scenarios in the database: brought in and brought back, without ever undoing what somebody did to them.

Each remembers the fingerprint of the document it came from. While its document still has that fingerprint nobody has
edited it, and a newer document from the pattern's folder replaces it; an edited one is left alone until somebody asks
for the original, and then the edited document is kept as a draft of its own. Retired stays retired.
"""

from django.db import transaction

from simulator import catalog, exchange
from simulator.catalog import Builtin
from simulator.engine import scenario as documents
from simulator.engine.errors import Problem
from simulator.models import Scenario, fingerprint


def load(builtin: Builtin, *, restore: bool, author: int | None = None) -> str:
    """Put one built-in document into the database where that loses nobody's work; returns what was done, in words.

    `author` is whose the draft of an edited document becomes, if it was nobody's.
    """
    pristine = fingerprint(builtin.document)
    with transaction.atomic():
        found = Scenario.objects.filter(slug=builtin.slug).first()
        if found is None:
            Scenario.objects.create(
                slug=builtin.slug,
                document=builtin.document,
                builtin=builtin.path,
                pristine=pristine,
                status=Scenario.Status.PUBLISHED,
            )
            return "loaded"
        if not found.builtin:
            return "kept: somebody's own scenario has this name"
        if found.pristine == pristine and found.builtin == builtin.path and not found.edited:
            return "is as it was"
        if found.edited and not restore:
            return f"kept: it was edited (--restore {builtin.slug} gives the original back)"
        kept = exchange.copy_of(found, "edited", found.author_id or author) if found.edited else None
        found.document, found.pristine, found.builtin = builtin.document, pristine, builtin.path
        found.save(update_fields=["document", "pristine", "builtin"])
        return f"restored; the edited document is the draft {kept.slug}" if kept else "updated"


def problems_of(builtin: Builtin) -> list[Problem]:
    """Why a built-in document can't be loaded; an empty list means that it can."""
    found = [*builtin.problems]
    return found if builtin.document is None else found + documents.check(builtin.document, catalog.patterns())
