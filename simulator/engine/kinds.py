"""Kinds of record that several patterns write alike, each with its sentence."""

from simulator.engine.trace import Kind

TURNED_AWAY = Kind(
    "turned_away",
    "{node} does not take {message}: {reason}.",
    ("reason",),
    "discarded",
    "bad",
    mark="discarded",
    span="gone",
)
REFUSED_CALL = Kind(
    "refused_call",
    "{node} refuses {verb} of {to}: {code}: {reason}",
    ("verb", "to:node", "code", "reason"),
    "",
    "warn",
)
LOOPED = Kind(
    "looped",
    "{node} ends a loop with {message}: {generations} messages, each made from the one before, are enough.",
    ("generations",),
    "discarded",
    "bad",
    holds=-1,
    mark="discarded",
    span="gone",
)
HELD_BACK = Kind(
    "held_back",
    "{node} holds {message} for {to} back for {after}: {reason}.",
    ("over:link", "after:span", "reason"),
)
DOUBLED = Kind(
    "doubled",
    "the effect of {message} at {node} has now happened {times} times: it is not idempotent.",
    ("times",),
    "",
    "warn",
)
FINISHED = Kind("finished", "{node} is done with {message}.", (), "settled", "good", holds=-1, span="gone")
HANDED_BACK = Kind(
    "handed_back", "{node} gives {message} back to its sender: {reason}.", ("reason",), "", "warn", holds=-1
)
ATTRIBUTES_SET = Kind("attributes_set", "{node} takes over new attributes: {how}.", ("how",), mark="you")
