"""What is said about one setting of a scheduler, in the shape in which a field takes it; and its names in AWS."""

from typing import Any

API = "EventBridge Scheduler API Reference"
GUIDE = "EventBridge Scheduler User Guide"

ACCOUNT = "123456789012"  # the account number that AWS uses in its own examples
REGION = "us-east-1"


def about(title: str, description: str, unit: str = "", source: str = "") -> dict[str, Any]:
    extra = {"unit": unit, "source": source}
    return {
        "title": title,
        "description": description,
        "json_schema_extra": {key: value for key, value in extra.items() if value},
    }


def schedule_arn(name: str) -> str:
    """The Amazon Resource Name of a schedule in the default group."""
    return f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"


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
