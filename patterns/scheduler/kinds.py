"""What can happen in a scheduler: the kinds of record it writes, each with its sentence."""

from simulator.engine import delivering
from simulator.engine.trace import Kind

KINDS = (
    Kind(
        "window_opened",
        "{schedule} of {node} is due: it will fire some time until {until}.",
        ("schedule", "until:time"),
    ),
    Kind(
        "held_up",
        "{schedule} of {node} is due, and {node} is unavailable: it will fire when that is over.",
        ("schedule",),
        "",
        "warn",
    ),
    Kind("fired", "{schedule} of {node} fires: {message} is made.", ("schedule",), "created", holds=1, span="waiting"),
    Kind(
        "held_back",
        "{node} holds {message} for {to} back for {after}, as its quota of invocations says.",
        ("over:link", "after:span"),
    ),
    Kind("completed", "{schedule} of {node} has fired for the last time.", ("schedule",)),
    Kind("schedule_deleted", "{node} deletes {schedule}: {reason}.", ("schedule", "reason")),
    *delivering.KINDS,
)
