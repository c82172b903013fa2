"""What a state does with its data: from its input to what it works on, and from its result to its output.

Two kinds, by the state's query language. JSONPath, in this order: InputPath, Parameters, (the work), Assign,
ResultSelector, ResultPath, OutputPath. JSONata: Arguments, (the work), Assign and Output, each from the same snapshot.
Sources: Step Functions Developer Guide, "Processing input and output", "Transforming data with JSONata"; Amazon States
Language specification, "Input and Output Processing".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from patterns.state_machine.data.jsonpath import BadPath, PathMissing, path, put
from patterns.state_machine.data.sources import InputSource, Missing, Source, View
from patterns.state_machine.data.templates import Query, Template, compiled_source, path_template, query_template
from patterns.state_machine.errors import RESULT_PATH_MATCH_FAILURE, InvalidDefinition, StateError, runtime
from patterns.state_machine.retrying import Catcher
from patterns.state_machine.shapes import an_object

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow

Outcome = tuple[Any, dict[str, Any] | None]
"""A state's output, and what it assigns."""

NOTHING: Any = object()
"""There is no result: the state only hands on its input."""


class Pipeline(Protocol):
    def narrowed(self, flow: Flow) -> Any:
        """What is left of the input: by InputPath, or all of it."""

    def given(self, flow: Flow, narrowed: Any) -> Any:
        """What the state works on: Parameters or Arguments, or what was left of the input."""

    def outcome(self, flow: Flow, narrowed: Any, result: Any) -> Outcome:
        """Output and variables of a state that is done; `result` may be NOTHING. Raises StateError."""

    def caught(self, flow: Flow, catcher: Catcher, error: dict[str, Any]) -> Outcome: ...

    def seen(self, flow: Flow, narrowed: Any, item: Any = None) -> Any:
        """What the state's other templates and sources are filled from: a View or a Query."""


class PathPipeline:
    """The data flow of a JSONPath state."""

    __slots__ = ("assign", "input_path", "is_plain", "output_path", "parameters", "result_path", "selector")

    def __init__(self, fields: dict[str, Any], where: str) -> None:
        self.input_path = _whole(fields, "InputPath", where)
        self.output_path = _whole(fields, "OutputPath", where)
        self.parameters = _template(fields, "Parameters", where)
        self.selector = _template(fields, "ResultSelector", where)
        self.assign = _template(_with_variables(fields, where), "Assign", where)
        self.result_path = result_path(fields, where)
        self.is_plain = (
            self.input_path is _ALL
            and self.output_path is _ALL
            and self.result_path == ()
            and not (self.parameters or self.selector or self.assign)
        )

    def narrowed(self, flow: Flow) -> Any:
        if self.input_path is _ALL:
            return flow.input
        return {} if self.input_path is None else read(self.input_path, View(flow.input, flow))

    def given(self, flow: Flow, narrowed: Any) -> Any:
        return narrowed if self.parameters is None else self.parameters.fill(View(narrowed, flow))

    def outcome(self, flow: Flow, narrowed: Any, result: Any) -> Outcome:
        if self.is_plain:
            return (narrowed if result is NOTHING else result), None
        seen = View(narrowed if result is NOTHING else result, flow)
        assigned = None if self.assign is None else self.assign.fill(seen)
        output = narrowed
        if result is not NOTHING:
            chosen = result if self.selector is None else self.selector.fill(seen)
            output = placed(flow.input, self.result_path, chosen)
        return self._shown(flow, output), assigned

    def caught(self, flow: Flow, catcher: Catcher, error: dict[str, Any]) -> Outcome:
        assigned = None if catcher.assign is None else catcher.assign.fill(View(error, flow))
        return placed(flow.input, catcher.result_path, error), assigned

    def seen(self, flow: Flow, narrowed: Any, item: Any = None) -> View:
        return View(narrowed, flow, item)

    def _shown(self, flow: Flow, output: Any) -> Any:
        if self.output_path is _ALL:
            return output
        return {} if self.output_path is None else read(self.output_path, View(output, flow))


