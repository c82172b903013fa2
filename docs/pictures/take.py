"""Takes the pictures of the README anew: `python -m docs.pictures.take http://127.0.0.1:8000`, with the server running.

A script, so that whoever changes the looks can show them as they are; always the same seed and the same moments, so
that a new picture differs only by what was changed. It needs what the tests need (tests/requirements.txt).
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.browser.player import Player

HERE = Path(__file__).parent
LARGEST = 300 * 1024
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PROJECTOR = {"width": 1024, "height": 768}


def main(address: str) -> str | None:
    """What went wrong, in a sentence, or None."""
    with sync_playwright() as playwright:
        options = chromium.find(playwright.chromium)
        if options is None:
            return chromium.ADVICE
        browser = playwright.chromium.launch(args=chromium.ARGUMENTS, **options)
        for take in (_library, _play, _story, _order, _topic, _bus, _machine, _bench, _phone, _projector):
            take(browser, address)
        browser.close()
    large = [path.name for path in HERE.glob("*.png") if path.stat().st_size > LARGEST]
    return f"Too large for a README: {', '.join(large)}" if large else None


def _library(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 840}, color_scheme="light")
    page.goto(address)
    page.screenshot(path=HERE / "library.png")


def _play(browser: Browser, address: str) -> None:
    """Two minutes into the transactional e-mails: work, a circle of poison messages, one of them out of it."""
    player = _open(browser.new_page(viewport=WIDE, color_scheme="dark"), f"{address}/play/transactional-emails/")
    player.story(on=False).go_to(127).choose("emails").tab("Messages").pause_with_a_message_on_its_way()
    _take(player, "play-dark")


def _story(browser: Browser, address: str) -> None:
    """The crash of the other lesson, where the story stops the run and asks."""
    player = _open(browser.new_page(viewport=WIDE, color_scheme="light"), f"{address}/play/crashed-consumer/")
    player.story(on=False).go_to(38).story(on=True).press_play().stands()
    player.card.wait_for()
    _take(player, "play-light")


def _order(browser: Browser, address: str) -> None:
    """The same work through a standard queue and a FIFO queue: there groups wait behind locks."""
    player = _open(browser.new_page(viewport=WIDE, color_scheme="dark"), f"{address}/play/order-matters/")
    player.story(on=False).go_to(60).choose("fifo").tab("Messages")
    _take(player, "order-dark")


def _topic(browser: Browser, address: str) -> None:
    """One order for three departments, whose filter policies let through what they want; the warehouse is away."""
    player = _open(browser.new_page(viewport=WIDE, color_scheme="light"), f"{address}/play/fan-out-with-filters/")
    player.story(on=False).go_to(125).choose("orders")
    _take(player, "topic-light")


def _bus(browser: Browser, address: str) -> None:
    """Rules of four teams, of which an event lights some; the API of one team is down."""
    player = _open(browser.new_page(viewport=WIDE, color_scheme="dark"), f"{address}/play/orders-by-team/")
    player.story(on=False).go_to(123.6).choose("events")
    _take(player, "bus-dark")


def _machine(browser: Browser, address: str) -> None:
    """A saga: orders on the chart of their machine, and one execution that was taken back, state by state."""
    player = _open(browser.new_page(viewport=WIDE, color_scheme="dark"), f"{address}/play/order-saga/")
    player.story(on=False).go_to(60).choose("fulfilment").tab("Executions")
    player.page.locator("#inspector").get_by_text("OrderTakenBack").first.click()
    player.page.locator("#inspector .wire.is-taken").first.wait_for()
    _take(player, "machine-dark")


def _bench(browser: Browser, address: str) -> None:
    """An event beside a pattern that it does not match, and why."""
    page = browser.new_page(viewport={"width": 1280, "height": 840}, color_scheme="light")
    page.goto(f"{address}/bench/?dialect=event&example=1")
    page.locator("#bench-verdict").wait_for()
    page.screenshot(path=HERE / "bench.png")


def _phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE, color_scheme="dark", device_scale_factor=2, has_touch=True, is_mobile=True)
    player = _open(page, f"{address}/play/transactional-emails/")
    player.go_to(100)
    _take(player, "phone")


def _projector(browser: Browser, address: str) -> None:
    """The same crash for the last row: the stage alone, and the last sentence of the log below it."""
    page = browser.new_page(viewport=WIDE)
    page.add_init_script("localStorage.setItem('waystation:theme', 'projector')")
    player = _open(page, f"{address}/play/crashed-consumer/")
    player.story(on=False)
    page.set_viewport_size(PROJECTOR)
    page.keyboard.press("p")
    player.go_to(50)
    _take(player, "projector")


def _open(page: Page, address: str) -> Player:
    page.goto(f"{address}?seed=7")
    return Player(page).ready()


def _take(player: Player, name: str) -> None:
    player.page.evaluate("document.activeElement.blur()")  # a reader of the README has the focus elsewhere
    player.page.mouse.move(1, 1)
    player.page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/")) if len(sys.argv) == 2 else __doc__)
