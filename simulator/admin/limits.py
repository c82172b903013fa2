"""The limits in the administration: one form of what holds now, and below it who changed what, and when."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from simulator import limits
from simulator.engine import clock
from simulator.models import LONGEST_RUN, SHORTEST_RUN, Limits
from simulator.permissions import may

SHOWN = 50  # changes
LABELS = {field.name: field.verbose_name for field in Limits._meta.fields}


class VirtualTime(forms.CharField):
    """A span of virtual time, written as in a document: 40s, 1h30m, 31d."""

    def prepare_value(self, value: Any) -> Any:
        return clock.written(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        try:
            span = clock.parse(str(super().to_python(value)))
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if not SHORTEST_RUN <= span <= LONGEST_RUN:
            allowed = f"{clock.words(SHORTEST_RUN)} to {clock.words(LONGEST_RUN)}"
            raise ValidationError(f"This is {clock.words(span)}. Allowed: {allowed}.")
        return span

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != data


class LimitsForm(forms.ModelForm):
    longest_run = VirtualTime(help_text=Limits._meta.get_field("longest_run").help_text)

    class Meta:
        model = Limits
        fields = tuple(limits.names())


@admin.register(Limits)
class LimitsAdmin(admin.ModelAdmin):
    """One page; a row is never changed, a change is a new row."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "", None, "administer")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "", None, "administer")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and may(request.user, "", None, "administer")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        latest = Limits.objects.first() or Limits()
        form = LimitsForm(request.POST or None, instance=latest)
        if request.method == "POST" and form.is_valid():
            if form.has_changed():
                limits.change(request.user, **form.cleaned_data)
                messages.success(request, "The limits are changed, and hold from now on.")
            else:
                messages.info(request, "Nothing was changed.")
            return redirect("admin:simulator_limits_changelist")
        context = {**self.admin_site.each_context(request), "title": "Limits", "form": form, "history": history()}
        return TemplateResponse(request, "admin/limits.html", context)


def history() -> list[tuple[Limits, list[str]]]:
    """The latest changes, newest first, each with what it changed, in words."""
    rows = list(Limits.objects.select_related("changed_by")[: SHOWN + 1])
    before = [*rows[1:], Limits()]
    return [(row, _differences(row, older)) for row, older in zip(rows, before, strict=False)][:SHOWN]


def _differences(row: Limits, older: Limits) -> list[str]:
    changed = [name for name in limits.names() if getattr(row, name) != getattr(older, name)]
    return [f"{LABELS[name]}: from {_words(name, older)} to {_words(name, row)}" for name in changed]


def _words(name: str, row: Limits) -> str:
    value = getattr(row, name)
    return clock.words(value) if name == "longest_run" else f"{value:,}"
