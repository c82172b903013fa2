"""Reading and steering without a mouse, without sight of the stage, without motion, on a projector and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import SIZE, Opener
from tests.browser.player import Player

Opened = Callable[..., Player]

# The smallest text in sight, in CSS pixels, with what it says.
SMALLEST_TEXT = """() => [...document.querySelectorAll("body *")]
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen, noscript"))
  .filter((element) => element.getBoundingClientRect().width > 1)
  .map((element) => [parseFloat(getComputedStyle(element).fontSize), element.textContent.trim().slice(0, 40)])
  .sort((a, b) => a[0] - b[0])[0]"""

# In how many of 150 animation frames a message was on its way, and in how many one was painted half-way.
MIDDLE_OF_THE_WAY = """([source, target]) => new Promise((done) => {
  const { stage } = window.waystation;
  const canvas = document.querySelector("[data-stage] > canvas");
  const scale = canvas.width / canvas.clientWidth;
  const { nodes } = stage.drawn();
  const [left, right] = [nodes[source].x + nodes[source].width, nodes[target].x];
  const top = nodes[source].y;
  let [frames, travelling, painted] = [0, 0, 0];
  const look = () => {
    const box = [(left + right) / 2 - 20, top, 40, nodes[source].height].map((one) => Math.round(one * scale));
    if (stage.drawn().hops.some(({ x }) => x > left && x < right)) travelling += 1;
    if (canvas.getContext("2d").getImageData(...box).data.some((value) => value > 0)) painted += 1;
    frames += 1;
    if (frames < 150) requestAnimationFrame(look);
    else done([travelling, painted]);
  };
  requestAnimationFrame(look);
})"""

# Buttons and links in sight that are narrower or lower than a finger needs (WCAG 2.2, 2.5.8: 24 by 24 CSS pixels).
TOO_SMALL = """() => [...document.querySelectorAll("[data-transport] button, [data-transport] select, [role=tab]")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .map((element) => [element.getBoundingClientRect(), element.getAttribute("aria-label") ?? element.textContent])
  .filter(([box]) => box.width < 24 || box.height < 24 || box.left < 0 || box.right > innerWidth + 1)
  .map(([, name]) => name)"""


@pytest.fixture
def open_as(
    house: str, browser: Browser, new_page: Callable[[BrowserContext], Page], request: pytest.FixtureRequest
) -> Opened:
    """Opens a scenario in a browser with other habits: size, colours, motion."""

    def open_scenario(**habits: object) -> Player:
        context = browser.new_context(**{"viewport": SIZE, "color_scheme": "dark", **habits})
        request.addfinalizer(context.close)
        page = new_page(context)
        page.goto(f"{house}/play/transactional-emails/?seed=7")
        return Player(page).ready()

    return open_scenario


def test_the_keyboard_plays_pauses_steps_and_changes_the_pace(play: Opener):
    player = play()
    press = player.page.keyboard.press
    press(" ")
    player.is_in("running")
    press(".")
    player.stands()
    now = player.now
    press("ArrowRight")
    player.until(lambda: player.now > now, "the right arrow steps on").stands()
    press("ArrowLeft")
    player.until(lambda: player.now <= now, "the left arrow steps back").stands()
    now = player.now
    press("Shift+ArrowRight")
    player.until(lambda: player.now == now + 10_000_000, "shift and right is 10 s on").stands()
    press("Shift+ArrowLeft")
    player.until(lambda: player.now == now, "shift and left is 10 s back").stands()
    pace = player.page.get_by_label("Pace")
    press("+")
    expect(pace).to_have_value("2")
    press("-")
    expect(pace).to_have_value("1")


def test_the_help_lists_the_keys_and_escape_closes_what_is_open(play: Opener):
    player = play()
    player.page.keyboard.press("?")
    dialog = player.page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Play or pause")
    player.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    player.page.keyboard.press("/")
    search = player.page.get_by_role("searchbox", name="Search in the log")
    expect(search).to_be_focused()
    player.page.keyboard.type(" b+")
    expect(search).to_have_value(" b+")
    assert player.mode == "paused", "keys do nothing else while somebody types"
    player.page.keyboard.press("Escape")
    expect(search).not_to_be_focused()


def test_whatever_has_the_focus_shows_it(play: Opener):
    player = play()
    player.page.keyboard.press("Tab")
    expect(player.page.get_by_role("link", name="Skip to the content")).to_be_visible()
    seen = set()
    for _ in range(80):
        player.page.keyboard.press("Tab")
        name, shown = player.page.evaluate(
            """() => {
              const active = document.activeElement;
              const style = getComputedStyle(active);
              const halo = active.querySelector?.(".halo");
              const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              const edge = halo !== null && halo !== undefined && getComputedStyle(halo).stroke !== "none";
              const own = style.boxShadow !== "none" || (active.matches("[data-link]"));
              const name = active.getAttribute("aria-label") ?? active.textContent.trim().split("\\n")[0];
              return [name, ring || edge || own];
            }"""
        )
        if name == "Skip to the content":
            break
        assert shown, f"{name!r} has the focus and does not show it"
        seen.add(name)
    assert {"Play", "Moment of the run"} <= seen, "the transport can be reached with the Tab key"


def test_the_stage_is_told_in_words(play: Opener):
    player = play().go_to(30)
    expect(player.page.locator("[data-summary]")).to_contain_text("emails")
    player.page.get_by_role("button", name="Text view").click()
    rows = player.page.locator("[data-text-rows] tr")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="mailer")).to_contain_text("busy")
    station = player.page.locator("[data-node][data-id=emails]")
    expect(station).to_have_attribute("role", "button")
    assert "in flight" in (station.get_attribute("aria-label") or "")


def test_messages_can_be_followed_from_the_keyboard(play: Opener):
    player = play().go_to(30)
    player.until(lambda: player.view("emails")["inflight"] > 0, "the queue holds something")
    player.page.locator("[data-node][data-id=emails]").focus()
    player.page.keyboard.press("ArrowDown")
    expect(player.page.locator(".stage-said")).to_contain_text("m-")
    player.page.keyboard.press("Enter")
    expect(player.page.get_by_role("tabpanel", name="Journey").get_by_role("heading")).to_contain_text("m-")


def test_with_reduced_motion_nothing_travels(open_as: Opened):
    player = open_as(reduced_motion="reduce").story(on=False).press_play()
    player.until(lambda: player.view("mailer")["busy"] > 0, "work is done all the same")
    travelling, painted = player.page.evaluate(MIDDLE_OF_THE_WAY, ["shop", "emails"])
    assert travelling > 0, "messages were on their way"
    assert painted == 0, "none was painted on its way"


def test_without_reduced_motion_the_same_look_finds_messages_travelling(open_as: Opened):
    player = open_as().story(on=False).press_play()
    travelling, painted = player.page.evaluate(MIDDLE_OF_THE_WAY, ["shop", "emails"])
    assert travelling > 0
    assert painted > 0


@pytest.mark.parametrize("theme", ["Dark", "Light", "Projector"])
def test_a_theme_is_chosen_and_kept(open_as: Opened, theme: str):
    player = open_as()
    player.page.get_by_role("button", name="theme").click()
    player.page.get_by_role("radio", name=theme).check()
    expect(player.page.locator("html")).to_have_attribute("data-theme", theme.lower())
    player.page.reload()
    player.ready()
    expect(player.page.locator("html")).to_have_attribute("data-theme", theme.lower())


def test_on_a_projector_no_text_is_smaller_than_18_pixels(open_as: Opened):
    player = open_as(viewport={"width": 1920, "height": 1080})
    player.page.get_by_role("button", name="theme").click()
    player.page.get_by_role("radio", name="Projector").check()
    player.page.keyboard.press("Escape")
    player.go_to(60)
    size, text = player.page.evaluate(SMALLEST_TEXT)
    assert size >= 18, text


def test_with_forced_colours_the_stage_keeps_its_lines(open_as: Opened):
    player = open_as(forced_colors="active").go_to(30)
    assert player.page.evaluate("() => matchMedia('(forced-colors: active)').matches")
    expect(player.page.locator("[data-node][data-id=emails]")).to_be_visible()
    paints = player.page.evaluate(
        """() => [...document.querySelectorAll("[data-node] rect, [data-node] path")]
          .map((shape) => getComputedStyle(shape)).filter((style) => style.stroke !== "none").length"""
    )
    assert paints > 4, "stations have outlines"


def test_on_a_phone_nothing_scrolls_sideways_and_every_control_can_be_reached(open_as: Opened):
    player = open_as(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert player.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert player.page.evaluate(TOO_SMALL) == []
    player.button("Play").tap()
    player.is_in("running")
    player.button("Pause").tap()
    player.stands()
    for name in ("Journey", "Log", "Charts", "Inspector"):
        player.page.get_by_role("tab", name=name).tap()
        expect(player.page.locator(f"[data-panel={name.lower()}]")).to_be_visible()
        assert player.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    box = player.stage.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert box["height"] > 150
