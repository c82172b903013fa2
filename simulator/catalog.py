"""The catalog: which patterns there are, with their lessons and their built-in scenarios, found by looking into
folders.

Finding a folder is the registration (DESIGN idea 7): each package named in `settings.PATTERN_PACKAGES` is walked, and
a folder in it that holds a `pattern.py` with a `PATTERN` is a pattern. So somebody else's package of patterns is one
more name in the settings. What is wrong with a folder stops the server at its start, all of it at once, because it is
a mistake in code; what is wrong with a scenario's document is reported by whoever loads it, because it is a mistake
in a document and the others are still good.
"""

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings

from simulator.engine.errors import Problem, Refused
from simulator.engine.pattern import Pattern


@dataclass(frozen=True)
class Builtin:
    """A scenario that comes with a pattern.

    `path` is pattern/name, the file's name is its slug, and `document` is None when it can't be used.
    """

    path: str
    slug: str
    document: Any
    problems: tuple[Problem, ...] = ()


def patterns() -> Mapping[str, Pattern]:
    """Every pattern by name, in the order of their folders. Raises Refused with all that is wrong in the folders."""
    return _found(tuple(settings.PATTERN_PACKAGES))[0]


def folder_of(name: str) -> Path:
    """Where a pattern's files lie."""
    return _found(tuple(settings.PATTERN_PACKAGES))[1][name]


def lesson(pattern: Pattern) -> str:
    """The pattern's lesson in markdown, or "" where its folder has none."""
    file = folder_of(pattern.name) / "lesson.md"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def builtin_scenarios() -> list[Builtin]:
    """The documents in the patterns' folders, read now, sorted by path; one that can't be read carries its problem."""
    found = [
        _read(name, file) for name in patterns() for file in sorted((folder_of(name) / "scenarios").glob("*.json"))
    ]
    slugs: dict[str, str] = {}
    checked = []
    for builtin in sorted(found, key=lambda one: one.path):
        first = slugs.setdefault(builtin.slug, builtin.path)
        if first != builtin.path:
            problem = Problem(
                builtin.path, f"has the same name as {first}", "each name once", "Rename one of the two files."
            )
            builtin = Builtin(builtin.path, builtin.slug, None, (*builtin.problems, problem))
        checked.append(builtin)
    return checked


def look_into(packages: Sequence[str]) -> tuple[dict[str, Pattern], dict[str, Path], list[Problem]]:
    """Walk the packages: the patterns found, their folders, and everything that is wrong."""
    found: dict[str, Pattern] = {}
    folders: dict[str, Path] = {}
    problems: list[Problem] = []
    for package in packages:
        try:
            roots = [Path(root) for root in importlib.import_module(package).__path__]
        except (ImportError, AttributeError) as error:
            problems.append(
                Problem(package, f"can't be searched for patterns ({error})", "", "Correct PATTERN_PACKAGES.")
            )
            continue
        for folder in sorted(file.parent for root in roots for file in root.glob("*/pattern.py")):
            pattern, wrong = _pattern_in(package, folder)
            problems += wrong
            if pattern is not None and pattern.name in found:
                wrong = [
                    Problem(str(folder), f"is a second pattern called {pattern.name!r}", "", "Rename one of the two.")
                ]
                problems += wrong
            elif pattern is not None:
                found[pattern.name] = pattern
                folders[pattern.name] = folder
    return found, folders, problems


@cache
def _found(packages: tuple[str, ...]) -> tuple[Mapping[str, Pattern], Mapping[str, Path]]:
    found, folders, problems = look_into(packages)
    if problems:
        raise Refused(problems)
    return MappingProxyType(found), MappingProxyType(folders)


def _pattern_in(package: str, folder: Path) -> tuple[Pattern | None, list[Problem]]:
    name = f"{package}.{folder.name}.pattern"
    module = importlib.import_module(
        name
    )  # a pattern that can't be imported is a bug, and shows as the traceback it is
    pattern = getattr(module, "PATTERN", None)
    if not isinstance(pattern, Pattern):
        return None, [
            Problem(name, "holds no PATTERN", "a value of type Pattern", "Declare it, or move the folder away.")
        ]
    problems = []
    if pattern.name != folder.name:
        problems.append(
            Problem(
                name, f"calls itself {pattern.name!r}", f"the folder's name, {folder.name!r}", "Rename one of the two."
            )
        )
    if pattern.module != name:
        problems.append(Problem(name, f"says that its module is {pattern.module!r}", name, "Pass module=__name__."))
    return (None if problems else pattern), problems


def _read(pattern: str, file: Path) -> Builtin:
    path = f"{pattern}/{file.stem}"
    try:
        return Builtin(path, file.stem, json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        return Builtin(path, file.stem, None, (Problem(path, f"is not JSON ({error})", "", "Correct the file."),))
