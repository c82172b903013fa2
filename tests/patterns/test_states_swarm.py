"""Random definitions: every execution ends or waits for a named reason, and its history is well-formed.

It can be stored and gone on with at any instant. A failure names the seed of its machine.
"""

import pickle
from random import Random
from typing import Any

import pytest

from patterns.state_machine import Execution, Machine, check
from patterns.state_machine.attempt import Attempt
from patterns.state_machine.history import HistoryEvent
from simulator.engine.clock import SECOND
from tests.patterns.machines import World, assert_well_formed
from tests.swarm.definitions import INPUT, Author

SEEDS = range(60)


class Moody(World):
    """Tasks that answer at once, later or never, well or badly, drawn from the seed."""

    def __init__(self, seed: int) -> None:
        super().__init__({"b/k": "n,m\n1,2\n3,4\n"})
        self.mood = Random(f"{seed}/mood")

    def start_task(self, attempt: Attempt) -> None:
        super().start_task(attempt)
        draw = self.mood.random()
        answer = (attempt.failed, "Boom", "drawn") if self.mood.random() < 0.3 else (attempt.succeeded, dict(INPUT))
        if draw < 0.3:
            answer[0](*answer[1:])
        elif draw < 0.95:
            self.after(self.mood.randrange(1, 20) * SECOND // 4, _answer, *answer)


def _answer(method: Any, *arguments: Any) -> None:
    method(*arguments)


def begin(seed: int) -> tuple[Moody, Execution]:
    world = Moody(seed)
    run = Execution(Machine(Author(seed).machine()), dict(INPUT), world)
    run.start()
    return world, run


def told(events: list[HistoryEvent]) -> list[dict[str, Any]]:
    return [event.as_dict() for event in events]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_execution_ends_or_waits_for_a_named_reason(seed: int):
    """Invariants 1, 2, 7 and 13."""
    world, run = begin(seed)
    while not run.is_over and (due := world.kernel.peek()) is not None and due < 100_000 * SECOND:
        world.kernel.run(due)
    if not run.is_over:
        unanswered = [attempt for attempt in world.attempts if not attempt.is_over]
        assert run.waits() and all(": the answer of " in reason for reason in run.waits()), f"seed {seed}"
        assert len(unanswered) >= len(run.waits())
    else:
        assert run.waits() == []
        assert all(attempt.is_over for attempt in world.attempts), f"seed {seed}"
        assert all(child.is_over for child in world.children), f"seed {seed}"
    for execution in (run, *world.children):
        assert_well_formed(execution)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stored_execution_goes_on_with_the_same_history(seed: int):
    """DESIGN 1.3: a run is a value. Stored after some steps, both go on alike."""
    world, run = begin(seed)
    steps = Random(seed).randrange(60)
    world.kernel.run(50 * SECOND, limit=steps)
    copied_world, copied_run = pickle.loads(pickle.dumps((world, run)))
    for each in (world, copied_world):
        each.kernel.run(400 * SECOND)
    assert told(copied_run.events) == told(run.events), f"seed {seed}"
    assert (copied_run.status, copied_run.output, copied_run.cause) == (run.status, run.output, run.cause)
    children = [told(child.events) for child in world.children]
    assert [told(child.events) for child in copied_world.children] == children


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_run_here_is_what_the_check_takes(seed: int):
    """The definitions of this swarm are valid, apart from states that nothing leads to and loops without a way out."""
    problems = [str(problem) for problem in check(Author(seed).machine())]
    others = [problem for problem in problems if "reach" not in problem and "never ends" not in problem]
    assert others == [], f"seed {seed}"


def test_the_swarm_meets_every_kind_of_end():
    ends = set()
    for seed in SEEDS:
        world, run = begin(seed)
        world.kernel.run(400 * SECOND)
        ends.add(run.status)
        ends |= {str(run.error)}
    assert {"SUCCEEDED", "FAILED", "RUNNING", "Boom", "States.Timeout", "States.Runtime"} <= ends
