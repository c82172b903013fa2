"""Where in a definition a check stands: what holds for a state because of the machines around it."""

from dataclasses import dataclass, field, replace
from typing import Any

from patterns.state_machine.checking.report import Report


@dataclass
class Names:
    """What is known only when the whole definition has been read: state names, and transitions to be looked up."""

    where: dict[str, str] = field(default_factory=dict)
    """The path of the state that has a name."""
    transitions: list[tuple[str, Any, dict[str, Any]]] = field(default_factory=list)
    """(path, target, states of the same machine)"""


@dataclass(frozen=True)
class Place:
    """`states` are those of the machine; `machine_language` holds for a state without a QueryLanguage of its own,
    `language` for the fields at hand; `outer` are the variables of the machines around; `express` says that it will
    run as an Express workflow.
    """

    report: Report
    names: Names
    states: dict[str, Any]
    machine_language: str = "JSONPath"
    language: str = "JSONPath"
    settled: bool = False
    """The definition as a whole is in JSONata, so that no state can be in JSONPath."""
    express: bool = False
    outer: frozenset[str] = frozenset()

    def within(self, **changed: Any) -> "Place":
        return replace(self, **changed)

    @property
    def jsonata(self) -> bool:
        return self.language == "JSONata"

    def leads_to(self, path: str, target: Any) -> None:
        """Note a transition; whether its target exists is looked up at the end."""
        if self.report.text(path, target, "the name of a state"):
            self.names.transitions.append((path, target, self.states))
