"""An instructor's scenario from a file to the library and back into a file; an administrator who stops a run."""

import json
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect

from simulator.models import Scenario
from simulator.permissions import INSTRUCTORS
from tests.browser.player import Player

PASSWORD = "correct horse"
IMPORTED = {
    "format": 1,
    "title": "Post office",
    "seed": 3,
    "nodes": [
        {"id": "shop", "pattern": "producer", "settings": {}},
        {"id": "emails", "pattern": "queue", "settings": {"VisibilityTimeout": 50_000}},
    ],
    "links": [{"from": "shop", "to": "nowhere"}],
}
MENDED = IMPORTED | {
    "nodes": [IMPORTED["nodes"][0], {"id": "emails", "pattern": "queue", "settings": {"VisibilityTimeout": 50}}],  # type: ignore[index]
    "links": [{"from": "shop", "to": "emails"}],
}


def sign_in(page: Page, house: str, name: str, then: str) -> None:
    page.goto(f"{house}{then}")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("input[type=submit]").first.click()


def test_a_scenario_is_imported_mended_published_and_exported_as_it_is(house: str, page: Page, tmp_path: Path):
    ida = User.objects.create_user("ida", password=PASSWORD)
    ida.groups.add(Group.objects.get_or_create(name=INSTRUCTORS)[0])
    file = tmp_path / "post-office.json"
    file.write_text(json.dumps(IMPORTED))
    sign_in(page, house, "ida", "/admin/")
    page.get_by_role("link", name="Import scenarios").click()
    page.get_by_label("Files").set_input_files(file)
    page.get_by_role("button", name="Import").click()

    problems = page.locator(".field-text .errorlist li")
    expect(problems.filter(has_text="VisibilityTimeout")).to_have_count(1)
    expect(problems.filter(has_text="nowhere")).not_to_have_count(0)
    assert json.loads(page.get_by_label("Or paste it").input_value()) == IMPORTED
    assert not Scenario.objects.filter(author=ida).exists()

    page.get_by_label("Or paste it").fill(json.dumps(MENDED))
    page.get_by_role("button", name="Import").click()
    page.get_by_role("list").get_by_role("link", name="Post office").click()
    page.get_by_label("Status").select_option("published")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.goto(f"{house}/scenarios/post-office/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Post office")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download as JSON").click()
    assert downloaded.value.suggested_filename == "post-office.json"
    exported = json.loads(Path(downloaded.value.path()).read_text(encoding="utf-8"))
    assert exported == MENDED


def test_an_administrator_sees_a_run_of_a_visitor_and_puts_it_away(house: str, page: Page, new_page: Any, browser: Any):
    User.objects.create_superuser("root", password=PASSWORD)
    context = browser.new_context()
    watcher = new_page(context)
    watcher.goto(f"{house}/play/transactional-emails/?seed=7")
    player = Player(watcher).ready().story(on=False)
    player.button("Play").click()
    sign_in(page, house, "root", "/admin/")
    page.get_by_role("link", name="What is running").click()
    row = page.get_by_role("row").filter(has=page.locator(f"a[href='{watcher.url.removeprefix(house)}']"))
    expect(row).to_contain_text("running")
    records = row.locator("td").nth(5)
    before = records.inner_text()
    expect(records).not_to_have_text(before)  # the table asks again by itself
    row.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("“Transactional e-mails” is paused.")).to_be_visible()
    expect(row).to_contain_text("paused")
    row.get_by_role("button", name="Put away").click()
    expect(page.get_by_text("is put away")).to_be_visible()
    expect(row).to_have_count(0)
    expect(watcher.get_by_text("An administrator has put this run away")).to_be_visible()
    context.close()
