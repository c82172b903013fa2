"""The history of an execution: what happened, in order, with the names and the details of GetExecutionHistory.

An event keeps the values it tells of as they are and writes them as JSON only when it is read: values never change, and
most events are never looked at. Source: Step Functions API Reference, HistoryEvent and the types of its details.
"""

from typing import Any

from patterns.state_machine.data.text import written
from simulator.engine.calendar import date_of
from simulator.engine.clock import Micros

HISTORY_QUOTA = 25_000
"""The most events of a Standard execution, its last one included. Source: Developer Guide, "Service quotas"."""

QUOTA_REACHED = "The execution reached the maximum number of history events (25000)."

_WRITTEN = ("input", "output", "parameters")
_NOT_TRUNCATED = {"truncated": False}


class HistoryEvent:
    """One event: `id` from 1, `previous` the event before it on the same path, `time` virtual, `state` a name or None.

    `value` is a state's input or output, `more` the other details, by the service's names.
    """

    __slots__ = ("id", "more", "previous", "state", "time", "type", "value")

    def __init__(
        self,
        id: int,
        previous: int,
        time: Micros,
        type: str,
        state: str | None,
        value: Any,
        more: dict[str, Any] | None,
    ) -> None:
        self.id = id
        self.previous = previous
        self.time = time
        self.type = type
        self.state = state
        self.value = value
        self.more = more

    def __repr__(self) -> str:
        return f"<{self.id} {self.type}{f' {self.state}' if self.state else ''}>"

    @property
    def details(self) -> dict[str, Any]:
        """What is told of the event, JSON values as text, as the service does."""
        if self.type.endswith("StateEntered"):
            return {"name": self.state, "input": written(self.value), "inputDetails": dict(_NOT_TRUNCATED)}
        if self.type.endswith("StateExited"):
            told: dict[str, Any] = {"name": self.state, "output": written(self.value)}
            told["outputDetails"] = dict(_NOT_TRUNCATED)
            if self.more:
                told["assignedVariables"] = {name: written(value) for name, value in self.more.items()}
                told["assignedVariablesDetails"] = dict(_NOT_TRUNCATED)
            return told
        told = {}
        for name, value in (self.more or {}).items():
            told[name] = written(value) if name in _WRITTEN else value
            if name in ("input", "output"):
                told[f"{name}Details"] = dict(_NOT_TRUNCATED)
        return told

    def as_dict(self, epoch: Micros = 0) -> dict[str, Any]:
        """The event as GetExecutionHistory gives it; `epoch`: the moment of virtual time 0, in Micros since 1970."""
        told = {
            "id": self.id,
            "previousEventId": self.previous,
            "timestamp": date_of(epoch + self.time).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "type": self.type,
        }
        details = self.details
        return {**told, details_key(self.type): details} if details else told


def details_key(type: str) -> str:
    """The member in which the details of an event of this type stand."""
    for ending in ("StateEntered", "StateExited"):
        if type.endswith(ending):
            type = ending
    return f"{type[0].lower()}{type[1:]}EventDetails"
