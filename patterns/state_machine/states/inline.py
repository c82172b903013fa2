"""Map, inline: goes over the items of an array inside the execution, at most forty at once.

Any iteration that fails stops the others and fails the state. Sources: Step Functions Developer Guide, "Using Map
state in Inline mode"; recorded on the service: events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.text import is_too_large
from patterns.state_machine.errors import StateError, too_large
from patterns.state_machine.states.items import MapState

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow

MOST_AT_ONCE = 40


class InlineMap(MapState):
    __slots__ = ()

    def attempt(self, flow: Flow) -> bool:
        narrowed = self.pipeline.narrowed(flow)
        limit = self.limit(flow, narrowed)
        items = self.found(flow, narrowed)
        flow.execution.record(flow, "MapStateStarted", self.name, None, {"length": len(items)})
        if flow.over:
            return False
        if not items:
            return self.done(flow, [])
        flow.work = Iterations(flow, self, narrowed, items, min(limit or MOST_AT_ONCE, MOST_AT_ONCE))
        flow.work.begin()
        return False

    def done(self, flow: Flow, result: Any) -> bool:
        flow.execution.record(flow, "MapStateSucceeded", self.name)
        return not flow.over and super().done(flow, result)


class Iterations:
    """The iterations of one visit: those under way in `flows`, by their items' places."""

    __slots__ = ("flow", "flows", "items", "limit", "map", "narrowed", "next", "outputs", "unfinished")

    def __init__(self, flow: Flow, map: InlineMap, narrowed: Any, items: list[Any], limit: int) -> None:
        self.flow = flow
        self.map = map
        self.narrowed = narrowed
        self.items = items
        self.limit = limit
        self.next = 0
        self.flows: dict[int, Flow] = {}
        self.unfinished: dict[int, Flow] = {}
        self.outputs: list[Any] = [None] * len(items)

    def begin(self) -> None:
        """Start as many iterations as may run. Raises StateError."""
        while self.next < len(self.items) and len(self.flows) < self.limit and not self.flow.over:
            place = self.next
            item = {"Index": place, "Value": self.items[place]}
            given = self.map.chosen(self.flow, self.narrowed, item)
            if self.map.selector is not None and is_too_large(given):
                raise too_large(self.map.name)
            flow = self.flow.inner(self.map.processor, given, place, self)
            flow.item, flow.previous = item, self.flow.previous
            self.next += 1
            self.flows[place] = flow
            self._record(flow, "Started")
            flow.take_turn(0)

    def finished(self, flow: Flow, output: Any) -> None:
        self.outputs[flow.index] = output
        del self.flows[flow.index]
        self._record(flow, "Succeeded")
        self.flow.previous = flow.previous
        if self.next < len(self.items):
            self._go_on()
        elif not self.flows:
            self.flow.resume(self.map.done, self.outputs)

    def broken(self, flow: Flow, error: StateError) -> None:
        self.unfinished[flow.index] = self.flows.pop(flow.index)
        self._record(flow, "Failed")
        self.stop(telling=True)
        self.flow.previous = flow.previous
        self.flow.kept = self
        self.flow.resume_with(error)

    def redrive(self) -> None:
        """The iterations that had not ended go on, and then the others."""
        self.flows, self.unfinished = self.unfinished, {}
        for flow in list(self.flows.values()):
            flow.redrive()
        self._go_on()

    def waits(self) -> list[str]:
        return [reason for flow in self.flows.values() for reason in flow.waits()]

    def stop(self, telling: bool = False) -> Iterations:
        for flow in list(self.flows.values()):
            flow.stop(telling)
            if telling:
                self._record(flow, "Aborted")
        self.unfinished.update(self.flows)
        self.flows.clear()
        return self

    def _go_on(self) -> None:
        try:
            self.begin()
        except StateError as error:
            self.stop(telling=True)
            self.flow.kept = self
            self.flow.resume_with(error)

    def _record(self, flow: Flow, what: str) -> None:
        told = {"name": self.map.name, "index": flow.index}
        self.flow.execution.record(flow, f"MapIteration{what}", self.map.name, None, told)
