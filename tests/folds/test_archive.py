"""The archive: a long run in bounded memory, every kept record as it was written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from simulator.engine.clock import SECOND
from simulator.engine.message import message_id
from simulator.engine.trace import Record
from simulator.folds import archive as archives
from simulator.folds.archive import Archive
from tests.folds.runs import EMAILS, MAILER, mails, records_of
from tests.patterns.vocabulary import queue


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 16 records, of which two are plain: so that small tests meet compressed ones too."""
    monkeypatch.setattr(archives, "CHUNK", 16)
    monkeypatch.setattr(archives, "PLAIN_CHUNKS", 2)


def written(count: int, messages: int = 7) -> list[Record]:
    return [(number // 3, "sent", 0, message_id(number % messages + 1, 0), 0, 0, number, 64) for number in range(count)]


def filed(records: list[Record], at_once: int) -> Archive:
    archive = Archive()
    for begin in range(0, len(records), at_once):
        archive.append(records[begin : begin + at_once])
    return archive


def life(archive: Archive, message: int) -> list[Record]:
    records: list[Record] = []
    for part in archive.of_message(message):
        records = part + records
    return records


@given(some.integers(0, 300), some.integers(1, 90), some.integers(0, 320), some.integers(0, 120))
def test_an_archive_is_a_list_of_records(count: int, at_once: int, index: int, before: int) -> None:
    records = written(count)
    archive = filed(records, at_once)
    assert archive.count == count
    assert archive.since(index) == records[index:]
    earlier = [record for record in records if record[0] < before]
    assert list(archive.backwards(before)) == earlier[::-1]


@given(some.integers(0, 300), some.integers(0, 320), some.integers(0, 100))
def test_what_was_cut_off_can_be_written_anew(count: int, cut: int, more: int) -> None:
    """A fork writes another future behind the same past, and leaves the one it came from alone."""
    records, others = written(count), [(900, "lost", 0, 256, 0, "x")] * more
    archive = filed(records, 50)
    fork = archive.until(cut)
    fork.append(others)
    assert fork.since(0) == records[:cut] + others
    assert archive.since(0) == records
    archive.truncate(cut)
    assert archive.since(0) == records[:cut]
    assert archive.count == min(cut, count)


def test_beyond_its_limit_the_oldest_records_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 3_000)
    records = written(4000)
    archive = filed(records, 100)
    assert 0 < archive.first_index < archive.count == 4000
    assert archive.bytes < 3_000 + 5 * 16 * 8
    assert archive.since(0) == records[archive.first_index :]
    assert archive.since(3990) == records[3990:]
    fork = archive.until(3900)
    assert fork.count == 3900
    assert fork.since(3880) == records[3880:3900]


def test_the_life_of_a_message_is_found_in_every_chunk() -> None:
    records = written(500)
    wanted = message_id(3, 0)
    assert life(filed(records, 77), wanted) == [record for record in records if record[3] == wanted]


def test_a_life_goes_on_in_the_messages_it_caused() -> None:
    """And in those that these caused; a number that only looks like the message's id makes no relative."""
    run = mails(queue("done"), to="done")
    records = records_of(run, 60 * SECOND)
    parent = next(record[3] for record in records if record[1] == "created" and record[2] == 0)
    child = next(record[3] for record in records if record[1] == "created" and record[4:] == (parent,))
    found = life(filed(records, 33), parent)
    assert found == [record for record in records if record[3] in (parent, child)]
    assert {record[2] for record in found} == {0, EMAILS, MAILER, 3}


def test_a_life_begins_with_what_the_message_was_made_from() -> None:
    """But not with what else was made from that."""
    run = mails(queue("done"), queue("copies"), to=["done", "copies"])
    records = records_of(run, 60 * SECOND)
    parent = next(record[3] for record in records if record[1] == "created" and record[2] == 0)
    child = next(record[3] for record in records if record[1] == "created" and record[4:] == (parent,))
    found = life(filed(records, 33), child)
    assert found == [record for record in records if record[3] in (parent, child)]


def test_a_life_comes_in_parts_so_that_others_get_their_turn() -> None:
    parts: list[Any] = list(filed(written(500), 50).of_message(message_id(3, 0)))
    assert len(parts) > 30
    assert sum(not part for part in parts) > 10
