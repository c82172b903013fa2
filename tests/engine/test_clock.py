"""Virtual time: how durations are read, written and said."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from simulator.engine import clock
from simulator.engine.clock import DAY, HOUR, LONGEST, MILLISECOND, MINUTE, SECOND, Duration, Micros

durations = st.integers(min_value=0, max_value=LONGEST)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("40s", 40 * SECOND),
        ("10m", 10 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("250ms", 250 * MILLISECOND),
        ("2d", 2 * DAY),
        ("1.5h", 90 * MINUTE),
        (".5s", 500 * MILLISECOND),
        ("4 min 10 s", 250 * SECOND),
        (" 7us ", 7),
        ("7µs", 7),
        ("40", 40 * SECOND),
        ("0.1", 100 * MILLISECOND),
        (40, 40 * SECOND),
        (0.1, 100 * MILLISECOND),
        (0, 0),
    ],
)
def test_a_duration_is_read_in_the_ways_people_write_it(text: str | float, micros: Micros):
    assert clock.parse(text) == micros


@pytest.mark.parametrize(
    ("given_value", "said"),
    [
        ("", "not a duration"),
        ("soon", "not a duration"),
        ("5 lightyears", "not a duration"),
        ("30m1h", "large to small"),
        ("1m1m", "large to small"),
        ("5m30", "not a duration"),
        ("-5s", "not a duration"),
        ("1e3", "not a duration"),
        ("٣s", "not a duration"),
        ("9" * 100 + "s", "too long to be"),
        ("4000d", "too long a duration"),
        (-1, "negative"),
        (1e300, "too long a duration"),
        (math.inf, "has no end"),
        (math.nan, "has no end"),
        (True, "not a duration"),
        (None, "not a duration"),
        ([40], "not a duration"),
    ],
)
def test_what_is_no_duration_is_refused_with_what_is_allowed(given_value: object, said: str):
    with pytest.raises(ValueError, match=said) as refused:
        clock.parse(given_value)  # type: ignore[arg-type]
    assert any(word in str(refused.value) for word in ("40s, 10m, 1h30m", "0 or more", "at most 3650 d"))


def test_seconds_round_half_up_to_the_microsecond():
    assert [clock.seconds(x) for x in (0.0000005, 0.0000004, 1, 1.0000015)] == [1, 0, SECOND, SECOND + 2]
    assert clock.seconds(-0.0000005) == 0


def test_seconds_without_end_are_no_time():
    with pytest.raises(ValueError, match="finite"):
        clock.seconds(math.nan)


@given(durations)
def test_a_written_duration_reads_back_exactly(micros: Micros):
    assert clock.parse(clock.written(micros)) == micros


@given(durations)
def test_a_duration_in_words_is_right_to_a_twentieth(micros: Micros):
    said = clock.parse(clock.words(micros))
    assert abs(said - micros) <= micros / 20


@pytest.mark.parametrize(
    ("micros", "said"),
    [
        (0, "0 s"),
        (7, "7 µs"),
        (2_500, "2.5 ms"),
        (250 * MILLISECOND, "250 ms"),
        (999_600, "1 s"),
        (1_200_000, "1.2 s"),
        (30 * SECOND, "30 s"),
        (59_960_000, "1 min"),
        (250 * SECOND, "4 min 10 s"),
        (2 * HOUR + 5 * MINUTE, "2 h 5 min"),
        (23 * HOUR + 59 * MINUTE + 45 * SECOND, "1 d"),
        (3 * DAY + 4 * HOUR, "3 d 4 h"),
        (-30 * SECOND, "-30 s"),
    ],
)
def test_words_say_the_two_units_that_matter(micros: Micros, said: str):
    assert clock.words(micros) == said


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (0, "00:00.0"),
        (92_400_000, "01:32.4"),
        (92_499_999, "01:32.4"),
        (HOUR + 2 * MINUTE + 3_400_000, "1:02:03.4"),
        (4 * DAY + 2 * HOUR + 3 * MINUTE + 4_500_000, "4 d 02:03:04.5"),
        (-SECOND, "-00:01.0"),
    ],
)
def test_a_stamp_is_cut_to_the_tenth_that_has_come(micros: Micros, shown: str):
    assert clock.stamp(micros) == shown


class Fault(BaseModel):
    at: Duration
    span: Duration = 20 * SECOND


def test_a_document_survives_being_read_and_written():
    fault = Fault.model_validate({"at": "1m30s", "span": 0.25})
    assert (fault.at, fault.span) == (90 * SECOND, 250 * MILLISECOND)
    assert fault.model_dump() == {"at": "1m30s", "span": "250ms"}
    assert Fault.model_validate_json(fault.model_dump_json()) == fault


def test_a_wrong_duration_in_a_document_is_named_with_its_place():
    with pytest.raises(ValidationError) as refused:
        Fault.model_validate({"at": "soon", "span": -1})
    assert [(fault["loc"], "duration" in fault["msg"]) for fault in refused.value.errors()] == [
        (("at",), True),
        (("span",), True),
    ]


def test_a_form_learns_that_a_duration_is_a_text_or_a_number():
    schema = Fault.model_json_schema()["properties"]["at"]
    assert {option["type"] for option in schema["anyOf"]} == {"string", "number"}
