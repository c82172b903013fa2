"""A map run: the child executions of one visit of a distributed Map, started a few at a time and counted as they end.

The counts sum up: pending, running, succeeded, failed, timed out and aborted make the total. It fails as soon as more
children have failed than are tolerated. Source: API Reference, DescribeMapRun (executionCounts, itemCounts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.text import is_too_large, written
from patterns.state_machine.errors import EXCEED_TOLERATED_FAILURES, StateError, too_large
from patterns.state_machine.retrying import cause_text

if TYPE_CHECKING:
    from patterns.state_machine.execution import Execution
    from patterns.state_machine.flow import Flow
    from patterns.state_machine.states.distributed import DistributedMap

_COUNTED = {"SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "timedOut", "ABORTED": "aborted"}


class MapRun:
    """`counts` of child executions by status; `children` those that run, by their places; `tolerated`: count,
    percentage.
    """

    __slots__ = ("_request", "_starting", "again", "children", "counts", "flow", "given", "limit", "map", "narrowed",
                 "next", "over", "redrives", "results", "source", "status", "tolerated",
                 "unfinished")  # fmt: skip

    def __init__(
        self, flow: Flow, map: DistributedMap, narrowed: Any, limit: int, tolerated: tuple[int | None, float | None]
    ) -> None:
        self.flow = flow
        self.map = map
        self.narrowed = narrowed
        self.limit = limit
        self.tolerated = tolerated
        self.status = "RUNNING"
        self.given: list[Any] = []
        self.children: dict[int, Execution] = {}
        self.results: dict[int, dict[str, Any]] = {}
        self.counts = dict.fromkeys(("pending", "running", *_COUNTED.values(), "total"), 0)
        self.unfinished: dict[int, Execution] = {}
        self.again: list[int] = []
        self.source = "STATE_DATA"
        self.next = self.redrives = 0
        self.over = False
        self._starting = False
        self._request: Any = None

    @property
    def arn(self) -> str:
        execution = self.flow.execution
        machine = execution.machine.arn.replace(":stateMachine:", ":mapRun:")
        return f"{machine}/{self.map.label}:{execution.name}-{self.flow.entered}"

    def begin(self, items: list[Any] | None) -> None:
        """Start, with the items, or with a request for them. Raises StateError."""
        request = None
        if items is None:
            assert self.map.reader is not None
            request = self.map.reader.request(self.flow, self.narrowed, self)
            self.source = request.source
        self._record("MapRunStarted", {"mapRunArn": self.arn})
        if request is not None:
            self._request = request
            self.flow.execution.surroundings.read_items(request)
        else:
            assert items is not None
            self.read(items)

    def read(self, items: list[Any]) -> None:
        """The items are there: make the children's inputs and start the first."""
        self._request = None
        if self.over:
            return
        try:
            self.given = self.map.batches(self.flow, self.narrowed, self._chosen(items))
            if any(map(is_too_large, self.given)):
                raise too_large(self.map.name)
        except StateError as error:
            self._fail(error)
            return
        self.counts["pending"] = self.counts["total"] = len(self.given)
        self._go_on()

    def unreadable(self, error: StateError) -> None:
        self._request = None
        if not self.over:
            self._fail(error)

    def child_ended(self, child: Execution) -> None:
        if self.children.pop(child.index, None) is None or self.over:
            return
        self.counts["running"] -= 1
        self.counts[_COUNTED[child.status]] += 1
        self.results[child.index] = self._told(child)
        if child.status != "SUCCEEDED":
            self.unfinished[child.index] = child
        if self._too_many_failed():
            said = "The specified tolerated failure threshold was exceeded"
            self._fail(StateError(EXCEED_TOLERATED_FAILURES, said))
        else:
            self._go_on()

    def stored(self, where: dict[str, Any]) -> None:
        """The results are written."""
        self._request = None
        if not self.over:
            self._succeed({"MapRunArn": self.arn, "ResultWriterDetails": where})

    def unwritten(self, error: StateError) -> None:
        self._request = None
        if not self.over:
            self._fail(error)

    def waits(self) -> list[str]:
        if self._request is not None:
            return [f"{self.map.name}: {self._request.resource}"]
        turn = [f"{self.map.name}: its turn"]
        return [reason for child in self.children.values() for reason in child.waits() or turn]

    def redrive(self) -> None:
        """Only the children that did not succeed run again; where there are none, what failed then is tried again.

        Source: Developer Guide, "Redriving Map Runs".
        """
        self.over, self.status = False, "RUNNING"
        self.redrives += 1
        self._record("MapRunRedriven", {"mapRunArn": self.arn, "redriveCount": self.redrives})
        self.again = sorted(self.unfinished, reverse=True)
        counts = self.counts
        counts["failed"] = counts["timedOut"] = counts["aborted"] = 0
        counts["pending"] = counts["total"] - counts["succeeded"]
        self.results = {place: told for place, told in self.results.items() if told["Status"] == "SUCCEEDED"}
        if counts["total"] or self.map.reader is None:
            self._go_on()
            return
        try:
            self._request = self.map.reader.request(self.flow, self.narrowed, self)
        except StateError as error:
            self._fail(error)
            return
        self.flow.execution.surroundings.read_items(self._request)

    def stop(self, telling: bool = False) -> MapRun:
        """The state is left for another reason: its children are stopped."""
        if not self.over:
            self.over, self.status = True, "ABORTED"
            if self._request is not None:
                self._request.stop()
                self._request = None
            self._stop_children()
        return self

    def _chosen(self, items: list[Any]) -> list[Any]:
        """What ItemSelector makes of the items."""
        if self.map.selector is None:
            return items
        return [
            self.map.chosen(self.flow, self.narrowed, {"Index": place, "Value": item, "Source": self.source})
            for place, item in enumerate(items)
        ]

    def _go_on(self) -> None:
        """Start as many children as may run; when none is left, the run is done."""
        if self._starting:
            return
        self._starting = True
        while self.counts["pending"] and len(self.children) < self.limit and not self.over:
            self.counts["pending"] -= 1
            self.counts["running"] += 1
            self._start_next()
        self._starting = False
        if not self.over and not self.children:
            self._complete()

    def _start_next(self) -> None:
        execution = self.flow.execution
        if not self.again:
            place, self.next = self.next, self.next + 1
        else:
            place = self.again.pop()
            child = self.unfinished.pop(place)
            if child.is_redrivable:
                self.children[place] = child
                execution.surroundings.after(0, self._redrive, child)
                return
        child = execution.child(self.map.processor, self.given[place], self.map.child_type, self, place)
        self.children[place] = child
        execution.surroundings.start_child(child)

    def _redrive(self, child: Execution) -> None:
        """Let a child go on, unless all has been stopped in the meantime."""
        if self.children.get(child.index) is child:
            child.redrive()

    def _complete(self) -> None:
        told = [self.results[place] for place in sorted(self.results)]
        succeeded = [execution for execution in told if execution["Status"] == "SUCCEEDED"]
        writer = self.map.writer
        if writer is None:
            self._succeed([execution["_output"] for execution in succeeded])
            return
        if not writer.resource:
            self._succeed(writer.transformed(succeeded))
            return
        try:
            parameters = writer.filled(self.flow, self.narrowed)
        except StateError as error:
            self._fail(error)
            return
        failed = [execution for execution in told if execution["Status"] != "SUCCEEDED"]
        groups = {"SUCCEEDED": succeeded, "FAILED": failed, "PENDING": []}
        self._request = writer.request(parameters, self.arn, groups, self)
        self.flow.execution.surroundings.write_results(self._request)

    def _succeed(self, output: Any) -> None:
        self.over, self.status = True, "SUCCEEDED"
        self._record("MapRunSucceeded")
        self.flow.resume(self.map.done, output)

    def _fail(self, error: StateError) -> None:
        self.over, self.status = True, "FAILED"
        self.flow.kept = self
        self._stop_children()
        told = {"error": error.name, "cause": cause_text(error.cause)}
        self._record("MapRunFailed", told)
        self.flow.resume_with(error)

    def _stop_children(self) -> None:
        children, self.children = self.children, {}
        for child in children.values():
            child.abort()
        self.unfinished.update(children)
        self.counts["aborted"] += self.counts["running"] + self.counts["pending"]
        self.counts["running"] = self.counts["pending"] = 0

    def _too_many_failed(self) -> bool:
        failed = self.counts["failed"] + self.counts["timedOut"] + self.counts["aborted"]
        count, percentage = self.tolerated
        if count is None and percentage is None:
            return failed > 0
        if count is not None and failed > count:
            return True
        return percentage is not None and failed * 100 > percentage * self.counts["total"]

    def _told(self, child: Execution) -> dict[str, Any]:
        """A child as the files of a ResultWriter tell of it."""
        told = {"ExecutionArn": child.arn, "Input": written(child.input), "Name": child.name, "Status": child.status}
        if child.status == "SUCCEEDED":
            return {**told, "Output": written(child.output), "_output": child.output}
        return {**told, "Error": child.error, "Cause": cause_text(child.cause), "_output": None}

    def _record(self, type: str, told: dict[str, Any] | None = None) -> None:
        self.flow.execution.record(self.flow, type, self.map.name, None, told)
