"""Which date it is at a moment of a run."""

import pytest

from simulator import catalog
from simulator.engine import calendar, scenario
from simulator.engine.clock import HOUR, SECOND
from simulator.engine.errors import Refused
from simulator.engine.run import Run

DOCUMENT = {"title": "a day", "nodes": [{"id": "q", "pattern": "queue"}]}


def test_a_run_begins_on_a_monday_unless_its_scenario_says_otherwise():
    usual = Run(scenario.read(DOCUMENT, catalog.patterns()))
    assert calendar.iso(usual.in_calendar(0)) == "2026-01-05T00:00:00Z"
    assert calendar.date_of(usual.in_calendar(0)).strftime("%A") == "Monday"
    other = Run(scenario.read(DOCUMENT | {"begins": "2026-03-29T01:30:00+01:00"}, catalog.patterns()))
    assert calendar.iso(other.in_calendar(HOUR + 5 * SECOND)) == "2026-03-29T01:30:05Z"


@pytest.mark.parametrize(
    ("begins", "sentence"),
    [
        ("tomorrow", '"tomorrow" is no moment. Write it like 2026-01-05T00:00:00Z.'),
        ("2026-02-30T00:00:00Z", "is no moment"),
        ("1969-12-31T00:00:00Z", "is in the year 1969. Allowed is 1970 to 2199."),
    ],
)
def test_a_beginning_that_is_none_is_refused_with_the_way_to_write_it(begins: str, sentence: str):
    with pytest.raises(Refused) as refused:
        scenario.read(DOCUMENT | {"begins": begins}, catalog.patterns())
    (problem,) = refused.value.problems
    assert problem.path == "begins"
    assert sentence in problem.problem


@pytest.mark.parametrize("text", ["2026-01-05T00:00:00Z", "2199-12-31T23:59:59Z", "1970-01-01T00:00:00Z"])
def test_a_moment_is_written_as_it_is_read(text: str):
    assert calendar.iso(calendar.since_epoch(text)) == text
