"""Forms made from pydantic models: what people type becomes JSON values, and problems come back to their fields."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.engine.chance import Distribution
from simulator.engine.clock import Duration
from simulator.engine.errors import Problem, problems_of
from simulator.pages.forms import form_for
from simulator.pages.schema import settings_of, with_unit, written


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    VisibilityTimeout: Annotated[
        int,
        Field(
            ge=0,
            le=43_200,
            title="Visibility timeout",
            description="How long a received message is hidden.",
            json_schema_extra={"unit": "s", "source": "SQS API Reference, SetQueueAttributes"},
        ),
    ] = 30
    rate: Annotated[float, Field(gt=0)] = 2.5
    fair: bool = False
    kind: Literal["server", "phone"] = "server"
    size: Literal[1, 10] = 1
    limit: int | None = None
    every: Duration = 1_500_000
    service: Distribution = Field(default={"constant": 1}, validate_default=True)
    key: Annotated[str, Field(min_length=1, max_length=20)] = "id"
    body: Annotated[str, Field(max_length=1000)] = ""
    wanted: Annotated[str, Field(description="Has to be there.")]


def kinds() -> dict[str, str]:
    return {setting.name: setting.kind for setting in settings_of(Settings)}


def test_every_kind_of_field_has_its_way_of_editing():
    assert kinds() == {
        "VisibilityTimeout": "integer",
        "rate": "number",
        "fair": "switch",
        "kind": "choice",
        "size": "choice",
        "limit": "integer",
        "every": "quantity",
        "service": "json",
        "key": "text",
        "body": "long text",
        "wanted": "text",
    }


def test_a_setting_says_its_name_unit_range_default_and_source():
    timeout = settings_of(Settings)[0]
    assert (timeout.title, timeout.unit, timeout.allowed, timeout.default_words) == (
        "Visibility timeout",
        "s",
        "0 to 43,200 s",
        "30 s",
    )
    assert timeout.sentence == "How long a received message is hidden."
    assert timeout.source == "SQS API Reference, SetQueueAttributes"


@pytest.mark.parametrize(
    "value, unit, words",
    [
        (30, "s", "30 s"),
        (0.5, "s", "0.5 s"),
        (1048576, "bytes", "1,048,576 bytes"),
        (True, "s", "yes"),
        (None, "", "none"),
        ("", "", "empty"),
    ],
)
def test_values_are_said_as_people_say_them(value, unit, words):
    assert with_unit(value, unit) == words


def typed(**fields: str) -> Any:
    return form_for(Settings, data={f"f-{name}": text for name, text in fields.items()}, prefix="f")


def test_what_is_typed_becomes_json_values():
    form = typed(
        VisibilityTimeout="60",
        rate="4",
        kind="phone",
        size="10",
        every="1m30s",
        service='{"constant": 2}',
        wanted=" x ",
        limit="",
    )
    assert form.is_valid(), form.errors
    assert form.arguments() == {
        "VisibilityTimeout": 60,
        "rate": 4,
        "fair": False,
        "kind": "phone",
        "size": 10,
        "every": "1m30s",
        "service": {"constant": 2},
        "wanted": " x ",
    }
    assert Settings.model_validate(form.arguments()).every == 90_000_000


def test_a_bare_number_is_a_distribution_too():
    form = typed(service="0.8", wanted="x")
    assert form.is_valid()
    assert form.arguments()["service"] == 0.8


def test_only_what_changed_is_sent_as_a_change():
    """The journal's line and the log's sentence name what was changed, not all there is."""
    current = Settings(wanted="x", limit=5)
    shown = form_for(Settings, current=current, prefix="f")
    data = {f"f-{name}": value for name, value in shown.initial.items() if not isinstance(value, bool)}
    form = form_for(Settings, data=data | {"f-VisibilityTimeout": "5"}, current=current, prefix="f")
    assert form.is_valid(), form.errors
    assert form.arguments(current.model_dump(mode="json")) == {"VisibilityTimeout": 5}


def test_a_value_that_may_be_none_is_emptied_by_emptying_its_field():
    current = Settings(wanted="x", limit=5)
    form = typed(wanted="x", limit="")
    assert form.is_valid()
    assert form.arguments(current.model_dump(mode="json"))["limit"] is None


@pytest.mark.parametrize(
    "field, text",
    [
        ("VisibilityTimeout", "soon"),
        ("rate", "1e999"),
        ("rate", "nan"),
        ("service", "{"),
        ("kind", "bus"),
        ("wanted", ""),
    ],
)
def test_what_cannot_be_read_is_told_at_the_field(field, text):
    form = typed(**({"wanted": "x"} | {field: text}))
    assert not form.is_valid()
    assert field in form.errors


def test_deep_and_long_json_is_refused_without_harm():
    assert "nested too deeply" in str(typed(wanted="x", service="[" * 100_000).errors["service"])
    assert "at most 300,000" in str(typed(wanted="x", service="[" + "1," * 200_000 + "1]").errors["service"])


def test_the_problems_of_the_model_are_shown_at_their_fields():
    form = typed(wanted="x", VisibilityTimeout="50000", service='{"gamma": {"mean": 1, "shape": -4}}')
    assert form.is_valid(), "ranges are the model's business"
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(form.arguments())
    form.tell([*problems_of(caught.value), Problem("", "something else is wrong")])
    assert "43200" in str(form.errors["VisibilityTimeout"])
    assert "service" in form.errors
    assert form.non_field_errors() == ["Something else is wrong."]


def test_a_fault_is_asked_for_how_long_it_lasts():
    form = form_for(Settings, data={"f-wanted": "x", "f-seconds": "20"}, prefix="f", span=True)
    assert form.is_valid()
    assert form.arguments()["seconds"] == 20


class Rule(BaseModel):
    Name: str
    State: Literal["ENABLED", "DISABLED"] = "ENABLED"
    EventPattern: dict[str, Any] | None = None


class Rules(BaseModel):
    rules: list[Rule] = []
    tags: list[str] = ["default"]


def test_lists_of_objects_are_edited_as_people_write_them():
    """Without the defaults within them, and over several lines; sent again unchanged, they are no change."""
    pattern = {"detail-type": ["Order Placed", "Order Cancelled"], "note": [None, ""]}
    current = Rules(rules=[Rule(Name="billing", EventPattern=pattern), Rule(Name="off", State="DISABLED")])
    shown = form_for(Rules, current=current, prefix="f").initial
    assert shown["rules"] == (
        '[\n  {\n    "Name": "billing",\n    "EventPattern": {\n'
        '      "detail-type": [\n        "Order Placed",\n        "Order Cancelled"\n      ],\n'
        '      "note": [null, ""]\n    }\n  },\n'
        '  {"Name": "off", "State": "DISABLED"}\n]'
    )
    form = form_for(Rules, data={f"f-{name}": text for name, text in shown.items()}, current=current, prefix="f")
    assert form.is_valid(), form.errors
    assert form.arguments(written(current)) == {}
    assert Rules.model_validate(form.arguments()) == current
