"""Where what is said about a topic comes from, and what it and its subscriptions are called in AWS."""

from simulator.engine.arns import station_arn

API = "SNS API Reference"
GUIDE = "SNS Developer Guide"


def topic_arn(topic: str) -> str:
    """A topic's Amazon Resource Name."""
    return station_arn("topic", topic)


def subscription_arn(topic: str, link: str) -> str:
    """A subscription's Amazon Resource Name; here it is known by its link."""
    return f"{topic_arn(topic)}:{link}"
