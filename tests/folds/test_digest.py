"""The digest of a trace: the same for the same records, however they come, and it says from when on they differ."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.trace import Record
from simulator.folds.digest import BLOCK, MOST_MARKS, Digest, marks_of

RECORDS: list[Record] = [(time * 10, "sent", 0, time * 256, 1, 0.5, f"text {time}") for time in range(1, 1000)]


def digested(records: list[Record], portions: list[int] | None = None, digest: Digest | None = None) -> Digest:
    digest = digest or Digest()
    place = 0
    for size in portions or [len(records)]:
        portion = records[place : place + size]
        digest.add(portion, portion[-1][0] if portion else 0)
        place += size
    digest.add(records[place:], records[-1][0] if records else 0)
    return digest


@given(st.lists(st.integers(0, 200), max_size=20))
def test_it_is_the_same_however_the_records_are_cut_into_portions(portions: list[int]):
    assert digested(RECORDS, portions).marks() == digested(RECORDS).marks()


def test_a_replay_that_is_the_same_story_differs_nowhere():
    replay = Digest()
    replay.expect(digested(RECORDS).marks())

    assert digested(RECORDS, [7, 130], replay).differs_from is None


@given(st.integers(0, len(RECORDS) - 1))
def test_a_replay_that_differs_says_from_when_on(place: int):
    replay = Digest()
    replay.expect(digested(RECORDS).marks())
    changed = [*RECORDS]
    changed[place] = (*RECORDS[place][:-1], "another text")

    found = digested(changed, None, replay).differs_from

    assert found is not None
    assert RECORDS[place][0] - BLOCK * 10 <= found < RECORDS[place][0] or found == 0


def test_a_replay_in_which_less_happens_differs_too():
    replay = Digest()
    replay.expect(digested(RECORDS).marks())

    digested(RECORDS[:500], None, replay)
    assert replay.differs_from is None
    replay.add([], RECORDS[600][0])

    assert replay.differs_from is not None


def test_one_that_goes_on_from_the_middle_is_compared_with_what_comes():
    whole = digested(RECORDS)
    half = digested(RECORDS[:500])
    half.expect(whole.marks())

    assert digested(RECORDS[500:], None, half).differs_from is None
    assert half.marks() == whole.marks()


def test_it_stays_small_however_many_records_there_are():
    digest = Digest()
    for _ in range(300):
        digest.add(RECORDS, 0)

    assert len(digest.marks()) <= MOST_MARKS + 1
    assert digest.marks()[-1][0] == 300 * len(RECORDS)


def test_what_was_stored_by_hand_and_is_no_mark_is_passed_over():
    assert marks_of([[1, 2, 3], "x", [1, 2], [1, 2, "3"], None]) == [(1, 2, 3)]
    assert marks_of(None) == []
