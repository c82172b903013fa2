"""What browser tests share: a house with its built-in scenarios, a visitor, and pages that must not complain.

A module has one visitor, so that scripts and styles are fetched once; every test has a page of its own.
Whatever a test is about, its pages may not write an error to the console (which is also where a breach of the
content-security policy goes), and no request may leave the server they came from.
"""

from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.player import Player

SIZE = {"width": 1280, "height": 800}
PATIENCE_MS = 10_000

expect.set_options(timeout=PATIENCE_MS)

Opener = Callable[..., Player]


@pytest.fixture
def house(live: str) -> str:
    """The address of the running server, with the built-in scenarios in its library."""
    call_command("load_scenarios", verbosity=0)
    return live


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """One person's browser: cookies, storage and cache."""
    context = browser.new_context(viewport=SIZE, color_scheme="dark")
    yield context
    context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of this test complain about; a test that provokes a complaint takes it out."""
    return []


@pytest.fixture
def new_page(complaints: list[str]) -> Iterator[Callable[[BrowserContext], Page]]:
    """A page of a given browser that is listened to, and closed after the test."""
    pages: list[Page] = []

    def make(context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: _judge(request.url, complaints))
        page.on("websocket", lambda line: _judge(line.url, complaints))
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.close()
    assert complaints == []


@pytest.fixture
def page(visitor: BrowserContext, new_page: Callable[[BrowserContext], Page]) -> Page:
    """Overrides pytest-playwright's: a page of the module's visitor."""
    return new_page(visitor)


@pytest.fixture
def play(house: str, page: Page) -> Opener:
    """Opens a scenario as its visitor does, on the test's page."""

    def open_scenario(slug: str = "transactional-emails", story: bool = False) -> Player:
        page.goto(f"{house}/play/{slug}/?seed=7")
        player = Player(page).ready()
        if not story:
            player.story(on=False)
        return player

    return open_scenario


def _judge(url: str, complaints: list[str]) -> None:
    if "//127.0.0.1:" not in url and not url.startswith(("data:", "blob:")):
        complaints.append(f"A request left the house: {url}")
