"""Taking scenarios in as files or as text, and bringing the built-in ones back.

A file that can't be taken is put into the field for text with all its problems beside it, so that it can be corrected
right there instead of being chosen again.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from simulator import builtins, catalog, exchange
from simulator.engine.errors import Refused
from simulator.exchange import LARGEST_TOGETHER, MOST_AT_ONCE, Incoming
from simulator.models import Scenario
from simulator.permissions import may

MOST_PROBLEMS = 100  # shown at once
PASTED = "pasted"


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


class ImportForm(forms.Form):
    """Files or text; `cleaned_data["incoming"]` is what they hold, and `only` the content of the only file."""

    only = b""

    chosen = FilesField(
        required=False,
        label="Files",
        widget=Files({"accept": ".json,application/json"}),
        help_text=f"One scenario or a list of them in each; at most {MOST_AT_ONCE} scenarios, and 4 MB together.",
    )
    text = forms.CharField(
        required=False,
        max_length=LARGEST_TOGETHER,
        strip=False,
        widget=forms.Textarea({"class": "scenario-document", "rows": 24, "spellcheck": "false", "wrap": "off"}),
        label="Or paste it",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = [(file.name, file.read()) for file in cleaned.get("chosen", [])]
        text = cleaned.get("text", "").strip()
        if not chosen and not text and not self.errors:
            raise ValidationError("Choose a file, or paste a scenario.")
        self.only = chosen[0][1] if len(chosen) == 1 and not text else b""
        found = self._unpacked("chosen", chosen) + self._unpacked("text", [("", text)] if text else [])
        return cleaned | {"incoming": found}

    def _unpacked(self, field: str, given: list[tuple[str, Any]]) -> list[Incoming]:
        try:
            return exchange.unpacked(given)
        except Refused as refused:
            told = [str(problem).replace("\n", " ") for problem in refused.problems]
            more = [f"… and {len(told) - MOST_PROBLEMS} more problems."] if len(told) > MOST_PROBLEMS else []
            self.add_error(field, [*told[:MOST_PROBLEMS], *more])
            return []


def page(scenarios: admin.ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The form; with everything in order, the drafts it made."""
    if not may(request.user, "", None, "write"):
        raise PermissionDenied
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.errors and form.only:
        form = ImportForm({"text": form.only.decode("utf-8-sig", "replace")})
    if request.method == "POST" and form.is_valid():
        wanted = [one.slug for one in form.cleaned_data["incoming"]]
        made = exchange.take_in(form.cleaned_data["incoming"], request.user.pk)
        for name, scenario in zip(wanted, made, strict=True):
            scenarios.log_addition(request, scenario, "Imported.")
            messages.success(request, _made(name, scenario))
        return redirect("admin:simulator_scenario_changelist")
    context = {
        **scenarios.admin_site.each_context(request),
        "title": "Import scenarios",
        "opts": Scenario._meta,
        "form": form,
    }
    return TemplateResponse(request, "admin/import.html", context)


def restore_built_ins(scenarios: admin.ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Every built-in scenario as it came: what is missing is loaded, what was edited is kept as a draft."""
    if not may(request.user, "", None, "administer"):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    for builtin in catalog.builtin_scenarios():
        problems = builtins.problems_of(builtin)
        if problems:
            messages.error(request, f"“{builtin.path}” was not loaded: {' '.join(map(str, problems[:5]))}")
            continue
        messages.info(request, f"“{builtin.slug}”: {builtins.load(builtin, restore=True, author=request.user.pk)}.")
    return redirect("admin:simulator_scenario_changelist")


def _made(wanted: str, scenario: Scenario) -> str:
    taken = f" The name “{wanted}” was taken." if scenario.slug != wanted else ""
    address = reverse("admin:simulator_scenario_change", args=[scenario.pk])
    return format_html(
        'Imported <a href="{}">{}</a> as the draft “{}”.{}', address, scenario.title, scenario.slug, taken
    )
