"""Which room may import which. Read with `ast`, so that an import inside a function counts like any other.

asgi ▶ urls ▶ pages ▶ live ▶ models ▶ catalog ▶ folds ▶ engine        an earlier room may use any later one
patterns.<name> ▶ simulator.engine, patterns.filters, itself
"""

import ast
from collections.abc import Iterator

ROOMS = ("asgi", "urls", "pages", "live", "models", "catalog", "folds", "engine")
# Modules that stand in a room under another name.
SAME_ROOM = {
    "admin": "pages",
    "apps": "pages",
    "management": "pages",
    "templatetags": "pages",
    "permissions": "models",
    "limits": "models",
    "exchange": "models",
    "builtins": "models",
    "migrations": "models",
}
# What carries the house: the rooms down to pages may use it, and it uses no room.
GROUND = ("assets", "bootstrap", "bundles", "delivery", "finders", "server", "settings")
PURE = ("simulator.engine", "simulator.folds", "patterns")
FRAMEWORKS = ("django", "channels", "daphne", "twisted", "asgiref")


def complaints(module: str, source: str) -> list[str]:
    """What is wrong with the imports of `module`, a dotted name such as `simulator.live.session`."""
    found = []
    for line, target in imports(module, source):
        reason = _refused(module, target)
        if reason:
            found.append(f"{module}, line {line}: imports {target}, but {reason}")
    return found


def imports(module: str, source: str) -> Iterator[tuple[int, str]]:
    """(line, full dotted name) of everything imported. `module` ends in `.__init__` for a package's own file."""
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def room(module: str) -> str | None:
    """The room of a module of `simulator`, `ground` for what carries the house, None for a module without a place."""
    part = [*module.split("."), "__init__"][1]
    part = SAME_ROOM.get(part, part)
    if part in GROUND or part.startswith("__"):
        return "ground"
    return part if part in ROOMS else None


def _refused(module: str, target: str) -> str:
    """Why this import is not allowed, or nothing."""
    outer = target.split(".")[0]
    if outer in FRAMEWORKS and module.startswith(PURE):
        return "engine, folds and patterns know no web framework"
    if outer == "tests":
        return "the product does not know its tests"
    if module.startswith("patterns"):
        return _refused_to_pattern(module, target)
    if outer == "patterns":
        return "simulator finds patterns (settings.PATTERN_PACKAGES) and never imports one"
    if outer != "simulator":
        return ""
    return _refused_between_rooms(room(module), room(target))


def _refused_between_rooms(here: str | None, there: str | None) -> str:
    if here is None or there is None:
        return "one of the two has no place in the house: give it one in DESIGN's plan and in tests/house/arrows.py"
    if here == "ground":
        return "" if there == "ground" else "what carries the house uses no room of it"
    if there == "ground":
        return "" if ROOMS.index(here) <= ROOMS.index("pages") else f"{here} stands on its own"
    return "" if ROOMS.index(here) <= ROOMS.index(there) else f"the arrow goes from {there} to {here}, never back"


def _refused_to_pattern(module: str, target: str) -> str:
    itself = ".".join(module.split(".")[:2])
    allowed = ("simulator.engine", "patterns.filters", itself)
    ours = target.split(".")[0] in ("simulator", "patterns")
    if not ours or any(target == name or target.startswith(name + ".") for name in allowed):
        return ""
    return f"a pattern uses only {', '.join(allowed)}"
