"""Checkpoints: an even net over a run of any length, in bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.live import checkpoints
from simulator.live.checkpoints import MOST, MOST_BYTES, Checkpoint, Checkpoints


def kept_at(time: int, count: int | None = None, size: int = 10) -> Checkpoint:
    return Checkpoint(time, time if count is None else count, 0, bytes(size), b"")


def net(count: int, size: int = 10) -> Checkpoints:
    whole = Checkpoints()
    for time in range(count):
        whole.add(kept_at(time, size=size))
    return whole


def test_the_beginning_is_never_given_up():
    whole = net(20 * MOST)

    assert (whole.kept[0].time, whole.before(0).time) == (0, 0)


def test_there_are_only_so_many_however_long_the_run():
    assert len(net(20 * MOST).kept) == MOST


def test_there_are_only_so_many_bytes_whatever_a_state_takes():
    whole = net(60, size=MOST_BYTES // 20)

    assert whole.bytes <= MOST_BYTES
    assert whole.bytes == sum(one.size for one in whole.kept)


def test_a_state_larger_than_all_that_is_allowed_leaves_the_beginning_and_the_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checkpoints, "MOST_BYTES", 100)
    whole = net(10, size=90)

    assert len(whole.kept) <= 3
    assert (whole.kept[0].time, whole.kept[-1].time) == (0, 9)


def test_the_net_stays_even():
    whole = net(20 * MOST)
    gaps = [two.time - one.time for one, two in zip(whole.kept, whole.kept[1:], strict=False)]

    assert max(gaps) <= 4 * (20 * MOST / MOST)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=50), st.integers(0, 60_000))
def test_the_checkpoint_before_a_moment_is_the_last_from_which_it_can_be_reached(steps: list[int], moment: int):
    whole = Checkpoints()
    whole.add(kept_at(0, 0))
    for step in steps:
        latest = whole.kept[-1]
        whole.add(kept_at(latest.time + step, latest.count + step))

    found = whole.before(moment)

    assert found.time <= moment
    assert not any(found.time < one.time <= moment for one in whole.kept)


def test_a_moment_that_is_covered_already_is_not_kept_twice():
    whole = net(5)
    whole.add(kept_at(3))
    whole.add(kept_at(4))

    assert [one.time for one in whole.kept] == [0, 1, 2, 3, 4]


def test_a_fork_shares_those_up_to_its_moment_and_keeps_its_own_from_there():
    whole = net(10)
    fork = whole.until(6)
    fork.add(kept_at(7, 70))

    assert all(mine is theirs for mine, theirs in zip(fork.kept[:7], whole.kept[:7], strict=True))
    assert (fork.kept[-1].count, whole.kept[7].count, len(whole.kept)) == (70, 7, 10)
