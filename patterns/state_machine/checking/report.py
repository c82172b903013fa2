"""What a check has found so far, and the checks of plain values that every concern needs."""

import math
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from simulator.engine import parameters
from simulator.engine.errors import Problem
from simulator.engine.parameters import listed

MOST_PROBLEMS = 500


class Report:
    """Collects problems, at most MOST_PROBLEMS of them, each once."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}
        self._left_out = False
        self.parser: Any = None
        """Of JSONata expressions, for `expressions`."""

    @property
    def problems(self) -> list[Problem]:
        """In the order in which they were found."""
        more = Problem("", "has more problems than are listed here", cure="Cure these first.")
        return [*self._found, *([more] if self._left_out else [])]

    def add(self, path: str, problem: str, allowed: str = "", cure: str = "") -> None:
        if len(self._found) < MOST_PROBLEMS:
            self._found[Problem(path, problem, allowed, cure)] = None
        else:
            self._left_out = True

    def text(self, path: str, value: Any, allowed: str = "text") -> bool:
        """Whether the value is text; a problem if not."""
        if isinstance(value, str):
            return True
        self.add(path, f"is {shown(value)}", allowed, "Write text in double quotes.")
        return False

    def filled(self, path: str, value: Any, kind: type, allowed: str) -> bool:
        """Whether the value is an object or an array (`kind`) with something in it; a problem if not."""
        if not isinstance(value, kind):
            self.add(path, f"is {shown(value)}", allowed, "Write it as " + _BRACKETS[kind] + ".")
        elif not value:
            self.add(path, "is empty", allowed, "Add at least one.")
        else:
            return True
        return False

    def one_of(self, path: str, value: Any, names: Iterable[str]) -> bool:
        """Whether the value is one of these words; a problem, with the nearest of them, if not."""
        allowed = list(names)
        if isinstance(value, str) and value in allowed:
            return True
        self.add(path, f"is {shown(value)}", listed(allowed), nearest(value, allowed) or "Choose one of these.")
        return False

    def whole_number(self, path: str, value: Any, least: int, most: int) -> bool:
        """Whether the value is a whole number in the range, both ends included; a problem if not."""
        allowed = f"a whole number from {least:,} to {most:,}"
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(path, f"is {shown(value)}", allowed, "Write a whole number, without quotes.")
        elif not least <= value <= most:
            self.add(path, f"is {shown(value)}", allowed, "Change it to a value in range.")
        else:
            return True
        return False

    def number(self, path: str, value: Any, least: float, most: float = math.inf) -> bool:
        """Whether the value is a finite number in the range, both ends included; a problem if not."""
        allowed = f"a number from {least:g} to {most:g}" if most < math.inf else f"a number of at least {least:g}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.add(path, f"is {shown(value)}", allowed, "Write a number, without quotes.")
        elif not least <= value <= most or value == math.inf:
            self.add(path, f"is {shown(value)}", allowed, "Change it to a value in range.")
        else:
            return True
        return False

    def at_most_one(self, path: str, given: dict[str, Any], *names: str) -> None:
        """A problem if the object has more than one of these fields."""
        there = [name for name in names if name in given]
        if len(there) > 1:
            allowed = f"only one of {listed(list(names), 'and')}"
            self.add(below(path, there[-1]), f"stands beside {listed(there[:-1], 'and')}", allowed, "Keep one.")

    def missing(self, path: str, *names: str) -> None:
        self.add(path, f"has no {listed(list(names))}", cure=f"Add {'one of them' if len(names) > 1 else 'it'}.")

    def known(self, path: str, given: dict[str, Any], names: Iterable[str], noun: str) -> None:
        """A problem for every field that `noun` has not."""
        allowed = list(names)
        for name in given:
            if name not in allowed:
                cure = nearest(name, allowed) or "Remove it, or correct its name."
                self.add(below(path, name), f"is not a field of {noun}", listed(allowed), cure)


def below(path: str, name: str | int) -> str:
    """The path of a part: `States.Order`, `Choices.0`; of the whole, the part's own name."""
    return f"{path}.{name}" if path else str(name)


def shown(value: Any) -> str:
    """A value as it is quoted in a problem: JSON, cut to a readable length; of what holds others, only its kind."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    said = parameters.shown(value[:100] if isinstance(value, str) else value)
    return said.encode("utf-8", "backslashreplace").decode()


def nearest(name: Any, names: list[str]) -> str:
    """A cure that names what was probably meant, or ""."""
    text = name if isinstance(name, str) else ""
    same = [one for one in names if one.lower() == text.lower()]
    found = same or get_close_matches(text[:80], names, 1, 0.75)
    return f"Did you mean {found[0]}?" if found else ""


_BRACKETS: dict[type, str] = {dict: "an object: {…}", list: "an array: […]"}
