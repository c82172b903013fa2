"""What can happen on a bus: the kinds of record it writes, each with its sentence."""

from simulator.engine import delivering
from simulator.engine.kinds import HELD_BACK, LOOPED, REFUSED_CALL, TURNED_AWAY
from simulator.engine.trace import Kind

KINDS = (
    Kind("sent_by_hand", "somebody puts {message} on {node}.", ("glyph",), "created", mark="you"),
    Kind(
        "accepted",
        "{node} accepts {message} ({type}) of {source}: it is event {event}.",
        ("source", "event"),
        holds=1,
        span="waiting",
    ),
    Kind("scheduled", "the schedule of {rule} fires: {node} makes {message}.", ("rule", "glyph"), "created", holds=1),
    Kind(
        "replayed",
        "{node} replays {message}, once {cause}, as {replay} says.",
        ("cause:message", "replay", "glyph"),
        "created",
        holds=1,
        span="waiting",
    ),
    Kind(
        "entry_failed", "{node} does not take an entry of PutEvents: {code}: {reason}", ("code", "reason"), "", "warn"
    ),
    TURNED_AWAY,
    REFUSED_CALL,
    Kind("matched", "{message} matches rule {rule} of {node}, which has {targets:target}.", ("rule", "targets:count")),
    Kind(
        "created",
        "{node} makes {message} of {cause} for a target of {rule}: {to}.",
        ("cause:message", "rule", "over:link"),
        "created",
        holds=1,
        span="waiting",
    ),
    Kind(
        "routed",
        "{node} is done with {message}: {rules:rule} matched, {copies:message} to deliver.",
        ("rules:count", "copies:count"),
        "settled",
        holds=-1,
        span="gone",
    ),
    LOOPED,
    Kind(
        "passed_by",
        "{message} names the bus {bus}: {node} accepts it and passes it to nobody.",
        ("bus",),
        "settled",
        "warn",
        span="gone",
    ),
    HELD_BACK,
    Kind(
        "authorized_anew",
        "{to} refused the credentials of {node} ({code}): it gets new ones and sends {message} again.",
        ("over:link", "code"),
        "",
        "warn",
    ),
    Kind("archive_full", "{archive} of {node} is full: the oldest events are forgotten.", ("archive",), "", "warn"),
    Kind("rule_changed", "{node}: {how}.", ("how",), mark="you"),
    Kind("archive_changed", "{node}: {how}.", ("how",), mark="you"),
    Kind(
        "replay_started",
        "{node} begins {replay}: {count:event} from {archive}.",
        ("replay", "archive", "count:count"),
        mark="you",
    ),
    Kind(
        "replay_ended",
        "{replay} of {node} is over ({status}): {count:event} replayed.",
        ("replay", "status", "count:count"),
    ),
    *delivering.KINDS,
)
