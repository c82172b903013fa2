"""Redrive: a failed execution goes on from where it failed. Section 11 and invariant 16 of Step Functions' facts."""

from typing import Any

import pytest

from patterns.state_machine import Execution
from simulator.engine.clock import SECOND
from tests.patterns.machines import SEND, World, begun, chain, kinds, passes, ran, retry, states, task

WORK = chain(Before=passes(ResultPath="$.b"), Work=task(SEND), After=passes())


def answer(run: Execution, world: World, *answers: Any) -> None:
    """Answer what is asked, in order: an exception's name fails, anything else is a result."""
    for given in answers:
        attempt = next(attempt for attempt in world.attempts if not attempt.is_over)
        if isinstance(given, str) and given.startswith("!"):
            attempt.failed(given[1:])
        else:
            attempt.succeeded(given)
        world.kernel.run(world.now)


def test_a_redriven_execution_goes_on_at_the_failed_step_with_its_input():
    """Invariant 16: it never re-emits succeeded states; the resumed step has the same input."""
    run, world = begun(WORK, {"a": 1})
    answer(run, world, "!Boom")
    assert (run.status, run.error) == ("FAILED", "Boom")
    assert run.redrive()
    assert (run.status, run.error, run.cause) == ("RUNNING", None, None)
    world.kernel.run(0)
    assert world.attempts[1].parameters == world.attempts[0].parameters
    answer(run, world, {"done": True})
    assert run.output == {"done": True}
    assert states(run) == ["Before", "Work", "After"]
    after = kinds(run)[kinds(run).index("ExecutionRedriven") :]
    assert after[:5] == ["ExecutionRedriven", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"]
    assert [event.id for event in run.events] == list(range(1, len(run.events) + 1))


def test_a_redrive_counts_retries_anew_and_is_told_by_the_context_object():
    """Section 11: RedriveCount+1, retry counters reset."""
    work = task(SEND, Parameters={"n.$": "$$.Execution.RedriveCount"}, Retry=[retry(MaxAttempts=1)])
    run, world = begun(chain(Work=work))
    for _ in range(2):
        answer(run, world, "!Boom")
        world.kernel.run(world.now + 2 * SECOND)
    assert run.status == "FAILED" and len(world.attempts) == 2
    run.redrive()
    world.kernel.run(world.now)
    answer(run, world, "!Boom")
    world.kernel.run(world.now + 2 * SECOND)
    assert [attempt.parameters["n"] for attempt in world.attempts] == [0, 0, 1, 1]
    answer(run, world, 1)
    assert run.status == "SUCCEEDED"


def test_branches_that_succeeded_are_kept():
    """Section 11."""
    branch = chain(Work=task(SEND))
    run, world = begun(chain(Both={"Type": "Parallel", "Branches": [branch, branch, branch]}))
    answer(run, world, "first", "!Boom")
    assert run.status == "FAILED"
    run.redrive()
    world.kernel.run(world.now)
    open_attempts = [attempt for attempt in world.attempts if not attempt.is_over]
    assert len(open_attempts) == 2
    answer(run, world, "second", "third")
    assert run.output == ["first", "second", "third"]
    assert kinds(run).count("ParallelStateEntered") == 1 == kinds(run).count("ParallelStateSucceeded")


def test_iterations_that_succeeded_are_kept_and_the_others_follow():
    """Section 11."""
    inside = {"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": chain(Work=task(SEND))}
    run, world = begun(chain(All=inside), [1, 2, 3, 4])
    answer(run, world, 10, "!Boom")
    run.redrive()
    world.kernel.run(world.now)
    while not run.is_over:
        attempt = next(attempt for attempt in world.attempts if not attempt.is_over)
        attempt.succeeded(attempt.parameters * 10)
        world.kernel.run(world.now)
    assert run.output == [10, 20, 30, 40]


def test_a_map_run_is_redriven_for_what_did_not_succeed():
    """Section 11: Map Run: only unsuccessful children rerun."""
    inside = {**chain(Work=task(SEND)), "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    run, world = begun(chain(All={"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": inside}), [1, 2, 3, 4])
    answer(run, world, 10, "!Boom")
    assert run.error == "States.ExceedToleratedFailureThreshold"
    run.redrive()
    assert "MapRunRedriven" in kinds(run)
    world.kernel.run(world.now)
    counts = run.root.work.counts
    while not run.is_over:
        assert sum(counts.values()) == 2 * counts["total"]
        attempt = next(attempt for attempt in world.attempts if not attempt.is_over)
        attempt.succeeded(attempt.parameters * 10)
        world.kernel.run(world.now)
    assert run.output == [10, 20, 30, 40]
    assert counts == {"pending": 0, "running": 0, "succeeded": 4, "failed": 0, "timedOut": 0, "aborted": 0, "total": 4}


def test_a_map_run_that_is_stopped_as_soon_as_it_is_redriven_leaves_no_child_behind():
    """Section 11. Children take their turns, and none has had its turn when everything is stopped again."""
    inside = {**chain(Work=task(SEND)), "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    run, world = begun(chain(All={"Type": "Map", "ItemProcessor": inside}), [1, 2])
    run.abort()
    run.redrive()
    assert run.waits() == ["All: its turn"] * 2
    children = list(run.root.work.children.values())
    run.abort()
    world.run()
    assert [child.status for child in children] == ["ABORTED", "ABORTED"]
    run.redrive()
    world.kernel.run(world.now)
    answer(run, world, 10, 20)
    assert run.output == [10, 20]


def test_a_stopped_and_a_timed_out_execution_can_be_redriven():
    """Section 12: TIMED_OUT and ABORTED go on too."""
    waiting = {**chain(A={"Type": "Wait", "Seconds": 60}, B=passes()), "TimeoutSeconds": 70}
    run, world = begun(waiting)
    world.kernel.run(10 * SECOND)
    run.abort()
    world.kernel.run(100 * SECOND)
    assert run.redrive()
    world.run()
    assert (run.status, run.events[-1].time) == ("SUCCEEDED", 160 * SECOND)
    slow, world = begun({**waiting, "TimeoutSeconds": 30})
    world.run()
    assert slow.status == "TIMED_OUT" and slow.redrive()


@pytest.mark.parametrize(
    ("definition", "options"),
    [
        (chain(A=passes()), {}),
        (chain(A={"Type": "Fail"}), {"type": "EXPRESS"}),
        ({"StartAt": "A", "States": {"A": passes(Next="A")}}, {}),
    ],
)
def test_what_succeeded_is_express_or_has_a_full_history_cannot_be_redriven(definition, options):
    """Section 11."""
    run = ran(definition, **options)
    assert run.is_over and not run.redrive()


def test_a_running_execution_cannot_be_redriven():
    run, _ = begun(WORK)
    assert not run.redrive()
