"""The house plan is kept: arrows between rooms, a pure simulated world, a strict page. Source: DESIGN, section 2."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house import arrows, browser_side, purity

ROOT = Path(__file__).resolve().parent.parent
CEILING = 500  # lines
WRITTEN_IN = ("simulator", "patterns", "static", "templates", "tests", "benchmarks")


def python_modules(*packages: str) -> Iterator[tuple[str, str]]:
    """(dotted name, source) of our modules below these packages."""
    for package in packages:
        for file in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
            yield ".".join(file.relative_to(ROOT).with_suffix("").parts), file.read_text(encoding="utf-8")


def files(folder: str, pattern: str) -> Iterator[tuple[str, str]]:
    """(path below the folder, text)."""
    for file in sorted((ROOT / folder).rglob(pattern)):
        yield file.relative_to(ROOT / folder).as_posix(), file.read_text(encoding="utf-8")


def refuse(complaints: Iterable[str]) -> None:
    found = list(complaints)
    assert not found, "\n" + "\n".join(found)


def test_imports_follow_the_arrows():
    modules = list(python_modules("simulator", "patterns"))
    assert len(modules) > 20
    refuse(line for name, source in modules for line in arrows.complaints(name, source))


def test_the_simulated_world_is_pure():
    modules = list(python_modules(*arrows.PURE))
    assert len(modules) > 10
    refuse(line for name, source in modules for line in purity.complaints(name, source))


def test_javascript_follows_the_arrows_and_the_policy():
    modules = list(files("static/js", "*.js"))
    assert len(modules) > 3
    refuse(line for path, source in modules for line in browser_side.javascript_complaints(path, source))


def test_request_animation_frame_occurs_once():
    """STYLE: one clock drives what is drawn, so that pausing it pauses everything."""
    counts = {path: browser_side.animation_frames(source) for path, source in files("static/js", "*.js")}
    assert sum(counts.values()) == 1, {path: count for path, count in counts.items() if count}


def test_templates_hold_no_code_and_no_styles():
    pages = list(files("templates", "*.html"))
    assert len(pages) > 3
    refuse(line for path, source in pages for line in browser_side.template_complaints(path, source))


def test_no_file_outgrows_itself():
    lengths = {
        f"{folder}/{path}": text.count("\n")
        for folder in WRITTEN_IN
        for kind in ("*.py", "*.js", "*.css", "*.html")
        for path, text in files(folder, kind)
    }
    refuse(f"{path} has {lines} lines; {CEILING} is the ceiling" for path, lines in lengths.items() if lines > CEILING)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("simulator.engine.kernel", "from simulator.folds import frame"),
        ("simulator.engine.kernel", "from ..folds import frame"),
        ("simulator.engine.kernel", "import django"),
        ("simulator.engine.kernel", "def late():\n    from simulator.models import Run"),
        ("simulator.folds.frame", "from simulator.live.hub import Hub"),
        ("simulator.folds.frame", "from django.db import models"),
        ("simulator.catalog", "import simulator.models"),
        ("simulator.models", "from simulator.live import hub"),
        ("simulator.permissions", "from simulator.pages import play"),
        ("simulator.live.session", "from simulator.pages.play import view"),
        ("simulator.live.session", "import patterns.queue.node"),
        ("simulator.pages.play", "from simulator import urls"),
        ("simulator.catalog", "from patterns import queue"),
        ("simulator.assets", "from simulator.models import Run"),
        ("simulator.models", "from simulator import assets"),
        ("simulator.shed", "from simulator import engine"),
        ("simulator.engine.kernel", "from simulator import shed"),
        ("simulator.live.hub", "from tests import conftest"),
        ("patterns.queue.node", "from patterns.worker import node"),
        ("patterns.queue.node", "from ..worker import node"),
        ("patterns.queue.node", "import simulator.folds.frame"),
        ("patterns.queue.node", "from simulator import catalog"),
        ("patterns.queue.node", "from django.conf import settings"),
        ("patterns.filters", "from patterns.queue import node"),
    ],
)
def test_an_arrow_the_wrong_way_is_refused(module: str, source: str):
    assert len(arrows.complaints(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("simulator.asgi", "from simulator.live.routing import websocket_urlpatterns"),
        ("simulator.urls", "from simulator.pages import play"),
        ("simulator.admin", "from simulator.live import hub"),
        ("simulator.management.commands.start", "from simulator import server"),
        ("simulator.pages.play", "from simulator.engine.run import Run\nfrom simulator import __version__"),
        ("simulator.live.session", "from simulator.folds import frame\nfrom . import hub"),
        ("simulator.models", "from simulator.permissions import may\nimport django"),
        ("simulator.engine.run", "from .kernel import Kernel\nfrom pydantic import BaseModel"),
        ("patterns.queue.node", "from simulator.engine.node import Node\nfrom .config import Settings"),
        ("patterns.queue.node", "from patterns.filters import matches\nfrom patterns.queue import config"),
    ],
)
def test_an_arrow_the_right_way_is_allowed(module: str, source: str):
    assert arrows.complaints(module, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from time import monotonic",
        "def f():\n    import asyncio",
        "from threading import Lock",
        "import logging.config",
        "from os import environ",
        "import random\nx = random.random()",
        "from random import choice",
        "from uuid import uuid4",
        "import uuid\nx = uuid.uuid4()",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.utcnow()",
        "from datetime import date\nx = date.today()",
        "open('a')",
        "print(1)",
        "x = hash('a')",
        "x = id(object())",
        "for x in {1, 2}: pass",
        "for x in set(a): pass",
        "x = [y for y in {1, 2}]",
        "x = {y: 1 for y in frozenset(a)}",
        "names = set()\nfor x in names: pass",
        "names: set[str] = load()\nx = list(names)",
        "def f(names: frozenset[str]):\n    return ','.join(names)",
        "def f(names: set[str] | None):\n    for x in names: pass",
        "def g() -> set[int]: ...\nfor x in g(): pass",
        "for x in a.keys() - b: pass",
        "def f(a: set[int], b):\n    return tuple(a | b)",
        "def f(a: set[int]):\n    return a.pop()",
        "def f(a: set[int]):\n    return [*a]",
        "class C:\n    def __init__(self):\n        self.a = set()\n    def f(self):\n        for x in self.a: pass",
        "class C:\n    held: set[str]\n    def f(self):\n        return [x for x in self.held]",
        "def f(a):\n    b = {x for x in a}\n    def g():\n        return list(b)",
        "def f(a: set[int]):\n    return sum(x * 0.1 for x in a)",
    ],
)
def test_an_impure_line_is_refused(source: str):
    assert len(purity.complaints("patterns.queue.node", source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import random\nstream = random.Random('7/shop/arrivals')",
        "from random import Random\ndef f(random: Random):\n    return random.random()",
        "from datetime import datetime, timezone\nx = datetime(2000, 1, 1)",
        "x = kernel.now()",
        "for x in sorted({1, 2}): pass",
        "names = set()\nx = len(names), 'a' in names, sorted(y for y in names)",
        "def f(a: set[int]):\n    return any(x > 1 for x in a)",
        "def f(a: set[int]):\n    return {x + 1 for x in a}",
        "def f(a: dict[int, int]):\n    for x in a: pass\n    return a.pop(1)",
        "def f(a: list[int]):\n    return a.pop()",
        "class Queue:\n    id: str\n    def open(self) -> None: ...",
    ],
)
def test_a_pure_line_is_allowed(source: str):
    assert purity.complaints("patterns.queue.node", source) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("player/playhead.js", "import { draw } from 'app/stage/stage.js';"),
        ("player/playhead.js", "import uPlot from 'uplot';"),
        ("stage/stage.js", "import { now } from 'app/player/playhead.js';"),
        ("stage/stage.js", "import { now } from '../player/playhead.js';"),
        ("charts/depth.js", "export { place } from 'app/stage/place.js';"),
        ("editor/editor.js", "await import('app/charts/depth.js');"),
        ("stage/stage.js", "import 'app/play.js';"),
        ("attic/thing.js", "import { a } from 'app/attic/other.js';"),
        ("play.js", "node.setAttribute('style', 'x: y');"),
        ("play.js", "eval('1');"),
    ],
)
def test_javascript_against_the_plan_is_refused(path: str, source: str):
    assert len(browser_side.javascript_complaints(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("play.js", "import { draw } from 'app/stage/stage.js';\nimport { now } from 'app/player/playhead.js';"),
        ("editor/editor.js", "import { draw } from 'app/stage/stage.js';"),
        ("charts/depth.js", "import uPlot from 'uplot';"),
        ("stage/stage.js", "// import { now } from 'app/player/playhead.js';\nimport { a } from 'app/stage/a.js';"),
    ],
)
def test_javascript_within_the_plan_is_allowed(path: str, source: str):
    assert browser_side.javascript_complaints(path, source) == []


def test_a_comment_about_request_animation_frame_is_not_a_use():
    source = "// requestAnimationFrame\n/* requestAnimationFrame */ const a = '//'; requestAnimationFrame(tick);"
    assert browser_side.animation_frames(source) == 1


@pytest.mark.parametrize(
    "source",
    [
        "<script>start()</script>",
        "<style>p { margin: 0 }</style>",
        '<p style="margin: 0">a</p>',
        '<button {% if a %}disabled{% endif %} onclick="go()">a</button>',
        '<button hx-on:click="go()">a</button>',
        '<a href="javascript:go()">a</a>',
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="//example.org/a.css">',
    ],
)
def test_a_template_against_the_policy_is_refused(source: str):
    assert len(browser_side.template_complaints("play/page.html", source)) == 1


def test_a_template_with_data_and_addresses_is_allowed():
    source = """{% load static %}{# <style> #}<script type="module" src="{% static 'js/play.js' %}"></script>
        <script type="application/json" id="run">{{ run }}</script><a href="https://example.org/">read more</a>"""
    assert browser_side.template_complaints("play/page.html", source) == []
