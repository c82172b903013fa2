"""The limits that administrators set: one place to read them, and the sentence for each that was hit.

They are read at every start of a run and by every socket, so the newest row is remembered for a few seconds; a change
made in this process holds at once, one made in another after that time. Every sentence ends with who can change the
limit, because whoever reads it is rarely the one who set it.
"""

import time
from typing import Any

from asgiref.sync import sync_to_async
from django.db import transaction

from simulator.engine import clock, scenario
from simulator.engine.arrivals import Arrivals
from simulator.engine.errors import Problem
from simulator.models import Limits

REMEMBERED = 5.0  # wall seconds
ASK = "An administrator can change this limit, under Administration, Limits."

_remembered: tuple[float, Limits] | None = None


def current() -> Limits:
    """The limits that hold now; asks the database at most every few seconds. From a coroutine: `acurrent`."""
    global _remembered
    known = _recent()
    if known is None:
        known = Limits.objects.first() or Limits()
        _remembered = time.monotonic(), known
    return known


async def acurrent() -> Limits:
    """The same without ever blocking the event loop."""
    return _recent() or await sync_to_async(current)()


def change(changed_by: Any, **values: Any) -> Limits:
    """Set some limits and keep the others. Raises ValidationError with all that is out of range.

    The old row stays: it is the history. `changed_by` is a user, or None for the command line.
    """
    latest = Limits.objects.first() or Limits()
    changed = Limits(**{name: getattr(latest, name) for name in names()} | values, changed_by=changed_by)
    changed.full_clean()
    changed.save()
    forget()
    transaction.on_commit(forget)  # somebody may have read the old ones before the new were there to be read
    return changed


def forget() -> None:
    """Ask the database again the next time."""
    global _remembered
    _remembered = None


def names() -> list[str]:
    """Every limit, in the order of the form."""
    return [field.name for field in Limits._meta.fields if field.name not in ("id", "changed", "changed_by")]


def exceeded(checked: scenario.Scenario) -> list[Problem]:
    """The limits that a scenario is beyond: it can be kept as a draft, and is neither played nor published."""
    now, length, rate = current(), checked.document.length, fastest(checked)
    problems = []
    if length > now.longest_run:
        problem = f"is {clock.words(length)}, longer than runs may be here"
        problems.append(Problem("length", problem, f"at most {clock.words(now.longest_run)}", ASK))
    if rate > now.messages_per_second:
        problem = f"the producers send up to {rate:,.0f} messages a second together"
        problems.append(Problem("nodes", problem, f"at most {now.messages_per_second:,}", ASK))
    return problems


def fastest(checked: scenario.Scenario) -> float:
    """Messages per virtual second of all producers together, each at its largest rate."""
    arrivals = [getattr(node.settings, "arrivals", None) for node in checked.nodes]
    return sum(one.bound() for one in arrivals if isinstance(one, Arrivals))


def too_many_viewers(now: Limits) -> str:
    return f"{now.viewers:,} pages watch this run already, as many as may. {ASK}"


def too_many_live_runs(now: Limits) -> str:
    return (
        f"This server holds as many runs as it may ({now.live_runs:,}, or {now.live_megabytes:,} MB of them), and all "
        f"are being watched; please try again later. {ASK}"
    )


def _recent() -> Limits | None:
    if _remembered is None or time.monotonic() - _remembered[0] > REMEMBERED:
        return None
    return _remembered[1]
