"""How scripts and styles reach the browser: an import map, packages from node_modules, and a strict security policy."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.test import Client, RequestFactory

from simulator import assets


def test_the_import_map_names_our_modules_and_the_packages_and_nothing_relative():
    names = assets.import_map()["imports"]
    assert names["uplot"] == "/static/npm/uplot/dist/uPlot.esm.js"
    assert names["@dagrejs/dagre"].startswith("/static/npm/%40dagrejs/dagre/")
    ours = [name for name in names if name.startswith("app/")]
    assert ours and all(names[name] == f"/static/js/{name.removeprefix('app/')}" for name in ours)
    assert all(finders.find(unquote(address).removeprefix("/static/")) for address in names.values())


@pytest.mark.parametrize(
    "path",
    [
        "npm/uplot/package.json",
        "npm/uplot/dist/../package.json",
        "npm/typescript/lib/tsc.js",
        "npm/uplot/dist/uPlot.iife.js",
        "uplot/dist/x",
    ],
)
def test_the_rest_of_a_package_is_not_served(path: str):
    assert not finders.find(path)


def test_an_entry_point_is_preceded_by_preloads_of_all_it_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "stage").mkdir()
    (tmp_path / "play.js").write_text("import { a } from 'app/stage/a.js';\nawait import('app/stage/late.js');\n")
    (tmp_path / "stage/a.js").write_text("import {\n  b,\n} from 'app/stage/b.js';\nimport uPlot from 'uplot';\n")
    (tmp_path / "stage/b.js").write_text("export const b = 'import c from app/stage/c.js';\n")
    monkeypatch.setattr(assets, "MODULES", tmp_path)
    assert assets.imported_by("play.js") == ["app/stage/a.js", "app/stage/b.js", "uplot"]


def test_the_import_map_carries_the_nonce_of_the_policy():
    from csp.middleware import CSPMiddleware

    def page(request: HttpRequest) -> HttpResponse:
        context = RequestContext(request, {})
        return HttpResponse(Template("{% load assets %}{% importmap %}").render(context))

    response = CSPMiddleware(page)(RequestFactory().get("/"))
    nonce = re.search(r'<script type="importmap" nonce="([^"]+)">', response.content.decode())
    assert nonce and f"'nonce-{nonce[1]}'" in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_every_answer_forbids_inline_code_frames_and_other_servers(client: Client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["script-src"] == "'self'" and directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'" and directives["connect-src"] == "'self'"
