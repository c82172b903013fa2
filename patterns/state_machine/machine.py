"""A definition, compiled: its states by their names, with their paths, rules, templates and expressions taken apart.

A machine is made once and shared by all its executions. What is wrong with a definition in every place is `check`'s to
say; compiling stops at the first thing that cannot be run. Source: Amazon States Language specification, "Top-level
fields", "States".
"""

from __future__ import annotations

from typing import Any

from patterns.state_machine.data.text import is_deeper
from patterns.state_machine.errors import InvalidDefinition
from patterns.state_machine.shapes import a_number
from patterns.state_machine.states.choice import Choice
from patterns.state_machine.states.distributed import DistributedMap
from patterns.state_machine.states.ends import Fail, Pass, Succeed
from patterns.state_machine.states.inline import InlineMap
from patterns.state_machine.states.items import is_distributed
from patterns.state_machine.states.parallel import Parallel
from patterns.state_machine.states.state import State
from patterns.state_machine.states.task import Task
from patterns.state_machine.states.wait import Wait
from simulator.engine.arns import station_arn
from simulator.engine.json_text import value_of

LONGEST_DEFINITION = 1_048_576
DEEPEST = 50
"""Machines inside each other. The service bounds them by the length of the definition only."""
DEEPEST_JSON = 250

JSONATA = "JSONata"
_SIMPLE: dict[str, type[State]] = {
    "Choice": Choice, "Fail": Fail, "Pass": Pass, "Succeed": Succeed, "Task": Task, "Wait": Wait
}  # fmt: skip


class Scope:
    """States that can lead to each other: of the machine, of a branch, of a Map's processor. `timeout` in seconds."""

    __slots__ = ("start", "states", "timeout")

    def __init__(self, start: str, states: dict[str, State], timeout: int | None) -> None:
        self.start = start
        self.states = states
        self.timeout = timeout


class Machine:
    """A compiled definition, with the name that the context object tells."""

    __slots__ = ("name", "scope")

    def __init__(self, definition: Any, name: str = "machine") -> None:
        """`definition`: JSON text, or what it says. Raises InvalidDefinition."""
        self.name = name
        given = parsed(definition)
        self.scope = Compiler(given).scope(given, "", is_query_default=given.get("QueryLanguage") == JSONATA)

    @property
    def arn(self) -> str:
        return station_arn("state_machine", self.name)


class Compiler:
    """Compiles the scopes of one definition. `is_query`: its own query language is JSONata."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.is_query = definition.get("QueryLanguage") == JSONATA
        self.depth = 0

    def scope(self, given: Any, where: str, is_query_default: bool) -> Scope:
        if not isinstance(given, dict) or not isinstance(given.get("States"), dict):
            raise InvalidDefinition(f"{where}.States".lstrip("."), "is missing")
        self.depth += 1
        if self.depth > DEEPEST:
            raise InvalidDefinition(where, f"has more than {DEEPEST} machines inside each other")
        before = f"{where}." if where else ""
        states = {
            name: self._state(name, fields, f"{before}States.{name}", is_query_default)
            for name, fields in given["States"].items()
        }
        self.depth -= 1
        start = given.get("StartAt")
        if not isinstance(start, str) or start not in states:
            raise InvalidDefinition(f"{before}StartAt", f"names no state: {start}")
        return Scope(start, states, a_number(given, "TimeoutSeconds", where, None))

    def _state(self, name: str, fields: Any, where: str, is_query_default: bool) -> State:
        if not isinstance(fields, dict):
            raise InvalidDefinition(where, "must be an object")
        kind = fields.get("Type")
        is_query = fields["QueryLanguage"] == JSONATA if "QueryLanguage" in fields else is_query_default
        if kind == "Parallel":
            return Parallel(name, fields, where, is_query, self)
        if kind == "Map":
            chosen = DistributedMap if is_distributed(fields) else InlineMap
            return chosen(name, fields, where, is_query, self)
        if not isinstance(kind, str) or kind not in _SIMPLE:
            raise InvalidDefinition(f"{where}.Type", f"is no type of state: {kind}")
        return _SIMPLE[kind](name, fields, where, is_query)


def parsed(definition: Any) -> dict[str, Any]:
    """What a definition says. Raises InvalidDefinition for broken JSON, and for what is no object."""
    if isinstance(definition, str):
        if len(definition) > LONGEST_DEFINITION:
            raise InvalidDefinition("", f"the definition is longer than {LONGEST_DEFINITION:,} characters")
        try:
            definition = value_of(definition)
        except ValueError as problem:
            raise InvalidDefinition("", f"the definition is no JSON: {problem}") from None
    if is_deeper(definition, DEEPEST_JSON):
        raise InvalidDefinition("", f"the definition is nested more than {DEEPEST_JSON} levels deep")
    if not isinstance(definition, dict):
        raise InvalidDefinition("", "the definition must be a JSON object")
    return definition
