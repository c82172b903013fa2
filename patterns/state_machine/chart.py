"""The chart of a definition: its states and the ways between them, as the stage draws them once.

States are numbered depth first, those of a branch or a Map's processor after the state that holds them; the first of
each such machine is its start. Shape: docs/PROTOCOL.md, Charts.
"""

from typing import Any

from simulator.engine.parameters import plain
from simulator.engine.template import size

MOST_STATES = 200
MOST_EDGES = 500
LONGEST_LABEL = 40

LARGEST = 15_000
"""Bytes of a chart, at most: it has to fit into a frame. Where it is larger, names and labels are cut shorter."""

LENGTHS = (80, 40, 20, 10, 3)

RESTING = ("Task", "Wait", "Parallel", "Map")

NEXT, CHOICE, DEFAULT, CATCH = range(4)

Given = dict[str, Any]

_SIGNS = {
    "GreaterThanEquals": "≥",
    "LessThanEquals": "≤",
    "GreaterThan": ">",
    "LessThan": "<",
    "Equals": "=",
    "Matches": "~",
}
_KINDS = ("String", "Numeric", "Boolean", "Timestamp")
_TESTS = ("IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp")


class Chart:
    """The chart of one definition that has been checked: `drawn`, with its `edges`.

    `numbers` are its states' places by their names, all of them, `last` by place the last state inside one, and `rests`
    whether an execution can stay in it; only the first MOST_STATES are drawn.
    """

    __slots__ = ("_edges", "_states", "drawn", "edges", "last", "numbers", "rests")

    def __init__(self, definition: Given, version: int) -> None:
        self.numbers: dict[str, int] = {}
        self.last: list[int] = []
        self.rests: list[bool] = []
        self._states: list[list[Any]] = []
        self._edges: list[list[Any]] = []
        self._read(definition, -1, 0)
        drawn = [edge for edge in self._edges if edge[0] < MOST_STATES and edge[1] < MOST_STATES]
        self.edges = drawn[:MOST_EDGES]
        self.drawn: dict[str, Any] = {}
        for longest in LENGTHS:
            self.drawn = {
                "version": version,
                "start": self.numbers[definition["StartAt"]],
                "states": [[_cut(state[0], longest), *state[1:]] for state in self._states[:MOST_STATES]],
                "edges": [[*edge[:3], _cut(edge[3], longest)] for edge in self.edges],
            }
            if size(self.drawn) <= LARGEST:
                break

    def _read(self, machine: Given, parent: int, branch: int) -> None:
        """Number the states of one machine, and what is inside of them."""
        start, states = machine["StartAt"], machine["States"]
        names = [start, *(name for name in states if name != start)]
        for name in names:
            place = self.numbers[name] = len(self._states)
            self._states.append([name, states[name]["Type"], parent, branch])
            self.last.append(place)
            self.rests.append(states[name]["Type"] in RESTING)
            for number, inner in enumerate(inside(states[name])):
                self._read(inner, place, number)
            self.last[place] = len(self._states) - 1
        for name in names:
            self._lead(self.numbers[name], states[name])

    def _lead(self, place: int, state: Given) -> None:
        if "Next" in state:
            self._edge(place, state["Next"], NEXT, "")
        for rule in state.get("Choices", ()):
            self._edge(place, rule["Next"], CHOICE, in_words(rule))
        if "Default" in state:
            self._edge(place, state["Default"], DEFAULT, "")
        for catcher in state.get("Catch", ()):
            self._edge(place, catcher["Next"], CATCH, ", ".join(catcher["ErrorEquals"]))

    def _edge(self, place: int, name: str, kind: int, label: str) -> None:
        self._edges.append([place, self.numbers[name], kind, _cut(label, LONGEST_LABEL)])


def inside(state: Given) -> list[Given]:
    """The machines inside a state: its branches, or its processor."""
    if state["Type"] == "Parallel":
        return list(state["Branches"])
    if state["Type"] == "Map":
        return [state["ItemProcessor"] if "ItemProcessor" in state else state["Iterator"]]
    return []


def in_words(rule: Given) -> str:
    """A rule of a Choice as a person reads it: `$.total > 100 and not $.vip`."""
    if "Condition" in rule:
        condition = rule["Condition"]
        return condition.strip().removeprefix("{%").removesuffix("%}").strip() if isinstance(condition, str) else "…"
    for name, word in (("And", " and "), ("Or", " or ")):
        if name in rule:
            return word.join(in_words(inner) for inner in rule[name])
    if "Not" in rule:
        return f"not {in_words(rule['Not'])}"
    subject = rule.get("Variable", "")
    for name, value in rule.items():
        if name in _TESTS:
            return f"{subject} is {'' if value else 'not '}{name[2:].lower()}"
        kind = next((kind for kind in _KINDS if name.startswith(kind)), "")
        sign = _SIGNS.get(name.removeprefix(kind).removesuffix("Path")) if kind else None
        if sign is not None:
            return f"{subject} {sign} {_written(value, is_path=name.endswith('Path'))}"
    return str(subject)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _written(value: Any, is_path: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return plain(value)
    return str(value) if is_path else f"“{value}”"
