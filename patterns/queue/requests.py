"""What a queue answers to a wrong request: the service's own codes and sentences.

Source of codes: SQS API Reference, "Errors" of each action and "Common Errors". The sentences are those the service
sends, as recorded by people who compare their work with it; the four whose wording nobody has published
(`OVER_LIMIT`, `UNAVAILABLE`, `THROTTLED`, `NOT_IN_FLIGHT`) say what the API Reference says of the code.
"""

import re
from typing import Any, NamedTuple

from patterns.queue.arguments import SendMessage, not_too_deep
from patterns.queue.config import (
    IN_FLIGHT_QUOTA,
    LONGEST_DELAY,
    LONGEST_VISIBILITY,
    LONGEST_WAIT,
    MOST_AT_ONCE,
    QueueSettings,
)
from simulator.engine.errors import ServiceError
from simulator.engine.json_text import value_of
from simulator.engine.message import as_text, type_of
from simulator.engine.template import size_of_attributes

MOST_ATTRIBUTES = 10
LONGEST_TYPE = 60
LONGEST_IDENTIFIER = 128
LARGEST_BATCH = 1_048_576  # bytes, all entries together
INVALID = "InvalidParameterValue"

OVER_LIMIT = ServiceError("OverLimit", f"The maximum number of in flight messages ({IN_FLIGHT_QUOTA}) is reached.")
UNAVAILABLE = ServiceError("ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
THROTTLED = ServiceError("RequestThrottled", "The request was denied due to request throttling.")
NOT_IN_FLIGHT = ServiceError("MessageNotInflight", "The specified message isn't in flight.")
NO_GROUP = ServiceError("MissingParameter", "The request must contain the parameter MessageGroupId.")
NO_IDENTIFIER = ServiceError(
    "InvalidParameterValue",
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
)
NO_BODY = ServiceError("MissingParameter", "The request must contain the parameter MessageBody.")

# What XML 1.0 allows; anything else is refused. Source: SQS API Reference, SendMessage (InvalidMessageContents).
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Sent(NamedTuple):
    """A message as a person sends it, checked: body as text and as value, size in bytes, delay in seconds."""

    text: str
    body: Any
    kind: str
    size: int
    delay: int
    attributes: dict[str, Any] | None
    group: str | None
    once: str | None


def sent(arguments: SendMessage, settings: QueueSettings) -> Sent:
    """What SendMessage sends. Raises ServiceError with the service's sentence when it can't be taken."""
    body, attributes = as_value(arguments.MessageBody), plain_attributes(arguments.MessageAttributes)
    if body is None or body == "":
        raise NO_BODY
    text = as_text(arguments.MessageBody)
    delay = settings.DelaySeconds if arguments.DelaySeconds is None else arguments.DelaySeconds
    problem = contents_problem(text) or delay_problem(delay)
    if problem is not None:
        raise problem
    if len(attributes) > MOST_ATTRIBUTES:
        raise too_many_attributes(len(attributes))
    size = size_of(arguments)
    if size > settings.MaximumMessageSize:
        raise too_large(settings.MaximumMessageSize)
    group, once = arguments.MessageGroupId, arguments.MessageDeduplicationId
    problem = _identity_problem(group, once, settings.FifoQueue)
    if problem is not None:
        raise problem
    if settings.FifoQueue and arguments.DelaySeconds is not None:
        raise for_another_type(arguments.DelaySeconds, "DelaySeconds")
    kind = type_of(body, "by hand")[:LONGEST_TYPE]
    return Sent(text, body, kind, size, delay, attributes or None, group, once)


def size_of(arguments: SendMessage) -> int:
    """How many bytes a message counts: its body and its attributes together."""
    attributes = plain_attributes(arguments.MessageAttributes)
    return len(as_text(arguments.MessageBody).encode()) + size_of_attributes(attributes)


def _identity_problem(group: str | None, once: str | None, fifo: bool) -> ServiceError | None:
    """What is wrong with the group and the deduplication id that a person gives."""
    if group is None and fifo:
        return NO_GROUP
    if once is not None and not fifo:
        return for_another_type(once, "MessageDeduplicationId")
    problem = identifier_problem(group, "MessageGroupId") if group is not None else None
    return problem or (identifier_problem(once, "MessageDeduplicationId") if once is not None else None)


def receive_problem(most: int, wait: int, timeout: int, attempt: str | None, fifo: bool) -> ServiceError | None:
    """What is wrong with the arguments of a ReceiveMessage."""
    if not 1 <= most <= MOST_AT_ONCE:
        return _value(most, "MaxNumberOfMessages", f"Must be between 1 and {MOST_AT_ONCE}, if provided.")
    if not 0 <= wait <= LONGEST_WAIT:
        return _value(wait, "WaitTimeSeconds", f"Must be >= 0 and <= {LONGEST_WAIT}, if provided.")
    if not 0 <= timeout <= LONGEST_VISIBILITY:
        return visibility_problem(timeout)
    if attempt is not None and not fifo:
        return for_another_type(attempt, "ReceiveRequestAttemptId")
    return identifier_problem(attempt, "ReceiveRequestAttemptId") if attempt is not None else None


def visibility_problem(timeout: int) -> ServiceError:
    return _value(timeout, "VisibilityTimeout", f"Must be >= 0 and <= {LONGEST_VISIBILITY}, if provided.")


def beyond_total(timeout: int) -> ServiceError:
    """All hiding of one receive together may take twelve hours."""
    return _value(
        timeout,
        "VisibilityTimeout",
        f"Total VisibilityTimeout for the message is beyond the limit [{LONGEST_VISIBILITY} seconds].",
    )


def delay_problem(delay: int) -> ServiceError | None:
    if 0 <= delay <= LONGEST_DELAY:
        return None
    return _value(delay, "DelaySeconds", f"DelaySeconds must be >= 0 and <= {LONGEST_DELAY}.")


def not_available(handle: str) -> ServiceError:
    return _value(handle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.")


def invalid_handle(handle: Any) -> ServiceError:
    return ServiceError("ReceiptHandleIsInvalid", f'The input receipt handle "{handle}" is not a valid receipt handle.')


def handle_expired(handle: str) -> ServiceError:
    """A FIFO queue deletes only while the receive lasts."""
    return _value(handle, "ReceiptHandle", "The receipt handle has expired.")


def for_another_type(value: Any, parameter: str) -> ServiceError:
    """A parameter that queues of this type don't take."""
    return _value(value, parameter, "The request include parameter that is not valid for this queue type.")


def identifier_problem(value: str, parameter: str) -> ServiceError | None:
    """What is wrong with a group or deduplication id. Source: SQS API Reference, SendMessage."""
    if 0 < len(value) <= LONGEST_IDENTIFIER and value.isascii() and value.isprintable() and " " not in value:
        return None
    allowed = f"alphanumeric and punctuation characters. 1 to {LONGEST_IDENTIFIER} in length."
    return _value(value, parameter, f"{parameter} can only include {allowed}")


def too_large(limit: int) -> ServiceError:
    return ServiceError(
        INVALID, f"One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."
    )


def too_many_attributes(count: int) -> ServiceError:
    return ServiceError(
        INVALID, f"Number of message attributes [{count}] exceeds the allowed maximum [{MOST_ATTRIBUTES}]."
    )


def purge_in_progress(name: str) -> ServiceError:
    return ServiceError(
        "AWS.SimpleQueueService.PurgeQueueInProgress",
        f"Only one PurgeQueue operation on {name} is allowed every 60 seconds.",
    )


def contents_problem(text: str) -> ServiceError | None:
    """What is wrong with the characters of a message body."""
    found = _ILLEGAL.search(text)
    if found is None:
        return None
    return ServiceError(
        "InvalidMessageContents",
        f"Invalid binary character '#x{ord(found.group()):X}' was found in the message body, "
        "the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF].",
    )


def as_value(text: Any) -> Any:
    """A body that a person typed: JSON where it is a JSON object or array, not nested too deeply, else the text."""
    if isinstance(text, str) and text.lstrip()[:1] in ("{", "["):
        try:
            return not_too_deep(value_of(text))
        except ValueError:
            return text
    return text


def plain_attributes(given: dict[str, Any]) -> dict[str, Any]:
    """Message attributes as plain values, whether written so or in the service's own shape with its DataType."""
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict) and "DataType" in value:
        return value.get("StringValue", value.get("BinaryValue"))
    return value


def _value(value: Any, parameter: str, reason: str) -> ServiceError:
    return ServiceError(INVALID, f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")
