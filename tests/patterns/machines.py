"""The words in which the stories of executions are told: small definitions, and what an execution did.

run = ran(chain(A=passes(Result=1), B={"Type": "Succeed"}))
assert kinds(run) == ["ExecutionStarted", "PassStateEntered", …]
"""

from typing import Any

from patterns.state_machine import Execution, Machine, execute
from patterns.state_machine.attempt import Attempt
from patterns.state_machine.playback import Playback
from simulator.engine.chance import stream
from simulator.engine.clock import SECOND

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:work"
SEND = "arn:aws:states:::sqs:sendMessage"
CALLBACK = f"{SEND}.waitForTaskToken"
SYNC = "arn:aws:states:::states:startExecution.sync"
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:pack"


def passes(**fields: Any) -> dict[str, Any]:
    return {"Type": "Pass", **fields}


def task(resource: str = FUNCTION, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, **fields}


def retry(*errors: str, **fields: Any) -> dict[str, Any]:
    return {"ErrorEquals": list(errors or ("States.ALL",)), **fields}


def chain(language: str = "JSONPath", **states: dict[str, Any]) -> dict[str, Any]:
    """A definition whose states follow each other, where they do not say otherwise; the last one is the end."""
    names = list(states)
    for name, after in zip(names, [*names[1:], None], strict=True):
        state = states[name]
        if state["Type"] not in ("Choice", "Succeed", "Fail") and not {"Next", "End"} & state.keys():
            states[name] = {**state, **({"End": True} if after is None else {"Next": after})}
    return {"QueryLanguage": language, "StartAt": names[0], "States": states}


def ran(definition: dict[str, Any], given: Any = None, **options: Any) -> Execution:
    return execute(definition, {} if given is None else given, **options)


def kinds(run: Execution, *leaving_out: str) -> list[str]:
    return [event.type for event in run.events if event.type not in leaving_out]


def states(run: Execution) -> list[str]:
    """The states that were entered, in order."""
    return [str(event.state) for event in run.events if event.type.endswith("StateEntered")]


def times(run: Execution, kind: str) -> list[float]:
    """When events of a kind happened, in seconds."""
    return [event.time / SECOND for event in run.events if event.type == kind]


class World(Playback):
    """Surroundings in which a test itself does the tasks: `attempts` in the order in which they were asked for."""

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        super().__init__((), data or {}, 0, stream(7, "machine", "world"))
        self.attempts: list[Attempt] = []
        self.stopped: list[Attempt] = []
        self.children: list[Execution] = []

    def start_task(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)

    def stop_task(self, attempt: Attempt) -> None:
        self.stopped.append(attempt)

    def start_child(self, child: Execution) -> None:
        self.children.append(child)
        super().start_child(child)


def begun(definition: dict[str, Any], given: Any = None, data: dict[str, Any] | None = None, **options: Any):
    """An execution that has begun in a World, and has done what it can without anybody's answer."""
    world = World(data)
    run = Execution(Machine(definition), {} if given is None else given, world, **options)
    run.start()
    world.kernel.run(0)
    return run, world


def assert_well_formed(run: Execution) -> None:
    """Invariants 1 and 2 of a history, and that it is not over the quota."""
    events = run.events
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert all(event.previous < event.id for event in events)
    assert [event.time for event in events] == sorted(event.time for event in events)
    assert len(events) <= 25_000 or run.type == "EXPRESS"
    assert events[0].type == "ExecutionStarted"
    open_states: list[tuple[str, Any]] = []
    for event in events:
        if event.type.endswith("StateEntered"):
            open_states.append((event.type.removesuffix("StateEntered"), event.state))
        elif event.type.endswith(("StateExited", "StateAborted")):
            ending = "StateExited" if event.type.endswith("StateExited") else "StateAborted"
            open_states.remove((event.type.removesuffix(ending), event.state))
    if run.is_over:
        assert events[-1].type.startswith("Execution")
        assert sum(event.type.startswith("Execution") for event in events) == 2
    assert len(events) == 1 or events[1].previous == 0 or not events[1].state
    for event in events:
        before = events[event.previous - 1]
        if event.type.endswith("StateEntered") and event.previous and before.type.endswith("StateExited"):
            assert event.value == before.value, f"{event.state} was not given what {before.state} gave"
        assert isinstance(event.details, dict)
