"""`manage.py load_scenarios`: bring the built-in scenarios into the database, without ever undoing what somebody did
to them.

Each loaded scenario remembers the fingerprint of the document it came from. While its document still has that
fingerprint nobody has edited it, and a newer document from the pattern's folder replaces it; an edited one is left
alone until somebody asks for the original by name (`--restore`). Retired stays retired. A document that has left its
folder is reported, not deleted: runs and people use it.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from simulator import catalog
from simulator.catalog import Builtin
from simulator.engine import scenario as documents
from simulator.models import Scenario, fingerprint

ALL = "all"


class Command(BaseCommand):
    help = "Load the built-in scenarios; edited ones are kept unless named by --restore."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--restore",
            action="append",
            default=[],
            metavar="SLUG",
            help="give this scenario its built-in document back, losing its edits; 'all' means every one",
        )

    def handle(self, *args: Any, restore: list[str], verbosity: int, **options: Any) -> None:
        builtins = catalog.builtin_scenarios()
        unknown = sorted(set(restore) - {ALL} - {builtin.slug for builtin in builtins})
        if unknown:
            known = ", ".join(builtin.slug for builtin in builtins) or "none"
            raise CommandError(f"No built-in scenario is called {', '.join(unknown)}. There are: {known}.")
        broken: list[str] = []
        for builtin in builtins:
            problems = [*builtin.problems]
            if builtin.document is not None:
                problems += documents.check(builtin.document, catalog.patterns())
            if problems:
                broken.append(builtin.path)
                self.stderr.write("\n  ".join([f"{builtin.path} is broken and was not loaded:", *map(str, problems)]))
                continue
            outcome = load(builtin, restore=ALL in restore or builtin.slug in restore)
            if verbosity > 0:
                self.stdout.write(f"{builtin.slug}: {outcome}")
        self._report_removed({builtin.path for builtin in builtins}, verbosity)
        if broken:
            raise CommandError(
                f"{len(broken)} of {len(builtins)} built-in scenarios are broken; the others are loaded."
            )

    def _report_removed(self, present: set[str], verbosity: int) -> None:
        gone = Scenario.objects.exclude(builtin="").exclude(builtin__in=present).values_list("slug", "builtin")
        for slug, path in gone:
            if verbosity > 0:
                self.stdout.write(
                    f"{slug}: came from {path}, which is no longer there; kept. Retire it if it is obsolete."
                )


def load(builtin: Builtin, *, restore: bool) -> str:
    """Put one built-in document into the database where that loses nobody's work; returns what was done, in words."""
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
        done = "restored" if found.edited else "updated"
        found.document, found.pristine, found.builtin = builtin.document, pristine, builtin.path
        found.save(update_fields=["document", "pristine", "builtin"])
        return done
