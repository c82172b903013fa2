"""What the bench can try: event patterns of EventBridge, and filter policies of SNS in both scopes.

An attribute may be written as in Publish (`DataType`, `StringValue`), as a subscriber gets it (`Type`, `Value`), or as
the plain value: a text, a number, a list.
"""

import json
from collections.abc import Mapping

from patterns.filters import explanation
from patterns.filters.matcher import compiled
from patterns.filters.policies import ATTRIBUTES, BODY, filter_policy
from patterns.filters.problems import InvalidEvent, InvalidPattern
from patterns.filters.scalars import Json, read
from simulator.engine.bench import LONGEST, MOST_CLAUSES, Asked, Clause, Dialect, Example, Verdict

LINE = 64
NO_OBJECT = "The body is no JSON object, so that no policy that asks for anything matches it."


def judge_event_pattern(pattern: str, event: str) -> Verdict:
    """As TestEventPattern, with the reason; the envelope is not asked for."""
    try:
        return _verdict(compiled(pattern).explain(event))
    except InvalidPattern as error:
        return Verdict(None, str(error).removesuffix(f" (at {error.place})"), (), "pattern", error.place)
    except InvalidEvent as error:
        return Verdict(None, str(error), (), "event")


def judge_attributes(policy: str, attributes: str) -> Verdict:
    try:
        return _judge_policy(policy, ATTRIBUTES, _attributes(attributes))
    except ValueError as error:
        return Verdict(None, f"The attributes can't be read. {error}", (), "event")


def judge_body(policy: str, body: str) -> Verdict:
    return _judge_policy(policy, BODY, body)


def _judge_policy(policy: str, scope: str, message: Json) -> Verdict:
    try:
        found = filter_policy(policy, scope).explain(message)
    except InvalidPattern as error:
        sentence = f"Invalid parameter: FilterPolicy: {error.reason}"
        return Verdict(None, sentence, (), "pattern", error.place)
    return Verdict(False, NO_OBJECT) if found is None else _verdict(found)


def _attributes(text: str) -> dict[str, Json]:
    """The attributes of a message, as a policy sees them. Raises ValueError with a sentence."""
    given = read(text) if text.strip() else {}
    if isinstance(given, dict) and isinstance(given.get("MessageAttributes"), dict):
        given = given["MessageAttributes"]
    if not isinstance(given, dict):
        raise ValueError("They are an object: the name of each, and its value.")
    return {name: _attribute(name, value) for name, value in given.items()}


def _attribute(name: str, value: Json) -> Mapping[str, Json]:
    if isinstance(value, dict):
        kind = value.get("Type", value.get("DataType"))
        if not isinstance(kind, str):
            raise ValueError(f'"{name}" has no Type: String, Number, String.Array or Binary.')
        return {"Type": kind, "Value": value.get("Value", value.get("StringValue"))}
    if isinstance(value, list):
        return {"Type": "String.Array", "Value": value}
    if isinstance(value, bool) or value is None:
        raise ValueError(f'"{name}" is {json.dumps(value)}: an attribute is a text, a number or a list.')
    return {"Type": "String" if isinstance(value, str) else "Number", "Value": value}


def _verdict(found: explanation.Explanation) -> Verdict:
    sentence = _short(str(found), 1000)
    clauses = tuple(_clause(finding) for finding in found.findings[:MOST_CLAUSES])
    return Verdict(found.matched, sentence[:1].upper() + sentence[1:], clauses)


def _clause(finding: explanation.Finding) -> Clause:
    values = [_short(_json(value)) for value in finding.found]
    more = [f"and {finding.found_in_all - len(values)} more"] if finding.found_in_all > len(values) else []
    asked = tuple(Asked(_short(str(one)), one.holds) for one in finding.asked[:MOST_CLAUSES])
    return Clause(f"$.{finding.path}", asked, _short(", ".join(values + more), 2 * LONGEST), finding.holds)


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def laid_out(value: Json, indent: int = 0) -> str:
    """JSON as a person writes it: on one line what fits there, else a member or an element on each."""
    short = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or len(short) + indent <= LINE:
        return short
    inner = indent + 2
    if isinstance(value, dict):
        parts = [f"{json.dumps(name, ensure_ascii=False)}: {laid_out(one, inner)}" for name, one in value.items()]
    else:
        parts = [laid_out(one, inner) for one in value]
    lines = ",\n".join(" " * inner + part for part in parts)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"


ORDER = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "OrderPlaced",
    "source": "shop.orders",
    "account": "123456789012",
    "time": "2026-01-05T09:00:00Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {"total": 120, "country": "NL", "tier": "gold", "items": [{"sku": "A-1", "count": 2}]},
}


def _event(title: str, pattern: Json, **detail: Json) -> Example:
    return Example(title, "event", laid_out(pattern), laid_out(ORDER | {"detail": ORDER["detail"] | detail}))  # type: ignore[operator]


def _policy(title: str, dialect: str, policy: Json, message: Json) -> Example:
    return Example(title, dialect, laid_out(policy), laid_out(message))


EVENT_PATTERN = (
    Dialect(
        "event",
        "EventBridge event pattern",
        "Event pattern",
        "Event",
        judge_event_pattern,
        (
            _event("A number in a range", {"source": ["shop.orders"], "detail": {"total": [{"numeric": [">", 100]}]}}),
            _event(
                "Anything but",
                {"detail": {"country": [{"anything-but": ["NL", "BE"]}], "tier": ["gold", "platinum"]}},
            ),
            _event("A field that must be missing", {"detail": {"coupon": [{"exists": False}]}}, coupon="SPRING"),
            _event(
                "One of two conditions",
                {"detail": {"$or": [{"total": [{"numeric": [">=", 500]}]}, {"tier": [{"prefix": "plat"}]}]}},
            ),
            _event(
                "Within one element of a list",
                {"detail": {"items": {"sku": ["A-1"], "count": [1]}}},
                items=[{"sku": "A-1", "count": 2}, {"sku": "B-7", "count": 1}],
            ),
            _event("Not a valid pattern", {"detail": {"total": [{"numeric": [">", "100"]}]}}),
        ),
    ),
)

POLICIES = (
    Dialect(
        "attributes",
        "SNS filter policy, by message attributes",
        "Filter policy",
        "Message attributes",
        judge_attributes,
        (
            _policy(
                "Attributes",
                "attributes",
                {"tier": ["gold"], "total": [{"numeric": [">=", 100]}]},
                {
                    "tier": {"DataType": "String", "StringValue": "basic"},
                    "total": {"DataType": "Number", "StringValue": "120"},
                },
            ),
        ),
    ),
    Dialect(
        "body",
        "SNS filter policy, by message body",
        "Filter policy",
        "Message body",
        judge_body,
        (
            _policy(
                "The body",
                "body",
                {"order": {"country": [{"anything-but": "NL"}]}},
                {"order": {"country": "NL", "total": 120}},
            ),
        ),
    ),
)
