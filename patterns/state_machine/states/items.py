"""What a Map goes over: its items, what of each is handed to its processor, and how many at once.

Sources: Amazon States Language specification, "Map State"; recorded on the service: sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.data.sources import Source, View
from patterns.state_machine.data.templates import (
    Expression,
    Template,
    compiled_source,
    path_template,
    query_error,
    query_template,
)
from patterns.state_machine.data.text import written
from patterns.state_machine.errors import InvalidDefinition, StateError, runtime
from patterns.state_machine.pipeline import read
from patterns.state_machine.states.numbers import NumberField, wrong_type
from patterns.state_machine.states.state import State

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow
    from patterns.state_machine.machine import Compiler, Scope


class MapState(State):
    """What both kinds of Map have. `selector`: ItemSelector, or Parameters as it was called before."""

    __slots__ = ("concurrency", "items", "items_path", "processor", "selector")

    kind = "Map"
    is_aborted = is_retried = True

    def __init__(self, name: str, fields: dict[str, Any], where: str, is_query: bool, compiler: Compiler) -> None:
        own = {key: value for key, value in fields.items() if key != "Parameters"}
        super().__init__(name, own, where, is_query)
        processor = fields.get("ItemProcessor", fields.get("Iterator"))
        if not isinstance(processor, dict):
            raise InvalidDefinition(f"{where}.ItemProcessor", "is missing")
        part = "ItemProcessor" if "ItemProcessor" in fields else "Iterator"
        self.processor: Scope = compiler.scope(processor, f"{where}.{part}", is_query_default=compiler.is_query)
        self.concurrency = NumberField(fields, "MaxConcurrency", where, 0)
        self.items_path: Source | None = None
        self.items: Template | None = None
        self.selector: Template | None = None
        chosen = "ItemSelector" if "ItemSelector" in fields else "Parameters"
        if is_query:
            if "Items" in fields:
                self.items = query_template(fields["Items"], f"{where}.Items", "Items")
            if "ItemSelector" in fields:
                self.selector = query_template(fields["ItemSelector"], f"{where}.ItemSelector", "ItemSelector")
        else:
            if "ItemsPath" in fields:
                self.items_path = compiled_source(fields["ItemsPath"], f"{where}.ItemsPath")
            if chosen in fields:
                self.selector = path_template(fields[chosen], f"{where}.{chosen}")
        self.read_errors(fields)

    def found(self, flow: Flow, narrowed: Any) -> list[Any]:
        """The items. Raises StateError where they are no array."""
        if self.is_query:
            return self._queried(flow)
        found = narrowed if self.items_path is None else read(self.items_path, View(narrowed, flow))
        if not isinstance(found, list):
            text = "$" if self.items_path is None else self.items_path.text
            raise runtime(f'Reference path "{text}" must point to array.')
        return found

    def chosen(self, flow: Flow, narrowed: Any, item: dict[str, Any]) -> Any:
        """What is handed to the processor for an item, `item` as the context object tells of it."""
        if self.selector is None:
            return item["Value"]
        return self.selector.fill(self.pipeline.seen(flow, narrowed, item))

    def limit(self, flow: Flow, narrowed: Any) -> int:
        """MaxConcurrency; 0: as many as possible."""
        given = int(self.concurrency.value(flow, narrowed))
        if given < 0:
            raise runtime(f"MaxConcurrency must not be negative, but was {given}.")
        return given

    def broken(self, flow: Flow, error: StateError) -> None:
        flow.execution.record(flow, "MapStateFailed", self.name)

    def _queried(self, flow: Flow) -> list[Any]:
        if self.items is None:
            if not isinstance(flow.input, list):
                raise query_error(f"Map state input must be an array but was: {written(flow.input)}", "Items")
            return flow.input
        found = self.items.fill(self.pipeline.seen(flow, flow.input))
        if not isinstance(found, list):
            text = self.items.text if isinstance(self.items, Expression) else written(found)
            raise wrong_type(text, "Items", "array", found)
        return found


def is_distributed(fields: dict[str, Any]) -> bool:
    processor = fields.get("ItemProcessor", fields.get("Iterator"))
    settings = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
    return isinstance(settings, dict) and settings.get("Mode") == "DISTRIBUTED"
