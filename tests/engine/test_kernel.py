"""The future event list: order, limits, cancelling, and that it can be stopped and stored between any two actions."""

import pickle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.clock import Micros
from simulator.engine.kernel import Kernel, Timer


class Diary:
    """Notes what happens and when; at some notes it sets further timers, as a node does."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.notes: list[tuple[Micros, str]] = []

    def note(self, word: str) -> None:
        self.notes.append((self.kernel.now, word))

    def note_and_set(self, word: str, delay: Micros, next_word: str) -> None:
        self.note(word)
        self.kernel.after(delay, self.note, next_word)

    def note_and_cancel(self, timer: Timer) -> None:
        self.note("cancel")
        self.kernel.cancel(timer)

    def count_down(self, left: int) -> None:
        self.note(str(left))
        if left:
            self.kernel.after(1, self.count_down, left - 1)


@pytest.fixture
def diary() -> Diary:
    return Diary(Kernel())


def test_what_is_due_first_happens_first(diary: Diary) -> None:
    for delay, word in ((30, "c"), (10, "a"), (20, "b")):
        diary.kernel.after(delay, diary.note, word)

    diary.kernel.run(100)

    assert diary.notes == [(10, "a"), (20, "b"), (30, "c")]


def test_at_the_same_time_what_was_set_first_happens_first(diary: Diary) -> None:
    """Source: Law, "Simulation Modeling and Analysis", ch. 1: ties need a rule, or two runs differ."""
    diary.kernel.after(5, diary.note_and_set, "first", 0, "set last, at the same time")
    diary.kernel.after(5, diary.note, "second")
    diary.kernel.after(5, diary.note, "third")

    diary.kernel.run(5)

    assert [word for _, word in diary.notes] == ["first", "second", "third", "set last, at the same time"]


def test_a_run_ends_with_what_is_due_exactly_then_and_not_with_anything_later(diary: Diary) -> None:
    diary.kernel.after(10, diary.note, "at the end")
    diary.kernel.after(11, diary.note, "one microsecond later")

    done = diary.kernel.run(10)

    assert (done, diary.notes, diary.kernel.now) == (1, [(10, "at the end")], 10)


def test_time_goes_to_the_end_when_nothing_is_left_to_do(diary: Diary) -> None:
    diary.kernel.after(3, diary.note, "only this")

    diary.kernel.run(1000)

    assert diary.kernel.now == 1000
    assert diary.kernel.peek() is None


def test_time_never_goes_back(diary: Diary) -> None:
    diary.kernel.run(1000)

    diary.kernel.run(10)

    assert diary.kernel.now == 1000


def test_a_limit_stops_between_two_actions_and_time_stays_at_the_last(diary: Diary) -> None:
    diary.kernel.after(10, diary.count_down, 5)

    done = diary.kernel.run(100, limit=3)

    assert (done, diary.kernel.now, len(diary.notes)) == (3, 12, 3)
    assert diary.kernel.run(100) == 3
    assert diary.kernel.now == 100


def test_a_cancelled_timer_does_not_fire_and_does_not_count(diary: Diary) -> None:
    taken_back = diary.kernel.after(10, diary.note, "never")
    diary.kernel.after(5, diary.note_and_cancel, taken_back)
    diary.kernel.after(20, diary.note, "later")

    assert diary.kernel.run(50) == 2
    assert diary.notes == [(5, "cancel"), (20, "later")]


def test_cancelling_twice_or_after_it_has_fired_is_harmless(diary: Diary) -> None:
    fired = diary.kernel.after(1, diary.note, "fired")
    twice = diary.kernel.after(2, diary.note, "never")
    diary.kernel.run(1)

    for timer in (fired, twice, twice):
        diary.kernel.cancel(timer)
    diary.kernel.after(5, diary.note, "goes on")
    diary.kernel.run(100)

    assert [word for _, word in diary.notes] == ["fired", "goes on"]


def test_peek_says_when_something_happens_next_and_passes_over_what_was_taken_back(diary: Diary) -> None:
    first = diary.kernel.after(10, diary.note, "a")
    diary.kernel.after(25, diary.note, "b")
    assert diary.kernel.peek() == 10

    diary.kernel.cancel(first)

    assert diary.kernel.peek() == 25


def test_ten_thousand_cancelled_timers_are_forgotten_while_others_wait() -> None:
    """A queue takes nearly every visibility timeout back; its timers must not pile up until they are due."""
    kernel = Kernel()
    diary = Diary(kernel)
    kept = [kernel.after(1_000_000 + number, diary.note, f"kept {number}") for number in range(500)]

    for _ in range(100):
        for timer in [kernel.after(500_000, diary.note, "never") for _ in range(100)]:
            kernel.cancel(timer)

    assert len(kernel._pending) < 4000
    assert len(list(kernel.pending())) == len(kept)
    assert kernel.run(2_000_000) == len(kept)


@given(st.integers(0, 2**32), st.integers(0, 60))
def test_a_pickled_kernel_goes_on_as_the_one_that_was_never_stopped(seed: int, stop: int) -> None:
    """A run is a value (DESIGN, idea 3): timers are bound methods and plain arguments, so they can be stored."""
    diary = Diary(Kernel())
    random = Random(seed)
    timers = [diary.kernel.after(random.randrange(50), diary.note_and_set, f"t{n}", 7, f"u{n}") for n in range(30)]
    for timer in random.sample(timers, 8):
        diary.kernel.cancel(timer)
    diary.kernel.run(1000, limit=stop)

    twin = pickle.loads(pickle.dumps(diary))
    diary.kernel.run(1000)
    twin.kernel.run(1000)

    assert twin.notes == diary.notes


@given(st.integers(0, 2**32), st.lists(st.integers(1, 7), min_size=1, max_size=20))
def test_in_slices_with_odd_limits_the_same_happens_as_in_one_go(seed: int, limits: list[int]) -> None:
    whole, sliced = Diary(Kernel()), Diary(Kernel())
    for diary in (whole, sliced):
        random = Random(seed)
        for number in range(40):
            diary.kernel.after(random.randrange(30), diary.note_and_set, f"t{number}", random.randrange(5), "then")
    whole.kernel.run(100)

    while sliced.kernel.now < 100:
        for limit in limits:
            sliced.kernel.run(min(sliced.kernel.now + limit, 100), limit=limit)

    assert sliced.notes == whole.notes
