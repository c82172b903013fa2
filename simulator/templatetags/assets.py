"""Template tags that load our modules: `{% importmap %}` once in the head, then `{% module "play.js" %}` to enter."""

import json

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from simulator import assets, bundles

register = template.Library()


@register.simple_tag(takes_context=True)
def importmap(context: RequestContext) -> SafeString:
    """The import map, inline because browsers load no external one; it stands before every module and preload."""
    if bundles.made():
        return mark_safe("")  # a bundle imports by address
    text = json.dumps(assets.import_map(), separators=(",", ":")).replace("<", r"\u003c")
    nonce = context["request"].csp_nonce
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, mark_safe(text))  # noqa: S308  # escaped above


@register.simple_tag
def module(path: str) -> SafeString:
    """The entry point `static/js/<path>`, and preloads of all it imports: they load at once and not one by one."""
    path = path[:]  # a template's text is a SafeString, which a path refuses
    addresses = bundles.imported_by(path)
    if addresses is None:
        addresses = [assets.address(name) for name in assets.imported_by(path)]
    preloads = format_html_join("\n", '<link rel="modulepreload" href="{}">', ((address,) for address in addresses))
    entry = format_html('<script type="module" src="{}"></script>', assets.address(f"app/{path}"))
    return format_html("{}\n{}", preloads, entry)
