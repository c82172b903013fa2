"""Makes few small files of our many modules and styles, for `manage.py start`: a lecture hall loads them all at once.

Measured on the play page: 58 requests and 177 KB compressed as the files stand, a fifth of the requests and about half
the bytes bundled. esbuild is one program of 10 MB that npm brings, and takes a tenth of a second. Development and tests
go without it, and on a machine for which it does not exist the modules are served one by one.
Source: esbuild, "API" (bundle, splitting, metafile).
"""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from simulator import assets

SOURCES = Path(settings.BASE_DIR) / "static"
PROGRAMS = Path(settings.BASE_DIR) / "node_modules" / "@esbuild"


def wanted() -> bool:
    return bool(settings.STATIC_BUNDLES)


def directory() -> Path:
    """Where the results are, under the names of their sources (`js/play.js`), beside the chunks that bundles share."""
    return Path(settings.DATA_DIR) / "bundles"


def build() -> bool:
    """Make all of it anew. False when this machine has no esbuild; a mistake in a module stops with esbuild's words."""
    shutil.rmtree(directory(), ignore_errors=True)
    _plan().unlink(missing_ok=True)
    made.cache_clear()
    program = next((file for name in ("*/bin/esbuild", "*/esbuild.exe") for file in PROGRAMS.glob(name)), None)
    if program is None:
        return False
    scripts = sorted((SOURCES / "js").glob("*.js"))
    entries = [file for file in scripts if assets.imported_by(file.name)]
    metafile = directory() / "meta.json"
    options = ["--bundle", "--splitting", "--format=esm", "--target=es2022", "--chunk-names=chunk-[name]-[hash]"]
    _run(program, entries, "js", *options, f"--metafile={metafile}")
    _run(program, [file for file in scripts if file not in entries], "js")
    _run(program, sorted((SOURCES / "css").glob("*.css")), "css")
    outputs = json.loads(metafile.read_text(encoding="utf-8"))["outputs"]
    metafile.unlink()
    _plan().write_text(json.dumps(_imports_of_entries(outputs)), encoding="utf-8")
    return True


@cache
def made() -> dict[str, list[str]]:
    """{entry point: the chunks it needs before it can run}, both as file names; empty while there are no bundles."""
    if not wanted() or not _plan().is_file():
        return {}
    plan: dict[str, list[str]] = json.loads(_plan().read_text(encoding="utf-8"))
    return plan


def imported_by(module: str) -> list[str] | None:
    """Addresses of what loads along with an entry point, None when it is not bundled.

    A chunk's name carries a hash of its own, and the bundles import it by that name.
    """
    chunks = made().get(module)
    return None if chunks is None else [f"{settings.STATIC_URL}js/{chunk}" for chunk in chunks]


def _plan() -> Path:
    return Path(settings.DATA_DIR) / "bundles.json"


def _run(program: Path, files: list[Path], folder: str, *options: str) -> None:
    if files:
        where = f"--outdir={directory() / folder}"
        words = [str(program), *map(str, files), where, "--minify", "--log-level=warning", *options]
        subprocess.run(words, cwd=settings.BASE_DIR, check=True)


def _imports_of_entries(outputs: dict[str, Any]) -> dict[str, list[str]]:
    """From esbuild's metafile, per entry point: all it imports, its imports' imports included, `import()` excluded."""
    direct = {
        PurePosixPath(path).name: [
            PurePosixPath(one["path"]).name for one in output["imports"] if one["kind"] == "import-statement"
        ]
        for path, output in outputs.items()
    }
    plan = {}
    for path in outputs:
        name = PurePosixPath(path).name
        if (SOURCES / "js" / name).is_file():
            waiting, found = list(direct[name]), []
            while waiting:
                chunk = waiting.pop(0)
                if chunk not in found:
                    found.append(chunk)
                    waiting += direct[chunk]
            plan[name] = found
    return plan
