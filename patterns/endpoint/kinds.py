"""What can happen at an endpoint: the kinds of record it writes, each with its sentence.

A request that reached it is in its custody until it has answered. Who only meets a closed door (down with an answer,
gone, above the rate) keeps the message.
"""

from simulator.engine.kinds import DOUBLED
from simulator.engine.trace import Kind

KINDS = (
    Kind("requested", "{node} gets {message}.", (), holds=1, span="working"),
    Kind(
        "processed",
        "{node} takes {message} in: {how}, {took} after it came.",
        ("took:span", "how"),
        "processed",
        "good",
    ),
    Kind("finished", "", (), "settled", "good", holds=-1, span="gone"),
    DOUBLED,
    Kind("skipped", "{node} recognises {message}, says yes ({how}), and does nothing.", ("how",), "", "good"),
    Kind("rejected", "{node} turns {message} away with {code}: {reason}.", ("code", "reason"), "", "warn"),
    Kind(
        "turned_away",
        "{node} turns {message} away with {code}, and its sender does not listen: {reason}.",
        ("code", "reason"),
        "discarded",
        "bad",
        mark="discarded",
        span="gone",
    ),
    Kind("failed", "{node} answers {code} to {message}: {reason}.", ("code", "reason"), "", "bad", holds=-1),
    Kind(
        "given_up",
        "{message} is gone: {node} answers {code}, and its sender does not listen ({reason}).",
        ("code", "reason"),
        "discarded",
        "bad",
        holds=-1,
        mark="discarded",
        span="gone",
    ),
    Kind(
        "unheard",
        "{node} would answer {code} to {message}, but nobody waits for it any more ({reason}).",
        ("code", "reason"),
        "discarded",
        "info",
        holds=-1,
        span="gone",
    ),
    Kind("silent", "{node} says nothing to {message}: it is down.", (), "received", "warn", holds=1, span="waiting"),
    Kind(
        "unanswered",
        "{node} has not answered {message} within {waited}: its sender has it back.",
        ("waited:span",),
        "",
        "warn",
        holds=-1,
    ),
    Kind(
        "overdue",
        "{node} has not answered {message} within {waited}: its sender takes it back, while {node} still works on it.",
        ("waited:span",),
        "created",
        "warn",
    ),
    Kind("asked_to_confirm", "{of} asks {node} to confirm its subscription.", ("of:node",)),
    Kind("confirmed", "{node} confirms its subscription to {of}.", ("of:node",), "", "good"),
    Kind("authorized", "{node} gives {of} a new token.", ("of:node",), "", "good"),
    Kind(
        "buffered", "{node} adds {message} to its buffer, which now has {size:record}.", ("size:count",), span="waiting"
    ),
    Kind("flushed", "{node} writes {size:record} as one: {reason}.", ("size:count", "reason")),
    Kind(
        "created", "{node} makes {message} from {cause} and what came with it.", ("cause:message",), "created", holds=1
    ),
    Kind(
        "retrying",
        "{node} will write {message} again in {after}: try {tries} ended with {reason}.",
        ("tries", "after:span", "reason"),
        "",
        "warn",
        span="waiting",
    ),
    Kind(
        "write_failed",
        "{node} gives up writing {message}: {reason}.",
        ("reason",),
        "discarded",
        "info",
        holds=-1,
        span="gone",
    ),
)
