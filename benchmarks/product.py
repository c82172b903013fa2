"""The product set up for a benchmark: its settings on a data directory that vanishes with the process."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from simulator import catalog  # noqa: E402
from simulator.engine import scenario  # noqa: E402


def read(document: dict[str, Any]) -> scenario.Scenario:
    """A scenario of a document, checked as one that somebody uploads."""
    return scenario.read(document, catalog.patterns())
