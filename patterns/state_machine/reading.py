"""The ItemReader of a distributed Map: which data set, how it is read, and the request that goes to the surroundings.

Source: Step Functions Developer Guide, "ItemReader (Map)".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patterns.state_machine.asking import Asking
from patterns.state_machine.data.datasets import Unreadable, items_of
from patterns.state_machine.data.templates import Template, path_template, query_template
from patterns.state_machine.errors import ITEM_READER_FAILED, StateError, runtime
from patterns.state_machine.shapes import a_text, an_object
from patterns.state_machine.states.numbers import NumberField

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow

MOST_ITEMS = 100_000_000


class ItemReader:
    """`settings` is ReaderConfig."""

    __slots__ = ("most", "parameters", "resource", "settings")

    def __init__(self, fields: dict[str, Any], where: str, is_query: bool) -> None:
        an_object(fields, where)
        self.resource = a_text(fields.get("Resource", ""), f"{where}.Resource")
        self.settings = an_object(fields.get("ReaderConfig") or {}, f"{where}.ReaderConfig")
        self.most = NumberField(self.settings, "MaxItems", f"{where}.ReaderConfig")
        name = "Arguments" if is_query else "Parameters"
        self.parameters: Template | None = None
        if name in fields:
            self.parameters = (
                query_template(fields[name], f"{where}.{name}", f"ItemReader/{name}")
                if is_query
                else path_template(fields[name], f"{where}.{name}")
            )

    def request(self, flow: Flow, narrowed: Any, run: Any) -> Reading:
        """Raises StateError."""
        parameters = {} if self.parameters is None else self.parameters.fill(flow.state.pipeline.seen(flow, narrowed))
        most = self.most.value(flow, narrowed)
        if most is not None and most < 0:
            raise runtime("MaxItems must not be negative.")
        return Reading(self, parameters, min(most or MOST_ITEMS, MOST_ITEMS), run)


class Reading(Asking):
    """A request for a data set that is under way."""

    __slots__ = ("_reader", "most")

    def __init__(self, reader: ItemReader, parameters: Any, most: int, run: Any) -> None:
        super().__init__(parameters, run)
        self._reader = reader
        self.most = most

    @property
    def resource(self) -> str:
        """Such as `arn:aws:states:::s3:getObject` or `…:s3:listObjectsV2`."""
        return self._reader.resource

    @property
    def source(self) -> str:
        """What the context object tells as the items' Source: the object they are read from, or the bucket they are
        in. Source: Developer Guide, "Context object data for Map states".
        """
        given = self.parameters if isinstance(self.parameters, dict) else {}
        parts = [str(given.get("Bucket", "")), str(given.get("Key", ""))]
        return "S3://" + "/".join(part for part in parts if part)

    def succeeded(self, found: Any) -> bool:
        """The data set: a text, or a list of items. False when nobody waits for it any more."""
        if not self._ends():
            return False
        try:
            items = items_of(found, self._reader.settings)
        except Unreadable as problem:
            self._run.unreadable(StateError(ITEM_READER_FAILED, str(problem)))
            return True
        self._run.read(items[: self.most])
        return True

    def failed(self, why: str) -> bool:
        if not self._ends():
            return False
        self._run.unreadable(StateError(ITEM_READER_FAILED, why))
        return True
