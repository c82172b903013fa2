"""What tests share: a live server in a thread, a browser, and the order in which they run.

`live` is the address of a real Daphne in this process, on the test database: a test can look at and change what the
server sees. It needs a database file, because another thread's connection cannot share one in memory.
"""

import os
import threading
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop running in this thread
hypothesis.settings.register_profile("waystation", deadline=None, print_blob=True)
hypothesis.settings.load_profile("waystation")

START_SECONDS = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--swarm-seed", type=int, default=None, help="play only the swarm of this seed")
    parser.addoption("--rewrite-golden", action="store_true", help="write the stories of tests/golden anew")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests last: once Playwright has started, this thread has a running loop and no async test can run.

    A long test runs only when the -m expression speaks of long ones.
    """
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
    expression = config.getoption("markexpr")
    if "long" not in expression:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _what_a_process_remembers() -> Iterator[None]:
    """Each test begins with what the database says: limits and failed sign-ins of another test are forgotten."""
    from django.core.cache import caches

    from simulator import limits

    limits.forget()
    caches["sign-in"].clear()
    yield
    limits.forget()


@pytest.fixture(scope="session")
def _server(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    from simulator import server

    ready = threading.Event()
    with django_db_blocker.unblock():
        waystation = server.build("127.0.0.1", 0, ready.set, signal_handlers=False)
        thread = threading.Thread(target=waystation.run, daemon=True, name="daphne")
        thread.start()
        assert ready.wait(START_SECONDS), "Daphne did not start to listen"
        yield f"http://127.0.0.1:{waystation.port}"

        from twisted.internet import reactor

        reactor.callFromThread(waystation.stop)
        thread.join(START_SECONDS)


@pytest.fixture
def live(_server: str, transactional_db: None) -> str:
    """The address of the running server, without a slash at the end. Tables are emptied after the test."""
    return _server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type: Any, browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Overrides pytest-playwright's: the browser that is really here, with flags for machines without a screen."""
    from tests import chromium

    options = chromium.find(browser_type)
    if options is None:
        pytest.fail("There is no browser: run `python -m tests.chromium`.")
    return {**browser_type_launch_args, "args": chromium.ARGUMENTS, **options}
