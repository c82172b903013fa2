"""Which version of the rules this is: a digest of the sources that decide what happens in a run and what is kept of it.

The same version plays the same scenario, seed and journal to the same trace, and can read the states it has stored.
Of another version neither is known: its states are not read, and its trace is compared (`simulator.folds.digest`).
"""

import hashlib
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from simulator import engine, folds, live

LENGTH = 16


@cache
def version() -> str:
    """Sixteen hexadecimal digits."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for root in _roots():
        for file in sorted(root.rglob("*.py")):
            digest.update(f"\n{file.relative_to(root)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:LENGTH]


def _roots() -> Iterator[Path]:
    packages = [engine, folds, live, *map(importlib.import_module, settings.PATTERN_PACKAGES)]
    yield from (Path(root) for package in packages for root in package.__path__)
