"""Where what is said about a pipe comes from, and what it and its sources are called in AWS."""

from simulator.engine.arns import arn

API = "EventBridge Pipes API Reference"
GUIDE = "EventBridge User Guide"

SOURCES = {"queue": ("aws:sqs", "sqs")}
"""What a record says it comes from, and the service in its name, by the pattern of the source."""

OTHER_SOURCE = ("aws:pipes", "pipes")


def pipe_arn(name: str) -> str:
    return arn("pipes", f"pipe/{name}")
