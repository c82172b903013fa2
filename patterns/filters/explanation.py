"""Why an event matched or did not, clause by clause, as data for a stage, an inspector and a log."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from patterns.filters.events import Event
from patterns.filters.grammar import Alternative, Clause
from patterns.filters.operators import Exists, Operator
from patterns.filters.scalars import Json, Scalar, shown

MOST_FOUND = 20
"""Values shown of one field; `Finding.found_in_all` has the number of all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One operator of a field: `word` and `expected` as in the pattern, and whether it holds for any value found."""

    word: str
    expected: Json
    holds: bool

    def __str__(self) -> str:
        return _json(self.expected) if self.word == "exactly" else f"{self.word} {_json(self.expected)}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One field of the pattern: what was asked of it, any of which is enough, and what stands there in the event."""

    path: str
    holds: bool
    asked: tuple[Asked, ...]
    found: tuple[Json, ...]
    found_in_all: int

    def __str__(self) -> str:
        if not self.found_in_all:
            there = "is not there"
        else:
            more = f" and {self.found_in_all - len(self.found)} more" if self.found_in_all > len(self.found) else ""
            there = f"is {', '.join(_json(value) for value in self.found)}{more}"
        return f"$.{self.path} {there}; asked for {' or '.join(str(one) for one in self.asked)}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """`findings` are those of the alternative that matched, or of the one that came nearest; `alternatives` counts all.

    An event can satisfy each field and still not match: `one_element` is False where no single element of an array
    satisfies all fields below it.
    """

    matched: bool
    findings: tuple[Finding, ...]
    one_element: bool
    alternatives: int

    @property
    def failed(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.holds)

    def __str__(self) -> str:
        """One sentence: `did not match: $.price is 3; asked for numeric [">",5]`."""
        if self.matched:
            return "matched"
        if not self.one_element:
            fields = " and ".join(f"$.{finding.path}" for finding in self.findings if finding.found_in_all)
            return f"did not match: {fields} hold in different elements of an array, never in one"
        nearest = f" (nearest of {self.alternatives} alternatives)" if self.alternatives > 1 else ""
        return f"did not match{nearest}: {'; '.join(str(finding) for finding in self.failed)}"


def explained(alternatives: Sequence[Alternative], event: Event, matched: Sequence[bool]) -> Explanation:
    """`matched` says for each alternative whether the matcher found it satisfied."""
    if any(matched):
        nearest = matched.index(True)
    else:
        shared = dict.fromkeys(clause for one in alternatives for clause in one)
        judged = {clause: _holds(clause, event) for clause in shared}
        failures = [sum(not judged[clause] for clause in one) for one in alternatives]
        nearest = failures.index(min(failures))
    findings = tuple(_finding(clause, event) for clause in alternatives[nearest])
    alone = all(finding.holds for finding in findings)
    return Explanation(any(matched), findings, any(matched) or not alone, len(alternatives))


def _finding(clause: Clause, event: Event) -> Finding:
    values = event.values.get(clause.path, [])
    absent_somewhere = clause.absent and (not values or clause.path in event.places)
    asked = tuple(
        Asked(one.word, one.asked, _any_holds(one, values) or (absent_somewhere and one == _ABSENT))
        for one in clause.operators
    )
    found = tuple(shown(value) for value in values[:MOST_FOUND])
    return Finding(clause.path, any(one.holds for one in asked), asked, found, len(values))


_ABSENT = Exists(False)


def _holds(clause: Clause, event: Event) -> bool:
    return _finding(clause, event).holds


def _any_holds(operator: Operator, values: Sequence[Scalar]) -> bool:
    return any(operator.holds(value) for value in values)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
