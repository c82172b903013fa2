"""The editor of a definition as somebody uses it: its text, its problems, its margin."""

from playwright.sync_api import Locator, Page

NAME = "Document"


def text_box(page: Page, name: str = NAME) -> Locator:
    """Of the editor: until it is there, the plain field has the name."""
    return page.get_by_role("textbox", name=name).and_(page.locator(".cm-content"))


def write(page: Page, text: str, name: str = NAME) -> None:
    """Put another text in place of all there is, as pasting does."""
    text_box(page, name).focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def problems(page: Page) -> Locator:
    """The list below the text, an entry for each problem."""
    return page.locator(".problems li button")


def count(page: Page) -> Locator:
    """How many problems there are, in words."""
    return page.locator(".problems p")
