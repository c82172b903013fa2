"""When schedules fire. Sources: EventBridge User Guide, "Cron expressions" and "Rate expressions"; EventBridge
Scheduler User Guide, "Schedule types", "Daylight savings time".
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine.calendar import date_of, iso, since_epoch
from simulator.engine.clock import DAY, HOUR, MINUTE, SECOND, Micros
from simulator.engine.cron import DAYS, MONTHS, DaysOfMonth
from simulator.engine.schedules import Schedule, expression, within
from simulator.engine.zones import names, zone

BERLIN = "Europe/Berlin"


def schedule(text: str, timezone: str = "UTC", **more: Micros) -> Schedule:
    return Schedule(expression(text), timezone, **more)


def following(plan: Schedule, since: str, count: int) -> list[str]:
    """The next times after a moment, without the Z."""
    found, time = [], since_epoch(since)
    for _ in range(count):
        coming = plan.next_after(time)
        if coming is None:
            break
        time = coming
        found.append(iso(time).removesuffix("Z"))
    return found


def test_every_quarter_of_an_hour_is_96_times_a_day():
    """Invariant 14 of the event bus."""
    plan = schedule("cron(0/15 * * * ? *)")
    day = following(plan, "2026-01-05T00:00:00Z", 97)
    assert [time for time in day if time.startswith("2026-01-05")] == day[:95]
    assert day[95] == "2026-01-06T00:00:00"
    assert since_epoch(day[96]) - since_epoch(day[0]) == DAY


@pytest.mark.parametrize("text", ["cron(0 9 * * * *)", "cron(0 9 ? * ? *)", "cron(0 9 1 * 2 *)"])
def test_exactly_one_of_the_two_days_is_a_question_mark(text: str):
    """Invariant 14 of the event bus."""
    with pytest.raises(ValueError, match=r"day-of-week (is|are) \?\. Exactly one of them is\."):
        expression(text)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("cron(0 10 * * ? *)", ["2026-01-05T10:00:00", "2026-01-06T10:00:00"]),
        ("cron(15 12 * * ? *)", ["2026-01-05T12:15:00", "2026-01-06T12:15:00"]),
        ("cron(0 18 ? * MON-FRI *)", [f"2026-01-{day:02}T18:00:00" for day in (5, 6, 7, 8, 9, 12)]),
        ("cron(0 8 1 * ? *)", ["2026-02-01T08:00:00", "2026-03-01T08:00:00"]),
        ("cron(0/10 * ? * MON-FRI *)", ["2026-01-05T00:10:00", "2026-01-05T00:20:00"]),
        ("cron(1/10 0 ? * * *)", [f"2026-01-05T00:{minute:02}:00" for minute in (1, 11, 21, 31, 41, 51)]),
        ("cron(0 0 L * ? *)", ["2026-01-31T00:00:00", "2026-02-28T00:00:00"]),
        ("cron(0 0 LW * ? *)", ["2026-01-30T00:00:00", "2026-02-27T00:00:00"]),
        ("cron(0 0 3W * ? *)", ["2026-02-03T00:00:00", "2026-03-03T00:00:00", "2026-04-03T00:00:00"]),
        ("cron(0 0 1W 8 ? *)", ["2026-08-03T00:00:00", "2027-08-02T00:00:00"]),
        ("cron(0 0 31W 5 ? *)", ["2026-05-29T00:00:00", "2027-05-31T00:00:00"]),
        ("cron(0 0 ? * 6L *)", ["2026-01-30T00:00:00", "2026-02-27T00:00:00"]),
        ("cron(0 0 ? * friL 2027)", ["2027-01-29T00:00:00"]),
        ("cron(0 0 ? * 3#2 *)", ["2026-01-13T00:00:00", "2026-02-10T00:00:00"]),
        ("cron(0 0 ? * L *)", ["2026-01-10T00:00:00"]),
        ("cron(30 6,18 ? MAR,SEP SUN 2026-2027)", ["2026-03-01T06:30:00", "2026-03-01T18:30:00"]),
        ("cron(59 23 31 12 ? 2199)", ["2199-12-31T23:59:00"]),
    ],
)
def test_the_examples_of_the_guides_mean_what_they_say(text: str, times: list[str]):
    assert following(schedule(text), "2026-01-05T00:00:00Z", len(times)) == times


def test_the_fifth_monday_of_a_february_is_found_28_years_apart():
    """29 February on a Monday; 2100 is no leap year."""
    times = following(schedule("cron(0 0 ? 2 MON#5 *)"), "2026-01-05T00:00:00Z", 10)
    assert [time[:10] for time in times] == [f"{year}-02-29" for year in (2044, 2072, 2112, 2140, 2168, 2196)]
    assert schedule("cron(0 0 30 2 ? *)").next_after(0) is None
    assert schedule("cron(0 0 1 1 ? 2025)").next_after(since_epoch("2026-01-05")) is None


def test_a_local_time_that_is_skipped_is_skipped():
    """In Berlin clocks go from 2:00 to 3:00 on 29 March 2026."""
    plan = schedule("cron(30 2 * * ? *)", BERLIN)
    assert following(plan, "2026-03-27T12:00:00Z", 3) == [
        "2026-03-28T01:30:00",
        "2026-03-30T00:30:00",
        "2026-03-31T00:30:00",
    ]
    assert schedule("at(2026-03-29T02:30:00)", BERLIN).next_after(0) is None


def test_a_local_time_that_comes_twice_counts_once_the_first_time():
    """In Berlin clocks go from 3:00 back to 2:00 on 25 October 2026."""
    plan = schedule("cron(30 2 * * ? *)", BERLIN)
    assert following(plan, "2026-10-24T12:00:00Z", 2) == ["2026-10-25T00:30:00", "2026-10-26T01:30:00"]
    assert following(plan, "2026-10-25T01:30:00Z", 1) == ["2026-10-26T01:30:00"]
    assert iso(schedule("at(2026-10-25T02:30:00)", BERLIN).next_after(0) or 0) == "2026-10-25T00:30:00Z"


def test_a_whole_day_can_be_skipped():
    """Samoa had no 30 December 2011."""
    plan = schedule("cron(0 12 * * ? *)", "Pacific/Apia")
    assert following(plan, "2011-12-28T23:00:00Z", 2) == ["2011-12-29T22:00:00", "2011-12-30T22:00:00"]


def test_a_rate_counts_from_its_first_time_whatever_clocks_show():
    first = since_epoch("2026-03-28T12:00:00Z")
    plan = schedule("rate(1 day)", BERLIN, first=first)
    assert following(plan, "2026-01-05T00:00:00Z", 3) == [f"2026-03-{day}T12:00:00" for day in (28, 29, 30)]
    assert plan.next_after(first) == first + DAY
    assert schedule("rate(90 minutes)").next_after(0) == 90 * MINUTE
    assert schedule("rate(2 hours)").next_after(2 * HOUR - 1) == 2 * HOUR


def test_what_happens_once_fires_once():
    """Invariant 15 of the event bus."""
    plan = schedule("at(2026-01-05T09:00:00)", "Asia/Tokyo")
    assert following(plan, "2026-01-04T00:00:00Z", 5) == ["2026-01-05T00:00:00"]
    assert plan.next_after(since_epoch("2026-01-05T00:00:00Z")) is None


def test_a_flexible_window_spreads_evenly_over_all_of_it():
    """Invariant 15 of the event bus: uniformly in [t, t + w]; a chi-squared test with nine degrees of freedom."""
    random, draws = Random(7), 10_000
    waits = [within(15, random) for _ in range(draws)]
    assert min(waits) >= 0
    assert max(waits) <= 15 * MINUTE
    tenths = [0] * 10
    for wait in waits:
        tenths[min(9, wait * 10 // (15 * MINUTE))] += 1
    assert sum((count - draws / 10) ** 2 / (draws / 10) for count in tenths) < 27.9  # p = 0.001
    assert within(0, random) == 0


def test_a_schedule_keeps_within_its_dates_and_what_happens_once_does_not_ask():
    start, end = since_epoch("2026-01-06T10:00:00Z"), since_epoch("2026-01-08T10:00:00Z")
    daily = schedule("cron(0 10 * * ? *)", start=start, end=end)
    assert following(daily, "2026-01-01T00:00:00Z", 9) == [f"2026-01-{day:02}T10:00:00" for day in (6, 7, 8)]
    hours = schedule("rate(1 day)", first=start, start=start, end=end - 1)
    assert following(hours, "2026-01-01T00:00:00Z", 9) == [f"2026-01-{day:02}T10:00:00" for day in (6, 7)]
    once = schedule("at(2026-01-20T00:00:00)", start=start, end=end)
    assert following(once, "2026-01-01T00:00:00Z", 9) == ["2026-01-20T00:00:00"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("every day", "“every day” is no schedule expression. Write rate(…), cron(…) or at(…)."),
        ("cron(0 9 * * ?)", "cron(0 9 * * ?): it has 5 fields. A cron expression has six: minutes, hours,"),
        ("cron(60 9 * * ? *)", "field 1, minutes, is “60”: “60” is none of 0 to 59."),
        ("cron(0 24 * * ? *)", "field 2, hours, is “24”: “24” is none of 0 to 23."),
        ("cron(0 9 0 * ? *)", "field 3, day-of-month, is “0”: “0” is none of 1 to 31."),
        ("cron(0 9 L,5 * ? *)", "field 3, day-of-month, is “L,5”: “L” is none of 1 to 31."),
        ("cron(0 9 32W * ? *)", "field 3, day-of-month, is “32W”: “32” is none of 1 to 31."),
        ("cron(0 9 ? 13 2 *)", "field 4, month, is “13”: “13” is none of 1 to 12 or JAN to DEC."),
        ("cron(0 9 ? * 3#6 *)", "field 5, day-of-week, is “3#6”"),
        ("cron(0 9 ? * 3#1,6#3 *)", "field 5, day-of-week, is “3#1,6#3”"),
        ("cron(0 9 ? * MOO *)", "“MOO” is none of 1 to 7 or SUN to SAT."),
        ("cron(0 9 ? * 2 1969)", "field 6, year, is “1969”: “1969” is none of 1970 to 2199."),
        ("cron(0/0 9 ? * 2 *)", "“0/0” has no step after its /."),
        ("cron(0/x 9 ? * 2 *)", "“0/x” has no step after its /."),
        ("cron(0 17-9 ? * 2 *)", "“17-9” goes backwards. Write it as two ranges with a comma."),
        ("cron(0 9,, ? * 2 *)", "“” is none of 0 to 23."),
        ("cron(? 9 ? * 2 *)", "“?” is none of 0 to 59."),
        ("rate(0 minutes)", "a rate is at least 1."),
        ("rate(1 minutes)", "with 1 the unit is “minute”. Write rate(1 minute)."),
        ("rate(5 minute)", "with 5 the unit is “minutes”. Write rate(5 minutes)."),
        ("rate(5 seconds)", "a rate is a whole number and a unit"),
        ("rate(1.5 hours)", "a rate is a whole number and a unit"),
        ("at(2026-02-30T00:00:00)", "there is no such time"),
        ("at(2026-02-03)", "a time is written yyyy-mm-ddThh:mm:ss"),
        ("at(2200-01-01T00:00:00)", "the year is 2200. Allowed is 1970 to 2199."),
    ],
)
def test_a_wrong_expression_says_where_and_what_is_allowed(text: str, sentence: str):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        expression(text)


def test_a_rule_of_a_bus_knows_no_at():
    with pytest.raises(ValueError, match=r"Write rate\(…\) or cron\(…\)\."):
        expression("at(2026-02-03T00:00:00)", once=False)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../UTC", "europe/berlin", "", "zone.tab"])
def test_a_zone_that_is_none_is_refused(name: str):
    with pytest.raises(ValueError, match=r"is no time zone\. Write one like UTC or Europe/Berlin"):
        zone(name)


# Against a reference that goes minute by minute, or day by day, and asks whether each is meant.

ZONES = ["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago"]


@st.composite
def fields(draw: st.DrawFn, least: int, most: int, called: tuple[str, ...] = ()) -> tuple[str, frozenset[int]]:
    """A field of an expression as text, and the numbers that it means."""
    texts, numbers = [], set()
    for _ in range(draw(st.integers(1, 3))):
        low = draw(st.integers(least, most))
        high, step = draw(st.integers(low, most)), draw(st.integers(1, most - least + 1))
        name = called[low - least].lower() if called and draw(st.booleans()) else str(low)
        text, meant = draw(
            st.sampled_from(
                [
                    ("*", range(least, most + 1)),
                    (name, [low]),
                    (f"{name}-{high}", range(low, high + 1)),
                    (f"{name}/{step}", range(low, most + 1, step)),
                    (f"*/{step}", range(least, most + 1, step)),
                    (f"{low}-{high}/{step}", range(low, high + 1, step)),
                ]
            )
        )
        texts.append(text)
        numbers.update(meant)
    return ",".join(texts), frozenset(numbers)


EVERY = frozenset(range(32))


@st.composite
def crons(draw: st.DrawFn, any_day: bool = False) -> tuple[str, list[frozenset[int]]]:
    """An expression, and what its first five fields mean."""
    (minutes, minute), (hours, hour) = draw(fields(0, 59)), draw(fields(0, 23))
    if any_day:
        return f"cron({minutes} {hours} * * ? *)", [minute, hour, EVERY, EVERY, EVERY]
    months, month = draw(fields(1, 12, MONTHS))
    if draw(st.booleans()):
        days, day = draw(fields(1, 31))
        return f"cron({minutes} {hours} {days} {months} ? *)", [minute, hour, day, month, EVERY]
    days, day = draw(fields(1, 7, DAYS))
    return f"cron({minutes} {hours} ? {months} {days} *)", [minute, hour, EVERY, month, day]


def minute_by_minute(meant: list[frozenset[int]], timezone: str, since: datetime) -> Iterator[datetime]:
    """Every minute in UTC, within three days, at which local clocks show what is meant for the first time."""
    for minute in range(1, 3 * 1440):
        time = since + timedelta(minutes=minute)
        shown = time.astimezone(zone(timezone))
        of = (shown.minute, shown.hour, shown.day, shown.month, shown.isoweekday() % 7 + 1)
        if not shown.fold and all(number in numbers for number, numbers in zip(of, meant, strict=True)):
            yield time


@settings(max_examples=60, deadline=None)
@given(crons(), st.sampled_from(ZONES), st.integers(0, 40 * 366 * 1440))
def test_the_next_times_are_those_that_a_search_minute_by_minute_finds(
    plan: tuple[str, list[frozenset[int]]], timezone: str, begins: int
):
    compare(*plan, timezone, datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=begins))


@settings(max_examples=60, deadline=None)
@given(crons(any_day=True), st.sampled_from(ZONES[1:]), st.integers(0, 2 * 1440), st.sampled_from([3, 9, 10]))
def test_they_are_also_where_clocks_change(
    plan: tuple[str, list[frozenset[int]]], timezone: str, before: int, month: int
):
    change = change_of_clocks(timezone, datetime(2026, month, 1, tzinfo=UTC))
    compare(*plan, timezone, change - timedelta(minutes=before))


def change_of_clocks(timezone: str, since: datetime) -> datetime:
    """The first hour from then on, within 45 days, at which local clocks show another offset; else that moment."""
    offset = since.astimezone(zone(timezone)).utcoffset()
    times = (since + timedelta(hours=hour) for hour in range(24 * 45))
    return next((time for time in times if time.astimezone(zone(timezone)).utcoffset() != offset), since)


def compare(text: str, meant: list[frozenset[int]], timezone: str, since: datetime) -> None:
    """The first five times, or that there is none in three days."""
    begins = iso(round(since.timestamp()) * SECOND)
    first_five = islice(minute_by_minute(meant, timezone, since), 5)
    expected = [time.strftime("%Y-%m-%dT%H:%M:%S") for time in first_five]
    found = following(schedule(text, timezone), begins, max(1, len(expected)))
    if expected:
        assert found == expected
    else:
        assert not found or since_epoch(found[0]) >= since_epoch(begins) + 3 * DAY


@given(st.integers(1970, 2199), st.integers(1, 12), st.integers(1, 31), st.integers(1, 5))
def test_the_days_of_a_month_are_those_that_a_search_day_by_day_finds(year: int, month: int, number: int, nth: int):
    first = date(year, month, 1)
    days = [day for day in (first + timedelta(days=n) for n in range(31)) if day.month == month]
    of_week = (number - 1) % 7 + 1
    kind = [day.day for day in days if day.isoweekday() % 7 + 1 == of_week]
    weekdays = [day.day for day in days if day.isoweekday() <= 5]
    assert DaysOfMonth("last").of(year, month) == [days[-1].day]
    assert DaysOfMonth("last weekday").of(year, month) == [weekdays[-1]]
    assert DaysOfMonth("weekdays", (of_week,)).of(year, month) == kind
    assert DaysOfMonth("last of its kind", (of_week,)).of(year, month) == [kind[-1]]
    assert DaysOfMonth("nth of its kind", (of_week,), nth).of(year, month) == kind[nth - 1 : nth]
    nearest = DaysOfMonth("nearest weekday", (number,)).of(year, month)
    if number > len(days):
        assert nearest == []
    else:
        assert nearest[0] in weekdays
        assert abs(nearest[0] - number) == min(abs(day - number) for day in weekdays)


def test_every_zone_can_be_read_and_reaches_to_the_end():
    far = since_epoch("2199-01-01T00:00:00Z")
    for name in sorted(names()):
        assert date_of(far).astimezone(zone(name)).year in (2198, 2199), name
