"""The play page as a person has it in hand: its buttons, and what it shows.

Everything here presses what a person presses and reads what is drawn. Waiting is always for a state that lasts.
"""

import re
from collections.abc import Callable
from typing import Any, Self

from playwright.sync_api import Locator, Page, expect

MINUTE = 60
PATIENCE_MS = 12_000
LOOK_EVERY_MS = 40

PICTURE = """() => {
  const { stage, timeline, playhead } = window.waystation;
  const { now } = playhead;
  const [views, faults] = [timeline.viewsAt(now), timeline.faultsAt(now)];
  return { now, mode: timeline.mode, drawn: stage.drawn(), views, faults };
}"""

# What is drawn in each of the next `count` animation frames.
FILM = """(count) => new Promise((done) => {
  const frames = [];
  const look = () => {
    const { stage } = window.waystation;
    frames.push({ now: stage.scene.now, hops: stage.drawn().hops });
    if (frames.length < count) requestAnimationFrame(look);
    else done(frames);
  };
  requestAnimationFrame(look);
})"""


# Presses pause as soon as a message is drawn well between two stations that stand side by side.
PAUSE_ON_THE_WAY = """([source, target]) => new Promise((done) => {
  const look = () => {
    const { nodes, hops } = window.waystation.stage.drawn();
    const [left, right] = [nodes[source].x + nodes[source].width, nodes[target].x];
    if (!hops.some(({ x }) => x > left + 20 && x < (left + right) / 2)) return requestAnimationFrame(look);
    document.querySelector("[data-do=toggle]").click();
    done();
  };
  look();
})"""

# Whether everything that has arrived is shown, and drawn.
STANDS = """() => {
  const { stage, timeline, playhead } = window.waystation;
  const { scene } = stage;
  return playhead.settled && playhead.target === null && scene?.now === playhead.now && scene.mode === timeline.mode
    && timeline.viewsAt(playhead.now).every((view, index) => view === scene.views[index]);
}"""


