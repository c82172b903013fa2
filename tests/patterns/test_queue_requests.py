"""What a queue says to a wrong request, word for word, and its attributes, its purge and its faults."""

import pytest

from simulator.engine.errors import Refused
from tests.patterns.test_queue_life import names, received, sending
from tests.patterns.vocabulary import conserved, do, producer, queue, records, scenario, seconds, story

INVALID = "InvalidParameterValue"
LEGAL = "#x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]"


@pytest.mark.parametrize(
    "verb, arguments, code, sentence",
    [
        (
            "ReceiveMessage",
            {"MaxNumberOfMessages": 11},
            INVALID,
            "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
        ),
        (
            "ReceiveMessage",
            {"MaxNumberOfMessages": 0},
            INVALID,
            "Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
        ),
        (
            "ReceiveMessage",
            {"WaitTimeSeconds": 21},
            INVALID,
            "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.",
        ),
        (
            "ReceiveMessage",
            {"VisibilityTimeout": 43201},
            INVALID,
            "Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.",
        ),
        (
            "SendMessage",
            {"MessageBody": "hello", "DelaySeconds": 901},
            INVALID,
            "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
        ),
        (
            "SendMessage",
            {"MessageBody": ""},
            "MissingParameter",
            "The request must contain the parameter MessageBody.",
        ),
        (
            "SendMessage",
            {"MessageBody": "a\x00b"},
            "InvalidMessageContents",
            f"Invalid binary character '#x0' was found in the message body, the set of allowed characters is {LEGAL}.",
        ),
        (
            "SendMessage",
            {"MessageBody": "hello", "MessageAttributes": {f"name-{number}": 1 for number in range(11)}},
            INVALID,
            "Number of message attributes [11] exceeds the allowed maximum [10].",
        ),
        (
            "DeleteMessage",
            {"ReceiptHandle": "nonsense"},
            "ReceiptHandleIsInvalid",
            'The input receipt handle "nonsense" is not a valid receipt handle.',
        ),
        (
            "ChangeMessageVisibility",
            {"ReceiptHandle": "1-1-511", "VisibilityTimeout": 5},
            "ReceiptHandleIsInvalid",
            'The input receipt handle "1-1-511" is not a valid receipt handle.',
        ),
        (
            "GetQueueAttributes",
            {"AttributeNames": ["Colour"]},
            "InvalidAttributeName",
            "Unknown Attribute Colour.",
        ),
        (
            "SetQueueAttributes",
            {"Attributes": {"FifoQueue": "false"}},
            "InvalidAttributeName",
            "Unknown Attribute FifoQueue.",
        ),
        (
            "SetQueueAttributes",
            {"Attributes": {"VisibilityTimeout": "43201"}},
            "InvalidAttributeValue",
            "Invalid value for the parameter VisibilityTimeout.",
        ),
    ],
)
def test_a_wrong_request_is_answered_as_the_service_answers_it_and_changes_nothing(verb, arguments, code, sentence):
    """Source: SQS API Reference, errors of each action; sentences as the service sends them."""
    run = scenario(queue("emails"))
    before = run.find("emails").view()
    call = do(run, "emails", verb, **arguments)
    assert (call.error.code, call.error.message) == (code, sentence)
    assert run.find("emails").view() | {"refusals": None} == before
    assert records(run, "refused")[0][5:] == (verb, code, sentence)


def test_an_argument_of_the_wrong_kind_is_refused_before_it_is_tried():
    run = scenario(queue("emails"))
    with pytest.raises(Refused) as refused:
        do(run, "emails", "ReceiveMessage", MaxNumberOfMessages="many", Colour="blue")
    assert [problem.path for problem in refused.value.problems] == ["MaxNumberOfMessages", "Colour"]
    assert run.journal == []


def test_a_body_that_nests_too_deeply_is_refused():
    run = scenario(queue("emails"))
    body: object = "deep"
    for _ in range(40):
        body = [body]
    with pytest.raises(Refused, match="nested"):
        do(run, "emails", "SendMessage", MessageBody=body)


def test_text_that_looks_like_deep_json_stays_text():
    run = scenario(queue("emails"))
    assert do(run, "emails", "SendMessage", MessageBody="[" * 100_000).error is None
    assert received(run)[0]["Body"] == "[" * 100_000


