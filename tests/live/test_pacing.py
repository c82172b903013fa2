"""Pacing: how fast virtual time passes on the wall, a function of the run's state alone."""

import pytest

from simulator.engine.clock import MINUTE, SECOND, Micros
from simulator.engine.run import Run
from simulator.live.pacing import HOP_WALL_SECONDS, SLOWEST, Pace, stride
from tests.live.audience import mails, run_of
from tests.patterns.vocabulary import do, scenario, state_machine

FOLLOW = Pace("follow")
END = 60 * MINUTE


def in_motion(per_second: float = 4) -> Run:
    """A run at a moment at which something moves."""
    run = run_of(mails(per_second=per_second))
    while not any(link.moving_until > run.now for link in run.links):
        run.advance(END, 1)
    return run


def wall_seconds(run: Run, span: Micros, frame: float = 0.06) -> float:
    """How long `follow` takes for a span of virtual time, frame by frame."""
    wall, end = 0.0, run.now + span
    while run.now < end:
        going = stride(run, FOLLOW, end)
        step = max(1, int(going.rate * frame * SECOND))
        until = min(going.until, run.now + step, end)
        wall += (until - run.now) / SECOND / going.rate
        run.advance(until)
        run.trace.take()
    return wall


def test_steady_is_so_many_virtual_seconds_in_a_wall_second_whatever_happens():
    for run in (in_motion(), run_of(mails())):
        going = stride(run, Pace("steady", 250.0), END)

        assert (going.rate, going.until, going.skipping) == (250.0, END, "")


def test_a_hop_takes_about_seven_tenths_of_a_second_on_the_screen():
    run = in_motion()
    hop = next(link.latest_hop for link in run.links if link.moving_until > run.now)

    going = stride(run, FOLLOW, END)

    assert hop / SECOND / going.rate == pytest.approx(HOP_WALL_SECONDS, rel=0.01)


def test_a_step_inside_a_station_is_something_that_moves():
    """An execution that goes from state to state is followed as a message on a link is."""
    states = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Wait", "Seconds": 60, "End": True}}
    run = scenario(state_machine("orders", states, transition="50ms"))
    do(run, "orders", "StartExecution")

    going = stride(run, FOLLOW, END)
    run.advance(SECOND)
    later = stride(run, FOLLOW, END)

    assert SECOND // 20 / SECOND / going.rate == pytest.approx(HOP_WALL_SECONDS, rel=0.01)
    assert going.until == SECOND // 20
    assert later.rate > 1


def test_the_pace_of_a_hop_holds_only_as_long_as_something_moves():
    run = in_motion()

    going = stride(run, FOLLOW, END)

    assert going.until == min(link.moving_until for link in run.links if link.moving_until > run.now)


def test_following_is_never_faster_than_life_while_something_moves_and_never_stands_still():
    for per_second in (0.5, 50):
        rate = stride(in_motion(per_second), FOLLOW, END).rate

        assert SLOWEST <= rate <= 1


def test_a_still_hour_passes_within_two_seconds_and_is_named():
    run = run_of(mails(per_second=0.00001))
    run.advance(SECOND)

    assert stride(run, FOLLOW, 60 * MINUTE).skipping.endswith(" s")
    assert wall_seconds(run, 60 * MINUTE - SECOND) < 2.0


def test_half_a_minute_of_silence_passes_within_a_second():
    run = run_of(mails(per_second=0.0001))
    run.advance(SECOND)

    assert wall_seconds(run, 30 * SECOND) < 1.0


def test_a_short_silence_is_not_named():
    run = run_of(mails(per_second=0.0001))
    run.advance(SECOND)

    assert stride(run, FOLLOW, run.now + SECOND).skipping == ""


def test_no_stride_goes_beyond_the_end():
    run = in_motion()

    for pace in (FOLLOW, Pace("steady", 1.0)):
        assert stride(run, pace, run.now + 5).until <= run.now + 5


def test_two_runs_in_the_same_state_are_followed_at_the_same_pace():
    one, two = in_motion(), in_motion()

    assert stride(one, FOLLOW, END) == stride(two, FOLLOW, END)
