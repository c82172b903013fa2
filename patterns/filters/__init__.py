"""The one matcher of events: EventBridge's event patterns and SNS's filter policies, exactly, and fast for many rules.

`matches` and `matches_filter_policy` answer yes or no, `explain` says why. Whoever matches often keeps a `Pattern`
(from `compiled`) or a `FilterPolicy`; whoever has many rules keeps a `RuleIndex`, which finds all that match at about
the same cost whether there are ten or ten thousand. An event that is asked about more than once is flattened once, by
`event_of` or `message_fields`, and given like that. Nothing here asks for the envelope of an event.
"""

from patterns.filters.events import Event, event_of
from patterns.filters.explanation import Asked, Explanation, Finding
from patterns.filters.index import RuleIndex
from patterns.filters.matcher import Pattern, compiled
from patterns.filters.policies import FilterPolicy, filter_policy, matches_filter_policy, message_fields
from patterns.filters.problems import InvalidEvent, InvalidPattern
from patterns.filters.scalars import Json

__all__ = [
    "Asked",
    "Event",
    "Explanation",
    "FilterPolicy",
    "Finding",
    "InvalidEvent",
    "InvalidPattern",
    "Pattern",
    "RuleIndex",
    "compiled",
    "event_of",
    "explain",
    "filter_policy",
    "matches",
    "matches_filter_policy",
    "message_fields",
]


def matches(pattern: Json, event: Json) -> bool:
    """Whether an event matches an event pattern; both are objects or JSON text.

    Text keeps what parsing would lose: repeated names and the spelling of numbers. Raises InvalidPattern, InvalidEvent.
    """
    return compiled(pattern).matches(event)


def explain(pattern: Json, event: Json) -> Explanation:
    """The same, clause by clause: what was asked, what was found, what holds. Raises as `matches` does."""
    return compiled(pattern).explain(event)