def same_picture(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two pictures show the same: messages on their way to the width of a tick (100 µs), all else exactly.

    A key frame counts its ticks from another moment than the frames before it did. How far down the map begins is left
    out: the legend above it explains what one has seen, and may take a line more for whoever has seen more.
    """
    one, other = _from_the_top(one), _from_the_top(other)
    hops = [picture["drawn"].pop("hops") for picture in (one, other)]
    near = all(
        a["id"] == b["id"] and abs(a["x"] - b["x"]) + abs(a["y"] - b["y"]) < 3 for a, b in zip(*hops, strict=False)
    )
    return one == other and near and len(hops[0]) == len(hops[1])


def _from_the_top(picture: dict[str, Any]) -> dict[str, Any]:
    """The same picture, with heights counted from its highest station."""
    drawn = picture["drawn"]
    top = min(box["y"] for box in drawn["nodes"].values())
    nodes = {name: box | {"y": round(box["y"] - top, 3)} for name, box in drawn["nodes"].items()}
    hops = [hop | {"y": hop["y"] - top} for hop in drawn["hops"]]
    return picture | {"drawn": drawn | {"nodes": nodes, "hops": hops}}


class Player:
    """One page with one run."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.body = page.locator("body")
        self.stage = page.locator("[data-stage]")
        self.inspector = page.locator("#inspector")
        self.log = page.locator("[data-log-lines]")
        self.card = page.locator("[data-story]")
        self.track = page.get_by_role("slider", name="Moment of the run")
        self.clock = page.get_by_role("timer", name="Virtual time")

    def ready(self) -> Self:
        expect(self.body).to_have_attribute("data-ready", "yes", timeout=PATIENCE_MS)
        return self

    # Buttons.

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("group", name="Transport").get_by_role("button", name=name, exact=True)

    def press_play(self) -> Self:
        self.button("Play").click()
        return self.is_in("running", "replaying")

    def press_pause(self) -> Self:
        self.button("Pause").click()
        return self.stands()

    def story(self, on: bool) -> Self:
        switch = self.page.locator("[data-story-switch]")
        if switch.get_attribute("aria-pressed") != str(on).lower():
            switch.click()
        expect(switch).to_have_attribute("aria-pressed", str(on).lower())
        return self

    def pace(self, rate: float | None) -> Self:
        """Choose a pace from the list, in virtual seconds per second; None is `Follow`."""
        self.page.get_by_label("Pace").select_option("follow" if rate is None else f"{rate:g}")
        return self

    def spot(self, seconds: float) -> tuple[float, float]:
        """Where on the track `seconds` of virtual time are, in pixels of the page."""
        box = self.track.bounding_box()
        assert box is not None, "there is no track"
        return box["x"] + seconds * 1e6 / self.length * box["width"], box["y"] + box["height"] / 2

    def click_track(self, seconds: float) -> Self:
        self.page.mouse.click(*self.spot(seconds))
        return self

    def press_on_track(self, key: str, times: int = 1) -> Self:
        """Move the slider by keys; each press waits for the one before."""
        self.track.focus()
        for _ in range(times):
            self.page.keyboard.press(key)
            self.stands()
        return self

    def drag_to(self, seconds: float) -> Self:
        """Drag the head of the track from where it is."""
        self.page.mouse.move(*self.spot(self.now / 1e6))
        self.page.mouse.down()
        x, y = self.spot(seconds)
        self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()
        return self.until(
            lambda: abs(self.now / 1e6 - seconds) < self.slack, f"the head is dragged to {seconds} s"
        ).stands()

    def go_to(self, seconds: float) -> Self:
        """Click on the track and wait until the run stands there."""
        self.click_track(seconds)
        return self.until(lambda: abs(self.now / 1e6 - seconds) < self.slack, f"the run is near {seconds} s").stands()

    def pause_with_a_message_on_its_way(self) -> Self:
        """Step to the next message that the shop sends, and pause while it travels, at a hundredth of its speed."""
        for _ in range(80):
            self.button("To the next event").click()
            self.stands()
            if "shop sends" not in (self.log.locator("li").first.text_content() or ""):
                continue
            self.pace(0.01).press_play()
            self.page.evaluate(PAUSE_ON_THE_WAY, ["shop", "emails"])
            self.stands().pace(None)
            if self.on_its_way("shop", "emails"):  # else the machine was so slow that it has arrived meanwhile
                break
        return self

    def on_its_way(self, source: str, target: str) -> dict[str, Any] | None:
        """A message drawn between two stations that stand side by side."""
        drawn = self.picture()["drawn"]
        left = drawn["nodes"][source]["x"] + drawn["nodes"][source]["width"]
        right = drawn["nodes"][target]["x"]
        return next((dict(hop) for hop in drawn["hops"] if left < hop["x"] < right), None)

    def choose(self, node: str) -> Self:
        """Select a station with the keyboard, as nobody misses it with that."""
        self.page.locator(f"[data-node][data-id={node}]").focus()
        self.page.keyboard.press("Enter")
        expect(self.inspector.locator("[data-inspect]")).to_have_attribute("data-inspect", node)
        return self

    def tab(self, name: str) -> Self:
        """One of the inspector's tabs."""
        tab = self.inspector.get_by_role("link", name=name, exact=True)
        tab.click()
        expect(self.inspector.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "true")
        return self

    def operate(self, title: str, fields: dict[str, str], answered: bool = True) -> Self:
        """Fill in the form of an operation or a fault on the open tab, and press its button."""
        form = self.inspector.locator("details.operation, .operation-plain", has_text=title).filter(
            has=self.page.locator("button", has_text=title)
        )
        if form.first.get_attribute("open") is None:
            form.first.locator("summary").first.click()
        for label, value in fields.items():
            form.first.get_by_label(label).first.fill(value)
        form.first.get_by_role("button", name=title, exact=True).click()
        if answered:
            expect(self.inspector.locator(".notice").first).to_contain_text("done")
        return self

    # What it shows.

    @property
    def mode(self) -> str:
        return self.body.get_attribute("data-mode") or ""

    @property
    def now(self) -> int:
        """The virtual time on show, in microseconds."""
        return int(self.page.evaluate("() => window.waystation.playhead.now"))

    @property
    def length(self) -> int:
        return int(self.page.evaluate("() => window.waystation.timeline.hello.length"))

    @property
    def slack(self) -> float:
        """Seconds by which the track may miss a spot, because it draws the clock to a mark that is near."""
        return self.length / 1e6 / 60

    @property
    def furthest(self) -> int:
        return int(self.page.evaluate("() => window.waystation.timeline.furthest"))

    def view(self, node: str) -> dict[str, Any]:
        """What a station says of itself at the moment on show."""
        nodes = self.page.evaluate("() => window.waystation.timeline.hello.nodes.map((node) => node.id)")
        return dict(self.picture()["views"][nodes.index(node)])

    def picture(self) -> dict[str, Any]:
        """Everything on show: the moment, the mode, what is drawn where, the stations' views and the faults."""
        return dict(self.page.evaluate(PICTURE))

    def film(self, frames: int) -> list[dict[str, Any]]:
        return list(self.page.evaluate(FILM, frames))

    def told(self) -> list[tuple[int, str]]:
        """What the log says, oldest first: moments and sentences."""
        lines = self.page.evaluate("() => window.waystation.timeline.lines.map((line) => [line.time, line.sentence])")
        return [(time, sentence) for time, sentence in lines]

    # Waiting.

    def is_in(self, *modes: str) -> Self:
        expect(self.body).to_have_attribute("data-mode", re.compile(f"^({'|'.join(modes)})$"), timeout=PATIENCE_MS)
        return self

    def stands(self) -> Self:
        """Wait until time stands still and everything that has arrived is shown."""
        self.is_in("paused", "past", "finished")
        return self.until(lambda: bool(self.page.evaluate(STANDS)), "the page shows where the run stands")

    def until(self, holds: Callable[[], bool], claim: str) -> Self:
        """Look again and again until `holds`; what never comes true fails with the claim."""
        for _ in range(PATIENCE_MS // LOOK_EVERY_MS):
            if holds():
                return self
            self.page.wait_for_timeout(LOOK_EVERY_MS)
        raise AssertionError(f"It never came true that {claim}; the page is {self.mode} at {self.now / 1e6:.3f} s.")
