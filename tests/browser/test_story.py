"""Story cards: they stop the run, ask, answer, and let it go on."""

from playwright.sync_api import expect

from tests.browser.conftest import Opener


def test_a_card_stops_the_run_and_going_on_leads_to_the_next(play: Opener):
    player = play(story=True).press_play()
    expect(player.card).to_be_visible()
    player.stands()
    expect(player.card.get_by_role("heading")).to_have_text("The shop is done already")
    expect(player.card).to_contain_text("m-1 ")
    expect(player.card).to_be_focused()
    stopped = player.now
    player.card.get_by_role("button", name="Go on").click()
    expect(player.card.get_by_role("heading")).to_have_text("Lent, not given")
    player.stands()
    assert player.now >= stopped, "the queue hands it out at once, in the same microsecond"


def test_a_card_asks_and_gives_its_reason_after_the_answer(play: Opener):
    player = play(story=True).press_play()
    player.card.get_by_role("button", name="Go on").click()
    expect(player.card.get_by_role("heading")).to_have_text("Lent, not given")
    player.card.get_by_role("button", name="Ask the class").click()
    expect(player.card.get_by_text("Why doesn't the queue simply remove a message")).to_be_visible()
    expect(player.card.get_by_role("status")).to_be_empty()
    player.card.get_by_role("button", name="Because removing takes the queue too long.").click()
    expect(player.card.get_by_role("status")).to_contain_text("No: Because the mailer might die")
    expect(player.card.locator("[data-verdict=right]")).to_have_count(1)
    expect(player.card.locator("[data-verdict=wrong]")).to_have_text("Because removing takes the queue too long.")
    player.card.locator("[data-verdict=right]").click()
    expect(player.card.get_by_role("status")).to_contain_text("Right.")


def test_a_card_selects_what_it_speaks_of_and_its_message_can_be_followed(play: Opener):
    player = play(story=True).press_play()
    player.stands()
    expect(player.inspector.locator("[data-inspect]")).to_have_attribute("data-inspect", "emails")
    player.card.get_by_role("button", name="Follow m-1").click()
    expect(player.page.get_by_role("tabpanel", name="Journey")).to_contain_text("m-1")


def test_without_the_story_nothing_stops_the_run(play: Opener):
    player = play(story=True).story(on=False).pace(10).press_play()
    player.until(lambda: player.now > 12e6, "the run has passed the places of three cards")
    expect(player.card).to_be_hidden()
    assert player.mode == "running"


def test_the_crash_of_the_built_in_lesson_is_told_step_by_step(play: Opener):
    player = play("crashed-consumer", story=True).pace(30)
    for title in ("A message in flight", "The mailer crashes", "Up again, and still not back", "The bar is empty"):
        player.stands().button("Play").click()
        expect(player.card.get_by_role("heading")).to_have_text(title)
        player.stands()
    assert player.view("mailer")["crashed"] == 0
    expect(player.page.locator(".track-mark[data-kind=fault]")).not_to_have_count(0)
