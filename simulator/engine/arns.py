"""Amazon Resource Names: what stations are called where a service names them.

Source: AWS General Reference, "Amazon Resource Names (ARNs)".
"""

ACCOUNT = "123456789012"  # the account number that AWS uses in its own examples
REGION = "us-east-1"

_SERVICES = {
    "queue": ("sqs", ""),
    "topic": ("sns", ""),
    "worker": ("lambda", "function:"),
    "state_machine": ("states", "stateMachine:"),
}


def arn(service: str, name: str) -> str:
    """The name of something of a service, in the one account and region that there are."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def station_arn(pattern: str, name: str) -> str:
    """The name of a station, as far as its pattern tells what it is."""
    service, what = _SERVICES.get(pattern, ("events", f"{pattern.replace('_', '-')}/"))
    return arn(service, f"{what}{name}")


def names_queue(given: str, queue: str) -> bool:
    """Whether this names the queue with this id: the id itself, or its ARN."""
    return given in (queue, station_arn("queue", queue))
