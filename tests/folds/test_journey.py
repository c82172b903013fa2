"""Journeys: where a message was, and why it went on."""

from typing import Any

from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.message import BY_HAND, message_id
from simulator.engine.run import Run
from simulator.folds import journey as journeys
from simulator.folds.journey import journey
from tests.folds.runs import records_of
from tests.patterns.vocabulary import do, queue, scenario, worker

YOU1 = message_id(1, BY_HAND)
DEAD1 = message_id(1, 1)


def life(run: Run, until: int = 10 * MINUTE) -> dict[str, Any]:
    records = records_of(run, until)
    return journey(records, YOU1, run.scenario, run.looks)


def stays(told: dict[str, Any], run: Run) -> list[tuple[str, str]]:
    return [(run.nodes[node].id, state) for _, _, node, state, _ in told["spans"] if state != "travelling"]


def test_a_message_that_is_processed_is_in_flight_in_its_queue_meanwhile() -> None:
    """Source: SQS Developer Guide, "Amazon SQS visibility timeout": a received message stays in the queue."""
    run = scenario(queue("emails"), worker("mailer", polls="emails", service=5 * SECOND))
    do(run, "emails", "SendMessage", MessageBody="hello")
    told = life(run)
    assert told["label"] == "you-1"
    assert told["complete"] is True
    assert stays(told, run) == [
        ("emails", "waiting"),
        ("emails", "inflight"),
        ("mailer", "working"),
        ("emails", "gone"),
    ]
    inflight, working = (next(span for span in told["spans"] if span[3] == state) for state in ("inflight", "working"))
    assert inflight[0] < working[0] < working[1] < inflight[1]


def test_a_crash_is_followed_by_the_visibility_timeout() -> None:
    run = scenario(queue("emails", VisibilityTimeout=30), worker("mailer", polls="emails", service=5 * SECOND))
    do(run, "emails", "SendMessage", MessageBody="hello")
    before = records_of(run, SECOND)
    do(run, "mailer", "crash", seconds=60)
    told = journey(before + records_of(run, 45 * SECOND), YOU1, run.scenario, run.looks)
    working = next(span for span in told["spans"] if span[3] == "working")
    waiting = [span for span in told["spans"] if span[3] == "waiting"]
    assert working[1] == SECOND
    assert 30 * SECOND <= waiting[-1][0] <= 31 * SECOND
    assert waiting[-1][1] is None
    assert told["complete"] is False
    assert [level for _, level, *_ in told["steps"]][-1] == "warn"


def test_a_journey_goes_on_in_the_dead_letter_queue() -> None:
    """Source: SQS Developer Guide, "Using dead-letter queues in Amazon SQS"."""
    run = scenario(
        queue("emails", dead="emails-dead", limit=2, VisibilityTimeout=3),
        queue("emails-dead"),
        worker("mailer", polls="emails", service=1 * SECOND, failure_probability=1),
    )
    do(run, "emails", "SendMessage", MessageBody="hello")
    told = life(run)
    assert stays(told, run).count(("mailer", "working")) == 2
    assert stays(told, run)[-1] == ("emails-dead", "dead")
    assert told["spans"][-1][1] is None
    assert told["complete"] is False


def test_a_journey_tells_of_the_messages_it_caused() -> None:
    run = scenario(
        queue("emails"), worker("mailer", polls="emails", to="sent-mails", service=1 * SECOND), queue("sent-mails")
    )
    do(run, "emails", "SendMessage", MessageBody="hello")
    told = life(run)
    sentences = [sentence for *_, sentence in told["steps"]]
    assert "mailer makes mailer-1 from you-1." in sentences
    assert [message for *_, message, _ in told["steps"] if message != YOU1] == [message_id(1, 1)] * 3
    assert all(state in ("waiting", "inflight", "working", "gone") for _, state in stays(told, run))
    assert ("sent-mails", "waiting") not in stays(told, run)


def test_whoever_follows_what_was_made_sees_what_it_was_made_from() -> None:
    run = scenario(
        queue("emails"), worker("mailer", polls="emails", to="sent-mails", service=1 * SECOND), queue("sent-mails")
    )
    do(run, "emails", "SendMessage", MessageBody="hello")
    made = message_id(1, 1)
    told = journey(records_of(run, MINUTE), made, run.scenario, run.looks)
    assert told["line"] == [[YOU1, "you-1"], [made, "mailer-1"]]
    assert next(sentence for *_, sentence in told["steps"]) == "somebody sends you-1 to emails."
    whose = {(run.nodes[node].id, state): message for _, _, node, state, message in told["spans"]}
    assert whose["emails", "inflight"] == YOU1
    assert whose["sent-mails", "waiting"] == made
    assert told["complete"] is False


def test_a_redriven_message_is_one_journey_whichever_is_followed() -> None:
    """Source: SQS Developer Guide, "Learn how to configure a dead-letter queue redrive": it gets a new message id."""
    run = scenario(
        queue("emails", dead="emails-dead", limit=1, VisibilityTimeout=3),
        queue("emails-dead"),
        worker("mailer", polls="emails", service=1 * SECOND, poison="body = 'bad'"),
    )
    do(run, "emails", "SendMessage", MessageBody="bad")
    records = records_of(run, 30 * SECOND)
    do(run, "emails-dead", "StartMessageMoveTask")
    do(run, "mailer", "change", poison="")
    records += records_of(run, 31 * SECOND)
    ended = records + records_of(run, MINUTE)
    for message in (YOU1, DEAD1):
        told = journey(records, message, run.scenario, run.looks)
        assert told["line"] == [[YOU1, "you-1"], [DEAD1, "emails-dead-1"]]
        assert told["complete"] is False
        assert [(run.nodes[span[2]].id, span[3], span[4]) for span in told["spans"] if span[3] != "travelling"] == [
            ("emails", "waiting", YOU1),
            ("emails", "inflight", YOU1),
            ("mailer", "working", YOU1),
            ("emails-dead", "dead", YOU1),
            ("emails-dead", "gone", YOU1),
            ("emails", "inflight", DEAD1),
            ("mailer", "working", DEAD1),
        ]
        assert "emails-dead-1 is you-1 once more, as a move task brings it." in [step[4] for step in told["steps"]]
        assert journey(ended, message, run.scenario, run.looks)["complete"] is True


def test_a_number_that_looks_like_the_message_makes_no_relative() -> None:
    run = scenario(queue("emails"), worker("mailer", polls="emails", service=1 * SECOND))
    stranger = (5, "received", 0, 512, YOU1, YOU1, 1)
    told = journey([stranger], YOU1, run.scenario, run.looks)
    assert told["steps"] == []
    assert told["spans"] == []
    assert told["complete"] is False


def test_a_long_journey_shows_its_beginning_and_its_end() -> None:
    """A message without a dead-letter queue can come back for days."""
    run = scenario(
        queue("emails", VisibilityTimeout=1), worker("mailer", polls="emails", service=0.5, failure_probability=1)
    )
    do(run, "emails", "SendMessage", MessageBody="hello")
    records = records_of(run, 10 * MINUTE)
    told = journey(records, YOU1, run.scenario, run.looks)
    assert len(told["steps"]) == journeys.MOST_STEPS
    assert told["steps"][0][0] == 0
    assert told["steps"][-1][0] > 9 * MINUTE
