"""What can happen in a worker: the kinds of record it writes, each with its sentence.

A message it polled stays in the custody of the queue, unless it is deleted there before the work. That one, and one
that was pushed to it, is its own until it is finished, given up, or handed back to whoever waits for the answer.
"""

from simulator.engine.mapping import FIELDS
from simulator.engine.trace import Kind

KINDS = (
    Kind("cold_start", "{node} has to get a new instance ready first: {took}.", ("took:span",), "", "warn"),
    Kind(
        "started",
        "{node} begins to work on {message}, attempt {attempt}; it will take until {until}.",
        ("attempt", "until:time", "cold:span"),
        span="working",
    ),
    Kind("processed", "{node} has done its work on {message} in {took}.", ("took:span",), "processed", "good"),
    Kind("failed", "{node} fails on {message}: {reason}.", ("reason",), "", "bad", span="inflight"),
    Kind(
        "doubled",
        "the effect of {message} at {node} has now happened {times} times: it is not idempotent.",
        ("times",),
        "",
        "warn",
    ),
    Kind("skipped", "{node} recognises {message}, which it has done before, and does nothing.", (), "", "good"),
    Kind("abandoned", "{node} leaves {message} undone: {reason}.", ("reason",), "", "warn", span="inflight"),
    Kind("refused_work", "{node} refuses {message}: {reason}.", ("reason",), "", "warn"),
    Kind("created", "{node} makes {message} from {cause}.", ("cause:message",), "created", holds=1),
    Kind(
        "retrying",
        "{node} will pass {message} on again in {after}: try {tries} ended with {reason}.",
        ("tries", "after:span", "reason"),
        "",
        "warn",
    ),
    Kind(
        "taken_over",
        "{node} has {message} deleted before it works on it: from now on it has the only copy.",
        (),
        "created",
        "warn",
        holds=1,
    ),
    Kind("accepted", "{node} takes {message}.", (), holds=1, span="waiting"),
    Kind("finished", "{node} is done with {message}.", (), "settled", "good", holds=-1, span="gone"),
    Kind("handed_back", "{node} gives {message} back to its sender: {reason}.", ("reason",), "", "warn", holds=-1),
    Kind(
        "given_up",
        "{message} is gone from {node}: {reason}.",
        ("reason",),
        "discarded",
        "bad",
        holds=-1,
        mark="discarded",
        span="gone",
    ),
    Kind(
        "turned_away",
        "{node} does not take {message}: {reason}.",
        ("reason",),
        "discarded",
        "bad",
        mark="discarded",
        span="gone",
    ),
    Kind(
        "poll_failed",
        "{node} can't ask {of} for messages ({reason}), and asks again in {after}.",
        FIELDS["poll_failed"],
        "",
        "warn",
    ),
    Kind(
        "beat_refused",
        "{node} can't extend the visibility of {message}: {reason}.",
        ("reason",),
        "",
        "warn",
    ),
    Kind(
        "not_deleted",
        "{node} has done {message}, and yet it is not deleted, for the batch it came in has failed ({reason}).",
        ("reason",),
        "",
        "warn",
    ),
    Kind("invoked", "{node} is invoked with {size:message} of {of}.", FIELDS["invoked"]),
    Kind(
        "invocation_refused",
        "{node} is not invoked with {size:message}: {reason}. Their poller tries again in {after}.",
        FIELDS["invocation_refused"],
        "",
        "warn",
    ),
    Kind(
        "batch_dropped",
        "a poller of {node} drops {size:message}, for their visibility timeout is over: {reason}.",
        FIELDS["batch_dropped"],
        "",
        "warn",
    ),
    Kind(
        "batch_done",
        "{node} has done a batch of {size:message} in {took}: the poller deletes it.",
        FIELDS["batch_done"],
        "",
        "good",
    ),
    Kind(
        "batch_in_part",
        "{node} reports {failed} of {size:message} as failed (the last: {reason}): only these come back.",
        FIELDS["batch_in_part"],
        "",
        "warn",
    ),
    Kind(
        "batch_failed",
        "{node} fails on a batch of {size:message} ({reason}): all of it comes back.",
        FIELDS["batch_failed"],
        "",
        "bad",
    ),
    Kind(
        "pollers_scaled",
        "the event source mapping from {of} to {node} goes from {before} to {after:poller}: {reason}.",
        FIELDS["pollers_scaled"],
    ),
    Kind("scaled", "{node} goes from {before} to {after:seat}: {reason}.", ("before", "after:count", "reason")),
)
