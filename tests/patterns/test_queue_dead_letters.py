"""A message that can't be processed ends in the dead-letter queue, with its history."""

import pytest

from simulator.engine.errors import Refused
from simulator.engine.message import POISON, RETRIED
from tests.patterns.test_queue_life import names, received, sending
from tests.patterns.vocabulary import conserved, do, queue, records, scenario, seconds, story, times


def failing(run, times_over):
    """Receive and never delete, so often."""
    got = []
    for _ in range(times_over):
        got += names(received(run))
        run.advance(run.now + seconds(31))
    return got


def test_a_message_is_received_exactly_as_often_as_allowed_and_then_moved_instead_of_received():
    """Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS" (maxReceiveCount)."""
    run = scenario(queue("emails", dead="emails-dead", limit=3), queue("emails-dead"))
    sending(run, 1)
    assert failing(run, 3) == ["you-1"] * 3
    assert run.find("emails").view()["waiting"] == 1
    assert received(run) == []
    run.advance(run.now + seconds(1))
    assert story(run, "you-1") == [
        *["enqueued", *["received", "redelivered"] * 3],
        "dead_lettered",
        "enqueued",
    ]
    [message] = received(run, "emails-dead")
    assert message["Body"] == "hello 1"
    assert conserved(run)


def test_without_a_dead_letter_queue_a_message_comes_back_for_ever():
    """Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS" (it takes a redrive policy)."""
    run = scenario(queue("emails"))
    sending(run, 1)
    assert failing(run, 50) == ["you-1"] * 50


def test_a_moved_message_keeps_when_it_was_sent_and_how_often_it_was_received():
    """Source: SQS Developer Guide, "Using dead-letter queues" (the enqueue timestamp is unchanged)."""
    run = scenario(queue("emails", dead="emails-dead", limit=2), queue("emails-dead"))
    run.advance(seconds(7))
    sending(run, 1)
    failing(run, 2)
    received(run)
    run.advance(run.now + seconds(1))
    [message] = received(run, "emails-dead")
    assert message["Attributes"]["SentTimestamp"] == "7000"
    assert message["Attributes"]["ApproximateReceiveCount"] == "3"
    assert message["Attributes"]["DeadLetterQueueSourceArn"].endswith(":emails")
    assert message["MessageAttributes"] == {}


def test_retention_in_a_dead_letter_queue_counts_from_the_first_send():
    """Source: SQS Developer Guide, "Using dead-letter queues" (set the retention of the dead-letter queue longer)."""
    run = scenario(
        queue("emails", dead="emails-dead", limit=1),
        queue("emails-dead", MessageRetentionPeriod=100),
        queue("other", dead="other-dead", limit=1, VisibilityTimeout=200),
        queue("other-dead", MessageRetentionPeriod=100),
    )
    sending(run, 1)
    sending(run, 1, "other")
    failing(run, 1)
    received(run)
    received(run, "other")
    run.advance(seconds(250))
    received(run, "other")
    run.advance(seconds(300))
    assert times(run, "expired", "you-1") == [seconds(100)]
    assert times(run, "expired", "you-2") == [seconds(250.01)]
    assert conserved(run)


def test_messages_on_their_way_to_the_dead_letter_queue_and_in_it_are_drawn_as_poison():
    """Source: docs/PROTOCOL.md, flags of a message glyph."""
    run = scenario(queue("emails", dead="emails-dead", limit=1), queue("emails-dead"))
    sending(run, 1)
    failing(run, 1)
    received(run)
    run.advance(run.now + seconds(1))
    [hop] = records(run, "sent")
    assert hop[7] & POISON
    view = run.find("emails-dead").view()
    assert view["dead"] is True
    assert view["limit"] == 0
    assert [capsule[:4] for capsule in view["head"]] == [[511, 0, POISON, 1]]
    assert run.find("emails").view()["limit"] == 1


def test_a_message_that_waits_to_be_moved_shows_its_receives():
    run = scenario(queue("emails", dead="emails-dead", limit=2), queue("emails-dead"))
    sending(run, 1)
    failing(run, 2)
    assert [capsule[:4] for capsule in run.find("emails").view()["head"]] == [[511, 0, RETRIED, 2]]


def test_the_limit_can_be_changed_while_the_run_goes_on():
    """Source: SQS API Reference, SetQueueAttributes (RedrivePolicy)."""
    run = scenario(queue("emails", dead="emails-dead", limit=5), queue("emails-dead"))
    sending(run, 1)
    failing(run, 2)
    do(run, "emails-emails-dead", "change", maxReceiveCount=2)
    assert received(run) == []
    assert story(run, "you-1")[-1] == "dead_lettered"


def test_other_messages_are_received_while_one_is_moved():
    """Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS"."""
    run = scenario(queue("emails", dead="emails-dead", limit=1), queue("emails-dead"))
    sending(run, 1)
    failing(run, 1)
    sending(run, 2)
    assert names(received(run, MaxNumberOfMessages=10)) == ["you-2", "you-3"]
    assert story(run, "you-1")[-1] == "dead_lettered"


def test_a_message_that_can_not_be_moved_is_kept_and_moved_later():
    """Our rule, docs/MODEL.md: a move is tried again every 10 s, so that nothing is lost on the way."""
    run = scenario(queue("emails", dead="emails-dead", limit=1), queue("emails-dead"))
    sending(run, 1)
    failing(run, 1)
    do(run, "emails-dead", "unavailable", seconds=15)
    for _ in range(5):
        received(run)
        run.advance(run.now + seconds(11))
    assert len(records(run, "move_failed")) == 2
    assert run.find("emails-dead").view()["waiting"] == 1
    assert conserved(run)


def test_a_move_that_got_lost_is_tried_again():
    """Our rule, docs/MODEL.md: the queue waits to hear that the move arrived."""
    run = scenario(queue("emails", dead="emails-dead", limit=1), queue("emails-dead"))
    sending(run, 1)
    failing(run, 1)
    do(run, "emails-emails-dead", "partition", seconds=3)
    received(run)
    run.advance(run.now + seconds(60))
    received(run)
    run.advance(run.now + seconds(1))
    assert story(run, "you-1")[-4:] == ["move_failed", "visible", "dead_lettered", "enqueued"]
    assert conserved(run)


def test_a_queue_is_not_its_own_dead_letter_queue():
    """Our rule: what was received too often would come round for ever."""
    with pytest.raises(Refused, match="makes emails its own dead-letter queue"):
        scenario(queue("emails", dead="emails"))


def test_a_queue_has_at_most_one_dead_letter_queue():
    """Source: SQS API Reference, SetQueueAttributes (RedrivePolicy names one target)."""
    first = queue("emails", dead="emails-dead")
    second = queue("emails", dead="other-dead")
    first.links.extend(second.links)
    with pytest.raises(Refused, match="has 2 dead-letter queues"):
        scenario(first, queue("emails-dead"), queue("other-dead"))


@pytest.mark.parametrize("limit", [0, 1001])
def test_max_receive_count_is_from_1_to_1000(limit):
    """Source: SQS API Reference, SetQueueAttributes (RedrivePolicy)."""
    with pytest.raises(Refused, match="maxReceiveCount"):
        scenario(queue("emails", dead="emails-dead", limit=limit), queue("emails-dead"))
