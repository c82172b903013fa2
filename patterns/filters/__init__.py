"""The one matcher of events: EventBridge's event patterns and SNS's filter policies, exactly, and fast for many rules.

`matches` and `matches_filter_policy` answer yes or no, `explain` says why. Whoever matches often keeps a `Pattern`
(from `compiled`) or a `FilterPolicy`; whoever has many rules keeps a `RuleIndex`, which finds all that match at about
the same cost whether there are ten or ten thousand. Nothing here asks for the envelope of an event.
"""

from patterns.filters.explanation import Asked, Explanation, Finding
from patterns.filters.index import RuleIndex
from patterns.filters.matcher import Pattern, compiled
from patterns.filters.policies import FilterPolicy, filter_policy, matches_filter_policy
from patterns.filters.problems import InvalidEvent, InvalidPattern
from patterns.filters.scalars import Json

__all__ = [
    "Asked",
    "Explanation",
    "FilterPolicy",
    "Finding",
    "InvalidEvent",
    "InvalidPattern",
    "Pattern",
    "RuleIndex",
    "compiled",
    "explain",
    "filter_policy",
    "matches",
    "matches_filter_policy",
]


def matches(pattern: Json, event: Json) -> bool:
    """Whether an event matches an event pattern; both are objects or JSON text.

    Text keeps what parsing would lose: repeated names and the spelling of numbers. Raises InvalidPattern, InvalidEvent.
    """
    return compiled(pattern).matches(event)


def explain(pattern: Json, event: Json) -> Explanation:
    """The same, clause by clause: what was asked, what was found, what holds. Raises as `matches` does."""
    return compiled(pattern).explain(event)
