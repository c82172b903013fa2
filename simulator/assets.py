"""What a browser may import: the npm packages of package.json and our own modules, and the import map that names them.

Modules are served as they are while we develop and test, and a bare name keeps working when a file's address carries
the hash of its content; `manage.py start` serves bundles of the same modules instead (simulator/bundles.py).
`app/stage/stage.js` is `static/js/stage/stage.js`. Source: HTML Standard, "Import maps".
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

PACKAGES = Path(settings.BASE_DIR) / "node_modules"
MODULES = Path(settings.BASE_DIR) / "static" / "js"

_IMPORT = re.compile(r"""^\s*(?:import|export)\b[^'"();]*?['"]([^'"\n]+)['"]""", re.MULTILINE)


@cache
def packages() -> dict[str, str]:
    """{bare name: path of its module below node_modules}, for package.json's dependencies and for theirs in turn."""
    found: dict[str, str] = {}
    wanted = list(json.loads((PACKAGES.parent / "package.json").read_text(encoding="utf-8"))["dependencies"])
    while wanted:
        name = wanted.pop()
        manifest = PACKAGES / name / "package.json"
        if name in found or not manifest.is_file():
            continue
        package = json.loads(manifest.read_text(encoding="utf-8"))
        found[name] = f"{name}/{_entry(package)}"
        wanted += package.get("dependencies", {})
    return found


def import_map() -> dict[str, dict[str, str]]:
    """The import map as the HTML Standard has it: every bare name with the address of its file."""
    named = {name: static(f"npm/{path}") for name, path in sorted(packages().items())}
    named |= {f"app/{path}": static(f"js/{path}") for path in own_modules()}
    return {"imports": named}


def own_modules() -> list[str]:
    """Our own modules as paths below `static/js`, in alphabetical order."""
    return sorted(file.relative_to(MODULES).as_posix() for file in MODULES.rglob("*.js"))


def imported_by(module: str) -> list[str]:
    """The bare names `module` (a path below `static/js`) loads before it can run, its own imports' imports included.

    What is loaded later, by `import()`, is left out. Order: as a browser meets them.
    """
    known, found = packages(), []
    waiting = _imports(MODULES / module)
    while waiting:
        name = waiting.pop(0)
        if name in found or name == f"app/{module}":
            continue
        if name.startswith("app/") and (MODULES / name.removeprefix("app/")).is_file():
            waiting += _imports(MODULES / name.removeprefix("app/"))
        elif name not in known:
            continue
        found.append(name)
    return found


def address(name: str) -> str:
    """The address of the file behind a bare name."""
    return static(f"js/{name.removeprefix('app/')}" if name.startswith("app/") else f"npm/{packages()[name]}")


def _imports(file: Path) -> list[str]:
    return _IMPORT.findall(file.read_text(encoding="utf-8")) if file.is_file() else []


def _entry(package: dict[str, Any]) -> str:
    """The ES module a browser gets for a package's bare name, as a path inside the package.

    Source: Node.js, "Package entry points" (conditions `browser`, `import`, `default`); `module` is the bundlers'
    older way.
    """
    exports = package.get("exports", {})
    target = exports.get(".", exports) if isinstance(exports, dict) else exports
    while isinstance(target, dict):
        target = target.get("browser") or target.get("import") or target.get("default")
    return str(target or package.get("module") or package["main"]).removeprefix("./")