def test_a_message_as_large_as_allowed_is_taken_and_one_byte_more_is_not():
    """Source: SQS API Reference, SetQueueAttributes (MaximumMessageSize: body and attributes, in UTF-8 bytes)."""
    run = scenario(queue("emails", MaximumMessageSize=1024))
    assert do(run, "emails", "SendMessage", MessageBody="ä" * 512).error is None
    error = do(run, "emails", "SendMessage", MessageBody="ä" * 512 + "b").error
    assert error.code == INVALID
    assert error.message == "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."


def test_an_attribute_counts_with_its_name_its_data_type_and_its_value():
    """Source: SQS Developer Guide, "Amazon SQS message metadata" (message attribute components)."""
    run = scenario(queue("emails", MaximumMessageSize=1024))
    room = 1024 - len("ab" + "String" + "cde")
    assert do(run, "emails", "SendMessage", MessageBody="x" * room, MessageAttributes={"ab": "cde"}).error is None
    error = do(run, "emails", "SendMessage", MessageBody="x" * (room + 1), MessageAttributes={"ab": "cde"}).error
    assert error.code == INVALID


def test_a_push_that_is_too_large_ends_with_the_reason():
    """Source: SQS API Reference, SetQueueAttributes (MaximumMessageSize)."""
    run = scenario(
        producer("shop", to="emails", arrivals={"regular": {"per_second": 1}}, body={"text": "x" * 2000}, limit=1),
        queue("emails", MaximumMessageSize=1024),
    )
    run.advance(seconds(5))
    [record] = records(run, "turned_away")
    assert record[4].startswith(f"{INVALID}: One or more parameters are invalid.")
    assert conserved(run)


def test_a_body_with_a_type_is_drawn_and_counted_as_that_type():
    run = scenario(queue("emails"))
    do(run, "emails", "SendMessage", MessageBody='{"type": "sign-up"}')
    do(run, "emails", "SendMessage", MessageBody={"type": "password-reset"})
    do(run, "emails", "SendMessage", MessageBody="hello")
    assert run.looks == ["sign-up", "password-reset", "by hand"]


def test_message_attributes_come_back_with_the_message():
    """Source: SQS Developer Guide, "Amazon SQS message attributes"."""
    run = scenario(queue("emails"))
    given = {"tenant": "a", "priority": {"DataType": "Number", "StringValue": "3"}}
    do(run, "emails", "SendMessage", MessageBody="hello", MessageAttributes=given)
    assert received(run)[0]["MessageAttributes"] == {"tenant": "a", "priority": "3"}


def test_the_digest_of_what_was_sent_is_the_digest_of_what_is_received():
    """Source: SQS API Reference, SendMessage (MD5OfMessageBody) and Message (MD5OfBody)."""
    run = scenario(queue("emails"))
    sent = do(run, "emails", "SendMessage", MessageBody="This is a test message").result
    assert sent == {"MessageId": "you-1", "MD5OfMessageBody": "fafb00f5732ab283681e124bf8747ed1"}
    assert received(run)[0]["MD5OfBody"] == sent["MD5OfMessageBody"]


def test_the_visibility_of_a_message_that_is_not_in_flight_can_not_be_changed():
    """Source: SQS API Reference, ChangeMessageVisibility (MessageNotInflight)."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    [message] = received(run)
    run.advance(seconds(31))
    change = {"ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 10}
    assert do(run, "emails", "ChangeMessageVisibility", **change).error.code == "MessageNotInflight"
    received(run)
    error = do(run, "emails", "ChangeMessageVisibility", **change).error
    assert error.message == (
        f"Value {message['ReceiptHandle']} for parameter ReceiptHandle is invalid. "
        "Reason: Message does not exist or is not available for visibility timeout change."
    )


def test_a_receive_can_hide_its_message_for_twelve_hours_in_all_and_not_longer():
    """Source: SQS API Reference, ChangeMessageVisibility (12 hours from the receive)."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    sending(run, 1)
    [message] = received(run)
    run.advance(seconds(10))
    change = {"ReceiptHandle": message["ReceiptHandle"]}
    error = do(run, "emails", "ChangeMessageVisibility", VisibilityTimeout=43_200, **change).error
    assert error.message.endswith("Total VisibilityTimeout for the message is beyond the limit [43200 seconds].")
    assert do(run, "emails", "ChangeMessageVisibility", VisibilityTimeout=43_190, **change).error is None


