"""The state machine in a scenario: starts an execution with each message it gets, and has its tasks done over links.

The interpreter is the one that `execute` uses, in another world: tasks are done by whoever the links lead to, and time
is the run's. The message that an execution was started with is in custody here while it runs; it is the token that is
seen on the chart. Source: Step Functions Developer Guide, "What is Step Functions?", "Executions".
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from patterns.state_machine import callbacks, operations, starting
from patterns.state_machine.activities import Activities
from patterns.state_machine.archive import Archive
from patterns.state_machine.books import Books, Running
from patterns.state_machine.chart import Chart
from patterns.state_machine.config import MachineSettings
from patterns.state_machine.execution import ABORTED, FAILED, SUCCEEDED, TIMED_OUT, Execution
from patterns.state_machine.folding import kept
from patterns.state_machine.machine import Machine
from patterns.state_machine.mishaps import Mishaps
from patterns.state_machine.quotas import Bucket
from patterns.state_machine.tasks import targets
from patterns.state_machine.tasks.data_sets import DataSets
from patterns.state_machine.view import view_of
from patterns.state_machine.world import World
from simulator.engine.errors import Problem, ServiceError
from simulator.engine.link import Link
from simulator.engine.mapping import WAITING
from simulator.engine.message import Message, MessageId
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.pattern import Way
from simulator.engine.recent import Recent

if TYPE_CHECKING:
    from simulator.engine.run import Run

REMEMBERED_NAMES = 100_000


class StateMachine(Node):
    """Runs executions. `running` are those that go on, children of distributed Maps among them, `ended` the last that
    have come to an end; `count` is how many were started, `refused` how many were not, `event_count` how many events
    the histories of those that run hold.
    """

    settings: MachineSettings

    def __init__(self, run: "Run", index: int, identity: str, title: str, settings: MachineSettings) -> None:
        super().__init__(run, index, identity, title, settings)
        self.world = World(self)
        self.machine = Machine(settings.definition.value, identity)
        self.version = 1
        self.books = Books(Chart(settings.definition.value, self.version))
        self.running: dict[Execution, Running] = {}
        self.ended = Archive()
        self.activities = Activities(self)
        self.data_sets = DataSets(self)
        self.mishaps = Mishaps(self.world, self.stream("faults"))
        self.starts = Bucket(settings.burst, settings.rate)
        self.used_names = Recent(REMEMBERED_NAMES)
        self.unavailable = False
        self.count = 0
        self.refused = 0
        self.open_count = 0
        self.event_count = 0
        self._names: dict[str, Execution] = {}
        self._ways: dict[int, tuple[str, Any, Any]] = {}

    def start(self) -> None:
        self._ways = {link.index: (link.target.id, link.target.settings, link.settings) for link in self.outs}

    def objections(self, settings: MachineSettings) -> list[Problem]:
        """A definition whose tasks no link does, and another type while executions run."""
        ways = [Way("send", self.id, target, given, link) for target, given, link in self._ways.values()]
        found = targets.problems(settings, ways)
        if settings.type != self.settings.type:
            said = "is another type, and a machine keeps the one that it was made with"
            found.append(Problem("type", said, self.settings.type, "Make a second machine."))
        return [Problem(one.path.removeprefix("settings."), one.problem, one.allowed, one.cure) for one in found]

    def change(self, settings: MachineSettings) -> None:
        """What runs goes on with the definition that it was started with."""
        before, self.settings = self.settings, settings
        self.starts.change(settings.burst, settings.rate, self.kernel.now)
        if settings.definition != before.definition:
            self.version += 1
            self.machine = Machine(settings.definition.value, self.id)
            self.books.change(Chart(settings.definition.value, self.version), self.running)

    def link_changed(self, link: Link) -> None:
        self._ways[link.index] = (link.target.id, link.target.settings, link.settings)

    # Executions.

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        starting.accept(self, message, call, flags)

    def begin(self, given: Any, name: str, message: Message, flags: int, call: Call | None) -> Execution:
        """Start an execution that was admitted; `call` is answered at its end."""
        execution = Execution(
            self.machine, given, self.world, name=name, type=self.settings.type, transition=self.settings.transition
        )
        self.count += 1
        self.open_count += 1
        self.running[execution] = Running(self.count, message, flags, call, own=True)
        self._names[name] = execution
        execution.start()
        return execution

    def adopt(self, child: Execution) -> None:
        """A child of a distributed Map will run; it belongs to the message of the execution that it is a child of."""
        parent = child.parent
        assert parent is not None, "a child has a parent"
        above = self.running_of(parent.flow.execution)  # type: ignore[attr-defined]
        self.running[child] = Running(above.number, above.message, above.flags, None, own=False)

    def redrive(self, execution: Execution) -> None:
        """Let an execution go on that had failed."""
        one = self.running[execution] = self.ended.take(execution)
        self.event_count += kept(execution.events)
        self.open_count += 1
        self._names[execution.name] = execution
        self.books.ends[execution.status] -= 1
        self.record("redriven", one.message.id, execution.root.state.name)
        execution.redrive()
        self.books.find(one, execution)

    def running_of(self, execution: Execution) -> Running:
        """What is known of an execution; a child that goes on again after a redrive is taken in again."""
        if execution not in self.running:
            self.adopt(execution)
            self.event_count += kept(execution.events)
            self.books.find(self.running[execution], execution)
        return self.running[execution]

    def named(self, name: str) -> Execution | None:
        """The execution of this name, if it runs or is among the last that have ended."""
        return self._names.get(name)

    def arn_of(self, name: str) -> str:
        return self.machine.arn.replace(":stateMachine:", ":execution:") + f":{name}"

    def execution_is_over(self, execution: Execution) -> None:
        """Let go of the message, answer who has waited, and keep the history for a while."""
        one = self.running_of(execution)
        del self.running[execution]
        self.event_count -= kept(execution.events)
        self.books.end(one, execution)
        if not one.own:
            return
        self.open_count -= 1
        for forgotten in self.ended.add(execution, one):
            if self._names.get(forgotten.name) is forgotten:
                del self._names[forgotten.name]
        self._let_go(execution, one)

    def task_is_over(self, attempt: Any) -> None:
        self.world.end_task(attempt)

    def link_for(self, state: str, need: targets.Need) -> Link | None:
        """The way to whoever does a task."""
        key = targets.chosen(state, need, self._ways)
        return None if key is None else self.run.links[key]

    # What workers ask (simulator/engine/polling.py), and what anybody calls who has a token.

    def receive_message(self, call: Call) -> None:
        self.activities.ask(call)

    def get_queue_attributes(self, call: Call) -> None:
        """How much work of activities waits, for workers whose number follows it."""
        call.reply({"Attributes": {WAITING: str(self.activities.waiting)}})

    def task_succeeded(self, call: Call) -> None:
        callbacks.answered(self, callbacks.send_task_success, call)

    def task_failed(self, call: Call) -> None:
        callbacks.answered(self, callbacks.send_task_failure, call)

    def task_goes_on(self, call: Call) -> None:
        callbacks.answered(self, callbacks.send_task_heartbeat, call)

    # Operations.

    def start_execution(self, call: Call) -> None:
        starting.start_execution(self, call)

    def start_sync_execution(self, call: Call) -> None:
        starting.start_sync_execution(self, call)

    def stop_execution(self, call: Call) -> None:
        self._answer(call, operations.stop_execution)

    def redrive_execution(self, call: Call) -> None:
        self._answer(call, operations.redrive_execution)

    def describe_execution(self, call: Call) -> None:
        self._answer(call, operations.describe_execution)

    def get_execution_history(self, call: Call) -> None:
        self._answer(call, operations.get_execution_history)

    def list_executions(self, call: Call) -> None:
        self._answer(call, operations.list_executions)

    def send_task_success(self, call: Call) -> None:
        self._answer(call, callbacks.send_task_success)

    def send_task_failure(self, call: Call) -> None:
        self._answer(call, callbacks.send_task_failure)

    def send_task_heartbeat(self, call: Call) -> None:
        self._answer(call, callbacks.send_task_heartbeat)

    def update_state_machine(self, call: Call) -> None:
        self._answer(call, operations.update_state_machine)

    def validate_definition(self, call: Call) -> None:
        self._answer(call, operations.validate_definition)

    # What is shown.

    def view(self) -> dict[str, Any]:
        return view_of(self)

    def chart(self) -> dict[str, Any]:
        return self.books.chart.drawn

    def gauges(self) -> dict[str, float | None]:
        return {"running": self.open_count, "activities": self.activities.waiting}

    def held(self) -> Iterator[MessageId]:
        for one in self.running.values():
            if one.own:
                yield one.message.id
        yield from self.activities.held()

    # Its own affairs.

    def _answer(self, call: Call, what: Any) -> None:
        if self.unavailable:
            raise starting.UNAVAILABLE
        what(self, call)

    def _let_go(self, execution: Execution, one: Running) -> None:
        """What becomes of the message of an execution that has ended."""
        call, message, now = one.call, one.message, self.kernel.now
        one.call = None
        took, state = now - execution.started_at, execution.root.state.name
        error = execution.error or "no name"
        if call is not None and starting.answer_end(self, call, execution):
            self.record("handed_back", message.id, f"its execution ended as {execution.status} ({error})")
            call.fail(ServiceError(error.replace(" ", ""), str(execution.cause or "The execution has failed.")))
            return
        if execution.status == SUCCEEDED:
            self.record("succeeded", message.id, took)
            self.record("finished", message.id)
        elif execution.status == TIMED_OUT:
            self.record("execution_timed_out", message.id, took)
        elif execution.status == ABORTED:
            self.record("execution_aborted", message.id, state)
        elif execution.root.state.kind == "Fail":
            self.record("ended_in_failure", message.id, error, took)
            self.record("finished", message.id)
        else:
            assert execution.status == FAILED, f"an execution ended as {execution.status}"
            self.record("execution_failed", message.id, state, error)
