"""The administration: scenarios are configured, checked, published and retired here; runs are looked at, limits set,
and people given what they may be.

A scenario's document is judged on saving by the same function that judges it everywhere else, and every problem is
shown at the field. Nothing somebody made is lost by a click: restoring a built-in scenario keeps the edited document
as a draft of its own.
"""

from simulator.admin import limits, people, runs, scenarios

__all__ = ["limits", "people", "runs", "scenarios"]
