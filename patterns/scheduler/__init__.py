"""The scheduler: invokes a target at its time, once or again and again, in any time zone."""
