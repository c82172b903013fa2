"""Texts, and which of them occur in another text: in one pass over it, however many there are.

The automaton of Aho and Corasick, built when it is first asked after a change.
Source: Aho and Corasick, "Efficient string matching: an aid to bibliographic search", CACM 18(6), 1975.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Automaton:
    """States are beginnings of the texts, 0 is the empty one."""

    steps: list[dict[str, int]] = field(default_factory=lambda: [{}])
    shorter: list[int] = field(default_factory=lambda: [0])
    """The longest end of a state that is a state."""
    whole: list[str] = field(default_factory=lambda: [""])
    """The text that ends in a state, or nothing."""
    inside: list[int] = field(default_factory=lambda: [0])
    """The longest end of a state in which a text ends, or 0."""


@dataclass(slots=True, eq=False)
class Substrings(Generic[T]):
    """Items under texts, none of which is empty."""

    of: dict[str, list[T]] = field(default_factory=dict)
    automaton: _Automaton | None = None

    def change(self, text: str, item: T, adding: bool) -> None:
        """Add the item under this text, or remove it."""
        if text not in self.of:
            self.of[text] = []
            self.automaton = None
        items = self.of[text]
        (items.append if adding else items.remove)(item)
        if not items:
            del self.of[text]
            self.automaton = None

    def inside(self, text: str) -> list[T]:
        """The items whose text occurs in this one, once each."""
        if self.automaton is None:
            self.automaton = _built(list(self.of))
        automaton = self.automaton
        found: dict[int, None] = {}
        state = 0
        for character in text:
            while state and character not in automaton.steps[state]:
                state = automaton.shorter[state]
            state = automaton.steps[state].get(character, 0)
            ended = state if automaton.whole[state] else automaton.inside[state]
            while ended and ended not in found:
                found[ended] = None
                ended = automaton.inside[ended]
        return [item for ended in found for item in self.of[automaton.whole[ended]]]


def _built(texts: list[str]) -> _Automaton:
    made = _Automaton()
    for text in texts:
        state = 0
        for character in text:
            following = made.steps[state].get(character)
            if following is None:
                following = made.steps[state][character] = len(made.steps)
                made.steps.append({})
                made.shorter.append(0)
                made.whole.append("")
                made.inside.append(0)
            state = following
        made.whole[state] = text
    waiting = deque(made.steps[0].values())
    while waiting:
        state = waiting.popleft()
        shorter = made.shorter[state]
        made.inside[state] = shorter if made.whole[shorter] else made.inside[shorter]
        for character, following in made.steps[state].items():
            border = shorter
            while border and character not in made.steps[border]:
                border = made.shorter[border]
            made.shorter[following] = made.steps[border].get(character, 0)
            waiting.append(following)
    return made
