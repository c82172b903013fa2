"""Scenarios in the administration: configured, checked, published, retired, copied, and taken in and out as files."""

import json
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from simulator import builtins, catalog, exchange, limits
from simulator.admin import importing
from simulator.engine import scenario as documents
from simulator.engine.document import FORMAT
from simulator.engine.errors import Problem, Refused
from simulator.models import Scenario, fingerprint
from simulator.pages.scenario import as_file
from simulator.permissions import configurable, may

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

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-definition": reverse_lazy("check-scenario")}

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
        help_text="JSON: nodes with their pattern and settings, links, story, planned faults and operations. "
        "At most 1 MB."
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
        if not self.errors and cleaned.get("status") == Scenario.Status.PUBLISHED:
            for problem in unpublishable(changed):
                self.add_error("status", _sentence(problem))
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
    readonly_fields = ("source", "author", "preview", "download", "created", "changed")
    fieldsets = (
        (None, {"fields": (("title", "slug"), "summary", ("level", "tags"), "status")}),
        ("The system", {"fields": ("document",), "classes": ("wide",)}),
        ("About this entry", {"fields": ("source", "author", ("preview", "download"), "created", "changed")}),
    )
    actions = ("publish", "retire", "duplicate", "export", "restore")
    save_on_top = True
    change_list_template = "admin/scenarios.html"
    change_form_template = "admin/scenario.html"
    view_on_site = staticmethod(Scenario.get_absolute_url)  # not by Django's way, which our site has not

    class Media:
        css = {"all": ("css/admin.css",)}

    def get_urls(self) -> list[Any]:
        own = [("import", importing.page), ("restore-built-ins", importing.restore_built_ins)]
        return [
            path(f"{name}/", self.admin_site.admin_view(partial(view, self)), name=f"simulator_scenario_{name}")
            for name, view in own
        ] + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Scenario]:
        return super().get_queryset(request).filter(configurable(request.user)).annotate(_runs=Count("runs"))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        found, distinct = super().get_search_results(request, queryset, search_term)
        return found.defer("document"), distinct

    def get_readonly_fields(self, request: HttpRequest, obj: Scenario | None = None) -> tuple[str, ...]:
        publishes = may(request.user, "", obj, "publish") if obj is not None else self.has_publish_permission(request)
        return self.readonly_fields if publishes else ("status", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Scenario, form: Any, change: bool) -> None:
        if not change:
            obj.author_id = request.user.pk
        super().save_model(request, obj, form, change)

    # What Django asks, answered by `may`; without a scenario, about one of their own.

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "", None, "write")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "", None, "write")

    def has_view_permission(self, request: HttpRequest, obj: Scenario | None = None) -> bool:
        return may(request.user, "", obj or _own(request), "see")

    def has_change_permission(self, request: HttpRequest, obj: Scenario | None = None) -> bool:
        return may(request.user, "", obj or _own(request), "configure")

    def has_delete_permission(self, request: HttpRequest, obj: Scenario | None = None) -> bool:
        return may(request.user, "", obj or _own(request), "delete")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "", _own(request), "publish")

    def has_administer_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "", None, "administer")

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

    @admin.display(description="As a file")
    def download(self, scenario: Scenario) -> str | SafeString:
        if scenario._state.adding:
            return "after the first saving"
        return format_html('<a href="{}">Download as JSON</a>', reverse("download", args=[scenario.slug]))

    @admin.action(description="Publish: show in the library", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        for scenario in self._publishable(request, queryset):
            problems = unpublishable(scenario.document)
            if problems:
                listed = " ".join(map(str, problems[:5]))
                self.message_user(request, f"“{scenario.title}” was not published: {listed}", messages.ERROR)
                continue
            self._set_status(scenario, Scenario.Status.PUBLISHED)
            self.message_user(request, f"“{scenario.title}” is in the library.", messages.SUCCESS)

    @admin.action(description="Retire: take out of the library", permissions=["publish"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        chosen = self._publishable(request, queryset)
        for scenario in chosen:
            self._set_status(scenario, Scenario.Status.RETIRED)
        self.message_user(request, f"Retired: {len(chosen)}. Their runs can still be watched.", messages.SUCCESS)

    @admin.action(description="Duplicate as drafts", permissions=["add"])
    def duplicate(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        for scenario in queryset:
            copy = exchange.copy_of(scenario, "copy", request.user.pk)
            address = reverse("admin:simulator_scenario_change", args=[copy.pk])
            self.message_user(
                request, format_html('Made <a href="{}">{}</a>, a draft.', address, copy.title), messages.SUCCESS
            )

    @admin.action(description="Export as JSON", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> HttpResponse:
        return as_file(*exchange.packed(list(queryset)))

    @admin.action(description="Restore the built-in document (edits are kept as a draft)", permissions=["administer"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> None:
        originals = {one.path: one for one in catalog.builtin_scenarios() if one.document is not None}
        for scenario in queryset:
            original = originals.get(scenario.builtin)
            if original is None:
                self.message_user(
                    request, f"“{scenario.title}” has no built-in document to go back to.", messages.WARNING
                )
                continue
            done = builtins.load(original, restore=True, author=request.user.pk)
            self.message_user(request, f"“{scenario.title}”: {done}.", messages.SUCCESS)

    def _publishable(self, request: HttpRequest, queryset: QuerySet[Scenario]) -> list[Scenario]:
        """Those that this person may publish and retire; of the others they are told."""
        chosen = []
        for scenario in queryset:
            if may(request.user, "", scenario, "publish"):
                chosen.append(scenario)
            else:
                self.message_user(request, f"“{scenario.title}” is not yours to publish or retire.", messages.ERROR)
        return chosen

    def _set_status(self, scenario: Scenario, status: str) -> None:
        scenario.status = status
        scenario.save(update_fields=["status", "changed"])


def unpublishable(document: Any) -> list[Problem]:
    """Why a document can't be put into the library: what is wrong with it, or the limits that it is beyond."""
    try:
        return limits.exceeded(documents.read(document, catalog.patterns()))
    except Refused as refused:
        return refused.problems


def _own(request: HttpRequest) -> Scenario:
    """A scenario that this person might write."""
    return Scenario(author_id=request.user.pk)


def _sentence(problem: Problem) -> str:
    """A problem on one line that Django will not read as a format."""
    return str(problem).replace("\n", " ")
