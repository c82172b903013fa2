"""Redrive: what waits in a dead-letter queue goes back as new messages, at a rate, and can be stopped."""

from simulator.engine.message import label
from tests.patterns.test_queue_dead_letters import failing
from tests.patterns.test_queue_life import names, received, sending
from tests.patterns.vocabulary import bus, conserved, do, queue, records, scenario, seconds, story, target


def given_up(count, **settings):
    """A run in which so many messages wait in the dead-letter queue."""
    run = scenario(
        queue("emails", dead="emails-dead", limit=1, **settings), queue("emails-dead", **settings), queue("other")
    )
    fifo = settings.get("FifoQueue")
    for number in range(count):
        sending(run, 1, **({"MessageGroupId": "g", "MessageDeduplicationId": str(number)} if fifo else {}))
    for _ in range(-(-count // 10)):
        received(run, MaxNumberOfMessages=10)
    run.advance(seconds(31))
    received(run, MaxNumberOfMessages=10)
    run.advance(run.now + seconds(1))
    assert run.find("emails-dead").view()["waiting"] == count
    return run


def test_a_moved_message_is_a_new_one_caused_by_the_old():
    """Source: SQS Developer Guide, "Configure a dead-letter queue redrive" (new ids, retention begins anew)."""
    run = given_up(1)
    do(run, "emails-dead", "StartMessageMoveTask")
    run.advance(run.now + seconds(5))
    assert story(run, "you-1")[-1] == "moved"
    [made] = [record for record in records(run, "created") if record[2] == run.find("emails-dead").index]
    assert label(made[4], run.scenario.prefixes) == "you-1"
    [message] = received(run)
    assert message["MessageId"] == "emails-dead-1"
    assert message["Body"] == "hello 1"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert int(message["Attributes"]["SentTimestamp"]) > 31_000
    assert message["MessageAttributes"] == {}
    assert conserved(run)


def test_a_move_keeps_to_its_rate_and_tells_how_far_it_is():
    """Source: SQS API Reference, StartMessageMoveTask (MaxNumberOfMessagesPerSecond), ListMessageMoveTasks."""
    run = given_up(6)
    do(run, "emails-dead", "StartMessageMoveTask", MaxNumberOfMessagesPerSecond=2)
    run.advance(run.now + seconds(1.2))
    assert run.find("emails-dead").view()["move"] == [2, 6, 2, ""]
    [task] = do(run, "emails-dead", "ListMessageMoveTasks").result["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("RUNNING", 2)
    assert do(run, "emails-dead", "StartMessageMoveTask").error.code == "InvalidParameterValue"
    run.advance(run.now + seconds(5))
    assert run.find("emails-dead").view()["move"] is None
    assert records(run, "move_ended")[0][4:] == ("COMPLETED", 6)
    assert run.find("emails").view()["waiting"] == 6


def test_a_cancelled_move_keeps_what_was_moved():
    """Source: SQS API Reference, CancelMessageMoveTask."""
    run = given_up(6)
    handle = do(run, "emails-dead", "StartMessageMoveTask", MaxNumberOfMessagesPerSecond=1).result["TaskHandle"]
    run.advance(run.now + seconds(2.2))
    assert do(run, "emails-dead", "CancelMessageMoveTask", TaskHandle=handle).error is None
    run.advance(run.now + seconds(9))
    assert run.find("emails").view()["waiting"] == 2
    assert run.find("emails-dead").view()["waiting"] == 4
    error = do(run, "emails-dead", "CancelMessageMoveTask", TaskHandle=handle).error
    assert (error.code, error.message) == ("ResourceNotFoundException", "Task does not exist.")


def test_only_a_dead_letter_queue_is_emptied_and_only_into_another_queue_of_its_type():
    """Source: SQS API Reference, StartMessageMoveTask, Errors."""
    run = given_up(1)
    assert do(run, "emails", "StartMessageMoveTask").error.message.startswith(
        "Source queue must be configured as a Dead"
    )
    assert do(run, "emails-dead", "StartMessageMoveTask", DestinationArn="nowhere").error.code == (
        "ResourceNotFoundException"
    )
    assert do(run, "emails-dead", "StartMessageMoveTask", DestinationArn="emails-dead").error is not None
    assert do(run, "emails-dead", "StartMessageMoveTask", DestinationArn="other").error is None
    run.advance(run.now + seconds(5))
    assert names(received(run, "other")) == ["emails-dead-1"]
    assert conserved(run)


def test_messages_of_a_fifo_queue_come_back_in_order_and_are_not_taken_for_repetitions():
    """Source: SQS Developer Guide, "Configure a dead-letter queue redrive" (FIFO)."""
    run = given_up(3, FifoQueue=True)
    do(run, "emails-dead", "StartMessageMoveTask")
    run.advance(run.now + seconds(5))
    assert names(received(run, MaxNumberOfMessages=10)) == ["emails-dead-1", "emails-dead-2", "emails-dead-3"]
    assert conserved(run)


def test_what_was_never_in_another_queue_has_nowhere_to_go_back_to():
    """Source: recorded answers of the service (FailureReason)."""
    run = scenario(queue("emails", dead="emails-dead", limit=1), queue("emails-dead"))
    sending(run, 1, "emails-dead")
    do(run, "emails-dead", "StartMessageMoveTask")
    run.advance(seconds(5))
    [task] = do(run, "emails-dead", "ListMessageMoveTasks").result["Results"]
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert names(received(run, "emails-dead")) == ["you-1"]


def test_what_comes_back_and_fails_again_is_not_moved_twice_by_one_task():
    """Source: SQS API Reference, ListMessageMoveTasks (ApproximateNumberOfMessagesToMove is taken at the start)."""
    run = given_up(1)
    do(run, "emails-dead", "StartMessageMoveTask")
    failing(run, 3)
    run.advance(run.now + seconds(60))
    assert len(records(run, "moved")) == 1
    assert run.find("emails-dead").view()["waiting"] == 1


def fed_by_a_bus(*others):
    """A run in which an event that no target took waits in the dead-letter queue of a bus."""
    once = {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    policy = target("a", "mail", DeadLetterConfig={"Arn": "letters"}, RetryPolicy=once)
    run = scenario(
        bus("bus", rules={"a": {"source": ["shop"]}}, targets=[policy], dead="letters"),
        queue("mail"),
        queue("letters"),
        *others,
    )
    do(run, "mail", "unavailable")
    do(run, "bus", "PutEvents", Entries=[{"Source": "shop", "DetailType": "paid", "Detail": {}}])
    run.advance(seconds(5))
    assert run.find("letters").view()["waiting"] == 1
    return run


def test_the_dead_letters_of_a_bus_or_a_topic_alone_are_not_redriven():
    """sns.md §6. Source: SQS API Reference, StartMessageMoveTask: only dead-letter queues whose sources are queues."""
    run = fed_by_a_bus()
    for more in ({}, {"DestinationArn": "mail"}):
        error = do(run, "letters", "StartMessageMoveTask", **more).error
        assert error.message == "Source queue must be configured as a Dead Letter Queue."
    assert run.find("letters").view()["waiting"] == 1 and conserved(run)


def test_a_queue_that_takes_dead_letters_of_a_queue_too_is_redriven_with_a_destination():
    """What a bus gave up has no queue to go back to. Source: recorded answers of the service (FailureReason)."""
    run = fed_by_a_bus(queue("orders", dead="letters", limit=2), queue("again"))
    do(run, "letters", "StartMessageMoveTask")
    run.advance(seconds(10))
    [task] = do(run, "letters", "ListMessageMoveTasks").result["Results"]
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert do(run, "letters", "StartMessageMoveTask", DestinationArn="again").error is None
    run.advance(seconds(20))
    assert run.find("again").view()["waiting"] == 1 and conserved(run)


def test_a_dead_letter_queue_says_what_makes_a_message_come_to_it():
    both = fed_by_a_bus(queue("orders", dead="letters", limit=2))
    assert fed_by_a_bus().find("letters").view()["caption"] == ["after deliveries in vain"]
    assert both.find("letters").view()["caption"] == ["after 2 receives", "after deliveries in vain"]
