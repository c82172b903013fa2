"""Filters for what our templates show: virtual times, values in words, lessons in markdown."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from simulator import permissions
from simulator.engine import clock
from simulator.pages import schema

register = template.Library()

# Raw HTML in a lesson is shown as text, and links to scripts are dropped, so what comes out needs no sanitizer.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@register.filter
def virtual(micros: int) -> str:
    """A span of virtual time in words: "1 min 30 s"."""
    return clock.words(micros)


@register.filter
def stamp(micros: int) -> str:
    """A moment of virtual time as the clock shows it: "01:32.4"."""
    return clock.stamp(micros)


@register.filter
def wall(seconds: int) -> str:
    """A span of wall time in words: "1 min 30 s"."""
    return clock.words(seconds * clock.SECOND)


@register.filter
def may_in_the_house(user: Any, action: permissions.Action) -> bool:
    """Whether they may do something that is about no run and no scenario."""
    return permissions.may(user, "", None, action)


@register.filter
def words(value: Any) -> str:
    """A JSON value as a person reads it."""
    return schema.words(value)


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown (CommonMark with tables) as HTML, its headings one level lower: the page has its own title."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 1, 6)}"
    return mark_safe(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S308  # html is off