class QueryPipeline:
    """The data flow of a JSONata state."""

    __slots__ = ("arguments", "assign", "output")

    def __init__(self, fields: dict[str, Any], where: str) -> None:
        self.arguments = _query(fields, "Arguments", where)
        self.output = _query(fields, "Output", where)
        self.assign = _query(_with_variables(fields, where), "Assign", where)

    def narrowed(self, flow: Flow) -> Any:
        return flow.input

    def given(self, flow: Flow, narrowed: Any) -> Any:
        return narrowed if self.arguments is None else self.arguments.fill(Query(flow, input=flow.input))

    def outcome(self, flow: Flow, narrowed: Any, result: Any) -> Outcome:
        default = flow.input if result is NOTHING else result
        if self.output is None and self.assign is None:
            return default, None
        states = {} if result is NOTHING else {"result": result}
        query = Query(flow, input=flow.input, **states)
        assigned = None if self.assign is None else self.assign.fill(query)
        return (default if self.output is None else self.output.fill(query)), assigned

    def caught(self, flow: Flow, catcher: Catcher, error: dict[str, Any]) -> Outcome:
        query = Query(flow, input=flow.input, errorOutput=error)
        assigned = None if catcher.assign is None else catcher.assign.fill(query)
        return (error if catcher.output is None else catcher.output.fill(query)), assigned

    def seen(self, flow: Flow, narrowed: Any, item: Any = None) -> Query:
        return Query(flow, item, input=flow.input)


def read(source: Source, view: View) -> Any:
    """Read a field that takes a path. Source of the sentence: recorded on the service."""
    try:
        return source.read(view)
    except Missing as missing:
        raise runtime(f"Invalid path '{missing.text}' : {missing.reason}") from None


def placed(root: Any, steps: tuple[str | int, ...] | None, value: Any) -> Any:
    """`value` put into `root` at a ResultPath; None discards it."""
    if steps is None:
        return root
    try:
        return put(root, steps, value)
    except PathMissing as missing:
        raise StateError(
            RESULT_PATH_MATCH_FAILURE, f"Unable to apply ResultPath to the input: {missing}", prefixed=True
        ) from None


def result_path(fields: dict[str, Any], where: str) -> tuple[str | int, ...] | None:
    """The steps of a ResultPath; `$` if it is left out, None if it is null."""
    given = fields.get("ResultPath", "$")
    if given is None:
        return None
    place = f"{where}.ResultPath"
    if not isinstance(given, str):
        raise InvalidDefinition(place, "must be a reference path or null")
    try:
        found = path(given)
    except BadPath as problem:
        raise InvalidDefinition(place, str(problem)) from None
    if not found.is_reference:
        raise InvalidDefinition(place, "must be a reference path: names and places in arrays only")
    return found.steps


class _All(InputSource):
    """The path `$`: all of it. There is only one, also after an execution was pickled."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "_ALL"


_ALL = _All("$")


def _whole(fields: dict[str, Any], name: str, where: str) -> Source | None:
    """An InputPath or OutputPath: _ALL if it changes nothing, None if it is null."""
    given = fields.get(name, "$")
    if given is None:
        return None
    return _ALL if given == "$" else compiled_source(given, f"{where}.{name}")


def _with_variables(fields: dict[str, Any], where: str) -> dict[str, Any]:
    """The fields, in which Assign, if it is there, is an object of variables."""
    if "Assign" in fields:
        an_object(fields["Assign"], f"{where}.Assign")
    return fields


def _template(fields: dict[str, Any], name: str, where: str) -> Template | None:
    return path_template(fields[name], f"{where}.{name}") if name in fields else None


def _query(fields: dict[str, Any], name: str, where: str) -> Template | None:
    return query_template(fields[name], f"{where}.{name}", name) if name in fields else None
