"""`manage.py import_scenarios`: take in what was exported: all of it as drafts or, with every problem told, none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError

from simulator import exchange
from simulator.engine.errors import Refused


class Command(BaseCommand):
    help = "Take in scenarios from files of JSON, as drafts under names that are free."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="one scenario, or a list of them")
        parser.add_argument("--author", default="", metavar="NAME", help="whose drafts they become; nobody's otherwise")

    def handle(self, *args: Any, files: list[Path], author: str, **options: Any) -> None:
        user = get_user_model().objects.filter(username=author).first()
        if author and user is None:
            raise CommandError(f"Nobody is called {author}.")
        try:
            incoming = exchange.unpacked([(file.name, file.read_bytes()) for file in files])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from None
        except Refused as refused:
            raise CommandError("Nothing was taken in:\n  " + "\n  ".join(map(str, refused.problems))) from None
        for wanted, made in zip(incoming, exchange.take_in(incoming, user.pk if user else None), strict=True):
            taken = f" (the name {wanted.slug} was taken)" if made.slug != wanted.slug else ""
            self.stdout.write(f"{made.slug}: a draft{taken}")
