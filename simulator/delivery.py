"""Prepares what browsers load for `manage.py start`: bundled, compressed, and under names that change with the content.

WhiteNoise can serve the sources too, but neither compressed nor cached for ever: a first load would be three times as
large, and every later one would ask again for each file. Preparing takes seconds, so it is done when a file has
changed. Sources: Django, "ManifestStaticFilesStorage"; WhiteNoise, "Using WhiteNoise with Django".
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from simulator import bundles

# Files nobody asks for: htmx 4 with its extensions, and once there are bundles, the modules they are made of.
UNUSED = ("htmx-4.*", "htmax-4.*", "htmx-2.js", "ext")
BUNDLED = ("js/*/*", "*/dist/*.js", "*/dist/*.map")


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Compresses only what pages refer to: a file under its plain name is there for completeness."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        hashed = re.compile(settings.WHITENOISE_IMMUTABLE_FILE_TEST)
        yield from super().compress_files([path for path in paths if hashed.search(f"/{path}")])


def collect() -> None:
    """Prepare everything again if a static file was added, removed or written; debug mode serves the sources."""
    if settings.DEBUG:
        return
    stamp = Path(settings.DATA_DIR) / "static.digest"
    collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if collected.is_file() and stamp.is_file() and stamp.read_text(encoding="ascii") == digest():
        return
    unused = [*UNUSED, *BUNDLED] if bundles.build() else [*UNUSED]
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=unused)
    stamp.write_text(digest(), encoding="ascii")


def digest() -> str:
    """Changes when a static file, or a bundle of some, is added, removed, or written."""
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            status = Path(storage.path(name)).stat()
            found.update(f"{storage.path(name)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()
