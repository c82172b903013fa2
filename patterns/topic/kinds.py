"""What can happen at a topic: the kinds of record it writes, each with its sentence."""

from simulator.engine import delivering
from simulator.engine.kinds import ATTRIBUTES_SET, HELD_BACK, LOOPED, REFUSED_CALL, TURNED_AWAY
from simulator.engine.trace import Kind

KINDS = (
    Kind("sent_by_hand", "somebody publishes {message} to {node}.", ("glyph",), "created", mark="you"),
    Kind("accepted", "{node} accepts {message} and stores it.", ("group:group",), holds=1, span="waiting"),
    Kind(
        "deduplicated",
        "{node} accepts {message} and delivers it to nobody: it repeats {original}, published less than 5 min before.",
        ("original:message",),
        "discarded",
        "good",
        span="gone",
    ),
    Kind(
        "filtered_out",
        "{to} does not get {message} of {node}: {reason}.",
        ("over:link", "reason"),
    ),
    Kind("withheld", "{to} does not get {message} of {node}: {reason}.", ("over:link", "reason")),
    Kind(
        "created",
        "{node} makes {message} of {cause} for {to}.",
        ("cause:message", "over:link"),
        "created",
        holds=1,
        span="waiting",
    ),
    Kind(
        "fanned_out",
        "{node} is done with {message}: {copies:message} to deliver.",
        ("copies:count",),
        "settled",
        holds=-1,
        span="gone",
    ),
    LOOPED,
    TURNED_AWAY,
    REFUSED_CALL,
    Kind(
        "entry_failed",
        "{node} refuses an entry of PublishBatch: {code}: {reason}",
        ("code", "reason"),
        "",
        "warn",
    ),
    HELD_BACK,
    Kind(
        "group_waits",
        "{message} for {to} waits in {node}: one before it in group {group} is not delivered yet.",
        ("over:link", "group"),
    ),
    Kind(
        "retrying",
        "{node} will deliver {message} to {to} again in {after} ({phase}): try {tries} ended with {code}.",
        ("over:link", "tries", "after:span", "code", "phase"),
        "",
        "warn",
        span="waiting",
    ),
    Kind("confirmation_asked", "{node} sends {to} a token with which it can confirm its subscription.", ("over:link",)),
    Kind("confirmed", "the subscription of {to} to {node} is confirmed: {how}.", ("over:link", "how"), "", "good"),
    Kind(
        "unconfirmed",
        "the subscription of {to} to {node} is gone: nobody confirmed it within {waited}.",
        ("over:link", "waited:span"),
        "",
        "warn",
    ),
    ATTRIBUTES_SET,
    Kind("archive_full", "the archive of {node} is full: the oldest messages are forgotten.", (), "", "warn"),
    Kind("replay_pending", "{node} is asked to replay its archive to {to}.", ("over:link",), mark="you"),
    Kind("replay_started", "{node} begins to replay its archive to {to}.", ("over:link",)),
    Kind(
        "replay_ended",
        "the replay of {node} to {to} is over ({status}): {count:message} delivered once more.",
        ("over:link", "status", "count:count"),
    ),
    *(kind for kind in delivering.KINDS if kind.name != "retrying"),
)
