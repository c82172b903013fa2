"""Habits that are checked by machine: style, types and format, in Python and in JavaScript, kept in every commit.

The rules stand in pyproject.toml, biome.json and tsconfig.json. To repair what can be repaired by machine:
`ruff check --fix .`, `ruff format .`, `node_modules/.bin/biome check --write`.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from simulator import bootstrap

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"


def run(*words: str) -> None:
    """Run a checker in the checkout; what it complains about is the failure."""
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(words[1:])}\n{done.stdout}{done.stderr}", pytrace=False)


def run_with_node(script: str, *words: str) -> None:
    assert (PACKAGES / script).is_file(), "the checkers of our JavaScript are missing: run `python3 manage.py test`"
    run(*bootstrap.node_command(), str(PACKAGES / script), *words)


def test_python_keeps_the_rules():
    run(sys.executable, "-m", "ruff", "check", "--output-format=concise", ".")


def test_python_is_formatted():
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_python_types_fit():
    run(sys.executable, "-m", "mypy")


def test_javascript_and_styles_keep_the_rules_and_are_formatted():
    run_with_node("@biomejs/biome/bin/biome", "check", "--max-diagnostics=60", "--colors=off")


def test_javascript_types_fit():
    run_with_node("typescript/bin/tsc", "--project", "tsconfig.json", "--pretty", "false")


def test_the_tests_written_in_javascript_pass():
    """The parts of the page that are functions of data are tested where they run, without a browser."""
    names = ROOT / "tests/js/names.mjs"  # finds app/… as the page's import map does
    files = sorted(str(file) for file in (ROOT / "tests/js").rglob("*.test.js"))
    assert files
    run(*bootstrap.node_command(), "--import", names.as_uri(), "--test-reporter=spec", "--test", *files)
