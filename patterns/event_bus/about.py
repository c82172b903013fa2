"""Where what is said about a bus comes from, and what its parts are called in AWS."""

from simulator.engine.arns import arn

API = "EventBridge API Reference"
GUIDE = "EventBridge User Guide"


def rule_arn(bus: str, rule: str) -> str:
    """A rule's Amazon Resource Name; those of the default bus do not name it. `bus` is its EventBusName."""
    return arn("events", f"rule/{rule if bus == 'default' else f'{bus}/{rule}'}")


def event_arn(kind: str, name: str) -> str:
    """The Amazon Resource Name of an event-bus, an archive or a replay."""
    return arn("events", f"{kind}/{name}")
