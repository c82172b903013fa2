"""What is said about one setting or argument of a topic, as a field takes it; and its names in AWS."""

from typing import Any

API = "SNS API Reference"
GUIDE = "SNS Developer Guide"

ACCOUNT = "123456789012"  # the account number that AWS uses in its own examples
REGION = "us-east-1"


def about(title: str, description: str, unit: str = "", source: str = "", **more: Any) -> dict[str, Any]:
    extra = {"unit": unit, "source": source, **more}
    return {
        "title": title,
        "description": description,
        "json_schema_extra": {key: value for key, value in extra.items() if value != ""},
    }


def topic_arn(topic: str) -> str:
    """A topic's Amazon Resource Name."""
    return f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}"


def subscription_arn(topic: str, link: str) -> str:
    """A subscription's Amazon Resource Name; here it is known by its link."""
    return f"{topic_arn(topic)}:{link}"


def queue_arn(queue: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"


def names_queue(arn: str, queue: str) -> bool:
    """Whether this names the queue with this id: the id itself, or its ARN."""
    return arn in (queue, queue_arn(queue))
