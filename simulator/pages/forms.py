"""Forms made from pydantic models: a field for every setting or argument, with its unit, range, default and one
sentence.

A form only turns what people typed into JSON values; whether they are allowed is decided where it always is, by the
model, and what it says is shown at the field it is about. So a form, a document and a socket message are judged
alike.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from pydantic import BaseModel

from simulator.engine.errors import Problem
from simulator.pages.schema import Setting, described, laid_out, settings_of, written

LONGEST_INPUT = 300_000
LONGEST_DEFINITION = 1_048_576
DEFINITION = "definition"
"""JSON Schema's `format` of a setting that is edited as a definition."""
SPAN = Setting(
    "seconds",
    "For how long",
    "0: until somebody ends it.",
    "number",
    required=False,
    default=20,
    unit="s",
    minimum=0,
    maximum=31 * 86_400,
)


class SettingsForm(forms.Form):
    """The fields of a model; `arguments()` is what was given, as JSON values."""

    def __init__(
        self, settings: Iterable[Setting], data: Mapping[str, Any] | None, initial: dict[str, Any], prefix: str
    ) -> None:
        self.settings = {setting.name: setting for setting in settings}
        shown = {name: self._shown(name, value) for name, value in initial.items()}
        super().__init__(data, initial=shown, prefix=prefix)
        for name, setting in self.settings.items():
            self.fields[name] = _field(setting)

    def _shown(self, name: str, value: Any) -> Any:
        """A JSON value as it stands in its input: a definition over many lines."""
        setting = self.settings.get(name)
        if setting is not None and setting.format == DEFINITION and isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False, indent=2)
        return _text(value)

    def arguments(self, unless: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What was filled in, leaving out empty fields and those whose value is the one in `unless`."""
        given = {}
        for name, setting in self.settings.items():
            value = self.cleaned_data.get(name)
            if value is None or (value == "" and (unless is None or setting.kind not in ("text", "long text"))):
                if unless is None or not setting.nullable or unless.get(name) is None:
                    continue
                value = None
            if unless is None or unless.get(name) != value:
                given[name] = value
        return given

    def tell(self, problems: Iterable[Problem]) -> None:
        """Show each problem at the field it is about, or above the form."""
        for problem in problems:
            name = problem.path.split(".")[0]
            rest = problem.path[len(name) + 1 :]
            place = name if name in self.fields else None
            words = str(Problem(rest if place else problem.path, problem.problem, problem.allowed, problem.cure))
            self.add_error(place, words[:1].upper() + words[1:])


def form_for(
    model: type[BaseModel],
    *,
    data: Mapping[str, Any] | None = None,
    current: BaseModel | None = None,
    prefix: str = "",
    span: bool = False,
    check: Callable[[str], str] | None = None,
) -> SettingsForm:
    """The form of a model, filled with `current` or the defaults; with `span` it also asks how long a fault lasts.

    `check` gives, for the name of a setting that is a definition, the address that answers what is wrong with a text.
    """
    settings = [*settings_of(model), *([SPAN] if span else [])]
    initial = {setting.name: setting.default for setting in settings if setting.default is not None}
    said: dict[str, str] = {}
    if current is not None:
        initial |= written(current)
        said = described(current)
    form = SettingsForm(settings, data, initial, prefix)
    for name, field in form.fields.items():
        if isinstance(field, DefinitionField):
            field.as_text |= isinstance(initial.get(name), str)  # what the model was given as a text stays one
            if check is not None:
                field.widget.attrs["data-definition"] = check(name)
        field.now_words = said.get(name, "")  # type: ignore[attr-defined]
    return form


class JsonField(forms.CharField):
    """JSON, or a bare text or number where the model takes one."""

    def __init__(self, *, longest: int = LONGEST_INPUT, **common: Any) -> None:
        super().__init__(**common)
        self.longest = longest

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        if len(text) > self.longest:
            raise forms.ValidationError(f"This is {len(text):,} characters long; at most {self.longest:,} are taken.")
        try:
            return json.loads(text)
        except RecursionError:
            raise forms.ValidationError("This is nested too deeply. Flatten it.") from None
        except ValueError as error:
            if text[0] not in '{["':
                return text
            raise forms.ValidationError(f"This is not JSON: {error}.") from None


class DefinitionField(JsonField):
    """A definition: JSON comes back as JSON; with `as_text`, what was typed, lines ended as everywhere but in forms."""

    as_text = False

    def to_python(self, value: Any) -> Any:
        if not self.as_text:
            return super().to_python(value)
        text = (forms.CharField.to_python(self, value) or "").replace("\r\n", "\n")
        if len(text) > self.longest:
            raise forms.ValidationError(f"This is {len(text):,} characters long; at most {self.longest:,} are taken.")
        return text


class NumberField(forms.FloatField):
    """A number that stays whole where it was written whole; range is the model's business, finiteness is ours."""

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value)
        return int(number) if number is not None and number.is_integer() else number


def _field(setting: Setting) -> forms.Field:
    common: dict[str, Any] = {"label": setting.title, "required": setting.required, "help_text": setting.sentence}
    if setting.format == DEFINITION:
        field: forms.Field = _definition(setting, common)
    elif setting.kind == "switch":
        field = forms.BooleanField(**(common | {"required": False}))
    elif setting.kind == "choice":
        field = _choice(setting, common)
    elif setting.kind in ("integer", "number"):
        step = "1" if setting.kind == "integer" else "any"
        limits = {"min": setting.minimum, "max": setting.maximum, "step": step}
        attributes = {name: _text(value) for name, value in limits.items() if value is not None}
        kind = forms.IntegerField if setting.kind == "integer" else NumberField
        field = kind(widget=forms.NumberInput(attributes), **common)
    elif setting.kind in ("text", "long text"):
        lines = forms.Textarea({"rows": 3, "spellcheck": "false"}) if setting.kind == "long text" else forms.TextInput()
        field = forms.CharField(widget=lines, max_length=setting.longest or LONGEST_INPUT, strip=False, **common)
    else:
        one_line = setting.kind == "quantity"
        field = JsonField(
            widget=forms.TextInput() if one_line else forms.Textarea({"rows": 2, "spellcheck": "false"}), **common
        )
    field.setting = setting  # type: ignore[attr-defined]  # the template shows unit, range and default
    return field


def _definition(setting: Setting, common: dict[str, Any]) -> forms.Field:
    lines = forms.Textarea({"rows": 16, "spellcheck": "false", "wrap": "off"})
    field = DefinitionField(widget=lines, strip=False, longest=setting.longest or LONGEST_DEFINITION, **common)
    field.as_text = setting.kind in ("text", "long text")
    return field


def _choice(setting: Setting, common: dict[str, Any]) -> forms.Field:
    """A choice whose values keep their JSON types: "3" chosen for the number 3 comes back as 3."""
    values = {_text(choice): choice for choice in setting.choices}
    blank = [("", "—")] if setting.nullable or (not setting.required and setting.default is None) else []
    return forms.TypedChoiceField(
        choices=[*blank, *((text, text) for text in values)],
        coerce=lambda text: values[text],
        empty_value=None,
        **common,
    )


def _text(value: Any) -> Any:
    """A JSON value as it stands in its input."""
    if value is None or isinstance(value, bool):
        return value
    if value in ({}, []):
        return ""
    if isinstance(value, str):
        return value
    return laid_out(value)
