"""What can happen in a producer: the kinds of record it writes, each with its sentence."""

from simulator.engine.trace import Kind

KINDS = (
    Kind("created", "", (), "created", holds=1),
    Kind("made_by_hand", "somebody has {node} make {message}.", (), "created", holds=1, mark="you"),
    Kind(
        "retrying",
        "{node} will send {message} again in {after}: try {tries} ended with {reason}.",
        ("tries", "after:span", "reason"),
        "",
        "warn",
    ),
    Kind(
        "gave_up",
        "{node} gives {message} up: {reason}.",
        ("reason",),
        "discarded",
        "bad",
        holds=-1,
        mark="discarded",
        span="gone",
    ),
    Kind("exhausted", "{node} has come to its limit of {arrivals:arrival}, and stops.", ("arrivals:count",)),
)
