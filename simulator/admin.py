"""The administration: scenarios are configured, checked, published and retired here; runs are looked at.

A scenario's document is judged on saving by the same function that judges it everywhere else, and every problem is
shown at the field. Nothing somebody made is lost by a click: restoring a built-in scenario keeps the edited document
as a draft of its own.
"""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from simulator import catalog
from simulator.engine import clock
from simulator.engine import scenario as documents
from simulator.engine.document import FORMAT
from simulator.engine.errors import Problem
from simulator.models import Run, Scenario, fingerprint

admin.site.site_header = "Waystation administration"
admin.site.site_title = "Waystation administration"
admin.site.index_title = "Scenarios, runs and people"
admin.site.site_url = "/"

COLUMNS = ("title", "summary", "level")  # fields of the form that are parts of the document
SKELETON = {
    "format": FORMAT,
    "title": "",
    "summary": "",
    "seed": 1,
    "length": "10m",
    "nodes": [{"id": "shop", "pattern": "producer", "at": [0, 0], "settings": {}}],
    "links": [],
    "story": [],
    "faults": [],
}


class DocumentField(forms.CharField):
    """A scenario's document as text; cleaning gives the decoded document, or every problem it has."""

    widget = forms.Textarea({"class": "scenario-document", "rows": 40, "spellcheck": "false", "wrap": "off"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return fingerprint(json.loads(data or "")) != fingerprint(initial)
        except (ValueError, RecursionError):
            return True

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        problems = documents.check(text, catalog.patterns())
        if problems:
            raise ValidationError([_sentence(problem) for problem in problems])
        return json.loads(text)


class ScenarioForm(forms.ModelForm):
    """The form of a scenario.

    Title, summary, level and tags are parts of the document: what is changed in their fields is written into it.
    """

    tags = forms.CharField(
        required=False,
        max_length=400,
        widget=forms.TextInput({"size": 60}),
        help_text="Words to find it by, separated by commas.",
    )
    document = DocumentField(
        help_text="JSON: nodes with their pattern and settings, links, story and scheduled faults. At most 1 MB."
    )

    class Meta:
        model = Scenario
        fields = ("title", "slug", "summary", "level", "tags", "status", "document")
        widgets = {"summary": forms.Textarea({"rows": 3, "cols": 90}), "title": forms.TextInput({"size": 40})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.setdefault("document", SKELETON)
        else:
            self.initial["tags"] = ", ".join(self.instance.tags)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        document = cleaned.get("document")
        if document is None:
            return cleaned
        tags = [tag.strip() for tag in cleaned.get("tags", "").split(",") if tag.strip()]
        told = {name: cleaned[name] for name in COLUMNS if name in self.changed_data and name in cleaned}
        if "tags" in self.changed_data:
            told["tags"] = list(dict.fromkeys(tags))
        changed = {**document, **told}
        for problem in documents.check(changed, catalog.patterns()):
            name = problem.path.split(".")[0]
            self.add_error(name if name in self.fields else "document", _sentence(problem))
        cleaned["document"] = changed
        return cleaned


class SourceFilter(admin.SimpleListFilter):
    """Built-in as it came, built-in and edited, or somebody's own."""

    title = "source"
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("builtin", "Built-in"), ("edited", "Built-in, edited"), ("own", "Own")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> QuerySet[Scenario]:
        match self.value():
            case "builtin":
                return queryset.exclude(builtin="").filter(edited=False)
            case "edited":
                return queryset.filter(edited=True)
            case "own":
                return queryset.filter(builtin="")
        return queryset


@admin.register(Scenario)
class ScenarioAdmin(admin.ModelAdmin):
    form = ScenarioForm
    list_display = ("title", "status", "level", "source", "used_patterns", "run_count", "changed", "preview")
    list_filter = ("status", SourceFilter, "level")
    list_per_page = 50
    list_select_related = ("author",)
    search_fields = ("title", "slug", "summary", "tags", "patterns")
    ordering = ("title", "slug")
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("source", "author", "preview", "created", "changed")
    fieldsets = (
        (None, {"fields": (("title", "slug"), "summary", ("level", "tags"), "status")}),
        ("The system", {"fields": ("document",), "classes": ("wide",)}),
        ("About this entry", {"fields": ("source", "author", "preview", "created", "changed")}),
    )
    actions = ("publish", "retire", "duplicate", "restore")
    save_on_top = True

    class Media:
        css = {"all": ("css/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Scenario]:
        return super().get_queryset(request).annotate(_runs=Count("runs"))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        found, distinct = super().get_search_results(request, queryset, search_term)
        return found.defer("document"), distinct

    def save_model(self, request: HttpRequest, obj: Scenario, form: Any, change: bool) -> None:
        if not change:
            obj.author_id = request.user.pk
        super().save_model(request, obj, form, change)

    @admin.display(description="Source", ordering="builtin")
    def source(self, scenario: Scenario) -> str:
        if not scenario.builtin:
            return "own"
        return f"built-in ({scenario.builtin}){', edited' if scenario.edited else ''}"

    @admin.display(description="Patterns")
    def used_patterns(self, scenario: Scenario) -> str:
        return ", ".join(scenario.patterns)

    @admin.display(description="Runs", ordering="_runs")
    def run_count(self, scenario: Scenario) -> int:
        return int(getattr(scenario, "_runs", 0))

    @admin.display(description="Preview")
    def preview(self, scenario: Scenario) -> str | SafeString:
        if scenario._state.adding:
            return "after the first saving"
        return format_html('<a href="{}">Play it</a>', reverse("play", args=[scenario.slug]))

    @admin.action(description="Publish: show in the library")
    def publish(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        for scenario in queryset:
            problems = documents.check(scenario.document, catalog.patterns())
            if problems:
                listed = " ".join(map(str, problems[:5]))
                self.message_user(request, f"“{scenario.title}” was not published: {listed}", messages.ERROR)
                continue
            self._set_status(scenario, Scenario.Status.PUBLISHED)
            self.message_user(request, f"“{scenario.title}” is in the library.", messages.SUCCESS)

    @admin.action(description="Retire: take out of the library")
    def retire(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        for scenario in queryset:
            self._set_status(scenario, Scenario.Status.RETIRED)
        self.message_user(request, f"Retired: {queryset.count()}. Their runs can still be watched.", messages.SUCCESS)

    @admin.action(description="Duplicate as drafts")
    def duplicate(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        for scenario in queryset:
            copy = copy_of(scenario, "copy", request.user.pk)
            address = reverse("admin:simulator_scenario_change", args=[copy.pk])
            self.message_user(
                request, format_html('Made <a href="{}">{}</a>, a draft.', address, copy.title), messages.SUCCESS
            )

    @admin.action(description="Restore the built-in document (edits are kept as a draft)")
    def restore(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        originals = {
            builtin.path: builtin.document for builtin in catalog.builtin_scenarios() if builtin.document is not None
        }
        for scenario in queryset:
            original = originals.get(scenario.builtin)
            if original is None:
                self.message_user(
                    request, f"“{scenario.title}” has no built-in document to go back to.", messages.WARNING
                )
                continue
            kept = copy_of(scenario, "edited", request.user.pk) if scenario.edited else None
            scenario.document, scenario.pristine = original, fingerprint(original)
            scenario.save(update_fields=["document", "pristine"])
            also = f" The edited document is now the draft “{kept.title}”." if kept else ""
            self.message_user(request, f"“{scenario.title}” is as it came.{also}", messages.SUCCESS)

    def _set_status(self, scenario: Scenario, status: str) -> None:
        scenario.status = status
        scenario.save(update_fields=["status", "changed"])


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

    class Media:
        css = {"all": ("css/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).defer("document", "scenario__document")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

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
        address = reverse("admin:simulator_run_change", args=[run.parent_id])
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


def copy_of(scenario: Scenario, word: str, author: int | None) -> Scenario:
    """A draft with the same document, under a title and a slug that nobody has yet."""
    title = f"{scenario.title} ({word})"[:120]
    taken = set(Scenario.objects.filter(slug__startswith=f"{scenario.slug[:60]}-{word}").values_list("slug", flat=True))
    plain = f"{scenario.slug[:60]}-{word}"
    slug = next(
        name for name in (plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 3))) if name not in taken
    )
    return Scenario.objects.create(
        slug=slug,
        document={**scenario.document, "title": title},
        status=Scenario.Status.DRAFT,
        author_id=author,
    )


def _sentence(problem: Problem) -> str:
    """A problem on one line that Django will not read as a format."""
    return str(problem).replace("\n", " ")
