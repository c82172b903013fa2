"""What can be set on a queue and on its links: combinations that the service refuses, and how each is told."""

import pytest

from simulator.engine.errors import Refused
from simulator.engine.polling import mapping_of
from tests.patterns.test_queue_life import names, received, sending
from tests.patterns.vocabulary import do, queue, scenario, story, worker

BAD_ID = (
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
    "It can be at most 80 letters long."
)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ContentBasedDeduplication": True}, "only a FIFO queue has"),
        ({"DeduplicationScope": "messageGroup"}, "only a FIFO queue has"),
        ({"FifoQueue": True, "FifoThroughputLimit": "perMessageGroupId"}, "takes DeduplicationScope messageGroup"),
        ({"FifoQueue": True, "duplicates": 0.1}, "neither duplicates nor disorder"),
        ({"FifoQueue": True, "disorder": 0.1}, "neither duplicates nor disorder"),
        ({"RedriveAllowPolicy": {"redrivePermission": "byQueue"}}, "exactly when redrivePermission is byQueue"),
        ({"RedriveAllowPolicy": {"sourceQueueArns": ["a"]}}, "exactly when redrivePermission is byQueue"),
        ({"RedriveAllowPolicy": {"redrivePermission": "byQueue", "sourceQueueArns": ["a"] * 11}}, "at most 10"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings, said):
    """Source: SQS API Reference, SetQueueAttributes."""
    with pytest.raises(Refused, match=said):
        scenario(queue("emails", **settings))


def test_a_mapping_takes_batches_above_ten_only_with_a_window():
    """Source: AWS Lambda API Reference, CreateEventSourceMapping (BatchSize)."""
    with pytest.raises(Refused, match="needs MaximumBatchingWindowInSeconds"):
        mapped(BatchSize=11)
    run = mapped(BatchSize=11, MaximumBatchingWindowInSeconds=1)
    mapping = mapping_of(run.find("emails-mailer").settings)
    assert mapping is not None and mapping.BatchSize == 11


def mapped(**settings):
    station = worker("mailer", polls="emails", poll=settings)
    station.links[0]["kind"] = "mapping"
    return scenario(queue("emails"), station)


def test_a_plain_poll_is_no_mapping():
    run = scenario(
        queue("emails"), worker("mailer", polls="emails", poll={"heartbeat": "10s", "delete": "before work"})
    )
    settings = run.find("emails-mailer").settings
    assert mapping_of(settings) is None
    assert settings.heartbeat == 10_000_000


def test_a_batch_of_deletes_is_answered_entry_by_entry():
    """Source: SQS API Reference, DeleteMessageBatch (Successful, Failed)."""
    run = scenario(queue("emails"))
    sending(run, 2)
    first, second = received(run, MaxNumberOfMessages=2)
    entries = [
        {"Id": "a", "ReceiptHandle": first["ReceiptHandle"]},
        {"Id": "b", "ReceiptHandle": "nonsense"},
        {"Id": "c", "ReceiptHandle": second["ReceiptHandle"]},
    ]
    call = do(run, "emails", "DeleteMessageBatch", Entries=entries)
    assert call.error is None
    assert call.result["Successful"] == [{"Id": "a"}, {"Id": "c"}]
    [failed] = call.result["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("b", "ReceiptHandleIsInvalid", True)
    assert story(run, "you-1")[-1] == story(run, "you-2")[-1] == "deleted"


def test_a_batch_of_visibility_changes_is_answered_entry_by_entry():
    """Source: SQS API Reference, ChangeMessageVisibilityBatch."""
    run = scenario(queue("emails"))
    sending(run, 2)
    first, second = received(run, MaxNumberOfMessages=2)
    entries = [
        {"Id": "a", "ReceiptHandle": first["ReceiptHandle"], "VisibilityTimeout": 0},
        {"Id": "b", "ReceiptHandle": second["ReceiptHandle"], "VisibilityTimeout": 43_201},
    ]
    call = do(run, "emails", "ChangeMessageVisibilityBatch", Entries=entries)
    assert call.result["Successful"] == [{"Id": "a"}]
    assert call.result["Failed"][0]["Code"] == "InvalidParameterValue"
    assert names(received(run, MaxNumberOfMessages=10)) == ["you-1"]


@pytest.mark.parametrize(
    ("ids", "code", "sentence"),
    [
        ([], "EmptyBatchRequest", "There should be at least one DeleteMessageBatchRequestEntry in the request."),
        (
            [str(number) for number in range(20)],
            "TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10. You have sent 20.",
        ),
        (["a", "b", "a"], "BatchEntryIdsNotDistinct", "Id a repeated."),
        (
            ["a", "b c"],
            "InvalidBatchEntryId",
            BAD_ID,
        ),
        (["a" * 81], "InvalidBatchEntryId", BAD_ID),
    ],
)
def test_a_batch_that_is_wrong_as_a_whole_changes_nothing(ids, code, sentence):
    """Source: SQS API Reference, DeleteMessageBatch, Errors."""
    run = scenario(queue("emails"))
    sending(run, 1)
    [message] = received(run)
    entries = [{"Id": one, "ReceiptHandle": message["ReceiptHandle"]} for one in ids]
    error = do(run, "emails", "DeleteMessageBatch", Entries=entries).error
    assert error.code == f"AWS.SimpleQueueService.{code}"
    assert error.message == sentence
    assert story(run, "you-1") == ["enqueued", "received"]


def test_the_type_of_a_queue_is_fixed_and_known_to_fifo_queues_only():
    """Source: recorded answers of the service to SetQueueAttributes."""
    run = scenario(queue("emails"), queue("orders", FifoQueue=True))
    error = do(run, "emails", "SetQueueAttributes", Attributes={"FifoQueue": "false"}).error
    assert (error.code, error.message) == ("InvalidAttributeName", "Unknown Attribute FifoQueue.")
    error = do(run, "orders", "SetQueueAttributes", Attributes={"FifoQueue": "false"}).error
    assert error.code == "InvalidAttributeValue"
    assert error.message.endswith("Modifying queue type is not supported.")
