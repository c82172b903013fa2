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
from tests.patterns.machines import FUNCTION, SEND, World, assert_well_formed

SEEDS = range(60)
INPUT = {"n": 3, "flag": True, "list": [1, 2, 3], "text": "x", "nested": {"a": [{"b": 1}, {"b": 2}]}}

REST = {name: value for name, value in INPUT.items() if name != "n"}


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


class Author:
    """Writes a definition."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"{seed}/author")
        self.count = 0

    def machine(self, depth: int = 0) -> dict[str, Any]:
        names = [self._name() for _ in range(self.random.randrange(1, 5))]
        states = {}
        for place, name in enumerate(names):
            after = names[place + 1 :] + names[: place + 1] * (self.random.random() < 0.2)
            states[name] = self._state(after, depth)
        return {"StartAt": names[0], "States": states}

    def _name(self) -> str:
        self.count += 1
        return f"S{self.count}"

    def _state(self, after: list[str], depth: int) -> dict[str, Any]:
        kinds = ["Pass", "Wait", "Task", "Choice", "Fail", "Succeed"] + ["Parallel", "Map", "Spread"] * (depth < 2)
        weights = [4, 2, 4, 3, 0.4, 0.6] + [1.5, 1.5, 1] * (depth < 2)
        kind = self.random.choices(kinds, weights)[0]
        if kind == "Choice" and not after:
            kind = "Pass"
        state: dict[str, Any] = getattr(self, f"_{kind.lower()}")(after, depth)
        if kind not in ("Choice", "Fail", "Succeed"):
            state.update({"Next": self.random.choice(after)} if after else {"End": True})
        return state

    def _pass(self, after: list[str], depth: int) -> dict[str, Any]:
        return {"Type": "Pass", **self.random.choice([
            {},
            {"Result": dict(INPUT)},
            {"Parameters": {**REST, "n.$": "States.MathAdd(1, 2)", "id.$": "$$.Execution.Name"}},
            {"Assign": {"v": 1, "w.$": "$"}, "ResultPath": "$.more"},
            {"ResultPath": None, "Result": 1},
            {"QueryLanguage": "JSONata", "Output": "{% $merge([$states.input, {'n': 4}]) %}"},
            {"InputPath": "$.nowhere"},
        ])}  # fmt: skip

    def _wait(self, after: list[str], depth: int) -> dict[str, Any]:
        return {"Type": "Wait", "Seconds": self.random.randrange(4)}

    def _task(self, after: list[str], depth: int) -> dict[str, Any]:
        task: dict[str, Any] = {"Type": "Task", "Resource": self.random.choice([FUNCTION, SEND])}
        if self.random.random() < 0.7:
            task["TimeoutSeconds"] = self.random.randrange(1, 5)
        return {**task, **self._errors(after)}

    def _errors(self, after: list[str]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.random.random() < 0.5:
            jitter = self.random.choice(["NONE", "FULL"])
            fields["Retry"] = [
                {"ErrorEquals": ["Boom"], "MaxAttempts": self.random.randrange(3), "JitterStrategy": jitter}
            ]
        if after and self.random.random() < 0.5:
            fields["Catch"] = [{"ErrorEquals": ["States.ALL"], "Next": self.random.choice(after), "ResultPath": "$.e"}]
        return fields

    def _choice(self, after: list[str], depth: int) -> dict[str, Any]:
        rules: list[dict[str, Any]] = [
            {"Variable": "$.n", "NumericLessThan": 4},
            {"And": [{"Variable": "$.text", "IsPresent": True}, {"Variable": "$.text", "StringMatches": "x*"}]},
            {"Not": {"Variable": "$.flag", "IsPresent": True}},
        ]
        chosen = [{**rule, "Next": self.random.choice(after)} for rule in self.random.sample(rules, 2)]
        default = {"Default": self.random.choice(after)} if self.random.random() < 0.8 else {}
        return {"Type": "Choice", "Choices": chosen, **default}

    def _fail(self, after: list[str], depth: int) -> dict[str, Any]:
        return {"Type": "Fail", "Error": "Boom"}

    def _succeed(self, after: list[str], depth: int) -> dict[str, Any]:
        return {"Type": "Succeed"}

    def _parallel(self, after: list[str], depth: int) -> dict[str, Any]:
        branches = [self.machine(depth + 1) for _ in range(self.random.randrange(1, 4))]
        return {"Type": "Parallel", "Branches": branches, "ResultPath": "$.both", **self._errors(after)}

    def _map(self, after: list[str], depth: int) -> dict[str, Any]:
        select = {**INPUT, "item.$": "$$.Map.Item.Value"}
        limit = self.random.randrange(3)
        common = {"MaxConcurrency": limit, "ResultPath": "$.all", "ItemSelector": select, **self._errors(after)}
        items = {"ItemsPath": self.random.choice(["$.list", "$.nested.a"])}
        return {"Type": "Map", "ItemProcessor": self.machine(depth + 1), **items, **common}

    def _spread(self, after: list[str], depth: int) -> dict[str, Any]:
        state = self._map(after, depth)
        settings = {"Mode": "DISTRIBUTED", "ExecutionType": self.random.choice(["STANDARD", "EXPRESS"])}
        state["ItemProcessor"]["ProcessorConfig"] = settings
        if self.random.random() < 0.3:
            del state["ItemsPath"]
            place = {"Bucket": "b", "Key": "k"}
            reader = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
            state["ItemReader"] = {
                "Resource": "arn:aws:states:::s3:getObject",
                "Parameters": place,
                "ReaderConfig": reader,
            }
        if self.random.random() < 0.5:
            state["ToleratedFailurePercentage"] = 50
        return state


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
