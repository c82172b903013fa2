"""What a topic answers to a wrong request: the service's own codes and sentences.

Source of codes: SNS API Reference, "Errors" of each action. The sentences are those the service sends, as recorded by
people who compare their work with it; `UNAVAILABLE`, `THROTTLED` and those about attributes, moments and replays say
what the guide says.
"""

from simulator.engine.errors import ServiceError

INVALID = "InvalidParameter"

UNAVAILABLE = ServiceError("ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
THROTTLED = ServiceError("Throttled", "Rate exceeded")
EMPTY = ServiceError(INVALID, "Invalid parameter: Empty message")
TOO_LONG = ServiceError(INVALID, "Invalid parameter: Message too long")
SUBJECT = ServiceError(INVALID, "Invalid parameter: Subject")
NO_GROUP = ServiceError(INVALID, "Invalid parameter: The MessageGroupId parameter is required for FIFO topics")
NO_IDENTIFIER = ServiceError(
    INVALID,
    "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId "
    "provided explicitly",
)
NOT_FIFO = ServiceError(
    INVALID,
    "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is "
    "not valid for this topic type",
)
STRUCTURE = ServiceError(INVALID, "Invalid parameter: MessageStructure")
NO_DEFAULT = ServiceError(INVALID, "Invalid parameter: Message Structure - No default entry in JSON message body")
NO_JSON = ServiceError(INVALID, "Invalid parameter: Message Structure - JSON message body failed to parse")
NO_ENTRIES = ServiceError("EmptyBatchRequest", "The batch request doesn't contain any entries.")
NOT_DISTINCT = ServiceError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
TOO_MANY = ServiceError(
    "TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible (more than 10)."
)
BATCH_TOO_LONG = ServiceError(
    "BatchRequestTooLong", "The length of all the batch messages put together is more than the limit."
)
ENTRY_ID = ServiceError(
    "InvalidBatchEntryId", "The Id of a batch entry in a batch request doesn't abide by the specification."
)
NO_SUBSCRIPTION = ServiceError("NotFound", "Subscription does not exist")
NO_TOKEN = ServiceError(INVALID, "Invalid parameter: Token")
FIFO_QUEUE = "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics"
ONLY_QUEUES = "Invalid parameter: Endpoint Reason: only Amazon SQS queues can be subscribed to FIFO SNS topics"
DEAD_LETTER_TYPE = (
    "Invalid parameter: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic"
)
TOO_MANY_ATTRIBUTES = ServiceError(
    "InvalidParameterValue",
    "Number of message attributes exceeds the allowed maximum [10]: raw messages with more can't be delivered to SQS.",
)


def invalid(parameter: str, reason: str = "") -> ServiceError:
    """`reason` is a sentence without its full stop."""
    return ServiceError(INVALID, f"Invalid parameter: {parameter}{f' Reason: {reason}' if reason else ''}")


def attribute(name: str, reason: str) -> ServiceError:
    """Something is wrong with one message attribute."""
    return ServiceError("InvalidParameterValue", f"The message attribute '{name}' {reason}")


def unknown_protocol(protocol: str) -> str:
    return f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
