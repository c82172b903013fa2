"""Where what is said about a scheduler comes from, and what a schedule is called in AWS."""

from simulator.engine.arns import arn

API = "EventBridge Scheduler API Reference"
GUIDE = "EventBridge Scheduler User Guide"


def schedule_arn(name: str) -> str:
    """The Amazon Resource Name of a schedule in the default group."""
    return arn("scheduler", f"schedule/default/{name}")
