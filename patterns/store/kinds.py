"""What can happen in a store: the kinds of record it writes, each with its sentence."""

from simulator.engine.trace import Kind

KINDS = (
    Kind("arrived", "", (), holds=1, span="waiting"),
    Kind(
        "stored",
        "{node} has written {message} ({how}), {took} after it came.",
        ("took:span", "how"),
        "settled",
        "good",
        holds=-1,
        span="stored",
    ),
    Kind(
        "created",
        "{node} tells of what it has written from {cause}: {message}.",
        ("cause:message",),
        "created",
        holds=1,
    ),
    Kind(
        "retrying",
        "{node} will send {message} again in {after}: try {tries} ended with {reason}.",
        ("tries", "after:span", "reason"),
        "",
        "warn",
        span="waiting",
    ),
    Kind(
        "event_lost",
        "{message} is gone from {node}: {reason}.",
        ("reason",),
        "discarded",
        "bad",
        holds=-1,
        mark="discarded",
        span="gone",
    ),
    Kind("throttled", "{node} refuses to write {message}: {reason}.", ("reason",), "", "warn"),
    Kind(
        "turned_away",
        "{node} refuses to write {message}, and its sender does not listen: {reason}.",
        ("reason",),
        "discarded",
        "bad",
        mark="discarded",
        span="gone",
    ),
)
