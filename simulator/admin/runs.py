"""Runs in the administration: they are made by playing, and looked at here."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from simulator.engine import clock
from simulator.models import Run
from simulator.permissions import may


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):
    """Runs are made by playing; here they are read."""

    list_display = ("title", "watch", "seed", "played", "lines", "owner", "parent_run", "changed")
    list_filter = ("changed", ("scenario", admin.RelatedOnlyFieldListFilter), ("owner", admin.EmptyFieldListFilter))
    list_per_page = 50
    list_select_related = ("scenario", "owner")
    search_fields = ("key", "title", "owner__username", "scenario__slug")
    date_hierarchy = "created"
    fields = (
        "title",
        "watch",
        "scenario",
        "seed",
        "played",
        "owner",
        "parent_run",
        "created",
        "changed",
        "journal_table",
    )
    readonly_fields = fields

    view_on_site = staticmethod(Run.get_absolute_url)

    class Media:
        css = {"all": ("css/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).defer("document", "scenario__document")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "", None, "see_all_runs")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "", None, "see_all_runs")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "", None, "administer") if obj is None else may(request.user, "", obj, "delete")

    @admin.display(description="Watch")
    def watch(self, run: Run) -> SafeString:
        return format_html('<a href="{}">{}…</a>', run.get_absolute_url(), run.key[:8])

    @admin.display(description="Played", ordering="reached")
    def played(self, run: Run) -> str:
        return clock.words(run.reached)

    @admin.display(description="Journal lines")
    def lines(self, run: Run) -> int:
        return len(_lines(run))

    @admin.display(description="Forked from")
    def parent_run(self, run: Run) -> str | SafeString:
        if run.parent_id is None:
            return "–"
        address = reverse("admin:simulator_run_change", args=[quote(run.parent_id)])
        return format_html('<a href="{}">{}…</a> at {}', address, run.parent_id[:8], clock.stamp(run.forked_at or 0))

    @admin.display(description="Journal")
    def journal_table(self, run: Run) -> str | SafeString:
        """What people did, as a table: when in virtual time, to what, what, and with which arguments."""
        rows = [line for line in _lines(run) if isinstance(line, list) and len(line) == 4 and isinstance(line[0], int)]
        if not rows:
            return "Nobody did anything to this run."
        cells = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
            (
                (clock.stamp(int(time)), target, verb, json.dumps(arguments, ensure_ascii=False)[:500])
                for time, target, verb, arguments in rows
            ),
        )
        return format_html(
            '<table class="journal"><thead><tr><th>Time</th><th>On</th><th>What</th><th>Arguments</th></tr></thead>'
            "<tbody>{}</tbody></table>",
            cells,
        )


def _lines(run: Run) -> list[Any]:
    """The journal, or nothing where somebody has put something else in its place."""
    return run.journal if isinstance(run.journal, list) else []
