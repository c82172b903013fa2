"""Filter policies of SNS: the same grammar, in a stricter dialect, over a message's attributes or over its body.

Sources: SNS Developer Guide, "Amazon SNS message filtering", "Filter policy constraints", "Filter policy scope".
"""

from dataclasses import dataclass
from functools import lru_cache
from math import prod

from patterns.filters.events import Event, event_of
from patterns.filters.explanation import Explanation, explained
from patterns.filters.grammar import Alternative, alternatives
from patterns.filters.leaves import SNS, elements, members
from patterns.filters.matcher import satisfied
from patterns.filters.problems import InvalidEvent, InvalidPattern
from patterns.filters.scalars import Json, number, read, scalar

MOST_KEYS = 5
MOST_COMBINATIONS = 150
MOST_BYTES = 262_144

ATTRIBUTES = "MessageAttributes"
BODY = "MessageBody"


@dataclass(frozen=True)
class FilterPolicy:
    """A filter policy, compiled for one scope: reusable, immutable, without any state."""

    alternatives: tuple[Alternative, ...]
    scope: str

    def matches(self, message: Json) -> bool:
        """`message`: in scope MessageAttributes the attributes, else the body, an object or text.

        Whoever asks many policies about one message gives what `message_fields` made of it.
        """
        event = self._event(message)
        return event is not None and any(satisfied(one, event) for one in self.alternatives)

    def explain(self, message: Json) -> Explanation | None:
        """The same, with the reason; None where there is nothing to look at, because the body is no JSON object."""
        event = self._event(message)
        if event is None:
            return None
        return explained(self.alternatives, event, [satisfied(one, event) for one in self.alternatives])

    def _event(self, message: Json) -> Event | None:
        if self.alternatives == ((),):
            return Event()  # it asks for nothing, so that any message will do
        return message_fields(message, self.scope)


def message_fields(message: Json, scope: str) -> Event | None:
    """A message as policies of one scope see it; None for a body that is no JSON object."""
    if isinstance(message, Event):
        return message
    if scope == ATTRIBUTES:
        return _attributes(message)
    try:
        return event_of(message, SNS.decimals)
    except InvalidEvent:
        return None


def filter_policy(policy: Json, scope: str = ATTRIBUTES) -> FilterPolicy:
    """Compile a filter policy, an object or JSON text; the last 512 texts are remembered. None asks for nothing.

    Raises InvalidPattern with the sentence of SNS, which answers `Invalid parameter: FilterPolicy: ` and that.
    """
    if isinstance(policy, str):
        return _compiled(policy, scope)
    return _checked({} if policy is None else policy, scope)


def matches_filter_policy(policy: Json, *, attributes: dict[str, Json] | None = None, body: Json | None = None) -> bool:
    """Whether SNS delivers a message to a subscription with this policy.

    Exactly one of both is given, which is the scope. `attributes`: {name: {"Type": …, "Value": …}} as in Publish, with
    the types String, String.Array and Number (Binary is no ground to filter on). `body`: the message, as text or
    parsed; a text that is no JSON object matches no policy that asks for anything. Raises InvalidPattern.
    """
    if (attributes is None) == (body is None):
        raise TypeError("A filter policy looks at the attributes of a message or at its body: give one of both.")
    if body is None:
        return filter_policy(policy, ATTRIBUTES).matches(attributes)
    return filter_policy(policy, BODY).matches(body)


@lru_cache(maxsize=512)
def _compiled(text: str, scope: str) -> FilterPolicy:
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise InvalidPattern(f"Filter policy is larger than {MOST_BYTES} bytes")
    try:
        return _checked(read(text, keep_repeated=True), scope)
    except ValueError as error:
        if isinstance(error, InvalidPattern):
            raise
        raise InvalidPattern(str(error)) from None


def _checked(policy: Json, scope: str) -> FilterPolicy:
    found = alternatives(policy, SNS, empty=True)
    top = members(policy) or ()
    nested = next((name for name, value in top if members(value) is not None), None)
    if nested is not None and scope == ATTRIBUTES:
        sentence = "Filter policy scope MessageAttributes does not support nested filter policy"
        raise InvalidPattern(sentence, f"$.{nested}")
    if len(dict(top)) > MOST_KEYS:
        raise InvalidPattern(f"Filter policy can not have more than {MOST_KEYS} keys")
    if combinations(policy, scope) > MOST_COMBINATIONS:
        raise InvalidPattern("Filter policy is too complex")
    return FilterPolicy(found, scope)


def combinations(policy: Json, scope: str) -> int:
    """The product of the number of values of all arrays, for bodies each times its depth; `$or` adds up its branches.

    Source: SNS Developer Guide, "Filter policy constraints": 3 levels x 4 values x 2 levels x 3 values = 72.
    """
    return _combinations(policy, 1, scope == BODY)


def _combinations(policy: Json, depth: int, nested: bool) -> int:
    factors = []
    for name, value in members(policy) or ():
        inner, listed = members(value), elements(value) or ()
        if inner is not None:
            factors.append(_combinations(value, depth + 1, nested))
        elif name == "$or" and len(listed) > 1 and all(members(branch) is not None for branch in listed):
            factors.append(sum(_combinations(branch, depth, nested) for branch in listed))
        else:
            factors.append(len(listed) * (depth if nested else 1))
    return prod(factors)


def _attributes(attributes: dict[str, Json]) -> Event:
    """The attributes as fields; one of a type that can't be filtered on, or that is not what it says, is not there."""
    event = Event()
    for name, attribute in attributes.items():
        kind, value = attribute["Type"], attribute["Value"]
        if kind.startswith("String.Array"):
            values = _elements(value)
        elif kind.startswith("Number"):
            values = _numbers(value)
        else:
            values = [value] if kind.startswith("String") and isinstance(value, str) else []
        if values:
            event.values[name] = [scalar(one) for one in values]
    return event


def _elements(value: Json) -> list[Json]:
    """Texts, numbers, true, false and null of a String.Array, which is the JSON text of a list."""
    try:
        listed = read(value) if isinstance(value, str) else value
    except ValueError:
        return []
    values = [one for one in listed if not isinstance(one, list | dict)] if isinstance(listed, list) else []
    return [round(one, SNS.decimals) if isinstance(one, float) else one for one in values]


def _numbers(value: Json) -> list[Json]:
    try:
        found = number(float(value))
    except (TypeError, ValueError):
        return []
    return [round(found, SNS.decimals) if isinstance(found, float) else found]
