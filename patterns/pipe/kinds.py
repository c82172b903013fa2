"""What can happen in a pipe: the kinds of record it writes, each with its sentence.

What it takes stays in the custody of its source until it is deleted there. What it makes is its own only for an
instant: sent on, or let go because nobody took it; then what it was made from comes again.
"""

from simulator.engine.mapping import FIELDS
from simulator.engine.trace import Kind

KINDS = (
    Kind("filtered_out", "{node} filters {message} out: {reason}.", ("reason",), "", "info"),
    Kind("entered", "{node} lets {message} in, attempt {attempt}.", ("attempt",), span="working"),
    Kind("created", "{node} makes {message} of {cause} for {to}.", ("cause:message", "over:link"), "created", holds=1),
    Kind("enriched", "{to} has enriched {message} for {node} in {took}.", ("over:link", "took:span"), "", "good"),
    Kind(
        "came_to_nothing",
        "{node} passes nothing on of {message}: its enrichment gave nothing.",
        ("took:span",),
        "processed",
    ),
    Kind("processed", "{node} has passed {message} on in {took}.", ("took:span",), "processed", "good"),
    Kind("failed", "{node} fails on {message}: {reason}.", ("reason",), "", "bad", span="inflight"),
    Kind("abandoned", "{node} leaves {message} where it is: {reason}.", ("reason",), "", "warn", span="inflight"),
    Kind(
        "withdrawn",
        "{node} lets go of {message}: {reason}. What it was made of will come again.",
        ("reason",),
        "discarded",
        "warn",
        holds=-1,
        span="gone",
    ),
    Kind("pipe_started", "{node} runs.", (), "", "good", mark="you"),
    Kind("pipe_stopped", "{node} asks for no more messages; what it has it finishes.", (), "", "warn", mark="you"),
    Kind(
        "poll_failed",
        "{node} can't ask {of} for messages ({reason}), and asks again in {after}.",
        FIELDS["poll_failed"],
        "",
        "warn",
    ),
    Kind("invoked", "{node} begins with a batch of {size:message} of {of}.", FIELDS["invoked"]),
    Kind(
        "invocation_refused",
        "{node} does not begin with {size:message} yet: {reason}. It tries again in {after}.",
        FIELDS["invocation_refused"],
        "",
        "warn",
    ),
    Kind(
        "batch_dropped",
        "{node} drops {size:message}, for their visibility timeout is over: {reason}.",
        FIELDS["batch_dropped"],
        "",
        "warn",
    ),
    Kind("batch_done", "{node} is done with a batch of {size:message} in {took}.", FIELDS["batch_done"], "", "good"),
    Kind(
        "batch_in_part",
        "{node} has failed on {failed} of {size:message} (the last: {reason}): only these come again.",
        FIELDS["batch_in_part"],
        "",
        "warn",
    ),
    Kind(
        "batch_failed",
        "{node} has failed on a batch of {size:message} ({reason}): all of it comes again.",
        FIELDS["batch_failed"],
        "",
        "bad",
    ),
    Kind(
        "pollers_scaled",
        "{node} goes from {before} to {after:poller} at {of}: {reason}.",
        FIELDS["pollers_scaled"],
    ),
)
