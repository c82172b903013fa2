"""Map, distributed: a child execution for each item or batch of items, up to 10,000 at once, some of which may fail.

Sources: Step Functions Developer Guide, "Using Map state in Distributed mode", "ItemBatcher", "Tolerated failure
threshold"; API Reference, DescribeMapRun; recorded on the service: events and sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.datasets import batches
from patterns.state_machine.data.templates import Template, path_template, query_template
from patterns.state_machine.data.text import size
from patterns.state_machine.errors import runtime
from patterns.state_machine.reading import ItemReader
from patterns.state_machine.shapes import a_text, an_object, one_of
from patterns.state_machine.states.items import MapState
from patterns.state_machine.states.maprun import MapRun
from patterns.state_machine.states.numbers import NumberField
from patterns.state_machine.writing import ResultWriter

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow
    from patterns.state_machine.machine import Compiler

MOST_AT_ONCE = 10_000


class DistributedMap(MapState):
    __slots__ = ("batch_bytes", "batch_input", "batch_items", "batched", "child_type", "label", "reader",
                 "tolerated_count", "tolerated_percentage", "writer")  # fmt: skip

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool, compiler: Compiler) -> None:
        super().__init__(name, fields, where, is_query, compiler)
        processor = fields["ItemProcessor" if "ItemProcessor" in fields else "Iterator"]
        kind = processor["ProcessorConfig"].get("ExecutionType", "STANDARD")
        self.child_type = one_of(kind, ("STANDARD", "EXPRESS"), f"{where}.ItemProcessor.ProcessorConfig.ExecutionType")
        self.label = a_text(fields.get("Label", name[:40]), f"{where}.Label")
        self.tolerated_count = NumberField(fields, "ToleratedFailureCount", where)
        self.tolerated_percentage = NumberField(fields, "ToleratedFailurePercentage", where, is_float=True)
        self.reader = (
            ItemReader(fields["ItemReader"], f"{where}.ItemReader", is_query) if "ItemReader" in fields else None
        )
        self.writer = (
            ResultWriter(fields["ResultWriter"], f"{where}.ResultWriter", is_query)
            if "ResultWriter" in fields
            else None
        )
        batcher = an_object(fields.get("ItemBatcher") or {}, f"{where}.ItemBatcher")
        self.batched = bool(batcher)
        self.batch_items = NumberField(batcher, "MaxItemsPerBatch", f"{where}.ItemBatcher")
        self.batch_bytes = NumberField(batcher, "MaxInputBytesPerBatch", f"{where}.ItemBatcher")
        self.batch_input: Template | None = None
        if "BatchInput" in batcher:
            place = f"{where}.ItemBatcher.BatchInput"
            self.batch_input = (
                query_template(batcher["BatchInput"], place, "ItemBatcher/BatchInput")
                if is_query
                else path_template(batcher["BatchInput"], place)
            )

    def attempt(self, flow: Flow) -> bool:
        narrowed = self.pipeline.narrowed(flow)
        limit = self.limit(flow, narrowed)
        items = self.found(flow, narrowed) if self.reader is None else None
        told = {} if items is None else {"length": len(items)}
        flow.execution.record(flow, "MapStateStarted", self.name, None, told)
        if flow.over:
            return False
        run = MapRun(flow, self, narrowed, min(limit or MOST_AT_ONCE, MOST_AT_ONCE), self._tolerated(flow, narrowed))
        flow.work = run
        run.begin(items)
        return False

    def done(self, flow: Flow, result: Any) -> bool:
        flow.execution.record(flow, "MapStateSucceeded", self.name)
        return not flow.over and super().done(flow, result)

    def batches(self, flow: Flow, narrowed: Any, items: list[Any]) -> list[Any]:
        """The inputs of the child executions. Raises StateError."""
        if not self.batched:
            return items
        seen = self.pipeline.seen(flow, narrowed)
        common = None if self.batch_input is None else self.batch_input.fill(seen)
        most, largest = self.batch_items.value(flow, narrowed), self.batch_bytes.value(flow, narrowed)
        return batches(items, most, largest, common, size)

    def _tolerated(self, flow: Flow, narrowed: Any) -> tuple[int | None, float | None]:
        """How many may fail, and how many percent; None where that is not said. Raises StateError."""
        count = self.tolerated_count.value(flow, narrowed)
        percentage = self.tolerated_percentage.value(flow, narrowed)
        if percentage is not None and not 0 <= percentage <= 100:
            raise runtime("ToleratedFailurePercentage must be between 0 and 100.")
        if count is not None and count < 0:
            raise runtime("ToleratedFailureCount cannot be negative.")
        return count, percentage
