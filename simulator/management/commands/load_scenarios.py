"""`manage.py load_scenarios`: bring the built-in scenarios into the database; see simulator/builtins.py.

A document that has left its folder is reported, not deleted: runs and people use it.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from simulator import catalog
from simulator.builtins import load, problems_of
from simulator.models import Scenario

ALL = "all"


class Command(BaseCommand):
    help = "Load the built-in scenarios; edited ones are kept unless named by --restore."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--restore",
            action="append",
            default=[],
            metavar="SLUG",
            help="give this scenario its built-in document back and keep its edits as a draft; 'all' means every one",
        )

    def handle(self, *args: Any, restore: list[str], verbosity: int, **options: Any) -> None:
        builtins = catalog.builtin_scenarios()
        unknown = sorted(set(restore) - {ALL} - {builtin.slug for builtin in builtins})
        if unknown:
            known = ", ".join(builtin.slug for builtin in builtins) or "none"
            raise CommandError(f"No built-in scenario is called {', '.join(unknown)}. There are: {known}.")
        broken: list[str] = []
        for builtin in builtins:
            problems = problems_of(builtin)
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