def test_a_purge_discards_everything_and_is_allowed_once_a_minute():
    """Source: SQS API Reference, PurgeQueue (PurgeQueueInProgress)."""
    run = scenario(queue("emails"))
    sending(run, 3)
    [message] = received(run)
    sending(run, 1, DelaySeconds=60)
    do(run, "emails", "PurgeQueue")
    assert [record[1] for record in records(run, "purged")] == ["purged"] * 4
    assert run.inventory() == {}
    run.advance(seconds(59))
    sending(run, 1)
    error = do(run, "emails", "PurgeQueue").error
    assert error.code == "AWS.SimpleQueueService.PurgeQueueInProgress"
    assert error.message == "Only one PurgeQueue operation on emails is allowed every 60 seconds."
    run.advance(seconds(60))
    assert do(run, "emails", "PurgeQueue").error is None
    assert do(run, "emails", "DeleteMessage", ReceiptHandle=message["ReceiptHandle"]).error is None
    run.advance(seconds(600))
    assert records(run, "redelivered", "visible") == []
    assert conserved(run)


def test_attributes_are_texts_and_can_be_asked_for_by_name():
    """Source: SQS API Reference, GetQueueAttributes."""
    run = scenario(queue("emails", dead="emails-dead", limit=3), queue("emails-dead"))
    sending(run, 3)
    received(run)
    call = do(run, "emails", "GetQueueAttributes")
    assert call.result["Attributes"]["ApproximateNumberOfMessages"] == "2"
    assert call.result["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"
    assert '"maxReceiveCount": 3' in call.result["Attributes"]["RedrivePolicy"]
    call = do(run, "emails", "GetQueueAttributes", AttributeNames=["VisibilityTimeout"])
    assert call.result == {"Attributes": {"VisibilityTimeout": "30"}}


def test_attributes_set_by_a_client_hold_until_the_same_setting_is_changed():
    """Source: SQS API Reference, SetQueueAttributes."""
    run = scenario(queue("emails", VisibilityTimeout=30))
    do(run, "emails", "SetQueueAttributes", Attributes={"VisibilityTimeout": "5", "DelaySeconds": 1})
    do(run, "emails", "change", MessageRetentionPeriod=60)
    settings = run.find("emails").settings
    assert (settings.VisibilityTimeout, settings.DelaySeconds, settings.MessageRetentionPeriod) == (5, 1, 60)
    do(run, "emails", "change", VisibilityTimeout=40)
    settings = run.find("emails").settings
    assert (settings.VisibilityTimeout, settings.DelaySeconds) == (40, 1)


def test_an_unavailable_queue_answers_nothing_but_errors_and_keeps_what_it_has():
    """Source: SQS API Reference, "Common Errors" (ServiceUnavailable)."""
    run = scenario(queue("emails", VisibilityTimeout=5))
    sending(run, 1)
    waiting = do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20)
    assert waiting.done
    second = do(run, "emails", "ReceiveMessage", WaitTimeSeconds=20)
    do(run, "emails", "unavailable", seconds=60)
    assert second.error.code == "ServiceUnavailable"
    assert do(run, "emails", "SendMessage", MessageBody="hello").error.code == "ServiceUnavailable"
    run.advance(seconds(61))
    assert names(received(run)) == ["you-1"]


def test_a_throttled_queue_answers_so_many_requests_a_second_and_no_more():
    """Source: SQS API Reference, "Common Errors" (RequestThrottled); ITU-T I.371 for the meter."""
    run = scenario(queue("emails"))
    do(run, "emails", "throttle", per_second=5)
    answers = []
    for tick in range(40):
        run.advance(seconds(tick / 20))
        answers.append(do(run, "emails", "SendMessage", MessageBody="hello").error)
    assert answers[:5] == [None] * 5
    assert answers.count(None) == 5 + 9
    assert answers[-1].code == "RequestThrottled"
    do(run, "emails", "stop throttle")
    assert all(do(run, "emails", "SendMessage", MessageBody="hello").error is None for _ in range(100))


def test_a_story_is_told_about_a_message_sent_by_hand():
    run = scenario(queue("emails"))
    sending(run, 1)
    assert story(run, "you-1") == ["enqueued"]
    assert conserved(run)
