"""Messages and the records about them: numbers that carry their origin, and lines that are the same everywhere."""

import json
import pickle

import pytest

from simulator.engine.message import BY_HAND, Message, label, message_id
from simulator.engine.run import LOOKS
from simulator.engine.trace import Trace, line
from tests.engine.station import run_of, station, way


def test_a_message_says_by_its_number_who_made_it_and_the_how_manieth_it_is() -> None:
    number = message_id(41, 3)

    assert divmod(number, 256) == (41, 3)
    assert label(number, ["shop", "emails", "mailer", "audit"]) == "audit-41"


def test_changing_one_station_never_renumbers_what_another_makes() -> None:
    """Each node counts for itself, so two variants of a scenario talk about the same m-41."""
    few = run_of(station("a", makes=3), station("b", makes=2), station("c"), way("a", "c"), way("b", "c"))
    many = run_of(station("a", makes=3), station("b", makes=50), station("c"), way("a", "c"), way("b", "c"))

    few.advance(100_000_000)
    many.advance(100_000_000)

    assert _made_by(few, 0) == _made_by(many, 0) == [message_id(number, 0) for number in (1, 2, 3)]


def test_what_somebody_sends_by_hand_is_counted_apart() -> None:
    run = run_of(station("a", makes=2), station("b"), way("a", "b"))

    run.intervene("b", "Give", {"body": "hello"})
    run.advance(5_000_000)

    assert _made_by(run, 0) == [message_id(1, 0), message_id(2, 0)]
    assert message_id(1, BY_HAND) in run.inventory()


def test_a_message_does_not_change() -> None:
    message = Message(256, "order", 0, {"price": 1}, 11, 0)

    with pytest.raises(AttributeError):
        message.type = "other"  # type: ignore[misc]


def test_types_get_a_colour_each_until_there_are_no_more_and_the_rest_shares_the_last() -> None:
    run = run_of(station("a"))

    numbers = [run.look(f"type {number}") for number in range(LOOKS + 5)]

    assert numbers == [*range(LOOKS), *[LOOKS - 1] * 5]
    assert run.look("type 0") == 0
    assert len(run.looks) == LOOKS


def test_a_record_is_one_line_of_compact_json_with_text_as_it_is() -> None:
    assert line((1_000, "returned", 2, 512, "Überlauf")) == '[1000,"returned",2,512,"Überlauf"]'


def test_a_trace_counts_what_was_taken_and_gives_each_record_once() -> None:
    trace = Trace()
    trace.append((1, "a", 0, 0))
    trace.append((2, "b", 0, 0))

    first = trace.take()
    trace.append((3, "c", 0, 0))

    assert [record[1] for record in first] == ["a", "b"]
    assert trace.count == 3
    assert [record[1] for record in trace.take()] == ["c"]
    assert trace.take() == []


def test_a_pickled_trace_goes_on_counting_and_appending_to_itself() -> None:
    trace = Trace()
    trace.append((1, "a", 0, 0))
    trace.take()
    trace.append((2, "b", 0, 0))

    twin = pickle.loads(pickle.dumps(trace))
    twin.append((3, "c", 0, 0))

    assert (twin.count, [record[1] for record in twin.records]) == (3, ["b", "c"])
    assert trace.count == 2


def test_every_record_of_a_run_can_be_written_and_read_as_json() -> None:
    run = run_of(station("a", makes=20, listens=True, tries=2), station("b", refuses="Busy"), way("a", "b", loss=0.3))

    run.advance(100_000_000)

    for record in run.trace.records:
        assert tuple(json.loads(line(record))) == record


def _made_by(run: object, node: int) -> list[int]:
    return [record[3] for record in run.trace.records if record[1] == "made" and record[2] == node]  # type: ignore[attr-defined]
