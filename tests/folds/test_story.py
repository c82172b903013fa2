"""The story: its beats come at the same moments of every run, also after going back."""

from typing import Any

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND
from simulator.engine.trace import Record
from simulator.folds.story import Story
from tests.patterns.vocabulary import document, producer, queue, worker

SHOP, EMAILS, MAILER = 0, 1, 2


def story(*beats: dict[str, Any]) -> Story:
    parts = (
        producer("shop", to="emails", body={"type": "sign-up"}),
        queue("emails"),
        worker("mailer", polls="emails"),
    )
    written = document(*parts) | {"story": [{"title": "t", "say": "s", **beat} for beat in beats]}
    return Story(documents.read(written, catalog.patterns()))


def record(time: int, kind: str, node: int = EMAILS, message: int = 41 * 256) -> Record:
    return (time, kind, node, message, 0, 0, 0, 0)


def test_a_beat_waits_for_its_nth_record_at_its_node() -> None:
    told = story({"when": {"first": "enqueued", "node": "emails", "nth": 2}})
    assert told.find([record(1, "enqueued"), record(2, "enqueued", MAILER)], 2) is None
    assert told.pending()
    assert told.find([record(3, "enqueued"), record(4, "enqueued")], 4) == (0, record(3, "enqueued"))
    assert not told.pending()


def test_a_beat_can_be_a_time() -> None:
    told = story({"when": {"at": "40s"}})
    assert told.next_time() == 40 * SECOND
    assert told.find([], 39 * SECOND) is None
    assert told.find([], 41 * SECOND) == (0, (40 * SECOND, "", -1, 0))
    assert told.next_time() is None


def test_two_beats_of_one_moment_are_told_one_after_the_other() -> None:
    told = story({"when": {"first": "enqueued"}}, {"when": {"first": "received"}}, {"when": {"first": "deleted"}})
    moment = [record(5, "enqueued"), record(5, "received")]
    assert told.find(moment, 5) == (0, moment[0])
    assert told.pending()
    assert told.find([record(6, "deleted")], 6) == (1, moment[1])
    assert told.find([], 6) == (2, record(6, "deleted"))


def test_beats_that_are_raced_past_are_told() -> None:
    """In a longer stretch only its first beat can be shown; the others must not come up later, out of place."""
    told = story({"when": {"first": "enqueued"}}, {"when": {"first": "received"}})
    assert told.find([record(5, "enqueued"), record(6, "received")], 9) == (0, record(5, "enqueued"))
    assert told.find([record(10, "enqueued")], 10) is None
    assert not told.pending()


def test_going_back_before_a_beat_arms_it_again() -> None:
    told = story({"when": {"first": "enqueued", "nth": 3}}, {"when": {"at": "2s"}})
    beginning = told.snapshot()
    told.find([record(1, "enqueued")], SECOND)
    kept = told.snapshot()
    assert told.find([record(2, "enqueued"), record(3, "enqueued")], 3 * SECOND) is not None
    assert not told.pending()
    told.restore(kept)
    assert told.pending()
    assert told.find([record(2, "enqueued"), record(3, "enqueued")], SECOND) == (0, record(3, "enqueued"))
    told.restore(beginning)
    assert told.find([record(1, "enqueued"), record(2, "enqueued")], SECOND) is None


def test_a_card_names_the_message_the_node_and_the_type() -> None:
    beat = {
        "when": {"first": "enqueued"},
        "title": "{message}!",
        "say": "{message} ({type}) is in {node}; {}, {other} and braces stay.",
        "focus": "mailer",
        "ask": {"question": "Where is {message}?", "answers": ["{node}", "gone"], "right": 0, "because": "of {node}"},
    }
    told = story(beat | {"say": "{message} ({type}) is in {node}."})
    told.find([(0, "sent", SHOP, 41 * 256, 0, 0, 1, 0)], 0)
    assert told.card(0, record(5, "enqueued")) == {
        "n": 0,
        "node": MAILER,
        "message": 41 * 256,
        "title": "m-41!",
        "say": "m-41 (sign-up) is in emails.",
        "ask": {"question": "Where is m-41?", "answers": ["emails", "gone"], "right": 0, "because": "of emails"},
    }


def test_a_card_of_a_time_has_no_message() -> None:
    told = story({"when": {"at": "1s"}, "say": "{message}, {type}, {node}", "pause": False})
    found = told.find([], SECOND)
    assert found is not None
    assert told.card(*found)["say"] == "a message, message, the run"
    assert told.card(*found)["node"] == -1
    assert told.pauses(0) is False


def test_the_built_in_stories_are_told_to_the_end() -> None:
    """Each beat of each built-in scenario comes within the run, with its own seed."""
    from simulator.engine.run import Run

    for builtin in catalog.builtin_scenarios():
        scenario = documents.read(builtin.document, catalog.patterns())
        run, told = Run(scenario), Story(scenario)
        while told.pending() and run.now < scenario.document.length:
            run.advance(min(run.now + SECOND, scenario.document.length))
            told.find(run.trace.take(), run.now)
        assert not told.pending(), f"{builtin.path}: {told.snapshot()}"
