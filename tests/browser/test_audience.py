"""Several people at one run: what they see, what they may do, and what one of them can't do to the others."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.browser.conftest import SIZE, Opener
from tests.browser.player import Player, same_picture

# Opens a line of its own to the run, says what it is told, and gives what it hears until it is closed, or enough.
SAY = """([words, enough]) => new Promise((done) => {
  const line = new WebSocket(`ws://${location.host}/ws/runs/${document.body.dataset.run}/`);
  const heard = [];
  const end = (code) => done({ code, heard });
  line.onmessage = ({ data }) => {
    const { type, message } = JSON.parse(data);
    if (type === "error" || type === "closing") heard.push(`${type}: ${message}`);
    if (heard.length >= enough) { line.onclose = null; line.close(); end(0); }
  };
  line.onclose = ({ code }) => end(code);
  line.onopen = () => { for (const one of words) line.send(one); };
})"""
FOREVER = 1000


@pytest.fixture(scope="module")
def stranger(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody else's browser."""
    context = browser.new_context(viewport=SIZE, color_scheme="dark")
    yield context
    context.close()


@pytest.fixture
def watch(stranger: BrowserContext, new_page: Callable[[BrowserContext], Page]) -> Callable[[Player], Player]:
    """Opens the run of a player as somebody else."""

    def open_run(player: Player) -> Player:
        page = new_page(stranger)
        page.goto(player.page.url)
        return Player(page).ready()

    return open_run


def test_a_second_browser_sees_the_same_picture_at_the_same_moment(play: Opener, watch: Callable[[Player], Player]):
    player = play()
    watcher = watch(player)
    player.press_play()
    watcher.until(lambda: len(watcher.picture()["drawn"]["hops"]) > 0, "the other sees messages travel, too")
    player.until(lambda: player.on_its_way("shop", "emails") is not None, "a message is on its way").press_pause()
    watcher.stands()
    assert watcher.picture() == player.picture()


def test_somebody_who_comes_late_sees_it_too(play: Opener, watch: Callable[[Player], Player]):
    player = play().go_to(30).pause_with_a_message_on_its_way()
    watcher = watch(player).stands()
    assert watcher.on_its_way("shop", "emails") is not None
    assert same_picture(watcher.picture(), player.picture())


def test_who_watches_does_not_control_but_may_fork(play: Opener, watch: Callable[[Player], Player]):
    player = play().go_to(40)
    watcher = watch(player).stands()
    buttons = watcher.page.locator("[data-transport] .transport-buttons button")
    expect(buttons).to_have_count(4)
    for button in buttons.all():
        expect(button).to_be_disabled()
    expect(watcher.page.get_by_label("Pace")).to_be_disabled()
    expect(watcher.page.get_by_text("You are watching")).to_be_visible()
    expect(watcher.track).to_have_attribute("aria-disabled", "true")
    watcher.choose("mailer").tab("Faults")
    expect(watcher.inspector.get_by_text("Only whoever started this run")).to_be_visible()
    expect(watcher.inspector.get_by_role("button", name="Crash")).to_have_count(0)

    address, moment = watcher.page.url, watcher.now
    watcher.button("Fork from here").click()
    watcher.page.wait_for_url(lambda url: url != address)
    watcher.ready().stands()
    assert watcher.now == moment
    expect(watcher.button("Play")).to_be_enabled()
    watcher.press_play().press_pause()
    assert player.now == moment, "the run that was forked stands where it stood"


def test_nonsense_from_one_page_is_answered_and_nobody_else_notices(play: Opener, watch: Callable[[Player], Player]):
    player = play()
    watcher = watch(player)
    player.press_play()
    bad = ["{", "[]", '{"type": "explode"}', '{"type": "seek", "to": "soon"}', '{"type": "play"}']
    answers = watcher.page.evaluate(SAY, [bad, len(bad)])["heard"]
    assert [answer.split(":")[0] for answer in answers] == ["error"] * len(bad)
    assert "Only whoever started this run" in answers[-1]
    _still_runs(player, watcher)


def test_a_message_that_is_too_large_closes_its_own_line_only(play: Opener, watch: Callable[[Player], Player]):
    player = play()
    watcher = watch(player)
    player.press_play()
    large = watcher.page.evaluate(SAY, [['{"type": "' + "x" * 70_000 + '"}'], FOREVER])
    assert large["code"] == 4413
    assert large["heard"] == ["closing: A message may have at most 64,000 characters of text."]
    huge = watcher.page.evaluate(SAY, [["x" * 300_000], FOREVER])
    assert huge["code"] in (1006, 1009), "beyond all measure the line is dropped"
    _still_runs(player, watcher)


def test_a_page_that_talks_too_much_is_sent_away_alone(play: Opener, watch: Callable[[Player], Player]):
    player = play()
    watcher = watch(player)
    player.press_play()
    assert watcher.page.evaluate(SAY, [['{"type": "journey", "message": 256}'] * 200, FOREVER])["code"] == 4429
    assert watcher.page.evaluate(SAY, [["nonsense"] * 40, FOREVER])["code"] == 4429
    _still_runs(player, watcher)


def test_a_page_that_loses_its_connection_resumes_by_itself(
    play: Opener,
    watch: Callable[[Player], Player],
    stranger: BrowserContext,
    new_page: Callable[[BrowserContext], Page],
):
    player = play()
    page = new_page(stranger)
    lines: list[WebSocketRoute] = []

    def connect(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    page.route_web_socket("**/ws/runs/**", connect)
    page.goto(player.page.url)
    watcher = Player(page).ready()
    player.press_play()
    watcher.until(lambda: watcher.now > 0, "the watcher sees time pass")
    lines[-1].close(code=1012, reason="The server restarts.")
    expect(watcher.body).to_have_attribute("data-connection", "waiting")
    expect(page.locator("[data-connection-banner]")).to_be_visible()
    expect(watcher.body).to_have_attribute("data-connection", "open")
    expect(page.locator("[data-connection-banner]")).to_be_hidden()
    assert len(lines) == 2
    player.press_pause()
    watcher.stands()
    assert watcher.now == player.now
    assert watcher.picture()["views"] == player.picture()["views"]


def _still_runs(player: Player, watcher: Player) -> None:
    then = player.now, watcher.now
    player.until(lambda: player.now > then[0] and watcher.now > then[1], "the run goes on for both")
    expect(player.body).to_have_attribute("data-connection", "open")
    expect(watcher.body).to_have_attribute("data-connection", "open")
