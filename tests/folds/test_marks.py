"""Marks: what is worth finding again, never more than a page can show."""

import pickle

from hypothesis import given
from hypothesis import strategies as some

from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.trace import Record
from simulator.folds.marks import MOST_MARKS, Marks
from tests.folds.runs import mails, records_of, slices
from tests.patterns.vocabulary import do, document, queue, worker

EMAILS = 1


def test_a_crash_and_what_it_brings_back_are_marked() -> None:
    run = mails(service=5.0, concurrency=3)
    records = records_of(run, 10 * SECOND)
    do(run, "mailer", "crash", seconds=20)
    marks = Marks(run.scenario)
    marks.add(records + records_of(run, MINUTE))
    rows = marks.rows()
    assert [row[:2] for row in rows if row[1] == "fault"] == [[10 * SECOND, "fault"], [30 * SECOND, "fault"]]
    assert sum(row[3] for row in rows if row[1] == "redelivered") >= 3
    assert "can be received from emails again" in next(row[2] for row in rows if row[1] == "redelivered")


def test_the_beats_of_the_story_are_marked_by_their_titles() -> None:
    from simulator import catalog
    from simulator.engine import scenario as documents

    beat = {"when": {"first": "deleted", "nth": 2}, "title": "Done", "say": "s"}
    read = documents.read(
        document(queue("emails"), worker("mailer", polls="emails")) | {"story": [beat]}, catalog.patterns()
    )
    marks = Marks(read)
    marks.add([(5, "deleted", 0, 256, 1, 5), (7, "deleted", 0, 512, 1, 5), (9, "deleted", 0, 768, 1, 5)])
    assert marks.rows() == [[7, "beat", "Done", 1]]


@given(some.lists(some.tuples(some.integers(0, 10**10), some.booleans()), max_size=700), some.integers(1, 50))
def test_marks_are_thinned_and_none_is_lost_count_of(moments: list[tuple[int, bool]], at_once: int) -> None:
    records: list[Record] = [
        (time, "redelivered", EMAILS, 256, "time is up", 1) if again else (time, "expired", EMAILS, 256, "too old")
        for time, again in sorted(moments)
    ]
    marks = Marks(mails().scenario)
    for begin in range(0, len(records), at_once):
        marks.add(records[begin : begin + at_once])
    rows = marks.rows()
    assert len(rows) <= MOST_MARKS
    assert rows == sorted(rows, key=lambda row: row[0])
    for kind, name in (("redelivered", "redelivered"), ("discarded", "expired")):
        assert sum(row[3] for row in rows if row[1] == kind) == sum(record[1] == name for record in records)


def test_marks_go_on_after_being_pickled() -> None:
    run = mails(service=5.0, failure_probability=0.5)
    one = other = Marks(run.scenario)
    for records in slices(run, 3 * MINUTE, SECOND):
        other = pickle.loads(pickle.dumps(other))
        one.add(records)
        other.add(records)
    assert one.rows() == other.rows()
    assert len(one.rows()) > 3
