"""Limits of a live run: what stops it, with the reason, before it takes the memory or the time of all others.

A scenario is free to be unstable: that is a lesson. So no document is refused for it, and the run is stopped where it
has become too large. What was reached can still be watched, forked and rewound.
"""

import orjson

from simulator.engine.errors import Problem, Refused
from simulator.engine.journal import Intervention
from simulator.engine.run import Run
from simulator.live.recording import Recording

# A run in which more messages than this pile up is stopped there: it would take the memory of all others.
MOST_MESSAGES = 250_000

# The same for what they hold together, in bytes of a checkpoint.
LARGEST_STATE = 64_000_000

# The journal is stored whole, sent on and replayed: as long as it may get, and the arguments in it together.
MOST_LINES = 1000
MOST_JOURNAL_BYTES = 1_000_000

# Actions between two looks at the wall clock: fewer where they take long. One arrival can be a thousand messages.
MOST_ACTIONS = 300
FIRST_ACTIONS = 20
QUICK, SLOW = 0.002, 0.005

_FORK = "Fork from an earlier moment and add seats, or let less arrive."
TOO_FULL = Problem(
    "",
    f"the run stopped here: more than {MOST_MESSAGES:,} messages wait or travel in it, and it would only grow",
    cure=_FORK,
)
TOO_HEAVY = Problem(
    "", f"the run stopped here: its messages take more than {LARGEST_STATE // 1_000_000} MB of memory", cure=_FORK
)


class JournalFull(Refused):
    """So much was done to the run that its journal takes no more."""

    code = "JournalFull"

    def __init__(self) -> None:
        problem = f"the journal of this run is full: it takes {MOST_LINES:,} lines and {MOST_JOURNAL_BYTES:,} bytes"
        super().__init__([Problem("", problem, cure="Start a new run, or fork from an earlier moment.")])


class Actions:
    """How many actions to perform before looking at the clock again; learns from how long the last ones took."""

    def __init__(self) -> None:
        self.limit = FIRST_ACTIONS

    def took(self, wall_seconds: float) -> None:
        if wall_seconds > SLOW:
            self.limit = max(int(self.limit * SLOW / wall_seconds), 1)
        elif wall_seconds < QUICK:
            self.limit = min(2 * self.limit, MOST_ACTIONS)


def obstacle(run: Run, recording: Recording) -> Problem | None:
    """Why the run can't go on from its furthest moment; None if it can."""
    if max(recording.metrics.inside, run.kernel.count) > MOST_MESSAGES:
        return TOO_FULL
    latest = recording.checkpoints.latest
    return TOO_HEAVY if latest is not None and len(latest.state) > LARGEST_STATE else None


def mistake(run: Run, error: Exception) -> Problem:
    """What people are told when a run fails by a mistake of ours, or by a stored journal that no longer fits it."""
    where = f"with seed {run.seed}, after {len(run.journal)} lines of its journal"
    what = str(error) if isinstance(error, Refused) else type(error).__name__
    return Problem(
        "", f"the run can't go on from here: {what} ({where})", cure="The past can still be watched, and forked."
    )


def journal_bytes(lines: list[Intervention]) -> int:
    return sum(weight(line.arguments) for line in lines)


def weight(arguments: object) -> int:
    """The bytes of some arguments in a journal, nearly; what can't be written will be refused anyway."""
    try:
        return len(orjson.dumps(arguments))
    except (TypeError, RecursionError):
        return 0
