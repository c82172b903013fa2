"""What is said about one setting of a pipe, in the shape in which a field takes it; and its names in AWS."""

from typing import Any

API = "EventBridge Pipes API Reference"
GUIDE = "EventBridge User Guide"

ACCOUNT = "123456789012"  # the account number that AWS uses in its own examples
REGION = "us-east-1"

SOURCES = {"queue": ("aws:sqs", "sqs")}
"""What a record says it comes from, and the service in its name, by the pattern of the source."""

OTHER_SOURCE = ("aws:pipes", "pipes")


def about(title: str, description: str, unit: str = "", source: str = "") -> dict[str, Any]:
    extra = {"unit": unit, "source": source}
    return {
        "title": title,
        "description": description,
        "json_schema_extra": {key: value for key, value in extra.items() if value},
    }


def pipe_arn(name: str) -> str:
    return f"arn:aws:pipes:{REGION}:{ACCOUNT}:pipe/{name}"


_SERVICES = {
    "queue": ("sqs", ""),
    "topic": ("sns", ""),
    "worker": ("lambda", "function:"),
    "state_machine": ("states", "stateMachine:"),
}


def station_arn(pattern: str, name: str) -> str:
    """The Amazon Resource Name of a source or target, as far as the pattern of its station tells what it is."""
    service, what = _SERVICES.get(pattern, ("events", f"{pattern.replace('_', '-')}/"))
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{what}{name}"
