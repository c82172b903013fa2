"""What is said about one setting or argument of a bus, in the shape in which a field takes it; and its names in AWS."""

from typing import Any

API = "EventBridge API Reference"
GUIDE = "EventBridge User Guide"

ACCOUNT = "123456789012"  # the account number that AWS uses in its own examples
REGION = "us-east-1"


def about(title: str, description: str, unit: str = "", source: str = "", **more: Any) -> dict[str, Any]:
    extra = {"unit": unit, "source": source, **more}
    return {
        "title": title,
        "description": description,
        "json_schema_extra": {key: value for key, value in extra.items() if value != ""},
    }


def rule_arn(bus: str, rule: str) -> str:
    """A rule's Amazon Resource Name; those of the default bus do not name it. `bus` is its EventBusName."""
    where = rule if bus == "default" else f"{bus}/{rule}"
    return f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{where}"


def event_arn(kind: str, name: str) -> str:
    """The Amazon Resource Name of an event-bus, an archive or a replay."""
    return f"arn:aws:events:{REGION}:{ACCOUNT}:{kind}/{name}"


_SERVICES = {
    "queue": ("sqs", ""),
    "topic": ("sns", ""),
    "worker": ("lambda", "function:"),
    "state_machine": ("states", "stateMachine:"),
}


def target_arn(pattern: str, name: str) -> str:
    """The Amazon Resource Name of a target, as far as the pattern of its station tells what it is."""
    service, what = _SERVICES.get(pattern, ("events", f"{pattern.replace('_', '-')}/"))
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{what}{name}"


def names_queue(arn: str, queue: str) -> bool:
    """Whether this names the queue with this id: the id itself, or its ARN."""
    return arn in (queue, target_arn("queue", queue))
