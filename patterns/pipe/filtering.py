"""The filter of a pipe: which records of its source go on. One of its patterns is enough.

A pipe reads event patterns as a bus does, and knows fewer operators; of a queue's record it looks at the body alone,
which is compared as JSON where it is JSON. What no pattern matches is deleted from the queue.
Source: EventBridge User Guide, "Event filtering in Amazon EventBridge Pipes", and "Comparison operators" (the table of
what pipes allow); AWS Lambda Developer Guide, "Using event filtering with an Amazon SQS event source" (only the body).
"""

from typing import Any

from patterns.filters import InvalidPattern, Pattern, compiled, event_of
from simulator.engine.errors import Problem
from simulator.engine.message import as_text
from simulator.engine.parameters import listed

MOST_FILTERS = 5
LONGEST_PATTERN = 4096
BODY = "body"

# Operators of a bus that a pipe does not know.
UNKNOWN = ("suffix", "equals-ignore-case", "wildcard", "cidr")
KNOWN = ("prefix", "numeric", "exists", "anything-but")


class Filter:
    """Compiled patterns."""

    __slots__ = ("_patterns",)

    def __init__(self, patterns: list[Any]) -> None:
        self._patterns: list[Pattern] = [compiled(pattern) for pattern in patterns]

    def objection(self, body: Any) -> str:
        """Why a record with this body does not go on, or "" if it does: of several patterns that of the first."""
        if not self._patterns:
            return ""
        event = event_of({BODY: body})
        if any(pattern.matches(event) for pattern in self._patterns):
            return ""
        return str(self._patterns[0].explain(event))


def problems(pattern: Any) -> list[Problem]:
    """What is wrong with one pattern, an object or JSON text, with paths below it."""
    text = pattern if isinstance(pattern, str) else as_text(pattern)
    if len(text) > LONGEST_PATTERN:
        said = f"Event pattern is not valid. Reason: it has {len(text):,} characters"
        return [Problem("", said, f"at most {LONGEST_PATTERN:,}")]
    try:
        made = compiled(pattern)
    except InvalidPattern as wrong:
        return [Problem("", str(wrong))]
    found = []
    clauses = [clause for alternative in made.alternatives for clause in alternative]
    for path in dict.fromkeys(clause.path for clause in clauses):
        if path.split(".")[0] != BODY:
            said = f"asks for {path}, and of a queue's record only {BODY} can be filtered"
            found.append(Problem("", said, cure=f'Put what is asked below "{BODY}".'))
    words = [word for clause in clauses for operator in clause.operators for word in _words(operator)]
    for word in dict.fromkeys(words):
        if word in UNKNOWN:
            said = f"uses {word}, which a pipe does not know"
            found.append(Problem("", said, f"exact values, null, {listed(list(KNOWN))}"))
    return found


def _words(operator: Any) -> list[str]:
    """The names of an operator and of what it contains."""
    inside = operator.asked if isinstance(operator.asked, dict) else {}
    return [operator.word, *(str(word) for word in inside)]
