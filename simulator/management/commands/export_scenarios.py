"""`manage.py export_scenarios`: scenarios as files that `import_scenarios` takes in, here or on another server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from simulator import exchange
from simulator.models import Scenario


class Command(BaseCommand):
    help = "Write scenarios as JSON, one file each; all of them, unless some are named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="which ones")
        parser.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where to (this folder)")

    def handle(self, *args: Any, slugs: list[str], to: Path, **options: Any) -> None:
        chosen = Scenario.objects.order_by("slug")
        missing = sorted(set(slugs) - set(chosen.filter(slug__in=slugs).values_list("slug", flat=True)))
        if missing:
            raise CommandError(f"No scenario is called {', '.join(missing)}. Nothing was written.")
        files = [exchange.packed([one]) for one in (chosen.filter(slug__in=slugs) if slugs else chosen)]
        there = [str(to / name) for name, _ in files if (to / name).exists()]
        if there:
            raise CommandError(f"Already there, and nothing was written: {', '.join(there)}. Choose another folder.")
        to.mkdir(parents=True, exist_ok=True)
        for name, text in files:
            (to / name).write_text(text, encoding="utf-8")
            self.stdout.write(str(to / name))
